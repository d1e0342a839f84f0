//! OCRA: a response to a challenge (RFC 6287).
//!
//! A suite ([`OcraSuite`]) says what goes into the hash; [`OcraInput`] holds it;
//! [`OcraInput::response`] computes what the device shows. The single fields are there for
//! devices that are told them one by one. Nothing is remembered here: that a challenge is
//! used once, and that a counter only grows, is for whoever keeps them (s.8.2, items 8 and 9).

mod fields;
mod suite;

pub use fields::{ChallengeError, OcraInput};
pub use suite::{ChallengeAlphabet, ChallengeFormat, OcraSuite, SuiteError};

use crate::{HashAlgorithm, Secret};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use hmac::{Hmac, KeyInit, Mac};
use zeroize::Zeroizing;

impl OcraInput<'_> {
    /// What a device with this secret answers: so many decimal digits as the suite says, or
    /// the whole HMAC in small hexadecimal letters where it says 0.
    ///
    /// # Errors
    ///
    /// [`ChallengeError`] when the input does not fit the suite.
    ///
    /// Source: RFC 6287 s.5.
    ///
    /// ```
    /// use otp_core::{OcraInput, OcraSuite, Secret};
    /// let secret = Secret::new(b"12345678901234567890".to_vec().into()).unwrap();
    /// let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN08").unwrap();
    /// let input = OcraInput::to_challenge(&suite, "44444444");
    /// assert_eq!(*input.response(&secret).unwrap(), "608993");
    /// ```
    pub fn response(&self, secret: &Secret) -> Result<Zeroizing<String>, ChallengeError> {
        let message = self.message()?;
        let key = secret.expose_bytes();
        let digest = match self.suite.algorithm {
            HashAlgorithm::Sha1 => hmac::<Hmac<sha1::Sha1>>(key, &message),
            HashAlgorithm::Sha256 => hmac::<Hmac<sha2::Sha256>>(key, &message),
            HashAlgorithm::Sha512 => hmac::<Hmac<sha2::Sha512>>(key, &message),
        };
        Ok(shown(&digest, self.suite.digits))
    }
}

fn hmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Zeroizing<Vec<u8>> {
    // HMAC takes keys of every length (RFC 2104 s.2), so the empty result never is.
    let Ok(mut hmac) = <M as KeyInit>::new_from_slice(key) else {
        return Zeroizing::new(Vec::new());
    };
    hmac.update(message);
    Zeroizing::new(hmac.finalize().into_bytes().to_vec())
}

/// Dynamic truncation (RFC 4226 s.5.3), to 0 or 4 to 10 digits.
fn shown(digest: &[u8], digits: u8) -> Zeroizing<String> {
    if digits == 0 {
        return Zeroizing::new(data_encoding::HEXLOWER.encode(digest));
    }
    // The offset is at most 15, and a digest has at least 20 bytes: these four exist.
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0x0F);
    let four = digest.get(offset..).and_then(<[u8]>::first_chunk::<4>);
    let value = u32::from_be_bytes(four.copied().unwrap_or_default()) & 0x7FFF_FFFF;
    let modulus = 10_u64.saturating_pow(u32::from(digits));
    let lowest = u64::from(value).checked_rem(modulus).unwrap_or_default();
    Zeroizing::new(format!("{lowest:0width$}", width = usize::from(digits)))
}

#[cfg(test)]
mod tests;
