//! A value that TOML allows and that makes no sense here: what is wrong with it, and where it
//! stands.
//!
//! Values are checked after they were read, each beside others, so nobody knows a line by then.
//! It is looked up in the text, which costs a refused policy a second reading and a good one
//! nothing.

use crate::toml_fault::place;
use std::fmt;
use toml::de::{DeTable, DeValue};

/// What is wrong, and the keys that lead there from the top; a place in a list counts from 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Impossible {
    keys: Vec<String>,
    what: String,
}

impl Impossible {
    /// Something about the value of this key.
    pub(super) fn at(key: impl fmt::Display, what: impl Into<String>) -> Self {
        Self {
            keys: vec![key.to_string()],
            what: what.into(),
        }
    }

    /// The same, seen from the table or list around it.
    pub(super) fn inside(mut self, key: impl fmt::Display) -> Self {
        self.keys.insert(0, key.to_string());
        self
    }

    /// The same, with something said before.
    pub(super) fn saying(mut self, before: &str) -> Self {
        self.what.insert_str(0, before);
        self
    }

    /// What is wrong.
    pub(super) fn into_what(self) -> String {
        self.what
    }

    /// Line and column, both from 1, of the value; of the innermost thing around it where the
    /// text does not say it (a default that does not go with another value).
    pub(super) fn place_in(&self, text: &str) -> (usize, usize) {
        let mut at = 0;
        if let Ok(table) = DeTable::parse(text) {
            let mut keys = self.keys.iter();
            let mut found = keys
                .next()
                .and_then(|key| table.get_ref().get(key.as_str()));
            while let Some(value) = found {
                at = value.span().start;
                found = keys.next().and_then(|key| match value.get_ref() {
                    DeValue::Table(table) => table.get(key.as_str()),
                    DeValue::Array(list) => list.get(key.parse::<usize>().ok()?),
                    _ => None,
                });
            }
        }
        place(text, at)
    }
}
