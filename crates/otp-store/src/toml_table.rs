//! Reading a TOML table strictly: every key is known, of its kind, and taken.
//!
//! `toml` reads the text and says where each thing stands; here is only what it finds in it. It
//! is done by hand and not by derived code, because that code was a quarter of the module, which
//! every login has to load. For the same reason a getter answers with a value in any case, and
//! what is wrong is kept beside: the first fault, and with it nothing that was read is given out.
//!
//! What is taken borrows from the text wherever the text has no escapes, so a secret is not
//! copied by being read.
//!
//! Begin with [`FromTable`]. Words and places of what is refused: `toml_fault.rs`.

mod number;

use crate::toml_fault::{Fault, What};
use number::Number;
use std::ops::Deref;
use toml::de::{DeArray, DeString, DeTable, DeValue};
use zeroize::Zeroize;

/// What can be read from a table.
pub(crate) trait FromTable<'text> {
    /// Every key that may stand in it. One that is listed and not taken is refused like one
    /// that is not listed.
    const KEYS: &'static [&'static str];

    /// Takes what is there. What comes of it is thrown away if anything is wrong.
    fn from_table(table: &mut Table<'_, 'text>) -> Self;
}

/// Reads a whole text.
pub(crate) fn read<'text, T: FromTable<'text>>(text: &'text str) -> Result<T, Fault<'text>> {
    let mut fault = None;
    let (at, entries) = parse(text)?;
    let read = table_at(at, entries, &mut fault);
    fault.map_or(Ok(read), Err)
}

fn parse(text: &str) -> Result<(usize, DeTable<'_>), Fault<'_>> {
    match DeTable::parse(text) {
        Ok(root) => Ok((root.span().start, root.into_inner())),
        Err(error) => Err(Fault {
            at: error.span().map_or(0, |span| span.start),
            what: What::Syntax(error.message().replace('\n', " ")),
        }),
    }
}

fn table_at<'text, T: FromTable<'text>>(
    at: usize,
    entries: DeTable<'text>,
    fault: &mut Option<Fault<'text>>,
) -> T {
    let mut table = Table {
        entries,
        at,
        keys: T::KEYS,
        fault,
    };
    table.none_but(T::KEYS);
    let read = T::from_table(&mut table);
    table.none_but(&[]);
    read
}

/// A table of which things are taken.
pub(crate) struct Table<'fault, 'text> {
    entries: DeTable<'text>,
    at: usize,
    keys: &'static [&'static str],
    fault: &'fault mut Option<Fault<'text>>,
}

impl<'text> Table<'_, 'text> {
    fn none_but(&mut self, keys: &[&str]) {
        let mut found = self.entries.keys();
        if let Some(key) = found.find(|key| !keys.contains(&key.get_ref().as_ref())) {
            let what = What::UnknownKey(key.get_ref().clone(), self.keys);
            let at = key.span().start;
            self.fault.get_or_insert(Fault { at, what });
        }
    }

    fn take(&mut self, key: &str) -> Option<(usize, DeValue<'text>)> {
        let value = self.entries.remove(key)?;
        Some((value.span().start, value.into_inner()))
    }

    fn wrong(&mut self, at: usize, what: What<'text>) {
        self.fault.get_or_insert(Fault { at, what });
    }

    fn missing(&mut self, key: &'static str) {
        self.wrong(self.at, What::MissingKey(key));
    }

    /// What `get` finds at this key, which must be there.
    pub(crate) fn need<T: Default>(
        &mut self,
        key: &'static str,
        get: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> T {
        let found = get(self, key);
        if found.is_none() {
            self.missing(key);
        }
        found.unwrap_or_default()
    }

    /// What one of these words means, which must be there; else, beside the fault, this.
    pub(crate) fn need_word<W: Copy>(
        &mut self,
        key: &'static str,
        words: &'static [(&'static str, W)],
        otherwise: W,
    ) -> W {
        let found = self.word(key, words);
        if found.is_none() {
            self.missing(key);
        }
        found.unwrap_or(otherwise)
    }

    /// A whole number that fits.
    pub(crate) fn number<N: Number>(&mut self, key: &'static str) -> Option<N> {
        let (least, most) = N::RANGE;
        self.integer(key, N::NAME, least, most).map(N::from_bits)
    }

    /// A number from `least`, which is 0 or less, to `most`; as its bits.
    #[inline(never)]
    fn integer(
        &mut self,
        key: &'static str,
        kind: &'static str,
        least: i64,
        most: u64,
    ) -> Option<u64> {
        let (at, found) = self.take(key)?;
        let what = match found {
            DeValue::Integer(number) => {
                let (digits, radix) = (number.as_str(), number.radix());
                let value = match u64::from_str_radix(digits, radix) {
                    Ok(value) => Some(value).filter(|value| *value <= most),
                    Err(_) => {
                        let value = i64::from_str_radix(digits, radix).ok();
                        value
                            .filter(|value| *value >= least)
                            .map(i64::cast_unsigned)
                    }
                };
                if value.is_some() {
                    return value;
                }
                What::WrongNumber(DeValue::Integer(number), kind)
            }
            other => What::WrongKind(other, kind),
        };
        self.wrong(at, what);
        None
    }

    /// `true` or `false`.
    #[inline(never)]
    pub(crate) fn flag(&mut self, key: &'static str) -> Option<bool> {
        match self.take(key)? {
            (_, DeValue::Boolean(flag)) => Some(flag),
            (at, other) => {
                self.wrong(at, What::WrongKind(other, "a boolean"));
                None
            }
        }
    }

    /// A text.
    #[inline(never)]
    pub(crate) fn text(&mut self, key: &'static str) -> Option<DeString<'text>> {
        let (at, value) = self.take(key)?;
        self.as_text(at, value)
    }

    fn as_text(&mut self, at: usize, value: DeValue<'text>) -> Option<DeString<'text>> {
        match value {
            DeValue::String(text) => Some(text),
            other => {
                self.wrong(at, What::WrongKind(other, "a string"));
                None
            }
        }
    }

    /// A text that belongs to the caller.
    #[inline(never)]
    pub(crate) fn owned(&mut self, key: &'static str) -> Option<String> {
        self.text(key).map(DeString::into_owned)
    }

    /// A text that is a secret.
    pub(crate) fn secret(&mut self, key: &'static str) -> Option<SecretText<'text>> {
        self.text(key).map(SecretText)
    }

    /// A list of texts.
    #[inline(never)]
    pub(crate) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let list = self.array(key)?;
        let mut texts = Vec::with_capacity(list.len());
        for value in list {
            let text = self.as_text(value.span().start, value.into_inner());
            texts.extend(text.map(DeString::into_owned));
        }
        Some(texts)
    }

    fn array(&mut self, key: &'static str) -> Option<DeArray<'text>> {
        match self.take(key)? {
            (_, DeValue::Array(list)) => Some(list),
            (at, other) => {
                self.wrong(at, What::WrongKind(other, "a sequence"));
                None
            }
        }
    }

    /// One of these words, as what it means.
    pub(crate) fn word<W: Copy>(
        &mut self,
        key: &'static str,
        words: &'static [(&'static str, W)],
    ) -> Option<W> {
        let place = self.choice(key, &|place| words.get(place).map(|(word, _)| *word))?;
        words.get(place).map(|(_, meaning)| *meaning)
    }

    #[inline(never)]
    fn choice(
        &mut self,
        key: &'static str,
        word_at: &dyn Fn(usize) -> Option<&'static str>,
    ) -> Option<usize> {
        let (at, value) = self.take(key)?;
        let found = self.as_text(at, value)?;
        let words = || (0..).map_while(word_at);
        let place = words().position(|word| word == found);
        if place.is_none() {
            self.wrong(at, What::UnknownWord(found, words().collect()));
        }
        place
    }

    /// A table inside this one.
    pub(crate) fn table<T: FromTable<'text>>(&mut self, key: &'static str) -> Option<T> {
        let (at, value) = self.take(key)?;
        self.as_table(at, value)
    }

    fn as_table<T: FromTable<'text>>(&mut self, at: usize, value: DeValue<'text>) -> Option<T> {
        let entries = self.as_entries(at, value)?;
        Some(table_at(at, entries, self.fault))
    }

    fn as_entries(&mut self, at: usize, value: DeValue<'text>) -> Option<DeTable<'text>> {
        match value {
            DeValue::Table(entries) => Some(entries),
            other => {
                self.wrong(at, What::WrongKind(other, "a table"));
                None
            }
        }
    }

    /// A table of tables whose names the writer has chosen.
    pub(crate) fn named<T: FromTable<'text>>(&mut self, key: &'static str) -> Vec<(String, T)> {
        let Some((at, value)) = self.take(key) else {
            return Vec::new();
        };
        let mut named = Vec::new();
        for (name, value) in self.as_entries(at, value).unwrap_or_default() {
            if let Some(table) = self.as_table(value.span().start, value.into_inner()) {
                named.push((name.into_inner().into_owned(), table));
            }
        }
        named
    }

    /// A list of tables.
    pub(crate) fn tables<T: FromTable<'text>>(&mut self, key: &'static str) -> Option<Vec<T>> {
        let list = self.array(key)?;
        let mut tables = Vec::with_capacity(list.len());
        for value in list {
            tables.extend(self.as_table(value.span().start, value.into_inner()));
        }
        Some(tables)
    }
}

/// A secret in the text that was read, or, where it was spelled with escapes, a copy that is
/// wiped.
#[derive(Default)]
pub(crate) struct SecretText<'text>(DeString<'text>);

impl Deref for SecretText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for SecretText<'_> {
    fn drop(&mut self) {
        if let DeString::Owned(copy) = &mut self.0 {
            copy.zeroize();
        }
    }
}

#[cfg(test)]
mod tests;
