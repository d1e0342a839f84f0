//! Showing the secret to a user who has logged in but not shown a code yet.
//!
//! In the session phase, and nowhere else: only there it is certain that every module has
//! said yes, and the text reaches the terminal as it is, over ssh as well. Programs show
//! nothing to `ssh host command` and sftp. It stops with the first right code.
//!
//! Whatever goes wrong here is a line in the log, never a refused session.

use crate::log_entry::quoted;
use crate::{Arguments, Failure, Host, Level, Session};
use otp_core::{
    Account, Authenticator, KeyUri, KeyUriKind, Method, Policy, State, UnixTime, grace_ends,
};
use otp_store::{Configuration, Person, Store};
use secret_display::{Canvas, Pencil, draw, grouped_secret, parameters};
use zeroize::Zeroizing;

/// Programs pass on texts of this length whole; longer ones break the first of them (bytes).
const LONGEST_TEXT: usize = 8000;

/// Shows the secret where it is due.
pub fn show_pending_secret(session: &dyn Session, host: &dyn Host, words: &[String]) {
    match try_to_show(session, host, words) {
        Ok(None) => {}
        Ok(Some(user)) => {
            let terminal = quoted(&session.terminal().unwrap_or_default());
            let user = quoted(user.as_bytes());
            let line = format!("user={user} tty={terminal} outcome=secret-shown");
            session.log(Level::Notice, &line);
        }
        Err(failure) => {
            let detail = quoted(failure.to_string().as_bytes());
            session.log(
                Level::Error,
                &format!("outcome=secret-not-shown detail={detail}"),
            );
        }
    }
}

/// Returns whom it was shown to.
fn try_to_show(
    session: &dyn Session,
    host: &dyn Host,
    words: &[String],
) -> Result<Option<String>, Failure> {
    let arguments = Arguments::parse(words)?;
    let configuration = Configuration::read(arguments.configuration.as_deref())?;
    let service = session.service().unwrap_or_default();
    let mut allowed = configuration.show_secret_in.iter();
    let terminal = session.terminal().unwrap_or_default();
    if terminal.is_empty() || !allowed.any(|name| name.as_bytes() == service) {
        return Ok(None);
    }
    let name = session.user()?.unwrap_or_default();
    let Person::Known { name, uid } = host.person(&name) else {
        return Ok(None);
    };
    let store = Store::open(&configuration.store)?;
    let Some((account, state)) = store.look_up(&name)? else {
        return Ok(None);
    };
    let now = host.now();
    if account.uid != uid || !is_due(&account, &state, now, &configuration.policy) {
        return Ok(None);
    }
    let Some(authenticator) = account.authenticators.first() else {
        return Ok(None);
    };
    let issuer = configuration.enrolment.issuer.clone();
    let uri = key_uri(&account, authenticator, issuer.or_else(|| host.name()));
    let until = grace_ends(&account, &configuration.policy);
    session.tell(&text(&uri, &terminal, now, until))?;
    Ok(Some(name.to_string()))
}

/// Pending, and still within the days in which a first code may come.
fn is_due(account: &Account, state: &State, now: UnixTime, policy: &Policy) -> bool {
    account.enabled && !state.is_activated() && now <= grace_ends(account, policy)
}

fn key_uri(account: &Account, one: &Authenticator, issuer: Option<String>) -> KeyUri {
    KeyUri {
        issuer,
        account_name: account.user.to_string(),
        kind: match one.method {
            Method::Totp { time_step, .. } => KeyUriKind::Totp { time_step },
            Method::Hotp { initial_counter } => KeyUriKind::Hotp {
                counter: initial_counter,
            },
        },
        algorithm: one.algorithm,
        digits: one.digits,
        secret: one.secret.clone(),
    }
}

fn text(uri: &KeyUri, terminal: &[u8], now: UnixTime, until: UnixTime) -> Zeroizing<String> {
    let pencil = pencil_for(terminal);
    let uri_text = uri.expose_uri();
    // As small as it takes for an ordinary terminal, with an empty line before it and a
    // shell's prompt after it; and if that cannot be, as it is.
    let size = Some((80, 23));
    let drawing = draw(&uri_text, Canvas { pencil, size })
        .or_else(|| draw(&uri_text, Canvas { pencil, size: None }))
        .unwrap_or_default();
    let days = until.0.saturating_sub(now.0).div_ceil(86_400);
    let secret = grouped_secret(uri);
    let parameters = parameters(uri);
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_TEXT.saturating_mul(2)));
    // A program may write something in front of the first line.
    text.push('\n');
    text.push_str(&drawing);
    text.push_str("Secret: ");
    text.push_str(&secret);
    if !parameters.is_empty() {
        text.push_str("\nSet to: ");
        text.push_str(&parameters);
    }
    text.push_str("\nScan it with your authenticator app; at the next login, give its code. ");
    text.push_str(&match days {
        0 | 1 => "Last day.".to_string(),
        days => format!("{days} days."),
    });
    if text.len() > LONGEST_TEXT {
        // Without the picture it always fits.
        let start = text.find("Secret: ").unwrap_or(0);
        return Zeroizing::new(text.get(start..).unwrap_or_default().into());
    }
    text
}

/// The Linux console has no half blocks in its font; serial lines may carry ASCII only.
fn pencil_for(terminal: &[u8]) -> Pencil {
    let name = terminal.strip_prefix(b"/dev/").unwrap_or(terminal);
    let number = name.strip_prefix(b"tty");
    match number {
        Some(number) if !number.is_empty() && number.iter().all(u8::is_ascii_digit) => {
            Pencil::FullBlocks
        }
        Some(_) => Pencil::Ascii,
        None if name.starts_with(b"hvc") => Pencil::Ascii,
        None => Pencil::HalfBlocks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_suits_the_terminal() {
        for (terminal, pencil) in [
            ("pts/3", Pencil::HalfBlocks),
            ("/dev/pts/3", Pencil::HalfBlocks),
            ("ssh", Pencil::HalfBlocks),
            ("tty1", Pencil::FullBlocks),
            ("/dev/tty12", Pencil::FullBlocks),
            ("ttyS0", Pencil::Ascii),
            ("ttyAMA0", Pencil::Ascii),
            ("hvc0", Pencil::Ascii),
        ] {
            assert_eq!(pencil_for(terminal.as_bytes()), pencil, "{terminal}");
        }
    }
}
