//! `otpctl token code [NAME]`: the token computes, the person sees or pastes.
//!
//! Without a name: whatever costs nothing. A counter is moved on, and a touch asked for, only
//! when that one account is named.

use super::super::Context;
use super::session::find;
use super::{kind_word, like, name_of};
use crate::arguments::TokenCode;
use crate::error::CommandError;
use crate::new_account::now;
use crate::token::clipboard;
use serde::Serialize;
use token_drivers::{CodeOf, CodeValue, Credential, Kind, Moment};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    codes: Vec<Line<'a>>,
}

/// One code, or why there is none.
#[derive(Serialize)]
struct Line<'a> {
    name: String,
    code: Option<&'a str>,
    /// `touch`, `pin`, `counter`, `not-oath` or `failed`; null with a code.
    missing: Option<&'static str>,
    valid_from_unix_seconds: Option<u64>,
    valid_until_unix_seconds: Option<u64>,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenCode) -> Result<(), CommandError> {
    let found = find(context, &wanted.which)?;
    if !found.capabilities.calculates {
        return Err(CommandError::refused(
            "this token shows its codes itself; no computer can ask for them",
            "Read the code from its display",
        ));
    }
    let told = match (wanted.hotp, wanted.totp) {
        (true, _) => Some(Kind::Hotp),
        (_, true) => Some(Kind::Totp),
        _ => None,
    };
    // A counter would have moved on for nothing.
    if wanted.copy && !clipboard::is_there() {
        return Err(clipboard::none());
    }
    let codes = found.work(context, |work| {
        let moment = Moment(now());
        let Some(wanted) = &wanted.name else {
            return Ok(work.token.calculate_all(moment, &mut work.person)?);
        };
        let all = work.token.list(&mut work.person)?;
        let mut one = like(&all, wanted)?.clone();
        if let (Some(kind), Some(told)) = (one.kind, told)
            && kind != told
        {
            return Err(CommandError::usage(
                format!(
                    "\"{}\" is {}, and the token knows it",
                    name_of(&one),
                    kind_word(one.kind)
                ),
                "Leave --hotp and --totp away",
            ));
        }
        one.kind = one.kind.or(told);
        let code = work.token.calculate(&one, moment, &mut work.person);
        // Its time began when the person had touched it.
        Ok(vec![(one, CodeOf::Code(code?))])
    })?;
    match codes.as_slice() {
        [(credential, CodeOf::Code(code))] if wanted.copy => {
            copy(context, wanted, credential, code)
        }
        [(_, CodeOf::Code(code))] if wanted.single => context.screen.reveal(&code.text),
        _ if wanted.json => {
            let mut lines: Vec<Line<'_>> = codes.iter().map(|(of, code)| line(of, code)).collect();
            lines.sort_by_key(|one| one.name.to_lowercase());
            context.screen.reveal_json(&Document {
                version: 1,
                codes: lines,
            })
        }
        _ => table(context, &codes),
    }
}

fn line<'a>(credential: &Credential, code: &'a CodeOf) -> Line<'a> {
    let value = match code {
        CodeOf::Code(value) => Some(value),
        _ => None,
    };
    let valid = value.and_then(|value| value.valid);
    Line {
        name: name_of(credential),
        code: value.map(|value| value.text.as_str()),
        missing: missing(code).map(|(word, _)| word),
        valid_from_unix_seconds: valid.map(|(from, _)| from.0),
        valid_until_unix_seconds: valid.map(|(_, until)| until.0),
    }
}

/// Why there is no code: a word for scripts, and one for people.
fn missing(code: &CodeOf) -> Option<(&'static str, String)> {
    Some(match code {
        CodeOf::Code(_) => return None,
        CodeOf::WantsTouch => ("touch", "(after a touch: name it)".into()),
        CodeOf::WantsPin => ("pin", "(after the PIN: name it)".into()),
        CodeOf::Counter => ("counter", "(by a counter: name it)".into()),
        CodeOf::None => ("not-oath", "(no one-time password)".into()),
        CodeOf::Failed(error) => ("failed", format!("({error})")),
    })
}

fn table(context: &mut Context<'_>, codes: &[(Credential, CodeOf)]) -> Result<(), CommandError> {
    if codes.is_empty() {
        return context.screen.say("The token holds no accounts.");
    }
    let mut lines: Vec<(String, &CodeOf)> = codes
        .iter()
        .map(|(one, code)| (name_of(one), code))
        .collect();
    lines.sort_by_key(|(name, _)| name.to_lowercase());
    let widest = lines.iter().map(|(name, _)| name.chars().count()).max();
    let width = widest.unwrap_or(0).min(50);
    let quiet = context.screen.is_quiet();
    for (name, code) in lines {
        match code {
            CodeOf::Code(code) if quiet => context.screen.reveal(&code.text)?,
            CodeOf::Code(code) => {
                let left = code.valid.map(|(_, until)| until.0.saturating_sub(now().0));
                let left = left.map_or(String::new(), |seconds| format!("  for {seconds} s"));
                let text = code.text.as_str();
                let line = match context.screen.is_plain() {
                    true => format!("{name}: {text}{left}"),
                    false => format!("{name:width$}  {text:8}{left}"),
                };
                context.screen.reveal(&line)?;
            }
            code => {
                let why = missing(code).map(|(_, why)| why).unwrap_or_default();
                context.screen.say(&format!("{name:width$}  {why}"))?;
            }
        }
    }
    Ok(())
}

fn copy(
    context: &mut Context<'_>,
    wanted: &TokenCode,
    credential: &Credential,
    code: &CodeValue,
) -> Result<(), CommandError> {
    let ways = clipboard::copy(&code.text)?;
    let seconds = wanted.clear_after;
    let then = match seconds {
        0 => "It stays there".into(),
        seconds => {
            clipboard::forget_later(seconds)?;
            format!("It is emptied in {seconds} s")
        }
    };
    context.screen.say(&format!(
        "The code of {} is in the clipboard (by {}). {then}.",
        name_of(credential),
        ways.join(" and ")
    ))
}
