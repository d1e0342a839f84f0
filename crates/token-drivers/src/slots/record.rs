//! What is remembered about a slot, since the token tells nobody what it holds.
//!
//! The command keeps these records in its inventory. No secret is part of one.

use super::{Layout, Slot};
use otp_core::{Digits, TokenIdentifier, UnixTime};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a slot was made to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SlotRecord {
    /// Which slot.
    pub slot: Slot,
    /// What it does.
    pub kind: SlotKind,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<FriendlyName>,
    /// For a static password: the layout it was written for. `None`: recorded key by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// For HOTP: what is typed before each code.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "identifier_as_text"
    )]
    pub token_identifier: Option<TokenIdentifier>,
    /// Whether an access code protects it from being changed.
    #[serde(default)]
    pub access_code: bool,
    /// When it was written, seconds since 1970.
    #[serde(with = "seconds")]
    pub written_at: UnixTime,
}

/// What a slot does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotKind {
    /// Types HOTP codes of six digits.
    Hotp6,
    /// Types HOTP codes of eight digits.
    Hotp8,
    /// Types a password.
    StaticPassword,
    /// Answers challenges.
    ChallengeResponse,
    /// Answers challenges after a touch.
    ChallengeResponseTouch,
}

impl SlotKind {
    /// HOTP of so many digits, if slots type so many.
    pub fn hotp(digits: Digits) -> Option<Self> {
        match digits.get() {
            6 => Some(Self::Hotp6),
            8 => Some(Self::Hotp8),
            _ => None,
        }
    }
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hotp6 => "types HOTP codes of 6 digits",
            Self::Hotp8 => "types HOTP codes of 8 digits",
            Self::StaticPassword => "types a static password",
            Self::ChallengeResponse => "answers challenges (HMAC-SHA1)",
            Self::ChallengeResponseTouch => "answers challenges after a touch (HMAC-SHA1)",
        })
    }
}

/// A name for people: 1 to 64 bytes of UTF-8 without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FriendlyName(String);

/// Why some text is no friendly name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FriendlyNameError {
    /// Empty, or blanks only.
    Empty,
    /// More than 64 bytes.
    TooLong,
    /// A character that a terminal would obey rather than show.
    ControlCharacter,
}

impl fmt::Display for FriendlyNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name is empty",
            Self::TooLong => "the name has more than 64 bytes",
            Self::ControlCharacter => "the name has a control character in it",
        })
    }
}

impl std::error::Error for FriendlyNameError {}

impl FriendlyName {
    /// The longest one.
    pub const LONGEST_BYTES: usize = 64;

    /// Takes a name; blanks around it are dropped.
    ///
    /// # Errors
    ///
    /// [`FriendlyNameError`].
    pub fn parse(text: &str) -> Result<Self, FriendlyNameError> {
        let text = text.trim();
        // Besides control characters, those that turn the direction of text around.
        let obeyed = |one: char| {
            one.is_control() || matches!(one, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        };
        if text.is_empty() {
            Err(FriendlyNameError::Empty)
        } else if text.len() > Self::LONGEST_BYTES {
            Err(FriendlyNameError::TooLong)
        } else if text.chars().any(obeyed) {
            Err(FriendlyNameError::ControlCharacter)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FriendlyName {
    type Error = FriendlyNameError;

    fn try_from(text: String) -> Result<Self, FriendlyNameError> {
        Self::parse(&text)
    }
}

impl From<FriendlyName> for String {
    fn from(name: FriendlyName) -> Self {
        name.0
    }
}

/// A token identifier as its twelve characters.
mod identifier_as_text {
    use otp_core::TokenIdentifier;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        identifier: &Option<TokenIdentifier>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match identifier {
            Some(identifier) => serializer.collect_str(identifier),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(
        deserializer: D,
    ) -> Result<Option<TokenIdentifier>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let identifier = text.map(|text| TokenIdentifier::parse(&text));
        identifier.transpose().map_err(D::Error::custom)
    }
}

/// A time as its number.
mod seconds {
    use otp_core::UnixTime;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        time: &UnixTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(time.0)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(
        deserializer: D,
    ) -> Result<UnixTime, D::Error> {
        u64::deserialize(deserializer).map(UnixTime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> SlotRecord {
        SlotRecord {
            slot: Slot::Long,
            kind: SlotKind::Hotp8,
            friendly_name: Some(FriendlyName::parse(" Büro ").unwrap()),
            layout: None,
            token_identifier: TokenIdentifier::parse("ubhe12345678").ok(),
            access_code: true,
            written_at: UnixTime(1_795_730_400),
        }
    }

    #[test]
    fn a_record_is_read_again_as_it_was_written() {
        let text = toml::to_string(&record()).unwrap();
        let expected = "slot = \"long\"\nkind = \"hotp8\"\nfriendly-name = \"Büro\"\n\
                        token-identifier = \"ubhe12345678\"\naccess-code = true\n\
                        written-at = 1795730400\n";
        assert_eq!(text, expected);
        assert_eq!(toml::from_str::<SlotRecord>(&text).unwrap(), record());
        let static_password = SlotRecord {
            kind: SlotKind::StaticPassword,
            friendly_name: None,
            layout: Some(Layout::De),
            token_identifier: None,
            ..record()
        };
        let text = toml::to_string(&static_password).unwrap();
        assert!(text.contains("layout = \"DE\"\n"), "{text}");
        let again = toml::from_str::<SlotRecord>(&text).unwrap();
        assert_eq!(again, static_password);
    }

    #[test]
    fn a_name_in_a_damaged_inventory_is_not_shown_to_a_terminal() {
        let text = toml::to_string(&record()).unwrap();
        let hostile = text.replace("Büro", "\\u001b[2J");
        assert!(toml::from_str::<SlotRecord>(&hostile).is_err());
        for (name, error) in [
            ("  ", FriendlyNameError::Empty),
            (&"ä".repeat(33), FriendlyNameError::TooLong),
            ("a\u{202E}b", FriendlyNameError::ControlCharacter),
            ("a\nb", FriendlyNameError::ControlCharacter),
        ] {
            assert_eq!(FriendlyName::parse(name), Err(error), "{name:?}");
        }
        assert_eq!(
            FriendlyName::parse(&"ä".repeat(32)).unwrap().as_str().len(),
            64
        );
    }
}
