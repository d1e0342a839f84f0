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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_word_of_the_protocol_says_what_happened() {
        use Dialect::{CanoKey, Generic, YubiKey};
        let wrong_password = TokenError::WrongPassword {
            what: "password",
            tries_left: None,
        };
        let locked = TokenError::Locked { wants: "password" };
        let none = TokenError::NoApplication {
            application: "OATH application",
        };
        let rows = [
            (Operation::Select, 0x6A82, YubiKey, none),
            (Operation::List, 0x6982, YubiKey, locked.clone()),
            (Operation::Put, 0x6982, Generic, locked.clone()),
            (Operation::Calculate, 0x6982, Generic, locked),
            (Operation::Unlock, 0x6A80, YubiKey, wrong_password.clone()),
            (Operation::Unlock, 0x6A80, CanoKey, wrong_password),
            (Operation::Calculate, 0x6984, YubiKey, TokenError::NotThere),
            (Operation::Delete, 0x6984, YubiKey, TokenError::NotThere),
            (Operation::Rename, 0x6984, CanoKey, TokenError::NotThere),
            (Operation::Delete, 0x6A82, Generic, TokenError::NotThere),
            (Operation::Put, 0x6985, CanoKey, TokenError::NameTaken),
            (Operation::Rename, 0x6985, CanoKey, TokenError::NameTaken),
            (Operation::Put, 0x6A84, YubiKey, TokenError::Full),
            (Operation::Put, 0x6A84, CanoKey, TokenError::Full),
            (Operation::Put, 0x6F00, YubiKey, TokenError::Full),
        ];
        for (operation, word, dialect, error) in rows {
            let said = refusal(operation, StatusWord(word), dialect, false);
            assert_eq!(said, error, "{operation:?} {word:04X} {dialect:?}");
        }
        let untouched = refusal(
            Operation::Calculate,
            StatusWord::SECURITY_STATUS,
            YubiKey,
            true,
        );
        assert_eq!(untouched, TokenError::NotTouched);
    }

    #[test]
    fn what_no_token_should_say_is_told_with_its_number() {
        for word in [0x6581, 0x6700, 0x6984, 0x6A80, 0x6B00, 0x1234] {
            let status = StatusWord(word);
            let said = refusal(Operation::SetPassword, status, Dialect::YubiKey, false);
            let error = TokenError::Refused {
                operation: "set password",
                status,
            };
            assert_eq!(said, error);
        }
        let unknown = StatusWord::UNKNOWN_INSTRUCTION;
        let said = refusal(Operation::Rename, unknown, Dialect::YubiKey, false);
        assert!(matches!(said, TokenError::Unsupported { .. }));
    }
}
