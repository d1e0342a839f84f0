//! What some tokens type in front of each code: the OATH token identifier, 12 characters.
//!
//! A YubiKey slot can be told to type `ubhe00000001` before the digits, so that a server knows
//! which token it was. Source: OATH Token Identifier Specification 1.0, openauthentication.org:
//! manufacturer (2), token type (2), number (8), each in digits or modhex.

use core::fmt;

/// Twelve characters of modhex or digits, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenIdentifier([u8; TokenIdentifier::LENGTH]);

impl TokenIdentifier {
    /// How many characters it always has.
    pub const LENGTH: usize = 12;

    /// Reads one as a person or a file writes it; capitals count as small letters.
    ///
    /// # Errors
    ///
    /// [`NotATokenIdentifier`] if it has another length or another character.
    pub fn parse(text: &str) -> Result<Self, NotATokenIdentifier> {
        let mut bytes: [u8; Self::LENGTH] = text
            .as_bytes()
            .try_into()
            .map_err(|_| NotATokenIdentifier)?;
        bytes.make_ascii_lowercase();
        let usable = |byte: &u8| byte.is_ascii_digit() || b"cbdefghijklnrtuv".contains(byte);
        if bytes.iter().all(usable) {
            Ok(Self(bytes))
        } else {
            Err(NotATokenIdentifier)
        }
    }

    /// In ASCII, lower case.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for TokenIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
    }
}

/// Not 12 characters of modhex or digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATokenIdentifier;

impl fmt::Display for NotATokenIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token identifier has 12 characters, each one of cbdefghijklnrtuv or a digit")
    }
}

impl core::error::Error for NotATokenIdentifier {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn twelve_characters_of_modhex_or_digits() {
        let read = |text| TokenIdentifier::parse(text).map(|one| one.to_string());
        assert_eq!(read("UBHE00000001").as_deref(), Ok("ubhe00000001"));
        for wrong in [
            "ubhe0000001",
            "ubhe000000010",
            "ubha00000001",
            "ubhe 0000001",
            "",
        ] {
            assert_eq!(read(wrong), Err(NotATokenIdentifier), "{wrong}");
        }
    }
}
