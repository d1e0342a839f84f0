//! A login whose disk fails: never a yes that is not on disk.

use crate::step::{Fault, Step};
use crate::strace::{login_under, login_with, works};
use pam_otp_tests::{Device, Login, Machine, sandboxed};

fn machine() -> Machine {
    let machine = Machine::with_alice();
    machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n");
    machine.code_only_stack("door");
    machine.verify_stack("both");
    machine
}

pub(crate) fn enrolled() -> (Machine, Device) {
    let machine = machine();
    let fob = machine.enrol("alice", &["--hotp"]);
    (machine, fob)
}

pub(crate) fn login(answers: &[&str]) -> Login {
    Login::new("door", "alice").answers(answers)
}

/// The writing call of a login: `pwrite64` or `fdatasync`.
fn writing(call: &str) -> Step {
    Step {
        call: call.into(),
        ordinal: 1,
        line: String::new(),
    }
}

/// After whatever happened: used or unused, but good once at the most; and the door works.
pub(crate) fn good_once_at_most(fob: &mut Device, code: &str) {
    let first = login(&[code]).run().code;
    let second = login(&[code]).run().code;
    assert!(first == "PAM_SUCCESS" || first == "PAM_AUTH_ERR", "{first}");
    assert_eq!(second, "PAM_AUTH_ERR");
    assert_eq!(login(&[&fob.next_code()]).run().code, "PAM_SUCCESS");
}

sandboxed! {
    fn a_login_that_cannot_be_written_down_is_refused_as_unavailable() {
        if !works() {
            return;
        }
        let (_machine, mut fob) = enrolled();
        for call in ["pwrite64", "fdatasync"] {
            for error in ["EIO", "ENOSPC", "EROFS", "EDQUOT", "EINTR"] {
                for service in ["door", "both"] {
                    let code = fob.next_code();
                    let answers = if service == "door" { vec![code.as_str()] } else { vec!["wonderland", &code] };
                    let login = Login::new(service, "alice").answers(&answers);
                    let outcome = login_with(Fault::Error(error), &writing(call), &login);
                    let outcome = outcome.expect("the program survives");
                    assert_eq!(outcome, "PAM_AUTHINFO_UNAVAIL", "{service}, {call}: {error}");
                    good_once_at_most(&mut fob, &code);
                }
            }
        }
    }

    fn a_record_written_by_half_is_refused_as_unavailable() {
        if !works() {
            return;
        }
        let (_machine, mut fob) = enrolled();
        for length in [0, 100, 4095] {
            let code = fob.next_code();
            let expression = format!("inject=pwrite64:retval={length}:when=1");
            let outcome = login_under(&expression, &login(&[&code]));
            assert_eq!(outcome.as_deref(), Some("PAM_AUTHINFO_UNAVAIL"), "{length}");
            good_once_at_most(&mut fob, &code);
        }
    }

    fn a_failure_that_cannot_be_written_down_is_refused_as_unavailable_too() {
        if !works() {
            return;
        }
        let (machine, fob) = enrolled();
        for call in ["pwrite64", "fdatasync"] {
            let login = login(&[&fob.wrong_code()]);
            let outcome = login_with(Fault::Error("EIO"), &writing(call), &login);
            assert_eq!(outcome.as_deref(), Some("PAM_AUTHINFO_UNAVAIL"), "{call}");
        }
        assert!(machine.failures_of("alice") <= 1);
    }

    fn no_pending_or_disabled_user_is_let_in_by_a_failing_disk() {
        if !works() {
            return;
        }
        let machine = machine();
        let mut fob = machine.enrol_pending("alice", &["--hotp"]);
        let both = Login::new("both", "alice");
        for call in ["pwrite64", "fdatasync"] {
            let without_code = both.clone().answers(&["wonderland", ""]);
            let outcome = login_with(Fault::Error("ENOSPC"), &writing(call), &without_code);
            assert_eq!(outcome.as_deref(), Some("PAM_AUTHINFO_UNAVAIL"), "pending, {call}");
        }
        let code = fob.next_code();
        let first = both.clone().answers(&["wonderland", &code]);
        let outcome = login_with(Fault::Error("EIO"), &writing("pwrite64"), &first);
        assert_eq!(outcome.as_deref(), Some("PAM_AUTHINFO_UNAVAIL"), "activating");
        assert_eq!(first.run().code, "PAM_SUCCESS");
        machine.otpctl_ok(&["disable", "alice"]);
        let outcome = login_with(Fault::Error("EIO"), &writing("pwrite64"), &first);
        assert_eq!(outcome.as_deref(), Some("PAM_AUTHINFO_UNAVAIL"), "disabled");
        assert_eq!(first.run().code, "PAM_SUCCESS");
    }
}
