//! What is known of one account, as `status` and `list` tell it.

use super::super::explain::off_in_words;
use super::super::validity::in_words;
use super::super::{Context, date};
use crate::local_users::LocalUsers;
use crate::new_account::now;
use nix::unistd::User;
use otp_core::{
    Account, Authenticator, AuthenticatorState, Method, Policy, Standing, State, UnixTime,
    UserName, Validity, grace_ends, standing,
};
use otp_store::Store;
use serde::Serialize;
use std::fmt;

#[derive(Serialize)]
pub(super) struct AccountReport {
    pub(super) user: String,
    /// What is wrong with its files; then nothing below is known.
    pub(super) error: Option<String>,
    #[serde(skip)]
    pub(super) remedy: Option<String>,
    #[serde(flatten)]
    pub(super) known: Option<Known>,
}

#[derive(Serialize)]
pub(super) struct Known {
    pub(super) uid: u32,
    pub(super) enabled: bool,
    pub(super) activated: bool,
    pub(super) has_pin: bool,
    pub(super) recovery_codes_left: Option<u32>,
    pub(super) bypass: Option<BypassReport>,
    pub(super) enrolled_at_unix_seconds: u64,
    pub(super) pending_logins: u32,
    pub(super) grace_expired: bool,
    pub(super) consecutive_failures: u32,
    pub(super) throttled_until_unix_seconds: Option<u64>,
    pub(super) locked_by_failures: bool,
    pub(super) authenticators: Vec<AuthenticatorReport>,
}

#[derive(Serialize)]
pub(super) struct BypassReport {
    pub(super) expires_at_unix_seconds: u64,
    pub(super) uses: u16,
    pub(super) uses_left: u16,
}

#[derive(Serialize)]
pub(in super::super) struct AuthenticatorReport {
    pub(super) id: u32,
    pub(super) label: String,
    pub(super) kind: &'static str,
    pub(super) algorithm: &'static str,
    pub(super) digits: u8,
    pub(super) time_step_seconds: Option<u32>,
    pub(super) token_identifier: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) activated: bool,
    pub(super) drift_steps: i64,
    pub(super) last_used_unix_seconds: Option<u64>,
    pub(super) valid_from_unix_seconds: Option<u64>,
    pub(super) valid_until_unix_seconds: Option<u64>,
    #[serde(skip)]
    pub(super) validity: Validity,
}

pub(super) fn report(
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
pub(in super::super) const STATES: [&str; 7] = [
    "activated",
    "broken",
    "disabled",
    "expired",
    "locked",
    "pending",
    "throttled",
];

/// The word for one user; `None` if there is no enrolment.
pub(in super::super) fn state_word(
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
            authenticators: devices(account, state),
        }
    }

    /// One word for the table.
    pub(super) fn word(&self) -> &'static str {
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

    /// The labels of the devices, and whether a bypass code is in force.
    pub(super) fn devices_in_words(&self) -> String {
        let labels = self.authenticators.iter().map(|one| one.label.clone());
        let bypass = self.bypass.as_ref().filter(|bypass| bypass.uses_left > 0);
        let bypass = bypass.map(|_| "(bypass code)".to_string());
        labels.chain(bypass).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn last_used(&self) -> Option<u64> {
        let used = self.authenticators.iter();
        used.filter_map(|one| one.last_used_unix_seconds).max()
    }
}

/// What is known of each device.
pub(in super::super) fn devices(account: &Account, state: &State) -> Vec<AuthenticatorReport> {
    let devices = account.authenticators.iter().zip(&state.authenticators);
    devices.map(AuthenticatorReport::of).collect()
}

impl AuthenticatorReport {
    /// One line for people.
    pub(in super::super) fn in_words(&self) -> String {
        let at = |seconds: u64| date(UnixTime(seconds));
        let step = self.time_step_seconds.map(|step| format!(", {step} s"));
        let serial = self
            .serial
            .as_ref()
            .map(|serial| format!(", serial {serial}"));
        format!(
            "\"{}\": {}, {}, {} digits{}{}; last used {}{}{}",
            self.label,
            self.kind,
            self.algorithm,
            self.digits,
            step.unwrap_or_default(),
            serial.unwrap_or_default(),
            self.last_used_unix_seconds.map_or("never".into(), at),
            match self.drift_steps {
                0 => String::new(),
                steps => format!("; its clock is {}", off_in_words(steps, true)),
            },
            match self.validity == Validity::default() {
                true => String::new(),
                false => format!("; counts {}", in_words(self.validity)),
            },
        )
    }

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
