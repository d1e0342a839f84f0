//! `otpctl token button hotp|static|challenge`: what a slot shall do from now on.

use super::super::super::Context;
use super::super::session::line;
use super::{Buttons, access_code, find, new_access_code, slot_of};
use crate::arguments::{ButtonChallenge, ButtonHotp, ButtonStatic, ButtonWrite};
use crate::error::CommandError;
use crate::new_account::now;
use crate::secret_input::{self, Given};
use crate::token::inventory::NotedButton;
use crate::token::keyboard::Keyboard;
use otp_core::{Digits, MovingFactor, Secret};
use std::fmt::Display;
use std::path::Path;
use token_drivers::TokenError;
use token_drivers::slots::{
    ACCESS_CODE_WARNING, AccessCode, AccessCodes, Afterwards, DIGITS_WARNING, FriendlyName,
    HotpSlot, LAYOUT_WARNING, Layout, Replace, ScanCodes, Slot, SlotContent, SlotKey, SlotKind,
    SlotRecord, Typing, identifier_in_any_form, modhex_password,
};
use zeroize::Zeroizing;

/// As many keys as a slot has room for; a letter for each byte.
const GENERATED_BYTES: usize = ScanCodes::MOST_KEYS;

pub(super) fn hotp(context: &mut Context<'_>, wanted: &ButtonHotp) -> Result<(), CommandError> {
    let codes = Codes::ask(context, &wanted.write)?;
    let secret = secret(context)?;
    let buttons = find(context, &wanted.write.target.which)?;
    let serial = buttons.identity.serial.as_deref();
    let serial = serial.and_then(|serial| serial.parse().ok());
    let identifier = wanted.identifier.as_deref();
    let identifier = identifier.map(|text| identifier_in_any_form(text, serial));
    let identifier = identifier.transpose().map_err(unusable)?;
    let digits = Digits::new(wanted.digits).map_err(unusable)?;
    let typing = Typing {
        enter: !wanted.no_enter,
        numeric_keypad: wanted.keypad,
        ..Typing::default()
    };
    let slot = HotpSlot::new(
        SlotKey::of(&secret).map_err(unusable)?,
        digits,
        MovingFactor(wanted.counter),
        identifier.as_ref(),
        typing,
    );
    let content = SlotContent::Hotp(slot.map_err(unusable)?);
    let kind = SlotKind::hotp(digits).unwrap_or(SlotKind::Hotp6);
    let record = SlotRecord {
        token_identifier: identifier,
        ..record(&wanted.write, kind)?
    };
    if !wanted.keypad {
        warn(context, DIGITS_WARNING)?;
    }
    finish(context, buttons, &content, record, &codes, &wanted.write)
}

pub(super) fn static_password(
    context: &mut Context<'_>,
    wanted: &ButtonStatic,
) -> Result<(), CommandError> {
    let layout = layout(wanted)?;
    let codes = Codes::ask(context, &wanted.write)?;
    let keys = match (&wanted.record, layout) {
        (Some(device), _) => recorded(context, device)?,
        (None, Some(layout)) => {
            let password = password(context, wanted.generate)?;
            layout.scan_codes(&password).map_err(unusable)?
        }
        (None, None) => ScanCodes::new(&[]).map_err(unusable)?,
    };
    let typing = Typing {
        enter: !wanted.no_enter,
        ..Typing::default()
    };
    let content = SlotContent::StaticPassword {
        codes: keys,
        typing,
    };
    let record = SlotRecord {
        layout,
        ..record(&wanted.write, SlotKind::StaticPassword)?
    };
    let buttons = find(context, &wanted.write.target.which)?;
    if layout != Some(Layout::Modhex) {
        warn(context, LAYOUT_WARNING)?;
    }
    finish(context, buttons, &content, record, &codes, &wanted.write)
}

/// The layout that the password is written for; none where key presses are recorded.
fn layout(wanted: &ButtonStatic) -> Result<Option<Layout>, CommandError> {
    if wanted.record.is_some() {
        return Ok(None);
    }
    if wanted.generate {
        return Ok(Some(Layout::Modhex));
    }
    match Layout::of_name(&wanted.keyboard_layout) {
        Some(layout) => Ok(Some(layout)),
        None => {
            let known: Vec<&str> = Layout::ALL.iter().map(|one| one.name()).collect();
            Err(CommandError::usage(
                "that keyboard layout is not known",
                format!("One of: {}; or record the keys: --record", known.join(", ")),
            ))
        }
    }
}

/// A static password: made, typed twice unseen, or from standard input.
fn password(context: &mut Context<'_>, generate: bool) -> Result<Zeroizing<String>, CommandError> {
    if generate {
        let mut bytes = Zeroizing::new([0; GENERATED_BYTES]);
        crate::token::random()?(&mut *bytes);
        return Ok(modhex_password(&*bytes));
    }
    match context.screen.somebody_is_there() {
        true => super::super::password::new_one(context, "static password"),
        false => line(context, "the static password"),
    }
}

/// What is pressed on a keyboard, the same twice.
fn recorded(context: &mut Context<'_>, device: &Path) -> Result<ScanCodes, CommandError> {
    let mut keyboard = Keyboard::open(device)?;
    context
        .screen
        .remark("Press the keys of the password on that keyboard, then Enter.")?;
    let first = keyboard.record()?;
    context.screen.remark("The same again, then Enter.")?;
    let again = keyboard.record()?;
    match first.as_bytes() == again.as_bytes() {
        true => Ok(first),
        false => Err(CommandError::usage(
            "the two differ; the button has not changed",
            "Begin again",
        )),
    }
}

pub(super) fn challenge(
    context: &mut Context<'_>,
    wanted: &ButtonChallenge,
) -> Result<(), CommandError> {
    let codes = Codes::ask(context, &wanted.write)?;
    let secret = secret(context)?;
    let content = SlotContent::ChallengeResponse {
        key: SlotKey::of(&secret).map_err(unusable)?,
        touch: wanted.touch,
    };
    let kind = match wanted.touch {
        true => SlotKind::ChallengeResponseTouch,
        false => SlotKind::ChallengeResponse,
    };
    let record = record(&wanted.write, kind)?;
    let buttons = find(context, &wanted.write.target.which)?;
    finish(context, buttons, &content, record, &codes, &wanted.write)
}

fn unusable(error: impl Display) -> CommandError {
    CommandError::usage(error.to_string(), "See: otpctl token button --help")
}

/// Beside the result: whoever reads that by program, or wants quiet, knows.
fn warn(context: &mut Context<'_>, text: &str) -> Result<(), CommandError> {
    context.screen.say_sentence(text)
}

/// A secret for a slot, typed unseen or from standard input. RFC 4226's 128 bits are for codes;
/// what else answers challenges may have less, and no more is asked of it here.
fn secret(context: &mut Context<'_>) -> Result<Secret, CommandError> {
    let text = match context.screen.somebody_is_there() {
        false => line(context, "the secret")?,
        true => {
            let question = "Secret (base32, or hex:...): ";
            context.screen.ask_hidden(question)?.unwrap_or_default()
        }
    };
    match secret_input::parse(&text, true)? {
        Given::Secret(secret) => Ok(secret),
        // Its digits, hash and counter would be left away without a word.
        Given::Uri(_) => Err(CommandError::usage(
            "that is a key URI, and a slot takes a secret",
            "Give the secret that stands in it, and what else it says as options",
        )),
    }
}

/// Access codes of a slot: what it has, and what it shall have.
pub(super) struct Codes {
    current: Option<AccessCode>,
    new: Option<AccessCode>,
}

impl Codes {
    fn ask(context: &mut Context<'_>, wanted: &ButtonWrite) -> Result<Self, CommandError> {
        let current = match wanted.target.access_code {
            true => Some(access_code(context, "Access code of the slot")?),
            false => None,
        };
        let new = match wanted.new_access_code {
            true => {
                warn(context, ACCESS_CODE_WARNING)?;
                Some(new_access_code(context)?)
            }
            false => None,
        };
        Ok(Self { current, new })
    }

    fn as_driver(&self) -> AccessCodes<'_> {
        AccessCodes {
            current: self.current.as_ref(),
            afterwards: self.new.as_ref().map_or(Afterwards::Same, Afterwards::Set),
        }
    }
}

fn record(wanted: &ButtonWrite, kind: SlotKind) -> Result<SlotRecord, CommandError> {
    let label = wanted.label.as_deref().map(FriendlyName::parse);
    Ok(SlotRecord {
        slot: slot_of(wanted.target.press),
        kind,
        friendly_name: label.transpose().map_err(unusable)?,
        layout: None,
        token_identifier: None,
        access_code: wanted.target.access_code || wanted.new_access_code,
        written_at: now(),
    })
}

fn finish(
    context: &mut Context<'_>,
    mut buttons: Buttons,
    content: &SlotContent,
    record: SlotRecord,
    codes: &Codes,
    wanted: &ButtonWrite,
) -> Result<(), CommandError> {
    let slot = record.slot;
    let user = buttons.user_of(slot)?;
    let said = format!("It {} from now on: {slot}.", record.kind);
    write_slot(
        context,
        &buttons,
        slot,
        content,
        codes.as_driver(),
        wanted.target.yes,
    )?;
    buttons.note.note_button(NotedButton {
        user: None,
        content: record,
    });
    buttons.keep(context)?;
    buttons.gone(context, user.as_ref(), "token button")?;
    context.screen.say_sentence(&said)
}

/// Writes a slot; asks before what it holds is lost.
pub(crate) fn write_slot(
    context: &mut Context<'_>,
    buttons: &Buttons,
    slot: Slot,
    content: &SlotContent,
    codes: AccessCodes<'_>,
    assumed: bool,
) -> Result<(), CommandError> {
    let write = |replace| {
        buttons.work(|slots| match slots.write(slot, content, codes, replace) {
            Err(TokenError::SlotInUse { .. }) if replace == Replace::Never => Ok(false),
            written => Ok(written.map(|()| true)?),
        })
    };
    if write(Replace::Never)? {
        return Ok(());
    }
    let loss = buttons.loss(slot);
    context.screen.confirm_word("replace", &loss, assumed)?;
    write(Replace::WhateverIsThere).map(|_| ())
}
