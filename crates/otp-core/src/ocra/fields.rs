//! What goes into the hash of an OCRA response, byte by byte.
//!
//! Source: RFC 6287 s.5.1 (DataInput) and the reference code of appendix A, for what the text
//! leaves open: a decimal challenge becomes hexadecimal digits that are packed from the left,
//! and session data is filled up with zeros on the left.

use super::suite::{ChallengeAlphabet, OcraSuite};
use crate::{HashAlgorithm, MovingFactor, UnixTime};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use sha2::Digest;
use zeroize::Zeroizing;

/// What one response answers.
#[derive(Clone, Copy)]
pub struct OcraInput<'a> {
    /// What both sides agreed on.
    pub suite: &'a OcraSuite,
    /// The counter, where the suite has one.
    pub counter: Option<MovingFactor>,
    /// The other side's challenge.
    pub challenge: &'a str,
    /// One's own, behind it, where both sides prove themselves (s.7.2).
    pub own_challenge: Option<&'a str>,
    /// What the person knows, in clear, where the suite has a password.
    pub password: Option<&'a [u8]>,
    /// Session data, where the suite has some.
    pub session: Option<&'a [u8]>,
    /// The time, where the suite has one.
    pub now: Option<UnixTime>,
}

/// Why an input does not fit its suite.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeError {
    /// Not one or two challenges, or an empty one.
    Count,
    /// A challenge is longer than the suite says.
    TooLong {
        /// The most characters.
        longest: u8,
    },
    /// A character that the suite's alphabet does not have.
    Alphabet,
    /// The suite wants something that is missing, or has no place for what is given.
    Mismatch {
        /// "a counter", "a password", "session data" or "the time".
        what: &'static str,
    },
    /// There is more session data than the suite has room for.
    SessionTooLong {
        /// The most bytes.
        longest: u16,
    },
}

impl fmt::Display for ChallengeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("a challenge is missing or empty"),
            Self::TooLong { longest } => {
                write!(f, "the challenge is longer than {longest} characters")
            }
            Self::Alphabet => f.write_str("the challenge has a character that the suite lacks"),
            Self::Mismatch { what } => {
                write!(f, "the suite and what is given do not agree about {what}")
            }
            Self::SessionTooLong { longest } => {
                write!(f, "the session data is longer than {longest} bytes")
            }
        }
    }
}

impl core::error::Error for ChallengeError {}

/// Length of the challenge's field, whatever is in it.
const CHALLENGE_BYTES: usize = 128;

impl<'a> OcraInput<'a> {
    /// An answer to one challenge, with nothing else in it.
    pub const fn to_challenge(suite: &'a OcraSuite, challenge: &'a str) -> Self {
        Self {
            suite,
            counter: None,
            challenge,
            own_challenge: None,
            password: None,
            session: None,
            now: None,
        }
    }

    /// Everything that is hashed: the suite, a zero, counter, challenge, password, session
    /// data and time step, as far as the suite has them.
    pub(super) fn message(&self) -> Result<Zeroizing<Vec<u8>>, ChallengeError> {
        // Room for all of it at once, so that no half-filled buffer stays behind unwiped.
        let suite = self.suite.as_str().as_bytes();
        let room = suite.len().saturating_add(1024);
        let mut message = Zeroizing::new(Vec::with_capacity(room));
        message.extend_from_slice(suite);
        message.push(0);
        if let Some(counter) = agreed(self.suite.counter, self.counter, "a counter")? {
            message.extend_from_slice(&counter.0.to_be_bytes());
        }
        message.extend_from_slice(&self.challenge_field()?);
        if let Some(password) = self.password_field()? {
            message.extend_from_slice(&password);
        }
        if let Some(session) = self.session_field()? {
            message.extend_from_slice(&session);
        }
        let step = self.suite.time_step_seconds;
        if let Some(now) = agreed(step.is_some(), self.now, "the time")? {
            // A step is never 0 (see `OcraSuite::parse`).
            let step = u64::from(step.unwrap_or(1));
            let steps = now.0.checked_div(step).unwrap_or_default();
            message.extend_from_slice(&steps.to_be_bytes());
        }
        Ok(message)
    }

    /// The challenge's field: 128 bytes, filled up with zeros on the right.
    ///
    /// # Errors
    ///
    /// [`ChallengeError`] when a challenge is empty, too long, or not of the suite's alphabet.
    ///
    /// Source: RFC 6287 s.5.1.
    pub fn challenge_field(&self) -> Result<[u8; CHALLENGE_BYTES], ChallengeError> {
        let format = self.suite.challenge;
        let mut text = String::new();
        for part in [Some(self.challenge), self.own_challenge]
            .into_iter()
            .flatten()
        {
            if part.is_empty() {
                return Err(ChallengeError::Count);
            }
            let longest = format.longest;
            if part.len() > usize::from(longest) {
                return Err(ChallengeError::TooLong { longest });
            }
            text.push_str(part);
        }
        let bytes = match format.alphabet {
            ChallengeAlphabet::Alphanumeric => text.into_bytes(),
            ChallengeAlphabet::Hexadecimal => packed(text.chars())?,
            ChallengeAlphabet::Numeric => packed(hexadecimal_of(&text)?.into_iter())?,
        };
        let mut field = [0; CHALLENGE_BYTES];
        // Two challenges of 64 characters are just as long as the field.
        let room = field
            .get_mut(..bytes.len())
            .ok_or(ChallengeError::TooLong {
                longest: format.longest,
            })?;
        room.copy_from_slice(&bytes);
        Ok(field)
    }

    /// The hash of the password, where the suite has one.
    ///
    /// # Errors
    ///
    /// [`ChallengeError::Mismatch`] when a password is missing or not wanted.
    pub fn password_field(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ChallengeError> {
        let hash = self.suite.password;
        let password = agreed(hash.is_some(), self.password, "a password")?;
        Ok(password.map(|password| {
            Zeroizing::new(match hash.unwrap_or_default() {
                HashAlgorithm::Sha1 => sha1::Sha1::digest(password).to_vec(),
                HashAlgorithm::Sha256 => sha2::Sha256::digest(password).to_vec(),
                HashAlgorithm::Sha512 => sha2::Sha512::digest(password).to_vec(),
            })
        }))
    }

    /// The session data, filled up with zeros on the left, where the suite has some.
    ///
    /// # Errors
    ///
    /// [`ChallengeError`] when it is missing, not wanted, or longer than the suite says.
    pub fn session_field(&self) -> Result<Option<Zeroizing<Vec<u8>>>, ChallengeError> {
        let longest = self.suite.session_bytes;
        let session = agreed(longest.is_some(), self.session, "session data")?;
        let (Some(session), Some(longest)) = (session, longest) else {
            return Ok(None);
        };
        let padding = usize::from(longest)
            .checked_sub(session.len())
            .ok_or(ChallengeError::SessionTooLong { longest })?;
        let mut field = Zeroizing::new(Vec::with_capacity(usize::from(longest)));
        field.resize(padding, 0);
        field.extend_from_slice(session);
        Ok(Some(field))
    }
}

/// A value that the suite wants and that is given, or neither.
fn agreed<T>(
    wanted: bool,
    given: Option<T>,
    what: &'static str,
) -> Result<Option<T>, ChallengeError> {
    if wanted == given.is_some() {
        Ok(given)
    } else {
        Err(ChallengeError::Mismatch { what })
    }
}

/// Hexadecimal digits packed from the left; behind an odd number of them comes half a zero.
fn packed(digits: impl Iterator<Item = char>) -> Result<Vec<u8>, ChallengeError> {
    let mut bytes = Vec::with_capacity(CHALLENGE_BYTES);
    let mut high = None;
    for digit in digits {
        let value = digit.to_digit(16).ok_or(ChallengeError::Alphabet)?;
        // A hexadecimal digit fits four bits.
        let value = u8::try_from(value).unwrap_or_default();
        match high.take() {
            None => high = Some(value << 4),
            Some(high) => bytes.push(high | value),
        }
    }
    bytes.extend(high);
    Ok(bytes)
}

/// A decimal number of any length as hexadecimal digits, without leading zeros; zero itself
/// has none, which after filling up comes to the same as one.
fn hexadecimal_of(decimal: &str) -> Result<Vec<char>, ChallengeError> {
    // Hexadecimal digits, the lowest first: times ten, plus the next decimal digit.
    let mut nibbles: Vec<u32> = Vec::with_capacity(decimal.len());
    for digit in decimal.chars() {
        let mut carry = digit.to_digit(10).ok_or(ChallengeError::Alphabet)?;
        for nibble in &mut nibbles {
            // At most 15 * 10 + 15.
            let value = nibble.saturating_mul(10).saturating_add(carry);
            *nibble = value & 0xF;
            carry = value >> 4;
        }
        if carry > 0 {
            nibbles.push(carry);
        }
    }
    let digits = nibbles.into_iter().rev();
    Ok(digits
        .filter_map(|nibble| char::from_digit(nibble, 16))
        .collect())
}
