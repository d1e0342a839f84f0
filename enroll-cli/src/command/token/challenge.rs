//! `otpctl token challenge NAME`: the token answers what the other side asks (OCRA, RFC 6287).
//!
//! Only HID's Crescendo Key computes it; the challenges of other tokens have no room for the
//! suite and its fields.

use super::super::Context;
use super::session::{find, line};
use super::{like, name_of};
use crate::arguments::TokenChallenge;
use crate::error::CommandError;
use crate::new_account::now;
use otp_core::{OcraInput, OcraSuite, decode_typed_hex};
use serde::Serialize;
use token_drivers::{Family, Token};
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    name: String,
    response: &'a str,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &TokenChallenge) -> Result<(), CommandError> {
    let suite = OcraSuite::parse(&wanted.suite).map_err(|error| {
        CommandError::usage(error.to_string(), "For example: OCRA-1:HOTP-SHA1-6:QN08")
    })?;
    let found = find(context, &wanted.which)?;
    if found.identity.family != Family::Crescendo {
        return Err(CommandError::refused(
            format!("a {} answers no OCRA challenges", found.identity.family),
            "Only HID Crescendo Keys do. See: otpctl token info",
        ));
    }
    let password = match wanted.password {
        true => Some(asked(context, "Password of the suite: ", "the password")?),
        false => None,
    };
    let session = match wanted.session {
        true => {
            let text = asked(context, "Session data (hexadecimal): ", "the session data")?;
            Some(decode_typed_hex(text.trim()).map_err(|error| {
                CommandError::usage(format!("the session data is {error}"), "Give hexadecimal")
            })?)
        }
        false => None,
    };
    let input = OcraInput {
        suite: &suite,
        counter: None,
        challenge: &wanted.challenge,
        own_challenge: wanted.own_challenge.as_deref(),
        password: password.as_ref().map(|text| text.as_bytes()),
        session: session.as_ref().map(|bytes| bytes.as_slice()),
        now: suite.time_step_seconds.map(|_| now()),
    };
    let (name, response) = found.work_with_crescendo(context, |token, person| {
        let all = token.list(person)?;
        let one = like(&all, &wanted.name)?;
        Ok((name_of(one), token.challenge(one, &input, person)?))
    })?;
    match wanted.json {
        false => context.screen.reveal(&response),
        true => context.screen.reveal_json(&Document {
            version: 1,
            name,
            response: &response,
        }),
    }
}

fn asked(
    context: &mut Context<'_>,
    question: &str,
    what: &str,
) -> Result<Zeroizing<String>, CommandError> {
    match context.screen.somebody_is_there() {
        false => line(context, what),
        true => {
            let typed = context.screen.ask_hidden(question)?.unwrap_or_default();
            Ok(Zeroizing::new(typed.trim_end_matches(['\r', '\n']).into()))
        }
    }
}
