//! One call of `otpctl`, as data: what is there before, what is typed, what must come out.
//!
//! Whatever a case says, some things hold for all of them: a refusal has two parts and
//! changes nothing, no terminal codes reach a pipe, and a secret appears on standard output
//! only where it is wanted, on standard error never.

use crate::clock::WARNING;
use crate::shell::{SECRET, set_up, shell, snapshot};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// The sentence that it proves.
    pub(crate) name: String,
    /// Shell commands before; those of the prelude are known.
    #[serde(default)]
    setup: String,
    /// The shell command that is tried.
    run: String,
    /// What is typed.
    #[serde(default)]
    input: String,
    /// The exit status.
    status: i32,
    /// What standard output contains; `stdout_is`: what it is.
    #[serde(default)]
    stdout: Vec<String>,
    stdout_is: Option<String>,
    /// What standard error contains; `stderr_is`: what it is.
    #[serde(default)]
    stderr: Vec<String>,
    stderr_is: Option<String>,
    /// What appears nowhere.
    #[serde(default)]
    nowhere: Vec<String>,
    /// Another user than root.
    pub(crate) as_user: Option<u32>,
    /// The store is another one afterwards.
    #[serde(default)]
    changes: bool,
    /// The secret of the prelude stands on standard output.
    #[serde(default)]
    shows_secret: bool,
}

impl Case {
    /// What is wrong with it; empty if it holds.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let setup = set_up(&self.setup);
        if !setup.status.success() {
            return vec![format!("the setup failed: {setup:?}")];
        }
        let before = snapshot("/var/lib/pam-otp");
        let output = shell(&self.run, &self.input, self.as_user);
        let after = snapshot("/var/lib/pam-otp");
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        // What the command says of the clock depends on this machine, and is tried in clock.rs.
        let stderr = String::from_utf8_lossy(&output.stderr).replace(WARNING, "");

        let mut must = |holds: bool, what: &str| {
            if !holds {
                faults.push(what.to_string());
            }
        };
        let status = output.status.code();
        must(
            status == Some(self.status),
            &format!("exit status {status:?} instead of {}", self.status),
        );
        for (name, text, parts, whole) in [
            ("stdout", &stdout, &self.stdout, &self.stdout_is),
            ("stderr", &stderr, &self.stderr, &self.stderr_is),
        ] {
            for part in parts {
                // Explanations are folded; where, does not matter here.
                let found = text.contains(part) || one_line(text).contains(part);
                must(found, &format!("{name} lacks {part:?}"));
            }
            let same = whole.as_ref().is_none_or(|whole| text == whole);
            must(same, &format!("{name} is another one"));
            for part in self
                .nowhere
                .iter()
                .map(String::as_str)
                .chain(["panicked", "\x1b"])
            {
                must(!text.contains(part), &format!("{name} has {part:?}"));
            }
        }
        let shown = without_blanks(&stdout).contains(SECRET);
        must(shown == self.shows_secret, "the secret on standard output");
        must(
            !without_blanks(&stderr).contains(SECRET),
            "the secret on standard error",
        );
        must(
            (before != after) == self.changes,
            "what has changed in the store",
        );
        if status != Some(0) {
            must(
                has_two_parts(&stderr),
                "not two parts: what happened, and what to do",
            );
        }
        if !faults.is_empty() {
            faults.push(format!("stdout: {stdout}\nstderr: {stderr}"));
        }
        faults
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_blanks(text: &str) -> String {
    text.split(' ').collect()
}

/// `otpctl: ...` and an indented line after it; or the parser's `error: ...` and its hint.
fn has_two_parts(stderr: &str) -> bool {
    let ours = stderr.split_once("otpctl: ").is_some_and(|(_, rest)| {
        let mut lines = rest.lines();
        let what = lines.next().unwrap_or_default();
        let remedy = lines.next().unwrap_or_default();
        !what.trim().is_empty() && remedy.len() > 9 && remedy.starts_with("        ")
    });
    ours || stderr.contains("Usage: otpctl") || stderr.contains("try '--help'")
}
