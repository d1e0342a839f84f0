//! The two bytes at the end of every answer (ISO/IEC 7816-4 s.5.6).

use std::fmt;

/// A status word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// Done.
    pub const OK: Self = Self(0x9000);
    /// Something went wrong in the card's memory.
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// The length of the command is wrong.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// A password or PIN is wanted first; also: nobody touched it in time.
    pub const SECURITY_STATUS: Self = Self(0x6982);
    /// The PIN is blocked; with some families: the operation is.
    pub const BLOCKED: Self = Self(0x6983);
    /// What is referred to cannot be used (no such object, wrong proof).
    pub const DATA_INVALID: Self = Self(0x6984);
    /// A condition is not met: a button is waited for, a name is taken.
    pub const CONDITIONS: Self = Self(0x6985);
    /// The data of the command is wrong.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// The function is not supported.
    pub const NOT_SUPPORTED: Self = Self(0x6A81);
    /// The application or object is not there.
    pub const NOT_FOUND: Self = Self(0x6A82);
    /// The record is not there.
    pub const RECORD_NOT_FOUND: Self = Self(0x6A83);
    /// The card is full.
    pub const NO_SPACE: Self = Self(0x6A84);
    /// P1 or P2 is wrong.
    pub const WRONG_PARAMETERS: Self = Self(0x6B00);
    /// The instruction is not known.
    pub const UNKNOWN_INSTRUCTION: Self = Self(0x6D00);
    /// The class is not known.
    pub const UNKNOWN_CLASS: Self = Self(0x6E00);

    /// How many further bytes wait, where there are some (`61xx`; 0 means 256 or more).
    pub const fn more(self) -> Option<u8> {
        match self.0.to_be_bytes() {
            [0x61, waiting] => Some(waiting),
            _ => None,
        }
    }

    /// How many tries a PIN has left, where the card says so (`63Cx`).
    pub const fn tries_left(self) -> Option<u8> {
        match self.0.to_be_bytes() {
            [0x63, low] if low & 0xF0 == 0xC0 => Some(low & 0x0F),
            _ => None,
        }
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}
