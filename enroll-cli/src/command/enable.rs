//! `otpctl enable USER`: codes are asked for again.
//!
//! With a new secret and a fresh enrolment: whoever had the old device while nobody looked
//! shall not have the new one. `--keep-secret` is for an account switched off for an hour.

use super::{Context, left_on_tokens, show_secret};
use crate::arguments::Enable;
use crate::error::CommandError;
use crate::new_account::{known_user, renew};
use crate::undisturbed::Undisturbed;
use otp_core::State;

pub(crate) fn run(context: &mut Context<'_>, wanted: &Enable) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, state) = context.enrolled(&store, &user)?;
    if account.enabled && wanted.keep_secret {
        let line = format!("{name} is enabled already; nothing has changed.");
        return context.screen.say(&line);
    }
    if account.enabled {
        return Err(CommandError::refused(
            format!("{name} is enabled already; nothing has changed"),
            "For a new secret: otpctl reset USER",
        ));
    }
    if wanted.keep_secret {
        let _undisturbed = Undisturbed::begin();
        let changed = store.change(&name, |mut account, state| {
            account.enabled = true;
            (account, state, ())
        });
        changed.map_err(|error| CommandError::perhaps_done(error, "enable --keep-secret"))?;
        context.changed(&store, &name, "enable", "with the old secret")?;
        let next = if state.is_activated() {
            "the password and a code of the old device.".into()
        } else {
            context.while_pending(&account)
        };
        context
            .screen
            .say(&format!("{name} is enabled, with the old secret."))?;
        return context.screen.say(&format!("At the next login: {next}"));
    }
    let Some(old) = account.authenticators.first() else {
        return Err(CommandError::refused(
            "the account is empty",
            "otpctl reset USER",
        ));
    };
    let mut new = renew(user, old, &context.configuration.enrolment)?;
    new.account.pin.clone_from(&account.pin);
    let fresh = State::fresh(&new.account);
    let next = context.while_pending(&new.account);
    let _undisturbed = Undisturbed::begin();
    store
        .start_over(new.account, fresh)
        .map_err(|error| CommandError::perhaps_done(error, "reset"))?;
    context.changed(&store, &name, "enable", "with a new secret")?;
    if !wanted.display.is_for_a_script() {
        let screen = &mut context.screen;
        screen.say(&format!(
            "{name} is enabled, with a new secret; the old one is dead."
        ))?;
        screen.say(&format!("At the next login: {next}"))?;
        left_on_tokens::say(context, account.authenticators.iter())?;
    }
    show_secret::show(context, &new.uri, &wanted.display).map_err(|error| {
        error.with_remedy("Nobody has seen the new secret. Make another one: otpctl reset USER")
    })
}
