//! The way to the accounts: the store itself, or the verifier for programs that cannot open it.

use crate::Failure;
use otp_core::{Answer, PasswordCheck};
use otp_core::{PinCheck, Policy, Trust, Typed, UnixTime};
use otp_store::verifier::Verifier;
use otp_store::{Attempt, AttemptOrigin, FirstLook, Person, Recorded, Seen, Store, StoreError};
use std::cell::Cell;
use std::path::Path;

/// The way to the accounts.
pub(crate) enum Door {
    /// This process may open the files.
    Store(Store),
    /// It may not: it runs as the person who is to be asked.
    Verifier(Verifier),
}

/// One attempt, before it is known who decides it.
pub(crate) struct Asked<'a> {
    pub(crate) person: &'a Person,
    pub(crate) password: PasswordCheck,
    pub(crate) typed: Typed,
    pub(crate) has_pin: bool,
    pub(crate) trust: Option<Trust>,
    pub(crate) now: UnixTime,
    pub(crate) policy: &'a Policy,
    /// Address or terminal.
    pub(crate) from: &'a str,
}

impl Door {
    /// Opens the store, or turns to the verifier where that is not permitted, and only there.
    pub(crate) fn open(path: &Path, service: &str) -> Result<Self, StoreError> {
        match Store::open(path) {
            Err(StoreError::NotPermitted { .. }) => Ok(Self::Verifier(Verifier::new(service))),
            opened => opened.map(Self::Store),
        }
    }

    /// The store itself, where it is open.
    pub(crate) fn store(&self) -> Option<&Store> {
        match self {
            Self::Store(store) => Some(store),
            Self::Verifier(_) => None,
        }
    }

    pub(crate) fn first_look(
        &self,
        person: &Person,
        trust: Option<&Trust>,
        now: UnixTime,
    ) -> Result<Option<FirstLook>, Failure> {
        match (self, person) {
            (Self::Store(store), Person::Known { name, .. }) => {
                Ok(store.first_look(name, trust, now)?)
            }
            (Self::Store(store), Person::Unknown) => {
                store.look_at_nobody(false);
                Ok(None)
            }
            (Self::Verifier(verifier), _) => Ok(verifier.first_look(person)?),
        }
    }

    /// Decides; the decision is on disk afterwards.
    pub(crate) fn decide(
        &self,
        asked: Asked<'_>,
        service: &str,
    ) -> Result<(Recorded, Seen), Failure> {
        let store = match self {
            Self::Store(store) => store,
            Self::Verifier(verifier) => return Ok(verifier.decide(asked.person, &asked.typed)?),
        };
        let pin = pin_check(store, &asked)?;
        let seen = Cell::new(Seen::default());
        let attempt = Attempt {
            answer: Answer {
                password: asked.password,
                typed: asked.typed,
                pin,
                trust: asked.trust,
            },
            now: asked.now,
            policy: asked.policy,
            origin: AttemptOrigin {
                service,
                from: asked.from,
            },
            seen: &seen,
        };
        match store.decide(asked.person, &attempt) {
            // Root, but in a sandbox that may not write. Nothing has been decided: the file
            // could not even be opened. The password cannot be told to the verifier.
            Err(error) if error.is_read_only() => {
                if asked.password != PasswordCheck::Elsewhere {
                    return Err(error.into());
                }
                let verifier = Verifier::new(service);
                Ok(verifier.decide(asked.person, &attempt.answer.typed)?)
            }
            recorded => Ok((recorded?, seen.take())),
        }
    }
}

/// Checks the PIN in an answer before the account is locked, since it is slow on purpose.
fn pin_check(store: &Store, asked: &Asked<'_>) -> Result<Option<PinCheck>, Failure> {
    let Person::Known { name, .. } = asked.person else {
        return Ok(None);
    };
    if !asked.has_pin {
        return Ok(None);
    }
    match store.account_alone(name)? {
        Some(account) => account.check_pin(&asked.typed).map_err(Failure::Pin),
        None => Ok(None),
    }
}
