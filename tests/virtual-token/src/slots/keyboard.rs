//! The keyboard that a token pretends to be: HID usages, and a US layout to read them.

/// Added to a usage: shift is held.
pub(super) const SHIFT: u8 = 0x80;
pub(super) const ENTER: u8 = 0x28;
pub(super) const TAB: u8 = 0x2B;

/// The letters that lie at the same place on (nearly) every keyboard, for the values 0 to 15.
pub(super) const MODHEX: &[u8; 16] = b"cbdefghijklnrtuv";

/// The order of a scan map (the manual's "scan code map").
const MAPPED: &[u8; 45] = b"cbdefghijklnrtuvCBDEFGHIJKLNRTUV0123456789!\t\r";

/// By which usages the token types its letters and digits.
#[derive(Clone)]
pub(super) struct ScanMap([u8; 45]);

impl ScanMap {
    /// As for a US keyboard.
    pub(super) fn standard() -> Self {
        Self(MAPPED.map(|letter| match letter {
            b'\r' => ENTER,
            letter => usage(letter).expect("each is on the keyboard"),
        }))
    }

    /// Each must be a key.
    pub(super) fn parse(usages: &[u8]) -> Option<Self> {
        let map: [u8; 45] = usages.try_into().ok()?;
        let is_key = |usage: &u8| (0x04..=0x65).contains(&(usage & !SHIFT));
        map.iter().all(is_key).then_some(Self(map))
    }

    /// The usage of a letter or digit.
    pub(super) fn usage(&self, letter: u8) -> u8 {
        let at = MAPPED.iter().position(|one| *one == letter);
        self.0[at.expect("only what is mapped is typed so")]
    }
}

/// The keys of a US keyboard from usage 04 on: without and with shift.
const PLAIN: &[u8] = b"abcdefghijklmnopqrstuvwxyz1234567890\n\x1b\x08\t -=[]\\#;'`,./";
const SHIFTED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()\n\x1b\x08\t _+{}|~:\"~<>?";
/// The keypad from usage 59 on.
const KEYPAD: &[u8] = b"1234567890";

fn usage(letter: u8) -> Option<u8> {
    let place = |keys: &[u8]| keys.iter().position(|one| *one == letter);
    let (at, shift) = match place(PLAIN) {
        Some(at) => (at, 0),
        None => (place(SHIFTED)?, SHIFT),
    };
    u8::try_from(at + 4).ok().map(|usage| usage | shift)
}

/// The digit key of the keypad.
pub(super) fn keypad(digit: u8) -> u8 {
    let at = KEYPAD.iter().position(|one| *one == digit);
    u8::try_from(at.expect("a digit") + 0x59).expect("small")
}

/// What appears on a computer with a US layout.
pub(super) fn read(usages: &[u8]) -> String {
    let letters = usages.iter().map(|usage| {
        let key = usize::from(usage & !SHIFT);
        let letter = match key.checked_sub(0x59) {
            Some(at) => KEYPAD.get(at),
            None if usage & SHIFT == 0 => key.checked_sub(4).and_then(|at| PLAIN.get(at)),
            None => key.checked_sub(4).and_then(|at| SHIFTED.get(at)),
        };
        letter.map_or('\u{FFFD}', |letter| char::from(*letter))
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usages_are_those_of_the_hid_usage_tables() {
        // HID Usage Tables, s.10: a 04, z 1D, 1 1E, 0 27, Enter 28, Tab 2B, space 2C, / 38.
        let pairs = [
            (b'a', 0x04),
            (b'z', 0x1D),
            (b'1', 0x1E),
            (b'0', 0x27),
            (b'/', 0x38),
        ];
        for (letter, expected) in pairs {
            assert_eq!(usage(letter), Some(expected));
        }
        assert_eq!(
            (usage(b'\n'), usage(b'\t'), usage(b' ')),
            (Some(ENTER), Some(TAB), Some(0x2C))
        );
        assert_eq!(usage(b'A'), Some(0x84));
        assert_eq!(usage(b'?'), Some(0xB8));
        assert_eq!(
            read(&[0x84, 0x05, 0x06, 0x2D, 0x1E, 0x1F, 0x20, 0x9E]),
            "Abc-123!"
        );
        assert_eq!(read(&[keypad(b'0'), keypad(b'1')]), "01");
    }
}
