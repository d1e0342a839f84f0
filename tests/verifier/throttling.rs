//! What runs as a user must not be able to lock him out of everything else.

use crate::service::{ALICE, Service, furnish, locker_of, log_text};
use pam_otp_tests::{Login, sandboxed};

sandboxed! {
    fn a_program_that_guesses_is_stopped_before_the_account_is() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 50\n");
        let _service = Service::start();
        for _ in 0..5 {
            assert_eq!(locker_of(ALICE, "000000").code, "PAM_AUTH_ERR");
        }
        assert_eq!(machine.failures_of("alice"), 5);
        let mut stopped = 0;
        for _ in 0..20 {
            if locker_of(ALICE, "000000").code == "PAM_AUTHINFO_UNAVAIL" {
                stopped += 1;
            }
        }
        assert!(stopped >= 15, "{stopped}");
        assert!(machine.failures_of("alice") < 10, "{}", machine.failures_of("alice"));
        let said = log_text();
        assert!(said.contains("outcome=caller-throttled"), "{said}");
        assert!(said.contains("too many wrong answers of this user"), "{said}");

        // ssh and sudo are not concerned.
        let elsewhere = Login::new("locker", "alice").answers(&[&fob.next_code()]).run();
        assert_eq!(elsewhere.code, "PAM_SUCCESS");
    }
}
