//! Two slots for HMAC-SHA1 challenges, as password managers use them.
//!
//! They are credentials of their own names and kind; a challenge is asked in the manner of
//! Yubico's slots, always 64 bytes with the padding of PKCS #7.

use super::refusal::Operation;
use super::{Nitrokey, shared, unintelligible};
use crate::apdu::Command;
use crate::oath::body_of;
use crate::oath::protocol::tag;
use crate::{Holder, Protection, TokenError};
use zeroize::Zeroizing;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HmacSlot {
    /// The first.
    One,
    /// The second.
    Two,
}

impl HmacSlot {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::One => b"HmacSlot1",
            Self::Two => b"HmacSlot2",
        }
    }

    const fn p1(self) -> u8 {
        match self {
            Self::One => 0x30,
            Self::Two => 0x38,
        }
    }
}

/// HMAC-SHA1, as kind and hash.
const HMAC_SHA1: u8 = 0x41;
/// A slot's challenge, padding included.
const CHALLENGE_BYTES: usize = 64;
/// Written because there is a place for it; the token makes nothing of it.
const DIGITS: u8 = 6;

impl Nitrokey<'_> {
    /// Writes the secret of a slot that is empty.
    ///
    /// # Errors
    ///
    /// [`TokenError::NameTaken`] when it is not.
    pub fn put_hmac(
        &mut self,
        slot: HmacSlot,
        secret: &[u8; 20],
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let mut body = body_of(slot.name(), HMAC_SHA1, DIGITS, secret);
        body.extend_from_slice(&[tag::PROPERTY, 0]);
        self.send_new(&body, Protection::default(), holder)
    }

    /// The HMAC of a challenge of 1 to 63 bytes.
    ///
    /// # Errors
    ///
    /// [`TokenError::NotThere`] when the slot is empty.
    pub fn hmac(
        &mut self,
        slot: HmacSlot,
        challenge: &[u8],
    ) -> Result<Zeroizing<[u8; 20]>, TokenError> {
        let missing = CHALLENGE_BYTES.saturating_sub(challenge.len());
        let padding = match u8::try_from(missing) {
            Ok(byte) if byte > 0 && !challenge.is_empty() => byte,
            _ => {
                let why = "a challenge has 1 to 63 bytes";
                return Err(TokenError::Unsupported { why: why.into() });
            }
        };
        let mut padded = Zeroizing::new(vec![padding; CHALLENGE_BYTES]);
        for (place, byte) in padded.iter_mut().zip(challenge) {
            *place = *byte;
        }
        // The number of PUT, which this request is told from by P1.
        let command = Command::new(0, shared::PUT, slot.p1(), 0).with_data(&padded);
        let reply = self.request(Operation::HmacChallenge, &command)?;
        let mac = reply.data.as_slice().try_into();
        Ok(Zeroizing::new(mac.map_err(|_| {
            unintelligible("an HMAC of another length")
        })?))
    }
}
