//! How an account file keeps recovery codes.

use super::pin::hexadecimal_of;
use crate::toml_table::{FromTable, Table};
use crate::toml_text::TomlText;
use data_encoding::HEXLOWER;
use otp_core::{RecoverySet, RecoverySetId};

/// The hashes of recovery codes, and which set they are.
pub(super) struct RecoveryEntry {
    set: String,
    hashes: Vec<String>,
}

/// The scheme of codes that are kept as a SHA-256 hash.
const SHA256: &str = "sha256:";

impl<'text> FromTable<'text> for RecoveryEntry {
    const KEYS: &'static [&'static str] = &["set", "hashes"];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            set: table.need("set", Table::owned),
            hashes: table.need("hashes", Table::texts),
        }
    }
}

impl RecoveryEntry {
    pub(super) fn into_set(self) -> Result<RecoverySet, String> {
        if self.hashes.is_empty() || self.hashes.len() > RecoverySet::MOST {
            return Err(format!("hashes must be 1 to {}", RecoverySet::MOST));
        }
        let hashes = self.hashes.iter().map(|hash| {
            let hash = hash
                .strip_prefix(SHA256)
                .ok_or("a hash has no scheme that this version knows (sha256:)")?;
            hexadecimal_of(hash).ok_or("a hash must be 64 hexadecimal digits")
        });
        Ok(RecoverySet {
            id: RecoverySetId(
                hexadecimal_of(&self.set).ok_or("set must be 16 hexadecimal digits")?,
            ),
            hashes: hashes.collect::<Result<_, _>>()?,
        })
    }
}

/// Appends the hashes.
pub(super) fn print(set: &RecoverySet, text: &mut TomlText) {
    let hash = |hash: &[u8; 32]| format!("{SHA256}{}", HEXLOWER.encode(hash));
    let hashes: Vec<String> = set.hashes.iter().map(hash).collect();
    text.table("recovery");
    text.text("set", &HEXLOWER.encode(&set.id.0));
    text.texts("hashes", &hashes);
}
