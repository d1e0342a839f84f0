//! What a person types who cannot scan.

use otp_core::{Digits, HashAlgorithm, KeyUri, KeyUriKind, TimeStep, base32};
use zeroize::Zeroizing;

/// The secret in base32, in groups of four, as people read and type.
pub fn grouped_secret(uri: &KeyUri) -> Zeroizing<String> {
    grouped(&base32(uri.secret.expose_bytes()))
}

fn grouped(secret: &str) -> Zeroizing<String> {
    let room = secret.len().saturating_mul(2);
    let mut grouped = Zeroizing::new(String::with_capacity(room));
    for (place, letter) in secret.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(letter);
    }
    grouped
}

/// What must be set by hand besides the secret; empty where an app's defaults fit.
pub fn parameters(uri: &KeyUri) -> String {
    let mut parts = Vec::new();
    match uri.kind {
        KeyUriKind::Totp { time_step } if time_step != TimeStep::THIRTY_SECONDS => {
            parts.push(format!("time based, {} seconds", time_step.seconds()));
        }
        KeyUriKind::Totp { .. } => {}
        KeyUriKind::Hotp { counter } => {
            parts.push(format!("counter based, counter {}", counter.0));
        }
    }
    if uri.algorithm != HashAlgorithm::Sha1 {
        parts.push(uri.algorithm.as_str().into());
    }
    if uri.digits != Digits::SIX {
        parts.push(format!("{} digits", uri.digits.get()));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_in_groups_of_four() {
        assert_eq!(*grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
        assert_eq!(*grouped("ABCD"), "ABCD");
    }
}
