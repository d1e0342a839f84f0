//! How an account file keeps recovery codes.

use super::pin::hexadecimal_of;
use data_encoding::HEXLOWER;
use otp_core::{RecoverySet, RecoverySetId};
use serde::{Deserialize, Serialize};

/// The hashes of recovery codes, and which set they are.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecoveryEntry {
    set: String,
    hashes: Vec<String>,
}

/// The scheme of codes that are kept as a SHA-256 hash.
const SHA256: &str = "sha256:";

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

    pub(super) fn from_set(set: &RecoverySet) -> Self {
        let hashes = set.hashes.iter();
        Self {
            set: HEXLOWER.encode(&set.id.0),
            hashes: hashes
                .map(|hash| format!("{SHA256}{}", HEXLOWER.encode(hash)))
                .collect(),
        }
    }
}
