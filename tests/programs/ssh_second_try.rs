//! ssh, when a person mistypes, or gives up.

use crate::examples::SSHD_PASSWORD_AND_CODE;
use crate::journal::Journal;
use crate::scene::{furnish, protect, standing};
use crate::sshd::{CODES, Sshd, ssh};
use pam_otp_tests::sandboxed;

sandboxed! {
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
