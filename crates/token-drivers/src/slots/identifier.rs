//! The token identifier that a slot types before each code, as a slot keeps it.
//!
//! Manufacturer (2 characters), token type (2), number (8). A slot keeps each pair of
//! characters as a byte and types it in modhex or in digits; it can type in modhex nothing,
//! the manufacturer, manufacturer and type, or all of it. Source: Yubico's `ykdef.h`.

use super::flags::{FIXED_MODHEX_1, FIXED_MODHEX_2};
use otp_core::TokenIdentifier;
use std::fmt;

/// Why an identifier cannot be typed by a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierError {
    /// Not a form that is known: 4, 8 or 12 characters, or a dash.
    NotAForm,
    /// A serial number is needed and the token does not tell it.
    NoSerial,
    /// The serial number has more than eight digits.
    SerialTooLong,
    /// Letters and digits in a mixture that a slot does not type.
    Mixed,
}

impl fmt::Display for IdentifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAForm => {
                "a token identifier is given as 12 characters, as the last 8 of them (after \
                 \"ubhe\"), as the first 4 (before the serial number), or as \"-\" (\"ubhe\" and \
                 the serial number); each character is one of cbdefghijklnrtuv or a digit"
            }
            Self::NoSerial => "the token does not tell its serial number: give 12 characters",
            Self::SerialTooLong => {
                "the serial number has more than 8 digits: give 12 characters of your own"
            }
            Self::Mixed => {
                "a slot types letters for the first 2, the first 4 or all 12 characters of an \
                 identifier, and digits for the rest; this one mixes them otherwise"
            }
        })
    }
}

impl std::error::Error for IdentifierError {}

/// Yubico's manufacturer prefix and the token type "HOTP, event based".
const YUBICO_HOTP: &str = "ubhe";

/// Reads an identifier in any of the forms that `ykman otp hotp --identifier` takes: 12
/// characters; 8, which stand behind `ubhe`; 4, which stand before the serial number; `-`,
/// which is `ubhe` and the serial number.
///
/// # Errors
///
/// [`IdentifierError`]; the mixture is checked as well.
///
/// ```
/// # use token_drivers::slots::identifier_in_any_form;
/// let identifier = identifier_in_any_form("-", Some(42)).unwrap();
/// assert_eq!(identifier.to_string(), "ubhe00000042");
/// ```
pub fn identifier_in_any_form(
    text: &str,
    serial: Option<u32>,
) -> Result<TokenIdentifier, IdentifierError> {
    let with_serial = |front: &str| {
        let serial = serial.ok_or(IdentifierError::NoSerial)?;
        if serial > 99_999_999 {
            return Err(IdentifierError::SerialTooLong);
        }
        Ok(format!("{front}{serial:08}"))
    };
    let whole = match (text, text.len()) {
        ("-", _) => with_serial(YUBICO_HOTP)?,
        (_, 4) => with_serial(text)?,
        (_, 8) => format!("{YUBICO_HOTP}{text}"),
        _ => text.to_owned(),
    };
    let identifier = TokenIdentifier::parse(&whole).map_err(|_| IdentifierError::NotAForm)?;
    encode(&identifier)?;
    Ok(identifier)
}

/// The six bytes and the flags of a configuration.
pub(super) fn encode(identifier: &TokenIdentifier) -> Result<([u8; 6], u8), IdentifierError> {
    let (pairs, _) = identifier.as_bytes().as_chunks::<2>();
    let mut bytes = [0; 6];
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        *byte = byte_of(*pair).ok_or(IdentifierError::Mixed)?;
    }
    let letters = |pair: &[u8; 2]| pair.iter().all(u8::is_ascii_alphabetic);
    let in_letters = pairs.iter().take_while(|pair| letters(pair)).count();
    // What is not a pair of letters must be a pair of digits, and no letters follow digits.
    let rest_is_digits = pairs.iter().skip(in_letters).all(|pair| !letters(pair));
    let flags = match in_letters {
        0 => 0,
        1 => FIXED_MODHEX_1,
        2 => FIXED_MODHEX_2,
        6 => FIXED_MODHEX_1 | FIXED_MODHEX_2,
        _ => return Err(IdentifierError::Mixed),
    };
    rest_is_digits
        .then_some((bytes, flags))
        .ok_or(IdentifierError::Mixed)
}

/// A pair of modhex letters or a pair of digits as a byte.
fn byte_of(pair: [u8; 2]) -> Option<u8> {
    let value = |one: u8| {
        let place = super::layout::MODHEX_ALPHABET
            .bytes()
            .position(|letter| letter == one);
        u8::try_from(place?).ok()
    };
    let [high, low] = pair;
    let (high, low) = if high.is_ascii_digit() && low.is_ascii_digit() {
        (high & 0x0F, low & 0x0F)
    } else {
        (value(high)?, value(low)?)
    };
    Some(high << 4 | low)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> Result<([u8; 6], u8), IdentifierError> {
        encode(&TokenIdentifier::parse(text).unwrap())
    }

    #[test]
    fn the_four_mixtures_of_letters_and_digits_have_their_flags() {
        let bytes = [0xE1, 0x63, 0x12, 0x34, 0x56, 0x78];
        assert_eq!(encoded("ubhe12345678"), Ok((bytes, 0x40)));
        assert_eq!(encoded("ub6312345678"), Ok((bytes, 0x10)));
        let digits = [0x01, 0x63, 0x12, 0x34, 0x56, 0x78];
        assert_eq!(encoded("016312345678"), Ok((digits, 0x00)));
        let letters = [0xE1, 0x63, 0x01, 0x23, 0x45, 0xEF];
        assert_eq!(encoded("ubhecbdefguv"), Ok((letters, 0x50)));
    }

    #[test]
    fn what_a_slot_cannot_type_is_refused() {
        for mixed in [
            "12he12345678",
            "ub12cbcbcbcb",
            "ubhe1234cbcb",
            "ubhecbcb1234",
            "u1he12345678",
            "ubhe1c345678",
            "12345678cbcb",
        ] {
            assert_eq!(encoded(mixed), Err(IdentifierError::Mixed), "{mixed}");
        }
    }

    #[test]
    fn every_short_form_says_which_twelve_characters_it_means() {
        let read = |text, serial| {
            identifier_in_any_form(text, serial).map(|identifier| identifier.to_string())
        };
        let twelve = Ok("ubhe12345678".to_owned());
        assert_eq!(read("UBHE12345678", None), twelve);
        assert_eq!(read("12345678", None), twelve);
        assert_eq!(read("-", Some(12_345_678)), twelve);
        assert_eq!(read("ubkk", Some(42)), Ok("ubkk00000042".to_owned()));
        assert_eq!(read("-", None), Err(IdentifierError::NoSerial));
        let long = Some(100_000_000);
        assert_eq!(read("-", long), Err(IdentifierError::SerialTooLong));
        for wrong in ["", "ubhe1", "ubhe123456789", "ubhe1234567a", "äö"] {
            assert_eq!(
                read(wrong, Some(1)),
                Err(IdentifierError::NotAForm),
                "{wrong}"
            );
        }
        assert_eq!(read("u2345678", None), Err(IdentifierError::Mixed));
    }
}
