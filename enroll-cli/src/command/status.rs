//! `otpctl status [USER]`: who is enrolled, and in what state. Shows no secret.
//!
//! The JSON is for machines and stable: `version` changes when a field changes its meaning
//! or goes away; fields may be added.

use super::validity::in_words;
use super::{Context, date};
use crate::arguments::Status;
use crate::error::CommandError;
use crate::kernel_clock;
use crate::local_users::LocalUsers;
use crate::new_account::{now, user_name};
use nix::unistd::User;
use otp_core::{
    Account, Authenticator, AuthenticatorState, Method, Policy, Standing, State, UserName,
    Validity, grace_ends, standing,
};
use otp_store::{Store, StoreError};
use serde::Serialize;
use std::fmt;

#[derive(Serialize)]
struct Report {
    version: u32,
    /// Whether the kernel believes the clock; null if it does not tell.
    clock_synchronised: Option<bool>,
    accounts: Vec<AccountReport>,
}

#[derive(Serialize)]
struct AccountReport {
    user: String,
    /// What is wrong with its files; then nothing below is known.
    error: Option<String>,
    #[serde(skip)]
    remedy: Option<String>,
    #[serde(flatten)]
    known: Option<Known>,
}

#[derive(Serialize)]
struct Known {
    uid: u32,
    enabled: bool,
    activated: bool,
    has_pin: bool,
    recovery_codes_left: Option<u32>,
    bypass: Option<BypassReport>,
    enrolled_at_unix_seconds: u64,
    pending_logins: u32,
    grace_expired: bool,
    consecutive_failures: u32,
    throttled_until_unix_seconds: Option<u64>,
    locked_by_failures: bool,
    authenticators: Vec<AuthenticatorReport>,
}

#[derive(Serialize)]
struct BypassReport {
    expires_at_unix_seconds: u64,
    uses: u16,
    uses_left: u16,
}

#[derive(Serialize)]
struct AuthenticatorReport {
    id: u32,
    label: String,
    kind: &'static str,
    algorithm: &'static str,
    digits: u8,
    time_step_seconds: Option<u32>,
    token_identifier: Option<String>,
    serial: Option<String>,
    activated: bool,
    drift_steps: i64,
    last_used_unix_seconds: Option<u64>,
    valid_from_unix_seconds: Option<u64>,
    valid_until_unix_seconds: Option<u64>,
    #[serde(skip)]
    validity: Validity,
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
        let text = serde_json::to_string_pretty(&report).map_err(std::io::Error::from)?;
        context.screen.print(&text)?;
        return fault_of(&report.accounts);
    }
    match accounts.as_slice() {
        [] => context
            .screen
            .print("Nobody is enrolled. Begin with: otpctl enroll USER")?,
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

fn report(
    context: &Context<'_>,
    store: &Store,
    local: &LocalUsers,
    user: &UserName,
) -> Option<AccountReport> {
    let (known, error, remedy) = match store.look_up(user) {
        Ok(None) => return None,
        Ok(Some((account, state))) => {
            let error = uid_fault(&account, local);
            let remedy = error.as_ref().map(|fault| fault.remedy().into());
            let error = error.map(|fault| fault.to_string());
            (
                Some(Known::of(&context.configuration.policy, &account, &state)),
                error,
                remedy,
            )
        }
        Err(error) => (None, Some(error.to_string()), Some(error.remedy())),
    };
    Some(AccountReport {
        user: user.to_string(),
        error,
        remedy,
        known,
    })
}

/// A user who is not the one who was enrolled.
enum UidFault {
    Gone,
    Other { enrolled: u32, today: u32 },
}

impl UidFault {
    fn remedy(&self) -> &'static str {
        match self {
            Self::Gone => "Remove the enrolment: otpctl revoke USER",
            Self::Other { .. } => {
                "Start over (otpctl reset USER), or remove it (otpctl revoke USER)"
            }
        }
    }
}

impl fmt::Display for UidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("this machine does not know the user any more"),
            Self::Other { enrolled, today } => write!(
                f,
                "enrolled for user number {enrolled}, but the user is number {today} today"
            ),
        }
    }
}

fn uid_fault(account: &Account, local: &LocalUsers) -> Option<UidFault> {
    if local.have(account.user.as_str(), account.uid) {
        return None;
    }
    match User::from_name(account.user.as_str()).ok().flatten() {
        None => Some(UidFault::Gone),
        Some(user) if user.uid.as_raw() != account.uid => Some(UidFault::Other {
            enrolled: account.uid,
            today: user.uid.as_raw(),
        }),
        Some(_) => None,
    }
}

/// Every word that the table has for a state.
pub(super) const STATES: [&str; 7] = [
    "activated",
    "broken",
    "disabled",
    "expired",
    "locked",
    "pending",
    "throttled",
];

/// The word for one user; `None` if there is no enrolment.
pub(super) fn state_word(
    store: &Store,
    policy: &Policy,
    local: &LocalUsers,
    user: &UserName,
) -> Option<&'static str> {
    match store.look_up(user) {
        Ok(None) => None,
        Err(_) => Some("broken"),
        Ok(Some((account, _))) if uid_fault(&account, local).is_some() => Some("broken"),
        Ok(Some((account, state))) => Some(Known::of(policy, &account, &state).word()),
    }
}

impl Known {
    fn of(policy: &Policy, account: &Account, state: &State) -> Self {
        let standing = standing(state, &policy.throttle, now());
        let authenticators = account.authenticators.iter().zip(&state.authenticators);
        Self {
            uid: account.uid,
            enabled: account.enabled,
            activated: state.is_activated(),
            has_pin: account.pin.is_some(),
            recovery_codes_left: account
                .recovery
                .as_ref()
                .map(|set| set.left(state.recovery.as_ref())),
            bypass: account.bypass.as_ref().map(|bypass| BypassReport {
                expires_at_unix_seconds: bypass.expires_at.0,
                uses: bypass.uses,
                uses_left: bypass.uses_left(state.bypass.as_ref(), now()),
            }),
            enrolled_at_unix_seconds: account.enrolled_at.0,
            pending_logins: state.pending_logins,
            grace_expired: !state.is_activated() && grace_ends(account, policy) < now(),
            consecutive_failures: state.failures,
            throttled_until_unix_seconds: match standing {
                Standing::Throttled { until, .. } => Some(until.0),
                Standing::Open | Standing::Disabled => None,
            },
            locked_by_failures: standing == Standing::Disabled,
            authenticators: authenticators.map(AuthenticatorReport::of).collect(),
        }
    }

    /// One word for the table.
    fn word(&self) -> &'static str {
        if !self.enabled {
            "disabled"
        } else if self.locked_by_failures {
            "locked"
        } else if self.throttled_until_unix_seconds.is_some() {
            "throttled"
        } else if self.grace_expired {
            "expired"
        } else if self.activated {
            "activated"
        } else {
            "pending"
        }
    }

    fn last_used(&self) -> Option<u64> {
        let used = self.authenticators.iter();
        used.filter_map(|one| one.last_used_unix_seconds).max()
    }
}

impl AuthenticatorReport {
    fn of((one, state): (&Authenticator, &AuthenticatorState)) -> Self {
        let (kind, time_step_seconds) = match one.method {
            Method::Totp { time_step, .. } => ("totp", Some(time_step.seconds())),
            Method::Hotp { .. } => ("hotp", None),
        };
        Self {
            id: one.id.0,
            label: one.label.to_string(),
            kind,
            algorithm: one.algorithm.as_str(),
            digits: one.digits.get(),
            time_step_seconds,
            token_identifier: one.token_identifier.as_ref().map(ToString::to_string),
            serial: one.serial.as_ref().map(ToString::to_string),
            activated: state.activated,
            drift_steps: state.drift.0,
            last_used_unix_seconds: state.last_used.map(|time| time.0),
            valid_from_unix_seconds: one.validity.from.map(|time| time.0),
            valid_until_unix_seconds: one.validity.until.map(|time| time.0),
            validity: one.validity,
        }
    }
}

fn table(context: &mut Context<'_>, accounts: &[AccountReport]) -> Result<(), CommandError> {
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
                let used = known.last_used().map(|used| date(otp_core::UnixTime(used)));
                let labels = known.authenticators.iter().map(|one| one.label.clone());
                let bypass = known.bypass.as_ref().filter(|bypass| bypass.uses_left > 0);
                let bypass = bypass.map(|_| "(bypass code)".to_string());
                let labels = labels.chain(bypass);
                format!(
                    "{user:width$}  {:9}  {:8}  {:20}  {}",
                    known.word(),
                    known.consecutive_failures,
                    used.as_deref().unwrap_or("never"),
                    labels.collect::<Vec<_>>().join(", "),
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
            "pending    {} logins without a code so far",
            known.pending_logins
        ));
    }
    if let Some(left) = known.recovery_codes_left {
        lines.push(format!("recovery   {left} codes left"));
    }
    if let Some(bypass) = &known.bypass {
        lines.push(match bypass.uses_left {
            0 => "bypass     a code that is over".into(),
            left => format!(
                "bypass     a code until {}, good for {left} of {} logins",
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
        let step = one.time_step_seconds.map(|step| format!(", {step} s"));
        lines.push(format!(
            "device {}   \"{}\": {}, {}, {} digits{}; last used {}{}{}",
            one.id,
            one.label,
            one.kind,
            one.algorithm,
            one.digits,
            step.unwrap_or_default(),
            one.last_used_unix_seconds.map_or("never".into(), at),
            match one.drift_steps {
                0 => String::new(),
                steps => format!("; its clock is {steps:+} steps off"),
            },
            match one.validity == Validity::default() {
                true => String::new(),
                false => format!("; counts {}", in_words(one.validity)),
            },
        ));
    }
    for line in lines {
        context.screen.print(&line)?;
    }
    Ok(())
}
