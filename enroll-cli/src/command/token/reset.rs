//! `otpctl token reset`: everything off a token. Asks twice.
//!
//! Does not want the password: that is what one resets a token for.

use super::super::Context;
use super::session::{find_locked, name_of_token};
use crate::arguments::TokenReset;
use crate::error::CommandError;
use crate::token::inventory::Note;

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
    let users: Vec<&str> = note
        .iter()
        .flat_map(|note| note.accounts.iter())
        .filter(|one| !one.begun_only)
        .map(|one| one.user.as_str())
        .collect();
    let called = name_of_token(&found.identity);
    let first = match users.is_empty() {
        true => format!("Everything on the {called} will be deleted: accounts, password, PIN."),
        false => format!(
            "Everything on the {called} will be deleted, also what {} logs in with.",
            users.join(", ")
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
    context.screen.say(&format!("The {called} is empty."))
}
