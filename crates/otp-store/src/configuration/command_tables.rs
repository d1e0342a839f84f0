//! `[enrolment]` and `[administration]`: what the command asks the policy for, and a login does not.

use super::impossible::Impossible;
use super::{Administration, EnrolmentDefaults};
use crate::toml_table::{FromTable, Table};
use otp_core::{Digits, HashAlgorithm, Secret, TimeStep};
use std::fmt;
use std::path::PathBuf;

#[derive(Default)]
pub(super) struct EnrolmentTable {
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
pub(super) struct AdministrationTable {
    notify: Option<PathBuf>,
    show_again: Option<bool>,
}

impl<'text> FromTable<'text> for AdministrationTable {
    const KEYS: &'static [&'static str] = &["notify", "show_again"];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            notify: table.owned("notify").map(PathBuf::from),
            show_again: table.flag("show_again"),
        }
    }
}

impl AdministrationTable {
    pub(super) fn into_administration(self) -> Result<Administration, Impossible> {
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

impl EnrolmentTable {
    pub(super) fn into_defaults(
        self,
        default: EnrolmentDefaults,
    ) -> Result<EnrolmentDefaults, Impossible> {
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
