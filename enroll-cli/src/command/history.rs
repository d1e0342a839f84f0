//! `otpctl history USER`: what administrators did to an enrolment, and who. Outlives it.

use super::{Context, date};
use crate::arguments::Report;
use crate::changes::Change;
use crate::error::CommandError;
use crate::new_account::{known_user, user_name};
use otp_core::UnixTime;
use serde::Serialize;

#[derive(Serialize)]
struct History {
    version: u32,
    user: String,
    changes: Vec<Change>,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Report) -> Result<(), CommandError> {
    let name = user_name(&wanted.user)?;
    let store = context.store()?;
    let lines = store.history(&name)?;
    if lines.is_empty() {
        // Perhaps a slip: somebody who is gone has left a history, or never had one.
        known_user(&wanted.user)?;
    }
    let mut broken = 0_usize;
    let mut changes = Vec::with_capacity(lines.len());
    for line in &lines {
        match serde_json::from_str::<Change>(line) {
            Ok(change) => changes.push(change),
            Err(_) => broken = broken.saturating_add(1),
        }
    }
    if wanted.json {
        let history = History {
            version: 1,
            user: name.to_string(),
            changes,
        };
        context.screen.print_json(&history)?;
    } else if changes.is_empty() {
        context
            .screen
            .print(&format!("Nothing is known of changes to {name}."))?;
    } else {
        for change in &changes {
            context.screen.print_sentence(&in_words(change))?;
        }
    }
    if broken > 0 {
        let line = match broken {
            1 => "(One line of the history cannot be read.)".to_string(),
            broken => format!("({broken} lines of the history cannot be read.)"),
        };
        context.screen.remark(&line)?;
    }
    Ok(())
}

/// One change on one line.
pub(crate) fn in_words(change: &Change) -> String {
    let at = date(UnixTime(change.at_unix_seconds));
    let detail = match change.detail.as_str() {
        "" => String::new(),
        detail => format!(": {detail}"),
    };
    let line = format!("{at}  {} by {}{detail}", change.action, change.operator);
    // Names come from elsewhere; on a terminal they are only text.
    line.replace(char::is_control, "?")
}
