//! Six bytes that protect a slot from being changed, not from being used.
//!
//! One that is lost makes its slot unchangeable for good: no reset takes it away.

use std::fmt;
use zeroize::Zeroizing;

/// What is to be said before an access code is set.
pub const ACCESS_CODE_WARNING: &str = "If this access code is lost, the slot can never be \
     changed or emptied again, and nothing resets it. Keep the code where the secrets are kept.";

/// An access code, wiped when dropped.
#[derive(Clone)]
pub struct AccessCode(Zeroizing<[u8; AccessCode::BYTES]>);

/// Why some text is no access code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessCodeError {
    /// Not 12 hexadecimal digits.
    NotTwelveDigits,
    /// Twelve zeros, which to the token means "none".
    AllZero,
}

impl fmt::Display for AccessCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotTwelveDigits => "an access code has 12 hexadecimal digits",
            Self::AllZero => "twelve zeros are no access code: to the token they mean \"none\"",
        })
    }
}

impl std::error::Error for AccessCodeError {}

impl AccessCode {
    /// How long one is.
    pub const BYTES: usize = 6;

    /// Takes the six bytes.
    ///
    /// # Errors
    ///
    /// [`AccessCodeError::AllZero`].
    pub fn new(bytes: [u8; Self::BYTES]) -> Result<Self, AccessCodeError> {
        if bytes == [0; Self::BYTES] {
            return Err(AccessCodeError::AllZero);
        }
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Reads 12 hexadecimal digits, without blanks, in capitals or small letters.
    ///
    /// # Errors
    ///
    /// [`AccessCodeError`].
    pub fn parse(text: &str) -> Result<Self, AccessCodeError> {
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(AccessCodeError::NotTwelveDigits);
        }
        let value = u64::from_str_radix(text, 16).map_err(|_| AccessCodeError::NotTwelveDigits)?;
        // Twelve digits are 48 bits, so the two highest bytes are 0.
        let [_, _, bytes @ ..] = value.to_be_bytes();
        Self::new(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

/// The access code that a slot has, and the one that it shall have.
#[derive(Clone, Copy, Default)]
pub struct AccessCodes<'a> {
    /// The one it has. `None`: it has none.
    pub current: Option<&'a AccessCode>,
    /// The one it shall have.
    pub afterwards: Afterwards<'a>,
}

/// What becomes of an access code.
#[derive(Clone, Copy, Default)]
pub enum Afterwards<'a> {
    /// It stays as it is.
    #[default]
    Same,
    /// It is this one.
    Set(&'a AccessCode),
    /// It is taken away.
    None,
}

impl<'a> AccessCodes<'a> {
    /// None, and none afterwards.
    pub const fn none() -> Self {
        Self {
            current: None,
            afterwards: Afterwards::Same,
        }
    }

    /// A slot that has one and keeps it.
    pub const fn keeping(current: &'a AccessCode) -> Self {
        Self {
            current: Some(current),
            afterwards: Afterwards::Same,
        }
    }

    /// The one afterwards.
    pub(super) fn new_code(&self) -> Option<&'a AccessCode> {
        match self.afterwards {
            Afterwards::Same => self.current,
            Afterwards::Set(new) => Some(new),
            Afterwards::None => None,
        }
    }

    /// Whether it is another one afterwards.
    pub(super) fn changes(&self) -> bool {
        match (self.current, self.new_code()) {
            (None, None) => false,
            (Some(current), Some(new)) => current.bytes() != new.bytes(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_code_is_twelve_digits_that_are_not_all_zero() {
        let code = AccessCode::parse("A1a2a3a4a5a6").unwrap();
        assert_eq!(code.bytes(), &[0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6]);
        let error = |text| AccessCode::parse(text).err();
        assert_eq!(error("000000000000"), Some(AccessCodeError::AllZero));
        for wrong in [
            "",
            "a1a2a3a4a5",
            "a1a2a3a4a5a6a7",
            "+1a2a3a4a5a6",
            "ä1a2a3a4a5",
        ] {
            let found = error(wrong);
            assert_eq!(found, Some(AccessCodeError::NotTwelveDigits), "{wrong}");
        }
    }

    #[test]
    fn a_code_that_is_not_mentioned_again_stays() {
        let (one, other) = (AccessCode([1; 6].into()), AccessCode([2; 6].into()));
        let keeping = AccessCodes::keeping(&one);
        assert_eq!(keeping.new_code().unwrap().bytes(), &[1; 6]);
        assert!(!keeping.changes());
        let set = AccessCodes {
            current: Some(&one),
            afterwards: Afterwards::Set(&other),
        };
        assert!(set.changes());
        let removed = AccessCodes {
            current: Some(&one),
            afterwards: Afterwards::None,
        };
        assert!(removed.new_code().is_none() && removed.changes());
        assert!(!AccessCodes::none().changes());
    }
}
