//! Which code is right: by `otp-core`, which tests/conformance holds against the RFCs' tables.

use otp_core::{CodeGenerator, Digits, HashAlgorithm, MovingFactor, Secret};
use pam_otp_tests::now;
use zeroize::Zeroizing;

/// The secret of the RFCs' tables, for SHA-1.
pub(crate) const KEY: &[u8; 20] = b"12345678901234567890";
/// The same in base 32.
pub(crate) const KEY_BASE32: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

pub(crate) fn secret(bytes: &[u8]) -> Secret {
    Secret::new(Zeroizing::new(bytes.to_vec())).expect("long enough")
}

pub(crate) fn hotp(key: &[u8], algorithm: HashAlgorithm, digits: u8, counter: u64) -> String {
    let digits = Digits::new(digits.into()).expect("6 to 8");
    let code = CodeGenerator::new(&secret(key), algorithm, digits).code(MovingFactor(counter));
    code.expose_digits().to_string()
}

/// Runs `read`, which reads a code of now, and tells whether it was right at some moment
/// meanwhile.
pub(crate) fn is_right_now(
    key: &[u8],
    algorithm: HashAlgorithm,
    digits: u8,
    period_seconds: u64,
    read: impl FnOnce() -> String,
) -> bool {
    let before = now() / period_seconds;
    let code = read();
    let after = now() / period_seconds;
    (before..=after).any(|step| code == hotp(key, algorithm, digits, step))
}

/// HMAC-SHA1.
pub(crate) fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key).expect("any length is a key");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
