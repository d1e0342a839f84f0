//! One credential, and the codes of RFC 4226 and RFC 6238 it gives.

use crate::apdu::{SECURITY_STATUS, StatusWord, WRONG_DATA};
use hmac::{Hmac, KeyInit, Mac};

pub(super) const HOTP: u8 = 0x10;
pub(super) const TOTP: u8 = 0x20;

const ONLY_INCREASING: u8 = 1;
const TOUCH: u8 = 2;

pub(super) struct Record {
    pub(super) name: Vec<u8>,
    pub(super) type_and_algorithm: u8,
    pub(super) digits: u8,
    pub(super) key: Vec<u8>,
    pub(super) property: u8,
    pub(super) counter: u32,
    pub(super) last_challenge: Vec<u8>,
}

impl Record {
    pub(super) fn is_hotp(&self) -> bool {
        self.type_and_algorithm & 0xF0 == HOTP
    }

    pub(super) fn wants_touch(&self) -> bool {
        self.property & TOUCH != 0
    }

    /// The full response for a challenge; an HOTP credential takes its own counter instead,
    /// and moves it on: before the code on a CanoKey, after it elsewhere.
    pub(super) fn respond(
        &mut self,
        challenge: &[u8],
        counts_first: bool,
    ) -> Result<Vec<u8>, StatusWord> {
        if !self.is_hotp() {
            if self.property & ONLY_INCREASING != 0 {
                if challenge <= self.last_challenge.as_slice() {
                    return Err(SECURITY_STATUS);
                }
                self.last_challenge = challenge.to_vec();
            }
            return self.hmac(challenge);
        }
        let moved = self.counter.checked_add(1).ok_or(SECURITY_STATUS)?;
        let counter = if counts_first { moved } else { self.counter };
        self.counter = moved;
        self.hmac(&u64::from(counter).to_be_bytes())
    }

    pub(super) fn hmac(&self, message: &[u8]) -> Result<Vec<u8>, StatusWord> {
        match self.type_and_algorithm & 0x0F {
            1 => Ok(hmac::<Hmac<sha1::Sha1>>(&self.key, message)),
            2 => Ok(hmac::<Hmac<sha2::Sha256>>(&self.key, message)),
            3 => Ok(hmac::<Hmac<sha2::Sha512>>(&self.key, message)),
            _ => Err(WRONG_DATA),
        }
    }

    /// The field of an answer: `76` with four bytes, or `75` with all.
    pub(super) fn response_field(&self, full: &[u8], truncated: bool) -> (u8, Vec<u8>) {
        let mut value = vec![self.digits];
        if truncated {
            value.extend(truncate(full));
            (0x76, value)
        } else {
            value.extend(full);
            (0x75, value)
        }
    }
}

fn hmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("any length is a key");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// Dynamic truncation, RFC 4226 s.5.3.
pub(crate) fn truncate(full: &[u8]) -> [u8; 4] {
    let offset = usize::from(full[full.len() - 1] & 0x0F);
    let mut four = [0; 4];
    four.copy_from_slice(&full[offset..offset + 4]);
    four[0] &= 0x7F;
    four
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_4226() {
        let mut record = Record {
            name: b"alice".to_vec(),
            type_and_algorithm: HOTP | 1,
            digits: 6,
            key: b"12345678901234567890".to_vec(),
            property: 0,
            counter: 0,
            last_challenge: Vec::new(),
        };
        let truncated: Vec<u32> = (0..3)
            .map(|_| u32::from_be_bytes(truncate(&record.respond(&[], false).unwrap())))
            .collect();
        // RFC 4226, appendix D, decimal.
        assert_eq!(truncated, [1_284_755_224, 1_094_287_082, 137_359_152]);
    }
}
