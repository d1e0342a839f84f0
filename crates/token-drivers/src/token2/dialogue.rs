//! What both kinds of Token2 tokens answer alike: who they are, and whether the key is right.

use super::sealing::SealingKey;
use crate::apdu::{Command, Reply};
use crate::{Card, StatusWord, TokenError, transmit};
use otp_core::UnixTime;

/// Who a token is, and what time it believes it to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Its serial number.
    pub serial: String,
    /// Its clock.
    pub clock: UnixTime,
}

/// Asks a single-profile token who it is. Asks for no key and changes nothing.
///
/// # Errors
///
/// [`TokenError::NoApplication`] for every other card.
pub fn read_single_info(card: &mut dyn Card) -> Result<Info, TokenError> {
    let command = Command::new(0x80, 0x41, 0, 0)
        .with_data(&[0x02, 0x11])
        .without_expected_length();
    info(card, &command)
}

/// Asks a Molto2 who it is. Asks for no key and changes nothing.
///
/// # Errors
///
/// [`TokenError::NoApplication`] for every other card.
pub fn read_molto2_info(card: &mut dyn Card) -> Result<Info, TokenError> {
    info(card, &Command::new(0x80, 0x41, 0, 0))
}

fn info(card: &mut dyn Card, command: &Command) -> Result<Info, TokenError> {
    let reply = transmit(card, command)?;
    if reply.status != StatusWord::OK {
        return Err(NO_TOKEN2);
    }
    parse_info(&reply.data)
}

const NO_TOKEN2: TokenError = TokenError::NoApplication {
    application: "Token2 profile",
};

/// Reads the answer to "who are you": at byte 3 the length of the serial number, the number,
/// two bytes, the clock.
///
/// # Errors
///
/// [`TokenError::NoApplication`] for everything else, since any card may answer anything.
pub fn parse_info(data: &[u8]) -> Result<Info, TokenError> {
    let [_, _, _, length, rest @ ..] = data else {
        return Err(NO_TOKEN2);
    };
    let length = usize::from(*length);
    let (serial, rest) = rest.split_at_checked(length).ok_or(NO_TOKEN2)?;
    let [_, _, a, b, c, d, ..] = rest else {
        return Err(NO_TOKEN2);
    };
    let readable = serial.iter().all(u8::is_ascii_alphanumeric);
    if !readable || serial.is_empty() {
        return Err(NO_TOKEN2);
    }
    Ok(Info {
        serial: serial.iter().copied().map(char::from).collect(),
        clock: UnixTime(u64::from(u32::from_be_bytes([*a, *b, *c, *d]))),
    })
}

/// Proves to the token that the key is known. `ask` asks for the challenge.
pub(super) fn authenticate(
    card: &mut dyn Card,
    ask: &Command,
    key: &SealingKey,
    what: &'static str,
) -> Result<(), TokenError> {
    let reply = transmit(card, ask)?;
    done("challenge", reply.status)?;
    let challenge = reply
        .data
        .first_chunk::<8>()
        .ok_or(TokenError::Unintelligible {
            what: "a challenge of fewer than eight bytes",
        })?;
    let answer = Command::new(0x80, 0xCE, 0, 0)
        .with_data(&key.answer(*challenge))
        .without_expected_length();
    let reply = transmit(card, &answer)?;
    match reply.status {
        StatusWord::BLOCKED => Err(TokenError::Blocked {
            remedy: "The token is locked; only its maker's tool can tell why",
        }),
        StatusWord(status) if status >> 8 == 0x63 => Err(TokenError::WrongPassword {
            what,
            tries_left: reply.status.tries_left(),
        }),
        status => done("authenticate", status),
    }
}

/// Sends a command that has no answer but its status.
pub(super) fn told(
    card: &mut dyn Card,
    operation: &'static str,
    command: &Command,
) -> Result<(), TokenError> {
    let Reply { status, .. } = transmit(card, command)?;
    done(operation, status)
}

pub(super) fn done(operation: &'static str, status: StatusWord) -> Result<(), TokenError> {
    match status {
        StatusWord::OK => Ok(()),
        status => Err(TokenError::Refused { operation, status }),
    }
}

/// The time as a token keeps it: 32 bits of seconds.
pub(super) fn clock(now: UnixTime) -> Result<[u8; 4], TokenError> {
    let seconds = u32::try_from(now.0).map_err(|_| TokenError::Unsupported {
        why: "The token's clock ends in 2106, and this machine's is past that".into(),
    })?;
    Ok(seconds.to_be_bytes())
}
