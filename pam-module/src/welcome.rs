//! What a person is told at the beginning of a session.
//!
//! Whatever goes wrong here is a line in the log, never a refused session.

use crate::log_entry::quoted;
use crate::show_secret::show_pending_secret;
use crate::{Arguments, Failure, Host, Level, Session};
use otp_core::UnixTime;
use otp_store::{Configuration, Person, Store};

/// A session that begins this long after a recovery code was used is the one it opened
/// (seconds).
const LATELY: u64 = 120;

/// Shows a pending user his secret, and tells who has come in with a recovery code how many
/// are left.
pub fn welcome(session: &dyn Session, host: &dyn Host, words: &[String]) {
    show_pending_secret(session, host, words);
    if let Err(failure) = tell_of_recovery_codes(session, host, words) {
        let detail = quoted(failure.to_string().as_bytes());
        let line = format!("outcome=recovery-codes-not-told detail={detail}");
        session.log(Level::Error, &line);
    }
}

fn tell_of_recovery_codes(
    session: &dyn Session,
    host: &dyn Host,
    words: &[String],
) -> Result<(), Failure> {
    // Programs without a terminal show nothing to anybody.
    if session.terminal().unwrap_or_default().is_empty() {
        return Ok(());
    }
    let arguments = Arguments::parse(words)?;
    let configuration = Configuration::read(arguments.configuration.as_deref())?;
    let name = session.user()?.unwrap_or_default();
    let Person::Known { name, uid } = host.person(&name) else {
        return Ok(());
    };
    let store = Store::open(&configuration.store)?;
    let Some((account, state)) = store.look_up(&name)? else {
        return Ok(());
    };
    let used = state.recovery.and_then(|state| state.last_used);
    if account.uid != uid || !used.is_some_and(|used| is_lately(used, host.now())) {
        return Ok(());
    }
    let Some(set) = &account.recovery else {
        return Ok(());
    };
    let left = match set.left(state.recovery.as_ref()) {
        0 => "none is left. Ask for new ones before you need one".to_string(),
        1 => "one is left".to_string(),
        left => format!("{left} are left"),
    };
    session.tell(&format!("A recovery code was used: {left}."))?;
    Ok(())
}

fn is_lately(used: UnixTime, now: UnixTime) -> bool {
    let passed = now.0.checked_sub(used.0);
    passed.is_some_and(|passed| passed <= LATELY)
}
