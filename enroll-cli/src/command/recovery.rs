//! `otpctl recovery new|remove USER`: codes on paper, for the day without the device.
//!
//! Shown once, kept as hashes, replaced as a set. Each is typed where a code is asked, with or
//! without its hyphens, in small or capital letters.

use super::Context;
use crate::arguments::{Removal, Report};
use crate::error::CommandError;
use crate::new_account::{fill_with_random_bytes, known_user};
use crate::undisturbed::Undisturbed;
use otp_core::{Account, RecoveryCode, RecoverySet, RecoverySetId, RecoveryState};
use serde::Serialize;
use zeroize::Zeroizing;

/// How many codes a set has.
const CODES: usize = 10;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    user: &'a str,
    codes: Vec<&'a str>,
}

pub(crate) fn new(context: &mut Context<'_>, wanted: &Report) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    context.enrolled(&store, &user)?;
    let (set, codes) = new_set()?;
    let id = set.id;
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, mut state| {
        let old = account.recovery.replace(set);
        state.recovery = Some(RecoveryState {
            set: id,
            used: 0,
            last_used: None,
        });
        (account, state, old.is_some())
    });
    let replaced = changed.map_err(|error| CommandError::perhaps_done(error, "recovery new"))?;
    let detail = format!("{CODES} codes");
    context.changed(&store, &name, "recovery new", &detail)?;
    let unseen = |error: CommandError| {
        error.with_remedy("Not all codes were shown. Make others: otpctl recovery new USER")
    };
    let codes: Vec<_> = codes.iter().map(RecoveryCode::expose_text).collect();
    if wanted.json {
        let document = Document {
            version: 1,
            user: name.as_str(),
            codes: codes.iter().map(|code| code.as_str()).collect(),
        };
        return context.screen.reveal_json(&document).map_err(unseen);
    }
    // Said first, so that the codes are what remains on a small screen.
    let older = if replaced {
        " All older ones are dead."
    } else {
        ""
    };
    let screen = &mut context.screen;
    let mut shown = screen.say(&format!(
        "{name} has {CODES} recovery codes; each lets in once, in place of a code.{older}\n\
         They are not shown again. Print them, or write them down, and keep them\n\
         apart from the device:"
    ));
    for code in &codes {
        shown = shown.and_then(|()| screen.reveal(code));
    }
    shown.map_err(unseen)
}

/// Gives an account that is being made ten recovery codes; returns them as they are printed.
pub(super) fn make(account: &mut Account) -> Result<Vec<Zeroizing<String>>, CommandError> {
    let (set, codes) = new_set()?;
    account.recovery = Some(set);
    Ok(codes.iter().map(RecoveryCode::expose_text).collect())
}

fn new_set() -> Result<(RecoverySet, Vec<RecoveryCode>), CommandError> {
    let mut id = [0; 8];
    fill_with_random_bytes(&mut id)?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let mut bytes = Zeroizing::new([0; 16]);
        fill_with_random_bytes(bytes.as_mut())?;
        codes.push(RecoveryCode::from_random(*bytes));
    }
    let set = RecoverySet {
        id: RecoverySetId(id),
        hashes: codes.iter().map(RecoveryCode::hash).collect(),
    };
    Ok((set, codes))
}

pub(crate) fn remove(context: &mut Context<'_>, wanted: &Removal) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    if account.recovery.is_none() {
        return context
            .screen
            .say(&format!("{name} has no recovery codes."));
    }
    let consequence = format!("All recovery codes of {name} will be useless.");
    context
        .screen
        .confirm(name.as_str(), &consequence, wanted.yes)?;
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, mut state| {
        account.recovery = None;
        state.recovery = None;
        (account, state, ())
    });
    changed.map_err(|error| CommandError::perhaps_done(error, "recovery remove"))?;
    context.changed(&store, &name, "recovery remove", "")?;
    context
        .screen
        .say(&format!("{name} has no recovery codes any more."))
}
