//! Kernels and containers without `openat2`: everything works, and links are refused as well.

use crate::strace::{login_under, otpctl, works};
use pam_otp_tests::{Login, Machine, device_of, sandboxed};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Output;

const STORE: &str = "/var/lib/pam-otp";

/// What such a system answers: an old kernel, or a container that forbids the call.
const ANSWERS: [&str; 2] = ["ENOSYS", "EPERM"];

fn without_openat2(error: &str, arguments: &[&str], input: &str) -> Output {
    otpctl(&format!("inject=openat2:error={error}"), arguments, input)
}

fn ok(error: &str, arguments: &[&str]) -> String {
    let output = without_openat2(error, arguments, "");
    assert!(
        output.status.success(),
        "{error}, {arguments:?}: {output:?}"
    );
    String::from_utf8(output.stdout).unwrap()
}

fn login(error: &str, code: &str) -> String {
    let login = Login::new("door", "alice").answers(&[code]);
    let outcome = login_under(&format!("inject=openat2:error={error}"), &login);
    outcome.expect("the program survives")
}

/// Puts a link in place of something, tries the door and the command, and puts it back.
fn is_refused_as_a_link(error: &str, path: &str, code: &str, expected: &str) {
    let aside = "/var/lib/aside";
    fs::rename(path, aside).unwrap();
    symlink(aside, path).unwrap();
    let refused = login(error, code);
    let output = without_openat2(error, &["status", "alice"], "");
    fs::remove_file(path).unwrap();
    fs::rename(aside, path).unwrap();
    assert_eq!(refused, expected, "{error}: {path}");
    assert_eq!(output.status.code(), Some(3), "{error}: {path}: {output:?}");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        complaint.contains("symbolic link"),
        "{error}: {path}: {complaint}"
    );
}

sandboxed! {
    fn every_command_and_every_login_works_without_openat2() {
        if !works() {
            return;
        }
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        for error in ANSWERS {
            let _ = fs::remove_dir_all(STORE);
            let uri = ok(error, &["enroll", "alice", "--pending", "--uri-only", "--hotp"]);
            let mut fob = device_of(&uri);
            let code = fob.next_code();
            assert_eq!(login(error, &code), "PAM_SUCCESS");
            assert_eq!(login(error, &code), "PAM_AUTH_ERR");
            assert!(ok(error, &["status"]).contains("alice  activated"));
            let verify = without_openat2(error, &["verify", "alice"], &fob.code_at(1));
            assert!(verify.status.success(), "{verify:?}");
            let two = format!("{}\n{}\n", fob.code_at(7), fob.code_at(8));
            let resync = without_openat2(error, &["resync", "alice"], &two);
            assert!(resync.status.success(), "{resync:?}");
            ok(error, &["disable", "alice"]);
            let mut new = device_of(&ok(error, &["enable", "alice", "--uri-only"]));
            assert_eq!(login(error, &new.next_code()), "PAM_SUCCESS");
            let mut newer = device_of(&ok(error, &["reset", "alice", "--yes", "--uri-only"]));
            assert_eq!(login(error, &new.next_code()), "PAM_AUTH_ERR");
            assert_eq!(login(error, &newer.next_code()), "PAM_SUCCESS");
            ok(error, &["revoke", "alice", "--yes"]);
            assert_eq!(login(error, &newer.next_code()), "PAM_AUTH_ERR");
        }
    }

    fn without_openat2_links_are_refused_as_well() {
        if !works() {
            return;
        }
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        for error in ANSWERS {
            let code = fob.next_code();
            for path in ["", "/account", "/state", "/account/alice", "/state/alice"] {
                let path = format!("{STORE}{path}");
                is_refused_as_a_link(error, &path, &code, "PAM_AUTHINFO_UNAVAIL");
            }
            for path in ["/etc/pam-otp", "/etc/pam-otp/otp.toml"] {
                is_refused_as_a_link(error, path, &code, "PAM_SERVICE_ERR");
            }
            assert_eq!(login(error, &code), "PAM_SUCCESS");
        }
    }

    fn without_openat2_a_pipe_holds_nobody_up() {
        if !works() {
            return;
        }
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let state = "/var/lib/pam-otp/state/alice";
        fs::remove_file(state).unwrap();
        let made = std::process::Command::new("mkfifo").args(["--mode=600", state]).status();
        assert!(made.unwrap().success());
        for error in ANSWERS {
            assert_eq!(login(error, &fob.next_code()), "PAM_AUTHINFO_UNAVAIL");
            let output = without_openat2(error, &["status", "alice"], "");
            assert_eq!(output.status.code(), Some(3), "{output:?}");
        }
    }
}
