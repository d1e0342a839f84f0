//! sudo at a terminal.

use crate::scene::{ALICE, SUDO_CODE, as_user, furnish, protect, protect_everything};
use pam_otp_tests::{Pty, put, sandboxed};

const PASSWORD: &str = "[sudo] password for alice: ";
const CODE: &str = "One-time code: ";

/// alice runs a script at a terminal.
fn alice(script: &str) -> Pty {
    Pty::start(as_user(ALICE, &["sh", "-c", script]))
}

sandboxed! {
    fn sudo_asks_for_password_and_code_once_and_then_trusts_its_timestamp() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();

        let mut shell = alice("sudo whoami; sudo whoami; sudo -k; sudo whoami");
        shell.answer(PASSWORD, "wonderland");
        shell.answer(CODE, &code);
        shell.expect("root\r\nroot\r\n");
        shell.answer(PASSWORD, "wonderland");
        shell.answer(CODE, &phone.next_code());

        let ended = shell.ends();
        let round = |times| format!("{PASSWORD}\r\n{CODE}\r\n{}", "root\r\n".repeat(times));
        assert_eq!(ended.screen, round(2) + &round(1));
    }

    fn sudo_asks_for_a_code_alone_where_the_stack_says_so() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        let code = machine.enrol("alice", &[]).next_code();

        let mut shell = alice("sudo whoami; sudo -k; sudo whoami");
        shell.answer(CODE, &code);
        shell.expect("root\r\n");
        // The same code again opens nothing, and neither does nothing.
        for answer in [code.as_str(), "", "000000"] {
            shell.answer(CODE, answer);
        }

        let ended = shell.ends();
        assert!(!ended.status.success(), "{}", ended.screen);
        assert_eq!(ended.screen.matches("root\r\n").count(), 1, "{}", ended.screen);
    }

    fn a_root_shell_by_sudo_wants_a_code_as_well() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo-i", &SUDO_CODE);
        let code = machine.enrol("alice", &[]).next_code();

        let mut shell = alice("sudo -i; sudo -k -i");
        shell.answer(CODE, &code);
        shell.answer("# ", "echo I am $(id -un) in $PWD; exit");
        shell.expect("I am root in /root\r\n");
        for _ in 0..3 {
            shell.answer(CODE, &code);
        }

        let ended = shell.ends();
        assert!(ended.screen.ends_with("3 incorrect password attempts\r\n"), "{}", ended.screen);
    }

    fn the_three_tries_of_sudo_are_three_tries() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        let mut phone = machine.enrol("alice", &[]);
        let (wrong, right) = (phone.wrong_code(), phone.next_code());

        let mut first = alice("sudo whoami");
        for _ in 0..3 {
            first.answer(CODE, &wrong);
        }
        let first = first.ends();
        assert!(first.screen.ends_with("sudo: 3 incorrect password attempts\r\n"), "{}", first.screen);
        assert_eq!(machine.failures_of("alice"), 3);

        let mut second = alice("sudo whoami");
        for code in [&wrong, &wrong, &right] {
            second.answer(CODE, code);
        }
        let second = second.ends();
        let again = format!("{CODE}\r\nSorry, try again.\r\n").repeat(2);
        assert_eq!(second.screen, format!("{again}{CODE}\r\nroot\r\n"));
        assert_eq!(machine.failures_of("alice"), 0);
    }

    fn of_two_sudos_at_once_with_one_code_exactly_one_runs() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        put("/etc/sudoers", b"Defaults passwd_tries=1\nalice ALL=(ALL) ALL\n", 0o440);
        let mut fob = machine.enrol("alice", &["--hotp"]);
        for round in 0..8 {
            let code = fob.next_code();
            // Each at a terminal of its own, so that no timestamp is shared.
            let mut both = [(); 2].map(|()| alice("sudo whoami"));
            for sudo in &mut both {
                sudo.expect(CODE);
            }
            for sudo in &mut both {
                sudo.send(&code);
            }
            let ran = both.map(|sudo| sudo.ends().screen.contains("root\r\n"));
            assert_eq!(ran.iter().filter(|ran| **ran).count(), 1, "round {round}");
        }
    }

    fn a_person_who_gives_up_at_sudos_code_prompt_is_not_charged() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        machine.enrol("alice", &[]);

        let mut sudo = alice("sudo whoami");
        sudo.expect(CODE);
        sudo.press("\x04");

        let ended = sudo.ends();
        assert!(!ended.screen.contains("root"), "{}", ended.screen);
        assert_eq!(machine.failures_of("alice"), 0);
    }
}
