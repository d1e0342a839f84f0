//! Tag, length, value, as the OATH applications and the management application write them:
//! tags of one byte, lengths in BER's short form or as `81 xx`, `82 xxxx`.
//!
//! A card's answer is not trusted: nothing is read past the end, and what is left over is an
//! error, not ignored.

use crate::TokenError;
use zeroize::Zeroizing;

/// One field of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// What it is.
    pub tag: u8,
    /// What it says.
    pub value: &'a [u8],
}

/// All fields of an answer, in order.
///
/// # Errors
///
/// [`TokenError::Unintelligible`] when a field claims more than there is.
pub fn fields(bytes: &[u8]) -> Result<Vec<Field<'_>>, TokenError> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some((&tag, behind)) = rest.split_first() {
        let (length, behind) = length_of(behind)?;
        let (value, behind) = behind.split_at_checked(length).ok_or(PAST_THE_END)?;
        found.push(Field { tag, value });
        rest = behind;
    }
    Ok(found)
}

const PAST_THE_END: TokenError = TokenError::Unintelligible {
    what: "a field that is longer than the answer",
};

fn length_of(bytes: &[u8]) -> Result<(usize, &[u8]), TokenError> {
    match bytes {
        [short @ 0..=0x7F, rest @ ..] => Ok((usize::from(*short), rest)),
        [0x81, length, rest @ ..] => Ok((usize::from(*length), rest)),
        [0x82, high, low, rest @ ..] => {
            let length = u16::from_be_bytes([*high, *low]);
            Ok((usize::from(length), rest))
        }
        _ => Err(TokenError::Unintelligible {
            what: "a field without a length",
        }),
    }
}

/// The value of the first field with this tag.
pub fn value_of<'a>(fields: &[Field<'a>], tag: u8) -> Option<&'a [u8]> {
    let field = fields.iter().find(|field| field.tag == tag)?;
    Some(field.value)
}

/// Appends a field. Values are at most 65,535 bytes long; the callers check their inputs
/// far below that.
pub fn put(into: &mut Zeroizing<Vec<u8>>, tag: u8, value: &[u8]) {
    // Grown by hand: a Vec that moves would leave its old bytes behind unwiped.
    let needed = into.len().saturating_add(value.len()).saturating_add(4);
    if into.capacity() < needed {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
        larger.extend_from_slice(into);
        *into = larger;
    }
    into.push(tag);
    match u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes() {
        [0, short @ 0..=0x7F] => into.push(short),
        [0, low] => into.extend_from_slice(&[0x81, low]),
        [high, low] => into.extend_from_slice(&[0x82, high, low]),
    }
    into.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_read_again_at_every_form_of_length() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF] {
            let value = vec![0xAB; length];
            let mut bytes = Zeroizing::new(Vec::new());
            put(&mut bytes, 0x71, &value);
            put(&mut bytes, 0x77, &[6]);
            let found = fields(&bytes).unwrap();
            assert_eq!(value_of(&found, 0x71), Some(value.as_slice()), "{length}");
            assert_eq!(value_of(&found, 0x77), Some([6].as_slice()), "{length}");
        }
    }

    #[test]
    fn a_field_that_claims_more_than_there_is_is_an_error() {
        for bytes in [
            &[0x71][..],
            &[0x71, 2, 1],
            &[0x71, 0x81],
            &[0x71, 0x84, 0, 0, 0, 1, 1],
        ] {
            assert!(fields(bytes).is_err(), "{bytes:02X?}");
        }
    }
}
