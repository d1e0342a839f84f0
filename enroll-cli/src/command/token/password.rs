//! `otpctl token password set|remove`: one password for all that a token holds.

use super::super::Context;
use super::session::{Found, find, line};
use crate::arguments::TokenTarget;
use crate::error::CommandError;
use token_drivers::Unlock;
use zeroize::Zeroizing;

pub(crate) fn set(context: &mut Context<'_>, wanted: &TokenTarget) -> Result<(), CommandError> {
    let found = with_password(context, wanted)?;
    let new = new_one(context, "password")?;
    found.work(context, |work| {
        let new = Some(Unlock::Password(new.clone()));
        work.token
            .set_password(new, &mut crate::token::random()?, &mut work.person)?;
        Ok(())
    })?;
    context.screen.say(
        "The token wants its password from now on. If it is lost, only a reset helps, which \
         deletes everything on the token.",
    )
}

pub(crate) fn remove(context: &mut Context<'_>, wanted: &TokenTarget) -> Result<(), CommandError> {
    let found = with_password(context, wanted)?;
    if !found.identity.protected {
        return context.screen.say("The token has no password.");
    }
    found.work(context, |work| {
        work.token
            .set_password(None, &mut crate::token::random()?, &mut work.person)?;
        Ok(())
    })?;
    context.screen.say("The token wants no password any more.")
}

fn with_password(context: &mut Context<'_>, wanted: &TokenTarget) -> Result<Found, CommandError> {
    let found = find(context, &wanted.which)?;
    match found.capabilities.password {
        true => Ok(found),
        false if found.capabilities.pin => Err(CommandError::refused(
            "this token has a PIN, not a password",
            "Set it: otpctl token pin set",
        )),
        false => Err(CommandError::refused(
            "this token has no password",
            "See what it can do: otpctl token info",
        )),
    }
}

/// A new password or PIN: typed twice, or a line of standard input.
pub(super) fn new_one(
    context: &mut Context<'_>,
    what: &str,
) -> Result<Zeroizing<String>, CommandError> {
    if !context.screen.somebody_is_there() {
        return line(context, &format!("the new {what}"));
    }
    let mut ask = |question: String| -> Result<Zeroizing<String>, CommandError> {
        let typed = context.screen.ask_hidden(&question)?.unwrap_or_default();
        Ok(Zeroizing::new(typed.trim_end_matches(['\r', '\n']).into()))
    };
    let first = ask(format!("New {what}: "))?;
    if first.is_empty() {
        return Err(CommandError::usage(
            format!("no {what} was typed; nothing has changed"),
            "Type one",
        ));
    }
    let again = ask(format!("The same {what} again: "))?;
    match *first == *again {
        true => Ok(first),
        false => Err(CommandError::usage(
            format!("the two differ; the {what} has not changed"),
            "Begin again",
        )),
    }
}
