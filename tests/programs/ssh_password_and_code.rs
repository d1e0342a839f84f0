//! ssh, keyboard-interactive: password and code.

use crate::journal::Journal;
use crate::scene::{SSHD_PASSWORD_AND_CODE, furnish, protect, protect_everything, standing};
use crate::sshd::{CODES, Sshd, ssh, tries};
use pam_otp_tests::sandboxed;

fn both(user: &str, password: &str, code: &str) -> String {
    tries(
        user,
        &[],
        &[("Password: ", password), ("One-time code: ", code)],
    )
}

sandboxed! {
    fn over_ssh_all_refusals_of_password_and_code_look_the_same() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let mut phone = machine.enrol("alice", &[]);
        let _sshd = Sshd::start(CODES);
        let (right, wrong) = (phone.next_code(), phone.wrong_code());
        let journal = Journal::listen();

        let inside = both("alice", "wonderland", &right);
        let refused = [
            both("alice", "wonderland", &wrong),
            both("alice", "wonderland", &right), // used already
            both("alice", "looking glass", &phone.next_code()),
            both("alice", "wonderland", "no code"),
            both("bob", "builder", &wrong), // not enrolled
            both("mallory", "wonderland", &right), // unknown
        ];

        assert_eq!(
            inside,
            "(USER@127.0.0.1) Password: \n(USER@127.0.0.1) One-time code: \ninside\n"
        );
        for screen in refused {
            assert_eq!(
                screen,
                "(USER@127.0.0.1) Password: \n(USER@127.0.0.1) One-time code: \n\
                 USER@127.0.0.1: Permission denied (publickey,keyboard-interactive).\n"
            );
        }
        let outcomes = [
            "alice accepted",
            "alice no-match",
            "alice replay",
            "alice wrong-password",
            "alice malformed",
            "bob not-enrolled",
            "(unknown) unknown-user",
        ];
        assert_eq!(journal.outcomes(), outcomes.map(|words| format!("sshd {words}")));
        assert_eq!(standing(&machine, "alice"), "activated, 2 failures");
    }

    fn over_ssh_a_right_code_beside_a_wrong_password_is_not_spent() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let mut phone = machine.enrol("alice", &[]);
        let _sshd = Sshd::start(CODES);
        let code = phone.next_code();

        assert!(both("alice", "looking glass", &code).contains("denied"));
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
        assert!(both("alice", "wonderland", &code).contains("inside"));
    }

    fn over_ssh_who_does_not_know_the_password_is_not_asked_for_a_code_behind_pam_unix() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let mut phone = machine.enrol("alice", &[]);
        let _sshd = Sshd::start(CODES);
        let (right, wrong) = (phone.next_code(), phone.wrong_code());
        let journal = Journal::listen();

        let inside = both("alice", "wonderland", &right);
        let no_code = [
            both("alice", "wonderland", &wrong),
            both("alice", "wonderland", &right), // used already
            both("bob", "builder", &wrong), // not enrolled
        ];
        let no_password = ["alice", "mallory"].map(|user| {
            tries(user, &[], &[("Password: ", "looking glass")])
        });

        assert!(inside.ends_with("One-time code: \ninside\n"), "{inside}");
        for screen in no_code {
            assert_eq!(
                screen,
                "(USER@127.0.0.1) Password: \n(USER@127.0.0.1) One-time code: \n\
                 USER@127.0.0.1: Permission denied (publickey,keyboard-interactive).\n"
            );
        }
        for screen in no_password {
            assert_eq!(
                screen,
                "(USER@127.0.0.1) Password: \n\
                 USER@127.0.0.1: Permission denied (publickey,keyboard-interactive).\n"
            );
        }
        let outcomes = ["alice accepted", "alice no-match", "alice replay", "bob not-enrolled"];
        assert_eq!(journal.outcomes(), outcomes.map(|words| format!("sshd {words}")));
        assert_eq!(standing(&machine, "alice"), "activated, 2 failures");
    }

    fn a_mistyped_code_can_be_typed_again_in_the_same_ssh_connection() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let mut phone = machine.enrol("alice", &[]);
        let _sshd = Sshd::start(CODES);
        let journal = Journal::listen();

        let mut client = ssh("alice", &["NumberOfPasswordPrompts=3"], "echo inside");
        for code in [&phone.wrong_code(), "", &phone.next_code()] {
            client.answer("Password: ", "wonderland");
            client.answer("One-time code: ", code);
        }

        let ended = client.ends();
        assert!(ended.screen.contains("inside"), "{}", ended.screen);
        let outcomes = ["no-match", "malformed", "accepted"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sshd alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn a_person_who_hangs_up_at_the_code_prompt_is_not_charged() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        machine.enrol("alice", &[]);
        let sshd = Sshd::start(CODES);

        let mut client = ssh("alice", &[], "echo inside");
        client.answer("Password: ", "wonderland");
        client.expect("One-time code: ");
        drop(client);

        sshd.waits_to_say("Connection closed by authenticating user alice");
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }
}
