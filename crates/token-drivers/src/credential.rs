//! What a token keeps: names, parameters, and the codes it computes.

use crate::{Kind, TokenError};
use otp_core::{Digits, HashAlgorithm, MovingFactor, Secret, TimeStep, UnixTime};
use std::fmt;
use zeroize::Zeroizing;

/// Whose credential it is: `[issuer:]account`, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialName {
    /// Whose service it is, if said.
    pub issuer: Option<String>,
    /// Whose account it is.
    pub account: String,
}

/// Why some text cannot be a name on a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// There is no account name.
    Empty,
    /// A character that a terminal would obey rather than show.
    ControlCharacter,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name is empty",
            Self::ControlCharacter => "the name has a control character in it",
        })
    }
}

impl std::error::Error for NameError {}

impl CredentialName {
    /// Reads `[issuer:]account`. The first colon parts them, unless the text begins with it.
    ///
    /// # Errors
    ///
    /// [`NameError`] for an empty account and for control characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.chars().any(char::is_control) {
            return Err(NameError::ControlCharacter);
        }
        let (issuer, account) = match text.split_once(':') {
            Some(("", _)) | None => (None, text),
            Some((issuer, account)) => (Some(issuer.to_owned()), account),
        };
        if account.is_empty() {
            return Err(NameError::Empty);
        }
        Ok(Self {
            issuer,
            account: account.to_owned(),
        })
    }
}

impl fmt::Display for CredentialName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.issuer {
            Some(issuer) => write!(f, "{issuer}:{}", self.account),
            None => f.write_str(&self.account),
        }
    }
}

/// What stands between a token's holder and a code of one credential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protection {
    /// The token is touched first.
    pub touch: bool,
    /// The PIN is given first.
    pub pin: bool,
}

/// A credential that a token says it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its name.
    pub name: CredentialName,
    /// The bytes by which the token knows it; handed back to it unchanged.
    pub handle: Vec<u8>,
    /// What moves its codes on. `None`: something that is no OATH credential.
    pub kind: Option<Kind>,
    /// The hash, where the token tells it.
    pub algorithm: Option<HashAlgorithm>,
    /// How many digits its codes have, where the token tells it before it computes one.
    pub digits: Option<u8>,
    /// Length of a TOTP step, seconds, where that is known.
    pub time_step_seconds: Option<u64>,
    /// What stands before a code, where the token tells it. Tokens with Yubico's OATH protocol
    /// do not in a list: whether a touch is wanted is known together with `digits`, from
    /// [`Token::calculate_all`](crate::Token::calculate_all), and for TOTP only.
    pub protection: Protection,
}

/// A credential to be written.
pub struct NewCredential {
    /// Its name.
    pub name: CredentialName,
    /// The shared secret.
    pub secret: Secret,
    /// The hash inside the HMAC.
    pub algorithm: HashAlgorithm,
    /// Length of a code.
    pub digits: Digits,
    /// What moves its codes on.
    pub moving: NewMoving,
    /// What stands before a code.
    pub protection: Protection,
    /// The time by this machine's clock, for tokens that keep one and are set by it.
    pub now: UnixTime,
}

/// What moves the codes of a new credential on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewMoving {
    /// The clock, from 1970.
    Time(TimeStep),
    /// A counter, and the first one that the *token* is told. See
    /// [`Capabilities::first_counter_ahead`](crate::Capabilities::first_counter_ahead).
    Counter(MovingFactor),
}

impl NewMoving {
    /// The kind of credential.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Time(_) => Kind::Totp,
            Self::Counter(_) => Kind::Hotp,
        }
    }
}

/// For when a code is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub UnixTime);

/// A code that a token has computed.
pub struct CodeValue {
    /// The digits, with leading zeros (or the letters of a Steam code).
    pub text: Zeroizing<String>,
    /// From when until when it counts, seconds since 1970, the end not included. `None` for
    /// counters.
    pub valid: Option<(UnixTime, UnixTime)>,
}

/// The code of one credential when all are asked for, or why there is none.
pub enum CodeOf {
    /// The code.
    Code(CodeValue),
    /// It wants to be touched first: ask for this one alone.
    WantsTouch,
    /// It wants the PIN first.
    WantsPin,
    /// A counter, which a code would move on: ask for this one alone.
    Counter,
    /// It is no OATH credential.
    None,
    /// It was asked for and not computed.
    Failed(TokenError),
}

impl From<Result<CodeValue, TokenError>> for CodeOf {
    fn from(result: Result<CodeValue, TokenError>) -> Self {
        match result {
            Ok(code) => Self::Code(code),
            Err(error) => Self::Failed(error),
        }
    }
}

impl CodeValue {
    /// The decimal code of a truncated value (RFC 4226 s.5.3): its lowest `digits` digits.
    /// `digits` above 10 are taken as 10, since 31 bits have no more.
    pub fn decimal(truncated: u32, digits: u8) -> Zeroizing<String> {
        let digits = digits.min(10);
        let value = u64::from(truncated & 0x7FFF_FFFF);
        let modulus = 10_u64.saturating_pow(u32::from(digits));
        // The modulus is at least 1.
        let lowest = value.checked_rem(modulus).unwrap_or(value);
        Zeroizing::new(format!("{lowest:0width$}", width = usize::from(digits)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_parts_at_its_first_colon_unless_it_begins_with_one() {
        let name = CredentialName::parse("web1:alice:work").unwrap();
        assert_eq!(name.issuer.as_deref(), Some("web1"));
        assert_eq!(name.account, "alice:work");
        let name = CredentialName::parse(":alice").unwrap();
        assert_eq!(
            (name.issuer.as_deref(), name.account.as_str()),
            (None, ":alice")
        );
        assert_eq!(CredentialName::parse("web1:"), Err(NameError::Empty));
        let control = CredentialName::parse("a\u{1b}[2J");
        assert_eq!(control, Err(NameError::ControlCharacter));
    }

    #[test]
    fn a_code_has_its_leading_zeros() {
        assert_eq!(*CodeValue::decimal(0x8000_0007, 6), "000007");
        assert_eq!(*CodeValue::decimal(0x4139_7EEA, 8), "94287082");
        assert_eq!(*CodeValue::decimal(u32::MAX, 200), "2147483647");
    }
}
