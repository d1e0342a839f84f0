//! `otpctl token button …`: what a token types, or answers, when its button is pressed.
//!
//! A slot tells nobody what it holds, so what is written here is noted (`token/inventory.rs`).
//! `show.rs`: what is known; `write.rs`: HOTP, static password, challenge-response.

mod show;
mod write;

use super::super::Context;
use super::session::{line, reach, recognised};
use crate::arguments::{ButtonDelete, ButtonSwap, Press, TokenButton, WhichToken};
use crate::error::CommandError;
use crate::token::connection::with_card;
use crate::token::inventory::{Note, NotedButton};
use crate::token::readers::Reader;
use otp_store::Store;
use pcsc::Context as Service;
use token_drivers::slots::{AccessCode, Slot, Slots};
use token_drivers::{Family, Identity};

pub(crate) use write::write_slot;

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenButton) -> Result<(), CommandError> {
    match wanted {
        TokenButton::Show(wanted) => show::run(context, wanted),
        TokenButton::Hotp(wanted) => write::hotp(context, wanted),
        TokenButton::Static(wanted) => write::static_password(context, wanted),
        TokenButton::Challenge(wanted) => write::challenge(context, wanted),
        TokenButton::Swap(wanted) => swap(context, wanted),
        TokenButton::Delete(wanted) => delete(context, wanted),
    }
}

/// A token with buttons, and what is noted of it.
pub(crate) struct Buttons {
    service: Service,
    reader: Reader,
    pub(crate) identity: Identity,
    store: Option<Store>,
    pub(crate) note: Note,
}

/// Finds the token that is meant.
pub(crate) fn find(context: &Context<'_>, which: &WhichToken) -> Result<Buttons, CommandError> {
    let (service, reader) = reach(which)?;
    let identity = with_card(&service, &reader, |card| {
        let found = recognised(card, &reader)?;
        // Says in words that there are none, if there are none.
        Slots::over_card(card)?;
        Ok(Identity {
            family: found.family.unwrap_or(Family::YubiKey),
            version: found.version,
            serial: found.serial,
            protected: found.protected,
        })
    })?;
    // Without the store (not root, nobody enrolled yet) nothing is known, and nothing kept.
    let store = context.store().ok();
    let note = match &store {
        Some(store) => Note::of(store, &identity)?,
        None => Note::default(),
    };
    Ok(Buttons {
        service,
        reader,
        identity,
        store,
        note,
    })
}

impl Buttons {
    /// Does a task with the slots.
    pub(crate) fn work<T>(
        &self,
        task: impl FnOnce(&mut Slots<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        with_card(&self.service, &self.reader, |card| {
            let serial = recognised(card, &self.reader)?.serial;
            if serial != self.identity.serial {
                return Err(CommandError::device(
                    "that is another token than a moment ago; nothing was done to it",
                    "Leave one token in the reader until the command ends",
                ));
            }
            task(&mut Slots::over_card(card)?)
        })
    }

    /// Keeps what is noted; says so if that cannot be done.
    pub(crate) fn keep(&self, context: &mut Context<'_>) -> Result<(), CommandError> {
        let why = match &self.store {
            None => "there is no store that you may write".to_string(),
            Some(_) if self.identity.serial.is_none() => {
                "the token tells no serial number".to_string()
            }
            Some(store) => match self.note.keep(store, &self.identity) {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            },
        };
        context.screen.remark(&format!(
            "Not noted what the button does now, and the token tells nobody: {why}."
        ))
    }

    /// What will be lost, for a question.
    pub(crate) fn loss(&self, slot: Slot) -> String {
        match self.note.button(slot) {
            Some(NotedButton {
                user: Some(user), ..
            }) => format!("What {user} logs in with will be gone: {slot}."),
            Some(NotedButton { content, .. }) => {
                format!("It {} now; that will be gone: {slot}.", content.kind)
            }
            None => format!(
                "It holds something, and nobody can tell what: {slot}. On a new YubiKey slot 1 \
                 is what YubiCloud knows it by."
            ),
        }
    }
}

/// Which slot a press means.
pub(crate) fn slot_of(press: Press) -> Slot {
    match press {
        Press::Short => Slot::Short,
        Press::Long => Slot::Long,
    }
}

/// An access code, typed unseen or from standard input.
pub(super) fn access_code(
    context: &mut Context<'_>,
    what: &str,
) -> Result<AccessCode, CommandError> {
    let text = match context.screen.somebody_is_there() {
        false => line(context, what)?,
        true => {
            let question = format!("{what} (12 hexadecimal digits): ");
            context.screen.ask_hidden(&question)?.unwrap_or_default()
        }
    };
    AccessCode::parse(text.trim()).map_err(|error| {
        CommandError::usage(error.to_string(), "Type the 12 digits as they were set")
    })
}

fn swap(context: &mut Context<'_>, wanted: &ButtonSwap) -> Result<(), CommandError> {
    let code = match wanted.access_code {
        true => Some(access_code(context, "Access code of the slots")?),
        false => None,
    };
    let mut buttons = find(context, &wanted.which)?;
    context.screen.confirm_word(
        "swap",
        "The short and the long press will change places.",
        wanted.yes,
    )?;
    buttons.work(|slots| Ok(slots.swap(code.as_ref())?))?;
    buttons.note.swap_buttons();
    buttons.keep(context)?;
    context
        .screen
        .say("The short and the long press have changed places.")
}

fn delete(context: &mut Context<'_>, wanted: &ButtonDelete) -> Result<(), CommandError> {
    let target = &wanted.target;
    let slot = slot_of(target.press);
    let code = match target.access_code {
        true => Some(access_code(context, "Access code of the slot")?),
        false => None,
    };
    let mut buttons = find(context, &target.which)?;
    let loss = buttons.loss(slot);
    context.screen.confirm_word("delete", &loss, target.yes)?;
    buttons.work(|slots| Ok(slots.delete(slot, code.as_ref())?))?;
    buttons.note.forget_button(slot);
    buttons.keep(context)?;
    context
        .screen
        .say(&format!("It does nothing any more: {slot}."))
}
