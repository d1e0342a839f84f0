//! How often sudo asks, and what each try costs.

use crate::examples::SUDO_CODE;
use crate::journal::Journal;
use crate::scene::{QUICK, furnish, protect, standing};
use crate::sudo::{CODE, alice};
use pam_otp_tests::{put, sandboxed};

/// sudo asks once: what is left is what pam_otp does by itself.
fn one_try() {
    let sudoers = b"Defaults passwd_tries=1\nalice ALL=(ALL) ALL\n";
    put("/etc/sudoers", sudoers, 0o440);
}

sandboxed! {
    fn the_three_tries_of_sudo_are_three_tries() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        let mut phone = machine.enrol("alice", &[]);
        let (wrong, right) = (phone.wrong_code(), phone.next_code());
        let journal = Journal::listen();

        let mut first = alice("sudo whoami");
        for _ in 0..3 {
            first.answer(CODE, &wrong);
        }
        let first = first.ends();
        assert!(first.screen.ends_with("sudo: 3 incorrect password attempts\r\n"), "{}", first.screen);
        assert_eq!(standing(&machine, "alice"), "activated, 3 failures");
        assert_eq!(journal.outcomes(), ["sudo alice no-match"; 3]);

        let mut second = alice("sudo whoami");
        for code in [&wrong, &wrong, &right] {
            second.answer(CODE, code);
        }
        let second = second.ends();
        let again = format!("{CODE}\r\nSorry, try again.\r\n").repeat(2);
        assert_eq!(second.screen, format!("{again}{CODE}\r\nroot\r\n"));
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
        let outcomes = ["no-match", "no-match", "accepted"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sudo alice {word}")));
    }

    fn three_codes_may_be_tried_in_one_conversation_where_the_policy_says_so() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        machine.policy(&format!("{QUICK}[service.sudo]\ntries = 3\n"));
        one_try();
        let mut phone = machine.enrol("alice", &[]);
        let wrong = phone.wrong_code();
        let journal = Journal::listen();

        let mut sudo = alice("sudo whoami");
        for code in [&wrong, &wrong, &phone.next_code()] {
            sudo.answer(CODE, code);
        }

        assert_eq!(sudo.ends().screen, format!("{}root\r\n", format!("{CODE}\r\n").repeat(3)));
        let outcomes = ["no-match", "no-match", "accepted"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sudo alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn of_two_sudos_at_once_with_one_code_exactly_one_runs() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        one_try();
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let journal = Journal::listen();
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
            let mut outcomes = journal.outcomes();
            outcomes.sort();
            assert_eq!(outcomes, ["sudo alice accepted", "sudo alice replay"], "round {round}");
        }
    }

    fn a_person_who_gives_up_at_sudos_code_prompt_is_not_charged() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        machine.enrol("alice", &[]);
        let journal = Journal::listen();

        let mut sudo = alice("sudo whoami");
        sudo.expect(CODE);
        sudo.press("\x04");

        let ended = sudo.ends();
        assert!(!ended.screen.contains("root"), "{}", ended.screen);
        assert_eq!(journal.outcomes(), ["sudo alice conversation-failed"]);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }
}
