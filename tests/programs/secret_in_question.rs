//! The picture inside the question for the code, as the terminal of each program shows it.

use crate::examples::{LOGIN_PASSWORD_AND_CODE, SSHD_PASSWORD_AND_CODE};
use crate::journal::Journal;
use crate::pending::{by_ssh, device_on, visit};
use crate::scene::{BOB, QUICK, as_user, furnish, protect, standing};
use crate::sshd::{CODES, Sshd};
use pam_otp_tests::{Machine, sandboxed};
use std::process::Command;

/// A machine whose policy wants the picture there, and alice pending.
fn furnish_with_pictures() -> Option<Machine> {
    let machine = furnish()?;
    machine.policy(&format!("{QUICK}[pending]\ndisplay = \"prompt\"\n"));
    protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
    for service in ["login", "su"] {
        protect(&machine, service, &LOGIN_PASSWORD_AND_CODE);
    }
    machine.enrol_pending("alice", &[]);
    Some(machine)
}

sandboxed! {
    fn each_program_shows_it_so_that_it_scans_and_only_until_the_first_right_code() {
        let Some(machine) = furnish_with_pictures() else { return };
        let _sshd = Sshd::start(CODES);
        let journal = Journal::listen();
        let programs: [fn() -> Command; 3] = [
            || by_ssh("C.UTF-8"),
            || as_user(0, &["login", "alice"]),
            || as_user(BOB, &["su", "-", "alice"]),
        ];
        let mut phones = Vec::new();
        for program in programs {
            let screen = visit(program(), "");
            assert_eq!(screen.matches("Secret: ").count(), 1, "{screen}");
            phones.push(device_on(&screen));
        }
        let outcomes = journal.outcomes();
        let shown = outcomes.iter().filter(|line| line.ends_with("secret-offered")).count();
        assert_eq!(shown, 3, "{outcomes:?}");
        assert_eq!(standing(&machine, "alice"), "pending for 3 logins, 0 failures");

        let code = phones[0].next_code();
        visit(by_ssh("C.UTF-8"), &code);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
        let code = phones[0].next_code();
        let afterwards = visit(by_ssh("C.UTF-8"), &code);
        assert!(!afterwards.contains("Secret: "), "{afterwards}");
    }
}
