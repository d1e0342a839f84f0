//! What a person calls an authenticator: "phone", "blue fob", "Ключ".

use alloc::string::String;
use core::fmt;

/// A checked label: 1 to 64 bytes of UTF-8, without control characters, quotation marks,
/// backslashes or blanks at the ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// The longest label, in bytes of UTF-8.
    pub const LONGEST_BYTES: usize = 64;

    /// # Errors
    ///
    /// [`LabelError`] saying which rule is broken.
    pub fn parse(text: &str) -> Result<Self, LabelError> {
        if text.is_empty() || text.trim() != text {
            return Err(LabelError::Blank);
        }
        if text.len() > Self::LONGEST_BYTES {
            return Err(LabelError::TooLong);
        }
        if text.chars().any(is_confusing) {
            return Err(LabelError::Character);
        }
        Ok(Self(text.into()))
    }

    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that would change how a terminal or a log line around them is read.
fn is_confusing(character: char) -> bool {
    character.is_control()
        || matches!(character, '"' | '\\')
        // Line and paragraph separators, and the marks that turn the direction of writing.
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not taken as a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelError {
    /// Empty, or blanks at an end.
    Blank,
    /// More than 64 bytes.
    TooLong,
    /// A control character, quotation mark, backslash or direction mark.
    Character,
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blank => "a label cannot be empty or begin or end with a blank",
            Self::TooLong => "a label has at most 64 bytes",
            Self::Character => "a label has no control characters, quotation marks or backslashes",
        })
    }
}

impl core::error::Error for LabelError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_name_their_devices_in_their_own_language() {
        for label in ["phone", "blue fob", "Ключ", "電話", "Zoë's card"] {
            assert_eq!(Label::parse(label).unwrap().as_str(), label);
        }
    }

    #[test]
    fn a_label_cannot_forge_a_log_line() {
        for label in [
            "",
            " phone",
            "a\nb",
            "a\u{1b}[2J",
            "a\"b",
            "a\\b",
            "a\u{202e}b",
        ] {
            assert!(Label::parse(label).is_err(), "{label:?}");
        }
        assert_eq!(Label::parse(&"ü".repeat(33)), Err(LabelError::TooLong));
    }
}
