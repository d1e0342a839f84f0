//! One row for each row of the outcome table.

use crate::script::{Script, Seen, Village, log_in};
use otp_core::{
    Account, Authenticator, AuthenticatorId, Authenticators, CodeGenerator, Digits, EnrolmentId,
    HashAlgorithm, Label, Method, MovingFactor, Secret, State, UnixTime, UserName,
};
use otp_store::Store;
use pam_otp::Level;
use pam_otp_tests::{put, sandboxed};
use std::fs;
use std::path::Path;

const STORE: &str = "/var/lib/pam-otp";
const NOW: u64 = 1_790_000_000;
const CODE: &str = "One-time code: ";
const PASSWORD: &str = "Password: ";

fn secret() -> Secret {
    Secret::new(vec![9; 20].into()).ok().unwrap()
}

fn code(counter: u64) -> String {
    let generator = CodeGenerator::new(&secret(), HashAlgorithm::Sha1, Digits::SIX);
    generator
        .code(MovingFactor(counter))
        .expose_digits()
        .to_string()
}

/// Alice with a fob; `change` may alter account and state before they are written.
fn enrol(change: impl FnOnce(&mut Account, &mut State)) {
    let fob = Authenticator {
        id: AuthenticatorId(1),
        label: Label::parse("blue fob").unwrap(),
        method: Method::Hotp {
            initial_counter: MovingFactor(0),
        },
        algorithm: HashAlgorithm::Sha1,
        digits: Digits::SIX,
        secret: secret(),
        token_identifier: None,
        serial: None,
        validity: otp_core::Validity::default(),
        created_at: UnixTime(NOW),
    };
    let mut account = Account {
        user: UserName::parse("alice").unwrap(),
        uid: 1000,
        enabled: true,
        enrolment: EnrolmentId([1; 16]),
        enrolled_at: UnixTime(NOW),
        pin: None,
        recovery: None,
        bypass: None,
        authenticators: Authenticators::new(vec![fob]).ok().unwrap(),
    };
    let mut state = State::fresh(&account);
    state.authenticators[0].activated = true;
    state.authenticators[0].last_accepted = Some(MovingFactor(4));
    change(&mut account, &mut state);
    let store = Store::create(Path::new(STORE)).unwrap();
    store.start_over(account, state).unwrap();
}

fn state() -> State {
    let store = Store::open(Path::new(STORE)).unwrap();
    store
        .look_up(&UserName::parse("alice").unwrap())
        .unwrap()
        .unwrap()
        .1
}

fn try_as(user: &'static str, words: &str, answers: &[&str]) -> Seen {
    try_at(NOW, user, words, answers)
}

fn try_at(now: u64, user: &'static str, words: &str, answers: &[&str]) -> Seen {
    let script = Script {
        user,
        answers: answers.iter().map(|answer| (*answer).into()).collect(),
        ..Script::default()
    };
    log_in(
        &script,
        &Village {
            now,
            shadow_is_readable: true,
        },
        words,
    )
}

/// A refusal: its code, its word in the log, how loud; always held back.
fn assert_refused(seen: &Seen, code: &str, word: &str, level: Level) {
    assert_eq!(seen.code, code, "{}", seen.line);
    assert!(
        seen.line.contains(&format!(" outcome={word} ")),
        "{}",
        seen.line
    );
    assert_eq!(seen.level, level, "{}", seen.line);
    assert_eq!(seen.delay, Some(2000), "{}", seen.line);
    assert!(!seen.verdict.admits());
}

/// Let in, or exempt: never held back.
fn assert_admitted(seen: &Seen, code: &str, word: &str) {
    assert_eq!(seen.code, code, "{}", seen.line);
    assert!(
        seen.line.contains(&format!(" outcome={word} ")),
        "{}",
        seen.line
    );
    assert_eq!(
        (seen.level, seen.delay),
        (Level::Information, None),
        "{}",
        seen.line
    );
}

sandboxed! {
    fn accepted_and_recorded_is_a_success() {
        enrol(|_, _| {});
        let seen = try_as("alice", "", &[&code(5)]);
        assert_admitted(&seen, "SUCCESS", "accepted");
        assert_eq!(seen.asked, [CODE]);
        assert_eq!(state().authenticators[0].last_accepted, Some(MovingFactor(5)));
        let expected = "user=\"alice\" service=\"sshd\" rhost=\"192.0.2.7\" tty=\"ssh\" \
                        outcome=accepted authenticator=\"blue fob\" rule=- id=3";
        assert_eq!(seen.line, expected);
    }

    fn the_first_right_code_activates() {
        enrol(|_, state| state.authenticators[0].activated = false);
        let seen = try_as("alice", "password=verify", &["wonderland", &code(5)]);
        assert_admitted(&seen, "SUCCESS", "activated");
        assert_eq!(seen.asked, [PASSWORD, CODE]);
        assert!(state().authenticators[0].activated);
    }

    fn pending_and_within_grace_is_a_success() {
        enrol(|_, state| state.authenticators[0].activated = false);
        assert_admitted(&try_as("alice", "", &[""]), "SUCCESS", "pending");
        assert_eq!(state().pending_logins, 1);
        let late = try_at(NOW + 15 * 86_400, "alice", "", &[""]);
        assert_refused(&late, "AUTH_ERR", "grace-expired", Level::Notice);
        assert_eq!(state().pending_logins, 1);
    }

    fn refusals_share_one_code_and_differ_in_the_log() {
        enrol(|_, _| {});
        let wrong = code(500);
        let refused = |answers: &[&str], words, word| {
            assert_refused(&try_as("alice", words, answers), "AUTH_ERR", word, Level::Notice);
        };
        refused(&[&wrong], "", "no-match");
        assert_eq!(state().failures, 1);
        refused(&[&code(4)], "", "replay");
        assert_eq!(state().failures, 2);
        refused(&["junk"], "", "malformed");
        refused(&[""], "", "malformed");
        refused(&["looking glass", &code(5)], "password=verify", "wrong-password");
        assert_eq!((state().failures, state().authenticators[0].last_accepted), (2, Some(MovingFactor(4))));
        let bob = try_as("bob", "", &[&wrong]);
        assert_refused(&bob, "AUTH_ERR", "not-enrolled", Level::Notice);
        let mallory = try_as("mallory", "", &[&wrong]);
        assert_refused(&mallory, "AUTH_ERR", "unknown-user", Level::Notice);
        assert!(mallory.line.starts_with("user=(unknown) "), "{}", mallory.line);
    }

    fn throttled_is_a_refusal_that_says_how_long() {
        enrol(|_, state| {
            state.failures = 8;
            state.last_failure = Some(UnixTime(NOW - 3));
        });
        let seen = try_as("alice", "", &[&code(5)]);
        assert_refused(&seen, "AUTH_ERR", "throttled", Level::Notice);
        assert!(seen.line.ends_with(" wait_seconds=5"), "{}", seen.line);
        assert_eq!(state().failures, 8);
        let later = try_at(NOW + 5, "alice", "", &[&code(5)]);
        assert_admitted(&later, "SUCCESS", "accepted");
    }

    fn too_many_failures_need_an_administrator() {
        enrol(|_, state| state.failures = 100);
        let seen = try_as("alice", "", &[&code(5)]);
        assert_refused(&seen, "AUTH_ERR", "too-many-failures", Level::Notice);
        assert!(seen.line.contains("otpctl reset"), "{}", seen.line);
    }

    fn a_disabled_account_is_ignored_or_judged_by_its_password() {
        enrol(|account, _| account.enabled = false);
        let stack = try_as("alice", "", &[]);
        assert_admitted(&stack, "IGNORE", "disabled");
        assert_eq!(stack.asked, [""; 0]);
        let right = try_as("alice", "password=verify", &["wonderland", ""]);
        assert_admitted(&right, "SUCCESS", "disabled");
        let wrong = try_as("alice", "password=verify", &["x", &code(5)]);
        assert_refused(&wrong, "AUTH_ERR", "wrong-password", Level::Notice);
    }

    fn an_ignored_user_without_account_is_ignored_or_judged_by_his_password() {
        enrol(|_, _| {});
        fs::create_dir("/etc/pam-otp").unwrap();
        put("/etc/pam-otp/otp.toml", b"[login]\nunenrolled = \"ignore\"\n", 0o644);
        let stack = try_as("bob", "", &[]);
        assert_admitted(&stack, "IGNORE", "not-enrolled-ignored");
        let right = try_as("bob", "password=verify", &["builder", ""]);
        assert_admitted(&right, "SUCCESS", "not-enrolled-ignored");
        let wrong = try_as("bob", "password=verify", &["x", ""]);
        assert_refused(&wrong, "AUTH_ERR", "wrong-password", Level::Notice);
        let mallory = try_as("mallory", "", &["123456"]);
        assert_refused(&mallory, "AUTH_ERR", "unknown-user", Level::Notice);
    }

    fn a_rule_exempts_or_denies_by_name() {
        enrol(|_, _| {});
        fs::create_dir("/etc/pam-otp").unwrap();
        let rule = |action: &str| format!("[[rule]]\nname = \"here\"\naction = \"{action}\"\nfrom = [\"192.0.2.7\"]\n");
        put("/etc/pam-otp/otp.toml", rule("exempt").as_bytes(), 0o644);
        let stack = try_as("alice", "", &[]);
        assert_admitted(&stack, "IGNORE", "exempt");
        assert!(stack.line.ends_with("authenticator=- rule=\"here\" id=-"), "{}", stack.line);
        let right = try_as("alice", "password=verify", &["wonderland"]);
        assert_admitted(&right, "SUCCESS", "exempt");
        let wrong = try_as("alice", "password=verify", &["x"]);
        assert_refused(&wrong, "AUTH_ERR", "wrong-password", Level::Notice);
        let mallory = try_as("mallory", "", &["123456"]);
        assert_refused(&mallory, "AUTH_ERR", "unknown-user", Level::Notice);
        put("/etc/pam-otp/otp.toml", rule("deny").as_bytes(), 0o644);
        let denied = try_as("alice", "", &[&code(5)]);
        assert_refused(&denied, "AUTH_ERR", "denied", Level::Notice);
        assert_eq!(denied.asked, [CODE]);
    }

    fn an_accepted_key_stands_for_the_password_where_the_policy_says_so() {
        enrol(|_, _| {});
        fs::create_dir("/etc/pam-otp").unwrap();
        let policy = "[login]\npassword = \"verify\"\nskip_password_after_key = true\n";
        put("/etc/pam-otp/otp.toml", policy.as_bytes(), 0o644);
        let with_key = |answers: &[&str], key_was_accepted| {
            let script = Script {
                user: "alice",
                answers: answers.iter().map(|answer| (*answer).into()).collect(),
                key_was_accepted,
                ..Script::default()
            };
            log_in(&script, &Village { now: NOW, shadow_is_readable: true }, "")
        };
        let seen = with_key(&[&code(5)], true);
        assert_admitted(&seen, "SUCCESS", "accepted");
        assert_eq!(seen.asked, [CODE]);
        let without = with_key(&["wonderland", &code(6)], false);
        assert_eq!(without.asked, [PASSWORD, CODE]);
    }

    fn a_combined_answer_hands_its_password_on() {
        enrol(|_, _| {});
        let passed_on = |both: &str| {
            let script = Script { user: "alice", answers: vec![both.into()], ..Script::default() };
            let host = Village { now: NOW, shadow_is_readable: true };
            let seen = log_in(&script, &host, "password=combined");
            assert_eq!(seen.asked, ["Password and code: "]);
            let password = script.passed_on.borrow().clone().unwrap();
            (seen.code, String::from_utf8(password).unwrap())
        };
        let right = passed_on(&format!("wonder2land{}", code(5)));
        assert_eq!(right, ("SUCCESS".into(), "wonder2land".into()));
        let wrong = passed_on(&format!("wonder2land{}", code(500)));
        assert_eq!(wrong, ("AUTH_ERR".into(), "wonder2land".into()));
    }

    fn a_store_that_is_not_as_it_must_be_is_unavailable() {
        let unavailable = |word: &str, seen: &Seen| {
            assert_refused(seen, "AUTHINFO_UNAVAIL", word, Level::Alert);
            assert_eq!(seen.asked, [CODE], "asked like everybody");
            assert!(seen.line.contains(" detail=") && seen.line.contains(" remedy="), "{}", seen.line);
        };
        unavailable("store-missing", &try_as("alice", "", &["123456"]));
        let broken = |word, breaking: &dyn Fn()| {
            enrol(|_, _| {});
            breaking();
            unavailable(word, &try_as("alice", "", &[&code(5)]));
        };
        broken("store-damaged", &|| put("/var/lib/pam-otp/state/alice", &[b' '; 8192], 0o600));
        broken("store-mismatch", &|| {
            let state = fs::read("/var/lib/pam-otp/state/alice").unwrap();
            enrol(|account, state| {
                account.enrolment = EnrolmentId([2; 16]);
                state.enrolment = EnrolmentId([2; 16]);
            });
            put("/var/lib/pam-otp/state/alice", &state, 0o600);
        });
        broken("store-missing", &|| fs::remove_file("/var/lib/pam-otp/account/alice").unwrap());
        broken("store-open-to-others", &|| put("/var/lib/pam-otp/state/alice", &[b' '; 8192], 0o644));
        enrol(|account, _| account.uid = 1234);
        unavailable("store-other-user", &try_as("alice", "", &[&code(5)]));
    }

    fn an_account_that_is_locked_for_too_long_is_unavailable() {
        enrol(|_, _| {});
        let file = fs::File::open("/var/lib/pam-otp/state/alice").unwrap();
        file.lock().unwrap();
        let seen = try_as("alice", "", &[&code(5)]);
        assert_refused(&seen, "AUTHINFO_UNAVAIL", "store-locked-too-long", Level::Alert);
        drop(file);
        assert_admitted(&try_as("alice", "", &[&code(5)]), "SUCCESS", "accepted");
    }

    fn nobody_holds_the_lock_while_a_person_types() {
        enrol(|_, _| {});
        let script = Script {
            user: "alice",
            answers: vec!["wonderland".into(), code(5)],
            when_asked: Some(|| {
                let file = fs::File::open("/var/lib/pam-otp/state/alice").unwrap();
                file.try_lock().expect("nobody else holds it");
            }),
            ..Script::default()
        };
        let host = Village { now: NOW, shadow_is_readable: true };
        assert_eq!(log_in(&script, &host, "password=verify").code, "SUCCESS");
    }

    fn wrong_arguments_and_policies_are_service_errors() {
        enrol(|_, _| {});
        let argument = try_as("alice", "nullok", &[]);
        assert_refused(&argument, "SERVICE_ERR", "misconfigured", Level::Error);
        assert!(argument.line.contains("nullok") && argument.asked.is_empty(), "{}", argument.line);
        fs::create_dir("/etc/pam-otp").unwrap();
        put("/etc/pam-otp/otp.toml", b"[login]\n\nunenroled = 1\n", 0o644);
        let policy = try_as("alice", "", &[]);
        assert_refused(&policy, "SERVICE_ERR", "misconfigured", Level::Error);
        assert!(policy.line.contains("otp.toml, line 3, column 1"), "{}", policy.line);
    }

    fn a_conversation_without_an_answer_and_an_unreadable_shadow_are_failures() {
        enrol(|_, _| {});
        let silent = try_as("alice", "", &[]);
        assert_refused(&silent, "CONV_ERR", "conversation-failed", Level::Notice);
        let script = Script {
            user: "alice",
            answers: vec!["wonderland".into(), code(5)],
            ..Script::default()
        };
        let host = Village { now: NOW, shadow_is_readable: false };
        let seen = log_in(&script, &host, "password=verify");
        assert_refused(&seen, "AUTHINFO_UNAVAIL", "shadow-unreadable", Level::Alert);
        assert_eq!(state().authenticators[0].last_accepted, Some(MovingFactor(4)));
    }
}
