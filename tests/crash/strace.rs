//! Running a program so that one of its system calls goes wrong, or is its last.
//!
//! `strace` counts the calls of each name, makes the chosen one fail, or kills the program
//! as it enters it: what came before has happened, the call itself has not. Every run is
//! traced into a file, and a run in which nothing went wrong fails the test.

use pam_otp_tests::{Login, built};
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const TRACE: &str = "/tmp/trace";

/// A system call of a program that behaves the same each time.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Its name.
    pub(crate) call: String,
    /// The how manieth of that name it is, from 1.
    pub(crate) ordinal: usize,
    /// The line of the trace.
    pub(crate) line: String,
}

/// What is done to it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// The program is killed as it enters the call.
    Kill,
    /// The call fails with this error.
    Error(&'static str),
}

/// Whether programs can be traced here; prints the reason if not.
pub(crate) fn works() -> bool {
    let tried = Command::new("strace")
        .args(["-f", "-o", TRACE, "true"])
        .output();
    match tried {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            println!("skipped: programs cannot be traced here: {complaint}");
            false
        }
        Err(error) => panic!("strace is not installed: {error}"),
    }
}

impl Step {
    /// `inject=` for strace.
    fn with(&self, fault: Fault) -> String {
        let Self { call, ordinal, .. } = self;
        match fault {
            Fault::Kill => format!("inject={call}:signal=KILL:when={ordinal}"),
            Fault::Error(error) => format!("inject={call}:error={error}:when={ordinal}"),
        }
    }

    /// Whether it writes to standard output or error.
    pub(crate) fn is_for_the_terminal(&self) -> bool {
        self.line.starts_with("write(1,") || self.line.starts_with("write(2,")
    }

    /// Whether it can change anything on disk, or in a reader's head.
    pub(crate) fn changes_something(&self) -> bool {
        const CHANGING: [&str; 8] = [
            "write",
            "pwrite64",
            "fsync",
            "fdatasync",
            "renameat",
            "unlinkat",
            "mkdirat",
            "fchmod",
        ];
        CHANGING.contains(&self.call.as_str()) || self.line.contains("O_CREAT")
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
    steps()
}

/// The system calls of a login with these names, in order.
pub(crate) fn steps_of_login(calls: &str, login: &Login) -> Vec<Step> {
    let expression = format!("trace={calls}");
    login.clone().started_by(&words(&expression)).run();
    steps()
}

fn steps() -> Vec<Step> {
    let trace = fs::read_to_string(TRACE).unwrap();
    let mut found: Vec<Step> = Vec::new();
    for line in trace.lines() {
        // After the number of the process.
        let line = line
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start();
        let Some((call, _)) = line.split_once('(') else {
            continue;
        };
        let before = found.iter().filter(|step| step.call == call).count();
        found.push(Step {
            call: call.into(),
            ordinal: before + 1,
            line: line.split_whitespace().collect::<Vec<_>>().join(" "),
        });
    }
    assert!(!found.is_empty(), "nothing was traced: {trace}");
    found
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
