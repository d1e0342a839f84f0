//! What a suite string says: `OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1`.
//!
//! The words are compared without regard to case, as the reference code does, but the string
//! itself goes into the hash exactly as it was agreed on, so it is kept as it came.
//!
//! Source: RFC 6287 s.6 (suite), s.6.2 (crypto function), s.6.3 (data input).

use crate::HashAlgorithm;
use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

/// A suite that both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcraSuite {
    text: String,
    /// The hash of the HMAC.
    pub algorithm: HashAlgorithm,
    /// How many digits a response has: 4 to 10, or 0 for the whole HMAC.
    pub digits: u8,
    /// Whether a counter goes in.
    pub counter: bool,
    /// What a challenge looks like.
    pub challenge: ChallengeFormat,
    /// With which hash a password goes in, if one does.
    pub password: Option<HashAlgorithm>,
    /// How many bytes of session data go in, if some do; 1 to 512.
    pub session_bytes: Option<u16>,
    /// Length of a time step in seconds, if the time goes in.
    pub time_step_seconds: Option<u32>,
}

/// What a challenge looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengeFormat {
    /// Which characters it has.
    pub alphabet: ChallengeAlphabet,
    /// The most characters it has: 4 to 64.
    pub longest: u8,
}

/// Which characters a challenge has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeAlphabet {
    /// Any text (QA).
    Alphanumeric,
    /// Decimal digits (QN).
    Numeric,
    /// Hexadecimal digits (QH).
    Hexadecimal,
}

/// Which part of a suite is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuiteError {
    /// Not three parts with colons between, beginning with `OCRA-1`.
    Version,
    /// Not `HOTP-`, `SHA1`, `SHA256` or `SHA512`, and 0 or 4 to 10 digits.
    CryptoFunction,
    /// No challenge of `QA`, `QN` or `QH` and 04 to 64.
    Challenge,
    /// A `P` without `SHA1`, `SHA256` or `SHA512`.
    Password,
    /// An `S` without a number from 001 to 512.
    Session,
    /// A `T` without 1 to 59 `S` or `M`, or 1 to 48 `H`.
    TimeStep,
    /// Something else, something twice, or not in the order C, Q, P, S, T.
    DataInput,
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "an OCRA suite begins with \"OCRA-1:\" and has three parts",
            Self::CryptoFunction => {
                "the suite's second part is not HOTP-SHA1-6 or the like (SHA1, SHA256, SHA512; \
                 0 or 4 to 10 digits)"
            }
            Self::Challenge => "the suite's challenge is not QA, QN or QH and 04 to 64",
            Self::Password => "the suite's P is not PSHA1, PSHA256 or PSHA512",
            Self::Session => "the suite's S has no length from 001 to 512",
            Self::TimeStep => "the suite's T is not 1 to 59 S or M, or 1 to 48 H",
            Self::DataInput => "the suite's third part is not [C-]Q..[-P..][-S..][-T..]",
        })
    }
}

impl core::error::Error for SuiteError {}

impl OcraSuite {
    /// Reads a suite string.
    ///
    /// `QH8` with one digit is taken as `QH08`, since the RFC itself writes it so (s.6.4). A
    /// step of zero hours, which the RFC's grammar allows, is refused: nothing can be divided
    /// by it.
    ///
    /// # Errors
    ///
    /// [`SuiteError`] says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, SuiteError> {
        let mut parts = text.split(':');
        let (Some(version), Some(function), Some(inputs), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SuiteError::Version);
        };
        if !version.eq_ignore_ascii_case("OCRA-1") {
            return Err(SuiteError::Version);
        }
        let (algorithm, digits) = crypto_function(function).ok_or(SuiteError::CryptoFunction)?;
        let mut inputs = inputs.split('-').peekable();
        let counter = inputs
            .next_if(|first| first.eq_ignore_ascii_case("C"))
            .is_some();
        let challenge = inputs.next().ok_or(SuiteError::Challenge)?;
        let challenge = challenge_format(challenge).ok_or(SuiteError::Challenge)?;
        let mut suite = Self {
            text: text.to_owned(),
            algorithm,
            digits,
            counter,
            challenge,
            password: None,
            session_bytes: None,
            time_step_seconds: None,
        };
        if let Some(hash) = inputs.peek().and_then(|next| after(next, 'P')) {
            let hash = HashAlgorithm::parse(hash).map_err(|_| SuiteError::Password)?;
            suite.password = Some(hash);
            inputs.next();
        }
        if let Some(length) = inputs.peek().and_then(|next| after(next, 'S')) {
            suite.session_bytes = Some(session_bytes(length).ok_or(SuiteError::Session)?);
            inputs.next();
        }
        if let Some(step) = inputs.peek().and_then(|next| after(next, 'T')) {
            suite.time_step_seconds = Some(time_step(step).ok_or(SuiteError::TimeStep)?);
            inputs.next();
        }
        match inputs.next() {
            None => Ok(suite),
            Some(_) => Err(SuiteError::DataInput),
        }
    }

    /// The string as it was agreed on.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What stands behind a letter, in capitals or not.
fn after(text: &str, letter: char) -> Option<&str> {
    let mut characters = text.chars();
    let first = characters.next()?;
    first
        .eq_ignore_ascii_case(&letter)
        .then_some(characters.as_str())
}

fn number(text: &str, digits: core::ops::RangeInclusive<usize>) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if plain && digits.contains(&text.len()) {
        text.parse().ok()
    } else {
        None
    }
}

fn crypto_function(text: &str) -> Option<(HashAlgorithm, u8)> {
    let mut parts = text.split('-');
    let (hotp, hash, digits) = (parts.next()?, parts.next()?, parts.next()?);
    if !hotp.eq_ignore_ascii_case("HOTP") || parts.next().is_some() {
        return None;
    }
    let digits = match (number(digits, 1..=2)?, digits.len()) {
        (0, 1) => 0,
        (4..=9, 1) | (10, 2) => u8::try_from(number(digits, 1..=2)?).ok()?,
        _ => return None,
    };
    Some((HashAlgorithm::parse(hash).ok()?, digits))
}

fn challenge_format(text: &str) -> Option<ChallengeFormat> {
    let format = after(text, 'Q')?;
    let alphabets = [
        ('A', ChallengeAlphabet::Alphanumeric),
        ('N', ChallengeAlphabet::Numeric),
        ('H', ChallengeAlphabet::Hexadecimal),
    ];
    let (length, alphabet) = alphabets
        .iter()
        .find_map(|(letter, alphabet)| Some((after(format, *letter)?, *alphabet)))?;
    let longest = number(length, 1..=2)?;
    (4..=64).contains(&longest).then_some(ChallengeFormat {
        alphabet,
        longest: u8::try_from(longest).ok()?,
    })
}

fn session_bytes(text: &str) -> Option<u16> {
    let bytes = number(text, 3..=3)?;
    (1..=512).contains(&bytes).then_some(bytes)
}

fn time_step(text: &str) -> Option<u32> {
    let (unit, seconds, most) = match text.chars().next_back()?.to_ascii_uppercase() {
        'S' => ('S', 1_u32, 59),
        'M' => ('M', 60, 59),
        'H' => ('H', 3600, 48),
        _ => return None,
    };
    let count = text.strip_suffix([unit, unit.to_ascii_lowercase()])?;
    let count = number(count, 1..=2)?;
    if !(1..=most).contains(&count) {
        return None;
    }
    u32::from(count).checked_mul(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_suite_is_read_part_by_part() {
        let text = "OCRA-1:HOTP-SHA512-8:C-QN08-PSHA1-S064-T2H";
        let suite = OcraSuite::parse(text).unwrap();
        assert_eq!(suite.as_str(), text);
        assert_eq!((suite.algorithm, suite.digits), (HashAlgorithm::Sha512, 8));
        assert!(suite.counter);
        assert_eq!(suite.challenge.alphabet, ChallengeAlphabet::Numeric);
        assert_eq!(suite.challenge.longest, 8);
        assert_eq!(suite.password, Some(HashAlgorithm::Sha1));
        assert_eq!(suite.session_bytes, Some(64));
        assert_eq!(suite.time_step_seconds, Some(7200));
    }

    #[test]
    fn letters_may_be_small_and_are_kept_so() {
        let suite = OcraSuite::parse("ocra-1:hotp-sha1-6:qh8-t30s").unwrap();
        assert_eq!(suite.as_str(), "ocra-1:hotp-sha1-6:qh8-t30s");
        assert_eq!(suite.time_step_seconds, Some(30));
    }

    #[test]
    fn a_suite_that_the_rfc_does_not_know_is_refused_by_its_part() {
        let refused = [
            ("", SuiteError::Version),
            ("OCRA-2:HOTP-SHA1-6:QN08", SuiteError::Version),
            ("OCRA-1:HOTP-SHA1-6", SuiteError::Version),
            ("OCRA-1:HOTP-SHA1-6:QN08:", SuiteError::Version),
            ("OCRA-1:HOTP-SHA3-6:QN08", SuiteError::CryptoFunction),
            ("OCRA-1:HOTP-SHA1-3:QN08", SuiteError::CryptoFunction),
            ("OCRA-1:HOTP-SHA1-06:QN08", SuiteError::CryptoFunction),
            ("OCRA-1:HOTP-SHA1-11:QN08", SuiteError::CryptoFunction),
            ("OCRA-1:HOTP-SHA1-6-6:QN08", SuiteError::CryptoFunction),
            ("OCRA-1:HOTPSHA1-6:QN08", SuiteError::CryptoFunction),
            ("OCRA-1:TOTP-SHA1-6:QN08", SuiteError::CryptoFunction),
            ("OCRA-1:HOTP-SHA1-6:", SuiteError::Challenge),
            ("OCRA-1:HOTP-SHA1-6:X-QN08", SuiteError::Challenge),
            ("OCRA-1:HOTP-SHA1-6:C", SuiteError::Challenge),
            ("OCRA-1:HOTP-SHA1-6:QX04", SuiteError::Challenge),
            ("OCRA-1:HOTP-SHA1-6:QN03", SuiteError::Challenge),
            ("OCRA-1:HOTP-SHA1-6:QN65", SuiteError::Challenge),
            ("OCRA-1:HOTP-SHA1-6:QN+8", SuiteError::Challenge),
            ("OCRA-1:HOTP-SHA1-6:CQN04PSHA1", SuiteError::Challenge),
            ("OCRA-1:HOTP-SHA1-6:QN08-PSHA3", SuiteError::Password),
            ("OCRA-1:HOTP-SHA1-6:QN08-SXXX", SuiteError::Session),
            ("OCRA-1:HOTP-SHA1-6:QN08-S000", SuiteError::Session),
            ("OCRA-1:HOTP-SHA1-6:QN08-S513", SuiteError::Session),
            ("OCRA-1:HOTP-SHA1-6:QN08-S64", SuiteError::Session),
            ("OCRA-1:HOTP-SHA1-6:QN08-T10X", SuiteError::TimeStep),
            ("OCRA-1:HOTP-SHA1-6:QN08-T100M", SuiteError::TimeStep),
            ("OCRA-1:HOTP-SHA1-6:QN08-T60S", SuiteError::TimeStep),
            ("OCRA-1:HOTP-SHA1-6:QN08-T0H", SuiteError::TimeStep),
            ("OCRA-1:HOTP-SHA1-6:QN08-T49H", SuiteError::TimeStep),
            ("OCRA-1:HOTP-SHA1-6:QN08-Té", SuiteError::TimeStep),
            ("OCRA-1:HOTP-SHA1-6:QN08-S064-PSHA1", SuiteError::DataInput),
            ("OCRA-1:HOTP-SHA1-6:QN08-QN08", SuiteError::DataInput),
            ("OCRA-1:HOTP-SHA1-6:QN08-", SuiteError::DataInput),
        ];
        for (text, error) in refused {
            assert_eq!(OcraSuite::parse(text), Err(error), "{text}");
        }
        // Lengths that two sides agreed on need not be the usual ones (s.6.3).
        assert!(OcraSuite::parse("OCRA-1:HOTP-SHA1-0:QA64-S100-T48H").is_ok());
    }
}
