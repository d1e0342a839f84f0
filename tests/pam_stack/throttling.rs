//! Guessing is slowed, then stopped; the owner is not locked out for long.

use pam_otp_tests::{Login, Machine, now, sandboxed};

sandboxed! {
    fn from_the_fifth_failure_on_even_a_right_code_must_wait() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let fob = machine.enrol("alice", &["--hotp"]);
        let (wrong, right) = (fob.wrong_code(), fob.code_at(1));
        // A clock that stands still, so that nothing depends on how fast this machine is.
        let start = now();
        let at = |answer: &str, seconds| {
            Login::new("door", "alice").answers(&[answer]).at(start + seconds).run().code
        };
        for _ in 0..5 {
            assert_eq!(at(&wrong, 0), "PAM_AUTH_ERR");
        }
        assert_eq!(machine.failures_of("alice"), 5);
        assert_eq!(at(&right, 0), "PAM_AUTH_ERR");
        // What is refused unseen is not charged, and does not lengthen the wait.
        assert_eq!(machine.failures_of("alice"), 5);
        assert_eq!(at(&right, 1), "PAM_SUCCESS");
        assert_eq!(machine.failures_of("alice"), 0);
    }

    fn a_clock_set_back_does_not_lengthen_the_wait() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let fob = machine.enrol("alice", &["--hotp"]);
        let (wrong, right) = (fob.wrong_code(), fob.code_at(1));
        let start = now();
        let at = |answer: &str, time| {
            Login::new("door", "alice").answers(&[answer]).at(time).run().code
        };
        for _ in 0..5 {
            at(&wrong, start);
        }
        let a_year_ago = start - 365 * 86_400;
        assert_eq!(at(&right, a_year_ago), "PAM_AUTH_ERR");
        assert_eq!(at(&right, a_year_ago + 1), "PAM_SUCCESS");
    }

    fn one_hundred_failures_need_an_administrator() {
        let machine = Machine::with_alice();
        machine.policy(
            "[login]\nfailure_delay_milliseconds = 0\n\
             [throttle]\nfree_failures = 99\n",
        );
        machine.code_only_stack("door");
        let fob = machine.enrol("alice", &["--hotp"]);
        let wrong = fob.wrong_code();
        for _ in 0..100 {
            Login::new("door", "alice").answers(&[&wrong]).run();
        }
        let much_later = now() + 10 * 365 * 86_400;
        let right = Login::new("door", "alice").answers(&[&fob.code_at(1)]).at(much_later);
        assert_eq!(right.run().code, "PAM_AUTH_ERR");
        assert_eq!(machine.failures_of("alice"), 100);

        let text = machine.otpctl_ok(&["reset", "alice", "--yes", "--uri-only"]);
        let fob = pam_otp_tests::device_of(&text);
        let welcome = Login::new("door", "alice").answers(&[&fob.code_at(0)]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }
}
