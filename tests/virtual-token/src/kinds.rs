//! The kinds of token that can be had.

use crate::card::VirtualCard;
use crate::crescendo::Crescendo;
use crate::options::Options;
use crate::token2::Token2;
use crate::touch::Touch;
use crate::yubikey::Yubikey;

/// Each kind by name, and what it is.
pub const KINDS: &[(&str, &str)] = &[
    (
        "yubikey",
        "OATH application, OTP slots, management (version 5.4.3 unless told)",
    ),
    (
        "canokey",
        "OATH application of a CanoKey: its HOTP counter moves before the code",
    ),
    (
        "oath",
        "an OATH application with HOTP and TOTP and nothing optional",
    ),
    ("apex", "the same under VivoKey's application identifier"),
    (
        "token2",
        "Token2's NFC token with one profile and a display",
    ),
    ("molto2", "Token2 Molto2, a hundred profiles and a display"),
    (
        "crescendo",
        "HID Crescendo Key, the exchanges that HID shows (PIN 00000000)",
    ),
];

/// Makes one.
///
/// # Errors
///
/// A sentence for a kind that there is not.
pub fn make(options: &Options, touch: &Touch) -> Result<Box<dyn VirtualCard>, String> {
    let touch = touch.clone();
    let version = options.version;
    Ok(match options.kind.as_str() {
        "yubikey" => Box::new(Yubikey::new(
            version.unwrap_or((5, 4, 3)),
            options.serial,
            options.nfc,
            touch,
        )),
        "canokey" => Box::new(Yubikey::canokey(touch)),
        "oath" => Box::new(Yubikey::plain(version.unwrap_or((4, 4, 4)), false, touch)),
        "apex" => Box::new(Yubikey::plain(version.unwrap_or((1, 0, 0)), true, touch)),
        "token2" => Box::new(Token2::single(options.serial)),
        "molto2" => Box::new(Token2::molto2(options.serial)),
        "crescendo" => Box::new(Crescendo::new(touch)),
        other => return Err(format!("there is no kind of token named {other}")),
    })
}
