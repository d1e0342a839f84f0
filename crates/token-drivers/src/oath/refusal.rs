//! What a status word means, by what was asked and whom.
//!
//! The applets use the same words for different events; this is the only place that knows.

use super::dialect::Dialect;
use crate::{StatusWord, TokenError};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Select,
    List,
    Put,
    Calculate,
    CalculateAll,
    Delete,
    Rename,
    SetPassword,
    Unlock,
    Reset,
}

impl Operation {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::List => "list",
            Self::Put => "put",
            Self::Calculate => "calculate",
            Self::CalculateAll => "calculate all",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::SetPassword => "set password",
            Self::Unlock => "unlock",
            Self::Reset => "reset",
        }
    }

    /// Whether it speaks of a credential that should be there.
    const fn names_one(self) -> bool {
        matches!(self, Self::Calculate | Self::Delete | Self::Rename)
    }
}

/// Some NEOs say this when they are full.
const NEO_FULL: StatusWord = StatusWord(0x6F00);

/// The error of a status word. `may_want_touch`: the credential may be one that has to be
/// touched, so that running into the time limit is likely.
pub(crate) fn refusal(
    operation: Operation,
    status: StatusWord,
    dialect: Dialect,
    may_want_touch: bool,
) -> TokenError {
    use Operation::{Calculate, Put, Rename, Select, Unlock};
    match (operation, status) {
        (Select, StatusWord::NOT_FOUND | StatusWord::NOT_SUPPORTED) => TokenError::NoApplication {
            application: "OATH application",
        },
        (Calculate, StatusWord::SECURITY_STATUS) if may_want_touch => TokenError::NotTouched,
        (_, StatusWord::SECURITY_STATUS) => TokenError::Locked { wants: "password" },
        (Unlock, StatusWord::WRONG_DATA) => TokenError::WrongPassword {
            what: "password",
            tries_left: None,
        },
        (asked, StatusWord::DATA_INVALID | StatusWord::NOT_FOUND) if asked.names_one() => {
            TokenError::NotThere
        }
        (Put | Rename, StatusWord::CONDITIONS) if dialect == Dialect::CanoKey => {
            TokenError::NameTaken
        }
        (Put, StatusWord::NO_SPACE) => TokenError::Full,
        (Put, NEO_FULL) if dialect == Dialect::YubiKey => TokenError::Full,
        (asked, StatusWord::UNKNOWN_INSTRUCTION) => TokenError::Unsupported {
            why: format!("the token does not know the request \"{}\"", asked.name()),
        },
        (asked, status) => TokenError::Refused {
            operation: asked.name(),
            status,
        },
    }
}
