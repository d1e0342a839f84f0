//! Programs of others that talk to tokens: `ykman` of two generations, Nitrokey's own client.
//!
//! Debian has the old ykman; tools/token-peers installs the others under the target folder.

use super::VirtualToken;
use crate::built;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A `ykman`, for the token in one reader.
pub struct Ykman {
    program: PathBuf,
    reader: String,
}

impl Ykman {
    /// Debian's ykman 4.
    pub fn four(token: &VirtualToken) -> Self {
        let (program, reader) = ("/usr/bin/ykman".into(), token.reader().to_owned());
        Self { program, reader }
    }

    /// ykman 5 from the Python package index.
    pub fn five(token: &VirtualToken) -> Self {
        let program = built("../token-peers/bin/ykman");
        let reader = token.reader().to_owned();
        Self { program, reader }
    }

    /// Runs it with these words behind `--reader NAME`.
    pub fn run(&self, words: &[&str]) -> Output {
        self.run_with_input(words, "")
    }

    /// The same with something on standard input.
    pub fn run_with_input(&self, words: &[&str], input: &str) -> Output {
        let mut command = Command::new(&self.program);
        command.args(["--reader", &self.reader]).args(words);
        run(command, input)
    }

    /// Runs it, insists on success, and returns what it printed.
    ///
    /// # Panics
    ///
    /// When it fails.
    pub fn ok(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let (said, complained) = texts(&output);
        let good = output.status.success();
        assert!(good, "ykman {words:?}: {said}{complained}");
        said
    }

    /// Runs it, insists on failure, and returns what it complained of.
    ///
    /// # Panics
    ///
    /// When it succeeds.
    pub fn fails(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let (said, complained) = texts(&output);
        assert!(!output.status.success(), "ykman {words:?}: {said}");
        complained
    }
}

/// Nitrokey's client: makes these calls of its class `SecretsApp`, one after the other, and
/// returns what each brought, `{"error": "6982"}` for a status word.
///
/// # Panics
///
/// When it does not get to the token.
pub fn nitrokey_client(calls: &serde_json::Value) -> Vec<serde_json::Value> {
    let mut command = Command::new(built("../token-peers/bin/python"));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/token/nitrokey_client.py");
    command.arg("-B").arg(script);
    let output = run(command, &calls.to_string());
    let (said, complained) = texts(&output);
    let parsed = serde_json::from_str(&said);
    parsed.unwrap_or_else(|error| panic!("{error}: {said}{complained}"))
}

fn run(mut command: Command, input: &str) -> Output {
    let mut child = command
        .env("HOME", "/root")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; run: make test"));
    let mut stdin = child.stdin.take().expect("it was piped");
    // It may have refused already and closed its end.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}
