//! What a Crescendo Key answers, and the fields it is told, byte by byte.

use crate::{TokenError, tlv};
use otp_core::{ChallengeError, MovingFactor, OcraInput};
use zeroize::Zeroizing;

/// What an application of the token says when it is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotFacts {
    /// The application's version.
    pub version: (u8, u8, u8),
    /// The block that describes the slot. Its bytes are not explained in public.
    pub configuration: Vec<u8>,
}

/// Reads the answer to SELECT: `6F { 84 name, A5 { 01 family and version, 4A configuration } }`.
///
/// # Errors
///
/// [`TokenError::Unintelligible`].
pub fn parse_select(data: &[u8]) -> Result<SlotFacts, TokenError> {
    const NO_SELECT: TokenError = TokenError::Unintelligible {
        what: "what a Crescendo says when it is selected",
    };
    let outer = tlv::fields(data)?;
    let inner = tlv::fields(tlv::value_of(&outer, 0x6F).ok_or(NO_SELECT)?)?;
    let facts = tlv::fields(tlv::value_of(&inner, 0xA5).ok_or(NO_SELECT)?)?;
    let Some([_family, major, minor, patch, ..]) = tlv::value_of(&facts, 0x01) else {
        return Err(NO_SELECT);
    };
    let configuration = tlv::value_of(&facts, 0x4A).unwrap_or_default();
    Ok(SlotFacts {
        version: (*major, *minor, *patch),
        configuration: configuration.to_vec(),
    })
}

/// Reads a code in binary-coded decimal digits: `75 52 24` is 755224. 4 to 10 digits.
///
/// # Errors
///
/// [`TokenError::Unintelligible`].
pub fn parse_bcd(data: &[u8]) -> Result<Zeroizing<String>, TokenError> {
    const NO_CODE: TokenError = TokenError::Unintelligible {
        what: "a code that is none",
    };
    if !(2..=5).contains(&data.len()) {
        return Err(NO_CODE);
    }
    let mut text = Zeroizing::new(String::with_capacity(10));
    for byte in data {
        for half in [byte >> 4, byte & 0x0F] {
            let digit = char::from_digit(u32::from(half), 10).ok_or(NO_CODE)?;
            text.push(digit);
        }
    }
    Ok(text)
}

/// Reads the answer to a challenge: `7C { 82 code }`.
///
/// # Errors
///
/// [`TokenError::Unintelligible`].
pub fn parse_challenge_answer(data: &[u8]) -> Result<Zeroizing<String>, TokenError> {
    let outer = tlv::fields(data)?;
    let inner = tlv::fields(tlv::value_of(&outer, 0x7C).unwrap_or_default())?;
    parse_bcd(tlv::value_of(&inner, 0x82).unwrap_or_default())
}

/// The template of an OCRA challenge; the order of its fields is fixed.
pub(super) fn ocra_template(input: &OcraInput<'_>) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    if input.counter.is_some() {
        return Err(TokenError::Unsupported {
            why: "The token keeps the counter of its suite itself".into(),
        });
    }
    let unfit = |error: ChallengeError| TokenError::Unsupported {
        why: error.to_string(),
    };
    let mut inner = Zeroizing::new(Vec::with_capacity(1024));
    tlv::put(&mut inner, 0x82, &[]);
    tlv::put(&mut inner, 0x81, &input.challenge_field().map_err(unfit)?);
    if let Some(password) = input.password_field().map_err(unfit)? {
        tlv::put(&mut inner, 0x84, &password);
    }
    if let Some(session) = input.session_field().map_err(unfit)? {
        tlv::put(&mut inner, 0x80, &session);
    }
    match (input.suite.time_step_seconds, input.now) {
        (None, None) => {}
        (Some(_), Some(now)) => tlv::put(&mut inner, 0x83, &super::seconds(now)?),
        _ => return Err(unfit(ChallengeError::Mismatch { what: "the time" })),
    }
    let mut template = Zeroizing::new(Vec::with_capacity(1024));
    tlv::put(&mut template, 0x7C, &inner);
    Ok(template)
}

/// The configuration of an HOTP slot as in the published example: counter, HOTP, SHA-1, six
/// digits, dynamic truncation, name. The zeros are the example's.
pub(super) fn configuration(counter: MovingFactor, name: &str) -> Zeroizing<Vec<u8>> {
    let mut value = Zeroizing::new(Vec::with_capacity(64));
    value.extend_from_slice(&counter.0.to_be_bytes());
    value.extend_from_slice(&[0, 0, 6, 0, 0x10]);
    value.extend_from_slice(&[0; 12]);
    value.extend_from_slice(name.as_bytes());
    framed(&value)
}

/// A key.
pub(super) fn key(secret: &[u8]) -> Zeroizing<Vec<u8>> {
    framed(secret)
}

/// What removes a key or a configuration.
pub(super) fn removal() -> [u8; 4] {
    [0, 0, 0, 0]
}

/// `00 00 L1 L2 value 00`, where L1 counts L2 and the value. Values are below 126 bytes here,
/// so both lengths are one byte.
fn framed(value: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    let mut data = Zeroizing::new(Vec::with_capacity(160));
    data.extend_from_slice(&[0, 0, length.saturating_add(1), length]);
    data.extend_from_slice(value);
    data.push(0);
    data
}
