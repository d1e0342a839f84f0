//! The file, key by key, as TOML has it.

use super::command_tables::{AdministrationTable, EnrolmentTable};
use super::impossible::Impossible;
use super::rule_table::{self, RuleTable};
use super::settings::LoginTable;
use super::{Configuration, SecretDisplay};
use crate::toml_table::{FromTable, Table};
use otp_core::{PendingPolicy, Policy, PolicyError, ThrottlePolicy, WindowPolicy};
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
            store: table.owned("store").map(PathBuf::from),
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
