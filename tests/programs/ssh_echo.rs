//! ssh, where the policy wants the code to be seen while it is typed.

use crate::examples::SSHD_KEYS_AND_CODE;
use crate::journal::Journal;
use crate::scene::{QUICK, furnish, protect, standing};
use crate::sshd::{PASSWORDS, Sshd, tries};
use pam_otp_tests::sandboxed;

sandboxed! {
    fn the_code_appears_where_it_can_and_sshds_password_method_takes_it_all_the_same() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_KEYS_AND_CODE);
        machine.policy(&format!("{QUICK}echo = true\n"));
        let mut phone = machine.enrol("alice", &[]);
        let (first, second) = (phone.next_code(), phone.next_code());
        let _sshd = Sshd::start(PASSWORDS);
        let journal = Journal::listen();

        let by = |method: &str, question: &str, code: &str| {
            let only = format!("PreferredAuthentications={method}");
            tries("alice", &[&only], &[(question, code)])
        };
        let keyboard = by("keyboard-interactive", "One-time code: ", &first);
        let password = by("password", "password: ", &second);
        let empty = by("password", "password: ", &first);

        assert_eq!(keyboard, format!("(USER@127.0.0.1) One-time code: {first}\ninside\n"));
        assert_eq!(password, "USER@127.0.0.1's password: \ninside\n");
        assert!(empty.contains("Permission denied"), "{empty}");
        let outcomes = ["accepted", "accepted", "replay"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sshd alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 1 failures");
    }
}
