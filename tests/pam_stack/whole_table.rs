//! Every password beside every code, in every state of an account, in every mode, through the
//! real libpam and pam_unix: 225 logins.
//!
//! What must come of each is written down here from the specification, not computed by the
//! module's own code. The device is the one of RFC 4226 appendix D, so no code depends on the
//! clock.

use otp_core::{
    Account, Authenticator, AuthenticatorId, Authenticators, Digits, EnrolmentId, HashAlgorithm,
    Label, Method, MovingFactor, Secret, State, UnixTime, UserName,
};
use otp_store::Store;
use pam_otp_tests::{Login, Machine, now, sandboxed};
use std::path::Path;

const PASSWORDS: [(&str, &str); 3] = [("right", "wonderland"), ("wrong", "rabbit"), ("empty", "")];
/// Counters 1 and 0 of RFC 4226 appendix D; the third is none of the first twenty.
const CODES: [(&str, &str); 5] = [
    ("right", "287082"),
    ("replayed", "755224"),
    ("wrong", "123450"),
    ("empty", ""),
    ("malformed", "12ab"),
];
const STATES: [&str; 5] = ["disabled", "pending", "activated", "expired", "throttled"];
const MODES: [&str; 3] = ["stack", "verify", "combined"];

/// What is remembered, as far as a login changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Memory {
    failures: u32,
    pending_logins: u32,
    last_accepted: Option<u64>,
}

impl Memory {
    fn charged(self) -> Self {
        let failures = self.failures + 1;
        Self { failures, ..self }
    }

    fn spent(self) -> Self {
        Self {
            failures: 0,
            last_accepted: Some(1),
            ..self
        }
    }

    fn let_through(self) -> Self {
        let pending_logins = self.pending_logins + 1;
        Self {
            pending_logins,
            ..self
        }
    }
}

/// Whether the second factor is satisfied, and what is remembered.
fn second_factor(state: &str, code: &str, before: Memory) -> (bool, Memory) {
    match (state, code) {
        ("disabled", _) => (true, before),
        ("expired" | "throttled", _) => (false, before),
        (_, "right") => (true, before.spent()),
        ("pending", "empty") => (true, before.let_through()),
        (_, "empty" | "malformed") => (false, before),
        (_, "wrong" | "replayed") => (false, before.charged()),
        other => panic!("{other:?}"),
    }
}

/// Success or not, the questions, and what is remembered afterwards.
fn expected(
    mode: &str,
    state: &str,
    (password, code): (&str, &str),
    before: Memory,
) -> (bool, &'static [&'static str], Memory) {
    let (satisfied, after) = second_factor(state, code, before);
    let right = password == "right";
    match (mode, state) {
        // pam_unix stops the login before a code is asked.
        ("stack", _) if !right => (false, &["Password: "], before),
        ("stack", "disabled") => (true, &["Password: "], before),
        ("stack", _) => (satisfied, &["Password: ", "One-time code: "], after),
        // Both are asked; a wrong password leaves everything as it was.
        ("verify", _) if !right => (false, &["Password: ", "One-time code: "], before),
        ("verify", _) => (satisfied, &["Password: ", "One-time code: "], after),
        // Only pam_unix asks.
        ("combined", "disabled") => (right, &["Password: "], before),
        // Whatever is no right code belongs to the password, and is no guess. Nobody knows yet
        // whether it is the right one, so nothing is counted.
        ("combined", "pending") if code != "right" => {
            (right && code == "empty", &["Password and code: "], before)
        }
        // The code is looked at before anybody knows of the password.
        ("combined", _) => (satisfied && right, &["Password and code: "], after),
        other => panic!("{other:?}"),
    }
}

/// Puts alice into a state; returns what is remembered of her.
fn put(store: &Store, state: &str) -> Memory {
    let pending = matches!(state, "pending" | "expired");
    let day = 86_400;
    let fob = Authenticator {
        id: AuthenticatorId(1),
        label: Label::parse("fob").unwrap(),
        method: Method::Hotp {
            initial_counter: MovingFactor(u64::from(pending)),
        },
        algorithm: HashAlgorithm::Sha1,
        digits: Digits::SIX,
        secret: Secret::new(b"12345678901234567890".to_vec().into())
            .ok()
            .unwrap(),
        token_identifier: None,
        serial: None,
        validity: otp_core::Validity::default(),
        created_at: UnixTime(0),
    };
    let account = Account {
        user: UserName::parse("alice").unwrap(),
        uid: 1000,
        enabled: state != "disabled",
        enrolment: EnrolmentId([3; 16]),
        enrolled_at: UnixTime(now() - if state == "expired" { 30 * day } else { day }),
        pin: None,
        recovery: None,
        bypass: None,
        authenticators: Authenticators::new(vec![fob]).ok().unwrap(),
    };
    let mut memory = State::fresh(&account);
    if !pending {
        memory.authenticators[0].activated = true;
        memory.authenticators[0].last_accepted = Some(MovingFactor(0));
    }
    if state == "throttled" {
        memory.failures = 20;
        memory.last_failure = Some(UnixTime(now()));
    }
    store.start_over(account, memory).unwrap();
    remembered(store)
}

fn remembered(store: &Store) -> Memory {
    let alice = UserName::parse("alice").unwrap();
    let (_, state) = store.look_up(&alice).unwrap().unwrap();
    Memory {
        failures: state.failures,
        pending_logins: state.pending_logins,
        last_accepted: state.authenticators[0].last_accepted.map(|one| one.0),
    }
}

fn try_all(mode: &str) {
    let machine = Machine::with_alice();
    machine.stack(
        "stack",
        "auth requisite pam_unix.so nodelay\nauth required {otp}\n",
    );
    machine.stack("verify", "auth required {otp} password=verify\n");
    machine.stack(
        "combined",
        "auth required {otp} password=combined\nauth required pam_unix.so try_first_pass nodelay\n",
    );
    let store = Store::create(Path::new("/var/lib/pam-otp")).unwrap();
    let mut wrong = Vec::new();
    for state in STATES {
        for (password, typed_password) in PASSWORDS {
            for (code, typed_code) in CODES {
                let before = put(&store, state);
                let both = format!("{typed_password}{typed_code}");
                let answers = match (mode, state) {
                    ("combined", "disabled") => vec![typed_password],
                    ("combined", _) => vec![both.as_str()],
                    _ => vec![typed_password, typed_code],
                };
                let result = Login::new(mode, "alice").answers(&answers).run();
                let asked = result.prompts.iter();
                let asked: Vec<_> = asked.filter_map(|text| text.split_once(':')).collect();
                let asked: Vec<_> = asked.iter().map(|(_, question)| *question).collect();
                let (success, questions, after) = expected(mode, state, (password, code), before);
                let pam_code = if success {
                    "PAM_SUCCESS"
                } else {
                    "PAM_AUTH_ERR"
                };
                let found = (result.code.as_str(), asked.as_slice(), remembered(&store));
                if found != (pam_code, questions, after) {
                    wrong.push(format!(
                        "{state}, password {password}, code {code}: {found:?} instead of {:?}",
                        (pam_code, questions, after)
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{mode}:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_has_225_rows() {
    assert_eq!(
        MODES.len() * STATES.len() * PASSWORDS.len() * CODES.len(),
        225
    );
}

sandboxed! {
    fn every_login_with_the_password_checked_by_an_earlier_module() {
        try_all(MODES[0]);
    }

    fn every_login_with_password_and_code_checked_together() {
        try_all(MODES[1]);
    }

    fn every_login_with_both_in_one_answer() {
        try_all(MODES[2]);
    }
}
