//! A secret that exists already, from standard input or another open file descriptor.
//!
//! Never from an argument or the environment: other users can read those.

use crate::error::CommandError;
use otp_core::{KeyUri, KeyUriError, Secret, SecretError, decode_typed_base32, decode_typed_hex};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use zeroize::Zeroizing;

/// Longer lines are refused, in bytes: a key URI with everything fits four times.
const LONGEST_LINE: u64 = 4096;

/// The first line of an open file descriptor.
///
/// # Errors
///
/// What to do, if there is none, or no text comes.
pub(crate) fn from_descriptor(number: u32) -> Result<Zeroizing<String>, CommandError> {
    let remedy = "Open it in the shell: otpctl ... --secret-fd 3 3< FILE";
    let failed = |error: std::io::Error| {
        let what = format!("the file descriptor {number} cannot be read: {error}");
        CommandError::usage(what, remedy)
    };
    let file = File::open(format!("/proc/self/fd/{number}")).map_err(failed)?;
    // One buffer that never has to grow, so that no part of the secret is left behind.
    let room = usize::try_from(LONGEST_LINE).unwrap_or(usize::MAX);
    let mut line = Zeroizing::new(String::with_capacity(room.saturating_add(1)));
    // One byte at a time would be slow for a novel; what is meant here is a line.
    let mut limited = BufReader::with_capacity(1, file.take(LONGEST_LINE.saturating_add(1)));
    limited.read_line(&mut line).map_err(failed)?;
    if line.len() > room {
        return Err(CommandError::usage(
            format!("the line is too long: more than {LONGEST_LINE} bytes"),
            "Give one secret or key URI on one line",
        ));
    }
    Ok(line)
}

/// What was given.
pub(crate) enum Given {
    /// Only the secret; everything else comes from the arguments and the policy.
    Secret(Secret),
    /// A whole key URI.
    Uri(Box<KeyUri>),
}

/// Reads base32, `hex:` and hexadecimal, or an `otpauth://` URI.
pub(crate) fn parse(line: &str, allow_short: bool) -> Result<Given, CommandError> {
    let line = line.trim();
    let remedy = "Give base32, hex:0123..., or otpauth://... on one line";
    if line.is_empty() {
        return Err(CommandError::usage("the secret is empty", remedy));
    }
    let is_uri = line
        .get(..10)
        .is_some_and(|start| start.eq_ignore_ascii_case("otpauth://"));
    if is_uri {
        let uri = KeyUri::parse(line, allow_short).map_err(|error| {
            let remedy = match error {
                KeyUriError::Secret(error) => remedy_for(error),
                _ => remedy,
            };
            CommandError::usage(format!("not a usable key URI: {error}"), remedy)
        })?;
        return Ok(Given::Uri(Box::new(uri)));
    }
    let bytes = match line.strip_prefix("hex:") {
        Some(digits) => decode_typed_hex(digits),
        None => decode_typed_base32(line),
    };
    let bytes =
        bytes.map_err(|error| CommandError::usage(format!("the secret is {error}"), remedy))?;
    let secret = if allow_short {
        Secret::import_short(bytes)
    } else {
        Secret::new(bytes)
    };
    let secret =
        secret.map_err(|error| CommandError::usage(error.to_string(), remedy_for(error)))?;
    Ok(Given::Secret(secret))
}

/// What to do about a secret of the wrong length.
fn remedy_for(error: SecretError) -> &'static str {
    match error {
        SecretError::TooShort { .. } => "Take a longer one, or add --allow-short-secret",
        SecretError::TooLong { .. } => "Take one of 16 to 64 bytes",
        _ => "Take one of at least 128 bits",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_spellings_are_understood() {
        for line in [
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n",
            "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
            "hex:3132333435363738393031323334353637383930",
        ] {
            let Ok(Given::Secret(secret)) = parse(line, false) else {
                panic!("{line}");
            };
            assert_eq!(secret.expose_bytes(), b"12345678901234567890");
        }
        let uri = "otpauth://hotp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=3";
        assert!(matches!(parse(uri, false), Ok(Given::Uri(_))));
    }

    #[test]
    fn a_short_secret_is_taken_only_when_told_so() {
        let short = "GEZDGNBVGY3TQOJQ";
        let error = parse(short, false).err().unwrap();
        assert_eq!(error.exit_status(), 2);
        assert!(error.remedy().unwrap().contains("--allow-short-secret"));
        assert!(parse(short, true).is_ok());
        assert!(parse("GEZDGNBV", true).is_err());
    }

    #[test]
    fn errors_do_not_repeat_the_secret() {
        for line in [
            "GEZDGNBV1",
            "hex:xyzw",
            "otpauth://totp/a?secret=GEZDGNBV",
            "",
        ] {
            let error = parse(line, false).err().unwrap();
            assert!(!error.what().contains("GEZD") && !error.what().contains("xyzw"));
        }
    }
}
