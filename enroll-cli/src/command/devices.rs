//! `otpctl add|rename|remove USER`: several devices for one user.
//!
//! Each has its own secret, label and moving factor; a code of any of them is a code of the
//! user.

use super::enroll::{prove, wants_no_code_of_a_script};
use super::{Context, left_on_tokens, show_secret};
use crate::arguments::{Add, Remove, Rename};
use crate::error::CommandError;
use crate::new_account::{known_user, make};
use crate::undisturbed::Undisturbed;
use otp_core::{
    Account, AccountError, Authenticator, AuthenticatorId, AuthenticatorState, Authenticators,
    Label, State,
};
use otp_store::Store;

pub(crate) fn add(context: &mut Context<'_>, wanted: &Add) -> Result<(), CommandError> {
    wants_no_code_of_a_script(&wanted.display, wanted.pending)?;
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    let defaults = context.configuration.enrolment.clone();
    let new = make(user, &wanted.authenticator, &defaults, context.screen)?;
    let fresh = State::fresh(&new.account);
    let Some(device) = new.account.authenticators.first().cloned() else {
        return Err(CommandError::refused(
            "no device was made",
            "This is a fault of otpctl",
        ));
    };
    let mut labels = account.authenticators.iter().map(|one| &one.label);
    if labels.any(|label| *label == device.label) {
        return Err(CommandError::refused(
            format!(
                "{name} has a device \"{}\" already; nothing has changed",
                device.label
            ),
            "Give another --label, or rename that one: otpctl rename USER --help",
        ));
    }
    // Before a secret is shown that would lead nowhere.
    with_one_more(&account, &device)?;
    let known = if wanted.pending {
        fresh
    } else {
        show_secret::show(context, &new.uri, &wanted.display)?;
        prove(context, &new.account, &fresh)?
    };
    let _undisturbed = Undisturbed::begin();
    let label = device.label.clone();
    put(&store, &name, device, known)?;
    context.changed(&store, &name, "add", &format!("a device \"{label}\""))?;
    let screen = &mut context.screen;
    if wanted.pending {
        if !wanted.display.is_for_a_script() {
            screen.say(&format!("{name} has one more device, \"{label}\"."))?;
        }
        return show_secret::show(context, &new.uri, &wanted.display).map_err(|error| {
            let again =
                "Nobody has seen its secret. Remove it, and add it again: otpctl remove USER";
            error.with_remedy(again)
        });
    }
    screen.say_sentence(&format!(
        "{name} has one more device, \"{label}\". That code is used up; the others work as before."
    ))
}

/// The devices of an account, and one more with a number of its own.
pub(super) fn with_one_more(
    account: &Account,
    device: &Authenticator,
) -> Result<Authenticators, CommandError> {
    let highest = account.authenticators.iter().map(|one| one.id.0).max();
    let mut devices = account.authenticators.to_vec();
    devices.push(Authenticator {
        id: AuthenticatorId(highest.unwrap_or(0).saturating_add(1)),
        ..device.clone()
    });
    let same_secret = account
        .authenticators
        .iter()
        .any(|one| one.secret.computes_as(&device.secret));
    if same_secret {
        return Err(CommandError::refused(
            "that is the secret of a device that the user has already",
            "Two devices with one secret would use up each other's codes; give it another one",
        ));
    }
    Authenticators::new(devices).map_err(|error| unusable(&error))
}

pub(super) fn put(
    store: &Store,
    name: &otp_core::UserName,
    device: Authenticator,
    known: State,
) -> Result<(), CommandError> {
    let changed = store.change(name, |mut account, mut state| {
        // Looked at again under the lock: another command may have been faster.
        let devices = match with_one_more(&account, &device) {
            Ok(devices) => devices,
            Err(error) => return (account, state, Err(error)),
        };
        let id = devices.last().map_or(AuthenticatorId(0), |one| one.id);
        let known = known.authenticators.into_iter();
        state
            .authenticators
            .extend(known.map(|one| AuthenticatorState { id, ..one }));
        account.authenticators = devices;
        (account, state, Ok(()))
    });
    changed.map_err(|error| CommandError::perhaps_done(error, "add"))?
}

pub(crate) fn rename(context: &mut Context<'_>, wanted: &Rename) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let to = Label::parse(&wanted.to)
        .map_err(|error| CommandError::usage(error.to_string(), "For example: --to tablet"))?;
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    let id = device_called(&account, &wanted.label)?;
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, state| {
        let renamed = account.authenticators.iter().map(|one| Authenticator {
            label: if one.id == id {
                to.clone()
            } else {
                one.label.clone()
            },
            ..one.clone()
        });
        match Authenticators::new(renamed.collect()) {
            Ok(devices) => {
                account.authenticators = devices;
                (account, state, Ok(()))
            }
            Err(error) => (account, state, Err(unusable(&error))),
        }
    });
    changed.map_err(|error| CommandError::perhaps_done(error, "rename"))??;
    let detail = format!("\"{}\" is called \"{to}\"", wanted.label);
    context.changed(&store, &name, "rename", &detail)?;
    context.screen.say(&format!(
        "\"{}\" of {name} is called \"{to}\" now.",
        wanted.label
    ))
}

pub(crate) fn remove(context: &mut Context<'_>, wanted: &Remove) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    let id = device_called(&account, &wanted.label)?;
    let only_one = || {
        CommandError::refused(
            "it is the only device of the user; nothing has changed",
            "A new secret for it: otpctl reset USER. No code any more: otpctl disable USER",
        )
    };
    if account.authenticators.len() == 1 {
        return Err(only_one());
    }
    let consequence = format!(
        "\"{}\" of {name} will be refused from now on.",
        wanted.label
    );
    context
        .screen
        .confirm(name.as_str(), &consequence, wanted.yes)?;
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, mut state| {
        // Another command may have been faster, and its number is free again then.
        match device_called(&account, &wanted.label) {
            Ok(now) if now == id => {}
            Ok(_) => return (account, state, Err(changed_meanwhile())),
            Err(error) => return (account, state, Err(error)),
        }
        let others = account.authenticators.iter().filter(|one| one.id != id);
        match Authenticators::new(others.cloned().collect()) {
            Ok(devices) => {
                account.authenticators = devices;
                let had_shown = state.of(id).is_some_and(|one| one.activated);
                let others = state.authenticators.iter().filter(|one| one.id != id);
                let last_to_show = had_shown && !others.clone().any(|one| one.activated);
                state.remove(id);
                (account, state, Ok(last_to_show))
            }
            Err(_) => (account, state, Err(only_one())),
        }
    });
    let last_to_show = changed.map_err(|error| CommandError::perhaps_done(error, "remove"))??;
    let detail = format!("the device \"{}\"", wanted.label);
    context.changed(&store, &name, "remove", &detail)?;
    context.screen.say(&format!(
        "{name} has no device \"{}\" any more.",
        wanted.label
    ))?;
    let mut devices = account.authenticators.iter();
    left_on_tokens::say(context, devices.find(|one| one.id == id))?;
    if !last_to_show {
        return Ok(());
    }
    context.screen.say(&format!(
        "No other device of {name} has shown a code yet. A code is required all the same; if none \
         is right: otpctl reset {name}"
    ))
}

/// The device of an account that has only one.
pub(super) fn only_device(account: &Account) -> Result<AuthenticatorId, CommandError> {
    match &*account.authenticators {
        [one] => Ok(one.id),
        many => {
            let labels = many.iter().map(|one| one.label.as_str());
            let labels = labels.collect::<Vec<_>>().join(", ");
            Err(CommandError::usage(
                "which device is meant?",
                format!("Add --label with one of: {labels}"),
            ))
        }
    }
}

/// Which device is meant.
pub(super) fn device_called(
    account: &Account,
    label: &str,
) -> Result<AuthenticatorId, CommandError> {
    let mut devices = account.authenticators.iter();
    let found = devices.find(|one| one.label.as_str() == label);
    found.map(|one| one.id).ok_or_else(|| {
        let labels = account.authenticators.iter().map(|one| one.label.as_str());
        let labels = labels.collect::<Vec<_>>().join(", ");
        CommandError::refused(
            format!("the user has no device \"{}\"", label.escape_debug()),
            format!("There are: {labels}"),
        )
    })
}

fn changed_meanwhile() -> CommandError {
    CommandError::refused(
        "the devices of the user have changed meanwhile; nothing is removed",
        "Look at what there is: otpctl status USER",
    )
}

fn unusable(error: &AccountError) -> CommandError {
    CommandError::refused(
        format!("{error}; nothing has changed"),
        "Look at what there is: otpctl status USER",
    )
}
