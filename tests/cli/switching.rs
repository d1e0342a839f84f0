//! Off and on, lost devices, and leaving: what each does to the old device and to the new.

use pam_otp_tests::{Device, Login, Machine, device_of, sandboxed};

fn login(answers: &[&str]) -> String {
    Login::new("door", "alice").answers(answers).run().code
}

fn enrolled_fob() -> (Machine, Device) {
    let machine = Machine::with_alice();
    // As recommended, but a wrong password is not held back, for the test's sake.
    machine.stack(
        "door",
        "auth requisite pam_unix.so nodelay\nauth required {otp}\n",
    );
    let fob = machine.enrol("alice", &["--hotp"]);
    (machine, fob)
}

fn with_code(code: &str) -> String {
    login(&["wonderland", code])
}

/// A new device from a command that prints its URI.
fn new_device(machine: &Machine, command: &[&str]) -> Device {
    device_of(&machine.otpctl_ok(command))
}

sandboxed! {
    fn a_disabled_user_logs_in_with_the_password_alone_and_never_without() {
        let (machine, fob) = enrolled_fob();
        machine.otpctl_ok(&["disable", "alice"]);
        assert_eq!(login(&["wonderland"]), "PAM_SUCCESS");
        assert_eq!(login(&["looking glass"]), "PAM_AUTH_ERR");
        assert_eq!(login(&["looking glass", &fob.code_at(1)]), "PAM_AUTH_ERR");
    }

    fn enabling_again_means_a_new_device_and_the_old_one_is_dead() {
        let (machine, mut old) = enrolled_fob();
        machine.otpctl_ok(&["disable", "alice"]);
        let new = new_device(&machine, &["enable", "alice", "--uri-only"]);
        for _ in 0..10 {
            assert_eq!(with_code(&old.next_code()), "PAM_AUTH_ERR");
        }
        machine.otpctl_ok(&["reset", "alice", "--yes"]);
        assert_eq!(with_code(&new.code_at(0)), "PAM_AUTH_ERR");
    }

    fn a_newly_enabled_user_is_pending_until_the_new_device_shows_a_code() {
        let (machine, _old) = enrolled_fob();
        machine.otpctl_ok(&["disable", "alice"]);
        let new = new_device(&machine, &["enable", "alice", "--uri-only"]);
        assert_eq!(with_code(""), "PAM_SUCCESS");
        assert_eq!(with_code(&new.code_at(0)), "PAM_SUCCESS");
        assert_eq!(with_code(""), "PAM_AUTH_ERR");
        assert_eq!(with_code(&new.code_at(0)), "PAM_AUTH_ERR");
        assert_eq!(with_code(&new.code_at(1)), "PAM_SUCCESS");
    }

    fn with_the_secret_kept_used_codes_stay_used_and_the_next_one_works() {
        let (machine, old) = enrolled_fob();
        let used: Vec<_> = (0..4).map(|counter| old.code_at(counter)).collect();
        assert_eq!(with_code(&used[3]), "PAM_SUCCESS");
        machine.otpctl_ok(&["disable", "alice"]);
        assert_eq!(login(&["wonderland"]), "PAM_SUCCESS");
        machine.otpctl_ok(&["enable", "alice", "--keep-secret"]);
        assert_eq!(with_code(""), "PAM_AUTH_ERR");
        for code in &used {
            assert_eq!(with_code(code), "PAM_AUTH_ERR");
        }
        assert_eq!(with_code(&old.code_at(4)), "PAM_SUCCESS");
    }

    fn failures_are_not_forgotten_by_switching_off_and_on() {
        let (machine, fob) = enrolled_fob();
        assert_eq!(with_code(&fob.wrong_code()), "PAM_AUTH_ERR");
        machine.otpctl_ok(&["disable", "alice"]);
        machine.otpctl_ok(&["enable", "alice", "--keep-secret"]);
        assert_eq!(machine.failures_of("alice"), 1);
    }

    fn a_reset_kills_the_old_device_at_once_and_the_new_one_activates() {
        let (machine, old) = enrolled_fob();
        let new = new_device(&machine, &["reset", "alice", "--yes", "--uri-only"]);
        // Before anybody has used the new one, and afterwards.
        for counter in 1..6 {
            assert_eq!(with_code(&old.code_at(counter)), "PAM_AUTH_ERR", "{counter}");
        }
        assert!(machine.otpctl_ok(&["status", "alice"]).contains("activated  no"));
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n");
        assert_eq!(with_code(&new.code_at(0)), "PAM_SUCCESS");
        assert!(machine.otpctl_ok(&["status", "alice"]).contains("activated  yes"));
        assert_eq!(with_code(&old.code_at(6)), "PAM_AUTH_ERR");
        assert_eq!(with_code(""), "PAM_AUTH_ERR");
    }

    fn a_reset_ends_a_lock_by_failures() {
        let (machine, fob) = enrolled_fob();
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n\
            [throttle]\nfree_failures = 1\ndisable_after_failures = 2\nfirst_wait_seconds = 1\n");
        for _ in 0..2 {
            assert_eq!(with_code(&fob.wrong_code()), "PAM_AUTH_ERR");
        }
        assert_eq!(with_code(&fob.code_at(1)), "PAM_AUTH_ERR");
        let new = new_device(&machine, &["reset", "alice", "--yes", "--uri-only"]);
        assert_eq!(with_code(&new.code_at(0)), "PAM_SUCCESS");
    }

    fn a_revoked_user_is_refused_and_can_be_enrolled_anew() {
        let (machine, old) = enrolled_fob();
        machine.otpctl_ok(&["revoke", "alice", "--yes"]);
        assert_eq!(with_code(&old.code_at(1)), "PAM_AUTH_ERR");
        assert_eq!(with_code(""), "PAM_AUTH_ERR");
        let new = machine.enrol_pending("alice", &["--hotp"]);
        assert_eq!(with_code(&old.code_at(1)), "PAM_AUTH_ERR");
        assert_eq!(with_code(&new.code_at(0)), "PAM_SUCCESS");
    }

    fn a_new_secret_that_nobody_could_read_is_not_called_done() {
        let (_machine, old) = enrolled_fob();
        // Whoever should have read it has gone: a pipe without a reader.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = std::process::Command::new(pam_otp_tests::built("otpctl"))
            .args(["reset", "alice", "--yes", "--uri-only"])
            .stdout(writer)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        let old_works = with_code(&old.code_at(1)) == "PAM_SUCCESS";
        assert!(!output.status.success() && (old_works || complaint.contains("otpctl reset alice")),
            "{output:?}; the old device works: {old_works}");
    }
}
