//! The state as a fixed-size record that a login overwrites in place.
//!
//! Two slots of one block each, written in turn; each carries a generation number and a
//! checksum, and a reader takes the valid one with the higher generation. One aligned write
//! and one `fdatasync` into blocks that are already there commit a login: it works on a full
//! disk, it cannot be torn, and a person can read it with `cat`.
//!
//! Each slot also names its enrolment. A fresh enrolment writes its first slot beside the
//! old one, then replaces the account: until that moment the old pair is whole, and after
//! it the new one is, so a crash at any point leaves one of the two.
//!
//! On file systems that copy on write, "in place" needs free space all the same.

mod text;

use crate::StoreError;
use crate::attempt_record::{AttemptLines, AttemptRecord};
use crate::root_owned::RootFile;
use nix::sys::uio::{pread, pwrite};
use nix::unistd::fdatasync;
use otp_core::{Account, State};
use text::{claimed_generation, parse, print};

/// One block, so that a write is never half done.
pub(crate) const SLOT_BYTES: usize = 4096;
/// Size of a state file.
pub(crate) const STATE_BYTES: usize = SLOT_BYTES * SLOTS;
const SLOTS: usize = 2;
/// The size of every state file.
pub(crate) const FILE_BYTES: u64 = 8192;

/// What one slot holds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    generation: u64,
    state: State,
    attempts: AttemptLines,
}

/// The slots of one file as they were read.
pub(crate) struct Slots([u8; STATE_BYTES]);

/// The current state of an account, and where the next one goes.
pub(crate) struct Current {
    pub(crate) state: State,
    pub(crate) attempts: AttemptLines,
    generation: u64,
    next_slot: usize,
}

impl Slots {
    /// Reads both slots. A file of another size is damaged as a whole.
    pub(crate) fn read(file: &RootFile) -> Result<Self, StoreError> {
        if file.length != FILE_BYTES {
            return Err(StoreError::Damaged {
                path: file.path.clone(),
                what: format!("{} bytes instead of {FILE_BYTES}", file.length),
            });
        }
        let mut bytes = [0; STATE_BYTES];
        let read =
            pread(&file.file, &mut bytes, 0).map_err(|errno| StoreError::io(&file.path, errno))?;
        if read != bytes.len() {
            return Err(StoreError::Damaged {
                path: file.path.clone(),
                what: format!("only {read} bytes could be read"),
            });
        }
        Ok(Self(bytes))
    }

    /// The newest slot that belongs to this account.
    pub(crate) fn current(
        &self,
        account: &Account,
        file: &RootFile,
    ) -> Result<Current, StoreError> {
        let (first, second) = self.0.split_at(SLOT_BYTES);
        let mut slots = [(0, first), (1, second)];
        // What claims to be newest is looked at first, and mostly that is all.
        slots.sort_by_key(|(_, bytes)| std::cmp::Reverse(claimed_generation(bytes)));
        let mut newest_generation = None;
        for (place, bytes) in slots {
            let Some(slot) = parse(bytes) else { continue };
            let newest = *newest_generation.get_or_insert(slot.generation);
            if slot.state.belongs_to(account) {
                return Ok(Current {
                    state: slot.state,
                    attempts: slot.attempts,
                    // Also where the newer one is of another enrolment: numbers never repeat.
                    generation: newest.max(slot.generation),
                    next_slot: other(place),
                });
            }
        }
        let path = file.path.clone();
        match newest_generation {
            None => Err(StoreError::Damaged {
                path,
                what: "neither of its two records is whole".into(),
            }),
            Some(_) => Err(StoreError::Mismatch { path }),
        }
    }
}

impl Current {
    /// The number of the newest record on disk.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Keeps an attempt beside the state; the oldest is forgotten.
    pub(crate) fn note(&mut self, attempt: Option<AttemptRecord>) {
        if let Some(attempt) = attempt {
            self.attempts.keep(&attempt);
        }
    }

    /// Writes the next state over the older slot and syncs it. Afterwards this is current.
    pub(crate) fn commit(&mut self, file: &RootFile, next: &State) -> Result<(), StoreError> {
        let not_saved = |errno| StoreError::NotSaved {
            path: file.path.clone(),
            errno,
        };
        // 2^64 logins do not happen; if the number is there all the same, somebody wrote it.
        let generation = self.generation.checked_add(1).ok_or(StoreError::Damaged {
            path: file.path.clone(),
            what: "its generation number has reached the end".into(),
        })?;
        let bytes =
            print(generation, next, &self.attempts).ok_or(not_saved(nix::errno::Errno::EFBIG))?;
        self.write(file, &bytes).map_err(not_saved)?;
        fdatasync(&file.file).map_err(not_saved)?;
        self.generation = generation;
        self.next_slot = other(self.next_slot);
        self.state = next.clone();
        Ok(())
    }

    /// Writes the same state once more, with more about the latest attempt. Nothing depends on
    /// it: the slot that is on disk stays as it is, and counts if this one does not get there.
    /// Synced all the same, or the next commit would overwrite the only slot that surely is.
    pub(crate) fn amend(&mut self, file: &RootFile, attempt: &AttemptRecord) {
        self.attempts.amend(attempt);
        let Some(generation) = self.generation.checked_add(1) else {
            return;
        };
        let bytes = print(generation, &self.state, &self.attempts);
        let written = bytes.map(|bytes| self.write(file, &bytes));
        if let Some(Ok(())) = written {
            let _ = fdatasync(&file.file);
            self.generation = generation;
            self.next_slot = other(self.next_slot);
        }
    }

    /// Writes the older slot.
    fn write(&self, file: &RootFile, bytes: &[u8]) -> nix::Result<()> {
        let offset = if self.next_slot == 0 { 0 } else { 4096 };
        match pwrite(&file.file, bytes, offset)? {
            SLOT_BYTES => Ok(()),
            _ => Err(nix::errno::Errno::ENOSPC),
        }
    }
}

fn other(place: usize) -> usize {
    usize::from(place == 0)
}

/// The whole file of a fresh enrolment: the same state in both slots, so that all blocks are
/// allocated from the start.
pub(crate) fn fresh_file(state: &State) -> Option<Vec<u8>> {
    let none = AttemptLines::default();
    let mut bytes = print(1, state, &none)?;
    bytes.extend(print(2, state, &none)?);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::text::checksum;
    use super::*;
    use otp_core::{
        AuthenticatorId, AuthenticatorState, BypassId, BypassState, EnrolmentId, MovingFactor,
        Place, RecoverySetId, RecoveryState, StepOffset, TrustedPlace, UnixTime,
    };

    fn state() -> State {
        let one = |id| AuthenticatorState {
            id: AuthenticatorId(id),
            activated: true,
            last_accepted: Some(MovingFactor(u64::MAX)),
            drift: StepOffset(i64::MIN),
            last_used: Some(UnixTime(u64::MAX)),
        };
        State {
            enrolment: EnrolmentId([0xab; 16]),
            failures: u32::MAX,
            last_failure: Some(UnixTime(u64::MAX)),
            pending_logins: u32::MAX,
            authenticators: (u32::MAX - 15..=u32::MAX).map(one).collect(),
            recovery: Some(RecoveryState {
                set: RecoverySetId([0xcd; 8]),
                used: u16::MAX,
                last_used: Some(UnixTime(u64::MAX)),
            }),
            bypass: Some(BypassState {
                id: BypassId([0xef; 8]),
                used: u16::MAX,
            }),
            trusted: (0..8)
                .map(|number| TrustedPlace {
                    place: Place([number; 16]),
                    since: UnixTime(u64::MAX),
                })
                .collect(),
        }
    }

    #[test]
    fn the_longest_state_fits_into_one_block_and_comes_back_whole() {
        let bytes = print(u64::MAX, &state(), &AttemptLines::default()).unwrap();
        assert_eq!(bytes.len(), SLOT_BYTES);
        let slot = parse(&bytes).unwrap();
        assert_eq!((slot.generation, slot.state), (u64::MAX, state()));
    }

    /// As long as they can be.
    fn attempts() -> (Vec<AttemptRecord>, AttemptLines) {
        let attempt = |number| AttemptRecord {
            at: UnixTime(u64::MAX - 8 + number),
            outcome: "recovery-code-accepted".into(),
            service: "s".repeat(45),
            origin: "o".repeat(45),
            device: Some(AuthenticatorId(u32::MAX)),
            moving_factor: Some(u64::MAX),
            off: Some(i64::MIN),
        };
        let records: Vec<AttemptRecord> = (0..8).map(attempt).collect();
        let mut lines = AttemptLines::default();
        for record in &records {
            lines.keep(record);
        }
        (records, lines)
    }

    #[test]
    fn the_latest_attempts_are_kept_as_far_as_they_fit() {
        let (records, lines) = attempts();
        let bytes = print(u64::MAX, &state(), &lines).unwrap();
        let slot = parse(&bytes).unwrap();
        assert_eq!(slot.state, state());
        let kept = slot.attempts.read().unwrap();
        assert!((1..8).contains(&kept.len()), "{kept:?}");
        assert!(records.ends_with(&kept), "{kept:?}");

        let mut ordinary = state();
        ordinary.authenticators.truncate(2);
        let bytes = print(7, &ordinary, &lines).unwrap();
        assert_eq!(parse(&bytes).unwrap().attempts.read(), Some(records));
    }

    #[test]
    fn a_fresh_file_has_the_fixed_size() {
        let bytes = fresh_file(&state()).unwrap();
        assert_eq!(u64::try_from(bytes.len()).unwrap(), FILE_BYTES);
    }

    #[test]
    fn a_slot_with_any_byte_changed_is_not_believed() {
        let bytes = print(7, &state(), &attempts().1).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(parse(&changed), None, "byte {place}");
        }
        assert_eq!(parse(&[0; SLOT_BYTES]), None);
    }

    #[test]
    fn other_spellings_of_the_same_state_are_not_believed() {
        let bytes = print(7, &state(), &AttemptLines::default()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for (right, wrong) in [("generation 7", "generation 07"), ("yes", "yea")] {
            let body = text
                .split("checksum")
                .next()
                .unwrap()
                .replacen(right, wrong, 1);
            let mut forged = format!("{body}checksum {}\n", checksum(body.as_bytes()));
            while forged.len() < SLOT_BYTES - 1 {
                forged.push(' ');
            }
            forged.push('\n');
            assert_eq!(parse(forged.as_bytes()), None, "{wrong}");
        }
    }
}
