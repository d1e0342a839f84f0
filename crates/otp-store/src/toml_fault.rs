//! What is wrong with a TOML text, and where.
//!
//! A fault keeps what was found and makes no sentence of it unless it is asked to: the sentence
//! repeats words of the text, which is right for a policy and wrong for an account, whose text
//! holds secrets. Accounts and messages look at the place only.

use std::fmt;
use toml::de::{DeString, DeValue};

/// What is wrong, and the byte of the text at which it begins.
#[derive(Debug)]
pub(crate) struct Fault<'text> {
    pub(crate) at: usize,
    pub(crate) what: What<'text>,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum What<'text> {
    /// It is not TOML.
    Syntax(String),
    /// A key that nobody asks for; those that may stand there.
    UnknownKey(DeString<'text>, &'static [&'static str]),
    /// A key that must be there.
    MissingKey(&'static str),
    /// A value of another kind than this.
    WrongKind(DeValue<'text>, &'static str),
    /// A number that this cannot hold.
    WrongNumber(DeValue<'text>, &'static str),
    /// A word that means nothing there; those that do.
    UnknownWord(DeString<'text>, Vec<&'static str>),
}

impl Fault<'_> {
    /// Line and column, both from 1, in the text that was read.
    pub(crate) fn place_in(&self, text: &str) -> (usize, usize) {
        place(text, self.at)
    }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Syntax(message) => f.write_str(message),
            What::UnknownKey(key, known) => {
                write!(f, "unknown field `{key}`, expected ")?;
                list(f, known)
            }
            What::MissingKey(key) => write!(f, "missing field `{key}`"),
            What::WrongKind(found, expected) => {
                f.write_str("invalid type: ")?;
                describe(f, found)?;
                write!(f, ", expected {expected}")
            }
            What::WrongNumber(found, expected) => {
                f.write_str("invalid value: ")?;
                describe(f, found)?;
                write!(f, ", expected {expected}")
            }
            What::UnknownWord(word, known) => {
                write!(f, "unknown variant `{word}`, expected ")?;
                list(f, known)
            }
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, known: &[&str]) -> fmt::Result {
    match known {
        [one] => write!(f, "`{one}`"),
        [one, other] => write!(f, "`{one}` or `{other}`"),
        many => {
            f.write_str("one of ")?;
            let separators = std::iter::once("").chain(std::iter::repeat(", "));
            many.iter()
                .zip(separators)
                .try_for_each(|(word, separator)| write!(f, "{separator}`{word}`"))
        }
    }
}

/// As written; numbers with a point stay text, so that no login links what computes with them.
fn describe(f: &mut fmt::Formatter<'_>, found: &DeValue<'_>) -> fmt::Result {
    match found {
        DeValue::String(text) => write!(f, "string {text:?}"),
        DeValue::Integer(number) => write!(f, "integer `{number}`"),
        DeValue::Float(number) => write!(f, "floating point `{}`", number.as_str()),
        DeValue::Boolean(flag) => write!(f, "boolean `{flag}`"),
        DeValue::Datetime(_) => f.write_str("date"),
        DeValue::Array(_) => f.write_str("sequence"),
        DeValue::Table(_) => f.write_str("table"),
    }
}

/// Line and column, both from 1, of a byte of the text.
pub(crate) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let line_start = before
        .rfind('\n')
        .map_or(0, |newline| newline.saturating_add(1));
    let column = before.get(line_start..).unwrap_or_default().chars().count();
    (line, column.saturating_add(1))
}
