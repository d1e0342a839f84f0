//! Steam's codes: five letters and digits from the same HMAC.
//!
//! Steam's own apps are the only source; other programs know a credential as Steam's by its
//! issuer.

use super::unintelligible;
use crate::{Credential, Kind, TokenError};
use zeroize::Zeroizing;

const LETTERS: &[u8] = b"23456789BCDFGHJKMNPQRTVWXY";

pub(super) fn is_steam(credential: &Credential) -> bool {
    credential.kind == Some(Kind::Totp) && credential.name.issuer.as_deref() == Some("Steam")
}

/// The code of a whole HMAC: truncated as in RFC 4226 s.5.3, then written with 26 letters,
/// the lowest first.
pub(super) fn code(mac: &[u8]) -> Result<Zeroizing<String>, TokenError> {
    let short = || unintelligible("an HMAC that is too short");
    let offset = usize::from(mac.last().ok_or_else(short)? & 0x0F);
    let four = mac.get(offset..).and_then(<[u8]>::first_chunk::<4>);
    let mut rest = u32::from_be_bytes(*four.ok_or_else(short)?) & 0x7FFF_FFFF;
    let mut text = Zeroizing::new(String::with_capacity(5));
    for _ in 0..5 {
        // Below 26, and there are 26 letters.
        let letter = usize::try_from(rest % 26)
            .ok()
            .and_then(|at| LETTERS.get(at));
        text.push(char::from(letter.copied().unwrap_or(b'?')));
        rest /= 26;
    }
    Ok(text)
}
