//! `otpctl token reset`: everything off a token. Asks twice.
//!
//! Does not want the password: that is what one resets a token for.

use super::super::Context;
use super::delete::gone;
use super::serving::users_of;
use super::session::{find_locked, name_of_token};
use crate::arguments::TokenReset;
use crate::error::CommandError;
use crate::token::inventory::Note;
use otp_core::UserName;

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenReset) -> Result<(), CommandError> {
    let found = find_locked(&wanted.which)?;
    if !found.capabilities.resets {
        return Err(CommandError::refused(
            "this token cannot be set back",
            "See what it can do: otpctl token info",
        ));
    }
    let store = context.store().ok();
    let mut note = match &store {
        Some(store) => Note::of(store, &found.identity).ok(),
        None => None,
    };
    let mut users = match (&store, &found.identity.serial) {
        (Some(store), Some(serial)) => users_of(store, serial)?,
        _ => Vec::new(),
    };
    if let Some(note) = &note {
        users.retain(|user| !note.serves_by_button_only(user.as_str()));
    }
    let called = name_of_token(&found.identity);
    let stays = "What its buttons do, and what it holds for other purposes, stays.";
    let first = match users.is_empty() {
        true => format!(
            "All accounts on the {called} will be deleted, and its password or PIN. {stays}"
        ),
        false => format!(
            "All accounts on the {called} will be deleted, and its password or PIN; {} can log in \
             with it no more. {stays}",
            users
                .iter()
                .map(UserName::as_str)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    context.screen.confirm_word("reset", &first, wanted.yes)?;
    context.screen.confirm_word(
        "delete everything",
        "There is no way back, and no copy of the secrets.",
        wanted.yes,
    )?;
    found.work_on_the_same(context, |work| Ok(work.token.reset(&mut work.person)?))?;
    if let (Some(store), Some(note)) = (&store, &mut note) {
        note.accounts.clear();
        if let Err(error) = note.keep(store, &found.identity) {
            let line = format!("Warning: the inventory still names its accounts: {error}");
            context.screen.remark(&line)?;
        }
    }
    if let Some(store) = &store {
        for user in &users {
            gone(context, store, user, "token reset", &found.identity)?;
        }
    }
    context
        .screen
        .say(&format!("No account is on the {called} any more."))
}
