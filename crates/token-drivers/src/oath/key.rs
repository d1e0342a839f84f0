//! Keys: what a token is given of a secret, and what it is given of a password.
//!
//! Sources: RFC 2104 s.3 (a key longer than the block is hashed; zeros behind a shorter one
//! change nothing), RFC 8018 (PBKDF2), Yubico's page "YKOATH Protocol".

use hmac::{Hmac, KeyInit, Mac};
use otp_core::HashAlgorithm;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

/// The shortest key that the applets take.
const SHORTEST_KEY_BYTES: usize = 14;

/// A secret as a token takes it: at most the hash's block, at least 14 bytes.
pub(crate) fn prepare(secret: &[u8], algorithm: HashAlgorithm) -> Zeroizing<Vec<u8>> {
    let block_bytes = match algorithm {
        HashAlgorithm::Sha1 | HashAlgorithm::Sha256 => 64,
        HashAlgorithm::Sha512 => 128,
    };
    let mut key = Zeroizing::new(Vec::with_capacity(block_bytes));
    if secret.len() <= block_bytes {
        key.extend_from_slice(secret);
    } else {
        match algorithm {
            HashAlgorithm::Sha1 => key.extend_from_slice(&Sha1::digest(secret)),
            HashAlgorithm::Sha256 => key.extend_from_slice(&Sha256::digest(secret)),
            HashAlgorithm::Sha512 => key.extend_from_slice(&Sha512::digest(secret)),
        }
    }
    if key.len() < SHORTEST_KEY_BYTES {
        key.resize(SHORTEST_KEY_BYTES, 0);
    }
    key
}

/// The key that stands for a password.
pub(crate) struct PasswordKey(Zeroizing<[u8; 16]>);

impl PasswordKey {
    /// The protocol's own number of rounds.
    const ROUNDS: u32 = 1000;

    /// From a password and the salt of SELECT.
    pub(crate) fn derive(password: &str, salt: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; 16]);
        pbkdf2::pbkdf2_hmac::<Sha1>(password.as_bytes(), salt, Self::ROUNDS, key.as_mut_slice());
        Self(key)
    }

    /// The bytes, for SET CODE.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The proof of knowing it.
    pub(crate) fn proof(&self, challenge: &[u8]) -> Zeroizing<[u8; 20]> {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(self.0.as_slice()) else {
            // HMAC takes a key of every length; this cannot happen, and proves nothing.
            return Zeroizing::new([0; 20]);
        };
        mac.update(challenge);
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    /// Whether this is the proof; in constant time.
    pub(crate) fn proves(&self, challenge: &[u8], proof: &[u8]) -> bool {
        constant_time_eq::constant_time_eq(self.proof(challenge).as_slice(), proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::bytes;

    #[test]
    fn a_password_becomes_the_key_that_ykman_computes() {
        let key = PasswordKey::derive("secret", &bytes("0102030405060708"));
        assert_eq!(key.bytes(), bytes("4bedfd8acf389e1479e15d99a0af7a50"));
        let challenge = bytes("1112131415161718");
        let proof = bytes("0ba9814bdefcea2ede1230644424aec1078c0025");
        assert_eq!(key.proof(&challenge).as_slice(), proof);
        assert!(key.proves(&challenge, &proof));
        assert!(!key.proves(&challenge, &proof[..19]));
        assert!(!key.proves(&challenge, &[0; 20]));
        assert!(!key.proves(&challenge, &[]));
    }

    #[test]
    fn a_short_key_is_filled_up_and_a_long_one_hashed() {
        let ten = prepare(&[7; 10], HashAlgorithm::Sha1);
        assert_eq!(*ten, [[7; 10].as_slice(), &[0; 4]].concat());
        assert_eq!(prepare(&[7; 64], HashAlgorithm::Sha1).len(), 64);
        let hashed = prepare(&[7; 65], HashAlgorithm::Sha1);
        assert_eq!(hashed.as_slice(), Sha1::digest([7; 65]).as_slice());
        assert_eq!(prepare(&[7; 65], HashAlgorithm::Sha256).len(), 32);
        assert_eq!(prepare(&[7; 128], HashAlgorithm::Sha512).len(), 128);
    }
}
