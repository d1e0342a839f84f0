//! Recovery codes: for the day without the device. Ten on a sheet of paper, each good once.
//!
//! A code is 128 random bits and 12 bits that tell a mistyped one from a wrong one, in 28
//! symbols of Crockford's base32, which has no letter that looks like a digit. Only hashes are
//! kept. A fast hash is enough: nobody tries 2^128 codes (NIST SP 800-63B-4 s.3.1.2.2 asks for
//! salt and slowness below 112 bits).

use crate::UnixTime;
use alloc::string::String;
use alloc::vec::Vec;
use constant_time_eq::constant_time_eq;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// Crockford's alphabet: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Set in front of what is hashed, so that no other hash in this house can be one of these.
const FOR_KEEPING: &[u8] = b"pam-otp recovery code 1";
const FOR_CHECKING: &[u8] = b"pam-otp recovery check 1";

/// One code, wiped when dropped.
pub struct RecoveryCode([u8; 16]);

impl RecoveryCode {
    /// How many symbols it has, without hyphens.
    pub const SYMBOLS: usize = 28;

    /// From 128 random bits.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// As it is printed: seven groups of four.
    pub fn expose_text(&self) -> Zeroizing<String> {
        // 128 bits, 12 bits of check: 28 times 5.
        let check = self.check();
        let mut text = Zeroizing::new(String::with_capacity(40));
        let mut bits = u128::from_be_bytes(self.0);
        for place in 0..Self::SYMBOLS {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            let symbol = match place {
                0..=24 => {
                    let symbol = bits >> 123;
                    bits <<= 5;
                    symbol
                }
                // The last three bits of the one, and the first two of the other.
                25 => (bits >> 125 << 2) | u128::from(check >> 10),
                26 => u128::from(check >> 5) & 31,
                _ => u128::from(check) & 31,
            };
            let symbol = usize::try_from(symbol).unwrap_or(0);
            text.push(char::from(ALPHABET.get(symbol).copied().unwrap_or(b'0')));
        }
        bits.zeroize();
        text
    }

    /// Reads 28 symbols as a person types them, small letters and look-alikes too; `None` if
    /// that is no code, most likely because one symbol is wrong.
    pub(crate) fn from_symbols(symbols: &[u8]) -> Option<Self> {
        if symbols.len() != Self::SYMBOLS {
            return None;
        }
        let mut bits: u128 = 0;
        let mut check: u16 = 0;
        for (place, symbol) in symbols.iter().enumerate() {
            let value = value_of(*symbol)?;
            match place {
                0..=24 => bits = (bits << 5) | u128::from(value),
                25 => {
                    bits = (bits << 3) | u128::from(value >> 2);
                    check = u16::from(value & 3);
                }
                _ => check = (check << 5) | u16::from(value),
            }
        }
        let code = Self(bits.to_be_bytes());
        bits.zeroize();
        (code.check() == check).then_some(code)
    }

    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(FOR_KEEPING);
        hash.update(self.0);
        hash.finalize().into()
    }

    /// Twelve bits that a mistyped code has wrong in 4095 of 4096 cases.
    fn check(&self) -> u16 {
        let mut hash = Sha256::new();
        hash.update(FOR_CHECKING);
        hash.update(self.0);
        let hash: [u8; 32] = hash.finalize().into();
        let [first, second, ..] = hash;
        u16::from_be_bytes([first, second]) >> 4
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

fn value_of(symbol: u8) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        symbol => symbol,
    };
    let place = ALPHABET.iter().position(|known| *known == symbol)?;
    u8::try_from(place).ok()
}

/// The codes of one account, which are replaced together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoverySet {
    /// Ties the set to what the state remembers of it.
    pub id: RecoverySetId,
    /// Their hashes; the place of each is its number.
    pub hashes: Vec<[u8; 32]>,
}

/// 64 random bits that tell one set from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoverySetId(pub [u8; 8]);

/// Which codes of a set are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryState {
    /// Of which set.
    pub set: RecoverySetId,
    /// One bit for each code, the first one lowest.
    pub used: u16,
    /// When one was used last.
    pub last_used: Option<UnixTime>,
}

/// What a typed recovery code is, to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecoveryMatch {
    /// None of this account's.
    None,
    /// Good, and has this bit.
    Fresh(u16),
    /// Used before, or of a set that the state does not know.
    Used,
}

impl RecoverySet {
    /// How many codes a set has at most.
    pub const MOST: usize = 16;

    /// How many are left.
    pub fn left(&self, state: Option<&RecoveryState>) -> u32 {
        match state.filter(|state| state.set == self.id) {
            None => 0,
            Some(state) => {
                let all = u32::try_from(self.hashes.len()).unwrap_or(0);
                all.saturating_sub(state.used.count_ones())
            }
        }
    }

    /// Compares with every code, whatever it finds.
    pub(crate) fn look_for(
        &self,
        code: &RecoveryCode,
        state: Option<&RecoveryState>,
    ) -> RecoveryMatch {
        let hash = code.hash();
        let mut found = RecoveryMatch::None;
        for (place, known) in self.hashes.iter().enumerate().take(Self::MOST) {
            let bit = 1_u16 << place;
            if constant_time_eq(known, &hash) {
                // After a crash in the middle of replacing a set, the state knows the new one
                // already: then no code of the old one is good any more.
                let is_fresh =
                    state.is_some_and(|state| state.set == self.id && state.used & bit == 0);
                found = match is_fresh {
                    true => RecoveryMatch::Fresh(bit),
                    false => RecoveryMatch::Used,
                };
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(text: &str) -> Vec<u8> {
        text.bytes().filter(|byte| *byte != b'-').collect()
    }

    #[test]
    fn a_code_is_read_as_it_was_printed() {
        for bytes in [[0; 16], [0xff; 16], *b"0123456789abcdef"] {
            let code = RecoveryCode::from_random(bytes);
            let text = code.expose_text();
            assert_eq!(text.len(), 34);
            assert!(text.split('-').all(|group| group.len() == 4), "{}", *text);
            let read = RecoveryCode::from_symbols(&symbols(&text)).unwrap();
            assert_eq!(read.0, bytes);
            let small = RecoveryCode::from_symbols(&symbols(&text.to_lowercase())).unwrap();
            assert_eq!(small.hash(), code.hash());
        }
    }

    #[test]
    fn look_alikes_are_the_same_symbol() {
        let text = RecoveryCode::from_random([0x08; 16]).expose_text();
        let other = text.replace('0', "o").replace('1', "l");
        assert_ne!(*text, other);
        assert!(RecoveryCode::from_symbols(&symbols(&other)).is_some());
    }

    #[test]
    fn one_wrong_symbol_is_no_code() {
        let text = RecoveryCode::from_random(*b"0123456789abcdef").expose_text();
        let right = symbols(&text);
        let mut passed = 0;
        for place in 0..right.len() {
            for symbol in ALPHABET {
                let mut wrong = right.clone();
                wrong[place] = *symbol;
                if wrong != right && RecoveryCode::from_symbols(&wrong).is_some() {
                    passed += 1;
                }
            }
        }
        // 868 tries, one in 4096 passes by chance.
        assert!(passed <= 3, "{passed}");
        assert!(RecoveryCode::from_symbols(&right[1..]).is_none());
        assert!(RecoveryCode::from_symbols(b"UUUUUUUUUUUUUUUUUUUUUUUUUUUU").is_none());
    }

    #[test]
    fn each_code_is_good_once_and_a_set_that_the_state_does_not_know_never() {
        let codes: Vec<_> = (0..3).map(|n| RecoveryCode::from_random([n; 16])).collect();
        let id = RecoverySetId([1; 8]);
        let set = RecoverySet {
            id,
            hashes: codes.iter().map(RecoveryCode::hash).collect(),
        };
        let state = RecoveryState {
            set: id,
            used: 0b010,
            last_used: None,
        };
        let matches = |code, state| set.look_for(code, state);
        assert_eq!(matches(&codes[0], Some(&state)), RecoveryMatch::Fresh(1));
        assert_eq!(matches(&codes[1], Some(&state)), RecoveryMatch::Used);
        assert_eq!(matches(&codes[2], Some(&state)), RecoveryMatch::Fresh(4));
        let stranger = RecoveryCode::from_random([9; 16]);
        assert_eq!(matches(&stranger, Some(&state)), RecoveryMatch::None);
        let other = RecoveryState {
            set: RecoverySetId([2; 8]),
            used: 0,
            last_used: None,
        };
        assert_eq!(matches(&codes[0], Some(&other)), RecoveryMatch::Used);
        assert_eq!(matches(&codes[0], None), RecoveryMatch::Used);
        assert_eq!(
            (
                set.left(Some(&state)),
                set.left(Some(&other)),
                set.left(None)
            ),
            (2, 0, 0)
        );
    }
}
