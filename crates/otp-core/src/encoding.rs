//! Base32 and hexadecimal, both ways: strict for files, forgiving for people.
//!
//! What a file of ours holds is exactly one spelling. What a person types may have spaces,
//! hyphens, small letters and padding. Source: RFC 4648 s.6 (base32) and s.8 (hexadecimal).
//!
//! The decoding itself is the crate `data-encoding`; it is not constant time, which is
//! harmless here: only root's own files and root's own keyboard pass through.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use data_encoding::{BASE32_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

/// Base32 as key URIs want it: capitals, no padding.
pub fn base32(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(BASE32_NOPAD.encode(bytes))
}

/// Hexadecimal in small letters.
pub fn hexadecimal(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(HEXLOWER.encode(bytes))
}

/// Decodes what [`base32`] writes, and nothing else.
///
/// # Errors
///
/// [`DecodeError`] for small letters, padding, blanks, and for trailing bits that are not
/// zero (two spellings of one secret).
pub fn decode_base32(text: &str) -> Result<Zeroizing<Vec<u8>>, DecodeError> {
    decode(&BASE32_NOPAD, text.as_bytes(), "base32")
}

/// Decodes base32 as people copy it: spaces and hyphens anywhere, small letters, padding at
/// the end. Bits left over in the last letter are ignored, as apps do.
///
/// # Errors
///
/// [`DecodeError`] naming the first character that is no base32, counted without the blanks.
pub fn decode_typed_base32(text: &str) -> Result<Zeroizing<Vec<u8>>, DecodeError> {
    let tidy = tidied(text.trim_end_matches(['=', ' ', '\t', '\r', '\n']));
    let mut forgiving = BASE32_NOPAD.specification();
    forgiving.check_trailing_bits = false;
    match forgiving.encoding() {
        Ok(encoding) => decode(&encoding, &tidy, "base32"),
        Err(_) => decode(&BASE32_NOPAD, &tidy, "base32"),
    }
}

/// Decodes hexadecimal as people copy it: spaces, hyphens and colons anywhere, any case.
///
/// # Errors
///
/// [`DecodeError`] naming the first character that is not a hexadecimal digit.
pub fn decode_typed_hex(text: &str) -> Result<Zeroizing<Vec<u8>>, DecodeError> {
    let without_colons = Zeroizing::new(text.replace(':', ""));
    let tidy = tidied(&without_colons);
    decode(&HEXLOWER_PERMISSIVE, &tidy, "hexadecimal")
}

/// Blanks and hyphens out, letters to capitals.
fn tidied(text: &str) -> Zeroizing<Vec<u8>> {
    // Room for all of it, so that no half-filled copy is left behind by a reallocation.
    let mut tidy = Zeroizing::new(Vec::with_capacity(text.len()));
    tidy.extend(
        text.bytes()
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-')
            .map(|byte| byte.to_ascii_uppercase()),
    );
    tidy
}

fn decode(
    encoding: &data_encoding::Encoding,
    text: &[u8],
    name: &'static str,
) -> Result<Zeroizing<Vec<u8>>, DecodeError> {
    match encoding.decode(text) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(error) => Err(DecodeError {
            encoding: name,
            position: error.position.saturating_add(1),
            length: error.kind == data_encoding::DecodeKind::Length,
        }),
    }
}

/// Where a text stopped being base32 or hexadecimal. Says the place, never the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    encoding: &'static str,
    position: usize,
    length: bool,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            encoding, position, ..
        } = self;
        if self.length {
            write!(f, "not {encoding}: characters are missing at the end")
        } else {
            write!(f, "not {encoding}: character {position} does not belong")
        }
    }
}

impl core::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_is_written_is_read_back() {
        for length in 0..70_u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(37)).collect();
            let text = base32(&bytes);
            assert_eq!(*decode_base32(&text).unwrap(), bytes);
            assert_eq!(*decode_typed_base32(&text).unwrap(), bytes);
            assert_eq!(*decode_typed_hex(&hexadecimal(&bytes)).unwrap(), bytes);
        }
    }

    #[test]
    fn a_person_may_group_and_pad_and_use_small_letters() {
        let typed = decode_typed_base32(" gezd gnbv-GY3T qojq === ").unwrap();
        assert_eq!(*typed, b"1234567890");
        let typed = decode_typed_hex("31:32 33-34 aF").unwrap();
        assert_eq!(*typed, [0x31, 0x32, 0x33, 0x34, 0xaf]);
    }

    #[test]
    fn a_file_has_one_spelling_only() {
        for other in ["gezdgnbv", "GEZDGNBV====", "GEZD GNBV", "GF", "G"] {
            assert!(decode_base32(other).is_err(), "{other}");
        }
    }

    #[test]
    fn the_error_names_the_place_and_not_the_text() {
        let error = decode_typed_base32("GEZD 1NBV").unwrap_err();
        assert_eq!(error.to_string(), "not base32: character 5 does not belong");
        let error = decode_typed_hex("abc").unwrap_err();
        assert_eq!(
            error.to_string(),
            "not hexadecimal: characters are missing at the end"
        );
    }
}
