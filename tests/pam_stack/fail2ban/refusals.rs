//! Which lines fail2ban counts: those of refusals, every kind of them, and no others.

use super::{Log, login, machine};
use pam_otp_tests::{now, sandboxed};
use std::fs;

sandboxed! {
    fn fail2ban_counts_every_refusal_that_a_stranger_can_bring_about() {
        let machine = machine("[throttle]\nfree_failures = 0\nfirst_wait_seconds = 600");
        let mut log = Log::listen();
        machine.add_user("bob", "builder");
        machine.add_user("carol", "x");
        let mut phone = machine.enrol("alice", &[]);
        let carols = machine.enrol_pending("carol", &[]);
        log.socket.lines();
        let (code, wrong) = (phone.next_code(), phone.wrong_code());

        log.passes_over(login("alice", &["wonderland", &code]), "accepted");
        log.counts(login("alice", &["wonderland", &code]), "replay");
        log.counts(login("alice", &["looking glass", &wrong]), "throttled");
        machine.otpctl_ok(&["reset", "alice", "--yes", "--uri-only"]);
        log.counts(login("alice", &["looking glass", &wrong]), "wrong-password");
        log.counts(login("alice", &["wonderland", "abc"]), "malformed");
        log.counts(login("alice", &["wonderland", "111111"]), "no-match");
        log.counts(login("bob", &["builder", &wrong]), "not-enrolled");
        log.counts(login("mallory", &["x", &wrong]), "unknown-user");
        log.passes_over(login("carol", &["x", ""]), "pending");
        let late = now() + 15 * 86_400;
        let code = carols.code_at_time(late);
        log.counts(login("carol", &["x", &code]).at(late), "grace-expired");
        log.passes_over(login("carol", &["x", &carols.code_at(0)]), "activated");
        log.passes_over(login("carol", &[]), "conversation-failed");

        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\ndisable_after_failures = 5\n");
        for _ in 0..4 {
            log.counts(login("alice", &["wonderland", "111111"]), "no-match");
        }
        log.counts(login("alice", &["wonderland", &wrong]), "too-many-failures");
        machine.policy(
            "[login]\nfailure_delay_milliseconds = 0\nunenrolled = \"ignore\"\n\
             [[rule]]\nname = \"no\"\naction = \"deny\"\nusers = [\"alice\"]\n\
             [[rule]]\nname = \"yes\"\naction = \"exempt\"\nusers = [\"carol\"]\n",
        );
        log.counts(login("alice", &["wonderland", &wrong]), "denied");
        log.passes_over(login("carol", &["x", ""]), "exempt");
        log.counts(login("carol", &["y", ""]), "wrong-password");
        log.passes_over(login("bob", &["builder", ""]), "not-enrolled-ignored");
        machine.enrol_pending("bob", &[]);
        machine.otpctl_ok(&["disable", "bob"]);
        log.passes_over(login("bob", &["builder", ""]), "disabled");
        fs::remove_file("/var/lib/pam-otp/state/bob").unwrap();
        log.passes_over(login("bob", &["builder", ""]), "store-missing");
        machine.policy("[login]\nfailure_delay = 0\n");
        log.passes_over(login("bob", &["builder", ""]), "misconfigured");

        assert_eq!(log.found(), log.wanted);
    }
}
