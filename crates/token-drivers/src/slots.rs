//! The buttons of a YubiKey: two slots that type or answer something when they are touched.
//!
//! Slot 1 acts at a short touch (0.3 to 1.5 seconds), slot 2 at a long one (2 to 5 seconds).
//! A slot types HOTP codes or a static password, or answers challenges. What it holds cannot
//! be read back: what was written is remembered by the command ([`SlotRecord`]).
//!
//! [`Slots`] works over PC/SC and over HID ([`FeatureReports`]). Over NFC only PC/SC exists;
//! over USB some firmware has the slots on both, some on HID only: try PC/SC, then HID.
//!
//! A key that does not fit, a counter between two multiples of 16, a character that a layout
//! cannot type is refused by the types that hold them ([`SlotKey`], [`HotpSlot`],
//! [`ScanCodes`], [`Challenge`]), before anything is sent.
//!
//! Sources: Yubico's `ykdef.h` and the manual of the .NET SDK (OTP application); RFC 4226;
//! bytes compared with those of Yubico's library.

mod access_code;
mod ccid;
mod challenge;
mod content;
mod crc;
mod flags;
mod hid;
mod identifier;
mod key;
mod layout;
mod record;
mod recording;
mod scan_codes;
mod slot;
mod status;
mod transport;

pub use access_code::{ACCESS_CODE_WARNING, AccessCode, AccessCodeError, AccessCodes, Afterwards};
pub use challenge::{Challenge, ChallengeLength};
pub use content::{HotpSlot, HotpSlotError, Pacing, Settings, SlotContent, Typing};
pub use hid::FeatureReports;
pub use identifier::{IdentifierError, identifier_in_any_form};
pub use key::{SlotKey, SlotKeyError};
pub use layout::{
    CannotType, DIGITS_WARNING, LAYOUT_WARNING, Layout, MODHEX_ALPHABET, modhex_password,
};
pub use record::{FriendlyName, FriendlyNameError, SlotKind, SlotRecord};
pub use recording::{CannotRecord, Recorded, Recording, usage_of_key};
pub use scan_codes::{ScanCodes, ScanCodesError};
pub use slot::{Replace, Slot};
pub use status::{SlotStatus, Version};
pub use transport::{SlotCommand, SlotTransport};

use crate::{Card, Holder, Patience, StatusWord, TokenError};
use ccid::CardTransport;
use content::{CONFIGURATION_BYTES, Configuration};
use hid::HidTransport;
use status::{Change, Verdict, judge};
use zeroize::Zeroizing;

/// The slots of one token, within one transaction.
pub struct Slots<'c> {
    transport: Box<dyn SlotTransport + 'c>,
    status: SlotStatus,
}

impl<'c> Slots<'c> {
    /// Over PC/SC: selects the application.
    ///
    /// # Errors
    ///
    /// [`TokenError::NoApplication`] when the token has no slots, or only over HID.
    pub fn over_card(card: &'c mut dyn Card) -> Result<Self, TokenError> {
        let (transport, status) = CardTransport::select(card)?;
        let transport = Box::new(transport);
        Ok(Self { transport, status })
    }

    /// Over HID.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when it does not answer.
    pub fn over_reports(reports: &'c mut dyn FeatureReports) -> Result<Self, TokenError> {
        Self::over(Box::new(HidTransport::new(reports)))
    }

    /// Over another way.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when it does not answer.
    pub fn over(mut transport: Box<dyn SlotTransport + 'c>) -> Result<Self, TokenError> {
        let status = transport.look()?;
        Ok(Self { transport, status })
    }

    /// How the slots were when they were last looked at: at the beginning, and after each
    /// change.
    pub const fn status(&self) -> SlotStatus {
        self.status
    }

    /// The serial number. `None` where the token does not tell it.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when no answer came.
    pub fn serial(&mut self) -> Result<Option<u32>, TokenError> {
        let answer = self
            .transport
            .ask(SlotCommand::Serial, &[], 4, false, &mut NobodyTouches);
        match answer {
            Ok(bytes) => {
                let bytes = bytes.first_chunk::<4>().copied().unwrap_or_default();
                Ok(Some(u32::from_be_bytes(bytes)).filter(|serial| *serial != 0))
            }
            Err(TokenError::Refused { .. } | TokenError::NotTaken { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a slot. On a slot that is protected, `codes.current` is its access code.
    ///
    /// # Errors
    ///
    /// [`TokenError::SlotInUse`]; [`TokenError::Locked`], [`TokenError::WrongPassword`],
    /// [`TokenError::NotTaken`] for a slot with an access code.
    pub fn write(
        &mut self,
        slot: Slot,
        content: &SlotContent,
        codes: AccessCodes<'_>,
        replace: Replace,
    ) -> Result<(), TokenError> {
        self.require((2, 2, 0), "programming a button")?;
        self.look()?;
        if replace == Replace::Never && self.status.is_configured(slot) != Some(false) {
            return Err(TokenError::SlotInUse { slot });
        }
        let configuration = content.configuration(codes.new_code());
        let change = Change::Written(slot);
        self.change(slot.write(), &configuration, codes.current, change)
    }

    /// Changes the settings of a slot, or its access code; its secret stays. The settings of
    /// before cannot be read: all of them become what is given here.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write); [`TokenError::SlotEmpty`]; [`TokenError::Unsupported`] for
    /// settings that would damage what is there, and on firmware that cannot do it.
    pub fn update(
        &mut self,
        slot: Slot,
        settings: Settings,
        codes: AccessCodes<'_>,
    ) -> Result<(), TokenError> {
        self.require((2, 3, 0), "changing the settings of a button")?;
        self.look()?;
        let status = self.status;
        if status.is_configured(slot) == Some(false) {
            return Err(TokenError::SlotEmpty { slot });
        }
        if codes.changes() && ((4, 3, 2)..=(4, 3, 5)).contains(&status.version) {
            return unsupported(
                "this firmware (4.3.2 to 4.3.5) cannot change the access code of a slot; empty \
                 the slot and write it anew",
            );
        }
        // The bits of the pauses between keys mean something else in a challenge-response
        // slot: it would answer otherwise from then on.
        let types = matches!(settings, Settings::Typing(_));
        if types && status.waits_for_touch(slot) == Some(false) {
            return unsupported(
                "this slot answers challenges, it types nothing: such settings would change \
                 its answers",
            );
        }
        let configuration = settings.configuration(codes.new_code());
        self.change(
            slot.update(),
            &configuration,
            codes.current,
            Change::Updated,
        )
    }

    /// Empties a slot. What it held is lost.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write); [`TokenError::SlotEmpty`].
    pub fn delete(&mut self, slot: Slot, current: Option<&AccessCode>) -> Result<(), TokenError> {
        self.look()?;
        if self.status.is_configured(slot) == Some(false) {
            return Err(TokenError::SlotEmpty { slot });
        }
        let nothing = Zeroizing::new([0; CONFIGURATION_BYTES]);
        let change = Change::Deleted(slot);
        self.change(slot.write(), &nothing, current, change)
    }

    /// Exchanges the slots, with their access codes; both must have the same one or none.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write); [`TokenError::Unsupported`] when both slots are empty.
    pub fn swap(&mut self, current: Option<&AccessCode>) -> Result<(), TokenError> {
        self.require((2, 3, 0), "exchanging the buttons")?;
        self.look()?;
        if Slot::BOTH.map(|slot| self.status.is_configured(slot)) == [Some(false); 2] {
            return unsupported("both slots are empty: there is nothing to exchange");
        }
        let payload = Zeroizing::new(current.map_or([0; AccessCode::BYTES], |code| *code.bytes()));
        self.change_with(SlotCommand::Swap, &*payload, current, Change::Swapped)
    }

    /// The answer of a challenge-response slot: HMAC-SHA1 of the challenge. Right for slots
    /// that were written here or by `ykman otp chalresp`; a slot that counts the padding
    /// (rare) answers otherwise.
    ///
    /// # Errors
    ///
    /// [`TokenError::SlotEmpty`]; [`TokenError::NotTouched`]; [`TokenError::Refused`] or
    /// [`TokenError::NotTaken`] when the slot answers no challenges.
    pub fn respond(
        &mut self,
        slot: Slot,
        challenge: &Challenge,
        holder: &mut dyn Holder,
    ) -> Result<Zeroizing<[u8; 20]>, TokenError> {
        if self.status.is_configured(slot) == Some(false) {
            return Err(TokenError::SlotEmpty { slot });
        }
        let touch = self.status.waits_for_touch(slot) == Some(true);
        let command = slot.challenge();
        let transport = &mut self.transport;
        let answer = transport.ask(command, challenge.padded(), 20, touch, holder)?;
        let mut response = Zeroizing::new([0; 20]);
        for (to, from) in response.iter_mut().zip(&*answer) {
            *to = *from;
        }
        Ok(response)
    }

    fn look(&mut self) -> Result<(), TokenError> {
        self.status = self.transport.look()?;
        Ok(())
    }

    fn require(&self, version: Version, what: &str) -> Result<(), TokenError> {
        if self.status.is_at_least(version) {
            return Ok(());
        }
        let (major, minor, _) = version;
        let (has_major, has_minor, has_patch) = self.status.version;
        let why = format!(
            "{what} needs firmware {major}.{minor}; this token has \
             {has_major}.{has_minor}.{has_patch}"
        );
        Err(TokenError::Unsupported { why })
    }

    fn change(
        &mut self,
        command: SlotCommand,
        configuration: &Configuration,
        current: Option<&AccessCode>,
        change: Change,
    ) -> Result<(), TokenError> {
        let mut payload = Zeroizing::new([0; CONFIGURATION_BYTES + AccessCode::BYTES]);
        let code = current.map_or(&[0; AccessCode::BYTES], |code| code.bytes());
        let bytes = configuration.iter().chain(code);
        for (to, from) in payload.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.change_with(command, &*payload, current, change)
    }

    /// Sends a change and looks whether it happened. `self.status` is a fresh look.
    fn change_with(
        &mut self,
        command: SlotCommand,
        payload: &[u8],
        current: Option<&AccessCode>,
        change: Change,
    ) -> Result<(), TokenError> {
        let before = self.status;
        let over_card = self.transport.is_card();
        let answered = self.transport.change(command, payload);
        let answered = answered.map_err(|error| match (&error, current) {
            (TokenError::Refused { status, .. }, _) if *status != StatusWord::SECURITY_STATUS => {
                error
            }
            (TokenError::Refused { .. }, Some(_)) => TokenError::WrongPassword {
                what: "access code",
                tries_left: None,
            },
            (TokenError::Refused { .. }, None) => TokenError::Locked {
                wants: "access code",
            },
            _ => error,
        });
        self.status = answered?;
        let mut verdict = judge(&before, &self.status, change, over_card);
        if verdict != Verdict::Done {
            // Some firmware answers with how it was; how it is, it tells when asked again.
            self.look()?;
            verdict = judge(&before, &self.status, change, over_card);
        }
        match verdict {
            Verdict::Done => Ok(()),
            Verdict::Refused => Err(TokenError::NotTaken {
                what: "the change of a button",
            }),
            Verdict::NotAsItShouldBe => Err(TokenError::NotDone {
                what: "the slot is not as it should be",
            }),
        }
    }
}

fn unsupported(why: &str) -> Result<(), TokenError> {
    Err(TokenError::Unsupported { why: why.into() })
}

/// For questions that need no finger.
struct NobodyTouches;

impl Holder for NobodyTouches {
    fn asked_to_touch(&mut self) -> Patience {
        Patience::GiveUp
    }

    fn touch_is_over(&mut self) {}
}

#[cfg(test)]
mod tests;
