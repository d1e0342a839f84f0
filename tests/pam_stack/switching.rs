//! Accounts that are switched off, pending, or not there.

use pam_otp_tests::{Login, Machine, sandboxed};

const NO_DELAY: &str = "[login]\nfailure_delay_milliseconds = 0\n";
const DAY: u64 = 86_400;

sandboxed! {
    fn a_disabled_account_is_asked_for_no_code() {
        let machine = Machine::with_alice();
        machine.ordinary_stack("after-password");
        machine.code_only_stack("alone");
        machine.verify_stack("verify");
        let phone = machine.enrol("alice", &[]);
        machine.otpctl_ok(&["disable", "alice"]);

        let after = Login::new("after-password", "alice").answers(&["wonderland"]).run();
        assert_eq!(after.code, "PAM_SUCCESS");
        assert_eq!(after.prompts, ["off:Password: "]);
        let wrong = Login::new("after-password", "alice").answers(&["x"]).run();
        assert_eq!(wrong.code, "PAM_AUTH_ERR");
        // Nobody has checked anything: an exemption is not a yes.
        let alone = Login::new("alone", "alice").run();
        assert_eq!(alone.code, "PAM_PERM_DENIED");
        assert_eq!(alone.prompts, [""; 0]);
        // Both are asked, the password decides.
        let verify = |password: &str, code: &str| {
            Login::new("verify", "alice").answers(&[password, code]).run().code
        };
        assert_eq!(verify("wonderland", ""), "PAM_SUCCESS");
        assert_eq!(verify("wonderland", &phone.wrong_code()), "PAM_SUCCESS");
        assert_eq!(verify("x", ""), "PAM_AUTH_ERR");
    }

    fn a_pending_account_goes_on_without_a_code_until_the_first_right_one() {
        let machine = Machine::with_alice();
        machine.ordinary_stack("door");
        let mut phone = machine.enrol_pending("alice", &[]);
        let enter = || Login::new("door", "alice").answers(&["wonderland", ""]).run();

        assert_eq!(enter().code, "PAM_SUCCESS");
        assert_eq!(enter().code, "PAM_SUCCESS");
        let wrong = phone.wrong_code();
        let wrong = Login::new("door", "alice").answers(&["wonderland", &wrong]).run();
        assert_eq!(wrong.code, "PAM_AUTH_ERR");
        assert_eq!(machine.failures_of("alice"), 1);
        assert!(machine.otpctl_ok(&["status", "alice"]).contains("activated  no"));

        let code = phone.next_code();
        let first = Login::new("door", "alice").answers(&["wonderland", &code]).run();
        assert_eq!(first.code, "PAM_SUCCESS");
        assert!(machine.otpctl_ok(&["status", "alice"]).contains("activated  yes"));
        assert_eq!(enter().code, "PAM_AUTH_ERR");
    }

    fn a_pending_account_needs_the_right_password() {
        let machine = Machine::with_alice();
        machine.verify_stack("door");
        machine.enrol_pending("alice", &[]);
        let wrong = Login::new("door", "alice").answers(&["x", ""]).run();
        let right = Login::new("door", "alice").answers(&["wonderland", ""]).run();
        assert_eq!(wrong.code, "PAM_AUTH_ERR");
        assert_eq!(right.code, "PAM_SUCCESS");
    }

    fn grace_ends_after_so_many_days_whatever_is_typed() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let device = machine.enrol_pending("alice", &["--hotp"]);
        let enrolled = pam_otp_tests::now();
        let enter = |days| Login::new("door", "alice").answers(&[""]).at(enrolled + days * DAY);
        assert_eq!(enter(13).run().code, "PAM_SUCCESS");
        assert_eq!(enter(15).run().code, "PAM_AUTH_ERR");
        let code = device.code_at(0);
        let late = Login::new("door", "alice").answers(&[&code]).at(enrolled + 15 * DAY).run();
        assert_eq!(late.code, "PAM_AUTH_ERR");
        let in_time = Login::new("door", "alice").answers(&[&code]).run();
        assert_eq!(in_time.code, "PAM_SUCCESS");
    }

    fn grace_ends_after_so_many_logins_for_those_without_a_code() {
        let machine = Machine::with_alice();
        machine.policy(&format!("{NO_DELAY}[pending]\ngrace_logins = 1\n"));
        machine.code_only_stack("door");
        let mut phone = machine.enrol_pending("alice", &[]);
        let enter = || Login::new("door", "alice").answers(&[""]).run();
        assert_eq!(enter().code, "PAM_SUCCESS");
        assert_eq!(enter().code, "PAM_AUTH_ERR");
        let code = phone.next_code();
        let first = Login::new("door", "alice").answers(&[&code]).run();
        assert_eq!(first.code, "PAM_SUCCESS");
    }

    fn with_no_grace_logins_the_first_login_needs_a_code() {
        let machine = Machine::with_alice();
        machine.policy(&format!("{NO_DELAY}[pending]\ngrace_logins = 0\n"));
        machine.code_only_stack("door");
        let mut phone = machine.enrol_pending("alice", &[]);
        let enter = Login::new("door", "alice").answers(&[""]).run();
        assert_eq!(enter.code, "PAM_AUTH_ERR");
        let code = phone.next_code();
        let first = Login::new("door", "alice").answers(&[&code]).run();
        assert_eq!(first.code, "PAM_SUCCESS");
    }

    fn while_rolling_out_the_unenrolled_and_the_unknown_are_not_asked() {
        let machine = Machine::with_alice();
        machine.policy(&format!("{NO_DELAY}unenrolled = \"ignore\"\n"));
        machine.ordinary_stack("after-password");
        machine.code_only_stack("alone");
        machine.verify_stack("verify");
        // The store must exist: its absence is never "nobody is enrolled".
        machine.add_user("bob", "builder");
        machine.enrol("bob", &[]);

        let after = Login::new("after-password", "alice").answers(&["wonderland"]).run();
        assert_eq!(after.code, "PAM_SUCCESS");
        let alone = Login::new("alone", "alice").run();
        assert_eq!((alone.code.as_str(), alone.prompts.len()), ("PAM_PERM_DENIED", 0));
        let verify = |password| Login::new("verify", "alice").answers(&[password, ""]).run().code;
        assert_eq!(verify("wonderland"), "PAM_SUCCESS");
        assert_eq!(verify("x"), "PAM_AUTH_ERR");

        // Asked as little as the unenrolled, or the questions would tell whom the machine knows.
        let unknown = Login::new("alone", "mallory").answers(&["123456"]).run();
        assert_eq!((unknown.code.as_str(), unknown.prompts.len()), ("PAM_AUTH_ERR", 0));
        let bob = Login::new("after-password", "bob").answers(&["builder", ""]).run();
        assert_eq!(bob.code, "PAM_AUTH_ERR");
    }

    fn a_store_that_is_not_mounted_is_not_a_store_without_accounts() {
        let machine = Machine::with_alice();
        machine.policy(&format!("{NO_DELAY}unenrolled = \"ignore\"\n"));
        machine.ordinary_stack("door");
        machine.enrol("alice", &[]);
        let tried = || Login::new("door", "alice").answers(&["wonderland", "123456"]).run();
        let mount = |arguments: &[&str]| {
            let status = std::process::Command::new(arguments[0]).args(&arguments[1..]).status();
            assert!(status.unwrap().success());
        };
        // What is left of a mount point: an empty folder, owned by root.
        mount(&["mount", "-t", "tmpfs", "-o", "mode=0700", "none", "/var/lib/pam-otp"]);
        assert_eq!(tried().code, "PAM_AUTHINFO_UNAVAIL");
        for folder in ["account", "state"] {
            std::fs::create_dir(format!("/var/lib/pam-otp/{folder}")).unwrap();
            mount(&["chmod", "700", &format!("/var/lib/pam-otp/{folder}")]);
            let expected = ["PAM_AUTHINFO_UNAVAIL", "PAM_SUCCESS"][usize::from(folder == "state")];
            assert_eq!(tried().code, expected, "{folder}");
        }
    }
}
