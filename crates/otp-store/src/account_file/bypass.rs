//! How an account file keeps a bypass code.

use super::pin::hexadecimal_of;
use crate::toml_table::{FromTable, Table};
use crate::toml_text::TomlText;
use data_encoding::HEXLOWER;
use otp_core::{Bypass, BypassId, UnixTime};
use toml::de::DeString;

/// The hash of a bypass code, how long it is good, and for how many logins.
pub(super) struct BypassEntry<'text> {
    id: DeString<'text>,
    hash: DeString<'text>,
    uses: u16,
    created_at_unix_seconds: u64,
    expires_at_unix_seconds: u64,
}

/// The scheme of codes that are kept as a SHA-256 hash.
const SHA256: &str = "sha256:";

impl<'text> FromTable<'text> for BypassEntry<'text> {
    const KEYS: &'static [&'static str] = &[
        "id",
        "hash",
        "uses",
        "created_at_unix_seconds",
        "expires_at_unix_seconds",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            id: table.need("id", Table::text),
            hash: table.need("hash", Table::text),
            uses: table.need("uses", Table::number),
            created_at_unix_seconds: table.need("created_at_unix_seconds", Table::number),
            expires_at_unix_seconds: table.need("expires_at_unix_seconds", Table::number),
        }
    }
}

impl BypassEntry<'_> {
    pub(super) fn into_bypass(self) -> Result<Bypass, String> {
        let hash = self.hash.strip_prefix(SHA256);
        let hash = hash.ok_or("the hash has no scheme that this version knows (sha256:)")?;
        let lasts = self
            .expires_at_unix_seconds
            .checked_sub(self.created_at_unix_seconds);
        let uses = 1..=Bypass::MOST_USES;
        if lasts.is_none_or(|lasts| lasts > Bypass::LONGEST_SECONDS) || !uses.contains(&self.uses) {
            return Err("it must be good for 30 days and 1000 logins at most".into());
        }
        Ok(Bypass {
            id: BypassId(hexadecimal_of(&self.id).ok_or("id must be 16 hexadecimal digits")?),
            hash: hexadecimal_of(hash).ok_or("hash must be 64 hexadecimal digits")?,
            created_at: UnixTime(self.created_at_unix_seconds),
            expires_at: UnixTime(self.expires_at_unix_seconds),
            uses: self.uses,
        })
    }
}

/// Appends the hash of the code.
pub(super) fn print(bypass: &Bypass, text: &mut TomlText) {
    let hash = format!("{SHA256}{}", HEXLOWER.encode(&bypass.hash));
    text.table("bypass");
    text.text("id", &HEXLOWER.encode(&bypass.id.0));
    text.text("hash", &hash);
    text.number("uses", bypass.uses);
    text.number("created_at_unix_seconds", bypass.created_at.0);
    text.number("expires_at_unix_seconds", bypass.expires_at.0);
}
