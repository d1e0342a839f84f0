//! A guess is counted before anybody can see that it is wrong.
//!
//! Whoever starts `su` may kill it, and sees from outside when it takes the lock (/proc/locks),
//! when it waits for the disk (/proc/PID/stat) and how long it computes in between
//! (/proc/PID/schedstat), which he can stretch by giving it little of a processor. Were a wrong
//! answer computed on longer than a right one before it is written down, he would kill what
//! computes on: guesses that cost nothing.

use crate::strace::works;
use pam_otp_tests::{Device, Login, Machine, sandboxed};
use std::fs;
use std::time::Duration;

const TRACE: &str = "/tmp/times";

/// The time from the lock on the state to the write.
fn until_the_write(login: &Login) -> Duration {
    let words = [
        "strace",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-ttt",
        "-o",
        TRACE,
        "-e",
        "trace=flock,pwrite64",
    ];
    login.clone().started_by(&words).run();
    let trace = fs::read_to_string(TRACE).unwrap();
    let time_of = |call: &str| {
        let line = trace.lines().find(|line| line.contains(call));
        let words = line.map(|line| line.split_ascii_whitespace());
        let time = words.and_then(|mut words| words.nth(1)?.parse().ok());
        Duration::from_secs_f64(time.unwrap_or_else(|| panic!("no {call}: {trace}")))
    };
    time_of(" pwrite64(") - time_of(" flock(")
}

/// Alice with many devices, so that what there is to see is seen on a busy machine, too.
fn enrolled() -> (Machine, Device) {
    let machine = Machine::with_alice();
    machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n");
    machine.code_only_stack("door");
    let sha512 = ["--hotp", "--algorithm", "SHA512"];
    let fob = machine.enrol("alice", &sha512);
    for number in 2..=16 {
        let label = format!("fob {number}");
        let add = ["add", "alice", "--label", &label, "--pending", "--uri-only"];
        machine.otpctl_ok(&[&add[..], &sha512].concat());
    }
    (machine, fob)
}

sandboxed! {
    fn until_it_is_written_down_a_wrong_code_is_computed_on_no_longer_than_a_right_one() {
        if !works() {
            return;
        }
        let (_machine, mut fob) = enrolled();
        let (mut right, mut wrong) = (Duration::MAX, Duration::MAX);
        for _ in 0..8 {
            let with = |code: &str| until_the_write(&Login::new("door", "alice").answers(&[code]));
            right = right.min(with(&fob.next_code()));
            wrong = wrong.min(with(&fob.wrong_code()));
        }
        assert!(wrong < right * 2, "{wrong:?} for a wrong code, {right:?} for a right one");
    }

    fn whether_an_account_must_wait_is_not_seen_by_what_is_computed() {
        if !works() {
            return;
        }
        let (machine, fob) = enrolled();
        let wrong = fob.wrong_code();
        let guess = || until_the_write(&Login::new("door", "alice").answers(&[&wrong]));
        let open = (0..8).map(|_| guess()).min().unwrap();
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 1\nfirst_wait_seconds = 900\n");
        let waiting = (0..8).map(|_| guess()).min().unwrap();
        assert_eq!(machine.failures_of("alice"), 8, "it was not waiting");
        assert!(open < waiting * 2, "{open:?} where it is open, {waiting:?} where it must wait");
    }
}
