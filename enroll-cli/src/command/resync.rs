//! `otpctl resync USER`: two codes in a row find a device again that is too far off.

use super::Context;
use super::devices::{device_called, only_device};
use crate::arguments::Resync;
use crate::error::CommandError;
use crate::new_account::{known_user, now};
use crate::undisturbed::Undisturbed;
use otp_core::{Response, Resynchronization, resynchronize};

pub(crate) fn run(context: &mut Context<'_>, wanted: &Resync) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    let id = match &wanted.label {
        Some(label) => device_called(&account, label)?,
        None => only_device(&account)?,
    };
    let first = match account.pin {
        Some(_) => ask(context, "A code from the device, without the PIN: ")?,
        None => ask(context, "A code from the device: ")?,
    };
    let second = ask(context, "The code after that one: ")?;

    let _undisturbed = Undisturbed::begin();
    let found = store.change(&name, |account, mut state| {
        let authenticator = account.authenticators.with_id(id);
        let known = state.authenticators.iter_mut().find(|one| one.id == id);
        let found = match (authenticator, known) {
            (Some(authenticator), Some(known)) => {
                let found = resynchronize(authenticator, known, &first, &second, now());
                if let Resynchronization::Found { next, .. } = &found {
                    *known = next.clone();
                }
                found
            }
            _ => Resynchronization::NotFound,
        };
        if matches!(found, Resynchronization::Found { .. }) {
            state.failures = 0;
            state.last_failure = None;
        }
        (account, state, found)
    })?;
    match found {
        Resynchronization::Found { moved, .. } => {
            let steps = match moved.0.unsigned_abs() {
                1 => "1 step".to_string(),
                steps => format!("{steps} steps"),
            };
            context.changed(&store, &name, "resync", &format!("moved by {steps}"))?;
            context.screen.say(&format!(
                "The device is found again, {steps} from where it was expected. Both codes are \
                 used up."
            ))
        }
        Resynchronization::Used => Err(CommandError::refused(
            "these codes have been used, or lie before one that has; nothing has changed",
            "Take the next two codes of the device",
        )),
        Resynchronization::NotFound => Err(CommandError::refused(
            "the two codes are not consecutive codes of this device; nothing has changed",
            "Try again with two codes in a row; if that fails: otpctl reset USER",
        )),
    }
}

fn ask(context: &mut Context<'_>, question: &str) -> Result<Response, CommandError> {
    let typed = context.screen.ask(question)?.unwrap_or_default();
    Response::parse(typed.as_bytes()).map_err(|_| {
        CommandError::usage(
            "that is not a code; nothing has changed",
            "A code has 6 to 8 digits, as the device shows them",
        )
    })
}
