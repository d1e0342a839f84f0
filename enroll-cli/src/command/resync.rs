//! `otpctl resync USER`: two codes in a row find a device again that is too far off.

use super::Context;
use crate::arguments::Resync;
use crate::error::CommandError;
use crate::new_account::{known_user, now};
use otp_core::{Account, AuthenticatorId, Response, Resynchronization, resynchronize};

pub(crate) fn run(context: &mut Context<'_>, wanted: &Resync) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    let id = chosen(&account, wanted.label.as_deref())?;
    let first = ask(context, "A code from the device: ")?;
    let second = ask(context, "The code after that one: ")?;

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
        Resynchronization::Found { moved, .. } => context.screen.say(&format!(
            "The device is found again, {} {} from where it was expected. Both codes are used up.",
            moved.0.unsigned_abs(),
            if moved.0.unsigned_abs() == 1 {
                "step"
            } else {
                "steps"
            },
        )),
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

fn chosen(account: &Account, label: Option<&str>) -> Result<AuthenticatorId, CommandError> {
    let mut fitting = account
        .authenticators
        .iter()
        .filter(|one| label.is_none_or(|label| one.label.as_str() == label));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one.id),
        _ => {
            let labels = account.authenticators.iter().map(|one| one.label.as_str());
            let labels = labels.collect::<Vec<_>>().join(", ");
            Err(CommandError::usage(
                "which device is meant?",
                format!("Add --label with one of: {labels}"),
            ))
        }
    }
}

fn ask(context: &mut Context<'_>, question: &str) -> Result<Response, CommandError> {
    let typed = context.screen.ask(question)?.unwrap_or_default();
    Response::parse(typed.as_bytes()).map_err(|_| {
        CommandError::refused(
            "that is not a code; nothing has changed",
            "A code has 6 to 8 digits, as the device shows them",
        )
    })
}
