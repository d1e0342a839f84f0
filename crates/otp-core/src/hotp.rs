//! The value a person types: HOTP, and through a step number TOTP as well.
//!
//! `totp-rs` computes it. An HOTP value is a TOTP with a one-second step at time = counter,
//! so one generator serves both; windows, replay and drift are not its business.
//!
//! Sources: RFC 4226 s.5.2 and s.5.3; RFC 6238 s.1.2 (other hashes).

use crate::{Digits, HashAlgorithm, MovingFactor, Secret};
use core::fmt::Write;
use zeroize::{Zeroize, Zeroizing};

/// Computes the codes of one authenticator. Made once, asked for each candidate.
pub struct CodeGenerator {
    totp: totp_rs::Totp,
    digits: Digits,
}

impl CodeGenerator {
    /// For a secret and its parameters.
    pub fn new(secret: &Secret, algorithm: HashAlgorithm, digits: Digits) -> Self {
        let algorithm = match algorithm {
            HashAlgorithm::Sha1 => totp_rs::Algorithm::SHA1,
            HashAlgorithm::Sha256 => totp_rs::Algorithm::SHA256,
            HashAlgorithm::Sha512 => totp_rs::Algorithm::SHA512,
        };
        // "noncompliant" means here: secrets of 80 to 127 bits, which an administrator may
        // have imported knowingly. Digits and length are bounded by our own types.
        let totp = totp_rs::Builder::new()
            .with_algorithm(algorithm)
            .with_digits(digits.get())
            .with_step_duration(1)
            .with_skew(0)
            .with_secret(secret.expose_bytes())
            .build_noncompliant();
        Self { totp, digits }
    }

    /// The code at a moving factor: a counter, or a [`step_number`](crate::step_number).
    pub fn code(&self, moving_factor: MovingFactor) -> Code {
        let mut code = Code {
            digits: [0; Code::LONGEST],
            length: 0,
        };
        // Writing cannot fail: there are at most eight digits, and there is room for them.
        let _ = write!(code, "{}", self.totp.generate(moving_factor.0));
        debug_assert_eq!(code.length, usize::from(self.digits.get()));
        code
    }
}

/// One computed code: 6 to 8 decimal digits, wiped when dropped.
pub struct Code {
    digits: [u8; Code::LONGEST],
    length: usize,
}

impl Code {
    const LONGEST: usize = 8;

    /// Whether a person typed this code. The digits are compared in constant time; how many
    /// there are is no secret.
    pub fn matches(&self, typed: &[u8]) -> bool {
        constant_time_eq::constant_time_eq(self.as_bytes(), typed)
    }

    /// The digits, for showing a code to the person who asked for it.
    pub fn expose_digits(&self) -> Zeroizing<alloc::string::String> {
        Zeroizing::new(self.as_bytes().iter().copied().map(char::from).collect())
    }

    fn as_bytes(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }
}

impl core::fmt::Write for Code {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.length.saturating_add(text.len());
        self.digits
            .get_mut(self.length..end)
            .ok_or(core::fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator(secret: &[u8], algorithm: HashAlgorithm, digits: u64) -> CodeGenerator {
        let secret = Secret::new(Zeroizing::new(secret.to_vec())).ok().unwrap();
        CodeGenerator::new(&secret, algorithm, Digits::new(digits).unwrap())
    }

    #[test]
    fn the_values_of_rfc_4226_appendix_d() {
        let rfc = generator(b"12345678901234567890", HashAlgorithm::Sha1, 6);
        let values = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (counter, value) in (0..).zip(values) {
            assert_eq!(*rfc.code(MovingFactor(counter)).expose_digits(), value);
        }
    }

    #[test]
    fn leading_zeros_are_kept_and_the_largest_counter_has_a_code() {
        let eight = generator(b"12345678901234567890", HashAlgorithm::Sha1, 8);
        // RFC 6238 appendix B, 1111111109 s.
        let code = eight.code(MovingFactor(0x0235_23EC));
        assert_eq!(*code.expose_digits(), "07081804");
        let last = eight.code(MovingFactor(u64::MAX));
        assert_eq!(last.expose_digits().len(), 8);
    }

    #[test]
    fn a_response_matches_its_own_code_only() {
        let rfc = generator(b"12345678901234567890", HashAlgorithm::Sha1, 6);
        let code = rfc.code(MovingFactor(0));
        assert!(code.matches(b"755224"));
        for other in ["755225", "0755224", "75522400", "", "75522"] {
            assert!(!code.matches(other.as_bytes()));
        }
    }
}
