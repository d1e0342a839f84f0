//! ssh with a key and a code.

use crate::examples::{SSHD_KEYS_AND_CODE, SSHD_PASSWORD_AND_CODE};
use crate::journal::Journal;
use crate::scene::{ALICE, BOB, QUICK, furnish, protect, standing};
use crate::sshd::{CODES, Sshd, authorize, tries};
use pam_otp_tests::{Machine, sandboxed};

const KEY: &str = "IdentityFile=/root/key";
const NO_KEY: &str = "PubkeyAuthentication=no";
const PROMPT: &str = "One-time code: ";

/// What the example says, with these ways in.
fn ways(methods: &str) -> String {
    format!("{CODES}AuthenticationMethods {methods}\n")
}

/// The policy that makes a key as good as a password.
fn skip_password_after_key(machine: &Machine) {
    // QUICK ends in [login].
    machine.policy(&format!("{QUICK}skip_password_after_key = true\n"));
}

sandboxed! {
    fn key_and_code_open_ssh_and_neither_does_alone() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_KEYS_AND_CODE);
        let mut phone = machine.enrol("alice", &[]);
        authorize("alice", ALICE);
        let _sshd = Sshd::start(&ways("publickey,keyboard-interactive"));
        let code = phone.next_code();
        let journal = Journal::listen();

        let no_key = tries("alice", &[NO_KEY], &[]);
        let key_only = tries("alice", &[KEY, "KbdInteractiveAuthentication=no"], &[]);
        let wrong = tries("alice", &[KEY], &[(PROMPT, &phone.wrong_code())]);
        let both = tries("alice", &[KEY], &[(PROMPT, &code)]);
        let again = tries("alice", &[KEY], &[(PROMPT, &code)]);

        let denied = "USER@127.0.0.1: Permission denied (keyboard-interactive).\n";
        let asked = "(USER@127.0.0.1) One-time code: \n";
        assert_eq!(no_key, "USER@127.0.0.1: Permission denied (publickey).\n");
        assert_eq!(key_only, denied);
        assert_eq!(wrong, format!("{asked}{denied}"));
        assert_eq!(both, format!("{asked}inside\n"));
        assert_eq!(again, wrong);
        let outcomes = ["no-match", "accepted", "replay"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sshd alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 1 failures");
    }

    fn a_key_opens_nothing_for_somebody_who_is_not_enrolled() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_KEYS_AND_CODE);
        machine.enrol("bob", &[]);
        authorize("alice", ALICE);
        let _sshd = Sshd::start(&ways("publickey,keyboard-interactive"));

        let journal = Journal::listen();

        let screen = tries("alice", &[KEY], &[(PROMPT, "123456")]);

        assert!(screen.contains("Permission denied"), "{screen}");
        assert_eq!(journal.outcomes(), ["sshd alice not-enrolled"]);
    }

    fn a_key_takes_the_place_of_the_password_where_the_policy_says_so() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        skip_password_after_key(&machine);
        let mut phone = machine.enrol("alice", &[]);
        authorize("alice", ALICE);
        let _sshd = Sshd::start(&ways("publickey,keyboard-interactive keyboard-interactive"));
        let (first, second) = (phone.next_code(), phone.next_code());

        let journal = Journal::listen();

        let key = tries("alice", &[KEY], &[(PROMPT, &first)]);
        let password = tries("alice", &[NO_KEY], &[("Password: ", "wonderland"), (PROMPT, &second)]);

        assert_eq!(key, "(USER@127.0.0.1) One-time code: \ninside\n");
        assert!(password.contains("inside"), "{password}");
        assert_eq!(journal.outcomes(), ["sshd alice accepted"; 2]);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn a_key_that_sshd_does_not_take_is_in_nobodys_place() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        skip_password_after_key(&machine);
        let mut phone = machine.enrol("alice", &[]);
        authorize("bob", BOB);
        let _sshd = Sshd::start(CODES);

        let journal = Journal::listen();

        let dialogue = [("Password: ", "looking glass"), (PROMPT, &phone.next_code())];
        let screen = tries("alice", &[KEY], &dialogue);

        assert!(screen.contains("Permission denied"), "{screen}");
        assert_eq!(journal.outcomes(), ["sshd alice wrong-password"]);
    }
}
