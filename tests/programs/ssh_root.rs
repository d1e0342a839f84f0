//! Root, whose answers sshd replaces by garbage when root may not log in.

use crate::examples::{SSHD_KEYS_AND_CODE, SSHD_PASSWORD_AND_CODE};
use crate::scene::{furnish, protect, standing};
use crate::sshd::{PASSWORDS, Sshd, tries};
use pam_otp_tests::{Login, sandboxed};

const INTERACTIVE: &str = "PreferredAuthentications=keyboard-interactive";
const PASSWORD: &str = "PreferredAuthentications=password";

sandboxed! {
    fn root_whom_sshd_forbids_to_log_in_is_neither_charged_nor_robbed_of_a_code() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        give_root_a_password();
        let mut phone = machine.enrol("root", &[]);
        let _sshd = Sshd::start(&format!("{PASSWORDS}PermitRootLogin no\n"));
        let code = phone.next_code();

        let both = [("Password: ", "wonderland"), ("One-time code: ", code.as_str())];
        let interactive = tries("root", &[INTERACTIVE], &both);
        let password = tries("root", &[PASSWORD], &[("password: ", "wonderland")]);

        assert!(interactive.contains("Permission denied"), "{interactive}");
        assert!(password.contains("Permission denied"), "{password}");
        assert_eq!(standing(&machine, "root"), "activated, 0 failures");
        machine.verify_stack("door");
        let elsewhere = Login::new("door", "root").answers(&["wonderland", &code]).run();
        assert_eq!(elsewhere.code, "PAM_SUCCESS");
    }

    fn root_whom_sshd_forbids_to_log_in_is_not_charged_where_a_code_is_all_that_is_asked() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_KEYS_AND_CODE);
        let mut phone = machine.enrol("root", &[]);
        let _sshd = Sshd::start(&format!("{PASSWORDS}PermitRootLogin no\n"));
        let code = phone.next_code();

        for answer in [code.as_str(), "\u{8}", "1", "12345678"] {
            let screen = tries("root", &[INTERACTIVE], &[("One-time code: ", answer)]);
            assert!(screen.contains("Permission denied"), "{screen}");
        }

        assert_eq!(standing(&machine, "root"), "activated, 0 failures");
        machine.code_only_stack("door");
        let elsewhere = Login::new("door", "root").answers(&[&code]).run();
        assert_eq!(elsewhere.code, "PAM_SUCCESS");
    }
}

/// alice's, because a test can make a hash for a new user only.
fn give_root_a_password() {
    let shadow = std::fs::read_to_string("/etc/shadow").unwrap();
    let line = |name: &str| {
        let name = format!("{name}:");
        let line = shadow.lines().find(|line| line.starts_with(&name)).unwrap();
        line.to_string()
    };
    let roots = line("alice").replacen("alice", "root", 1);
    let shadow = shadow.replace(&line("root"), &roots);
    std::fs::write("/etc/shadow", shadow).unwrap();
}
