//! Enrolments, revocations and logins that run at once: alice is enrolled or not, never half.

use crate::all_at_once::{AT_ONCE, Counts, HOW_LONG, count, otpctl};
use crate::interleaved::{ON_THE_WAY, PAUSE, held_up};
use crate::strace::{otpctl as under_strace, steps_of_otpctl, works};
use pam_otp_tests::{Login, Machine, sandboxed};
use std::time::Instant;

sandboxed! {
    fn revocations_and_enrolments_at_once_end_in_a_whole_account_or_none() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        machine.enrol_pending("alice", &["--hotp"]);
        let commands = Counts::default();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for number in 0..AT_ONCE {
                let commands = &commands;
                scope.spawn(move || {
                    let order: [&[&str]; 3] = [
                        &["revoke", "alice", "--yes"],
                        &["enroll", "alice", "--pending", "--uri-only", "--hotp"],
                        &["reset", "alice", "--yes", "--uri-only"],
                    ];
                    for arguments in order.iter().cycle().skip(number) {
                        if start.elapsed() > HOW_LONG / 2 {
                            return;
                        }
                        let output = otpctl(arguments);
                        assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {output:?}");
                        count(commands, format!("{} {:?}", arguments[0], output.status.code()));
                    }
                });
                scope.spawn(move || {
                    while start.elapsed() < HOW_LONG / 2 {
                        let code = Login::new("door", "alice").answers(&["111111"]).run().code;
                        assert_eq!(code, "PAM_AUTH_ERR");
                    }
                });
            }
        });
        assert!(commands.into_inner().unwrap().len() >= 4);
        let status = machine.otpctl(&["status", "alice"]);
        assert!(matches!(status.status.code(), Some(0 | 1)), "{status:?}");
        if status.status.success() {
            machine.otpctl_ok(&["revoke", "alice", "--yes"]);
        }
        machine.enrol("alice", &["--hotp"]);
    }

    fn the_first_two_enrolments_of_a_machine_do_not_hinder_each_other() {
        if !works() {
            return;
        }
        let machine = Machine::with_alice();
        machine.add_user("bob", "builder");
        let enrol = |user| ["enroll", user, "--pending", "--uri-only"];
        for step in steps_of_otpctl("mkdirat,openat2,fsync,renameat", &enrol("alice"), "") {
            if !step.changes_something() {
                continue;
            }
            std::fs::remove_dir_all("/var/lib/pam-otp").unwrap();
            let held_up = held_up(&step, PAUSE);
            let (one, other) = std::thread::scope(|scope| {
                let one = scope.spawn(|| under_strace(&held_up, &enrol("alice"), ""));
                std::thread::sleep(ON_THE_WAY);
                (otpctl(&enrol("bob")), one.join().unwrap())
            });
            for output in [one, other] {
                assert!(output.status.success(), "one held up at {step:?}: {output:?}");
            }
        }
    }

    fn who_comes_second_is_refused_and_shown_no_secret_that_is_dead() {
        if !works() {
            return;
        }
        let machine = Machine::with_alice();
        machine.add_user("bob", "builder");
        machine.otpctl_ok(&["enroll", "bob", "--pending", "--uri-only"]);
        let enrol = ["enroll", "alice", "--pending", "--uri-only"];
        let steps = steps_of_otpctl("flock,renameat", &enrol, "");
        for step in steps {
            machine.otpctl_ok(&["revoke", "alice", "--yes"]);
            let held_up = held_up(&step, PAUSE);
            let (one, other) = std::thread::scope(|scope| {
                let one = scope.spawn(|| under_strace(&held_up, &enrol, ""));
                std::thread::sleep(ON_THE_WAY);
                (otpctl(&enrol), one.join().unwrap())
            });
            let (done, refused) = if one.status.success() { (one, other) } else { (other, one) };
            assert!(done.status.success(), "{step:?}: {done:?}");
            assert_eq!(refused.status.code(), Some(1), "{step:?}: {refused:?}");
            assert!(refused.stdout.is_empty(), "a dead secret, {step:?}: {refused:?}");
        }
    }
}
