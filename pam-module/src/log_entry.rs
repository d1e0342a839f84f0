//! What one attempt tells the log: its fields, once, for every form that the log has.
//!
//! As a line (`syslog(3)`), text from outside stands in quotation marks and escaped. In the
//! journal (`journal.rs`) each field stands alone, and nothing needs escaping. Either way it
//! is cut.

use crate::Level;
use std::fmt;

/// Longer texts from outside are cut, in characters.
const LONGEST_TEXT: usize = 512;

/// One attempt, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// How urgent it is.
    pub level: Level,
    /// In the order of the line.
    pub fields: Vec<Field>,
}

/// A name with what there is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Small letters and underscores.
    pub name: &'static str,
    /// What is said.
    pub value: Value,
}

/// What a field says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing: a dash in the line.
    Absent,
    /// A word or number of ours.
    Word(String),
    /// A text from outside, or a sentence.
    Text(String),
}

impl LogEntry {
    /// All of it on one line, whatever the texts contain.
    pub fn line(&self) -> String {
        let fields = self.fields.iter().map(ToString::to_string);
        fields.collect::<Vec<_>>().join(" ")
    }
}

impl Field {
    pub(crate) fn new(name: &'static str, value: Value) -> Self {
        Self { name, value }
    }
}

impl Value {
    pub(crate) fn word(word: impl ToString) -> Self {
        Self::Word(word.to_string())
    }

    /// Cut, and with a sign in place of what is not UTF-8.
    pub(crate) fn text(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        Self::Text(text.chars().take(LONGEST_TEXT).collect())
    }

    /// A text that may not be there.
    pub(crate) fn text_if_any(text: Option<Vec<u8>>) -> Self {
        text.map_or(Self::Absent, |text| Self::text(&text))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("-"),
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => write!(f, "\"{}\"", escaped(text)),
        }
    }
}

/// In quotation marks, escaped, cut.
pub(crate) fn quoted(text: &[u8]) -> String {
    Value::text(text).to_string()
}

/// Without line ends and without anything that a terminal would obey; cut.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().take(LONGEST_TEXT) {
        match character {
            // Ends nothing here, and sentences for people have some.
            '\'' => escaped.push(character),
            character => escaped.extend(character.escape_debug()),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_can_forge_a_line_of_the_log() {
        let hostile = "evil\" outcome=accepted\nuser=\"root\u{1b}[2J\u{202e}\\";
        let line = quoted(hostile.as_bytes());
        assert_eq!(
            line,
            r#""evil\" outcome=accepted\nuser=\"root\u{1b}[2J\u{202e}\\""#
        );
        assert_eq!(quoted(b"a\0b\xff"), "\"a\\0b\u{fffd}\"");
    }

    #[test]
    fn a_line_has_its_fields_in_their_order() {
        let entry = LogEntry {
            level: Level::Notice,
            fields: vec![
                Field::new("tty", Value::text_if_any(None)),
                Field::new("user", Value::text(b"a b")),
                Field::new("id", Value::word(7)),
            ],
        };
        assert_eq!(entry.line(), "tty=- user=\"a b\" id=7");
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "\u{e9}".repeat(600);
        let Value::Text(cut) = Value::text(long.as_bytes()) else {
            unreachable!();
        };
        assert_eq!(cut.chars().count(), 512);
    }
}
