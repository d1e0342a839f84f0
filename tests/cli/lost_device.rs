//! The device is lost: what `otpctl reset` puts an end to, at the real libpam.

use pam_otp_tests::{Login, LoginResult, Machine, sandboxed};

fn from_home(code: &str) -> LoginResult {
    let login = Login::new("door", "alice").with(&["--rhost", "192.0.2.7"]);
    login.answers(&[code]).run()
}

sandboxed! {
    fn a_reset_ends_trust_marks_bypass_codes_recovery_codes_and_every_device() {
        let machine = Machine::with_alice();
        machine.policy("[login]\nfailure_delay_milliseconds = 0\nremember = \"8h\"\n[throttle]\nfree_failures = 90\n");
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let tablet = machine.otpctl_ok(&["add", "alice", "--label", "tablet", "--hotp", "--pending", "--uri-only"]);
        let mut tablet = pam_otp_tests::device_of(&tablet);
        let first_line = |text: String| text.lines().next().unwrap().to_string();
        let bypass = first_line(machine.otpctl_ok(&["bypass", "alice", "--for", "8h", "--uses", "9", "-q"]));
        let recovery = first_line(machine.otpctl_ok(&["recovery", "new", "alice", "-q"]));
        // Each of them works, and so does the place that is remembered, whatever is typed there.
        for code in [fob.next_code(), tablet.next_code()] {
            let elsewhere = Login::new("door", "alice").answers(&[&code]).run();
            assert_eq!(elsewhere.code, "PAM_SUCCESS");
        }
        let elsewhere = Login::new("door", "alice").answers(&[&bypass]).run();
        assert_eq!(elsewhere.code, "PAM_SUCCESS");
        assert_eq!(from_home(&fob.next_code()).code, "PAM_SUCCESS");
        assert_eq!(from_home("remembered").code, "PAM_SUCCESS");

        machine.otpctl_ok(&["reset", "alice", "--yes", "--uri-only"]);

        for code in [fob.next_code(), tablet.next_code(), bypass, recovery] {
            assert_eq!(from_home(&code).code, "PAM_AUTH_ERR", "{code}");
        }
    }
}
