//! What a token tells about its two slots, and whether a change has happened.
//!
//! What a slot *holds* is never told: only that it holds something, and whether that waits
//! for a finger.

use super::Slot;
use crate::TokenError;

/// A version of the firmware: major, minor, patch.
pub type Version = (u8, u8, u8);

/// The answer to "how are you": version, how often it was changed, what is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotStatus {
    /// The version of the firmware.
    pub version: Version,
    /// Counts changes, modulo 256; 0 while both slots are empty.
    pub(super) sequence: u8,
    touch_level: u8,
}

impl SlotStatus {
    /// Reads the first six bytes; older tokens append four more.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unintelligible`] for fewer.
    pub fn parse(bytes: &[u8]) -> Result<Self, TokenError> {
        match bytes {
            [major, minor, patch, sequence, touch_level, _, ..] => Ok(Self {
                version: (*major, *minor, *patch),
                sequence: *sequence,
                touch_level: *touch_level,
            }),
            _ => Err(TokenError::Unintelligible {
                what: "the status of the buttons",
            }),
        }
    }

    /// Whether a slot holds something. `None`: the firmware (before 2.1) does not tell.
    pub fn is_configured(&self, slot: Slot) -> Option<bool> {
        let bit = match slot {
            Slot::Short => 0x01,
            Slot::Long => 0x02,
        };
        self.is_at_least((2, 1, 0))
            .then_some(self.touch_level & bit != 0)
    }

    /// Whether what a slot holds waits for a finger. Only a challenge-response without touch
    /// does not. `None`: the firmware (before 3.0) does not tell.
    pub fn waits_for_touch(&self, slot: Slot) -> Option<bool> {
        let bit = match slot {
            Slot::Short => 0x04,
            Slot::Long => 0x08,
        };
        self.is_at_least((3, 0, 0))
            .then_some(self.touch_level & bit != 0)
    }

    /// Whether the light is on at rest and off at work.
    pub fn has_inverted_light(&self) -> bool {
        self.touch_level & 0x10 != 0
    }

    /// Whether the firmware is so new. Major version 0 is a development firmware, which is
    /// newer than all.
    pub fn is_at_least(&self, version: Version) -> bool {
        self.version.0 == 0 || self.version >= version
    }

    /// What the firmware gets wrong about access codes, a sentence for people.
    pub fn access_code_warning(&self) -> Option<&'static str> {
        let version = self.version;
        let leaky = ((5, 0, 0)..=(5, 2, 6)).contains(&version)
            || ((5, 3, 0)..=(5, 3, 1)).contains(&version);
        leaky.then_some(
            "On this firmware an access code does not keep others from changing what the slot \
             sends over NFC (Yubico's advisory YSA-2020-04)",
        )
    }

    fn both_are_empty(&self) -> bool {
        self.touch_level & 0x03 == 0
    }
}

/// What was to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A slot was to be written.
    Written(Slot),
    /// A slot was to be emptied.
    Deleted(Slot),
    /// Settings of a slot were to be changed. Nothing shows them.
    Updated,
    /// The slots were to be exchanged.
    Swapped,
}

/// What two looks at the token say about a change in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It happened.
    Done,
    /// The token did not take it.
    Refused,
    /// It counts a change, but the slot is not as it should be.
    NotAsItShouldBe,
}

/// Compares two looks. `over_card`: through PC/SC rather than HID.
pub(super) fn judge(
    before: &SlotStatus,
    after: &SlotStatus,
    change: Change,
    over_card: bool,
) -> Verdict {
    let counted = after.sequence == before.sequence.wrapping_add(1);
    let emptied = after.sequence == 0 && after.both_are_empty() && change_empties(change);
    // These do not count a deletion over PC/SC; there the slot itself must say it.
    let forgetful =
        over_card && ((5, 0, 0)..=(5, 4, 2)).contains(&after.version) && change_empties(change);
    if !(counted || emptied || forgetful) {
        return Verdict::Refused;
    }
    let as_it_should = match change {
        Change::Written(slot) => after.is_configured(slot) != Some(false),
        Change::Deleted(slot) => after.is_configured(slot) != Some(true),
        Change::Updated => true,
        Change::Swapped => {
            let [short, long] = Slot::BOTH.map(|slot| before.is_configured(slot));
            [long, short] == Slot::BOTH.map(|slot| after.is_configured(slot))
        }
    };
    match (as_it_should, counted || emptied) {
        (true, _) => Verdict::Done,
        (false, true) => Verdict::NotAsItShouldBe,
        (false, false) => Verdict::Refused,
    }
}

fn change_empties(change: Change) -> bool {
    matches!(change, Change::Deleted(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(version: Version, sequence: u8, touch_level: u8) -> SlotStatus {
        SlotStatus {
            version,
            sequence,
            touch_level,
        }
    }

    const NEW: Version = (5, 7, 1);
    const FORGETFUL: Version = (5, 2, 7);

    #[test]
    fn a_status_says_what_is_configured_and_what_waits_for_touch() {
        let status = SlotStatus::parse(&[5, 4, 3, 7, 0x07, 0]).unwrap();
        assert_eq!(status.version, (5, 4, 3));
        assert_eq!(status.is_configured(Slot::Short), Some(true));
        assert_eq!(status.is_configured(Slot::Long), Some(true));
        assert_eq!(status.waits_for_touch(Slot::Short), Some(true));
        assert_eq!(status.waits_for_touch(Slot::Long), Some(false));
        assert!(!status.has_inverted_light());
        assert!(SlotStatus::parse(&[5, 4, 3, 7, 0x07]).is_err());
    }

    #[test]
    fn an_old_firmware_is_not_made_to_say_what_it_does_not_know() {
        let old = status((2, 0, 4), 1, 0x07);
        assert_eq!(old.is_configured(Slot::Short), None);
        assert_eq!(old.waits_for_touch(Slot::Short), None);
        assert_eq!(
            status((2, 4, 0), 1, 1).is_configured(Slot::Short),
            Some(true)
        );
    }

    #[test]
    fn a_change_happened_when_it_was_counted() {
        let written = Change::Written(Slot::Short);
        let before = status(NEW, 3, 0x00);
        let done = judge(&before, &status(NEW, 4, 0x05), written, true);
        assert_eq!(done, Verdict::Done);
        let refused = judge(&before, &status(NEW, 3, 0x05), written, true);
        assert_eq!(refused, Verdict::Refused);
        let twice = judge(&before, &status(NEW, 5, 0x05), written, true);
        assert_eq!(twice, Verdict::Refused);
        let around = judge(
            &status(NEW, 255, 0x05),
            &status(NEW, 0, 0x05),
            written,
            false,
        );
        assert_eq!(around, Verdict::Done);
        let gone = judge(&before, &status(NEW, 4, 0x0A), written, true);
        assert_eq!(gone, Verdict::NotAsItShouldBe);
    }

    #[test]
    fn slots_are_exchanged_when_each_is_as_the_other_was() {
        let before = status(NEW, 3, 0x05);
        let done = judge(&before, &status(NEW, 4, 0x0A), Change::Swapped, true);
        assert_eq!(done, Verdict::Done);
        let as_before = judge(&before, &status(NEW, 4, 0x05), Change::Swapped, true);
        assert_eq!(as_before, Verdict::NotAsItShouldBe);
        let both = status(NEW, 3, 0x0F);
        let done = judge(&both, &status(NEW, 4, 0x0F), Change::Swapped, true);
        assert_eq!(done, Verdict::Done);
    }

    #[test]
    fn the_count_is_0_again_when_the_last_slot_was_emptied_and_only_then() {
        let deleted = Change::Deleted(Slot::Long);
        let before = status(NEW, 9, 0x0A);
        let done = judge(&before, &status(NEW, 0, 0x00), deleted, false);
        assert_eq!(done, Verdict::Done);
        let other_one_left = judge(&before, &status(NEW, 0, 0x01), deleted, false);
        assert_eq!(other_one_left, Verdict::Refused);
        let written = Change::Written(Slot::Long);
        let lost = judge(&before, &status(NEW, 0, 0x00), written, false);
        assert_eq!(lost, Verdict::Refused);
    }

    #[test]
    fn a_firmware_that_does_not_count_deletions_over_pcsc_is_believed_by_its_slots() {
        let deleted = Change::Deleted(Slot::Short);
        let before = status(FORGETFUL, 9, 0x0F);
        for sequence in [0, 9] {
            let after = status(FORGETFUL, sequence, 0x0A);
            assert_eq!(judge(&before, &after, deleted, true), Verdict::Done);
            assert_eq!(judge(&before, &after, deleted, false), Verdict::Refused);
            let still_there = status(FORGETFUL, sequence, 0x0F);
            let verdict = judge(&before, &still_there, deleted, true);
            assert_eq!(verdict, Verdict::Refused);
        }
        let newer = (5, 4, 3);
        let verdict = judge(
            &status(newer, 9, 0x0F),
            &status(newer, 9, 0x0A),
            deleted,
            true,
        );
        assert_eq!(verdict, Verdict::Refused);
    }

    #[test]
    fn the_firmware_of_the_advisory_is_named() {
        for (version, warned) in [
            ((4, 3, 7), false),
            ((5, 0, 0), true),
            ((5, 2, 6), true),
            ((5, 2, 7), false),
            ((5, 3, 1), true),
            ((5, 3, 2), false),
        ] {
            let warning = status(version, 1, 1).access_code_warning();
            assert_eq!(warning.is_some(), warned, "{version:?}");
        }
    }
}
