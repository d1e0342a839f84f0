//! A machine whose clock nothing keeps right says so where codes depend on it.
//!
//! `strace` answers in place of the kernel: there is no other way to have both kinds of clock
//! on any machine, and no switch in the command that could be misused.

use pam_otp_tests::{Machine, built, sandboxed, skip};
use serde_json::Value;
use std::process::{Command, Output};

const TRACE: &str = "/tmp/trace";
pub(crate) const WARNING: &str = "Warning: the kernel says that the clock is not synchronised, and\n\
                       time-based codes depend on it. Most often this helps:\n\
                       timedatectl set-ntp true\n";

/// `TIME_OK` and nothing else.
const RIGHT: &str = "retval=0";
/// `TIME_ERROR`.
const WRONG: &str = "retval=5";
/// `TIME_OK`, and 40 bytes into the answer the status `STA_UNSYNC`.
const UNHEARD: &str = "retval=0:poke_exit=@arg2=\
                       0000000000000000000000000000000000000000\
                       000000000000000000000000000000000000000040000000";
/// A container that is not told.
const FORBIDDEN: &str = "error=EPERM";

/// Whether programs can be traced here; otherwise the test is passed over.
pub(crate) fn can_trace() -> bool {
    let tried = Command::new("strace").args(["-o", TRACE, "true"]).output();
    let tried = tried.expect("strace is installed");
    if !tried.status.success() {
        skip(&format!("programs cannot be traced here: {tried:?}"));
    }
    tried.status.success()
}

/// Runs the command on a machine with such a clock. What libc calls `adjtimex` is
/// `clock_adjtime` in the newer ones.
fn otpctl(clock: &str, arguments: &[&str]) -> Output {
    let expression = match clock.strip_prefix("retval=0:") {
        // The answer is the second argument of the one, and would be the first of the other.
        Some(_) => format!("inject=clock_adjtime:{clock}"),
        None => format!("inject=adjtimex,clock_adjtime:{clock}"),
    };
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", TRACE, "-e", &expression])
        .arg(built("otpctl"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{clock}: {output:?}");
    output
}

/// What it says beside the result.
fn remarks(clock: &str, arguments: &[&str]) -> String {
    String::from_utf8(otpctl(clock, arguments).stderr).unwrap()
}

/// The kernel was asked, and not it has answered.
fn was_asked() -> bool {
    std::fs::read_to_string(TRACE)
        .unwrap()
        .contains("(INJECTED")
}

sandboxed! {
    fn enrolling_a_phone_warns_of_a_clock_that_nothing_keeps_right() {
        if !can_trace() {
            return;
        }
        let machine = Machine::with_alice();
        let enroll = ["enroll", "alice", "--pending", "--uri-only"];
        for (clock, expected) in [(RIGHT, ""), (WRONG, WARNING), (UNHEARD, WARNING), (FORBIDDEN, "")] {
            let output = otpctl(clock, &enroll);
            assert!(was_asked(), "{clock}");
            assert_eq!(String::from_utf8(output.stderr).unwrap(), expected, "{clock}");
            let uri = String::from_utf8(output.stdout).unwrap();
            assert!(uri.starts_with("otpauth://totp/") && uri.lines().count() == 1, "{uri}");
            machine.otpctl_ok(&["revoke", "alice", "--yes"]);
        }
        // Also where the codes are wrong because of it.
        let output = Command::new("bash")
            .args(["-c", "printf '0\\n0\\n0\\n' | \"$@\"", "-"])
            .args(["strace", "-qq", "-o", TRACE, "-e", "inject=adjtimex,clock_adjtime:retval=5"])
            .arg(built("otpctl"))
            .args(["enroll", "alice", "--no-qr"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        let (before, after) = said.split_once(WARNING).expect("the warning");
        assert!(before.ends_with("Code from the device: \n") && after.starts_with("otpctl: 3 codes"), "{said}");
        // A fob with a button has no clock to compare with.
        let hotp = [&enroll[..], &["--hotp"]].concat();
        assert_eq!(remarks(WRONG, &hotp), "");
    }

    fn status_warns_of_the_clock_if_somebody_depends_on_it() {
        if !can_trace() {
            return;
        }
        let machine = Machine::with_alice();
        machine.enrol_pending("alice", &["--hotp"]);
        assert_eq!(remarks(WRONG, &["status"]), "");
        machine.add_user("bob", "builder");
        machine.enrol_pending("bob", &[]);
        for (clock, expected) in [(RIGHT, ""), (WRONG, WARNING), (UNHEARD, WARNING), (FORBIDDEN, "")] {
            assert_eq!(remarks(clock, &["status"]), expected, "{clock}");
            assert!(was_asked(), "{clock}");
            assert_eq!(remarks(clock, &["status", "bob"]), expected, "{clock}");
            assert_eq!(remarks(clock, &["status", "alice"]), "", "{clock}");
        }
    }

    fn the_json_has_a_field_for_the_clock_and_no_warning() {
        if !can_trace() {
            return;
        }
        let machine = Machine::with_alice();
        machine.enrol_pending("alice", &[]);
        for (clock, expected) in [
            (RIGHT, Value::Bool(true)),
            (WRONG, Value::Bool(false)),
            (UNHEARD, Value::Bool(false)),
            (FORBIDDEN, Value::Null),
        ] {
            let output = otpctl(clock, &["status", "--json"]);
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report.get("clock_synchronised"), Some(&expected), "{clock}");
            assert_eq!(output.stderr, b"", "{clock}");
        }
    }
}
