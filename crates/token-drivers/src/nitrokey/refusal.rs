//! What a status word of a Nitrokey means, by what was asked.
//!
//! 6982 stands for a touch that did not come; whoever asked for one says so
//! ([`NotTouched`](TokenError::NotTouched)).

use crate::{StatusWord, TokenError};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Select,
    List,
    Put,
    Calculate,
    Delete,
    Update,
    VerifyCode,
    VerifyPin,
    ChangePin,
    SetPin,
    HmacChallenge,
    Reset,
}

impl Operation {
    const fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::List => "list",
            Self::Put => "put",
            Self::Calculate => "calculate",
            Self::Delete => "delete",
            Self::Update => "update",
            Self::VerifyCode => "verify code",
            Self::VerifyPin => "verify PIN",
            Self::ChangePin => "change PIN",
            Self::SetPin => "set PIN",
            Self::HmacChallenge => "HMAC challenge",
            Self::Reset => "reset",
        }
    }
}

/// A PIN or a code is wrong.
pub(super) const WRONG: StatusWord = StatusWord(0x6300);

pub(super) fn refusal(operation: Operation, status: StatusWord) -> TokenError {
    use Operation::{Calculate, Delete, HmacChallenge, Put, Select, Update, VerifyCode};
    match (operation, status) {
        (Select, StatusWord::NOT_FOUND | StatusWord::NOT_SUPPORTED) => TokenError::NoApplication {
            application: "OATH application",
        },
        (Calculate | Delete | Update | VerifyCode | HmacChallenge, StatusWord::NOT_FOUND) => {
            TokenError::NotThere
        }
        (Put | Update, StatusWord::BLOCKED) => TokenError::NameTaken,
        (Put | Update, StatusWord::NO_SPACE) => TokenError::Full,
        (Calculate, StatusWord::NOT_SUPPORTED) => {
            unsupported("the token keeps this account, but computes no codes with SHA-512")
        }
        (Calculate, StatusWord::CONDITIONS) => {
            unsupported("what the token keeps under this name computes no codes")
        }
        (Update, StatusWord::CONDITIONS) => {
            unsupported("the token does not rename accounts whose codes it verifies itself")
        }
        (VerifyCode, StatusWord::CONDITIONS) => {
            unsupported("the token does not verify codes of this account, it computes them")
        }
        (asked, StatusWord::UNKNOWN_INSTRUCTION) => {
            let asked = asked.name();
            unsupported(&format!(
                "the token's firmware does not know the request \"{asked}\""
            ))
        }
        (asked, status) => TokenError::Refused {
            operation: asked.name(),
            status,
        },
    }
}

fn unsupported(why: &str) -> TokenError {
    TokenError::Unsupported { why: why.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_word_of_the_firmware_says_what_happened() {
        let rows = [
            (Operation::Calculate, 0x6A82, TokenError::NotThere),
            (Operation::Delete, 0x6A82, TokenError::NotThere),
            (Operation::Update, 0x6A82, TokenError::NotThere),
            (Operation::VerifyCode, 0x6A82, TokenError::NotThere),
            (Operation::HmacChallenge, 0x6A82, TokenError::NotThere),
            (Operation::Put, 0x6983, TokenError::NameTaken),
            (Operation::Update, 0x6983, TokenError::NameTaken),
            (Operation::Put, 0x6A84, TokenError::Full),
        ];
        for (operation, word, error) in rows {
            let said = refusal(operation, StatusWord(word));
            assert_eq!(said, error, "{operation:?} {word:04X}");
        }
    }

    #[test]
    fn what_the_firmware_cannot_do_is_said_in_words() {
        let rows = [
            (Operation::Calculate, 0x6A81),
            (Operation::Calculate, 0x6985),
            (Operation::Update, 0x6985),
            (Operation::VerifyCode, 0x6985),
            (Operation::Update, 0x6D00),
        ];
        for (operation, word) in rows {
            let said = refusal(operation, StatusWord(word));
            let in_words = matches!(said, TokenError::Unsupported { .. });
            assert!(in_words, "{operation:?} {word:04X}");
        }
    }
}
