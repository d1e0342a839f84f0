//! How the name of a credential is written on a token: `[period/][issuer:]account`.
//!
//! The time step stands in front only for TOTP, and only when it is not 30 seconds. What a
//! token says is read leniently and shown without anything that a terminal would obey; its
//! bytes stay the handle.

use crate::{CredentialName, Kind, TokenError};

/// The time step that is not written.
pub(crate) const USUAL_STEP_SECONDS: u64 = 30;

/// The name as people see it and, for TOTP, the time step.
pub(crate) fn read(bytes: &[u8], kind: Option<Kind>) -> (CredentialName, Option<u64>) {
    let text = printable(&String::from_utf8_lossy(bytes));
    if kind == Some(Kind::Totp) {
        let (step, rest) = split_step(&text);
        let step = step.unwrap_or(USUAL_STEP_SECONDS);
        (split_issuer(rest), Some(step))
    } else {
        (split_issuer(&text), None)
    }
}

/// `60/rest`: a step of at least one second, and something behind it.
fn split_step(text: &str) -> (Option<u64>, &str) {
    let Some((digits, rest)) = text.split_once('/') else {
        return (None, text);
    };
    let all_digits = !digits.is_empty() && digits.bytes().all(|one| one.is_ascii_digit());
    match digits.parse::<u64>() {
        Ok(seconds) if all_digits && seconds > 0 && !rest.is_empty() => (Some(seconds), rest),
        _ => (None, text),
    }
}

/// `issuer:account`, where neither is empty.
fn split_issuer(text: &str) -> CredentialName {
    let (issuer, account) = match text.split_once(':') {
        Some((issuer, account)) if !issuer.is_empty() && !account.is_empty() => {
            (Some(issuer.to_owned()), account)
        }
        _ => (None, text),
    };
    CredentialName {
        issuer,
        account: account.to_owned(),
    }
}

/// The bytes for the token.
///
/// # Errors
///
/// [`TokenError::Unsupported`] for a name that is too long, or that would be read back as
/// another one.
pub(crate) fn write(
    name: &CredentialName,
    kind: Kind,
    step_seconds: Option<u64>,
    longest_bytes: usize,
) -> Result<Vec<u8>, TokenError> {
    let step = match (kind, step_seconds) {
        (Kind::Totp, Some(seconds)) if seconds != USUAL_STEP_SECONDS => format!("{seconds}/"),
        _ => String::new(),
    };
    let bytes = format!("{step}{name}").into_bytes();
    if bytes.is_empty() || bytes.len() > longest_bytes {
        let why = format!(
            "the name takes {} bytes on the token; 1 to {longest_bytes} are possible",
            bytes.len()
        );
        return Err(TokenError::Unsupported { why });
    }
    let meant = (kind == Kind::Totp).then(|| step_seconds.unwrap_or(USUAL_STEP_SECONDS));
    if read(&bytes, Some(kind)) != (name.clone(), meant) {
        let why = format!(
            "the token would show the name \"{}\" as another one; leave out \"/\" and \":\"",
            printable(&name.to_string())
        );
        return Err(TokenError::Unsupported { why });
    }
    Ok(bytes)
}

/// Text from a device without characters that a terminal obeys, or that turn the direction
/// of what stands beside them.
pub(crate) fn printable(text: &str) -> String {
    let shown = text.chars().map(|one| match one {
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        one if one.is_control() => '\u{FFFD}',
        one => one,
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(issuer: Option<&str>, account: &str) -> CredentialName {
        CredentialName {
            issuer: issuer.map(str::to_owned),
            account: account.to_owned(),
        }
    }

    #[test]
    fn names_are_read_as_every_other_program_reads_them() {
        let totp = |text: &str| read(text.as_bytes(), Some(Kind::Totp));
        assert_eq!(totp("60/ACME:joe"), (name(Some("ACME"), "joe"), Some(60)));
        assert_eq!(totp("ACME:joe:1"), (name(Some("ACME"), "joe:1"), Some(30)));
        assert_eq!(totp(":joe"), (name(None, ":joe"), Some(30)));
        assert_eq!(totp("60/"), (name(None, "60/"), Some(30)));
        assert_eq!(totp("0/x"), (name(None, "0/x"), Some(30)));
        assert_eq!(totp("a/b"), (name(None, "a/b"), Some(30)));
        let endless = "99999999999999999999999/x";
        assert_eq!(totp(endless), (name(None, endless), Some(30)));
        let hotp = read(b"60/ACME:joe", Some(Kind::Hotp));
        assert_eq!(hotp, (name(Some("60/ACME"), "joe"), None));
    }

    #[test]
    fn a_name_from_a_token_gives_the_terminal_no_orders() {
        let (read, _) = read(b"a\x1b[2J\xffb\xe2\x80\xae", None);
        assert_eq!(read.account, "a\u{FFFD}[2J\u{FFFD}b\u{FFFD}");
    }

    #[test]
    fn a_name_is_written_with_its_step_and_refused_when_it_would_change() {
        let joe = name(Some("ACME"), "joe");
        let at = |step| write(&joe, Kind::Totp, Some(step), 64).unwrap();
        assert_eq!(at(30), b"ACME:joe");
        assert_eq!(at(60), b"60/ACME:joe");
        assert!(write(&name(None, "60/x"), Kind::Totp, Some(30), 64).is_err());
        assert!(write(&name(None, "60/x"), Kind::Hotp, None, 64).is_ok());
        assert!(write(&name(None, "a:b"), Kind::Hotp, None, 64).is_err());
        assert!(write(&name(None, &"x".repeat(65)), Kind::Hotp, None, 64).is_err());
        assert!(write(&name(None, ""), Kind::Hotp, None, 64).is_err());
        assert!(write(&name(None, "a\nb"), Kind::Hotp, None, 64).is_err());
    }
}
