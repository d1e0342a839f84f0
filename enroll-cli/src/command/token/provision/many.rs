//! `otpctl token provision --from users.csv`: a pile of tokens, one after the other.
//!
//! The person inserts a token and presses Enter; it is given to the next user on the list. A
//! run that was broken off is begun again: who has his token is skipped, and a token that
//! serves somebody is not taken for somebody else.

use super::super::session::find;
use super::people::{Row, rows};
use super::{Done, Whom, label, on_file, with_token};
use crate::arguments::TokenProvision;
use crate::command::Context;
use crate::error::{CommandError, DEVICE};
use crate::kernel_clock;
use crate::new_account::known_user;
use crate::token::shown::harmless;
use otp_core::Label;
use otp_store::Store;
use serde::Serialize;
use std::path::Path;

/// What became of one user; a line of JSON.
#[derive(Serialize)]
struct Line {
    version: u32,
    user: String,
    /// `enrolled`, `added`, `replaced`, `skipped` or `failed`.
    result: &'static str,
    serial: Option<String>,
    detail: String,
}

/// What the person wants next.
enum Next {
    GoOn,
    Skip,
    Stop,
}

pub(super) fn run(context: &mut Context<'_>, wanted: &TokenProvision) -> Result<(), CommandError> {
    let path = wanted.from.as_deref().unwrap_or(Path::new(""));
    let rows = rows(path)?;
    if rows.is_empty() {
        return context.screen.say("Nobody is in the list.");
    }
    let store = context.store_to_enrol_in()?;
    let total = rows.len();
    let (mut given, mut skipped, mut failed, mut worst) = (0_usize, 0_usize, 0_usize, 0_u8);
    for (row, number) in rows.iter().zip(1_usize..) {
        let place = format!("[{number}/{total}]");
        let line = match of_one(context, wanted, &store, row, &place) {
            Ok(Some(line)) => line,
            // The person has stopped.
            Ok(None) => break,
            Err(error) => {
                worst = worst.max(error.exit_status());
                Line::new(row, "failed", error.what())
            }
        };
        let count = match line.result {
            "failed" => &mut failed,
            "skipped" => &mut skipped,
            _ => &mut given,
        };
        *count = count.saturating_add(1);
        report(context, wanted, &place, &line)?;
    }
    summary(context, wanted, total, (given, skipped, failed, worst))
}

impl Line {
    fn new(row: &Row, result: &'static str, detail: &str) -> Self {
        Self {
            version: 1,
            user: row.user.clone(),
            result,
            serial: None,
            detail: detail.into(),
        }
    }
}

/// Gives one user a token; `None` if the person wants to stop.
fn of_one(
    context: &mut Context<'_>,
    wanted: &TokenProvision,
    store: &Store,
    row: &Row,
    place: &str,
) -> Result<Option<Line>, CommandError> {
    let whom = || -> Result<Whom, CommandError> {
        Ok(Whom {
            user: known_user(&row.user)?,
            label: label(row.label.as_deref().or(wanted.label.as_deref())),
        })
    };
    if let Some(serial) = has_token(store, &whom()?, row) {
        let line = Line::new(row, "skipped", "has this token already");
        return Ok(Some(Line {
            serial: Some(serial),
            ..line
        }));
    }
    let way = on_file::way(context, store, wanted, &whom()?)?;
    store.can_write(&whom()?.user.name)?;
    let mut which = wanted.which.clone();
    which.place.serial = row.serial.clone().or(which.place.serial);
    loop {
        match ask_for_token(context, row, place)? {
            Next::GoOn => {}
            Next::Skip => return Ok(Some(Line::new(row, "skipped", "as you said"))),
            Next::Stop => return Ok(None),
        }
        let done = find(context, &which)
            .and_then(|found| with_token(context, wanted, &whom()?, &way, &found));
        match done {
            Ok(done) => return Ok(Some(line(row, done))),
            // Another token may do: said, and asked for again.
            Err(error) if context.screen.somebody_is_there() => {
                context.screen.complain(&error.about(&row.user));
            }
            Err(error) => return Err(error.about(&row.user)),
        }
    }
}

fn line(row: &Row, done: Done) -> Line {
    let detail = format!("\"{}\", {}", done.label, done.family);
    Line {
        serial: done.serial,
        ..Line::new(row, done.result, &detail)
    }
}

/// The serial number of the token that this user has by this label.
fn has_token(store: &Store, whom: &Whom, row: &Row) -> Option<String> {
    let account = store.account_alone(&whom.user.name).ok().flatten()?;
    let mut devices = account.authenticators.iter();
    let found = devices.find(|one| one.label.as_str() == whom.label)?;
    let serial = found.serial.as_ref().map(Label::as_str)?;
    let is_meant = row.serial.as_deref().is_none_or(|meant| meant == serial);
    is_meant.then(|| harmless(serial))
}

fn ask_for_token(context: &mut Context<'_>, row: &Row, place: &str) -> Result<Next, CommandError> {
    let screen = &mut context.screen;
    if !screen.somebody_is_there() && row.serial.is_some() {
        // It is known which one is meant, and either it is connected or not.
        return Ok(Next::GoOn);
    }
    let which = match &row.serial {
        Some(serial) => format!("the token with serial number {}", harmless(serial)),
        None => "a token".into(),
    };
    let question = format!(
        "{place} {}: insert {which} and press Enter (s: skip, q: stop): ",
        harmless(&row.user)
    );
    Ok(match screen.ask_if_somebody_is_there(&question)? {
        None => Next::Stop,
        Some(answer) => match answer.trim() {
            "s" => Next::Skip,
            "q" => Next::Stop,
            _ => Next::GoOn,
        },
    })
}

fn report(
    context: &mut Context<'_>,
    wanted: &TokenProvision,
    place: &str,
    line: &Line,
) -> Result<(), CommandError> {
    if wanted.json {
        let text = serde_json::to_string(line).map_err(std::io::Error::from)?;
        return context.screen.print(&text);
    }
    let serial = line.serial.as_ref();
    let serial = serial.map_or(String::new(), |serial| format!(", serial {serial}"));
    let user = harmless(&line.user);
    let text = format!("{place} {user}: {}: {}{serial}", line.result, line.detail);
    match line.result {
        "failed" => context.screen.remark(&text),
        _ => context.screen.say(&text),
    }
}

fn summary(
    context: &mut Context<'_>,
    wanted: &TokenProvision,
    total: usize,
    (given, skipped, failed, worst): (usize, usize, usize, u8),
) -> Result<(), CommandError> {
    let seen = given.saturating_add(skipped).saturating_add(failed);
    let left = total.saturating_sub(seen);
    if !wanted.json {
        context.screen.say(&format!(
            "{given} have got a token, {skipped} skipped, {failed} failed, {left} not reached."
        ))?;
        if given > 0 {
            kernel_clock::warn(context.screen)?;
        }
    }
    let again = "Run the same again: who has his token is skipped";
    match (failed, left) {
        (0, 0) => Ok(()),
        (0, left) => Err(CommandError::some_failed(
            format!("{left} of {total} have not got a token yet"),
            again,
            1,
        )),
        (failed, _) => Err(CommandError::some_failed(
            format!("{failed} of {total} could not be given a token"),
            again,
            worst.min(DEVICE),
        )),
    }
}
