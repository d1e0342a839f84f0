//! The files that a row finds: a policy, and alice's account with its state.
//!
//! Alice's phone has the secret and the parameters of RFC 6238 appendix B, and it is one of
//! the moments listed there. So every right code below is a number that the RFC printed,
//! not one that our own code computed.

use otp_core::{
    Account, Authenticator, AuthenticatorId, Authenticators, Digits, EnrolmentId, HashAlgorithm,
    Label, Method, MovingFactor, Secret, State, TimeStep, UnixTime, UserName,
};
use otp_store::Store;
use pam_otp_tests::put;
use std::fs;
use std::path::Path;

/// 2005-03-18 01:58:31 UTC, the third moment of RFC 6238 appendix B.
pub(crate) const NOW: u64 = 1_111_111_111;
/// Its step number, and the code that the phone shows.
pub(crate) const STEP: u64 = 0x0235_23ED;
pub(crate) const CODE: &str = "14050471";
/// The code of the step before: the second moment of the table, two seconds earlier.
pub(crate) const CODE_BEFORE: &str = "07081804";
/// Eight digits that the phone shows in none of the steps around.
pub(crate) const WRONG_CODE: &str = "12345678";

pub(crate) const DAY: u64 = 86_400;
pub(crate) const STORE: &str = "/var/lib/pam-otp";
pub(crate) const ACCOUNT: &str = "/var/lib/pam-otp/account/alice";
pub(crate) const STATE: &str = "/var/lib/pam-otp/state/alice";
pub(crate) const POLICY: &str = "/etc/pam-otp/otp.toml";
/// The secret as the account file spells it: nothing may repeat it.
pub(crate) const SECRET_BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const SECRET: &[u8] = b"12345678901234567890";

/// How long the policy of these tests holds a refusal back: neither the default nor 0.
pub(crate) const DELAY_MILLISECONDS: u32 = 1234;
/// The delay while no policy has been understood.
pub(crate) const DEFAULT_DELAY_MILLISECONDS: u32 = 2000;

pub(crate) fn alice() -> UserName {
    UserName::parse("alice").expect("a user name")
}

/// Alice's account, a day old.
pub(crate) fn account() -> Account {
    let phone = Authenticator {
        id: AuthenticatorId(1),
        label: Label::parse("phone").expect("a label"),
        method: Method::Totp {
            time_step: TimeStep::THIRTY_SECONDS,
            t0: UnixTime(0),
        },
        algorithm: HashAlgorithm::Sha1,
        digits: Digits::new(8).expect("allowed"),
        secret: Secret::new(SECRET.to_vec().into()).expect("160 bits"),
        token_identifier: None,
        serial: None,
        validity: otp_core::Validity::default(),
        created_at: UnixTime(NOW - DAY),
    };
    Account {
        user: alice(),
        uid: 1000,
        enabled: true,
        enrolment: EnrolmentId([0xab; 16]),
        enrolled_at: UnixTime(NOW - DAY),
        pin: None,
        recovery: None,
        bypass: None,
        authenticators: Authenticators::new(vec![phone]).expect("one"),
    }
}

/// The usual beginning: alice has logged in before, five minutes ago.
pub(crate) fn activated(_: &mut Account, state: &mut State) {
    state.authenticators[0].activated = true;
    state.authenticators[0].last_accepted = Some(MovingFactor(STEP - 10));
    state.authenticators[0].last_used = Some(UnixTime(NOW - 300));
}

/// A fresh enrolment: no code has been seen yet.
pub(crate) fn pending(_: &mut Account, _: &mut State) {}

/// An administrator has switched the account off.
pub(crate) fn disabled(account: &mut Account, state: &mut State) {
    activated(account, state);
    account.enabled = false;
}

/// So many failures, the last one just now.
pub(crate) fn failed(state: &mut State, failures: u32) {
    state.failures = failures;
    state.last_failure = Some(UnixTime(NOW));
}

/// Writes the store; returns the state that alice begins with.
pub(crate) fn enrol(given: fn(&mut Account, &mut State)) -> State {
    let mut account = account();
    let mut state = State::fresh(&account);
    given(&mut account, &mut state);
    let store = Store::create(Path::new(STORE)).expect("the sandbox's /var is root's");
    store.enrol(&account, &state).expect("nobody is there yet");
    state
}

/// Writes a policy; its first lines belong to the table `login`.
pub(crate) fn write_policy(lines: &str) {
    fs::create_dir_all("/etc/pam-otp").expect("the sandbox's /etc is writable");
    let text = format!("[login]\nfailure_delay_milliseconds = {DELAY_MILLISECONDS}\n{lines}\n");
    put(POLICY, text.as_bytes(), 0o644);
}

/// What alice's state is now, by the store itself.
pub(crate) fn state_now() -> State {
    let store = Store::open(Path::new(STORE)).expect("the store is whole");
    let found = store.look_up(&alice()).expect("alice's files are whole");
    found.expect("alice is enrolled").1
}
