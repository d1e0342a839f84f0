//! Reaching the one token that is meant, unlocked, within one transaction.
//!
//! A person is asked for the password before the transaction, not in it: while it lasts, no
//! other program can use the token. So the token is looked at once for what it is, and once
//! more for the task; the second time it must be the same.

use super::super::Context;
use crate::arguments::{WhichReader, WhichToken};
use crate::error::CommandError;
use crate::token::connection::with_card;
use crate::token::readers::{Reader, choose, readers_with_patience, service};
use crate::token::shown::harmless;
use crate::token::touch::Person;
use pcsc::Context as Service;
use token_drivers::crescendo::Crescendo;
use token_drivers::{Capabilities, Card, Family, Identity, Recognised, Token, Unlock};
use zeroize::Zeroizing;

/// A token that was found, and what unlocks it.
pub(super) struct Found {
    service: Service,
    reader: Reader,
    pub(super) identity: Identity,
    pub(super) capabilities: Capabilities,
    key: Option<Zeroizing<String>>,
    experimental: bool,
}

/// What a task works with.
pub(super) struct Work<'a, 'c> {
    pub(super) context: &'a mut Context<'c>,
    pub(super) token: &'a mut dyn Token,
    pub(super) person: Person,
}

/// Finds the token that is meant, and asks for its password if it has one.
pub(super) fn find(context: &mut Context<'_>, which: &WhichToken) -> Result<Found, CommandError> {
    let given = match which.unlock_stdin {
        true => Some(line(context, "the token's password or PIN")?),
        false => None,
    };
    let mut found = as_it_is(&which.place, which.experimental)?;
    found.key = match given {
        Some(given) => found.identity.protected.then_some(given),
        None if found.identity.protected => ask_for_key(context, &found.capabilities)?,
        None => None,
    };
    Ok(found)
}

/// Finds the token that is meant, as it is.
pub(super) fn find_locked(which: &WhichReader) -> Result<Found, CommandError> {
    as_it_is(which, false)
}

fn as_it_is(which: &WhichReader, experimental: bool) -> Result<Found, CommandError> {
    let (service, reader) = reach(which)?;
    let (identity, capabilities) = with_card(&service, &reader, |card| {
        let serial = recognised(card, &reader)?.serial;
        let token = open(card, experimental)?;
        let identity = token.identity().clone();
        let serial = identity.serial.clone().or(serial);
        Ok((
            Identity { serial, ..identity },
            token.capabilities().clone(),
        ))
    })?;
    Ok(Found {
        service,
        reader,
        identity,
        capabilities,
        key: None,
        experimental,
    })
}

/// Opens what is in the reader.
fn open(card: &mut dyn Card, experimental: bool) -> Result<Box<dyn Token + '_>, CommandError> {
    if !experimental {
        return Ok(token_drivers::open(card)?);
    }
    match token_drivers::recognise(card)?.family {
        Some(Family::Crescendo) => Ok(Box::new(Crescendo::open(card)?.with_experiments())),
        _ => Err(CommandError::usage(
            "--experimental is for HID Crescendo Keys, and this is none",
            "Leave it away",
        )),
    }
}

/// What is in the reader that is meant, without unlocking or changing anything; with what it
/// can do, if a driver knows it.
pub(super) fn look(
    which: &WhichReader,
) -> Result<(Reader, Recognised, Option<Capabilities>), CommandError> {
    let (service, reader) = reach(which)?;
    let (found, capabilities) = with_card(&service, &reader, |card| {
        let found = recognised(card, &reader)?;
        let opened = token_drivers::open(card);
        Ok((found, opened.ok().map(|token| token.capabilities().clone())))
    })?;
    Ok((reader, found, capabilities))
}

/// What is in this reader, which must be something that is known here.
pub(super) fn recognised(card: &mut dyn Card, reader: &Reader) -> Result<Recognised, CommandError> {
    let found = token_drivers::recognise(card)?;
    if found.family.is_some() || found.applications.slots {
        return Ok(found);
    }
    Err(CommandError::device(
        format!(
            "the card in \"{}\" is none of the tokens that are known here",
            reader.shown
        ),
        "Insert one of README's tokens (see: otpctl token list). Any other one logs in as well, by what \
         it shows: otpctl enroll USER --secret-stdin",
    ))
}

/// What a token is called in a sentence.
pub(super) fn name_of_token(identity: &Identity) -> String {
    let serial = identity.serial.as_deref().map(harmless);
    let serial = serial.map(|serial| format!(" with serial number {serial}"));
    format!("{}{}", identity.family, serial.unwrap_or_default())
}

/// The reader with the token that is meant.
pub(super) fn reach(which: &WhichReader) -> Result<(Service, Reader), CommandError> {
    let service = service()?;
    let all = readers_with_patience(&service)?;
    let Some(serial) = which.serial.as_deref() else {
        let reader = choose(&all, which.reader.as_deref())?;
        return Ok((service, reader));
    };
    let mut seen = Vec::new();
    for reader in all.iter().filter(|one| one.occupied) {
        let number = reader.number.to_string();
        if choose(&all, which.reader.as_deref().or(Some(&number))).is_err() {
            continue;
        }
        // What cannot be asked is not the one.
        let found = with_card(&service, reader, |card| Ok(token_drivers::recognise(card)?));
        let known = found.ok().and_then(|found| found.serial);
        if known.as_deref() == Some(serial) {
            return Ok((service, reader.clone()));
        }
        seen.extend(known.map(|known| harmless(&known)));
    }
    if all.iter().all(|one| !one.occupied) {
        choose(&all, None)?;
    }
    let remedy = match seen.is_empty() {
        true => "See what is connected: otpctl token list".into(),
        false => format!("Connected: {}", seen.join(", ")),
    };
    Err(CommandError::device(
        format!(
            "no token with serial number {} is connected",
            harmless(serial)
        ),
        remedy,
    ))
}

fn ask_for_key(
    context: &mut Context<'_>,
    capabilities: &Capabilities,
) -> Result<Option<Zeroizing<String>>, CommandError> {
    let screen = &mut context.screen;
    // A PIN stands in front of single accounts; the others can be used without it.
    let (question, may_be_empty) = match capabilities.pin {
        true => ("PIN of the token (Enter: without): ", true),
        false => ("Password of the token: ", false),
    };
    if !screen.somebody_is_there() {
        return match may_be_empty {
            true => Ok(None),
            false => Err(CommandError::refused(
                "the token wants its password, and nobody is there to type it",
                "In a script, give it as the first line of standard input: --unlock-stdin",
            )),
        };
    }
    let typed = screen.ask_hidden(question)?.unwrap_or_default();
    let typed = Zeroizing::new(typed.trim_end_matches(['\r', '\n']).to_string());
    match (typed.is_empty(), may_be_empty) {
        (true, true) => Ok(None),
        (true, false) => Err(CommandError::usage(
            "no password was typed",
            "Type it, or set the token back: otpctl token reset",
        )),
        (false, _) => Ok(Some(typed)),
    }
}

/// A line of standard input that must be there.
pub(super) fn line(
    context: &mut Context<'_>,
    what: &str,
) -> Result<Zeroizing<String>, CommandError> {
    let line = context.screen.read_line()?;
    let line = line.unwrap_or_default();
    let line = Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_string());
    match line.is_empty() {
        false => Ok(line),
        true => Err(CommandError::usage(
            format!("standard input has no line for {what}"),
            "See which lines are wanted, in order: otpctl token COMMAND --help",
        )),
    }
}

impl Found {
    /// Whether what is written takes the place of something that nobody can name: a token with
    /// one place, or with slots that do not tell what is in them.
    pub(super) fn is_written_over(&self) -> bool {
        !self.capabilities.lists || self.identity.family == Family::Crescendo
    }

    /// Whether a password or PIN was given.
    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Does a task with a Crescendo, unlocked: what no other family has.
    pub(super) fn work_with_crescendo<T>(
        &self,
        context: &Context<'_>,
        task: impl FnOnce(&mut Crescendo<'_>, &mut Person) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let mut person = Person::new(context.screen.is_plain());
        with_card(&self.service, &self.reader, |card| {
            let mut token = Crescendo::open(card)?;
            if let Some(key) = &self.key {
                let key = Unlock::Pin(key.clone());
                token.unlock(key, &mut crate::token::random()?, &mut person)?;
            }
            task(&mut token, &mut person)
        })
    }

    /// Does a task with the token, unlocked.
    pub(super) fn work<'c, T>(
        &self,
        context: &mut Context<'c>,
        task: impl FnOnce(&mut Work<'_, 'c>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        self.work_after(|_| Ok(None), context, task)
    }

    /// The same for what cannot be undone: makes sure before, by its serial number, that it is
    /// still the same token. Within the same transaction, which ends when a token is changed.
    pub(super) fn work_on_the_same<'c, T>(
        &self,
        context: &mut Context<'c>,
        task: impl FnOnce(&mut Work<'_, 'c>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let serial = |card: &mut dyn Card| Ok(Some(recognised(card, &self.reader)?.serial));
        self.work_after(serial, context, task)
    }

    fn work_after<'c, T>(
        &self,
        serial: impl FnOnce(&mut dyn Card) -> Result<Option<Option<String>>, CommandError>,
        context: &mut Context<'c>,
        task: impl FnOnce(&mut Work<'_, 'c>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let mut person = Person::new(context.screen.is_plain());
        with_card(&self.service, &self.reader, |card| {
            let serial = serial(card)?;
            let mut token = open(card, self.experimental)?;
            self.check(token.identity(), serial)?;
            if let Some(key) = &self.key {
                let key = match self.capabilities.pin {
                    true => Unlock::Pin(key.clone()),
                    false => Unlock::Password(key.clone()),
                };
                token.unlock(key, &mut crate::token::random()?, &mut person)?;
            }
            task(&mut Work {
                context,
                token: &mut *token,
                person,
            })
        })
    }

    /// Whether it is the token that was found; of a serial number only if it was looked for.
    fn check(
        &self,
        identity: &Identity,
        serial: Option<Option<String>>,
    ) -> Result<(), CommandError> {
        let serial = serial.map(|managed| identity.serial.clone().or(managed));
        let same = identity.family == self.identity.family
            && identity.version == self.identity.version
            && serial.is_none_or(|serial| serial == self.identity.serial);
        match same {
            true => Ok(()),
            false => Err(CommandError::device(
                "that is another token than a moment ago; nothing was done to it",
                "Leave one token in the reader until the command ends",
            )),
        }
    }
}
