//! `otpctl token button show`: what the token tells of its slots, and what is noted of them.

use super::super::super::Context;
use super::{Buttons, find};
use crate::arguments::TokenLook;
use crate::error::CommandError;
use crate::token::shown::harmless;
use serde::Serialize;
use token_drivers::slots::{Slot, SlotKind, SlotStatus};

#[derive(Serialize)]
struct Document {
    version: u32,
    serial: Option<String>,
    buttons: Vec<Line>,
}

/// One slot.
#[derive(Serialize)]
struct Line {
    press: &'static str,
    /// Null: the firmware does not tell.
    configured: Option<bool>,
    kind: Option<SlotKind>,
    label: Option<String>,
    user: Option<String>,
    layout: Option<&'static str>,
    token_identifier: Option<String>,
    access_code: Option<bool>,
    written_at_unix_seconds: Option<u64>,
}

pub(super) fn run(context: &mut Context<'_>, wanted: &TokenLook) -> Result<(), CommandError> {
    let buttons = find(context, &wanted.which)?;
    let status = buttons.work(|slots| Ok(slots.status()))?;
    let lines = Slot::BOTH.map(|slot| line(&buttons, &status, slot));
    if wanted.json {
        return context.screen.print_json(&Document {
            version: 1,
            serial: buttons.identity.serial.as_deref().map(harmless),
            buttons: lines.into(),
        });
    }
    for line in &lines {
        let text = format!("{:5}  {}", line.press, description(line));
        context.screen.print_sentence(&text)?;
    }
    Ok(())
}

fn line(buttons: &Buttons, status: &SlotStatus, slot: Slot) -> Line {
    let configured = status.is_configured(slot);
    // What was noted of a slot that is empty now is not true any more.
    let noted = buttons.note.button(slot);
    let noted = noted.filter(|_| configured != Some(false));
    let content = noted.map(|one| &one.content);
    Line {
        press: match slot {
            Slot::Short => "short",
            Slot::Long => "long",
        },
        configured,
        kind: content.map(|one| one.kind),
        label: content.and_then(|one| Some(one.friendly_name.as_ref()?.as_str().into())),
        user: noted.and_then(|one| one.user.clone()),
        layout: content.and_then(|one| one.layout.map(|layout| layout.name())),
        token_identifier: content.and_then(|one| Some(one.token_identifier.as_ref()?.to_string())),
        access_code: content.map(|one| one.access_code),
        written_at_unix_seconds: content.map(|one| one.written_at.0),
    }
}

fn description(line: &Line) -> String {
    let kind = match (line.configured, line.kind) {
        (Some(false), _) => return "(nothing)".into(),
        (_, Some(kind)) => kind.to_string(),
        (_, None) => return "holds something that was not written here".into(),
    };
    let label = line.label.as_ref().map(|text| format!(" \"{text}\""));
    let layout = line.layout.map(|name| format!(", for the layout {name}"));
    let before = line.token_identifier.as_ref();
    let before = before.map(|text| format!(", {text} before each"));
    let user = line.user.as_ref().map(|name| format!(", for {name}"));
    let code = match line.access_code {
        Some(true) => ", with an access code",
        _ => "",
    };
    [Some(kind), label, layout, before, user, Some(code.into())]
        .into_iter()
        .flatten()
        .collect()
}
