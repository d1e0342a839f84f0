//! The account of nobody. Whoever has none is compared with it, so that it takes as long.
//!
//! It has several states, since one lock for all strangers would tell who is one: he would
//! wait for the others.

use crate::account_file::Glance;
use crate::{StoreError, account_file};
use nix::unistd::Pid;
use otp_core::{Account, MovingFactor, State, UnixTime, UserName};
use std::path::Path;

/// An account as most are. A right code for it would let nobody in: what comes of it is thrown
/// away.
pub(crate) const TEXT: &str = r#"format = 1
user = "nobody"
uid = 0
enabled = true
enrolment = "00000000000000000000000000000000"
enrolled_at_unix_seconds = 0

[[authenticator]]
id = 1
label = "phone"
kind = "totp"
algorithm = "SHA1"
digits = 6
time_step_seconds = 30
secret = "base32:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
created_at_unix_seconds = 0
"#;

/// The account of nobody, and the first of its states. No user's name begins so.
pub(crate) const BLANK: &str = ".blank";
/// How many states it has, so that strangers find one that nobody else uses just now.
const STATES: u32 = 16;

/// The names of its states, each process beginning with another one.
pub(crate) fn states() -> impl Iterator<Item = String> {
    let first = Pid::this().as_raw().unsigned_abs();
    (0..STATES).map(move |one| match first.wrapping_add(one) % STATES {
        0 => BLANK.to_string(),
        number => format!("{BLANK}.{number}"),
    })
}

/// The account, from the text above.
pub(crate) fn account() -> Result<Account, StoreError> {
    account_file::parse(TEXT, Path::new(""), &UserName::nobody())
}

/// A glance at it, as at any account.
pub(crate) fn glance() -> Result<Glance, StoreError> {
    account_file::look_at_text(TEXT, Path::new(""), &UserName::nobody())
}

/// The state of an account that was activated long ago.
pub(crate) fn state(account: &Account) -> State {
    let mut state = State::fresh(account);
    for one in &mut state.authenticators {
        one.activated = true;
        one.last_accepted = Some(MovingFactor(0));
        one.last_used = Some(UnixTime(0));
    }
    state
}
