//! `otpctl token pin set|change`: the PIN of a token that has one (Nitrokey).

use super::super::Context;
use super::password::new_one;
use super::session::{Found, find};
use crate::arguments::TokenTarget;
use crate::error::CommandError;
use token_drivers::Unlock;

pub(crate) fn set(context: &mut Context<'_>, wanted: &TokenTarget) -> Result<(), CommandError> {
    let found = with_pin(context, wanted)?;
    if found.identity.protected {
        return Err(CommandError::refused(
            "the token has a PIN already",
            "Set another one: otpctl token pin change",
        ));
    }
    let done = "The token has a PIN now. Accounts that are added with --pin want it before each \
                code; after too many wrong ones in a row, only a reset helps.";
    put(context, &found, done)
}

pub(crate) fn change(context: &mut Context<'_>, wanted: &TokenTarget) -> Result<(), CommandError> {
    let found = with_pin(context, wanted)?;
    if !found.identity.protected {
        return Err(CommandError::refused(
            "the token has no PIN yet",
            "Set one: otpctl token pin set",
        ));
    }
    if !found.has_key() {
        return Err(CommandError::refused(
            "the present PIN is wanted for changing it",
            "Type it; in a script, give both PINs on standard input: --unlock-stdin",
        ));
    }
    put(context, &found, "The token has another PIN now.")
}

fn put(context: &mut Context<'_>, found: &Found, done: &str) -> Result<(), CommandError> {
    let new = new_one(context, "PIN")?;
    found.work(context, |work| {
        let new = Some(Unlock::Pin(new.clone()));
        work.token
            .set_password(new, &mut crate::token::random()?, &mut work.person)?;
        Ok(())
    })?;
    context.screen.say(done)
}

fn with_pin(context: &mut Context<'_>, wanted: &TokenTarget) -> Result<Found, CommandError> {
    let found = find(context, &wanted.which)?;
    match found.capabilities.pin {
        true => Ok(found),
        false if found.capabilities.password => Err(CommandError::refused(
            "this token has a password for everything, not a PIN",
            "Set it: otpctl token password set",
        )),
        false => Err(CommandError::refused(
            "this token has no PIN",
            "See what it can do: otpctl token info",
        )),
    }
}
