//! The two ways to the slots of a token, and what is said over both.

use super::SlotStatus;
use crate::{Holder, TokenError};
use zeroize::Zeroizing;

/// What a token is told to do with its slots (`P1` over PC/SC, the byte behind the payload
/// over HID).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SlotCommand {
    /// Write slot 1.
    WriteShort = 0x01,
    /// Write slot 2.
    WriteLong = 0x03,
    /// Change settings of slot 1.
    UpdateShort = 0x04,
    /// Change settings of slot 2.
    UpdateLong = 0x05,
    /// Exchange the slots.
    Swap = 0x06,
    /// Tell the serial number.
    Serial = 0x10,
    /// Set what is typed for modhex. Sent only where a token needs to be woken.
    ScanMap = 0x12,
    /// Answer a challenge with slot 1.
    ChallengeShort = 0x30,
    /// Answer a challenge with slot 2.
    ChallengeLong = 0x38,
}

impl SlotCommand {
    /// The byte.
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

/// A way to the slots. A payload has 64 bytes at most.
pub trait SlotTransport {
    /// Looks how the slots are.
    ///
    /// # Errors
    ///
    /// [`TokenError`] when no answer came, or none that can be understood.
    fn look(&mut self) -> Result<SlotStatus, TokenError>;

    /// Tells the token to change something, and looks how the slots are afterwards. That it
    /// changed is for the caller to see.
    ///
    /// # Errors
    ///
    /// [`TokenError::Refused`] where the way itself tells that; the others as above.
    fn change(&mut self, command: SlotCommand, payload: &[u8]) -> Result<SlotStatus, TokenError>;

    /// Asks for so many bytes. `touch`: whether the slot is known to wait for a finger.
    ///
    /// # Errors
    ///
    /// [`TokenError::NotTouched`], [`TokenError::Refused`]; the others as above.
    fn ask(
        &mut self,
        command: SlotCommand,
        payload: &[u8],
        answer_bytes: usize,
        touch: bool,
        holder: &mut dyn Holder,
    ) -> Result<Zeroizing<Vec<u8>>, TokenError>;

    /// Whether this is PC/SC, where some firmware counts differently.
    fn is_card(&self) -> bool;
}
