//! Steam's codes: five letters and digits of the same truncated value.
//!
//! Steam's own apps are the only source; other programs know a credential as Steam's by its
//! issuer.

use crate::{Credential, Kind};
use zeroize::Zeroizing;

const LETTERS: &[u8] = b"23456789BCDFGHJKMNPQRTVWXY";

pub(super) fn is_steam(credential: &Credential) -> bool {
    credential.kind == Some(Kind::Totp) && credential.name.issuer.as_deref() == Some("Steam")
}

/// The code of a truncated value (RFC 4226 s.5.3): 31 bits, written with 26 letters, the
/// lowest first.
pub(super) fn code(truncated: u32) -> Zeroizing<String> {
    let mut rest = truncated & 0x7FFF_FFFF;
    let mut text = Zeroizing::new(String::with_capacity(5));
    for _ in 0..5 {
        // Below 26, and there are 26 letters.
        let letter = usize::try_from(rest % 26).ok();
        let letter = letter.and_then(|at| LETTERS.get(at)).copied();
        text.push(char::from(letter.unwrap_or(b'?')));
        rest /= 26;
    }
    text
}
