//! `otpctl verify USER`: would this code open the door? Says why not, and uses nothing up.

use super::{Context, counted, date};
use crate::arguments::Report;
use crate::error::CommandError;
use crate::new_account::{known_user, now};
use otp_core::{
    Acceptance, Account, Answer, Decision, Exemption, PasswordCheck, Reason, State, Typed, verify,
};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    user: &'a str,
    accepted: bool,
    outcome: &'static str,
    device: Option<u32>,
    explanation: &'a str,
    remedy: Option<&'a str>,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Report) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    let typed = match account.pin {
        Some(_) => context.screen.ask_hidden("PIN and code: ")?,
        None => context.screen.ask("Code: ")?,
    };
    let typed = typed.unwrap_or_default();
    // Looked up again: a login may have happened while the person typed.
    let (account, state) = context.enrolled(&store, &user)?;
    if typed.trim().is_empty() {
        return Err(CommandError::usage(
            "no code was typed",
            "Type the code that the device shows",
        ));
    }
    let typed = Typed::parse(typed.as_bytes());
    let pin = account
        .check_pin(&typed)
        .map_err(|error| CommandError::refused(error.to_string(), "Try again in a moment"))?;
    let answer = Answer {
        password: PasswordCheck::Elsewhere,
        typed,
        pin,
        trust: None,
    };
    let policy = &context.configuration.policy;
    let outcome = verify(&account, &state, &answer, now(), policy);
    let explained = explained(&account, &state, outcome.decision);
    if wanted.json {
        let (explanation, remedy) = match &explained {
            Ok(line) => (line.as_str(), None),
            Err((what, remedy)) => (what.as_str(), Some(remedy.replace("USER", name.as_str()))),
        };
        context.screen.print_json(&Document {
            version: 1,
            user: name.as_str(),
            accepted: explained.is_ok(),
            outcome: outcome.decision.word(),
            device: outcome.decision.authenticator().map(|id| id.0),
            explanation,
            remedy: remedy.as_deref(),
        })?;
    }
    match explained {
        Ok(_) if wanted.json => Ok(()),
        Ok(line) => context.screen.say(&line),
        Err((what, remedy)) => Err(CommandError::refused(what, remedy)),
    }
}

/// The decision in words: what would happen, or why not and what to do.
fn explained(
    account: &Account,
    state: &State,
    decision: Decision,
) -> Result<String, (String, String)> {
    let label = |id| {
        let one = account.authenticators.with_id(id);
        one.map_or(String::new(), |one| format!(" (\"{}\")", one.label))
    };
    let refused = |what: &str, remedy: &str| Err((what.to_string(), remedy.to_string()));
    match decision {
        Decision::Accept(Acceptance::Code {
            authenticator,
            activated_now,
            ..
        }) => {
            let more = if activated_now {
                " and activate the account"
            } else {
                ""
            };
            let label = label(authenticator);
            Ok(format!(
                "This code would be accepted{label}{more}. It has not been used up."
            ))
        }
        // No place is given above, so that the code is looked at.
        Decision::Accept(Acceptance::RecoveryCode { left }) => Ok(format!(
            "This recovery code would be accepted; {left} more would be left. It has not been \
             used up."
        )),
        Decision::Accept(Acceptance::BypassCode { uses_left }) => Ok(format!(
            "This bypass code would be accepted, and then be good for {}. It has not been used up.",
            counted(uses_left.into(), "more login")
        )),
        Decision::Accept(Acceptance::Remembered | Acceptance::Pending) => {
            Ok("The account is pending: the password alone would be accepted now.".into())
        }
        Decision::Exempt(Exemption::Disabled) => {
            Ok("The account is disabled: no code would be asked for.".into())
        }
        Decision::Exempt(Exemption::NotEnrolled) => {
            Ok("The user is not enrolled: no code would be asked for.".into())
        }
        Decision::Reject(Reason::Replay { authenticator }) => {
            let used = state.of(authenticator).and_then(|one| one.last_used);
            let when = used.map_or(String::new(), |used| format!(" at {}", date(used)));
            let label = label(authenticator);
            let what = format!("the code{label} was right, but it or a later one was used{when}");
            Err((what, "Wait for the next code".into()))
        }
        Decision::Reject(Reason::WrongPin { authenticator }) => {
            let what = format!(
                "the code{} is right, but not the PIN in front of it",
                label(authenticator)
            );
            Err((
                what,
                "Type the PIN, then the code; a new PIN: otpctl pin set USER".into(),
            ))
        }
        Decision::Reject(Reason::RecoveryCodeUsed) => refused(
            "that recovery code was used before, or is of a set that was replaced",
            "Take another one; a new set: otpctl recovery new USER",
        ),
        Decision::Reject(Reason::BypassCodeOver) => refused(
            "that bypass code is used up, or its time is over",
            "Another one: otpctl bypass USER --for 8h",
        ),
        Decision::Reject(Reason::DeviceNotValid { authenticator }) => {
            let what = format!(
                "the code{} is right, but the device's codes do not count at this time",
                label(authenticator)
            );
            Err((
                what,
                "See: otpctl status USER. To change it: otpctl validity USER".into(),
            ))
        }
        Decision::Reject(Reason::NoMatch) => refused(
            "the code is wrong",
            "Check the clocks of host and device; a device far off: otpctl resync USER",
        ),
        Decision::Reject(Reason::Malformed) => refused(
            "that cannot be a code of this account",
            if account.pin.is_some() {
                "Type the PIN, then the digits as the device shows them"
            } else {
                "Type the digits as the device shows them"
            },
        ),
        Decision::Reject(Reason::Throttled { until }) => {
            let failures = state.failures;
            let what = format!(
                "after {failures} failures no code is looked at until {}",
                date(until)
            );
            Err((
                what,
                "Wait; or, if the failures were the user's own: otpctl unlock USER".into(),
            ))
        }
        Decision::Reject(Reason::TooManyFailures) => {
            let what = format!("after {} failures the account is locked", state.failures);
            let remedy = "If the failures were the user's own: otpctl unlock USER. If not, start over: \
                          otpctl reset USER";
            Err((what, remedy.into()))
        }
        Decision::Reject(Reason::GraceExpired) => refused(
            "the account was not activated in time",
            "Start over: otpctl reset USER",
        ),
        Decision::Reject(Reason::WrongPassword | Reason::NotEnrolled | Reason::UnknownUser) => {
            refused(
                "the user is not enrolled",
                "Enrol first: otpctl enroll USER",
            )
        }
    }
}
