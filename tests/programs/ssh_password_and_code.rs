//! ssh, keyboard-interactive: password and code.

use crate::examples::SSHD_PASSWORD_AND_CODE;
use crate::journal::Journal;
use crate::scene::{furnish, protect, protect_everything, standing};
use crate::sshd::{CODES, Sshd, tries};
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
}
