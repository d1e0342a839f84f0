//! Writing a TOML text that may hold secrets: no piece of it stays behind in memory.
//!
//! Spelling and escaping are those of `toml_writer`. Keys are ours, and plain words.

use std::fmt;
use toml_writer::TomlWrite;
use zeroize::Zeroizing;

/// Room that most accounts and every message have enough of.
const ROOM_BYTES: usize = 4096;

/// A text that grows line by line, and is wiped.
pub(crate) struct TomlText {
    text: Zeroizing<String>,
    written: fmt::Result,
}

impl TomlText {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            text: Zeroizing::new(String::with_capacity(ROOM_BYTES)),
            written: Ok(()),
        }
    }

    /// Begins a table.
    pub(crate) fn table(&mut self, name: &str) {
        self.push(["\n[", name, "]\n"]);
    }

    /// Begins the next table of a list.
    pub(crate) fn next_table(&mut self, list: &str) {
        self.push(["\n[[", list, "]]\n"]);
    }

    /// `key = "value"`
    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.line(key, |text| text.value(value));
    }

    /// `key = ["value", "value"]`
    pub(crate) fn texts(&mut self, key: &str, values: &[String]) {
        self.line(key, |text| text.value(values));
    }

    /// `key = 7`
    pub(crate) fn number(&mut self, key: &str, value: impl TryInto<i64>) {
        // TOML's whole numbers end at 2^63 - 1, RFC 4226's counters at 2^64 - 1.
        let value = value.try_into().map_err(|_| fmt::Error);
        self.line(key, |text| text.value(value?));
    }

    /// `key = true`
    pub(crate) fn flag(&mut self, key: &str, value: bool) {
        self.line(key, |text| text.value(value));
    }

    /// The whole; `None` if something in it cannot be written.
    pub(crate) fn finish(self) -> Option<Zeroizing<String>> {
        self.written.ok()?;
        Some(self.text)
    }

    fn line(&mut self, key: &str, value: impl FnOnce(&mut Self) -> fmt::Result) {
        self.push([key, " = ", ""]);
        if value(self).is_err() {
            self.written = Err(fmt::Error);
        }
        self.push(["\n", "", ""]);
    }

    fn push(&mut self, pieces: [&str; 3]) {
        for piece in pieces {
            let length = self.text.len().saturating_add(piece.len());
            if length > self.text.capacity() {
                // Grown in place, it would leave its beginning behind.
                let mut larger = Zeroizing::new(String::with_capacity(length.saturating_mul(2)));
                larger.push_str(&self.text);
                self.text = larger;
            }
            self.text.push_str(piece);
        }
    }
}

impl fmt::Write for TomlText {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.push([piece, "", ""]);
        Ok(())
    }
}
