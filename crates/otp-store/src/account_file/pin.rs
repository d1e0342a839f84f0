//! How an account file keeps a PIN.

use data_encoding::HEXLOWER;
use otp_core::{Pin, PinCost, PinError};
use serde::{Deserialize, Serialize};

/// The PIN in front of each code: its hash, and what is needed to compute it again.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PinEntry {
    hash: String,
    length: usize,
    memory_kibibytes: u32,
    passes: u32,
    salt: String,
}

/// The scheme of PINs that are kept as an Argon2id hash.
const ARGON2ID: &str = "argon2id:";

impl PinEntry {
    pub(super) fn into_pin(self) -> Result<Pin, String> {
        let hash = self
            .hash
            .strip_prefix(ARGON2ID)
            .ok_or("the hash has no scheme that this version knows (argon2id:)")?;
        let lengths = Pin::FEWEST_DIGITS..=Pin::MOST_DIGITS;
        if !lengths.contains(&self.length) {
            return Err(PinError::NotDigits.to_string());
        }
        let cost = PinCost {
            memory_kibibytes: self.memory_kibibytes,
            passes: self.passes,
        };
        if !cost.is_in_range() {
            return Err(PinError::Cost.to_string());
        }
        Ok(Pin {
            length: self.length,
            cost,
            salt: hexadecimal_of(&self.salt).ok_or("salt must be 32 hexadecimal digits")?,
            hash: hexadecimal_of(hash).ok_or("hash must be 64 hexadecimal digits")?,
        })
    }

    pub(super) fn from_pin(pin: &Pin) -> Self {
        Self {
            hash: format!("{ARGON2ID}{}", HEXLOWER.encode(&pin.hash)),
            length: pin.length,
            memory_kibibytes: pin.cost.memory_kibibytes,
            passes: pin.cost.passes,
            salt: HEXLOWER.encode(&pin.salt),
        }
    }
}

/// The bytes of a fixed number of hexadecimal digits.
pub(super) fn hexadecimal_of<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
    bytes.try_into().ok()
}
