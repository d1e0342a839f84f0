//! The numbers of Yubico's OATH protocol: instructions, tags, names of applications.
//!
//! Source: Yubico's page "YKOATH Protocol"; Nitrokey's additions are in
//! [`nitrokey`](crate::nitrokey).

use crate::Kind;
use otp_core::HashAlgorithm;

/// The application of YubiKeys and everything that imitates them.
pub(crate) const OATH_APPLICATION: &[u8] = &[0xA0, 0, 0, 0x05, 0x27, 0x21, 0x01];
/// The same applet as VivoKey installs it on an Apex.
pub(crate) const APEX_APPLICATION: &[u8] = &[
    0xA0, 0, 0, 0x07, 0x47, 0, 0x61, 0xFC, 0x54, 0xD5, 0x01, 0x01,
];
/// CanoKey's administration, where its OATH application is reset.
pub(crate) const CANOKEY_ADMINISTRATION: &[u8] = &[0xF0, 0, 0, 0, 0];

/// Instructions.
pub(crate) mod instruction {
    pub(crate) const PUT: u8 = 0x01;
    pub(crate) const DELETE: u8 = 0x02;
    pub(crate) const SET_CODE: u8 = 0x03;
    pub(crate) const RESET: u8 = 0x04;
    pub(crate) const RENAME: u8 = 0x05;
    pub(crate) const LIST: u8 = 0xA1;
    pub(crate) const CALCULATE: u8 = 0xA2;
    pub(crate) const VALIDATE: u8 = 0xA3;
    pub(crate) const CALCULATE_ALL: u8 = 0xA4;
    pub(crate) const SEND_REMAINING: u8 = 0xA5;
    pub(crate) const GET_RESPONSE: u8 = 0xC0;
    pub(crate) const SELECT: u8 = 0xA4;
}

/// Tags of fields.
pub(crate) mod tag {
    pub(crate) const NAME: u8 = 0x71;
    pub(crate) const LISTED: u8 = 0x72;
    pub(crate) const KEY: u8 = 0x73;
    pub(crate) const CHALLENGE: u8 = 0x74;
    pub(crate) const FULL_RESPONSE: u8 = 0x75;
    pub(crate) const TRUNCATED_RESPONSE: u8 = 0x76;
    pub(crate) const COUNTER_NOT_COMPUTED: u8 = 0x77;
    /// Its value follows without a length, when a credential is written.
    pub(crate) const PROPERTY: u8 = 0x78;
    pub(crate) const VERSION: u8 = 0x79;
    pub(crate) const INITIAL_MOVING_FACTOR: u8 = 0x7A;
    pub(crate) const ALGORITHM: u8 = 0x7B;
    pub(crate) const TOUCH_NOT_COMPUTED: u8 = 0x7C;
    /// Nitrokey: how many tries the PIN has left.
    pub(crate) const PIN_TRIES: u8 = 0x82;
    /// Nitrokey: the serial number.
    pub(crate) const SERIAL: u8 = 0x8F;
}

/// Property: the token is touched before it computes.
pub(crate) const REQUIRE_TOUCH: u8 = 0x02;

/// The byte of kind and hash.
pub(crate) const fn type_byte(kind: Kind, algorithm: HashAlgorithm) -> u8 {
    let kind = match kind {
        Kind::Hotp => 0x10,
        // OCRA is not part of the protocol; nothing passes it here.
        Kind::Totp | Kind::Ocra => 0x20,
    };
    kind | algorithm_nibble(algorithm)
}

/// The number of a hash.
pub(crate) const fn algorithm_nibble(algorithm: HashAlgorithm) -> u8 {
    match algorithm {
        HashAlgorithm::Sha1 => 1,
        HashAlgorithm::Sha256 => 2,
        HashAlgorithm::Sha512 => 3,
    }
}

/// Kind and hash of a byte, each where it is one that we know.
pub(crate) const fn read_type_byte(byte: u8) -> (Option<Kind>, Option<HashAlgorithm>) {
    let kind = match byte & 0xF0 {
        0x10 => Some(Kind::Hotp),
        0x20 => Some(Kind::Totp),
        _ => None,
    };
    let algorithm = match byte & 0x0F {
        1 => Some(HashAlgorithm::Sha1),
        2 => Some(HashAlgorithm::Sha256),
        3 => Some(HashAlgorithm::Sha512),
        _ => None,
    };
    (kind, algorithm)
}
