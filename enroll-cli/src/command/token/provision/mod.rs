//! `otpctl token provision`: a token for a user, and his account, in one step.
//!
//! Card first, files second. The secret is written to the token; the token computes a code; the
//! code is proved by the same rule that a login uses; only then is the account written. So
//! whatever fails, nobody is locked out, and there is no account that no device can serve. At
//! worst the token holds something that opens nothing; that is said, and taken away where the
//! token still answers.
//!
//! `by_button.rs`: tokens that type their codes. `plan.rs`: what is settled before the token is touched. `on_token.rs`: what happens on it.
//! `on_file.rs`: the account. `many.rs`, `people.rs`: a pile of
//! tokens.

mod by_button;
mod many;
mod on_file;
mod on_token;
mod people;
mod plan;

use super::super::Context;
use super::super::left_on_tokens;
use super::session::{Found, find, name_of_token};
use crate::arguments::TokenProvision;
use crate::error::CommandError;
use crate::kernel_clock;
use crate::new_account::Known;
use crate::new_account::known_user;
use crate::token::shown::harmless;
use on_file::Way;
use otp_core::{Account, Authenticator, Method};
use otp_store::Store;
use plan::Plan;
use serde::Serialize;
use token_drivers::Identity;

/// Who gets a token, and what it is called.
struct Whom {
    user: Known,
    label: String,
}

/// What was done.
#[derive(Serialize)]
struct Done {
    version: u32,
    user: String,
    /// `enrolled`, `added` or `replaced`.
    result: &'static str,
    label: String,
    family: &'static str,
    serial: Option<String>,
    /// Of an account that computers ask for codes.
    name_on_token: Option<String>,
    /// `short` or `long`, of a button that types them.
    press: Option<&'static str>,
    token_identifier: Option<String>,
    kind: &'static str,
    algorithm: &'static str,
    digits: u8,
    time_step_seconds: Option<u32>,
    /// Whether codes are asked for: an account that is disabled stays so.
    enabled: bool,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenProvision) -> Result<(), CommandError> {
    let Some(user) = &wanted.user else {
        return many::run(context, wanted);
    };
    let whom = Whom {
        user: known_user(user)?,
        label: label(wanted.label.as_deref()),
    };
    let name = whom.user.name.to_string();
    let (done, replaced) = one(context, wanted, whom).map_err(|error| error.about(&name))?;
    if wanted.json {
        return context.screen.print_json(&done);
    }
    announce(context, &done)?;
    left_on_tokens::say(context, &replaced)?;
    if done.kind == "totp" {
        kernel_clock::warn(context.screen)?;
    }
    Ok(())
}

fn label(wanted: Option<&str>) -> String {
    wanted.unwrap_or("token").into()
}

fn one(
    context: &mut Context<'_>,
    wanted: &TokenProvision,
    whom: Whom,
) -> Result<(Done, Vec<Authenticator>), CommandError> {
    // The store before the token: what is written there must be of use.
    let store = context.store_to_enrol_in()?;
    let way = on_file::way(context, &store, wanted, &whom)?;
    store.can_write(&whom.user.name)?;
    let done = match wanted.button {
        Some(press) => by_button::run(context, &store, wanted, &whom, &way, press)?,
        None => {
            let found = find(context, &wanted.which)?;
            with_token(context, wanted, &whom, &way, &found)?
        }
    };
    Ok((done, way.replaced().to_vec()))
}

/// The same when store and token are at hand.
fn with_token(
    context: &mut Context<'_>,
    wanted: &TokenProvision,
    whom: &Whom,
    way: &Way,
    found: &Found,
) -> Result<Done, CommandError> {
    let store = context.store_to_enrol_in()?;
    let plan = Plan::settle(context, &store, wanted, whom, way, found)?;
    let _undisturbed = on_token::carry_out(context, &store, &plan, way, found, wanted.yes)?;
    let device = plan.device();
    tell(context, &store, plan.account(), device, &found.identity)?;
    Ok(Done {
        name_on_token: found.capabilities.calculates.then(|| plan.name()),
        ..done(plan.account(), device, way, &found.identity)
    })
}

/// Into the user's history, and to whom else it is told.
fn tell(
    context: &mut Context<'_>,
    store: &Store,
    account: &Account,
    device: &Authenticator,
    identity: &Identity,
) -> Result<(), CommandError> {
    let token = name_of_token(identity);
    let detail = format!("the token \"{}\", {token}", device.label);
    context.changed(store, &account.user, "token provision", &detail)
}

fn done(account: &Account, device: &Authenticator, way: &Way, identity: &Identity) -> Done {
    let (kind, time_step_seconds) = match device.method {
        Method::Totp { time_step, .. } => ("totp", Some(time_step.seconds())),
        Method::Hotp { .. } => ("hotp", None),
    };
    Done {
        version: 1,
        user: account.user.to_string(),
        result: way.word(),
        label: device.label.to_string(),
        family: identity.family.name(),
        serial: device
            .serial
            .as_ref()
            .map(|serial| harmless(serial.as_str())),
        name_on_token: None,
        press: None,
        token_identifier: device.token_identifier.as_ref().map(ToString::to_string),
        kind,
        algorithm: device.algorithm.as_str(),
        digits: device.digits.get(),
        time_step_seconds,
        enabled: way.is_enabled(),
    }
}

fn announce(context: &mut Context<'_>, done: &Done) -> Result<(), CommandError> {
    let Done {
        user,
        label,
        family,
        ..
    } = done;
    let serial = done.serial.as_ref();
    let serial = serial.map_or(String::new(), |serial| {
        format!(" with serial number {serial}")
    });
    let happened = match done.result {
        "added" => format!("{user} has one more device, \"{label}\": a {family}{serial}."),
        "replaced" => {
            format!("{user} logs in with \"{label}\" now, a {family}{serial}. All else is dead.")
        }
        _ => format!("{user} is enrolled with \"{label}\", a {family}{serial}."),
    };
    let screen = &mut context.screen;
    screen.say_sentence(&happened)?;
    screen.say_sentence(&match done.enabled {
        true => "That code is used up; the next one logs in.".into(),
        false => format!(
            "The account is disabled, so no code is asked for. To ask for one: otpctl enable {user} \
             --keep-secret"
        ),
    })?;
    match (&done.name_on_token, done.press) {
        (Some(name), _) => screen.say(&format!("Its codes: otpctl token code '{name}'")),
        (None, Some(press)) => screen.say(&format!("Its codes: a {press} press of its button")),
        (None, None) => screen.say("Its codes: on its display"),
    }
}
