//! What the tests of `otpctl token` have in common: running it, and what it said.

use pam_otp_tests::Machine;
use std::process::Output;

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("it was not killed"),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

impl Said {
    /// Insists on an exit status and on a part of what was said to people.
    #[track_caller]
    pub fn ends(self, status: i32, part: &str) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        // Explanations are folded.
        let all = format!("{} {}", self.out, self.err);
        let all = all.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(all.contains(part), "no {part:?} in {self:?}");
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// `otpctl token …`
pub fn token(machine: &Machine, words: &[&str]) -> Said {
    token_with(machine, words, "")
}

/// `otpctl token …` with something on standard input.
pub fn token_with(machine: &Machine, words: &[&str], input: &str) -> Said {
    let words = [&["token"], words].concat();
    Said::from(machine.otpctl_with_input(&words, input))
}

/// `otpctl …`
pub fn otpctl(machine: &Machine, words: &[&str]) -> Said {
    Said::from(machine.otpctl(words))
}

/// The names of what a token holds.
pub fn names(machine: &Machine) -> Vec<String> {
    let listed = token(machine, &["accounts", "--json"]).ends(0, "").json();
    let accounts = listed["accounts"].as_array().expect("a list").clone();
    let name = |one: &serde_json::Value| one["name"].as_str().expect("a name").to_string();
    accounts.iter().map(name).collect()
}

/// The code of the one account that a token holds by this name.
pub fn code(machine: &Machine, name: &str) -> String {
    let said = token(machine, &["code", "--single", name]).ends(0, "");
    said.out.trim().to_string()
}
