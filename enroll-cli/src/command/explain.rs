//! `otpctl explain USER`: what happened at the latest logins, and why, in sentences.
//!
//! The account keeps its latest attempts beside its state, so this works without any log.

use super::history;
use super::{Context, counted, date};
use crate::arguments::Report;
use crate::changes::Change;
use crate::error::CommandError;
use crate::kernel_clock;
use crate::new_account::{known_user, now};
use otp_core::{Account, AuthenticatorId, Method, Standing, State, grace_ends, standing};
use otp_store::AttemptRecord;
use serde::Serialize;

/// How many of the administrators' changes are shown beside the attempts.
const LATEST_CHANGES: usize = 3;

#[derive(Serialize)]
struct Explanation {
    version: u32,
    user: String,
    /// How the account stands, in sentences.
    now: Vec<String>,
    attempts: Vec<Attempt>,
}

#[derive(Serialize)]
struct Attempt {
    at_unix_seconds: u64,
    outcome: String,
    service: String,
    from: String,
    device: Option<u32>,
    off: Option<i64>,
    explanation: String,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Report) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, state) = context.enrolled(&store, &user)?;
    let records = store.latest_attempts(&name)?;
    let now = standing_in_words(context, &account, &state);
    let attempts: Vec<Attempt> = records
        .iter()
        .enumerate()
        .map(|(place, record)| {
            let earlier = records.get(..place).unwrap_or_default();
            attempt(&account, earlier, record)
        })
        .collect();
    if wanted.json {
        let explanation = Explanation {
            version: 1,
            user: name.to_string(),
            now,
            attempts,
        };
        return context.screen.print_json(&explanation);
    }
    let screen = &mut context.screen;
    if attempts.is_empty() {
        screen.print("No attempt is known since this enrolment began.")?;
    }
    for one in &attempts {
        let at = date(otp_core::UnixTime(one.at_unix_seconds));
        let place = place(&one.service, &one.from);
        screen.print_sentence(&format!("{at}  {place}: {}", one.explanation))?;
    }
    screen.print("")?;
    for sentence in &now {
        screen.print_sentence(sentence)?;
    }
    let changes = store.history(&name)?;
    let latest = changes.len().saturating_sub(LATEST_CHANGES);
    let changes = changes.get(latest..).unwrap_or_default();
    if !changes.is_empty() {
        context
            .screen
            .print("\nChanged lately by administrators:")?;
    }
    let changes = changes
        .iter()
        .filter_map(|line| serde_json::from_str::<Change>(line).ok());
    for change in changes {
        context.screen.print_sentence(&history::in_words(&change))?;
    }
    if has_clock(&account) {
        kernel_clock::warn(context.screen)?;
    }
    Ok(())
}

fn has_clock(account: &Account) -> bool {
    let mut devices = account.authenticators.iter();
    devices.any(|one| matches!(one.method, Method::Totp { .. }))
}

/// What the next login meets.
fn standing_in_words(context: &Context<'_>, account: &Account, state: &State) -> Vec<String> {
    let policy = &context.configuration.policy;
    let user = &account.user;
    let mut sentences = Vec::new();
    let now_is = now();
    if !account.enabled {
        return vec![format!(
            "Now: {user} is disabled; no code is asked. To ask for codes again: otpctl enable {user}"
        )];
    }
    match standing(state, &policy.throttle, now_is) {
        Standing::Open => {}
        Standing::Throttled { until, .. } => sentences.push(format!(
            "Now: after {} in a row no code is looked at until {}. If that was the user: \
             otpctl unlock {user}",
            counted(state.failures, "failure"),
            date(until)
        )),
        Standing::Disabled => sentences.push(format!(
            "Now: locked after {} in a row. If that was the user: otpctl unlock {user}",
            counted(state.failures, "failure")
        )),
    }
    if !state.is_activated() {
        if grace_ends(account, policy) < now_is {
            sentences.push(format!(
                "Now: no first code has come in time; every login is refused. Start over: otpctl \
                 reset {user}"
            ));
        } else {
            sentences.push(format!(
                "Now: pending. At the next login: {}",
                context.while_pending(account).replace('\n', " ")
            ));
        }
    }
    for (device, known) in account.authenticators.iter().zip(&state.authenticators) {
        if !device.validity.holds_at(now_is) {
            let words = super::validity::in_words(device.validity);
            sentences.push(format!(
                "The codes of \"{}\" count {words}, not now.",
                device.label
            ));
        }
        if known.drift.0 != 0 {
            sentences.push(format!(
                "The clock of \"{}\" is {}; that is allowed for.",
                device.label,
                off_in_words(known.drift.0, true)
            ));
        }
    }
    if sentences
        .iter()
        .all(|sentence| !sentence.starts_with("Now: "))
    {
        let pin = if account.pin.is_some() {
            ", with the PIN in front of it,"
        } else {
            ""
        };
        sentences.insert(
            0,
            format!("Now: the password and a right code{pin} let in."),
        );
    }
    if !context.configuration.rules.is_empty() {
        sentences.push(format!(
            "Rules of the policy may say otherwise: otpctl doctor --user {user}"
        ));
    }
    sentences
}

fn attempt(account: &Account, earlier: &[AttemptRecord], record: &AttemptRecord) -> Attempt {
    Attempt {
        at_unix_seconds: record.at.0,
        outcome: record.outcome.clone(),
        service: record.service.clone(),
        from: record.origin.clone(),
        device: record.device.map(|id| id.0),
        off: record.off,
        explanation: explained(account, earlier, record),
    }
}

/// One attempt as a sentence.
fn explained(account: &Account, earlier: &[AttemptRecord], record: &AttemptRecord) -> String {
    let device = label(account, record.device);
    match record.outcome.as_str() {
        "accepted" => format!("let in by a code of {device}."),
        "activated" => format!("let in by a code of {device}, the first one: activated."),
        "recovery-code-accepted" => "let in by a recovery code.".into(),
        "bypass-code-accepted" => "let in by a bypass code.".into(),
        "pending" => "let in without a code, since the account was pending.".into(),
        "remembered" => "let in without a code: one had come from the same place lately.".into(),
        "disabled" => "no code was asked, since the account was disabled.".into(),
        "no-match" => match record.off {
            Some(off) => format!(
                "refused. The code was one of {device}, whose {} is {}.",
                counter_or_clock(account, record.device),
                off_in_words(off, is_clock(account, record.device))
            ),
            None => "refused: a wrong code.".into(),
        },
        "replay" => replay(earlier, record, &device),
        "recovery-code-used" => "refused: a recovery code that was used before.".into(),
        "bypass-code-over" => "refused: a bypass code that was used up or too old.".into(),
        "device-not-valid" => {
            format!("refused: the codes of {device} did not count at that time.")
        }
        "wrong-pin" => format!("refused: the code of {device} was right, the PIN was wrong."),
        "wrong-password" => "refused: a wrong password.".into(),
        "malformed" => "refused: what was typed cannot be a code (Enter, or the password?).".into(),
        // The store keeps the latest of several in a row.
        "throttled" => "refused unseen, perhaps repeatedly, because of the failures before.".into(),
        "too-many-failures" => "refused unseen, perhaps repeatedly: locked by failures.".into(),
        "grace-expired" => "refused: no first code had come in time.".into(),
        other => format!("{other}."),
    }
}

/// When and where from the code had been used, if that is still known.
fn replay(earlier: &[AttemptRecord], record: &AttemptRecord, device: &str) -> String {
    let lets_in = |one: &&AttemptRecord| {
        one.device == record.device && matches!(one.outcome.as_str(), "accepted" | "activated")
    };
    match earlier.iter().rev().find(lets_in) {
        Some(used) => {
            let number = used
                .moving_factor
                .map_or(String::new(), |n| format!(" number {n}"));
            format!(
                "refused: that code of {device} or a later one (code{number}) was used at {}, {}.",
                date(used.at),
                place(&used.service, &used.origin)
            )
        }
        None => format!("refused: that code of {device}, or a later one, was used before."),
    }
}

/// Service and origin, as far as they were told.
fn place(service: &str, origin: &str) -> String {
    match origin {
        "-" => service.into(),
        origin => format!("{service} from {origin}"),
    }
}

fn label(account: &Account, id: Option<AuthenticatorId>) -> String {
    let device = id.and_then(|id| account.authenticators.with_id(id));
    match (device, id) {
        (Some(device), _) => format!("\"{}\"", device.label),
        (None, Some(id)) => format!("device {id}, which is gone"),
        (None, None) => "a device".into(),
    }
}

fn is_clock(account: &Account, id: Option<AuthenticatorId>) -> bool {
    let device = id.and_then(|id| account.authenticators.with_id(id));
    device.is_some_and(|one| matches!(one.method, Method::Totp { .. }))
}

fn counter_or_clock(account: &Account, id: Option<AuthenticatorId>) -> &'static str {
    match is_clock(account, id) {
        true => "clock",
        false => "button",
    }
}

/// How far off, in words: "4 steps behind".
pub(super) fn off_in_words(off: i64, is_clock: bool) -> String {
    let steps = off.unsigned_abs();
    let plural = if steps == 1 { "" } else { "s" };
    match (is_clock, off < 0) {
        (true, true) => format!("{steps} step{plural} behind"),
        (true, false) => format!("{steps} step{plural} ahead"),
        (false, true) => format!("{steps} press{} behind", if steps == 1 { "" } else { "es" }),
        (false, false) => format!("{steps} press{} ahead", if steps == 1 { "" } else { "es" }),
    }
}
