//! What a slot can be made to hold, and the 52 bytes that say so.
//!
//! Layout: 16 bytes "fixed", 6 "uid", 16 "key", 6 new access code, length of "fixed", three
//! bytes of flags (extended, ticket, configuration), two zero bytes, checksum (low byte
//! first). The fields keep the names of Yubico's `ykdef.h` though each kind of slot puts
//! something else into them.

use super::access_code::AccessCode;
use super::flags::{
    ALLOW_UPDATE, APPEND_ENTER, CHALLENGE_HMAC, CHALLENGE_TOUCH, EIGHT_DIGITS, FAST_TRIGGER,
    HMAC_SHORT_CHALLENGES, NUMERIC_KEYPAD, OATH_OR_CHALLENGE, PACING_10, PACING_20, SERIAL_VISIBLE,
    SHORT_TICKET,
};
use super::identifier::{self, IdentifierError};
use super::{ScanCodes, SlotKey, crc};
use otp_core::{Digits, MovingFactor, TokenIdentifier};
use std::fmt;
use zeroize::Zeroizing;

/// What a slot is made to hold.
pub enum SlotContent {
    /// Types the next HOTP code.
    Hotp(HotpSlot),
    /// Types the same keys each time.
    StaticPassword {
        /// The keys.
        codes: ScanCodes,
        /// How they are typed.
        typing: Typing,
    },
    /// Answers a challenge with HMAC-SHA1; types nothing.
    ChallengeResponse {
        /// The key.
        key: SlotKey,
        /// Whether it waits for touch each time.
        touch: bool,
    },
}

/// An HOTP slot (HMAC-SHA1, as all of them).
pub struct HotpSlot {
    key: SlotKey,
    eight_digits: bool,
    first_moving_factor: u16,
    identifier: Option<([u8; 6], u8)>,
    typing: Typing,
}

/// Why parameters do not make an HOTP slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HotpSlotError {
    /// Neither 6 nor 8.
    Digits {
        /// How many were asked for.
        digits: u8,
    },
    /// Not a multiple of 16, or above 1,048,560.
    MovingFactor {
        /// The one that was asked for.
        moving_factor: u64,
    },
    /// An identifier that a slot does not type.
    Identifier(IdentifierError),
}

impl fmt::Display for HotpSlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digits { digits } => {
                write!(f, "a button types 6 or 8 digits, not {digits}")
            }
            Self::MovingFactor { moving_factor } => write!(
                f,
                "the counter of a button begins at a multiple of 16, at most {}; {moving_factor} \
                 is none",
                HotpSlot::LAST_FIRST_MOVING_FACTOR
            ),
            Self::Identifier(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for HotpSlotError {}

impl HotpSlot {
    /// The highest moving factor at which a slot can begin.
    pub const LAST_FIRST_MOVING_FACTOR: u64 = 0xF_FFF0;

    /// An HOTP slot whose first code is that of `first_moving_factor`.
    ///
    /// # Errors
    ///
    /// [`HotpSlotError`].
    pub fn new(
        key: SlotKey,
        digits: Digits,
        first_moving_factor: MovingFactor,
        identifier: Option<&TokenIdentifier>,
        typing: Typing,
    ) -> Result<Self, HotpSlotError> {
        let eight_digits = match digits.get() {
            6 => false,
            8 => true,
            digits => return Err(HotpSlotError::Digits { digits }),
        };
        let MovingFactor(moving_factor) = first_moving_factor;
        let sixteenth = u16::try_from(moving_factor >> 4).ok();
        let first_moving_factor = sixteenth
            .filter(|_| moving_factor.is_multiple_of(16))
            .ok_or(HotpSlotError::MovingFactor { moving_factor })?;
        let identifier = identifier.map(identifier::encode).transpose();
        Ok(Self {
            key,
            eight_digits,
            first_moving_factor,
            identifier: identifier.map_err(HotpSlotError::Identifier)?,
            typing,
        })
    }
}

/// How a slot types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typing {
    /// Enter afterwards.
    pub enter: bool,
    /// Digits from the numeric keypad: the same on every layout, if Num Lock is on.
    pub numeric_keypad: bool,
    /// A brief touch is enough where only this slot is in use.
    pub fast_trigger: bool,
    /// How long it waits between keys.
    pub pacing: Pacing,
}

impl Default for Typing {
    fn default() -> Self {
        Self {
            enter: true,
            numeric_keypad: false,
            fast_trigger: true,
            pacing: Pacing::None,
        }
    }
}

/// How much longer a slot waits between keys, for computers that lose some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pacing {
    /// Not at all.
    #[default]
    None,
    /// About 20 milliseconds.
    Milliseconds20,
    /// About 40 milliseconds.
    Milliseconds40,
    /// About 60 milliseconds.
    Milliseconds60,
}

impl Typing {
    fn ticket(self) -> u8 {
        bit(self.enter, APPEND_ENTER)
    }

    fn configuration(self) -> u8 {
        match self.pacing {
            Pacing::None => 0,
            Pacing::Milliseconds20 => PACING_10,
            Pacing::Milliseconds40 => PACING_20,
            Pacing::Milliseconds60 => PACING_10 | PACING_20,
        }
    }

    fn extended(self) -> u8 {
        ALWAYS | bit(self.numeric_keypad, NUMERIC_KEYPAD) | bit(self.fast_trigger, FAST_TRIGGER)
    }
}

/// Settings of a slot that are changed while its secret stays. The old ones cannot be read,
/// so all of them are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settings {
    /// Of a slot that types.
    Typing(Typing),
    /// Of a challenge-response slot.
    ChallengeResponse {
        /// Whether it waits for touch.
        touch: bool,
    },
}

/// In every slot that is written here.
const ALWAYS: u8 = SERIAL_VISIBLE | ALLOW_UPDATE;

const fn bit(set: bool, bit: u8) -> u8 {
    if set { bit } else { 0 }
}

/// How long a configuration is.
pub(super) const CONFIGURATION_BYTES: usize = 52;

/// The bytes of a configuration, wiped when dropped.
pub(super) type Configuration = Zeroizing<[u8; CONFIGURATION_BYTES]>;

impl SlotContent {
    /// The configuration that writes it.
    pub(super) fn configuration(&self, new_code: Option<&AccessCode>) -> Configuration {
        match self {
            Self::Hotp(slot) => slot.configuration(new_code),
            Self::StaticPassword { codes, typing } => {
                let flags = [
                    typing.extended(),
                    typing.ticket(),
                    SHORT_TICKET | typing.configuration(),
                ];
                assemble(&[codes.as_bytes()], new_code, 16, flags)
            }
            Self::ChallengeResponse { key, touch } => {
                let touch = bit(*touch, CHALLENGE_TOUCH);
                let flags = [
                    ALWAYS,
                    OATH_OR_CHALLENGE,
                    CHALLENGE_HMAC | HMAC_SHORT_CHALLENGES | touch,
                ];
                let [front @ .., _, _, _, _] = key.bytes();
                let back = key.bytes().last_chunk::<4>().map_or(&[][..], |back| back);
                assemble(&[&[0; 16], back, &[0; 2], front], new_code, 0, flags)
            }
        }
    }
}

impl HotpSlot {
    fn configuration(&self, new_code: Option<&AccessCode>) -> Configuration {
        let (identifier, in_modhex, length) = match &self.identifier {
            Some((bytes, in_modhex)) => (bytes.as_slice(), *in_modhex, 6),
            None => (&[][..], 0, 0),
        };
        let flags = [
            self.typing.extended(),
            OATH_OR_CHALLENGE | self.typing.ticket(),
            bit(self.eight_digits, EIGHT_DIGITS) | in_modhex | self.typing.configuration(),
        ];
        let mut fixed = [0; 16];
        for (to, from) in fixed.iter_mut().zip(identifier) {
            *to = *from;
        }
        let [front @ .., _, _, _, _] = self.key.bytes();
        let back = self.key.bytes().last_chunk::<4>();
        let back = back.map_or(&[][..], |back| back);
        let moving_factor = self.first_moving_factor.to_be_bytes();
        assemble(
            &[&fixed, back, &moving_factor, front],
            new_code,
            length,
            flags,
        )
    }
}

impl Settings {
    /// The configuration that changes them. Only a part of the flags counts in it, and the
    /// access code.
    pub(super) fn configuration(self, new_code: Option<&AccessCode>) -> Configuration {
        let flags = match self {
            Self::Typing(typing) => [typing.extended(), typing.ticket(), typing.configuration()],
            Self::ChallengeResponse { touch } => [
                ALWAYS,
                0,
                HMAC_SHORT_CHALLENGES | bit(touch, CHALLENGE_TOUCH),
            ],
        };
        assemble(&[], new_code, 16, flags)
    }
}

/// Puts the parts, one behind the other, into the first 38 bytes, and the rest behind them.
fn assemble(
    parts: &[&[u8]],
    new_code: Option<&AccessCode>,
    fixed_bytes: u8,
    flags: [u8; 3],
) -> Configuration {
    let mut whole = Zeroizing::new([0; CONFIGURATION_BYTES]);
    let secrets = parts.iter().copied().flatten().take(38);
    for (to, from) in whole.iter_mut().zip(secrets) {
        *to = *from;
    }
    let code = new_code.map_or(&[0; AccessCode::BYTES], |code| code.bytes());
    let behind = code
        .iter()
        .chain(std::iter::once(&fixed_bytes))
        .chain(&flags);
    for (to, from) in whole.iter_mut().skip(38).zip(behind) {
        *to = *from;
    }
    let sum = match whole.split_last_chunk::<2>() {
        Some((before, _)) => !crc::checksum(before),
        None => 0,
    };
    for (to, from) in whole.iter_mut().skip(50).zip(sum.to_le_bytes()) {
        *to = from;
    }
    whole
}

#[cfg(test)]
mod tests;
