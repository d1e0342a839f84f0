//! The parameters of an authenticator, each as a type that cannot hold an impossible value.
//!
//! Nothing is computed here. Sources: RFC 4226 s.5.3 (digits), RFC 6238 s.1.2 (hashes) and
//! s.4.1 (time step); NIST SP 800-63B-4 s.3.1.4.1 (a step of at most two minutes, six digits
//! at least).

use core::fmt;

/// Seconds since 1970-01-01 00:00 UTC, without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub u64);

/// The 64-bit number that is hashed: HOTP's counter (RFC 4226 s.5.1), TOTP's step number
/// (RFC 6238 s.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MovingFactor(pub u64);

/// A distance in time steps, device minus host: a device at step 8 while the host is at
/// step 9 is at -1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepOffset(pub i64);

/// The hash inside the HMAC (RFC 4226 s.5.2, RFC 6238 s.1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// The default, and the only one every app computes.
    #[default]
    Sha1,
    /// Secrets of 32 bytes are recommended (RFC 6238 s.5.1).
    Sha256,
    /// Secrets of 64 bytes are recommended (RFC 6238 s.5.1).
    Sha512,
}

impl HashAlgorithm {
    /// The name as key URIs, account files and the policy write it: `SHA1`, `SHA256`, `SHA512`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// Reads the name, in capitals or small letters.
    ///
    /// # Errors
    ///
    /// [`ParameterError::Algorithm`] for every other word, MD5 and the SHA-3 family included.
    pub fn parse(name: &str) -> Result<Self, ParameterError> {
        [Self::Sha1, Self::Sha256, Self::Sha512]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(name))
            .ok_or(ParameterError::Algorithm)
    }

    /// Length of the hash, and so the recommended length of a secret, in bytes.
    pub const fn output_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// How many decimal digits a response has: 6, 7 or 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits(u8);

impl Digits {
    /// The default.
    pub const SIX: Self = Self(6);

    /// # Errors
    ///
    /// [`ParameterError::Digits`] outside 6 to 8 (RFC 4226 s.5.3 asks for at least 6 and
    /// speaks of 7 and 8).
    pub const fn new(digits: u64) -> Result<Self, ParameterError> {
        match digits {
            6 => Ok(Self(6)),
            7 => Ok(Self(7)),
            8 => Ok(Self(8)),
            given => Err(ParameterError::Digits { given }),
        }
    }

    /// The number of digits, 6 to 8.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// Length of a TOTP time step: 1 to 120 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeStep(u32);

impl TimeStep {
    /// The default of RFC 6238 s.4.1, and the only one that every app honours.
    pub const THIRTY_SECONDS: Self = Self(30);

    /// # Errors
    ///
    /// [`ParameterError::TimeStep`] outside 1 to 120 seconds (the upper end is NIST
    /// SP 800-63B-4 s.3.1.4.1: the nonce changes at least every two minutes).
    pub const fn from_seconds(seconds: u64) -> Result<Self, ParameterError> {
        if seconds >= 1 && seconds <= 120 {
            // The bound above makes the conversion exact.
            Ok(Self(seconds as u32))
        } else {
            Err(ParameterError::TimeStep { given: seconds })
        }
    }

    /// The length in seconds, 1 to 120.
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

/// A parameter outside what the standards allow.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterError {
    /// Not one of the three hashes.
    Algorithm,
    /// Not 6, 7 or 8.
    Digits {
        /// What was asked for.
        given: u64,
    },
    /// Not 1 to 120 seconds.
    TimeStep {
        /// What was asked for, in seconds.
        given: u64,
    },
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm => f.write_str("the algorithm must be SHA1, SHA256 or SHA512"),
            Self::Digits { given } => write!(f, "digits must be 6, 7 or 8, not {given}"),
            Self::TimeStep { given } => {
                write!(f, "the time step must be 1 to 120 seconds, not {given}")
            }
        }
    }
}

impl core::error::Error for ParameterError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_has_six_to_eight_digits() {
        for digits in 6..=8 {
            assert_eq!(u64::from(Digits::new(digits).unwrap().get()), digits);
        }
        for digits in [0, 1, 5, 9, 10, u64::MAX] {
            let refused = ParameterError::Digits { given: digits };
            assert_eq!(Digits::new(digits), Err(refused));
        }
    }

    #[test]
    fn a_time_step_lasts_one_to_one_hundred_and_twenty_seconds() {
        assert_eq!(TimeStep::from_seconds(1).unwrap().seconds(), 1);
        assert_eq!(TimeStep::from_seconds(120).unwrap().seconds(), 120);
        for seconds in [0, 121, u64::from(u32::MAX) + 31] {
            assert!(TimeStep::from_seconds(seconds).is_err());
        }
    }

    #[test]
    fn algorithms_are_named_as_in_key_uris() {
        for algorithm in [
            HashAlgorithm::Sha1,
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha512,
        ] {
            assert_eq!(HashAlgorithm::parse(algorithm.as_str()), Ok(algorithm));
        }
        assert_eq!(HashAlgorithm::parse("sha256"), Ok(HashAlgorithm::Sha256));
        for unknown in ["", "MD5", "SHA3", "SHA-1", "HmacSHA1"] {
            let refused = Err(ParameterError::Algorithm);
            assert_eq!(HashAlgorithm::parse(unknown), refused);
        }
    }
}
