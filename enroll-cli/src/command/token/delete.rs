//! `otpctl token delete NAME`: an account off the token, for good.

use super::super::Context;
use super::session::find;
use super::{exactly, name_of};
use crate::arguments::TokenDelete;
use crate::error::CommandError;
use crate::token::inventory::Note;

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
    let serves = note.as_ref().and_then(|note| {
        let mut accounts = note.accounts.iter();
        accounts.find(|one| one.name == name && !one.begun_only)
    });
    let consequence = match serves {
        Some(noted) => format!(
            "\"{name}\" is what {} logs in with. Its secret is nowhere else.",
            noted.user
        ),
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
    context
        .screen
        .say(&format!("\"{name}\" is deleted from the token."))
}
