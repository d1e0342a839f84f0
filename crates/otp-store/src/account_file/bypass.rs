//! How an account file keeps a bypass code.

use super::pin::hexadecimal_of;
use data_encoding::HEXLOWER;
use otp_core::{Bypass, BypassId, UnixTime};
use serde::{Deserialize, Serialize};

/// The hash of a bypass code, how long it is good, and for how many logins.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BypassEntry {
    id: String,
    hash: String,
    uses: u16,
    created_at_unix_seconds: u64,
    expires_at_unix_seconds: u64,
}

/// The scheme of codes that are kept as a SHA-256 hash.
const SHA256: &str = "sha256:";

impl BypassEntry {
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

    pub(super) fn from_bypass(bypass: &Bypass) -> Self {
        Self {
            id: HEXLOWER.encode(&bypass.id.0),
            hash: format!("{SHA256}{}", HEXLOWER.encode(&bypass.hash)),
            uses: bypass.uses,
            created_at_unix_seconds: bypass.created_at.0,
            expires_at_unix_seconds: bypass.expires_at.0,
        }
    }
}
