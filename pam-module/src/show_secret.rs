//! Showing the secret to a user who has logged in but not shown a code yet.
//!
//! Mostly in the session phase: there it is certain that every module has said yes, and the
//! text reaches the terminal as it is, over ssh as well. Where an administrator asks for it,
//! inside the question for the code, after the right password. Programs show nothing to `ssh
//! host command` and sftp. It stops with the first right code.
//!
//! Whatever goes wrong here is a line in the log, never a refused login or session.

use crate::log_entry::quoted;
use crate::{Arguments, Failure, Host, Level, Session};
use otp_core::{Account, KeyUri, Policy, State, UnixTime, grace_ends};
use otp_store::{Configuration, Person, SecretDisplay, Store};
use secret_display::{Canvas, Pencil, draw, grouped_secret, parameters};
use zeroize::Zeroizing;

/// Programs pass on texts of this length whole; longer ones break the first of them (bytes).
const LONGEST_TEXT: usize = 7600;

/// Shows the secret where it is due, at the beginning of a session.
pub(crate) fn show_pending_secret(session: &dyn Session, host: &dyn Host, words: &[String]) {
    let shown = || -> Result<Option<String>, Failure> {
        let arguments = Arguments::parse(words)?;
        let configuration = Configuration::read(arguments.configuration.as_deref())?;
        if configuration.display != SecretDisplay::Session || !is_wanted(session, &configuration) {
            return Ok(None);
        }
        let name = session.user()?.unwrap_or_default();
        let person = host.person(&name);
        if !is_there_himself(session, &person) {
            return Ok(None);
        }
        let store = Store::open(&configuration.store)?;
        let Some(due) = due(session, host, &configuration, &store, &person)? else {
            return Ok(None);
        };
        session.tell(&due.text("; next time, give its code"))?;
        Ok(Some(due.user))
    };
    report(session, shown());
}

/// The text that goes before the question for the code, where the secret is due there.
pub(crate) fn text_for_prompt(
    session: &dyn Session,
    host: &dyn Host,
    configuration: &Configuration,
    store: &Store,
    person: &Person,
) -> Option<Zeroizing<String>> {
    if configuration.display != SecretDisplay::Prompt || !is_wanted(session, configuration) {
        return None;
    }
    match due(session, host, configuration, store, person) {
        Ok(None) => None,
        Ok(Some(due)) => {
            let mut text = due.text(", then type its code, or just Enter");
            text.push('\n');
            report(session, Ok(Some(due.user)));
            Some(text)
        }
        Err(failure) => {
            report(session, Err(failure));
            None
        }
    }
}

/// Says in the log who was offered a secret where, or why not.
fn report(session: &dyn Session, shown: Result<Option<String>, Failure>) {
    match shown {
        Ok(None) => {}
        Ok(Some(user)) => {
            let terminal = quoted(&session.terminal().unwrap_or_default());
            let user = quoted(user.as_bytes());
            let line = format!("user={user} tty={terminal} outcome=secret-offered");
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

/// Whether the policy names this service, and there is a terminal.
fn is_wanted(session: &dyn Session, configuration: &Configuration) -> bool {
    let service = session.service().unwrap_or_default();
    let mut allowed = configuration.show_secret_in.iter();
    let terminal = session.terminal().unwrap_or_default();
    !terminal.is_empty() && allowed.any(|name| name.as_bytes() == service)
}

/// Whether it is the user himself who sits there. By sudo his session can be somebody else's,
/// who has shown his own password and code, or (by `NOPASSWD`) nothing; and root becomes anybody
/// by su. Who else becomes him by su has shown what he would have shown.
fn is_there_himself(session: &dyn Session, person: &Person) -> bool {
    let Some(requesting) = session.requesting_user() else {
        return true;
    };
    let Person::Known { name, .. } = person else {
        return false;
    };
    let service = session.service().unwrap_or_default();
    let by_su = matches!(service.as_slice(), b"su" | b"su-l");
    requesting == name.as_str().as_bytes() || (by_su && requesting != b"root")
}

/// A secret that its owner shall see.
struct Due {
    user: String,
    uri: KeyUri,
    terminal: Vec<u8>,
    now: UnixTime,
    until: UnixTime,
}

fn due(
    session: &dyn Session,
    host: &dyn Host,
    configuration: &Configuration,
    store: &Store,
    person: &Person,
) -> Result<Option<Due>, Failure> {
    let Person::Known { name, uid } = person else {
        return Ok(None);
    };
    let Some((account, state)) = store.look_up(name)? else {
        return Ok(None);
    };
    let now = host.now();
    if account.uid != *uid || !is_due(&account, &state, now, &configuration.policy) {
        return Ok(None);
    }
    let Some(authenticator) = account.authenticators.first() else {
        return Ok(None);
    };
    let issuer = configuration.enrolment.issuer.clone();
    Ok(Some(Due {
        user: name.to_string(),
        uri: KeyUri::of(
            &account,
            authenticator,
            None,
            issuer.or_else(|| host.name()),
        ),
        terminal: session.terminal().unwrap_or_default(),
        now,
        until: grace_ends(&account, &configuration.policy),
    }))
}

/// Pending, and still within the days in which a first code may come.
fn is_due(account: &Account, state: &State, now: UnixTime, policy: &Policy) -> bool {
    account.enabled && !state.is_activated() && now <= grace_ends(account, policy)
}

impl Due {
    /// Picture, secret, and what to do with it.
    fn text(&self, what_next: &str) -> Zeroizing<String> {
        let Self {
            uri,
            terminal,
            now,
            until,
            ..
        } = self;
        let days = until.0.saturating_sub(now.0).div_ceil(86_400);
        let secret = grouped_secret(uri);
        let parameters = parameters(uri);
        let mut below = Zeroizing::new(String::with_capacity(LONGEST_TEXT));
        below.push_str("Secret: ");
        below.push_str(&secret);
        if !parameters.is_empty() {
            below.push_str("\nSet to: ");
            below.push_str(&parameters);
        }
        below.push_str("\nScan it with your authenticator app");
        below.push_str(what_next);
        below.push_str(". ");
        below.push_str(&match days {
            0 | 1 => "Last day.".to_string(),
            days => format!("{days} days left."),
        });
        let most_bytes = LONGEST_TEXT.saturating_sub(below.len()).saturating_sub(1);
        let drawing = drawing(&uri.expose_uri(), pencil_for(terminal), most_bytes);
        let drawing = drawing.unwrap_or_default();
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_TEXT.saturating_mul(2)));
        // A program may write something in front of the first line.
        text.push('\n');
        text.push_str(&drawing);
        text.push_str(&below);
        text
    }
}

/// The picture as it suits the terminal, within so many bytes; `None` if there is no such.
fn drawing(uri: &str, pencil: Pencil, most_bytes: usize) -> Option<Zeroizing<String>> {
    // As small as it takes for an ordinary terminal, with an empty line before it and a shell's
    // prompt after it; if that cannot be, as it is; and if that is too long, in ASCII, which
    // every terminal has and which takes a third.
    let ordinary = Some((80, 23));
    let ways = [(pencil, ordinary), (pencil, None), (Pencil::Ascii, None)];
    ways.into_iter().find_map(|(pencil, size)| {
        let canvas = Canvas {
            pencil,
            size,
            most_bytes: Some(most_bytes),
        };
        draw(uri, canvas)
    })
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_never_missing_because_it_has_too_many_bytes() {
        let mut in_ascii = 0;
        for length in 1..=64 {
            let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
            let user = "a".repeat(length);
            let uri = format!("otpauth://totp/web1:{user}?secret={secret}&issuer=web1");
            for terminal in ["pts/0", "tty1", "ttyS0"] {
                let due = Due {
                    user: user.clone(),
                    uri: KeyUri::parse(&uri, false).ok().unwrap(),
                    terminal: terminal.into(),
                    now: UnixTime(0),
                    until: UnixTime(86_400),
                };
                let text = due.text("; next time, give its code");
                assert!(text.len() <= LONGEST_TEXT, "{length} at {terminal}");
                let has_blocks = text.contains('█');
                assert!(has_blocks || text.contains("##"), "{length} at {terminal}");
                in_ascii += u32::from(!has_blocks && terminal == "tty1");
            }
        }
        assert!(in_ascii > 0, "nothing was too long for full blocks");
    }

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
