//! Which key a character is on.
//!
//! A slot presses keys; the computer that it is plugged into decides which letters they are.
//! So a password is right only where that computer has the layout for which it was written.
//! Only what one key types, alone or with Shift, can be written: no AltGr, no dead keys. What
//! is missing in a table cannot be typed. Checked against xkb (`tests/layouts.rs`).
//!
//! Sources: USB HID Usage Tables, keyboard page (07); the layouts `us`, `gb`, `de`, `fr` of
//! xkeyboard-config. DE and FR differ a little between systems (~ is on a key of its
//! own in FR on Linux only); only what Linux and Windows agree on is in a table.

mod tables;

use super::scan_codes::{ScanCodes, ScanCodesError};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// The sixteen letters that lie on the same keys of nearly every Latin layout, in the order
/// of their values.
pub const MODHEX_ALPHABET: &str = "cbdefghijklnrtuv";

/// What is to be said when a static password is written in a layout.
pub const LAYOUT_WARNING: &str = "The button presses keys, it does not send letters. The \
     password comes out right only where the keyboard layout is the one it was written for: \
     think of the login screen, the disk password before the system starts, and remote \
     consoles, which often have US. With MODHEX it comes out the same nearly everywhere.";

/// What is to be said when a button is to type codes.
pub const DIGITS_WARNING: &str = "On a French layout the upper row types digits only with \
     Shift, so a code comes out as letters and signs. There, write the button with digits from \
     the numeric keypad; they need Num Lock.";

/// A layout of a keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Layout {
    /// United States.
    Us,
    /// United Kingdom.
    Uk,
    /// Germany and Austria.
    De,
    /// France (AZERTY).
    Fr,
    /// Sixteen letters that nearly all layouts agree on, small and in capitals.
    Modhex,
}

/// Why a text cannot be a static password in a layout. Nothing of the text is part of it: it
/// is a password, and terminals are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotType {
    /// A character that no key types, alone or with Shift.
    Character {
        /// In which layout.
        layout: Layout,
        /// Where it stands, counted from 1.
        place: usize,
    },
    /// Too long, or empty.
    Length(ScanCodesError),
}

impl fmt::Display for CannotType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character { layout, place } => write!(
                f,
                "character {place} of the password cannot be typed in layout {layout}: no key \
                 types it alone or with Shift, and a button presses neither AltGr nor dead keys"
            ),
            Self::Length(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CannotType {}

impl Layout {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Us, Self::Uk, Self::De, Self::Fr, Self::Modhex];

    /// The name for people and for the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Uk => "UK",
            Self::De => "DE",
            Self::Fr => "FR",
            Self::Modhex => "MODHEX",
        }
    }

    /// The layout of that name, in capitals or small letters; GB is UK.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = if name.eq_ignore_ascii_case("GB") {
            "UK"
        } else {
            name
        };
        let mut all = Self::ALL.into_iter();
        all.find(|layout| layout.name().eq_ignore_ascii_case(name))
    }

    /// Every character of the layout with its key.
    pub fn keys(self) -> Vec<(char, u8)> {
        let tables: &[tables::Table] = match self {
            Self::Us => &[&tables::LETTERS, &tables::WHITE_SPACE, &tables::US],
            Self::Uk => &[&tables::LETTERS, &tables::WHITE_SPACE, &tables::UK],
            Self::De => &[&tables::LETTERS_QWERTZ, &tables::WHITE_SPACE, &tables::DE],
            Self::Fr => &[&tables::LETTERS_AZERTY, &tables::WHITE_SPACE, &tables::FR],
            Self::Modhex => &[&tables::MODHEX],
        };
        let parts = tables.iter().flat_map(|table| table.iter());
        parts
            .flat_map(|(characters, first)| characters.chars().zip(*first..))
            .collect()
    }

    /// The key of a character.
    pub fn key(self, character: char) -> Option<u8> {
        let keys = self.keys();
        let found = keys.iter().find(|(one, _)| *one == character)?;
        Some(found.1)
    }

    /// The printable characters of ASCII that the layout cannot type, for people.
    pub fn missing_ascii(self) -> String {
        let keys = self.keys();
        let missing = |one: &char| !keys.iter().any(|(character, _)| character == one);
        (' '..='~').filter(missing).collect()
    }

    /// A text as keys.
    ///
    /// # Errors
    ///
    /// [`CannotType`].
    ///
    /// ```
    /// # use token_drivers::slots::Layout;
    /// // Z is where Y is on an American keyboard; 80 is Shift.
    /// let codes = Layout::De.scan_codes("Zug").unwrap();
    /// assert_eq!(codes.as_bytes(), [0x80 | 0x1C, 0x18, 0x0A]);
    /// assert!(Layout::De.scan_codes("a@b").is_err());
    /// ```
    pub fn scan_codes(self, text: &str) -> Result<ScanCodes, CannotType> {
        let length = text.chars().count();
        if length > ScanCodes::MOST_KEYS {
            return Err(CannotType::Length(ScanCodesError::TooLong { keys: length }));
        }
        // All room at once: a Vec that grows would leave keys behind.
        let mut codes = Zeroizing::new(Vec::with_capacity(ScanCodes::MOST_KEYS));
        for (character, place) in text.chars().zip(1..) {
            let key = self.key(character).ok_or(CannotType::Character {
                layout: self,
                place,
            })?;
            codes.push(key);
        }
        ScanCodes::new(&codes).map_err(CannotType::Length)
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A password of modhex letters from random bytes, a letter (4 bits) each: 38 bytes make 152
/// bits. Every letter is equally likely.
pub fn modhex_password(random: &[u8]) -> Zeroizing<String> {
    let mut password = Zeroizing::new(String::with_capacity(random.len()));
    let letter = |byte: &u8| MODHEX_ALPHABET.chars().nth(usize::from(byte & 0x0F));
    password.extend(random.iter().filter_map(letter));
    password
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_layout_in_capitals_and_small_letters() {
        for layout in Layout::ALL {
            assert_eq!(Layout::of_name(layout.name()), Some(layout));
            assert_eq!(Layout::of_name(&layout.name().to_lowercase()), Some(layout));
        }
        assert_eq!(Layout::of_name("gb"), Some(Layout::Uk));
        assert_eq!(Layout::of_name("dvorak"), None);
    }

    #[test]
    fn what_a_layout_cannot_type_is_known() {
        let missing = Layout::ALL.map(Layout::missing_ascii);
        assert_eq!(missing[..4], ["", "", "@[\\]^`{|}~", "#@[\\]^`{|}~"]);
        assert_eq!(missing[4].chars().count(), 95 - 32);
    }

    #[test]
    fn a_character_that_no_key_types_is_named_by_its_place_only() {
        let error = Layout::De.scan_codes("geheim@").err().unwrap();
        assert_eq!(
            error,
            CannotType::Character {
                layout: Layout::De,
                place: 7
            }
        );
        let said = format!("{error} {error:?}");
        assert!(said.contains("character 7"), "{said}");
        assert!(!said.contains('@') && !said.contains("geheim"), "{said}");
    }

    #[test]
    fn a_password_of_39_characters_is_too_long_however_many_bytes_they_are() {
        let error = |text: &str| Layout::De.scan_codes(text).err();
        assert!(error(&"ä".repeat(38)).is_none());
        let too_long = CannotType::Length(ScanCodesError::TooLong { keys: 39 });
        assert_eq!(error(&"a".repeat(39)), Some(too_long));
        let empty = CannotType::Length(ScanCodesError::Empty);
        assert_eq!(error(""), Some(empty));
    }

    #[test]
    fn random_bytes_become_modhex_and_all_of_it_can_be_typed() {
        let every: Vec<u8> = (0..=255).collect();
        let password = modhex_password(&every);
        assert_eq!(*password, MODHEX_ALPHABET.repeat(16));
        let codes = Layout::Modhex.scan_codes(&password[..38]).unwrap();
        assert_eq!(codes.as_bytes()[..4], [0x06, 0x05, 0x07, 0x08]);
        // The same keys as on the other layouts that call themselves Latin.
        for layout in [Layout::Us, Layout::Uk, Layout::De, Layout::Fr] {
            let same = layout.scan_codes(MODHEX_ALPHABET).unwrap();
            let modhex = Layout::Modhex.scan_codes(MODHEX_ALPHABET).unwrap();
            assert_eq!(same.as_bytes(), modhex.as_bytes(), "{layout}");
        }
    }
}
