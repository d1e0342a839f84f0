//! How an account file keeps a PIN.

use crate::toml_table::{FromTable, Table};
use crate::toml_text::TomlText;
use data_encoding::HEXLOWER;
use otp_core::{Pin, PinCost, PinError};
use toml::de::DeString;

/// The PIN in front of each code: its hash, and what is needed to compute it again.
pub(super) struct PinEntry<'text> {
    hash: DeString<'text>,
    length: usize,
    memory_kibibytes: u32,
    passes: u32,
    salt: DeString<'text>,
}

/// The scheme of PINs that are kept as an Argon2id hash.
const ARGON2ID: &str = "argon2id:";

impl<'text> FromTable<'text> for PinEntry<'text> {
    const KEYS: &'static [&'static str] = &["hash", "length", "memory_kibibytes", "passes", "salt"];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            hash: table.need("hash", Table::text),
            length: table.need("length", Table::number),
            memory_kibibytes: table.need("memory_kibibytes", Table::number),
            passes: table.need("passes", Table::number),
            salt: table.need("salt", Table::text),
        }
    }
}

impl PinEntry<'_> {
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
}

/// Appends the PIN.
pub(super) fn print(pin: &Pin, text: &mut TomlText) {
    text.table("pin");
    text.text("hash", &format!("{ARGON2ID}{}", HEXLOWER.encode(&pin.hash)));
    text.number("length", pin.length);
    text.number("memory_kibibytes", pin.cost.memory_kibibytes);
    text.number("passes", pin.cost.passes);
    text.text("salt", &HEXLOWER.encode(&pin.salt));
}

/// The bytes of a fixed number of hexadecimal digits.
pub(super) fn hexadecimal_of<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
    bytes.try_into().ok()
}
