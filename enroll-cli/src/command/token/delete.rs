//! `otpctl token delete NAME`: an account off the token, for good.

use super::super::Context;
use super::serving::users_of;
use super::session::{find, name_of_token};
use super::{exactly, name_of};
use crate::arguments::TokenDelete;
use crate::error::CommandError;
use crate::token::inventory::Note;
use otp_core::UserName;
use otp_store::Store;
use token_drivers::Identity;

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenDelete) -> Result<(), CommandError> {
    let found = find(context, &wanted.which)?;
    if !found.capabilities.deletes {
        return Err(CommandError::refused(
            "this token cannot delete single accounts",
            "See what it can do: otpctl token info",
        ));
    }
    let one = found.work(context, |work| {
        let all = work.token.list(&mut work.person)?;
        exactly(&all, &wanted.name).cloned()
    })?;
    let name = name_of(&one);
    let store = context.store().ok();
    let mut note = match &store {
        Some(store) => Note::of(store, &found.identity).ok(),
        None => None,
    };
    let serves = match (&store, &note) {
        (Some(store), Some(note)) => serves(store, note, &name)?,
        _ => None,
    };
    let consequence = match &serves {
        Some(user) => format!("\"{name}\" is what {user} logs in with; no copy can be had."),
        None => format!(
            "\"{name}\" will be gone from the token. Whoever asks for its codes will lock you out."
        ),
    };
    context
        .screen
        .confirm_word(&name, &consequence, wanted.yes)?;
    found.work_on_the_same(context, |work| {
        Ok(work.token.delete(&one, &mut work.person)?)
    })?;
    if let (Some(store), Some(note)) = (&store, &mut note) {
        note.forget_account(&name);
        if let Err(error) = note.keep(store, &found.identity) {
            let line = format!("Warning: the inventory still names it: {error}");
            context.screen.remark(&line)?;
        }
    }
    if let (Some(store), Some(user)) = (&store, &serves) {
        gone(context, store, user, "token delete", &found.identity)?;
    }
    context
        .screen
        .say(&format!("\"{name}\" is deleted from the token."))
}

/// Who logs in with this account: it was put here for him, and his enrolment still names the
/// token.
fn serves(store: &Store, note: &Note, name: &str) -> Result<Option<UserName>, CommandError> {
    let mut accounts = note.accounts.iter();
    let Some(noted) = accounts.find(|one| one.name == name) else {
        return Ok(None);
    };
    let mut users = users_of(store, &note.serial)?.into_iter();
    Ok(users.find(|user| user.as_str() == noted.user))
}

/// Into the history of a user whose device is empty now, and what to do.
pub(super) fn gone(
    context: &mut Context<'_>,
    store: &Store,
    user: &UserName,
    action: &str,
    identity: &Identity,
) -> Result<(), CommandError> {
    let detail = format!("what the {} held for him", name_of_token(identity));
    context.changed(store, user, action, &detail)?;
    context.screen.remark(&format!(
        "{user} cannot log in with the token any more. For another device: otpctl reset {user}"
    ))
}
