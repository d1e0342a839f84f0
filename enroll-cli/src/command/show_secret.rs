//! Showing a new secret, once: as a QR code, and always as text after it; or as JSON.

use super::Context;
use crate::arguments::Display;
use crate::error::CommandError;
use otp_core::{KeyUri, KeyUriKind, base32};
use secret_display::{Canvas, Pencil, draw, grouped_secret, parameters};
use serde::Serialize;

/// Everything that a device must be told. It holds the secret.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    user: &'a str,
    issuer: Option<&'a str>,
    kind: &'static str,
    algorithm: &'static str,
    digits: u8,
    time_step_seconds: Option<u32>,
    counter: Option<u64>,
    secret: &'a str,
    uri: &'a str,
}

/// Shows what the person's device needs.
pub(crate) fn show(
    context: &mut Context<'_>,
    uri: &KeyUri,
    display: &Display,
) -> Result<(), CommandError> {
    let text = uri.expose_uri();
    if display.json {
        return show_document(context, uri, &text);
    }
    if display.uri_only {
        return context.screen.reveal(&text);
    }
    if !display.no_qr && !context.screen.is_plain() {
        let canvas = Canvas {
            pencil: if context.screen.has_colours() {
                Pencil::ColouredHalfBlocks
            } else {
                Pencil::HalfBlocks
            },
            size: context.screen.size(),
            most_bytes: None,
        };
        match draw(&text, canvas) {
            Some(drawing) => context.screen.reveal(drawing.trim_end_matches('\n'))?,
            None => context.screen.remark(
                "(The QR code does not fit this terminal: make it larger, or type the secret.)",
            )?,
        }
    }
    let secret = grouped_secret(uri);
    context.screen.reveal(&format!("Secret: {}", *secret))?;
    let parameters = parameters(uri);
    if !parameters.is_empty() {
        context.screen.print(&format!("Set to: {parameters}"))?;
    }
    Ok(())
}

fn show_document(context: &mut Context<'_>, uri: &KeyUri, text: &str) -> Result<(), CommandError> {
    let (kind, time_step_seconds, counter) = match uri.kind {
        KeyUriKind::Totp { time_step } => ("totp", Some(time_step.seconds()), None),
        KeyUriKind::Hotp { counter } => ("hotp", None, Some(counter.0)),
    };
    context.screen.reveal_json(&Document {
        version: 1,
        user: &uri.account_name,
        issuer: uri.issuer.as_deref(),
        kind,
        algorithm: uri.algorithm.as_str(),
        digits: uri.digits.get(),
        time_step_seconds,
        counter,
        secret: &base32(uri.secret.expose_bytes()),
        uri: text,
    })
}
