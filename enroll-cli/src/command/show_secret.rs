//! Showing a new secret, once: as a QR code, and always as text after it.

use super::Context;
use crate::arguments::Display;
use crate::error::CommandError;
use crate::qr::{Canvas, draw};
use otp_core::{Digits, HashAlgorithm, KeyUri, KeyUriKind, TimeStep, base32};
use zeroize::Zeroizing;

/// Shows what the person's device needs.
pub(crate) fn show(
    context: &mut Context<'_>,
    uri: &KeyUri,
    display: &Display,
) -> Result<(), CommandError> {
    let text = uri.expose_uri();
    if display.uri_only {
        return context.screen.say(&text);
    }
    if !display.no_qr {
        let canvas = Canvas {
            colours: context.screen.has_colours(),
            size: context.screen.size(),
        };
        match draw(&text, canvas) {
            Some(drawing) => context.screen.say(drawing.trim_end_matches('\n'))?,
            None => context.screen.remark(
                "(The QR code does not fit this terminal: make it larger, or type the secret.)",
            )?,
        }
    }
    let secret = grouped(&base32(uri.secret.expose_bytes()));
    context.screen.say(&format!("Secret: {}", *secret))?;
    let parameters = parameters(uri);
    if !parameters.is_empty() {
        context.screen.say(&format!("Set to: {parameters}"))?;
    }
    Ok(())
}

/// In groups of four, as people read and type.
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
fn parameters(uri: &KeyUri) -> String {
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
