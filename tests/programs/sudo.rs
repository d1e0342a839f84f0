//! sudo at a terminal.

use crate::examples::SUDO_CODE;
use crate::journal::Journal;
use crate::scene::{ALICE, as_user, furnish, protect, protect_everything, standing};
use pam_otp_tests::{Pty, sandboxed};

const PASSWORD: &str = "[sudo] password for alice: ";
pub(crate) const CODE: &str = "One-time code: ";

/// alice runs a script at a terminal.
pub(crate) fn alice(script: &str) -> Pty {
    Pty::start(as_user(ALICE, &["sh", "-c", script]))
}

sandboxed! {
    fn sudo_asks_for_password_and_code_once_and_then_trusts_its_timestamp() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();
        let journal = Journal::listen();

        let mut shell = alice("sudo whoami; sudo whoami; sudo -k; sudo whoami");
        shell.answer(PASSWORD, "wonderland");
        shell.answer(CODE, &code);
        shell.expect("root\r\nroot\r\n");
        shell.answer(PASSWORD, "wonderland");
        shell.answer(CODE, &phone.next_code());

        let ended = shell.ends();
        let round = |times| format!("{PASSWORD}\r\n{CODE}\r\n{}", "root\r\n".repeat(times));
        assert_eq!(ended.screen, round(2) + &round(1));
        assert_eq!(journal.outcomes(), ["sudo alice accepted"; 2]);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn sudo_asks_for_a_code_alone_where_the_stack_says_so() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();
        let journal = Journal::listen();

        let mut shell = alice("sudo whoami; sudo -k; sudo whoami");
        shell.answer(CODE, &code);
        shell.expect("root\r\n");
        // The same code again opens nothing, and neither does nothing.
        for answer in [&code, "", &phone.wrong_code()] {
            shell.answer(CODE, answer);
        }

        let ended = shell.ends();
        assert!(!ended.status.success(), "{}", ended.screen);
        assert_eq!(ended.screen.matches("root\r\n").count(), 1, "{}", ended.screen);
        let outcomes = ["accepted", "replay", "malformed", "no-match"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sudo alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 2 failures");
    }

    fn a_root_shell_by_sudo_wants_a_code_as_well() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo-i", &SUDO_CODE);
        let code = machine.enrol("alice", &[]).next_code();
        let journal = Journal::listen();

        let mut shell = alice("sudo -i; sudo -k -i");
        shell.answer(CODE, &code);
        shell.answer("# ", "echo I am $(id -un) in $PWD; exit");
        shell.expect("I am root in /root\r\n");
        for _ in 0..3 {
            shell.answer(CODE, &code);
        }

        let ended = shell.ends();
        assert!(ended.screen.ends_with("3 incorrect password attempts\r\n"), "{}", ended.screen);
        let outcomes = ["accepted", "replay", "replay", "replay"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sudo-i alice {word}")));
    }
}
