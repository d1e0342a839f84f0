//! The password of the application: a key of which each side shows the other that it knows it.

use crate::apdu::StatusWord;
use crate::apdu::WRONG_DATA;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The key that the host derived from the password.
pub(super) struct Code {
    key: Vec<u8>,
}

impl Code {
    /// From the field of SET CODE: type and algorithm, then the key.
    pub(super) fn parse(field: &[u8]) -> Result<Self, StatusWord> {
        match field {
            [type_and_algorithm, key @ ..] if type_and_algorithm & 0x0F == 1 && key.len() == 16 => {
                Ok(Self { key: key.to_vec() })
            }
            _ => Err(WRONG_DATA),
        }
    }

    /// The proof for a challenge.
    pub(super) fn proof(&self, challenge: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.key).expect("any length is a key");
        mac.update(challenge);
        mac.finalize().into_bytes().to_vec()
    }
}
