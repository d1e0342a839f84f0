//! A token in software, and the person who holds it.

use super::{PATIENCE, wait_for};
use crate::built;
use std::ffi::CString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What the token typed at a press of its button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// As it appears with a US layout.
    pub text: String,
    /// The usages of the HID keyboard page; bit 80 stands for shift.
    pub usages: Vec<u8>,
}

/// A token in a virtual reader. Dropped, it is pulled out and gone.
pub struct VirtualToken {
    child: Child,
    wire: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    reader: String,
}

impl VirtualToken {
    pub(super) fn start(reader: &str, port: u16, kind: &str, words: &[&str]) -> Self {
        // Nitrokey's firmware is built apart, with crates of its own.
        let program = match kind {
            "nitrokey" => built("../nitrokey-token/debug/nitrokey-token"),
            _ => built("virtual-token"),
        };
        let mut child = Command::new(program)
            .args([kind, "--reader", &format!("127.0.0.1:{port}")])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the token can be started");
        let stdin = child.stdin.take().expect("it was piped");
        let stdout = child.stdout.take().expect("it was piped");
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the token speaks");
        assert_eq!(line, "ready\n", "the token {kind} {words:?} did not start");
        Self {
            child,
            wire: Mutex::new((stdin, stdout)),
            reader: reader.to_owned(),
        }
    }

    /// Name of the reader that it is in.
    pub fn reader(&self) -> &str {
        &self.reader
    }

    /// Gives an order (tests/virtual-token/src/control.rs) and returns the lines it brings.
    ///
    /// # Errors
    ///
    /// What the token says why not.
    pub fn order(&self, order: &str) -> Result<Vec<String>, String> {
        let mut wire = self.wire.lock().expect("nobody panicked meanwhile");
        let (stdin, stdout) = &mut *wire;
        writeln!(stdin, "{order}").expect("the token lives");
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let bytes = stdout.read_line(&mut line).expect("the token lives");
            assert!(bytes > 0, "the token ended at: {order}");
            let line = line.trim_end();
            if line == "ok" {
                return Ok(lines);
            }
            if let Some(why) = line.strip_prefix("error ") {
                return Err(why.to_owned());
            }
            lines.push(line.to_owned());
        }
    }

    fn obeys(&self, order: &str) -> Vec<String> {
        let said = self.order(order);
        said.unwrap_or_else(|why| panic!("{order}: {why}"))
    }

    /// Presses the button: 1 short, 2 long.
    ///
    /// # Errors
    ///
    /// Why it typed nothing.
    pub fn press(&self, button: u8) -> Result<Typed, String> {
        let lines = self.order(&format!("press {button}"))?;
        let line = |word: &str| {
            let found = lines.iter().find_map(|line| line.strip_prefix(word));
            found.unwrap_or_else(|| panic!("{word} is not in {lines:?}"))
        };
        // Written with Rust's escapes, which for what keys type are those of JSON.
        let text = serde_json::from_str(line("typed ")).expect("a quoted text");
        let usages = line("usages").split_whitespace();
        let usages = usages.map(|usage| u8::from_str_radix(usage, 16).expect("a byte"));
        let usages = usages.collect();
        Ok(Typed { text, usages })
    }

    /// What the display of a token that has one shows of a profile.
    ///
    /// # Errors
    ///
    /// Why there is nothing on it.
    pub fn display(&self, profile: usize) -> Result<String, String> {
        let lines = self.order(&format!("display {profile}"))?;
        Ok(lines.concat())
    }

    /// The finger from now on: `yes`, `no`, or after milliseconds.
    pub fn touch(&self, finger: &str) {
        self.obeys(&format!("touch {finger}"));
    }

    /// Waits until the token waits for a touch.
    pub fn wait_until_it_wants_touch(&self) {
        wait_for("a touch is wanted", || self.obeys("waiting") == ["yes"]);
    }

    /// It is pulled out at the `exchange`-th exchange from now (1: the next), undone.
    pub fn is_removed_at(&self, exchange: usize) {
        self.obeys(&format!("fault remove {exchange}"));
    }

    /// It does the `exchange`-th command from now and is pulled out before the answer is there.
    pub fn loses_answer(&self, exchange: usize) {
        self.obeys(&format!("fault lose {exchange}"));
    }

    /// It answers the `exchange`-th command from now with this status word.
    pub fn answers_at(&self, exchange: usize, status: u16) {
        self.obeys(&format!("fault answer {exchange} {status:04x}"));
    }

    /// Nothing goes wrong any more.
    pub fn has_no_faults(&self) {
        self.obeys("fault none");
    }

    /// Pulls it out, and waits until pcscd has seen that.
    pub fn remove(&self) {
        self.obeys("remove");
        let name = CString::new(self.reader.as_str()).expect("a name");
        wait_for("the token is out", || is_empty(&name));
    }

    /// Puts it back, with all that is on it, and waits until pcscd sees it.
    pub fn insert(&self) {
        let name = CString::new(self.reader.as_str()).expect("a name");
        wait_for("pcscd sees the token again", || {
            self.obeys("remove");
            // pcscd looks every 400 ms. A card that is out and in again in between is to it
            // still the old one, which does not answer any more. So it does as a person does:
            // out for a moment, in, and if that did not help, once more.
            sleep(Duration::from_millis(600));
            self.obeys("insert");
            is_soon_present(&name)
        });
    }

    /// Waits until it has restarted by itself for the `times`-th time and is back.
    pub fn wait_until_restarted(&self, times: usize) {
        wait_for("the token restarts", || {
            let restarts: usize = self.obeys("restarts")[0].parse().expect("a number");
            restarts >= times
        });
        let name = CString::new(self.reader.as_str()).expect("a name");
        if !is_soon_present(&name) {
            // On a busy machine pcscd may not have seen that it was out.
            self.insert();
        }
    }

    /// How many commands it has been sent.
    pub fn exchanges(&self) -> usize {
        self.obeys("exchanges")[0].parse().expect("a number")
    }

    /// The commands from the `first` (1) on and their answers, in hexadecimal.
    pub fn trace(&self, first: usize) -> Vec<(String, String)> {
        let lines = self.obeys(&format!("trace {first}"));
        let pairs = lines.chunks_exact(2).map(|pair| {
            let strip = |line: &str, mark| line.strip_prefix(mark).expect("marked").to_owned();
            (strip(&pair[0], "> "), strip(&pair[1], "< "))
        });
        pairs.collect()
    }

    pub(super) fn wait_until_seen(&self) {
        let name = CString::new(self.reader.as_str()).expect("a name");
        wait_for("pcscd sees the token", || is_present(&name));
    }
}

impl Drop for VirtualToken {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What pcscd says of a reader.
fn state_of(reader: &CString) -> pcsc::State {
    let Ok(context) = pcsc::Context::establish(pcsc::Scope::User) else {
        return pcsc::State::UNKNOWN;
    };
    let unaware = pcsc::ReaderState::new(reader.clone(), pcsc::State::UNAWARE);
    let mut states = [unaware];
    match context.get_status_change(PATIENCE, &mut states) {
        Ok(()) => states[0].event_state(),
        Err(_) => pcsc::State::UNKNOWN,
    }
}

fn is_soon_present(reader: &CString) -> bool {
    let until = Instant::now() + Duration::from_millis(1500);
    while Instant::now() < until && !is_present(reader) {
        sleep(Duration::from_millis(20));
    }
    is_present(reader)
}

fn is_present(reader: &CString) -> bool {
    let state = state_of(reader);
    // One that has not answered its reset has not got power yet.
    state.contains(pcsc::State::PRESENT) && !state.contains(pcsc::State::MUTE)
}

/// Not the same as "not present": a card that is there and does not answer is neither.
fn is_empty(reader: &CString) -> bool {
    state_of(reader).contains(pcsc::State::EMPTY)
}
