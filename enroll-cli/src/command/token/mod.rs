//! `otpctl token …`: hardware tokens, one file for each command.
//!
//! How a token is reached is in `token/`; what it is told, in the crate `token-drivers`. Here
//! is what a person asks for, and the order in which things happen.

mod access;
mod accounts;
mod add;
mod button;
mod challenge;
mod code;
mod delete;
mod info;
mod interfaces;
mod list;
mod parameters;
mod password;
mod pin;
mod provision;
mod rename;
mod reset;
mod serving;
mod session;

use super::Context;
use crate::arguments::{Token, TokenPassword, TokenPin};
use crate::error::CommandError;
use crate::token::clipboard;
use crate::token::shown::harmless;
use token_drivers::{Credential, Kind};

pub(crate) fn run(context: &mut Context<'_>, wanted: &Token) -> Result<(), CommandError> {
    match wanted {
        Token::List(wanted) => list::run(context, wanted),
        Token::Info(wanted) => info::run(context, wanted),
        Token::Accounts(wanted) => accounts::run(context, wanted),
        Token::Code(wanted) => code::run(context, wanted),
        Token::Challenge(wanted) => challenge::run(context, wanted),
        Token::Add(wanted) => add::run(context, wanted),
        Token::Delete(wanted) => delete::run(context, wanted),
        Token::Rename(wanted) => rename::run(context, wanted),
        Token::Password(TokenPassword::Set(wanted)) => password::set(context, wanted),
        Token::Password(TokenPassword::Remove(wanted)) => password::remove(context, wanted),
        Token::Pin(TokenPin::Set(wanted)) => pin::set(context, wanted),
        Token::Pin(TokenPin::Change(wanted)) => pin::change(context, wanted),
        Token::Access(wanted) => access::run(context, wanted),
        Token::Reset(wanted) => reset::run(context, wanted),
        Token::Button(wanted) => button::run(context, wanted),
        Token::Provision(wanted) => provision::run(context, wanted),
        Token::ForgetClipboard(wanted) => {
            clipboard::forget(wanted.after);
            Ok(())
        }
    }
}

/// The name of an account for people.
fn name_of(credential: &Credential) -> String {
    harmless(&credential.name.to_string())
}

/// The one account of exactly this name.
fn exactly<'a>(all: &'a [Credential], wanted: &str) -> Result<&'a Credential, CommandError> {
    let mut found = all.iter().filter(|one| name_of(one) == wanted);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(CommandError::refused(
            format!("several accounts are called \"{}\"", harmless(wanted)),
            "Their names differ in characters that cannot be shown; rename them elsewhere",
        )),
        (None, _) => Err(unknown(all, wanted)),
    }
}

/// The one account of this name, or the only one with this in its name.
fn like<'a>(all: &'a [Credential], wanted: &str) -> Result<&'a Credential, CommandError> {
    if let Some(one) = all.iter().find(|one| name_of(one) == wanted) {
        return Ok(one);
    }
    let small = wanted.to_lowercase();
    let alike = |one: &&Credential| name_of(one).to_lowercase().contains(&small);
    let found: Vec<&Credential> = all.iter().filter(alike).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown(all, wanted)),
        several => Err(CommandError::usage(
            format!("which account is meant? {}", names(several.iter().copied())),
            "Give the whole name",
        )),
    }
}

fn unknown(all: &[Credential], wanted: &str) -> CommandError {
    let what = format!("the token has no account \"{}\"", harmless(wanted));
    let remedy = match all.is_empty() {
        true => "It holds none at all. Put one on it: otpctl token add".into(),
        false => format!("There are: {}", names(all)),
    };
    CommandError::refused(what, remedy)
}

fn names<'a>(all: impl IntoIterator<Item = &'a Credential>) -> String {
    let mut names: Vec<String> = all.into_iter().map(name_of).collect();
    names.sort();
    names.join(", ")
}

/// The word for a kind, in tables and JSON.
fn kind_word(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Totp) => "totp",
        Some(Kind::Hotp) => "hotp",
        Some(Kind::Ocra) => "ocra",
        None => "other",
    }
}
