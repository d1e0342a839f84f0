//! `otpctl token button …`: what a token types, or answers, when its button is pressed.
//!
//! A slot tells nobody what it holds, so what is written here is noted (`token/inventory.rs`).
//! `show.rs`: what is known; `write.rs`: HOTP, static password, challenge-response.

mod show;
mod write;

use super::super::Context;
use super::delete::gone;
use super::password::new_one;
use super::serving::users_of;
use super::session::{line, reach, recognised};
use crate::arguments::{ButtonDelete, ButtonSwap, Press, TokenButton, WhichReader};
use crate::error::CommandError;
use crate::hidraw::{self, HidRaw};
use crate::token::connection::with_card;
use crate::token::inventory::{Note, NotedButton};
use crate::token::readers::Reader;
use otp_core::UserName;
use otp_store::Store;
use pcsc::Context as Service;
use std::path::{Path, PathBuf};
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
    way: Way,
    pub(crate) identity: Identity,
    store: Option<Store>,
    pub(crate) note: Note,
}

/// How the slots are reached.
enum Way {
    /// As a card in a reader.
    Card(Service, Box<Reader>),
    /// As a keyboard, where the firmware has no slots on its reader side.
    Keyboard(PathBuf),
}

/// Finds the token that is meant: as a card, and where that has no slots, as a keyboard.
pub(crate) fn find(context: &Context<'_>, which: &WhichReader) -> Result<Buttons, CommandError> {
    let (way, identity) = match as_card(which) {
        Ok(found) => found,
        Err(error) if which.reader.is_none() => as_keyboard(which)?.ok_or(error)?,
        Err(error) => return Err(error),
    };
    // Without the store (not root, nobody enrolled yet) nothing is known, and nothing kept.
    let store = context.store().ok();
    let note = match &store {
        Some(store) => Note::of(store, &identity)?,
        None => Note::default(),
    };
    Ok(Buttons {
        way,
        identity,
        store,
        note,
    })
}

fn as_card(which: &WhichReader) -> Result<(Way, Identity), CommandError> {
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
    Ok((Way::Card(service, Box::new(reader)), identity))
}

/// The one keyboard of Yubico that is meant, if there is any.
fn as_keyboard(which: &WhichReader) -> Result<Option<(Way, Identity)>, CommandError> {
    let mut found = Vec::new();
    for device in hidraw::devices(Path::new(hidraw::LIST))? {
        let mut reports = opened(&device)?;
        let mut slots = Slots::over_reports(&mut reports)?;
        let identity = Identity {
            family: Family::YubiKey,
            version: Some(slots.status().version),
            serial: slots.serial()?.map(|serial| serial.to_string()),
            protected: false,
        };
        if which.serial.is_none() || which.serial == identity.serial {
            found.push((Way::Keyboard(device), identity));
        }
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        several => Err(CommandError::usage(
            format!("{several} tokens with buttons are connected"),
            "Say which one is meant: --serial",
        )),
    }
}

fn opened(device: &Path) -> Result<HidRaw, CommandError> {
    HidRaw::open(device).map_err(|error| {
        CommandError::device(
            format!("{} cannot be opened: {error}", device.display()),
            "Run the command as root, or at the machine itself",
        )
    })
}

impl Buttons {
    /// Does a task with the slots.
    pub(crate) fn work<T>(
        &self,
        task: impl FnOnce(&mut Slots<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        match &self.way {
            Way::Card(service, reader) => with_card(service, reader, |card| {
                self.is_same(recognised(card, reader)?.serial)?;
                task(&mut Slots::over_card(card)?)
            }),
            Way::Keyboard(device) => {
                let mut reports = opened(device)?;
                let mut slots = Slots::over_reports(&mut reports)?;
                self.is_same(slots.serial()?.map(|serial| serial.to_string()))?;
                task(&mut slots)
            }
        }
    }

    fn is_same(&self, serial: Option<String>) -> Result<(), CommandError> {
        match serial == self.identity.serial {
            true => Ok(()),
            false => Err(CommandError::device(
                "that is another token than a moment ago; nothing was done to it",
                "Leave one token in the reader until the command ends",
            )),
        }
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

    /// Who logs in with what a slot types: it was put there for him, and his enrolment still
    /// names the token.
    pub(crate) fn user_of(&self, slot: Slot) -> Result<Option<UserName>, CommandError> {
        let noted = self.note.button(slot).and_then(|one| one.user.as_deref());
        let (Some(noted), Some(store)) = (noted, &self.store) else {
            return Ok(None);
        };
        let mut users = users_of(store, &self.note.serial)?.into_iter();
        Ok(users.find(|user| user.as_str() == noted))
    }

    /// Into the history of the user whose slot is another one now.
    pub(crate) fn gone(
        &self,
        context: &mut Context<'_>,
        user: Option<&UserName>,
        action: &str,
    ) -> Result<(), CommandError> {
        match (user, &self.store) {
            (Some(user), Some(store)) => gone(context, store, user, action, &self.identity),
            _ => Ok(()),
        }
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
    parsed(&text, "Type the 12 digits as they were set")
}

/// A new one, typed twice: a wrong digit would shut the slot for good.
pub(super) fn new_access_code(context: &mut Context<'_>) -> Result<AccessCode, CommandError> {
    let text = new_one(context, "access code of the slot (12 hexadecimal digits)")?;
    parsed(&text, "For example 12 digits from: openssl rand -hex 6")
}

fn parsed(text: &str, remedy: &str) -> Result<AccessCode, CommandError> {
    AccessCode::parse(text.trim()).map_err(|error| CommandError::usage(error.to_string(), remedy))
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
    let user = buttons.user_of(slot)?;
    context.screen.confirm_word("delete", &loss, target.yes)?;
    buttons.work(|slots| Ok(slots.delete(slot, code.as_ref())?))?;
    buttons.note.forget_button(slot);
    buttons.keep(context)?;
    buttons.gone(context, user.as_ref(), "token button")?;
    context
        .screen
        .say(&format!("It does nothing any more: {slot}."))
}
