//! The shared secret: wiped when dropped, never printed, read through one method.
//!
//! It has no `Debug` and no `Display` on purpose: what cannot be formatted cannot reach a
//! log. Sources: RFC 4226 s.4 R6 (128 bits at least, 160 recommended); RFC 6238 s.5.1.

use alloc::vec::Vec;
use core::fmt;
use zeroize::Zeroizing;

/// A shared secret of 10 to 128 bytes.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The shortest secret that pam-otp makes or takes without being told twice: 128 bits
    /// (RFC 4226 s.4 R6).
    pub const SHORTEST_BYTES: usize = 16;
    /// The shortest that can be imported knowingly: 80 bits, as early apps gave out.
    pub const SHORTEST_IMPORTED_BYTES: usize = 10;
    /// The longest: the block of SHA-512, beyond which HMAC hashes a key first.
    pub const LONGEST_BYTES: usize = 128;

    /// A secret of 16 to 128 bytes.
    ///
    /// # Errors
    ///
    /// [`SecretError`] for a shorter or longer one.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Self, SecretError> {
        if bytes.len() < Self::SHORTEST_BYTES {
            let bits = bits_of(&bytes);
            return Err(SecretError::TooShort { bits });
        }
        Self::import_short(bytes)
    }

    /// A secret of 10 to 128 bytes: for accounts that already exist somewhere else with a
    /// secret below 128 bits. Nothing in pam-otp *makes* such a secret.
    ///
    /// # Errors
    ///
    /// [`SecretError`] below 10 and above 128 bytes.
    pub fn import_short(bytes: Zeroizing<Vec<u8>>) -> Result<Self, SecretError> {
        if bytes.len() < Self::SHORTEST_IMPORTED_BYTES {
            let bits = bits_of(&bytes);
            return Err(SecretError::FarTooShort { bits });
        }
        if bytes.len() > Self::LONGEST_BYTES {
            return Err(SecretError::TooLong { bytes: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The bytes. The name is long so that a reader notices where they go.
    pub fn expose_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether both compute the same codes. HMAC fills a key up with zeros (RFC 2104 s.2), and
    /// so do some lists of seeds.
    pub fn computes_as(&self, other: &Self) -> bool {
        without_zeros(&self.0) == without_zeros(&other.0)
    }

    /// Whether it has fewer than 128 bits, so that a command can say so.
    pub fn is_short(&self) -> bool {
        self.0.len() < Self::SHORTEST_BYTES
    }
}

/// Without those at its end.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    end.and_then(|last| bytes.get(..=last)).unwrap_or_default()
}

fn bits_of(bytes: &[u8]) -> usize {
    bytes.len().saturating_mul(8)
}

/// Why some bytes cannot be a secret. The bytes themselves are never part of it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretError {
    /// 80 to 127 bits: can be imported knowingly only.
    TooShort {
        /// Its length.
        bits: usize,
    },
    /// Fewer than 80 bits: can be guessed from a single code.
    FarTooShort {
        /// Its length.
        bits: usize,
    },
    /// More than 128 bytes.
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { bits } => write!(
                f,
                "the secret has {bits} bits; RFC 4226 asks for at least 128"
            ),
            Self::FarTooShort { bits } => write!(
                f,
                "the secret has {bits} bits; below 80 it can be found by trying"
            ),
            Self::TooLong { bytes } => write!(
                f,
                "the secret has {bytes} bytes; at most {} are possible",
                Secret::LONGEST_BYTES
            ),
        }
    }
}

impl core::error::Error for SecretError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(count: usize) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(alloc::vec![7; count])
    }

    #[test]
    fn a_secret_below_128_bits_is_taken_only_knowingly() {
        let refused = Secret::new(bytes(15)).err();
        assert_eq!(refused, Some(SecretError::TooShort { bits: 120 }));

        let imported = Secret::import_short(bytes(10)).ok().unwrap();
        assert!(imported.is_short());
        assert!(!Secret::new(bytes(16)).ok().unwrap().is_short());
    }

    #[test]
    fn zeros_at_the_end_make_no_other_secret() {
        let secret = |bytes: &[u8]| Secret::new(Zeroizing::new(bytes.to_vec())).ok().unwrap();
        let short = secret(&[7; 16]);
        let mut padded = [7; 32];
        padded[16..].fill(0);
        assert!(short.computes_as(&secret(&padded)));
        padded[31] = 1;
        assert!(!short.computes_as(&secret(&padded)));
        assert!(secret(&[0; 16]).computes_as(&secret(&[0; 20])));
    }

    #[test]
    fn no_secret_is_shorter_than_80_bits_or_longer_than_128_bytes() {
        let refused = Secret::import_short(bytes(9)).err();
        assert_eq!(refused, Some(SecretError::FarTooShort { bits: 72 }));
        assert!(Secret::new(bytes(128)).is_ok());
        let refused = Secret::new(bytes(129)).err();
        assert_eq!(refused, Some(SecretError::TooLong { bytes: 129 }));
    }
}
