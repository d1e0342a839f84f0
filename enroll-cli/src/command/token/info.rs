//! `otpctl token info`: what a token is, what it can do, and what it cannot and why.

use super::super::Context;
use super::list::{version, words};
use super::session::look;
use crate::arguments::TokenLook;
use crate::error::CommandError;
use crate::token::shown::harmless;
use serde::Serialize;
use token_drivers::{Capabilities, Family, Kind, Recognised, TimeSteps};

#[derive(Serialize)]
struct Document {
    version: u32,
    reader: String,
    family: Option<&'static str>,
    firmware: Option<String>,
    serial: Option<String>,
    protected: bool,
    applications: Vec<&'static str>,
    can: Option<Can>,
    cannot: Vec<&'static str>,
}

/// What it can do with accounts.
#[derive(Serialize)]
struct Can {
    kinds: Vec<&'static str>,
    algorithms: Vec<&'static str>,
    fewest_digits: u8,
    most_digits: u8,
    /// Null: any.
    time_steps_seconds: Option<&'static [u64]>,
    longest_name_bytes: usize,
    room: Option<u16>,
    calculates: bool,
    lists: bool,
    deletes: bool,
    renames: bool,
    password: bool,
    pin: bool,
    resets: bool,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenLook) -> Result<(), CommandError> {
    let (reader, found, capabilities) = look(&wanted.which)?;
    let document = document(reader.shown, &found, capabilities.as_ref());
    match wanted.json {
        true => context.screen.print_json(&document),
        false => show(context, &document),
    }
}

fn document(reader: String, found: &Recognised, capabilities: Option<&Capabilities>) -> Document {
    Document {
        version: 1,
        reader,
        family: found.family.map(Family::name),
        firmware: found.version.map(version),
        serial: found.serial.as_deref().map(harmless),
        protected: found.protected,
        applications: words(found.applications),
        can: capabilities.map(can),
        cannot: capabilities.map_or_else(Vec::new, |one| one.cannot.clone()),
    }
}

fn can(capabilities: &Capabilities) -> Can {
    let kind = |kind: &Kind| match kind {
        Kind::Totp => "totp",
        Kind::Hotp => "hotp",
        Kind::Ocra => "ocra",
    };
    let algorithms = capabilities.algorithms.iter();
    Can {
        kinds: capabilities.kinds.iter().map(kind).collect(),
        algorithms: algorithms.map(|one| one.as_str()).collect(),
        fewest_digits: *capabilities.digits.start(),
        most_digits: *capabilities.digits.end(),
        time_steps_seconds: match capabilities.time_steps {
            TimeSteps::Any => None,
            TimeSteps::Only(these) => Some(these),
        },
        longest_name_bytes: capabilities.longest_name_bytes,
        room: capabilities.room,
        calculates: capabilities.calculates,
        lists: capabilities.lists,
        deletes: capabilities.deletes,
        renames: capabilities.renames,
        password: capabilities.password,
        pin: capabilities.pin,
        resets: capabilities.resets,
    }
}

fn show(context: &mut Context<'_>, document: &Document) -> Result<(), CommandError> {
    let screen = &mut context.screen;
    let mut line = |name: &str, value: &str| screen.print_pair(name, 12, value);
    line("reader", &document.reader)?;
    line("token", document.family.unwrap_or("without OATH"))?;
    line("firmware", document.firmware.as_deref().unwrap_or("?"))?;
    line(
        "serial",
        document.serial.as_deref().unwrap_or("it tells none"),
    )?;
    line("applications", &document.applications.join(", "))?;
    let Some(can) = &document.can else {
        return Ok(());
    };
    let protected = match (document.protected, can.pin, can.password) {
        (true, true, _) => "a PIN is set",
        (true, ..) => "a password is set",
        (false, true, _) => "no PIN is set",
        (false, false, true) => "no password is set",
        (false, ..) => "it has neither password nor PIN",
    };
    line("protection", protected)?;
    line("codes", &can.kinds.join(", "))?;
    line("hashes", &can.algorithms.join(", "))?;
    line(
        "digits",
        &format!("{} to {}", can.fewest_digits, can.most_digits),
    )?;
    if let Some(room) = can.room {
        line("room", &format!("{room} accounts"))?;
    }
    for sentence in &document.cannot {
        line("cannot", sentence)?;
    }
    Ok(())
}
