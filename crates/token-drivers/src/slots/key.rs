//! The key of an HOTP or challenge-response slot: 20 bytes, no more fit.
//!
//! HMAC itself allows two ways to fit others: a shorter key counts as one with zero bytes
//! behind it, and one that is longer than SHA-1's block of 64 bytes counts as its SHA-1
//! (RFC 2104 s.2). Between 21 and 64 bytes there is no way, and none is invented.

use otp_core::Secret;
use sha1::{Digest, Sha1};
use std::fmt;
use zeroize::Zeroizing;

/// The key of a slot, wiped when dropped.
pub struct SlotKey(Zeroizing<[u8; SlotKey::BYTES]>);

/// Why a secret cannot be the key of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKeyError {
    /// There is none.
    Empty,
    /// 21 to 64 bytes.
    DoesNotFit {
        /// Its length.
        bytes: usize,
    },
}

impl fmt::Display for SlotKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the secret is empty"),
            Self::DoesNotFit { bytes } => write!(
                f,
                "a slot holds a secret of 20 bytes at most (or of more than 64, which HMAC \
                 shortens itself); this one has {bytes}"
            ),
        }
    }
}

impl std::error::Error for SlotKeyError {}

impl SlotKey {
    /// How many bytes a slot holds.
    pub const BYTES: usize = 20;
    const BLOCK_BYTES: usize = 64;

    /// A key from its bytes.
    ///
    /// # Errors
    ///
    /// [`SlotKeyError`] for none, and for 21 to 64.
    pub fn new(bytes: &[u8]) -> Result<Self, SlotKeyError> {
        let mut key = Zeroizing::new([0; Self::BYTES]);
        if bytes.is_empty() {
            return Err(SlotKeyError::Empty);
        }
        if bytes.len() > Self::BLOCK_BYTES {
            let mut hash = Sha1::digest(bytes);
            key.copy_from_slice(&hash);
            zeroize::Zeroize::zeroize(hash.as_mut_slice());
        } else {
            let (front, _) = key
                .split_at_mut_checked(bytes.len())
                .ok_or(SlotKeyError::DoesNotFit { bytes: bytes.len() })?;
            front.copy_from_slice(bytes);
        }
        Ok(Self(key))
    }

    /// The key for an account's secret.
    ///
    /// # Errors
    ///
    /// [`SlotKeyError::DoesNotFit`].
    pub fn of(secret: &Secret) -> Result<Self, SlotKeyError> {
        Self::new(secret.expose_bytes())
    }

    /// All of it.
    pub(super) fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_key_is_filled_up_with_zeros() {
        let key = SlotKey::new(b"key").unwrap();
        assert_eq!(key.bytes(), b"key\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(SlotKey::new(&[7; 20]).unwrap().bytes(), &[7; 20]);
    }

    #[test]
    fn a_key_longer_than_a_block_is_its_hash() {
        // printf '%065d' 0 | sha1sum
        let key = SlotKey::new(&[b'0'; 65]).unwrap();
        let expected = crate::script::bytes("99991a46f79e031e016f6b02b28cf8f62167dfca");
        assert_eq!(key.bytes().as_slice(), expected);
    }

    #[test]
    fn every_length_in_between_is_refused() {
        for bytes in 21..=64 {
            let found = SlotKey::new(&vec![7; bytes]).err();
            assert_eq!(found, Some(SlotKeyError::DoesNotFit { bytes }));
        }
        assert_eq!(SlotKey::new(&[]).err(), Some(SlotKeyError::Empty));
    }
}
