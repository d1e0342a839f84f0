//! The file, key by key, as TOML has it.

use super::impossible::Impossible;
use super::rule_table::{self, RuleTable};
use super::settings::LoginTable;
use super::{Administration, Configuration, EnrolmentDefaults, SecretDisplay};
use crate::toml_table::{FromTable, Table};
use otp_core::{
    Digits, HashAlgorithm, PendingPolicy, Policy, PolicyError, Secret, ThrottlePolicy, TimeStep,
    WindowPolicy,
};
use std::fmt;
use std::path::{Component, PathBuf};

/// The file, key by key. What is absent keeps its default.
pub(super) struct File {
    store: Option<PathBuf>,
    login: LoginTable,
    service: Vec<(String, LoginTable)>,
    rule: Vec<RuleTable>,
    window: WindowTable,
    throttle: ThrottleTable,
    pending: PendingTable,
    enrolment: EnrolmentTable,
    administration: AdministrationTable,
}

impl<'text> FromTable<'text> for File {
    const KEYS: &'static [&'static str] = &[
        "store",
        "login",
        "service",
        "rule",
        "window",
        "throttle",
        "pending",
        "enrolment",
        "administration",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            store: path(table, "store"),
            login: table.table("login").unwrap_or_default(),
            service: table.named("service"),
            rule: table.tables("rule").unwrap_or_default(),
            window: table.table("window").unwrap_or_default(),
            throttle: table.table("throttle").unwrap_or_default(),
            pending: table.table("pending").unwrap_or_default(),
            enrolment: table.table("enrolment").unwrap_or_default(),
            administration: table.table("administration").unwrap_or_default(),
        }
    }
}

fn path(table: &mut Table<'_, '_>, key: &'static str) -> Option<PathBuf> {
    table.owned(key).map(PathBuf::from)
}

#[derive(Default)]
struct WindowTable {
    past_steps: Option<u32>,
    future_steps: Option<u32>,
    drift_limit_steps: Option<u32>,
    look_ahead_counters: Option<u32>,
}

impl<'text> FromTable<'text> for WindowTable {
    const KEYS: &'static [&'static str] = &[
        "past_steps",
        "future_steps",
        "drift_limit_steps",
        "look_ahead_counters",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            past_steps: table.number("past_steps"),
            future_steps: table.number("future_steps"),
            drift_limit_steps: table.number("drift_limit_steps"),
            look_ahead_counters: table.number("look_ahead_counters"),
        }
    }
}

#[derive(Default)]
struct ThrottleTable {
    preset: Option<Preset>,
    free_failures: Option<u32>,
    first_wait_seconds: Option<u32>,
    longest_wait_seconds: Option<u32>,
    disable_after_failures: Option<u32>,
}

impl<'text> FromTable<'text> for ThrottleTable {
    const KEYS: &'static [&'static str] = &[
        "preset",
        "free_failures",
        "first_wait_seconds",
        "longest_wait_seconds",
        "disable_after_failures",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            preset: table.word("preset", PRESETS),
            free_failures: table.number("free_failures"),
            first_wait_seconds: table.number("first_wait_seconds"),
            longest_wait_seconds: table.number("longest_wait_seconds"),
            disable_after_failures: table.number("disable_after_failures"),
        }
    }
}

/// Who brings a secret to a device.
#[derive(Clone, Copy)]
enum Enrolment {
    /// The user himself, who is shown it when he logs in.
    Own,
    /// An administrator, with `otpctl`.
    Admin,
}

const ENROLMENTS: &[(&str, Enrolment)] = &[("self", Enrolment::Own), ("admin", Enrolment::Admin)];

const DISPLAYS: &[(&str, SecretDisplay)] = &[
    ("session", SecretDisplay::Session),
    ("prompt", SecretDisplay::Prompt),
];

/// Somebody else's rules by name; the keys beside it overrule them.
#[derive(Clone, Copy)]
enum Preset {
    Nist,
    Pci,
}

const PRESETS: &[(&str, Preset)] = &[("nist", Preset::Nist), ("pci", Preset::Pci)];

#[derive(Default)]
struct PendingTable {
    grace_days: Option<u32>,
    grace_logins: Option<u32>,
    enrolment: Option<Enrolment>,
    display: Option<SecretDisplay>,
    show_secret_in: Option<Vec<String>>,
}

impl<'text> FromTable<'text> for PendingTable {
    const KEYS: &'static [&'static str] = &[
        "grace_days",
        "grace_logins",
        "enrolment",
        "display",
        "show_secret_in",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            grace_days: table.number("grace_days"),
            grace_logins: table.number("grace_logins"),
            enrolment: table.word("enrolment", ENROLMENTS),
            display: table.word("display", DISPLAYS),
            show_secret_in: table.texts("show_secret_in"),
        }
    }
}

#[derive(Default)]
struct EnrolmentTable {
    algorithm: Option<String>,
    digits: Option<u64>,
    time_step_seconds: Option<u64>,
    secret_bytes: Option<usize>,
    issuer: Option<String>,
}

impl<'text> FromTable<'text> for EnrolmentTable {
    const KEYS: &'static [&'static str] = &[
        "algorithm",
        "digits",
        "time_step_seconds",
        "secret_bytes",
        "issuer",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            algorithm: table.owned("algorithm"),
            digits: table.number("digits"),
            time_step_seconds: table.number("time_step_seconds"),
            secret_bytes: table.number("secret_bytes"),
            issuer: table.owned("issuer"),
        }
    }
}

#[derive(Default)]
struct AdministrationTable {
    notify: Option<PathBuf>,
    show_again: Option<bool>,
}

impl<'text> FromTable<'text> for AdministrationTable {
    const KEYS: &'static [&'static str] = &["notify", "show_again"];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            notify: path(table, "notify"),
            show_again: table.flag("show_again"),
        }
    }
}

impl AdministrationTable {
    fn into_administration(self) -> Result<Administration, Impossible> {
        if self.notify.as_ref().is_some_and(|path| !path.is_absolute()) {
            let what = "notify must be an absolute path";
            return Err(Impossible::at("notify", what).inside("administration"));
        }
        Ok(Administration {
            notify: self.notify,
            show_again: self.show_again.unwrap_or(false),
        })
    }
}

impl File {
    pub(super) fn into_configuration(self) -> Result<Configuration, Impossible> {
        let default = Configuration::default();
        let login = self.login.over(&default.login, "login");
        let login = login.map_err(|impossible| impossible.inside("login"))?;
        let services = self.service.into_iter().map(|(service, table)| {
            let settings = table.over(&login, &format!("service.{service}"));
            match settings {
                Ok(settings) => Ok((service, settings)),
                Err(impossible) => Err(impossible.inside(service).inside("service")),
            }
        });
        let services = services.collect::<Result<_, Impossible>>()?;
        let pending = default.policy.pending;
        let policy = Policy {
            unenrolled: login.unenrolled,
            window: self.window.into_policy(default.policy.window),
            throttle: self.throttle.into_policy(default.policy.throttle),
            pending: PendingPolicy {
                grace_days: self.pending.grace_days.unwrap_or(pending.grace_days),
                grace_logins: self.pending.grace_logins,
            },
        };
        policy.check().map_err(impossible_number)?;
        let store = self.store.unwrap_or(default.store);
        let display = match self.pending.enrolment.unwrap_or(Enrolment::Own) {
            Enrolment::Own => self.pending.display.unwrap_or(default.display),
            Enrolment::Admin => SecretDisplay::Never,
        };
        let plain = |part: Component| matches!(part, Component::RootDir | Component::Normal(_));
        if !store.is_absolute() || !store.components().all(plain) {
            let what = "store must be an absolute path without \"..\"";
            return Err(Impossible::at("store", what));
        }
        Ok(Configuration {
            store,
            login,
            services,
            administration: self.administration.into_administration()?,
            rules: rule_table::read(self.rule)?,
            policy,
            display,
            show_secret_in: self
                .pending
                .show_secret_in
                .unwrap_or(default.show_secret_in),
            enrolment: self.enrolment.into_defaults(default.enrolment)?,
        })
    }
}

/// The key is spelled as in the file, with the table before it.
fn impossible_number(error: PolicyError) -> Impossible {
    let what = error.to_string();
    match error.key().split_once('.') {
        Some((table, key)) => Impossible::at(key, what).inside(table),
        None => Impossible::at(error.key(), what),
    }
}

impl WindowTable {
    fn into_policy(self, default: WindowPolicy) -> WindowPolicy {
        WindowPolicy {
            past_steps: self.past_steps.unwrap_or(default.past_steps),
            future_steps: self.future_steps.unwrap_or(default.future_steps),
            drift_limit_steps: self.drift_limit_steps.unwrap_or(default.drift_limit_steps),
            look_ahead_counters: self
                .look_ahead_counters
                .unwrap_or(default.look_ahead_counters),
        }
    }
}

impl ThrottleTable {
    fn into_policy(self, default: ThrottlePolicy) -> ThrottlePolicy {
        let default = match self.preset {
            None => default,
            Some(Preset::Nist) => ThrottlePolicy::nist(),
            Some(Preset::Pci) => ThrottlePolicy::pci(),
        };
        ThrottlePolicy {
            free_failures: self.free_failures.unwrap_or(default.free_failures),
            first_wait_seconds: self
                .first_wait_seconds
                .unwrap_or(default.first_wait_seconds),
            longest_wait_seconds: self
                .longest_wait_seconds
                .unwrap_or(default.longest_wait_seconds),
            disable_after_failures: self
                .disable_after_failures
                .unwrap_or(default.disable_after_failures),
        }
    }
}

impl EnrolmentTable {
    fn into_defaults(self, default: EnrolmentDefaults) -> Result<EnrolmentDefaults, Impossible> {
        let impossible = |key: &str, what: String| Impossible::at(key, what).inside("enrolment");
        let in_enrolment = |error: &dyn fmt::Display| format!("enrolment: {error}");
        if let Some(bytes) = self.secret_bytes {
            let allowed = Secret::SHORTEST_BYTES..=64;
            if !allowed.contains(&bytes) {
                let what = "enrolment.secret_bytes must be between 16 and 64";
                return Err(impossible("secret_bytes", what.into()));
            }
        }
        let issuer_fits = |issuer: &String| {
            let unusable = |c: char| c == ':' || c.is_control();
            !issuer.is_empty() && issuer.len() <= 64 && !issuer.contains(unusable)
        };
        if !self.issuer.as_ref().is_none_or(issuer_fits) {
            let what = "enrolment.issuer must be 1 to 64 bytes without a colon";
            return Err(impossible("issuer", what.into()));
        }
        Ok(EnrolmentDefaults {
            algorithm: match &self.algorithm {
                None => default.algorithm,
                Some(name) => HashAlgorithm::parse(name)
                    .map_err(|error| impossible("algorithm", in_enrolment(&error)))?,
            },
            digits: match self.digits {
                None => default.digits,
                Some(digits) => Digits::new(digits)
                    .map_err(|error| impossible("digits", in_enrolment(&error)))?,
            },
            time_step: match self.time_step_seconds {
                None => default.time_step,
                Some(seconds) => TimeStep::from_seconds(seconds)
                    .map_err(|error| impossible("time_step_seconds", in_enrolment(&error)))?,
            },
            secret_bytes: self.secret_bytes,
            issuer: self.issuer,
        })
    }
}
