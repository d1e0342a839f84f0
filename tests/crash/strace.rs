//! Running a program so that one of its system calls goes wrong, or is its last.
//!
//! `strace` counts the calls of each name, makes the chosen one fail, or kills the program
//! as it enters it: what came before has happened, the call itself has not. Every run is
//! traced into a file, and a run in which nothing went wrong fails the test.

use crate::step::{Fault, Step, steps_in};
use pam_otp_tests::{Login, built, skip};
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const TRACE: &str = "/tmp/trace";

/// Whether programs can be traced here; otherwise the test is passed over.
pub(crate) fn works() -> bool {
    let tried = Command::new("strace")
        .args(["-f", "-o", TRACE, "true"])
        .output();
    match tried {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            skip(&format!("programs cannot be traced here: {complaint}"));
            false
        }
        Err(error) => panic!("strace is not installed: {error}"),
    }
}

/// The words in front of a program that is traced with this expression.
pub(crate) fn words(expression: &str) -> [&str; 7] {
    ["strace", "-f", "-qq", "-o", TRACE, "-e", expression]
}

/// The system calls of `otpctl` with these names, in order.
pub(crate) fn steps_of_otpctl(calls: &str, arguments: &[&str], input: &str) -> Vec<Step> {
    let output = otpctl(&format!("trace={calls}"), arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    steps_in(&fs::read_to_string(TRACE).unwrap())
}

/// The system calls of a login with these names, in order.
pub(crate) fn steps_of_login(calls: &str, login: &Login) -> Vec<Step> {
    let expression = format!("trace={calls}");
    login.clone().started_by(&words(&expression)).run();
    steps_in(&fs::read_to_string(TRACE).unwrap())
}

/// Runs `otpctl` with a fault; fails if the fault did not happen.
pub(crate) fn otpctl_with(fault: Fault, at: &Step, arguments: &[&str], input: &str) -> Output {
    let output = otpctl(&at.with(fault), arguments, input);
    must_have_happened(fault, at);
    output
}

/// The code of a login with a fault, `None` if it was killed.
pub(crate) fn login_with(fault: Fault, at: &Step, login: &Login) -> Option<String> {
    let expression = at.with(fault);
    let outcome = login.clone().started_by(&words(&expression)).outcome();
    must_have_happened(fault, at);
    outcome
}

/// Starts a login under an expression of one's own.
pub(crate) fn login_under(expression: &str, login: &Login) -> Option<String> {
    let outcome = login.clone().started_by(&words(expression)).outcome();
    let trace = fs::read_to_string(TRACE).unwrap();
    assert!(trace.contains("(INJECTED)"), "nothing went wrong: {trace}");
    outcome
}

/// Runs `otpctl` under an expression of strace.
pub(crate) fn otpctl(expression: &str, arguments: &[&str], input: &str) -> Output {
    let words = words(expression);
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .arg(built("otpctl"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace can be started");
    // It may not live to read it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn must_have_happened(fault: Fault, at: &Step) {
    let trace = fs::read_to_string(TRACE).unwrap();
    let happened = match fault {
        Fault::Kill => trace.contains("+++ killed by SIGKILL +++"),
        Fault::Error(_) => trace.contains("(INJECTED)"),
    };
    assert!(happened, "nothing went wrong at {at:?}: {trace}");
}
