//! `otpctl token access`: what may stand in front of a code on this token, and where that is
//! kept.
//!
//! Contact and contactless are chosen in `interfaces.rs`. Asked for when an account is added (`--access`, `--touch`, `--pin`). What the device cannot
//! honour is refused with the reason, never left away silently.

use super::super::Context;
use super::session::find_locked;
use crate::arguments::{AccessChoice, NewProtection, TokenAccess};
use crate::error::CommandError;
use serde::Serialize;
use token_drivers::{Access, AccessSupport, Capabilities, Protection};

#[derive(Serialize)]
struct Document {
    version: u32,
    access: Vec<Line>,
    contact_and_contactless: Vec<String>,
}

/// One choice.
#[derive(Serialize)]
struct Line {
    access: &'static str,
    /// `account`: for each on its own; `token`: for all together; `no`.
    kept_for: &'static str,
    explanation: Option<&'static str>,
}

/// The choices, their words for scripts, and those for people.
const CHOICES: [(Access, &str, &str); 5] = [
    (Access::Always, "always", "nothing"),
    (Access::Touch, "touch", "a touch"),
    (Access::Pin, "pin", "the PIN"),
    (Access::PinAndTouch, "pin-and-touch", "PIN and touch"),
    (Access::Never, "never", "never a code"),
];

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenAccess) -> Result<(), CommandError> {
    if let Some(over) = wanted.over {
        return super::interfaces::switch(context, wanted, over);
    }
    let found = find_locked(&wanted.which)?;
    let lines = lines(&found.capabilities);
    if wanted.json {
        return context.screen.print_json(&Document {
            version: 1,
            access: lines.into_iter().map(|(line, _)| line).collect(),
            contact_and_contactless: super::interfaces::sentences(&wanted.which),
        });
    }
    for (line, called) in lines {
        let text = match (line.kept_for, line.explanation) {
            ("account", _) => "for each account on its own".into(),
            ("token", Some(how)) => format!("for all together: {how}"),
            (_, Some(why)) => format!("no: {why}"),
            (_, None) => "no".into(),
        };
        context.screen.print_pair(called, 13, &text)?;
    }
    for sentence in super::interfaces::sentences(&wanted.which) {
        context.screen.print_sentence(&sentence)?;
    }
    Ok(())
}

fn lines(capabilities: &Capabilities) -> Vec<(Line, &'static str)> {
    let line = |(access, word, called): (Access, &'static str, &'static str)| {
        let (kept_for, explanation) = match (capabilities.access)(access) {
            AccessSupport::PerCredential => ("account", None),
            AccessSupport::PerApplication(how) => ("token", Some(how)),
            AccessSupport::No(why) => ("no", Some(why)),
        };
        let line = Line {
            access: word,
            kept_for,
            explanation,
        };
        (line, called)
    };
    CHOICES.into_iter().map(line).collect()
}

/// What a new account is to be protected by, if the device honours it.
pub(super) fn protection(
    capabilities: &Capabilities,
    wanted: &NewProtection,
) -> Result<Protection, CommandError> {
    let access = match (wanted.access, wanted.touch, wanted.pin) {
        (Some(AccessChoice::Always), ..) | (None, false, false) => Access::Always,
        (Some(AccessChoice::Touch), ..) | (None, true, false) => Access::Touch,
        (Some(AccessChoice::Pin), ..) | (None, false, true) => Access::Pin,
        (Some(AccessChoice::PinAndTouch), ..) | (None, true, true) => Access::PinAndTouch,
        (Some(AccessChoice::Never), ..) => Access::Never,
    };
    let remedy = "See what may stand in front of a code on this token: otpctl token access";
    match (capabilities.access)(access) {
        AccessSupport::PerCredential => {}
        // Nothing is what is there without asking.
        _ if access == Access::Always => {}
        AccessSupport::PerApplication(how) => {
            let what = format!("that is not kept for a single account on this token: {how}");
            return Err(CommandError::refused(what, remedy));
        }
        AccessSupport::No(why) => return Err(CommandError::refused(why, remedy)),
    }
    Ok(Protection {
        touch: matches!(access, Access::Touch | Access::PinAndTouch),
        pin: matches!(access, Access::Pin | Access::PinAndTouch),
    })
}
