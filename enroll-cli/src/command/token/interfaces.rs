//! `otpctl token access --never codes --over contactless`: whole applications of a YubiKey on
//! and off, for contact and contactless. The only place where the two can differ.

use super::super::Context;
use super::session::{line, reach};
use crate::arguments::{Over, Part, TokenAccess, WhichReader};
use crate::error::CommandError;
use crate::token::connection::with_card;
use token_drivers::management::{Applications, Interface, LockCode, Management, Switched};

/// What is switched on, in sentences; none where the token does not tell.
pub(super) fn sentences(which: &WhichReader) -> Vec<String> {
    let told = reach(which).and_then(|(service, reader)| {
        with_card(&service, &reader, |card| {
            let info = Management::select(card)?.info()?;
            Ok(info.contact_and_contactless())
        })
    });
    // Another family, or firmware that keeps it to itself: nothing is said of it.
    told.unwrap_or_default()
}

pub(super) fn switch(
    context: &mut Context<'_>,
    wanted: &TokenAccess,
    over: Over,
) -> Result<(), CommandError> {
    let (part, on) = match (wanted.always, wanted.never) {
        (Some(part), _) => (part, true),
        (None, Some(part)) => (part, false),
        (None, None) => return Ok(()),
    };
    let lock = match wanted.lock_code {
        true => Some(lock_code(context)?),
        false => None,
    };
    let interface = match over {
        Over::Contact => Interface::Contact,
        Over::Contactless => Interface::Contactless,
    };
    let (applications, called) = match part {
        Part::Codes => (Applications::OATH, "codes"),
        Part::Buttons => (Applications::BUTTONS, "buttons"),
    };
    if !on {
        let consequence = format!(
            "All {called} of the token will be off: {interface}. What is on it stays, and comes back \
             with --always."
        );
        context
            .screen
            .confirm_word("never", &consequence, wanted.yes)?;
    }
    let (service, reader) = reach(&wanted.which)?;
    let switched = with_card(&service, &reader, |card| {
        let mut management = Management::select(card)?;
        Ok(management.switch(interface, applications, on, lock.as_ref())?)
    })?;
    let state = if on { "on" } else { "off" };
    context.screen.say_sentence(&match switched {
        Switched::WasSo => format!("All {called} were {state} already: {interface}."),
        Switched::Now => format!("All {called} are {state} now: {interface}."),
        Switched::AndRestarts => format!(
            "The token restarts; then all {called} are {state}: {interface}. See: otpctl token \
             access"
        ),
    })
}

fn lock_code(context: &mut Context<'_>) -> Result<LockCode, CommandError> {
    let text = match context.screen.somebody_is_there() {
        false => line(context, "the lock code")?,
        true => {
            let question = "Lock code of the token (32 hexadecimal digits): ";
            context.screen.ask_hidden(question)?.unwrap_or_default()
        }
    };
    LockCode::parse(text.trim()).ok_or_else(|| {
        CommandError::usage(
            "a lock code has 32 hexadecimal digits",
            "Type it as it was set",
        )
    })
}
