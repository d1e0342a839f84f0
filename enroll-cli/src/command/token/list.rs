//! `otpctl token list`: every reader, and what is in it.
//!
//! One that cannot be asked does not hide the others.

use super::super::Context;
use crate::arguments::TokenList;
use crate::error::CommandError;
use crate::token::connection::with_card;
use crate::token::readers::{Reader, readers_with_patience, service};
use crate::token::shown::harmless;
use crate::token::trouble::no_reader;
use pcsc::Context as Service;
use serde::Serialize;
use token_drivers::{Applications, Family};

#[derive(Serialize)]
struct Document {
    version: u32,
    readers: Vec<Line>,
}

/// One reader.
#[derive(Serialize)]
struct Line {
    number: usize,
    name: String,
    occupied: bool,
    family: Option<&'static str>,
    firmware: Option<String>,
    serial: Option<String>,
    protected: Option<bool>,
    applications: Vec<&'static str>,
    problem: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenList) -> Result<(), CommandError> {
    let service = service()?;
    let found = readers_with_patience(&service)?;
    let lines: Vec<Line> = found.iter().map(|one| line(&service, one)).collect();
    if wanted.json {
        return context.screen.print_json(&Document {
            version: 1,
            readers: lines,
        });
    }
    if lines.is_empty() {
        return Err(no_reader());
    }
    for line in &lines {
        let what = match (&line.problem, line.family) {
            (Some(problem), _) => problem.clone(),
            (None, Some(family)) => description(family, line),
            (None, None) if line.occupied && line.applications.is_empty() => {
                "a card that is none of the tokens known here".into()
            }
            (None, None) if line.occupied => description("a token without OATH", line),
            (None, None) => "(empty)".into(),
        };
        let text = format!("{}  {}: {what}", line.number, line.name);
        context.screen.print_sentence(&text)?;
    }
    Ok(())
}

fn line(service: &Service, reader: &Reader) -> Line {
    let mut line = Line {
        number: reader.number,
        name: reader.shown.clone(),
        occupied: reader.occupied,
        family: None,
        firmware: None,
        serial: None,
        protected: None,
        applications: Vec::new(),
        problem: None,
    };
    if !reader.occupied {
        return line;
    }
    let found = with_card(service, reader, |card| Ok(token_drivers::recognise(card)?));
    match found {
        Ok(found) => {
            line.family = found.family.map(Family::name);
            line.firmware = found.version.map(version);
            line.serial = found.serial.as_deref().map(harmless);
            line.protected = Some(found.protected);
            line.applications = words(found.applications);
        }
        Err(error) => line.problem = Some(error.what().to_string()),
    }
    line
}

fn description(family: &str, line: &Line) -> String {
    let firmware = line.firmware.as_ref().map(|text| format!(" {text}"));
    let serial = line.serial.as_ref().map(|text| format!(", serial {text}"));
    let protected = match line.protected {
        Some(true) => ", password or PIN set",
        _ => "",
    };
    format!(
        "{family}{}{}{protected}",
        firmware.unwrap_or_default(),
        serial.unwrap_or_default()
    )
}

/// A version for people.
pub(super) fn version((major, minor, patch): (u8, u8, u8)) -> String {
    format!("{major}.{minor}.{patch}")
}

/// Which applications a token has.
pub(super) fn words(applications: Applications) -> Vec<&'static str> {
    [
        (applications.oath, "oath"),
        (applications.slots, "slots"),
        (applications.management, "management"),
        (applications.crescendo, "crescendo"),
        (applications.token2, "token2"),
    ]
    .into_iter()
    .filter_map(|(there, word)| there.then_some(word))
    .collect()
}
