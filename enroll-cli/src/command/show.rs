//! `otpctl show USER`: the secret once more, for a device that has not scanned it yet.
//!
//! While the account is pending. Afterwards only where the policy allows it: whoever sees the
//! secret of a device that works has a second one, and nobody notices. Always in the log.

use super::devices::device_called;
use super::{Context, show_secret};
use crate::arguments::Show;
use crate::error::CommandError;
use crate::new_account::{issuer, known_user};
use crate::undisturbed::Undisturbed;
use otp_core::{KeyUri, MovingFactor};

pub(crate) fn run(context: &mut Context<'_>, wanted: &Show) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, state) = context.enrolled(&store, &user)?;
    let id = match &wanted.label {
        Some(label) => Some(device_called(&account, label)?),
        None => account.authenticators.first().map(|one| one.id),
    };
    let device = id.and_then(|id| account.authenticators.with_id(id).zip(state.of(id)));
    let Some((device, known)) = device else {
        return Err(CommandError::refused(
            "the account is empty",
            "Start over: otpctl reset USER",
        ));
    };
    if known.activated && !context.configuration.administration.show_again {
        return Err(CommandError::refused(
            format!(
                "\"{}\" is activated, and its secret is not shown any more",
                device.label
            ),
            "Another device: otpctl add USER --label tablet. A lost one: otpctl reset USER. To allow it: \
             show_again = true under [administration] in the policy",
        ));
    }
    let next = known
        .last_accepted
        .and_then(|last| Some(MovingFactor(last.0.checked_add(1)?)));
    let issuer = issuer(None, &context.configuration.enrolment);
    let uri = KeyUri::of(&account, device, next, Some(issuer));
    let detail = format!("the secret of \"{}\" was shown", device.label);
    let _undisturbed = Undisturbed::begin();
    // Before: a secret that was seen must be in the log, whatever happens next.
    context.changed(&store, &name, "show", &detail)?;
    show_secret::show(context, &uri, &wanted.display)
}
