//! A login name that is safe as a file name.
//!
//! User names become file names in the store, so this is the gate: after it there is no
//! slash, no leading dot and nothing a terminal or a log would interpret.

use alloc::string::String;
use core::fmt;

/// A checked login name: 1 to 64 bytes of ASCII letters, digits, `_`, `.`, `-`, `@`, `+`
/// and a final `$`, not beginning with `.`, `-` or `+`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(String);

impl UserName {
    /// The longest name, in bytes. Linux's `utmp` has room for 32; directory services with
    /// names like `alice@example.com` need more.
    pub const LONGEST_BYTES: usize = 64;

    /// # Errors
    ///
    /// [`UserNameError`] saying which rule is broken.
    ///
    /// ```
    /// # use otp_core::UserName;
    /// assert!(UserName::parse("alice").is_ok());
    /// assert!(UserName::parse("../../etc/shadow").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, UserNameError> {
        if text.is_empty() {
            return Err(UserNameError::Empty);
        }
        if text.len() > Self::LONGEST_BYTES {
            return Err(UserNameError::TooLong);
        }
        if text.starts_with(['.', '-', '+']) {
            return Err(UserNameError::FirstCharacter);
        }
        // A machine account of a Windows domain ends in '$'.
        let body = text.strip_suffix('$').unwrap_or(text);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-@+".contains(c);
        if body.is_empty() || !body.chars().all(allowed) {
            return Err(UserNameError::Character);
        }
        Ok(Self(text.into()))
    }

    /// Nobody, for the account that strangers are compared with.
    pub fn nobody() -> Self {
        Self("nobody".into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not taken as a login name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserNameError {
    /// There is none.
    Empty,
    /// More than 64 bytes.
    TooLong,
    /// Begins with `.`, `-` or `+`.
    FirstCharacter,
    /// Contains something else than ASCII letters, digits, `_`, `.`, `-`, `@`, `+`.
    Character,
}

impl fmt::Display for UserNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a user name cannot be empty",
            Self::TooLong => "a user name has at most 64 bytes",
            Self::FirstCharacter => "a user name cannot begin with '.', '-' or '+'",
            Self::Character => {
                "a user name consists of ASCII letters, digits, '_', '.', '-', '@' and '+'"
            }
        })
    }
}

impl core::error::Error for UserNameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass() {
        for name in [
            "alice",
            "_apt",
            "a",
            "alice@example.com",
            "j.doe-2",
            "WS01$",
        ] {
            assert_eq!(UserName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn nothing_that_could_leave_the_folder_or_confuse_a_log_passes() {
        for name in [
            "",
            ".",
            "..",
            "../root",
            "a/b",
            "a\0b",
            "-rf",
            "+x",
            "$",
            "a b",
            "a\nb",
            "ü",
            "a\u{202e}b",
            "*",
            "a:b",
            ".alice.new",
            "\"",
        ] {
            assert!(UserName::parse(name).is_err(), "{name:?}");
        }
        let long = "a".repeat(65);
        assert_eq!(UserName::parse(&long), Err(UserNameError::TooLong));
    }
}
