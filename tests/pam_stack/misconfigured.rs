//! A mistake in pam.d or in the policy refuses, whatever is typed.

use pam_otp_tests::{Login, Machine, put, sandboxed};
use std::fs;

/// Logs in with a right code; the conversation must not even begin.
fn refused_before_any_question(case: &str, code: &str) {
    let result = Login::new("door", "alice").answers(&[code]).run();
    assert_eq!(result.code, "PAM_SERVICE_ERR", "{case}");
    assert_eq!(result.prompts, [""; 0], "{case}");
    assert_eq!(result.noise, "", "{case}");
}

sandboxed! {
    fn an_argument_that_is_not_understood_refuses() {
        let machine = Machine::with_alice();
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();
        for argument in [
            "nullok",
            "pasword=verify",
            "password=verfy",
            "config=relative.toml",
            "config=/nowhere/otp.toml",
            "debug debug",
            "use_first_pass",
        ] {
            machine.stack("door", &format!("auth required {{otp}} {argument}\n"));
            refused_before_any_question(argument, &code);
        }
        machine.stack("door", "auth required {otp} debug config=/etc/pam-otp/otp.toml\n");
        let result = Login::new("door", "alice").answers(&[&code]).run();
        assert_eq!(result.code, "PAM_SUCCESS");
    }

    fn a_policy_that_is_not_understood_refuses() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();
        for text in [
            "[login]\nunenroled = \"deny\"\n",
            "[login\n",
            "[throttle]\ndisable_after_failures = 1000\n",
            "store = \"relative\"\n",
            "\u{0}",
        ] {
            machine.policy(text);
            refused_before_any_question(text, &code);
        }
        fs::write("/etc/pam-otp/otp.toml", [0xff, 0xfe]).unwrap();
        refused_before_any_question("not UTF-8", &code);
        fs::write("/etc/pam-otp/otp.toml", "#".repeat(70_000)).unwrap();
        refused_before_any_question("70,000 bytes", &code);
        machine.policy("");
        let result = Login::new("door", "alice").answers(&[&code]).run();
        assert_eq!(result.code, "PAM_SUCCESS");
    }

    fn a_policy_that_others_could_have_written_refuses() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();
        put("/etc/pam-otp/otp.toml", b"", 0o664);
        refused_before_any_question("group writable", &code);
        fs::rename("/etc/pam-otp/otp.toml", "/etc/real.toml").unwrap();
        std::os::unix::fs::symlink("/etc/real.toml", "/etc/pam-otp/otp.toml").unwrap();
        refused_before_any_question("symbolic link", &code);
        fs::remove_file("/etc/pam-otp/otp.toml").unwrap();
        let result = Login::new("door", "alice").answers(&[&code]).run();
        assert_eq!(result.code, "PAM_SUCCESS", "absent means the defaults");
    }
}
