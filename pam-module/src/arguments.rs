//! The words after `pam_otp.so` in a file of pam.d.
//!
//! A word that is not known refuses the login and is named in the log: an option that is
//! misspelt and passed over is a hole that nobody sees.

use otp_store::PasswordMode;
use std::fmt;
use std::path::PathBuf;

/// What the line of pam.d says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `config=PATH`: another policy file than the usual one. It must exist.
    pub configuration: Option<PathBuf>,
    /// `password=stack`, `password=verify` or `password=combined`: overrules the policy.
    pub password: Option<PasswordMode>,
    /// `debug`: one more line in the log for each attempt.
    pub debug: bool,
}

impl Arguments {
    /// Reads the words.
    ///
    /// # Errors
    ///
    /// [`ArgumentError`] for a word that is not known, is there twice, or has no sensible
    /// value.
    pub fn parse(words: &[String]) -> Result<Self, ArgumentError> {
        let mut arguments = Self::default();
        for word in words {
            let known = match word.split_once('=') {
                None if word == "debug" => !std::mem::replace(&mut arguments.debug, true),
                Some(("password", value)) => {
                    let mode = PasswordMode::parse(value);
                    let mode = mode.ok_or_else(|| ArgumentError(word.clone()))?;
                    arguments.password.replace(mode).is_none()
                }
                Some(("config", path)) if path.starts_with('/') => {
                    arguments.configuration.replace(path.into()).is_none()
                }
                _ => false,
            };
            if !known {
                return Err(ArgumentError(word.clone()));
            }
        }
        Ok(arguments)
    }
}

/// The first word that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentError(pub String);

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "argument not understood: {} (known: config=/PATH, password=stack, \
             password=verify, password=combined, debug; each once)",
            self.0
        )
    }
}

impl std::error::Error for ArgumentError {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, ArgumentError> {
        let words: Vec<String> = line.split_whitespace().map(Into::into).collect();
        Arguments::parse(&words)
    }

    #[test]
    fn every_known_word_is_understood() {
        let arguments = parse("password=verify config=/etc/x.toml debug").unwrap();
        let expected = Arguments {
            configuration: Some("/etc/x.toml".into()),
            password: Some(PasswordMode::Verify),
            debug: true,
        };
        assert_eq!(arguments, expected);
        assert_eq!(parse("").unwrap(), Arguments::default());
    }

    #[test]
    fn a_misspelt_word_is_named() {
        for word in [
            "pasword=verify",
            "password=verfy",
            "password=",
            "config=otp.toml",
            "Debug",
            "use_first_pass",
            "nullok",
            "=",
        ] {
            assert_eq!(parse(word), Err(ArgumentError(word.into())));
        }
        let twice = ArgumentError("debug".into());
        assert_eq!(parse("debug debug"), Err(twice));
    }
}
