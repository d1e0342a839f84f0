//! `otpctl token rename NAME NEW`: only what it is called on the token.

use super::super::Context;
use super::session::find;
use super::{exactly, name_of};
use crate::arguments::TokenRename;
use crate::error::CommandError;
use crate::token::inventory::Note;
use token_drivers::CredentialName;

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenRename) -> Result<(), CommandError> {
    let to = CredentialName::parse(&wanted.to)
        .map_err(|error| CommandError::usage(error.to_string(), "For example: web1:alice"))?;
    let found = find(context, &wanted.which)?;
    let old = found.work(context, |work| {
        let all = work.token.list(&mut work.person)?;
        let one = exactly(&all, &wanted.name)?;
        work.token.rename(one, &to, &mut work.person)?;
        Ok(name_of(one))
    })?;
    if let Ok(store) = context.store()
        && let Ok(mut note) = Note::of(&store, &found.identity)
    {
        for account in &mut note.accounts {
            if account.name == old {
                account.name = to.to_string();
            }
        }
        if let Err(error) = note.keep(&store, &found.identity) {
            let line = format!("Warning: the inventory has the old name: {error}");
            context.screen.remark(&line)?;
        }
    }
    context
        .screen
        .say(&format!("\"{old}\" is called \"{to}\" on the token now."))
}
