//! A PIN that a person types in front of the code: kept as an Argon2id hash, never itself.
//!
//! It is checked together with the code, and nobody is told which of both was wrong. It is
//! what makes a stolen token useless where the login asks for no password. Four digits are
//! enough because guesses are throttled (NIST SP 800-63B-4 s.3.2.10 asks for at least 4 of an
//! activation secret); the hash is for the day on which a backup is stolen.
//!
//! Source: RFC 9106 (Argon2), s.4; the default cost is its memory-constrained recommendation
//! of the OWASP cheat sheet, 19 MiB and 2 passes.

use alloc::vec::Vec;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use core::fmt;
use zeroize::Zeroize;

/// What is kept of a PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// How many digits it has: where password, PIN and code come in one answer, this tells
    /// where the PIN begins.
    pub length: usize,
    /// What computing the hash costs.
    pub cost: PinCost,
    /// Random, another one for each PIN.
    pub salt: [u8; 16],
    /// The Argon2id hash.
    pub hash: [u8; 32],
}

/// What computing a PIN's hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinCost {
    /// Memory, KiB, 8 to 262144.
    pub memory_kibibytes: u32,
    /// How often the memory is gone through, 1 to 16.
    pub passes: u32,
}

impl PinCost {
    /// Whether both are in their ranges.
    pub fn is_in_range(&self) -> bool {
        (8..=262_144).contains(&self.memory_kibibytes) && (1..=16).contains(&self.passes)
    }
}

impl Default for PinCost {
    fn default() -> Self {
        Self {
            memory_kibibytes: 19 * 1024,
            passes: 2,
        }
    }
}

impl Pin {
    /// The fewest digits of a PIN.
    pub const FEWEST_DIGITS: usize = 4;
    /// The most digits of a PIN.
    pub const MOST_DIGITS: usize = 16;

    /// Hashes a PIN.
    ///
    /// # Errors
    ///
    /// [`PinError`] if it is not 4 to 16 ASCII digits, is one digit over and over or a
    /// sequence, or the cost is out of range or cannot be paid.
    pub fn new(digits: &[u8], salt: [u8; 16], cost: PinCost) -> Result<Self, PinError> {
        let fits = (Self::FEWEST_DIGITS..=Self::MOST_DIGITS).contains(&digits.len());
        if !fits || !digits.iter().all(u8::is_ascii_digit) {
            return Err(PinError::NotDigits);
        }
        if is_too_simple(digits) {
            return Err(PinError::TooSimple);
        }
        let hash = argon2id(digits, &salt, cost)?;
        Ok(Self {
            length: digits.len(),
            cost,
            salt,
            hash,
        })
    }

    /// Whether this is the PIN. Costs the same whatever it is.
    ///
    /// # Errors
    ///
    /// [`PinError::NoMemory`] if the machine cannot pay.
    pub fn is(&self, digits: &[u8]) -> Result<bool, PinError> {
        let hash = argon2id(digits, &self.salt, self.cost)?;
        Ok(constant_time_eq::constant_time_eq(&hash, &self.hash))
    }
}

/// All the same, or counting up or down.
fn is_too_simple(digits: &[u8]) -> bool {
    let step_is = |step: u8| {
        digits
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.wrapping_add(step) == *b))
    };
    step_is(0) || step_is(1) || step_is(u8::MAX)
}

fn argon2id(digits: &[u8], salt: &[u8], cost: PinCost) -> Result<[u8; 32], PinError> {
    let PinCost {
        memory_kibibytes,
        passes,
    } = cost;
    if !cost.is_in_range() {
        return Err(PinError::Cost);
    }
    let params = Params::new(memory_kibibytes, passes, 1, Some(32)).map_err(|_| PinError::Cost)?;
    // Reserved by hand: where there is no memory, a login must be refused, not killed.
    let count = params.block_count();
    let mut memory: Vec<Block> = Vec::new();
    memory
        .try_reserve_exact(count)
        .map_err(|_| PinError::NoMemory)?;
    memory.resize(count, Block::default());
    let mut hash = [0; 32];
    let computed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(digits, salt, &mut hash, &mut memory);
    for block in &mut memory {
        block.as_mut().zeroize();
    }
    computed.map_err(|_| PinError::Cost)?;
    Ok(hash)
}

/// A PIN that cannot be used.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinError {
    /// Not 4 to 16 digits.
    NotDigits,
    /// 1111, 1234, 9876.
    TooSimple,
    /// Memory or passes out of range.
    Cost,
    /// The machine has no memory left to compute the hash.
    NoMemory,
}

impl fmt::Display for PinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotDigits => "a PIN has 4 to 16 digits",
            Self::TooSimple => "a PIN must not be one digit over and over, or count up or down",
            Self::Cost => "memory_kibibytes must be 8 to 262144 and passes 1 to 16",
            Self::NoMemory => "there is no memory left to check the PIN",
        })
    }
}

impl core::error::Error for PinError {}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PinCost = PinCost {
        memory_kibibytes: 8,
        passes: 1,
    };

    #[test]
    fn a_pin_is_known_again_and_no_other_is() {
        let pin = Pin::new(b"2580", [7; 16], CHEAP).unwrap();
        assert_eq!(pin.is(b"2580"), Ok(true));
        for other in [b"2581".as_slice(), b"02580", b"258", b""] {
            assert_eq!(pin.is(other), Ok(false));
        }
        assert_ne!(pin.hash, Pin::new(b"2580", [8; 16], CHEAP).unwrap().hash);
    }

    /// Computed with the reference program: `printf 2580 | argon2 7777777777777777 -id -t 2
    /// -k 19456 -p 1 -l 32 -r`.
    #[test]
    fn the_hash_is_the_one_of_the_reference_implementation() {
        let pin = Pin::new(b"2580", [b'7'; 16], PinCost::default()).unwrap();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&pin.hash),
            "043723898942905d9f4b3acfdbce2d425311d0e32e8b3e8faa9afcde90b4a530"
        );
    }

    #[test]
    fn what_is_no_good_pin_is_refused() {
        for wrong in ["258", "25801234567890123", "25a0", "", "２５８０"] {
            let refused = Pin::new(wrong.as_bytes(), [0; 16], CHEAP);
            assert_eq!(refused, Err(PinError::NotDigits), "{wrong}");
        }
        for simple in ["0000", "1234", "9876", "345678"] {
            let refused = Pin::new(simple.as_bytes(), [0; 16], CHEAP);
            assert_eq!(refused, Err(PinError::TooSimple), "{simple}");
        }
        let dear = PinCost {
            memory_kibibytes: 262_145,
            passes: 1,
        };
        assert_eq!(Pin::new(b"2580", [0; 16], dear), Err(PinError::Cost));
    }
}
