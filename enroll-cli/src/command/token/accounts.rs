//! `otpctl token accounts`: what a token holds, as a table.

use super::super::Context;
use super::session::find;
use super::{kind_word, name_of};
use crate::arguments::TokenAccounts;
use crate::error::CommandError;
use crate::new_account::now;
use crate::token::shown::harmless;
use serde::Serialize;
use token_drivers::{CodeOf, Credential, Moment};

#[derive(Serialize)]
struct Document {
    version: u32,
    family: &'static str,
    serial: Option<String>,
    accounts: Vec<Line>,
}

/// One account.
#[derive(Serialize)]
struct Line {
    name: String,
    issuer: Option<String>,
    account: String,
    kind: &'static str,
    algorithm: Option<&'static str>,
    digits: Option<u8>,
    time_step_seconds: Option<u64>,
    touch: Option<bool>,
    pin: bool,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenAccounts) -> Result<(), CommandError> {
    let found = find(context, &wanted.which)?;
    let calculates = found.capabilities.calculates;
    let mut all = found.work(context, |work| {
        if !calculates {
            let all = work.token.list(&mut work.person)?;
            return Ok(all.into_iter().map(|one| (one, CodeOf::None)).collect());
        }
        // With the codes, which are thrown away: only so do most tokens say how many digits
        // there are, and whether a touch is wanted.
        Ok(work.token.calculate_all(Moment(now()), &mut work.person)?)
    })?;
    all.sort_by_key(|(one, _)| name_of(one).to_lowercase());
    let lines: Vec<Line> = all.iter().map(|(one, code)| line(one, code)).collect();
    if wanted.json {
        return context.screen.print_json(&Document {
            version: 1,
            family: found.identity.family.name(),
            serial: found.identity.serial.as_deref().map(harmless),
            accounts: lines,
        });
    }
    if lines.is_empty() {
        return context.screen.say("The token holds no accounts.");
    }
    table(context, &lines)
}

fn line(credential: &Credential, code: &CodeOf) -> Line {
    let asks = credential.protection.touch || matches!(code, CodeOf::WantsTouch);
    Line {
        name: name_of(credential),
        issuer: credential.name.issuer.as_deref().map(harmless),
        account: harmless(&credential.name.account),
        kind: kind_word(credential.kind),
        algorithm: credential.algorithm.map(|one| one.as_str()),
        digits: credential.digits,
        time_step_seconds: credential.time_step_seconds,
        // Of a counter most tokens do not tell it.
        touch: match (asks, code) {
            (false, CodeOf::Counter) => None,
            (asks, _) => Some(asks),
        },
        pin: credential.protection.pin,
    }
}

fn table(context: &mut Context<'_>, lines: &[Line]) -> Result<(), CommandError> {
    let widest = lines.iter().map(|one| one.name.chars().count()).max();
    let width = widest.unwrap_or(0).clamp(4, 40);
    let screen = &mut context.screen;
    let plain = screen.is_plain();
    if !plain {
        screen.say(&format!(
            "{:width$}  type  hash    digits  step  before a code",
            "name"
        ))?;
    }
    for line in lines {
        let or_unknown = |value: Option<String>| value.unwrap_or_else(|| "?".into());
        let before = match (line.touch, line.pin) {
            (Some(true), true) => "PIN and touch",
            (Some(true), false) => "touch",
            (_, true) => "PIN",
            (None, false) => "?",
            (Some(false), false) => "nothing",
        };
        let step = match (line.kind, line.time_step_seconds) {
            ("totp", Some(seconds)) => format!("{seconds} s"),
            ("totp", None) => "?".into(),
            _ => "-".into(),
        };
        if plain {
            screen.print(&in_words(line, before))?;
            continue;
        }
        screen.print(&format!(
            "{:width$}  {:4}  {:6}  {:6}  {step:4}  {before}",
            line.name,
            line.kind,
            or_unknown(line.algorithm.map(String::from)),
            or_unknown(line.digits.map(|digits| digits.to_string())),
        ))?;
    }
    Ok(())
}

/// One account in a line of text.
fn in_words(line: &Line, before: &str) -> String {
    let algorithm = line.algorithm.map(|name| format!(", {name}"));
    let digits = line.digits.map(|digits| format!(", {digits} digits"));
    let step = line.time_step_seconds.map(|step| format!(", {step} s"));
    let before = match before {
        "?" => String::new(),
        before => format!(", {before} before a code"),
    };
    format!(
        "{}: {}{}{}{}{before}",
        line.name,
        line.kind,
        algorithm.unwrap_or_default(),
        digits.unwrap_or_default(),
        step.unwrap_or_default()
    )
}
