//! `otpctl status [USER]`: who is enrolled, and in what state. Shows no secret.
//!
//! The JSON is for machines and stable: `version` changes when a field changes its meaning
//! or goes away; fields may be added.

mod report;

pub(super) use report::{AuthenticatorReport, STATES, devices, state_word};

use super::{Context, counted, date};
use crate::arguments::Status;
use crate::error::CommandError;
use crate::kernel_clock;
use crate::local_users::LocalUsers;
use crate::new_account::user_name;
use otp_store::StoreError;
use report::{AccountReport, report};
use serde::Serialize;

#[derive(Serialize)]
struct Report {
    version: u32,
    /// Whether the kernel believes the clock; null if it does not tell.
    clock_synchronised: Option<bool>,
    accounts: Vec<AccountReport>,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Status) -> Result<(), CommandError> {
    let store = context.store()?;
    let users = match &wanted.user {
        Some(user) => vec![user_name(user)?],
        None => store.users()?,
    };
    let local = match users.len() {
        1 => LocalUsers::default(),
        _ => LocalUsers::read(),
    };
    let mut accounts = Vec::new();
    for user in users {
        match report(context, &store, &local, &user) {
            Some(account) => accounts.push(account),
            None if wanted.user.is_some() => {
                let path = context.configuration.store.join("account");
                let path = path.join(user.as_str());
                let error = CommandError::from(StoreError::NotEnrolled { path });
                return Err(error.about(user.as_str()));
            }
            // Revoked a moment ago.
            None => {}
        }
    }
    if wanted.json {
        let report = Report {
            version: 1,
            clock_synchronised: kernel_clock::is_synchronised(),
            accounts,
        };
        context.screen.print_json(&report)?;
        return fault_of(&report.accounts);
    }
    match accounts.as_slice() {
        [] => context
            .screen
            .print("Nobody is enrolled. Begin with (for example): otpctl enroll alice")?,
        [one] if wanted.user.is_some() => details(context, one)?,
        many => table(context, many)?,
    }
    let known = accounts.iter().filter_map(|one| one.known.as_ref());
    let mut authenticators = known.flat_map(|known| &known.authenticators);
    if authenticators.any(|one| one.kind == "totp") {
        kernel_clock::warn(context.screen)?;
    }
    fault_of(&accounts)
}

/// A broken account is shown with the others, but the exit status tells.
fn fault_of(accounts: &[AccountReport]) -> Result<(), CommandError> {
    let broken = accounts
        .iter()
        .find_map(|one| Some((one, one.error.as_ref()?)));
    match broken {
        None => Ok(()),
        Some((account, error)) => {
            let what = format!("the enrolment of {} is broken: {error}", account.user);
            let remedy = account.remedy.clone().unwrap_or_default();
            Err(CommandError::broken(what, remedy).about(&account.user))
        }
    }
}

/// A sentence for each, which a screen reader can read out.
fn sentences(context: &mut Context<'_>, accounts: &[AccountReport]) -> Result<(), CommandError> {
    for account in accounts {
        let user = &account.user;
        let line = match (&account.known, &account.error) {
            (Some(known), None) => format!(
                "{user}: {}; failures: {}; last used: {}; devices: {}",
                known.word(),
                known.consecutive_failures,
                last_used(known),
                known.devices_in_words(),
            ),
            (_, error) => format!("{user}: broken; {}", error.as_deref().unwrap_or_default()),
        };
        context.screen.print(&line)?;
    }
    Ok(())
}

fn last_used(known: &report::Known) -> String {
    let used = known.last_used().map(|used| date(otp_core::UnixTime(used)));
    used.unwrap_or_else(|| "never".into())
}

fn table(context: &mut Context<'_>, accounts: &[AccountReport]) -> Result<(), CommandError> {
    if context.screen.is_plain() {
        return sentences(context, accounts);
    }
    let longest = accounts.iter().map(|one| one.user.len()).max().unwrap_or(0);
    let width = longest.max(4);
    let header = format!(
        "{:width$}  STATE      FAILURES  LAST USED             DEVICES",
        "USER"
    );
    context.screen.print(&header)?;
    for account in accounts {
        let user = &account.user;
        let line = match (&account.known, &account.error) {
            (Some(known), None) => {
                format!(
                    "{user:width$}  {:9}  {:8}  {:20}  {}",
                    known.word(),
                    known.consecutive_failures,
                    last_used(known),
                    known.devices_in_words(),
                )
            }
            (_, error) => {
                let error = error.as_deref().unwrap_or_default();
                format!("{user:width$}  broken     {error}")
            }
        };
        context.screen.print(&line)?;
    }
    Ok(())
}

fn details(context: &mut Context<'_>, account: &AccountReport) -> Result<(), CommandError> {
    let at = |seconds: u64| date(otp_core::UnixTime(seconds));
    let Some(known) = &account.known else {
        return context.screen.print(&format!("{}: broken", account.user));
    };
    let yes = |value| if value { "yes" } else { "no" };
    let mut lines = vec![
        format!("user       {} (number {})", account.user, known.uid),
        format!("enabled    {}", yes(known.enabled)),
        format!("activated  {}", yes(known.activated)),
        format!("enrolled   {}", at(known.enrolled_at_unix_seconds)),
    ];
    if !known.activated {
        lines.push(format!(
            "pending    {} without a code so far",
            counted(known.pending_logins, "login")
        ));
    }
    if let Some(left) = known.recovery_codes_left {
        lines.push(format!("recovery   {} left", counted(left, "code")));
    }
    if let Some(bypass) = &known.bypass {
        lines.push(match bypass.uses_left {
            0 => "bypass     a code that is over".into(),
            left => format!(
                "bypass     a code until {}, logins left: {left} of {}",
                at(bypass.expires_at_unix_seconds),
                bypass.uses
            ),
        });
    }
    if known.has_pin {
        lines.push("PIN        yes, in front of each code".into());
    }
    lines.push(format!(
        "failures   {} in a row",
        known.consecutive_failures
    ));
    if known.grace_expired {
        lines.push(format!(
            "expired    no code came in time; every login is refused: otpctl reset {}",
            account.user
        ));
    }
    if let Some(until) = known.throttled_until_unix_seconds {
        lines.push(format!(
            "throttled  no code is looked at until {}",
            at(until)
        ));
    }
    if known.locked_by_failures {
        lines.push(format!(
            "locked     by failures; if they were the user's own: otpctl unlock {}",
            account.user
        ));
    }
    for one in &known.authenticators {
        lines.push(format!("device {}   {}", one.id, one.in_words()));
    }
    for line in lines {
        // Columns are read out as silence.
        let line = match line.split_once("  ").filter(|_| context.screen.is_plain()) {
            Some((what, value)) => format!("{what}: {}", value.trim_start()),
            None => line,
        };
        context.screen.print_sentence(&line)?;
    }
    Ok(())
}
