//! Ctrl-C at any moment leaves everything as before, or fully done; the administrator's program
//! is told, and cannot hold anybody up for long.

use crate::clock::can_trace;
use crate::terminal::{Ended, Terminal};
use pam_otp_tests::{Login, Machine, built, put, sandboxed};
use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The policy that tells this program of changes, and does not hold refusals back.
fn tells(machine: &Machine, script: &str) {
    put(
        "/tmp/tell",
        format!("#!/bin/sh\n{script}\n").as_bytes(),
        0o755,
    );
    machine.policy(
        "[login]\nfailure_delay_milliseconds = 0\n[administration]\nnotify = \"/tmp/tell\"\n",
    );
}

/// Waits for a file that the administrator's program makes.
fn wait_for(path: &str) {
    let start = Instant::now();
    while !Path::new(path).exists() {
        assert!(start.elapsed() < Duration::from_secs(30), "no {path}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a command, presses Ctrl-C while the administrator's program is told of it, and checks
/// that the signal took effect in the end.
fn interrupted(arguments: &[&str]) -> Ended {
    let mut terminal = Terminal::otpctl(arguments);
    wait_for("/tmp/started");
    terminal.types("\x03");
    let ended = terminal.ends();
    assert_eq!(
        ended.status.signal(),
        Some(libc::SIGINT),
        "{}",
        ended.screen
    );
    ended
}

/// Whether a process is at work, and not only waiting to be forgotten.
fn is_alive(number: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", number.trim())).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

sandboxed! {
    fn ctrl_c_in_the_middle_of_a_reset_leaves_it_fully_done() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &[]);
        tells(&machine, "touch /tmp/started; sleep 1; cat > /tmp/told");
        let ended = interrupted(&["reset", "alice", "--yes", "--plain"]);
        assert!(ended.screen.contains("Secret: "), "{}", ended.screen);
        assert!(!ended.screen.contains("Warning: the change"), "{}", ended.screen);
        assert!(machine.otpctl_ok(&["history", "alice"]).contains("reset by root"));
        assert!(fs::read_to_string("/tmp/told").unwrap().contains("\"action\":\"reset\""));
    }

    fn ctrl_c_in_the_middle_of_a_change_after_a_hidden_question_leaves_it_fully_done() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &[]);
        tells(&machine, "touch /tmp/started; sleep 1; cat > /tmp/told");
        let mut terminal = Terminal::otpctl(&["pin", "set", "alice"]);
        for question in ["New PIN: ", "Once more: "] {
            terminal.wait_for(question);
            terminal.types("2580\n");
        }
        wait_for("/tmp/started");
        terminal.types("\x03");
        let ended = terminal.ends();
        assert!(ended.screen.contains("typed together"), "{}", ended.screen);
        assert!(machine.otpctl_ok(&["history", "alice"]).contains("pin set by root"));
        assert!(fs::read_to_string("/tmp/told").unwrap().contains("\"action\":\"pin set\""));
    }

    fn ctrl_c_in_a_batch_ends_it_where_everybody_so_far_is_told_of_and_it_can_be_run_again() {
        let machine = Machine::with_alice();
        let names: String = (0..300).map(|number| {
            let name = format!("user{number}");
            machine.add_user(&name, "x");
            name + "\n"
        }).collect();
        fs::write("/tmp/names", names).unwrap();
        tells(&machine, "[ -e /tmp/started ] || { touch /tmp/started; sleep 1; }; echo >> /tmp/told");
        let batch = ["enroll", "--from", "/tmp/names", "--plain"];
        let ended = interrupted(&batch);
        assert!(ended.screen.contains("user255: enrolled"), "{}", ended.screen);
        assert!(!ended.screen.contains("user256: enrolled"), "{}", ended.screen);
        let enrolled = machine.otpctl_ok(&["list"]).lines().count();
        assert_eq!((enrolled, fs::read_to_string("/tmp/told").unwrap().len()), (256, 256));
        assert!(machine.otpctl_ok(&["history", "user255"]).contains("enroll by root"));
        let again = machine.otpctl_ok(&batch);
        assert!(again.contains("44 enrolled, 256 enrolled already, 0 failed."), "{again}");
    }

    fn a_program_that_hangs_is_ended_with_all_its_own_and_asked_no_more() {
        let machine = Machine::with_alice();
        machine.add_user("bob", "builder");
        tells(&machine, "echo >> /tmp/told; sleep 300 & echo $! > /tmp/helper; wait");
        fs::write("/tmp/names", "alice\nbob\n").unwrap();
        let start = Instant::now();
        let output = machine.otpctl(&["enroll", "--from", "/tmp/names"]);
        let took = start.elapsed();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(said.matches("was not told of it: no end after 10 s; it is not told of further ones").count(), 1, "{said}");
        assert!(took.as_secs() >= 10, "{took:?}");
        assert_eq!(fs::read_to_string("/tmp/told").unwrap(), "\n");
        // It was sent a signal that nothing outlives; dying takes a moment on a busy machine.
        let helper = fs::read_to_string("/tmp/helper").unwrap();
        let patience = Instant::now();
        while is_alive(&helper) {
            assert!(patience.elapsed().as_secs() < 30, "it lives on");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        for user in ["alice", "bob"] {
            assert!(machine.otpctl_ok(&["history", user]).contains("enroll by root"));
        }
    }

    fn the_program_that_is_told_can_be_ended_like_any_other() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &[]);
        // What it starts may live longer, and inherits which signals are held back.
        tells(&machine, "grep SigBlk /proc/self/status > /tmp/told");
        machine.otpctl_ok(&["disable", "alice"]);
        let told = fs::read_to_string("/tmp/told").unwrap();
        assert_eq!(told, "SigBlk:\t0000000000000000\n");
    }

    fn ctrl_z_in_the_middle_of_a_change_holds_nobody_up() {
        if !can_trace() {
            return;
        }
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        machine.enrol("alice", &["--hotp"]);
        // As it writes, with the account locked.
        let mut stopped = Command::new("strace")
            .args(["-f", "-qq", "-o", "/tmp/trace", "-e", "inject=fdatasync:signal=TSTP:when=1"])
            .arg(built("otpctl"))
            .args(["reset", "alice", "--yes"])
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let start = Instant::now();
        let is_stopped = || {
            let trace = fs::read_to_string("/tmp/trace").unwrap_or_default();
            trace.contains("--- stopped by SIGTSTP ---")
        };
        while !is_stopped() {
            assert!(start.elapsed() < Duration::from_secs(30), "it is not stopped");
            std::thread::sleep(Duration::from_millis(5));
        }
        let code = Login::new("door", "alice").answers(&["000000"]).run().code;
        let unlocked = machine.otpctl(&["unlock", "alice"]);
        let group = i32::try_from(stopped.id()).unwrap();
        // SAFETY: two numbers; the group is ours.
        assert_eq!(unsafe { libc::kill(-group, libc::SIGCONT) }, 0);
        assert!(stopped.wait().unwrap().success());
        assert_eq!(code, "PAM_AUTH_ERR");
        assert!(unlocked.status.success(), "{unlocked:?}");
    }
}
