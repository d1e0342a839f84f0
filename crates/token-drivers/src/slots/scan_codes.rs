//! A static password as a slot keeps it: which keys are pressed, not which letters appear.

use std::fmt;
use zeroize::Zeroizing;

/// 1 to 38 keys, each a usage of the USB keyboard page with bit 80 for Shift. Wiped when
/// dropped.
pub struct ScanCodes(Zeroizing<Vec<u8>>);

/// Why some bytes are no keys that a slot can keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanCodesError {
    /// There is none.
    Empty,
    /// More than 38.
    TooLong {
        /// How many.
        keys: usize,
    },
    /// A byte that stands for no key: below 04, with or without Shift.
    NoKey,
}

impl fmt::Display for ScanCodesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the password is empty"),
            Self::TooLong { keys } => {
                write!(
                    f,
                    "a button types 38 keys at most; this password has {keys}"
                )
            }
            Self::NoKey => f.write_str("one of the scan codes stands for no key"),
        }
    }
}

impl std::error::Error for ScanCodesError {}

impl ScanCodes {
    /// How many keys fit.
    pub const MOST_KEYS: usize = 38;

    /// Takes the keys.
    ///
    /// # Errors
    ///
    /// [`ScanCodesError`].
    pub fn new(codes: &[u8]) -> Result<Self, ScanCodesError> {
        if codes.is_empty() {
            return Err(ScanCodesError::Empty);
        }
        if codes.len() > Self::MOST_KEYS {
            return Err(ScanCodesError::TooLong { keys: codes.len() });
        }
        // 00 ends the password; 01 to 03 are how a keyboard reports that it is confused.
        if codes.iter().any(|code| code & 0x7F < 4) {
            return Err(ScanCodesError::NoKey);
        }
        Ok(Self(Zeroizing::new(codes.to_vec())))
    }

    /// The keys, which are a secret.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many there are.
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_38_keys_and_nothing_that_is_no_key() {
        assert_eq!(ScanCodes::new(&[4; 38]).unwrap().len(), 38);
        let error = |codes: &[u8]| ScanCodes::new(codes).err();
        assert_eq!(error(&[]), Some(ScanCodesError::Empty));
        assert_eq!(error(&[4; 39]), Some(ScanCodesError::TooLong { keys: 39 }));
        for code in [0, 1, 3, 0x80, 0x83] {
            assert_eq!(error(&[4, code, 4]), Some(ScanCodesError::NoKey), "{code}");
        }
    }
}
