//! Showing a new secret, once: as a QR code, and always as text after it.

use super::Context;
use crate::arguments::Display;
use crate::error::CommandError;
use otp_core::KeyUri;
use secret_display::{Canvas, Pencil, draw, grouped_secret, parameters};

/// Shows what the person's device needs.
pub(crate) fn show(
    context: &mut Context<'_>,
    uri: &KeyUri,
    display: &Display,
) -> Result<(), CommandError> {
    let text = uri.expose_uri();
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
