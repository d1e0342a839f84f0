//! Tag, length, value: the cards' side.

use crate::apdu::{StatusWord, WRONG_DATA};

/// Appends a field with BER lengths.
pub(crate) fn put(into: &mut Vec<u8>, tag: u8, value: &[u8]) {
    into.push(tag);
    let length = u16::try_from(value.len()).expect("cards write short fields");
    match length.to_be_bytes() {
        [0, low] if low < 0x80 => into.push(low),
        [0, low] => into.extend([0x81, low]),
        [high, low] => into.extend([0x82, high, low]),
    }
    into.extend_from_slice(value);
}

/// A reader of fields in a fixed order.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    /// The tag of the next field.
    pub(crate) fn next_tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The value of the next field, which must have this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Result<&'a [u8], StatusWord> {
        let (length, rest) = match self.0 {
            [found, rest @ ..] if *found == tag => match rest {
                [short @ 0..=0x7F, rest @ ..] => (usize::from(*short), rest),
                [0x81, length, rest @ ..] => (usize::from(*length), rest),
                [0x82, high, low, rest @ ..] => {
                    (usize::from(u16::from_be_bytes([*high, *low])), rest)
                }
                _ => return Err(WRONG_DATA),
            },
            _ => return Err(WRONG_DATA),
        };
        let (value, rest) = rest.split_at_checked(length).ok_or(WRONG_DATA)?;
        self.0 = rest;
        Ok(value)
    }

    /// One raw byte.
    pub(crate) fn byte(&mut self) -> Result<u8, StatusWord> {
        let (first, rest) = self.0.split_first().ok_or(WRONG_DATA)?;
        self.0 = rest;
        Ok(*first)
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), StatusWord> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(WRONG_DATA)
        }
    }
}
