//! A static password recorded from a keyboard: which keys are pressed, whatever the layout.
//!
//! Input events of Linux (`linux/input-event-codes.h`) become usages of the USB keyboard
//! page. Opening the device and hiding what is typed is the command's; this file sees codes
//! and values only. Enter ends the recording and is not part of it: whether Enter is typed is
//! a setting of the slot.

use super::scan_codes::{ScanCodes, ScanCodesError};
use std::fmt;
use zeroize::Zeroizing;

const ENTER: u16 = 28;
const KEYPAD_ENTER: u16 = 96;
const BACKSPACE: u16 = 14;
const LEFT_SHIFT: u16 = 42;
const RIGHT_SHIFT: u16 = 54;

/// Keys that make another key something that a slot cannot press.
const MODIFIERS: [(u16, &str); 7] = [
    (29, "Ctrl"),
    (97, "Ctrl"),
    (56, "Alt"),
    (100, "AltGr"),
    (58, "Caps Lock"),
    (125, "the system key"),
    (126, "the system key"),
];

/// The rows of a keyboard: the first code of a row, and the usages from there on.
const ROWS: [(u16, &[u8]); 5] = [
    // 1 to 0, minus, equals
    (
        2,
        &[
            0x1E, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2D, 0x2E,
        ],
    ),
    // Tab, Q to P, the brackets
    (
        15,
        &[
            0x2B, 0x14, 0x1A, 0x08, 0x15, 0x17, 0x1C, 0x18, 0x0C, 0x12, 0x13, 0x2F, 0x30,
        ],
    ),
    // A to L, semicolon, apostrophe, grave
    (
        30,
        &[
            0x04, 0x16, 0x07, 0x09, 0x0A, 0x0B, 0x0D, 0x0E, 0x0F, 0x33, 0x34, 0x35,
        ],
    ),
    // backslash (the two keys that keyboards have there are one to Linux), Z to M, comma,
    // dot, slash
    (
        43,
        &[
            0x32, 0x1D, 0x1B, 0x06, 0x19, 0x05, 0x11, 0x10, 0x36, 0x37, 0x38,
        ],
    ),
    // space
    (57, &[0x2C]),
];

/// The key between left Shift and Z on European keyboards.
const BESIDE_LEFT_SHIFT: (u16, u8) = (86, 0x64);

/// The usage of a key that types something. `None` for every other key.
pub fn usage_of_key(code: u16, shift: bool) -> Option<u8> {
    let plain = if code == BESIDE_LEFT_SHIFT.0 {
        Some(BESIDE_LEFT_SHIFT.1)
    } else {
        let mut rows = ROWS.iter();
        rows.find_map(|(first, usages)| {
            let place = code.checked_sub(*first)?;
            usages.get(usize::from(place)).copied()
        })
    };
    plain.map(|usage| if shift { usage | 0x80 } else { usage })
}

/// Why a key cannot be part of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotRecord {
    /// A key that changes others in a way that a slot cannot.
    Modifier(&'static str),
    /// A key that is none of those that a slot presses.
    Key,
    /// More keys than fit.
    TooLong,
}

impl fmt::Display for CannotRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Modifier(name) => {
                write!(
                    f,
                    "a button cannot hold {name}; it knows plain keys and Shift"
                )
            }
            Self::Key => f.write_str(
                "this key cannot be recorded; a button types letters, digits, signs, Tab and \
                 space of the main part of the keyboard",
            ),
            Self::TooLong => write!(
                f,
                "the password has more than {} keys, and a button types no more",
                ScanCodes::MOST_KEYS
            ),
        }
    }
}

impl std::error::Error for CannotRecord {}

/// Whether a recording goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It does.
    More,
    /// Enter was pressed.
    Finished,
}

/// A recording. Wiped when dropped.
pub struct Recording {
    codes: Zeroizing<Vec<u8>>,
    left_shift: bool,
    right_shift: bool,
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            // All room at once: a Vec that grows would leave keys behind.
            codes: Zeroizing::new(Vec::with_capacity(ScanCodes::MOST_KEYS)),
            left_shift: false,
            right_shift: false,
        }
    }
}

impl Recording {
    /// Takes an event of a key: its code, and its value (0 released, 1 pressed, 2 repeated).
    /// Repetitions do not count: how many there are depends on the computer.
    ///
    /// # Errors
    ///
    /// [`CannotRecord`]; the recording is as before.
    pub fn key(&mut self, code: u16, value: i32) -> Result<Recorded, CannotRecord> {
        let pressed = value == 1;
        match code {
            LEFT_SHIFT => self.left_shift = value != 0,
            RIGHT_SHIFT => self.right_shift = value != 0,
            _ if !pressed => {}
            ENTER | KEYPAD_ENTER => return Ok(Recorded::Finished),
            BACKSPACE => {
                self.codes.pop();
            }
            _ => self.press(code)?,
        }
        Ok(Recorded::More)
    }

    fn press(&mut self, code: u16) -> Result<(), CannotRecord> {
        if let Some((_, name)) = MODIFIERS.iter().find(|(one, _)| *one == code) {
            return Err(CannotRecord::Modifier(name));
        }
        let shift = self.left_shift || self.right_shift;
        let usage = usage_of_key(code, shift).ok_or(CannotRecord::Key)?;
        if self.codes.len() >= ScanCodes::MOST_KEYS {
            return Err(CannotRecord::TooLong);
        }
        self.codes.push(usage);
        Ok(())
    }

    /// How many keys there are.
    pub fn keys(&self) -> usize {
        self.codes.len()
    }

    /// The password.
    ///
    /// # Errors
    ///
    /// [`ScanCodesError::Empty`].
    pub fn finish(self) -> Result<ScanCodes, ScanCodesError> {
        ScanCodes::new(&self.codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Presses and releases.
    fn tap(recording: &mut Recording, code: u16) -> Result<Recorded, CannotRecord> {
        let answer = recording.key(code, 1);
        assert_eq!(recording.key(code, 0), Ok(Recorded::More));
        answer
    }

    #[test]
    fn what_is_pressed_is_what_is_kept_with_either_shift() {
        let mut recording = Recording::default();
        recording.key(LEFT_SHIFT, 1).unwrap();
        tap(&mut recording, 30).unwrap();
        recording.key(RIGHT_SHIFT, 1).unwrap();
        recording.key(LEFT_SHIFT, 0).unwrap();
        tap(&mut recording, 2).unwrap();
        recording.key(RIGHT_SHIFT, 0).unwrap();
        tap(&mut recording, 48).unwrap();
        assert_eq!(tap(&mut recording, ENTER), Ok(Recorded::Finished));
        let codes = recording.finish().unwrap();
        assert_eq!(codes.as_bytes(), [0x84, 0x9E, 0x05]);
    }

    #[test]
    fn backspace_takes_the_last_key_back_and_repetition_counts_for_nothing() {
        let mut recording = Recording::default();
        tap(&mut recording, BACKSPACE).unwrap();
        recording.key(30, 1).unwrap();
        for _ in 0..10 {
            recording.key(30, 2).unwrap();
        }
        recording.key(30, 0).unwrap();
        tap(&mut recording, 31).unwrap();
        tap(&mut recording, BACKSPACE).unwrap();
        assert_eq!(recording.finish().unwrap().as_bytes(), [0x04]);
    }

    #[test]
    fn a_key_that_a_slot_cannot_press_is_refused_by_name_and_leaves_the_rest() {
        let mut recording = Recording::default();
        tap(&mut recording, 30).unwrap();
        let alt_gr = tap(&mut recording, 100);
        assert_eq!(alt_gr, Err(CannotRecord::Modifier("AltGr")));
        assert_eq!(tap(&mut recording, 59), Err(CannotRecord::Key));
        assert_eq!(tap(&mut recording, u16::MAX), Err(CannotRecord::Key));
        assert_eq!(recording.keys(), 1);
        for _ in 0..37 {
            tap(&mut recording, 30).unwrap();
        }
        assert_eq!(tap(&mut recording, 30), Err(CannotRecord::TooLong));
        assert_eq!(recording.finish().unwrap().len(), 38);
        let nothing = Recording::default().finish().err();
        assert_eq!(nothing, Some(ScanCodesError::Empty));
    }
}
