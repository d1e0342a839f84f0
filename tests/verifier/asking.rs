//! Who is answered, and with what.

use crate::service::{ALICE, BOB, Service, furnish, locker_of, log_text};
use otp_core::{Acceptance, Decision, Typed, UserName};
use otp_store::Person;
use otp_store::verifier::{Verifier, VerifierError};
use pam_otp_tests::{Login, LoginResult, SystemLog, built, sandboxed};

fn alice() -> Person {
    Person::Known {
        name: UserName::parse("alice").unwrap(),
        uid: ALICE,
    }
}

sandboxed! {
    fn a_locker_lets_its_own_user_in_once_for_each_code() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _service = Service::start();
        let log = SystemLog::listen();
        let code = fob.next_code();
        let first = locker_of(ALICE, &code);
        assert_eq!((first.code.as_str(), first.prompts.len()), ("PAM_SUCCESS", 1));
        assert_eq!(locker_of(ALICE, &code).code, "PAM_AUTH_ERR");
        assert_eq!(locker_of(ALICE, "000000").code, "PAM_AUTH_ERR");
        assert_eq!(machine.failures_of("alice"), 2);
        assert_eq!(locker_of(ALICE, &fob.next_code()).code, "PAM_SUCCESS");
        assert_eq!(machine.failures_of("alice"), 0);

        // The module's own lines, and the service's.
        let lines = log.lines();
        // Programs of the user are not told what of it was wrong; the service's log is.
        let words = ["accepted", "no-match", "no-match", "accepted"];
        for (line, word) in lines.iter().zip(words) {
            assert!(line.text.contains(&format!(" outcome={word} ")), "{lines:?}");
        }
        assert!(lines[0].text.contains(r#" authenticator="phone" "#), "{lines:?}");
        let said = log_text();
        let line = format!(r#"<6>user="alice" service="locker" outcome=accepted caller_uid={ALICE}"#);
        assert!(said.contains(&line), "{said}");
        assert!(said.contains(r#"service="locker" outcome=replay "#), "{said}");
        assert!(!said.contains(&code), "{said}");
    }

    fn programs_of_the_user_do_not_learn_when_a_guess_will_be_right() {
        let Some(machine) = furnish() else { return };
        let fob = machine.enrol("alice", &["--hotp"]);
        let _service = Service::start();
        let log = SystemLog::listen();
        assert_eq!(locker_of(ALICE, &fob.code_at(60)).code, "PAM_AUTH_ERR");
        let lines = log.lines();
        assert!(lines[0].text.contains(" outcome=no-match "), "{lines:?}");
        assert!(!lines[0].text.contains("counter_off_presses"), "{lines:?}");
        let said = log_text();
        assert!(said.contains("outcome=no-match "), "{said}");
        assert!(said.contains(" counter_off_presses=+"), "{said}");
    }

    fn whoever_is_disabled_is_not_asked_and_whoever_is_pending_may_press_enter() {
        let Some(machine) = furnish() else { return };
        machine.enrol_pending("alice", &[]);
        let _service = Service::start();
        assert_eq!(locker_of(ALICE, "").code, "PAM_SUCCESS");
        machine.otpctl_ok(&["disable", "alice"]);
        machine.stack("locker", "auth required {otp}\nauth required pam_permit.so\n");
        let disabled = Login::new("locker", "alice").as_user(ALICE).run();
        assert_eq!((disabled.code.as_str(), disabled.prompts.len()), ("PAM_SUCCESS", 0));
    }

    fn programs_of_the_user_use_up_none_of_his_logins_without_a_code() {
        let Some(machine) = furnish() else { return };
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[pending]\ngrace_logins = 2\n");
        machine.enrol_pending("alice", &[]);
        let _service = Service::start();
        let codes = |login: &dyn Fn() -> LoginResult| [(); 3].map(|()| login().code);
        let (yes, no) = ("PAM_SUCCESS".to_string(), "PAM_AUTH_ERR".to_string());
        let lockers = || locker_of(ALICE, "");
        assert_eq!(codes(&lockers), [&yes, &yes, &yes].map(String::clone));

        // Both logins are still there, and then the lockers are refused as well.
        let elsewhere = || Login::new("locker", "alice").answers(&[""]).run();
        assert_eq!(codes(&elsewhere), [&yes, &yes, &no].map(String::clone));
        assert_eq!(codes(&lockers), [&no, &no, &no].map(String::clone));
        assert_eq!(machine.failures_of("alice"), 0);
    }

    fn a_pin_is_checked_there() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        machine.otpctl_with_input(&["pin", "set", "alice"], "2580\n");
        let _service = Service::start();
        let code = fob.next_code();
        assert_eq!(locker_of(ALICE, &format!("2581{code}")).code, "PAM_AUTH_ERR");
        assert_eq!(locker_of(ALICE, &code).code, "PAM_AUTH_ERR");
        assert_eq!(locker_of(ALICE, &format!("2580{code}")).code, "PAM_SUCCESS");
    }

    fn one_answer_for_password_and_code_works_too() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        machine.stack("locker", "auth required {otp} password=combined\n");
        let _service = Service::start();
        let both = format!("wonderland{}", fob.next_code());
        assert_eq!(locker_of(ALICE, &both).code, "PAM_SUCCESS");
        assert_eq!(locker_of(ALICE, &both).code, "PAM_AUTH_ERR");
    }

    fn nobody_hears_about_somebody_else_and_nothing_is_spent_or_charged() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _service = Service::start();
        let log = SystemLog::listen();
        let code = fob.next_code();
        assert_eq!(locker_of(BOB, &code).code, "PAM_AUTHINFO_UNAVAIL");
        assert_eq!(locker_of(BOB, "000000").code, "PAM_AUTHINFO_UNAVAIL");
        let lines = log.lines();
        assert!(lines[0].text.contains("outcome=verifier-refused"), "{lines:?}");
        assert!(lines[0].text.contains("a user may ask about himself only"), "{lines:?}");
        assert!(log_text().contains(&format!("outcome=not-permitted caller_uid={BOB}")));
        assert_eq!(machine.failures_of("alice"), 0);
        assert_eq!(locker_of(ALICE, &code).code, "PAM_SUCCESS");
    }

    fn root_may_ask_about_anybody() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _service = Service::start();
        let verifier = Verifier::new("test");
        let look = verifier.first_look(&alice()).unwrap().unwrap();
        assert!(look.asks_for_code && !look.has_pin);
        let typed = Typed::parse(fob.next_code().as_bytes());
        let (recorded, _) = verifier.decide(&alice(), &typed).unwrap();
        assert!(matches!(recorded.decision(), Decision::Accept(Acceptance::Code { .. })));
        let again = verifier.decide(&alice(), &typed).unwrap();
        assert!(matches!(again.0.decision(), Decision::Reject(_)));
        let nobody = verifier.decide(&Person::Unknown, &typed);
        assert!(matches!(nobody, Err(VerifierError::Failed { .. })), "{nobody:?}");
    }

    /// As newer helpers of polkit: root, but /var cannot be written, and no socket but local
    /// ones can be opened.
    fn a_helper_that_sees_a_read_only_var_is_answered() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let read_only = "mount --bind /var /var && mount -o remount,ro,bind /var && exec \"$@\"";
        let local_only = built("af-unix-only").display().to_string();
        let helper = ["unshare", "--mount", "sh", "-c", read_only, "sh", &local_only];
        let code = fob.next_code();
        let login = |code: &str| {
            Login::new("locker", "alice").answers(&[code]).started_by(&helper).run()
        };
        let without = login(&code);
        assert_eq!(without.code, "PAM_AUTHINFO_UNAVAIL");
        let _service = Service::start();
        assert_eq!(login(&code).code, "PAM_SUCCESS");
        assert_eq!(login(&code).code, "PAM_AUTH_ERR");
    }
}
