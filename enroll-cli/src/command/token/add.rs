//! `otpctl token add`: an account on the token, for whatever service wants its codes.
//!
//! The secret comes from standard input, a question, or a QR code; never from an argument. A
//! code by the clock is computed once and compared, so that what the token keeps is what was
//! given. (One by a counter would be used up by that.)

use super::super::Context;
use super::access::protection;
use super::session::{Found, Work, find, line};
use super::{name_of, parameters};
use crate::arguments::TokenAdd;
use crate::error::CommandError;
use crate::new_account::now;
use crate::token::picture;
use crate::token::shown::harmless;
use otp_core::{CodeGenerator, MovingFactor, UnixTime, step_number};
use token_drivers::{Credential, Moment, NewCredential, NewMoving};
use zeroize::Zeroizing;

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenAdd) -> Result<(), CommandError> {
    // A picture that cannot be read is found out before anybody types a password.
    let from_picture = from_picture(wanted)?;
    let found = find(context, &wanted.which)?;
    let mut new = match from_picture {
        Some(uri) => parameters::credential(wanted, &uri)?,
        None => parameters::credential(wanted, &given(context, wanted)?)?,
    };
    told_early(context, &found, &mut new)?;
    new.protection = protection(&found.capabilities, &wanted.protection)?;
    found.capabilities.check(&new)?;
    let old = old_one(context, &found, &new)?;
    let name = harmless(&new.name.to_string());
    if found.is_written_over() {
        let consequence = "The token has one place for it, and tells nobody what is in it. Whatever it \
                           is, it will be gone.";
        context
            .screen
            .confirm_word("replace", consequence, wanted.yes)?;
    }
    if old.is_some() {
        let consequence = format!(
            "The token has an account \"{name}\" already. Its secret will be gone for good."
        );
        context
            .screen
            .confirm_word(&name, &consequence, wanted.yes)?;
    }
    found.work_on_the_same(context, |work| {
        if let Some(old) = &old {
            work.token.delete(old, &mut work.person)?;
        }
        work.token.put(&new, &mut work.person)?;
        compare(work, &new)
    })?;
    context.screen.say(&format!("\"{name}\" is on the token."))
}

fn from_picture(wanted: &TokenAdd) -> Result<Option<Zeroizing<String>>, CommandError> {
    Ok(if let Some(path) = &wanted.qr {
        if wanted.which.unlock_stdin && path.as_os_str() == "-" {
            return Err(CommandError::usage(
                "standard input cannot be both the picture and the password",
                "Put the picture into a file",
            ));
        }
        Some(picture::key_uri_in_file(path)?)
    } else if wanted.qr_clipboard {
        Some(picture::key_uri_in_clipboard()?)
    } else if wanted.qr_screenshot {
        Some(picture::key_uri_on_screen()?)
    } else {
        None
    })
}

/// On some tokens the first code is not that of the counter which they are told, but of a later
/// one; so they are told an earlier one.
fn told_early(
    context: &mut Context<'_>,
    found: &Found,
    new: &mut NewCredential,
) -> Result<(), CommandError> {
    let ahead = found.capabilities.first_counter_ahead;
    let NewMoving::Counter(MovingFactor(wanted)) = new.moving else {
        return Ok(());
    };
    if wanted < ahead {
        context.screen.remark(&format!(
            "The first code of this token is that of counter {ahead}, not {wanted}; most services \
             look so far ahead."
        ))?;
    }
    new.moving = NewMoving::Counter(MovingFactor(wanted.saturating_sub(ahead)));
    Ok(())
}

/// The secret or key URI, typed unseen or from standard input.
fn given(context: &mut Context<'_>, wanted: &TokenAdd) -> Result<Zeroizing<String>, CommandError> {
    let what = match wanted.uri_stdin {
        true => "the key URI",
        false => "the secret",
    };
    match context.screen.somebody_is_there() {
        false => line(context, what),
        true => {
            let question = match wanted.uri_stdin {
                true => "Key URI (otpauth://...): ",
                false => "Secret (base32, or hex:...): ",
            };
            Ok(context.screen.ask_hidden(question)?.unwrap_or_default())
        }
    }
}

/// The account that has the name already.
fn old_one(
    context: &mut Context<'_>,
    found: &Found,
    new: &NewCredential,
) -> Result<Option<Credential>, CommandError> {
    if !found.capabilities.lists {
        return Ok(None);
    }
    found.work(context, |work| {
        let all = work.token.list(&mut work.person)?;
        Ok(all.into_iter().find(|one| one.name == new.name))
    })
}

/// Lets the token compute a code where that costs nothing, and compares it with ours.
fn compare(work: &mut Work<'_, '_>, new: &NewCredential) -> Result<(), CommandError> {
    let NewMoving::Time(time_step) = new.moving else {
        return Ok(());
    };
    if new.protection.touch || new.protection.pin || !work.token.capabilities().calculates {
        return Ok(());
    }
    let all = work.token.list(&mut work.person)?;
    let missing = || {
        CommandError::device(
            "the token said yes, but does not list the account",
            "Look what it holds: otpctl token accounts",
        )
    };
    let one = all.iter().find(|one| one.name == new.name);
    let one = one.ok_or_else(missing)?;
    let now = now();
    let theirs = work
        .token
        .calculate(one, Moment(now), &mut work.person)?
        .text;
    let step = step_number(now, UnixTime(0), time_step).map_err(|_| {
        CommandError::refused("the host's clock is before 1970", "Set it: timedatectl")
    })?;
    let ours = CodeGenerator::new(&new.secret, new.algorithm, new.digits).code(step);
    if ours.matches(theirs.as_bytes()) {
        return Ok(());
    }
    let undone = work.token.delete(one, &mut work.person).is_ok();
    let what = format!(
        "the token computes other codes for \"{}\" than its secret gives",
        name_of(one)
    );
    let remedy = match undone {
        true => "It was deleted from the token again. Is its firmware known to do this?",
        false => "Do not rely on it; delete it: otpctl token delete NAME",
    };
    Err(CommandError::device(what, remedy))
}
