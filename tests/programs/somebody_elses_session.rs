//! Sessions of a pending user that somebody else has opened: they show no secret of his.

use crate::examples::SUDO_CODE;
use crate::journal::Journal;
use crate::pending::device_on;
use crate::scene::{ALICE, QUICK, as_user, furnish, protect, protect_everything};
use pam_otp_tests::{Machine, Pty, put, sandboxed};
use std::fs;

const SHOWN: &str = "session optional {otp}\n";

/// A machine where sudo and su may show secrets, and bob is pending.
fn furnish_with_bob_pending() -> Option<Machine> {
    let machine = furnish()?;
    let services = "[\"sudo\", \"su\", \"su-l\"]";
    machine.policy(&format!("{QUICK}[pending]\nshow_secret_in = {services}\n"));
    machine.enrol_pending("bob", &[]);
    Some(machine)
}

sandboxed! {
    fn whoever_may_run_a_program_as_bob_by_sudo_is_not_shown_bobs_secret() {
        let Some(machine) = furnish_with_bob_pending() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        let stack = fs::read_to_string("/etc/pam.d/sudo").unwrap();
        machine.stack("sudo", &format!("{stack}{SHOWN}"));
        put("/etc/sudoers", b"alice ALL=(bob) /usr/bin/id\n", 0o440);
        let mut phone = machine.enrol("alice", &[]);
        let journal = Journal::listen();

        // sudo says PAM_SILENT: asked is all the same. (Where it does not: tests/pam_stack.)
        let mut sudo = Pty::start(as_user(ALICE, &["sudo", "-u", "bob", "id", "-un"]));
        sudo.answer("One-time code: ", &phone.next_code());
        let ended = sudo.ends();

        assert_eq!(ended.screen, "One-time code: \r\nbob\r\n");
        assert_eq!(journal.outcomes(), ["sudo alice accepted"]);
    }

    fn root_who_becomes_bob_by_su_is_not_shown_bobs_secret() {
        let Some(machine) = furnish_with_bob_pending() else { return };
        protect_everything(&machine);
        let stock = fs::read_to_string("/etc/pam.d/common-session").unwrap();
        machine.stack("common-session", &format!("{stock}{SHOWN}"));
        let journal = Journal::listen();

        let mut root = Pty::start(as_user(0, &["su", "-", "bob"]));
        root.answer("$ ", "echo I am $(id -un); exit");
        root.expect("\r\nI am bob\r\n");
        let screen = root.ends().screen;
        assert!(!screen.contains("Secret: "), "{screen}");
        assert_eq!(journal.outcomes(), [""; 0]);

        // Who has shown bob's password is.
        let mut alice = Pty::start(as_user(ALICE, &["su", "-", "bob"]));
        alice.answer("Password: ", "builder");
        alice.answer("One-time code: ", "");
        alice.answer("$ ", "exit");
        device_on(&alice.ends().screen);
        assert_eq!(journal.outcomes(), ["su-l bob pending", "su-l bob secret-offered"]);
    }
}
