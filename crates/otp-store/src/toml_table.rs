//! Reading a TOML table strictly: every key is known, of its kind, and taken.
//!
//! `toml` reads the text and says where each thing stands; here is only what it finds in it. It
//! is done by hand and not by derived code, because that code was a quarter of the module, which
//! every login has to load. What is taken borrows from the text wherever the text has no
//! escapes, so a secret is not copied by being read.
//!
//! Begin with [`FromTable`]. Words and places of what is refused: `toml_fault.rs`.

use crate::toml_fault::{Fault, What};
use std::ops::Deref;
use toml::de::{DeString, DeTable, DeValue};
use zeroize::Zeroize;

/// What can be read from a table.
pub(crate) trait FromTable<'text>: Sized {
    /// Every key that may stand in it. One that is listed and not taken is refused like one
    /// that is not listed.
    const KEYS: &'static [&'static str];

    /// Takes what is there.
    fn from_table(table: &mut Table<'text>) -> Result<Self, Fault<'text>>;
}

/// A table of which things are taken.
#[derive(Debug)]
pub(crate) struct Table<'text> {
    entries: DeTable<'text>,
    at: usize,
    keys: &'static [&'static str],
}

/// Reads a whole text.
pub(crate) fn read<'text, T: FromTable<'text>>(text: &'text str) -> Result<T, Fault<'text>> {
    match DeTable::parse(text) {
        Ok(root) => table_at(root.span().start, root.into_inner()),
        Err(error) => Err(Fault {
            at: error.span().map_or(0, |span| span.start),
            what: What::Syntax(error.message().replace('\n', " ")),
        }),
    }
}

fn table_at<'text, T: FromTable<'text>>(
    at: usize,
    entries: DeTable<'text>,
) -> Result<T, Fault<'text>> {
    let keys = T::KEYS;
    let mut table = Table { entries, at, keys };
    table.none_but(keys)?;
    let read = T::from_table(&mut table)?;
    table.none_but(&[])?;
    Ok(read)
}

impl<'text> Table<'text> {
    fn none_but(&self, keys: &[&str]) -> Result<(), Fault<'text>> {
        let mut found = self.entries.keys();
        match found.find(|key| !keys.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => Err(Fault {
                at: key.span().start,
                what: What::UnknownKey(key.get_ref().clone(), self.keys),
            }),
        }
    }

    fn take(&mut self, key: &str) -> Option<(usize, DeValue<'text>)> {
        let value = self.entries.remove(key)?;
        Some((value.span().start, value.into_inner()))
    }

    /// What `get` finds at this key, which must be there.
    pub(crate) fn need<T>(
        &mut self,
        key: &'static str,
        get: impl FnOnce(&mut Self, &'static str) -> Result<Option<T>, Fault<'text>>,
    ) -> Result<T, Fault<'text>> {
        let what = What::MissingKey(key);
        get(self, key)?.ok_or(Fault { at: self.at, what })
    }

    /// A whole number that fits.
    pub(crate) fn number<N: Number>(
        &mut self,
        key: &'static str,
    ) -> Result<Option<N>, Fault<'text>> {
        let Some((at, found)) = self.take(key) else {
            return Ok(None);
        };
        let what = match found {
            DeValue::Integer(number) => {
                let (digits, radix) = (number.as_str(), number.radix());
                let signed = || i64::from_str_radix(digits, radix).ok();
                let value = match u64::from_str_radix(digits, radix) {
                    Ok(value) => N::try_from(value).ok(),
                    Err(_) => signed().and_then(|value| N::try_from(value).ok()),
                };
                match value {
                    Some(value) => return Ok(Some(value)),
                    None => What::WrongNumber(DeValue::Integer(number), N::NAME),
                }
            }
            other => What::WrongKind(other, N::NAME),
        };
        Err(Fault { at, what })
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, key: &'static str) -> Result<Option<bool>, Fault<'text>> {
        match self.take(key) {
            None => Ok(None),
            Some((_, DeValue::Boolean(flag))) => Ok(Some(flag)),
            Some((at, other)) => Err(wrong(at, other, "a boolean")),
        }
    }

    /// A text.
    pub(crate) fn text(
        &mut self,
        key: &'static str,
    ) -> Result<Option<DeString<'text>>, Fault<'text>> {
        self.take(key)
            .map(|(at, value)| text(at, value))
            .transpose()
    }

    /// A text that belongs to the caller.
    pub(crate) fn owned(&mut self, key: &'static str) -> Result<Option<String>, Fault<'text>> {
        Ok(self.text(key)?.map(DeString::into_owned))
    }

    /// A text that is a secret.
    pub(crate) fn secret(
        &mut self,
        key: &'static str,
    ) -> Result<Option<SecretText<'text>>, Fault<'text>> {
        Ok(self.text(key)?.map(SecretText))
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, key: &'static str) -> Result<Option<Vec<String>>, Fault<'text>> {
        self.list(key, |at, value| Ok(text(at, value)?.into_owned()))
    }

    /// One of these words, as what it means.
    pub(crate) fn word<W: Copy>(
        &mut self,
        key: &'static str,
        words: &'static [(&'static str, W)],
    ) -> Result<Option<W>, Fault<'text>> {
        let Some((at, value)) = self.take(key) else {
            return Ok(None);
        };
        let found = text(at, value)?;
        match words.iter().find(|(word, _)| *word == found) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => Err(Fault {
                at,
                what: What::UnknownWord(found, words.iter().map(|(word, _)| *word).collect()),
            }),
        }
    }

    /// A table inside this one.
    pub(crate) fn table<T: FromTable<'text>>(
        &mut self,
        key: &'static str,
    ) -> Result<Option<T>, Fault<'text>> {
        self.take(key)
            .map(|(at, value)| table_at(at, entries(at, value)?))
            .transpose()
    }

    /// A table of tables with names that the writer has chosen.
    pub(crate) fn named<T: FromTable<'text>>(
        &mut self,
        key: &'static str,
    ) -> Result<Vec<(String, T)>, Fault<'text>> {
        let Some((at, value)) = self.take(key) else {
            return Ok(Vec::new());
        };
        let named = entries(at, value)?.into_iter().map(|(name, value)| {
            let at = value.span().start;
            let table = table_at(at, entries(at, value.into_inner())?)?;
            Ok((name.into_inner().into_owned(), table))
        });
        named.collect()
    }

    /// A list of tables.
    pub(crate) fn tables<T: FromTable<'text>>(
        &mut self,
        key: &'static str,
    ) -> Result<Option<Vec<T>>, Fault<'text>> {
        self.list(key, |at, value| table_at(at, entries(at, value)?))
    }

    fn list<T>(
        &mut self,
        key: &'static str,
        read: fn(usize, DeValue<'text>) -> Result<T, Fault<'text>>,
    ) -> Result<Option<Vec<T>>, Fault<'text>> {
        match self.take(key) {
            None => Ok(None),
            Some((_, DeValue::Array(list))) => {
                let one_by_one = list.into_iter();
                let read = one_by_one.map(|value| read(value.span().start, value.into_inner()));
                read.collect::<Result<_, _>>().map(Some)
            }
            Some((at, other)) => Err(wrong(at, other, "a sequence")),
        }
    }
}

fn wrong<'text>(at: usize, found: DeValue<'text>, expected: &'static str) -> Fault<'text> {
    let what = What::WrongKind(found, expected);
    Fault { at, what }
}

fn text<'text>(at: usize, value: DeValue<'text>) -> Result<DeString<'text>, Fault<'text>> {
    match value {
        DeValue::String(text) => Ok(text),
        other => Err(wrong(at, other, "a string")),
    }
}

fn entries<'text>(at: usize, value: DeValue<'text>) -> Result<DeTable<'text>, Fault<'text>> {
    match value {
        DeValue::Table(entries) => Ok(entries),
        other => Err(wrong(at, other, "a table")),
    }
}

/// A whole number, with the name that refusals give its range.
pub(crate) trait Number: TryFrom<u64> + TryFrom<i64> {
    /// Its name.
    const NAME: &'static str;
}

impl Number for u16 {
    const NAME: &'static str = "u16";
}

impl Number for u32 {
    const NAME: &'static str = "u32";
}

impl Number for u64 {
    const NAME: &'static str = "u64";
}

impl Number for usize {
    const NAME: &'static str = "usize";
}

impl Number for i64 {
    const NAME: &'static str = "i64";
}

/// A secret in the text that was read, or, where it was spelled with escapes, a copy that is
/// wiped.
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
