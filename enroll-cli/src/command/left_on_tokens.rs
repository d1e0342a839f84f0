//! What devices of a user still hold when his enrolment does not know them any more.
//!
//! Whoever finds a token in a drawer shall not wonder; and the next user of the token shall not
//! find the place taken. Told where the serial number is known, which is of tokens only.

use super::Context;
use crate::error::CommandError;
use crate::token::shown::harmless;
use otp_core::Authenticator;

/// Says it for each of these devices that is a token.
pub(super) fn say<'a>(
    context: &mut Context<'_>,
    devices: impl IntoIterator<Item = &'a Authenticator>,
) -> Result<(), CommandError> {
    for device in devices {
        let Some(serial) = &device.serial else {
            continue;
        };
        let serial = harmless(serial.as_str());
        context.screen.say_sentence(&format!(
            "The token \"{}\" (serial number {serial}) still holds the old secret, which opens \
             nothing any more. To take it off, if the token can be written: otpctl token delete",
            device.label
        ))?;
    }
    Ok(())
}
