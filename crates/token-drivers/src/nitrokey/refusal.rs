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
