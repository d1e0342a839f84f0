//! `otpctl pin set|remove USER`: a PIN that is typed in front of each code.
//!
//! For logins without a password, where a stolen token would be enough, and for whoever wants
//! a third thing. Only its hash is kept.

use super::Context;
use crate::arguments::Removal;
use crate::error::CommandError;
use crate::new_account::{fill_with_random_bytes, known_user};
use crate::undisturbed::Undisturbed;
use otp_core::{Pin, PinCost};
use zeroize::Zeroizing;

pub(crate) fn set(context: &mut Context<'_>, user: &str) -> Result<(), CommandError> {
    let user = known_user(user)?;
    let name = user.name.clone();
    let store = context.store()?;
    context.enrolled(&store, &user)?;
    let typed = ask_twice(context)?;
    let mut salt = [0; 16];
    fill_with_random_bytes(&mut salt)?;
    let pin = Pin::new(typed.trim().as_bytes(), salt, PinCost::default()).map_err(|error| {
        CommandError::usage(error.to_string(), "For example: 5 digits of your own")
    })?;
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, state| {
        let old = account.pin.replace(pin);
        (account, state, old.is_some())
    });
    let replaced = changed.map_err(|error| CommandError::perhaps_done(error, "pin set"))?;
    context.changed(&store, &name, "pin set", "")?;
    let which = if replaced {
        "a new PIN; the old one is dead"
    } else {
        "a PIN"
    };
    let screen = &mut context.screen;
    screen.say(&format!("{name} has {which}."))?;
    screen.say("At the next login: the PIN and the code, typed together (for example 2580 123456).")
}

pub(crate) fn remove(context: &mut Context<'_>, wanted: &Removal) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    if account.pin.is_none() {
        return context.screen.say(&format!("{name} has no PIN."));
    }
    let consequence = format!("{name} will be asked for the code alone.");
    context
        .screen
        .confirm(name.as_str(), &consequence, wanted.yes)?;
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, state| {
        account.pin = None;
        (account, state, ())
    });
    changed.map_err(|error| CommandError::perhaps_done(error, "pin remove"))?;
    context.changed(&store, &name, "pin remove", "")?;
    context.screen.say(&format!(
        "{name} has no PIN any more. At the next login: the code alone."
    ))
}

/// Twice on a terminal, since nobody sees what is typed.
fn ask_twice(context: &mut Context<'_>) -> Result<Zeroizing<String>, CommandError> {
    let screen = &mut context.screen;
    let nothing = || {
        CommandError::refused(
            "no PIN was given; nothing has changed",
            "Type 4 to 16 digits",
        )
    };
    let first = screen.ask_hidden("New PIN: ")?.ok_or_else(nothing)?;
    if screen.somebody_is_there() {
        let second = screen.ask_hidden("Once more: ")?.ok_or_else(nothing)?;
        if first.trim() != second.trim() {
            return Err(CommandError::refused(
                "the two PINs differ; nothing has changed",
                "Type the same PIN twice",
            ));
        }
    }
    Ok(first)
}
