//! A program that runs as the person who is to be asked, as screen lockers do: pamtester.

use crate::scene::{ALICE, as_user, furnish, protect_everything};
use pam_otp_tests::{Ended, Pty, SystemLog, sandboxed};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// A program that runs as this user asks alice for a code, and perhaps for her password.
fn asks_alice(uid: u32, service: &str, password: Option<&str>, code: &str) -> Ended {
    let words = ["pamtester", service, "alice", "authenticate"];
    let mut program = Pty::start(as_user(uid, &words));
    if let Some(password) = password {
        program.answer("Password: ", password);
    }
    program.answer("One-time code: ", code);
    program.ends()
}

sandboxed! {
    fn a_program_without_the_rights_is_refused_and_the_log_says_why() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let code = machine.enrol("alice", &[]).next_code();
        machine.stack("locker", "@include common-auth\n");
        machine.code_only_stack("code");
        machine.verify_stack("both");
        let log = SystemLog::listen();
        fs::set_permissions("/dev/log", fs::Permissions::from_mode(0o666)).unwrap();

        for (service, password, word) in [
            ("locker", Some("wonderland"), "store-not-permitted"),
            ("code", None, "store-not-permitted"),
            ("both", Some("wonderland"), "shadow-unreadable"),
        ] {
            let ended = asks_alice(ALICE, service, password, &code);

            assert_eq!(ended.status.code(), Some(1), "{service}: {}", ended.screen);
            let said = "pamtester: Authentication service cannot retrieve authentication info\r\n";
            assert!(ended.screen.ends_with(said), "{service}: {}", ended.screen);
            let lines = log.lines();
            assert_eq!(lines.len(), 1, "{service}: {lines:?}");
            assert!(lines[0].text.contains(&format!(" outcome={word} ")), "{lines:?}");
        }

        // Neither spent nor charged.
        assert_eq!(machine.failures_of("alice"), 0);
        let root = asks_alice(0, "code", None, &code);
        assert!(root.screen.contains("successfully authenticated"), "{}", root.screen);
    }
}
