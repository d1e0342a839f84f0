//! The policy file `otp.toml`: read with the same care as an account.
//!
//! Absent at its usual place means the built-in defaults; an unknown key, a missing unit or
//! an impossible number is refused with its line, and nobody logs in until it is mended.

use crate::root_owned::{Directory, WRITABLE_BY_OTHERS};
use crate::toml_place::place;
use crate::{STORE_PATH, StoreError};
use nix::fcntl::OFlag;
use otp_core::{
    Digits, HashAlgorithm, PendingPolicy, Policy, Secret, ThrottlePolicy, TimeStep, Unenrolled,
    WindowPolicy,
};
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};

const MOST_BYTES: u64 = 64 * 1024;

/// Everything that `otp.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Where accounts and state are.
    pub store: PathBuf,
    /// Who checks the password; a module argument may say otherwise.
    pub password: PasswordMode,
    /// How long a refusal is held back, in milliseconds; 0 = not at all.
    pub failure_delay_milliseconds: u32,
    /// What the decision needs to know.
    pub policy: Policy,
    /// What `otpctl enroll` makes unless told otherwise.
    pub enrolment: EnrolmentDefaults,
}

/// Who checks the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordMode {
    /// An earlier module of the stack; only the code is asked for.
    #[default]
    Stack,
    /// This module: it asks for password and code, always both, and answers once.
    Verify,
}

/// What `otpctl enroll` makes unless told otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentDefaults {
    /// The hash inside the HMAC.
    pub algorithm: HashAlgorithm,
    /// Length of a code.
    pub digits: Digits,
    /// Length of a TOTP step.
    pub time_step: TimeStep,
    /// Length of a secret, bytes; by default that of the hash.
    pub secret_bytes: Option<usize>,
    /// Whose service it is, in the person's app; by default the host's name.
    pub issuer: Option<String>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            store: STORE_PATH.into(),
            password: PasswordMode::default(),
            failure_delay_milliseconds: 2000,
            policy: Policy::default(),
            enrolment: EnrolmentDefaults {
                algorithm: HashAlgorithm::default(),
                digits: Digits::SIX,
                time_step: TimeStep::THIRTY_SECONDS,
                secret_bytes: None,
                issuer: None,
            },
        }
    }
}

/// The file, key by key. What is absent keeps its default.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    store: Option<PathBuf>,
    login: LoginTable,
    window: WindowTable,
    throttle: ThrottleTable,
    pending: PendingTable,
    enrolment: EnrolmentTable,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LoginTable {
    password: Option<PasswordMode>,
    unenrolled: Option<UnenrolledWord>,
    failure_delay_milliseconds: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum UnenrolledWord {
    Deny,
    Ignore,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WindowTable {
    past_steps: Option<u32>,
    future_steps: Option<u32>,
    drift_limit_steps: Option<u32>,
    look_ahead_counters: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ThrottleTable {
    free_failures: Option<u32>,
    first_wait_seconds: Option<u32>,
    longest_wait_seconds: Option<u32>,
    disable_after_failures: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PendingTable {
    grace_days: Option<u32>,
    grace_logins: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct EnrolmentTable {
    algorithm: Option<String>,
    digits: Option<u64>,
    time_step_seconds: Option<u64>,
    secret_bytes: Option<usize>,
    issuer: Option<String>,
}

impl Configuration {
    /// Reads the policy. `None` is the usual place, where it may be absent.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] saying where and what.
    pub fn read(path: Option<&Path>) -> Result<Self, ConfigurationError> {
        let usual = Path::new(crate::CONFIGURATION_PATH);
        match Self::read_file(path.unwrap_or(usual)) {
            Err(ConfigurationError::File(StoreError::Missing { .. })) if path.is_none() => {
                Ok(Self::default())
            }
            result => result,
        }
    }

    fn read_file(path: &Path) -> Result<Self, ConfigurationError> {
        let missing = || StoreError::Missing {
            path: path.to_path_buf(),
        };
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(missing().into());
        };
        let name = name.to_str().ok_or_else(missing)?;
        let folder = Directory::open(folder, WRITABLE_BY_OTHERS)?;
        let file = folder.file(name, OFlag::O_RDONLY, WRITABLE_BY_OTHERS)?;
        let text = file.ok_or_else(missing)?.read_text(MOST_BYTES)?;
        Self::parse(&text, path)
    }

    /// Reads the text of a policy; `path` is for the error.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] saying where and what.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigurationError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let (line, column) = place(text, error.span());
            // There is no secret in this file, so its words may be repeated.
            let what = error.message().replace('\n', " ");
            ConfigurationError::Syntax {
                path: path.to_path_buf(),
                line,
                column,
                what,
            }
        })?;
        file.into_configuration()
            .map_err(|what| ConfigurationError::Value {
                path: path.to_path_buf(),
                what,
            })
    }
}

impl File {
    fn into_configuration(self) -> Result<Configuration, String> {
        let default = Configuration::default();
        let policy = Policy {
            unenrolled: match self.login.unenrolled {
                Some(UnenrolledWord::Ignore) => Unenrolled::Ignore,
                Some(UnenrolledWord::Deny) | None => Unenrolled::Deny,
            },
            window: self.window.into_policy(default.policy.window),
            throttle: self.throttle.into_policy(default.policy.throttle),
            pending: PendingPolicy {
                grace_days: self
                    .pending
                    .grace_days
                    .unwrap_or(default.policy.pending.grace_days),
                grace_logins: self.pending.grace_logins,
            },
        };
        policy.check().map_err(|error| error.to_string())?;
        let delay = self.login.failure_delay_milliseconds;
        let delay = delay.unwrap_or(default.failure_delay_milliseconds);
        if delay > 60_000 {
            return Err("login.failure_delay_milliseconds must be between 0 and 60000".into());
        }
        let store = self.store.unwrap_or(default.store);
        if !store.is_absolute() {
            return Err("store must be an absolute path".into());
        }
        Ok(Configuration {
            store,
            password: self.login.password.unwrap_or_default(),
            failure_delay_milliseconds: delay,
            policy,
            enrolment: self.enrolment.into_defaults(default.enrolment)?,
        })
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
    fn into_defaults(self, default: EnrolmentDefaults) -> Result<EnrolmentDefaults, String> {
        let in_enrolment = |error: &dyn fmt::Display| format!("enrolment: {error}");
        if let Some(bytes) = self.secret_bytes {
            let allowed = Secret::SHORTEST_BYTES..=64;
            if !allowed.contains(&bytes) {
                return Err("enrolment.secret_bytes must be between 16 and 64".into());
            }
        }
        let issuer_fits = |issuer: &String| {
            !issuer.is_empty() && issuer.len() <= 64 && !issuer.contains([':', '\n', '\r'])
        };
        if !self.issuer.as_ref().is_none_or(issuer_fits) {
            return Err("enrolment.issuer must be 1 to 64 bytes without a colon".into());
        }
        Ok(EnrolmentDefaults {
            algorithm: match &self.algorithm {
                None => default.algorithm,
                Some(name) => HashAlgorithm::parse(name).map_err(|error| in_enrolment(&error))?,
            },
            digits: match self.digits {
                None => default.digits,
                Some(digits) => Digits::new(digits).map_err(|error| in_enrolment(&error))?,
            },
            time_step: match self.time_step_seconds {
                None => default.time_step,
                Some(seconds) => {
                    TimeStep::from_seconds(seconds).map_err(|error| in_enrolment(&error))?
                }
            },
            secret_bytes: self.secret_bytes,
            issuer: self.issuer,
        })
    }
}

/// What is wrong with the policy.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigurationError {
    /// The file cannot be opened, or is not root's.
    File(StoreError),
    /// A key that is not known, or a value of the wrong kind.
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
        /// What.
        what: String,
    },
    /// A value that makes no sense.
    Value {
        /// Which file.
        path: PathBuf,
        /// What.
        what: String,
    },
}

impl From<StoreError> for ConfigurationError {
    fn from(error: StoreError) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => fmt::Display::fmt(error, f),
            Self::Syntax {
                path,
                line,
                column,
                what,
            } => write!(
                f,
                "{}, line {line}, column {column}: {what}",
                path.display()
            ),
            Self::Value { path, what } => write!(f, "{}: {what}", path.display()),
        }
    }
}

impl std::error::Error for ConfigurationError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Configuration, String> {
        Configuration::parse(text, Path::new("otp.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_policy_is_the_defaults() {
        assert_eq!(parse("").unwrap(), Configuration::default());
    }

    #[test]
    fn every_key_of_the_shipped_policy_is_known_and_states_the_default() {
        let shipped = include_str!("../../../config/otp.toml");
        assert_eq!(parse(shipped).unwrap(), Configuration::default());
        // Its keys are commented out; with the marks removed they must parse as well.
        let awake: String = shipped
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n");
        assert_ne!(awake, shipped);
        let configuration = parse(&awake).unwrap();
        let mut expected = Configuration::default();
        // The three keys whose default is "depends" show an example instead.
        expected.enrolment.secret_bytes = Some(20);
        expected.enrolment.issuer = Some("web1".into());
        expected.policy.pending.grace_logins = Some(20);
        assert_eq!(configuration, expected);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let refused = parse("[login]\nunenroled = \"deny\"\n").unwrap_err();
        assert!(
            refused.starts_with("otp.toml, line 2, column 1: "),
            "{refused}"
        );
        assert!(refused.contains("unenroled"), "{refused}");
    }

    #[test]
    fn impossible_values_are_refused_by_name() {
        for (text, expected) in [
            ("store = \"var/lib\"", "store must be an absolute path"),
            ("[login]\npassword = \"maybe\"", "line 2"),
            (
                "[login]\nfailure_delay_milliseconds = 60001",
                "between 0 and 60000",
            ),
            (
                "[window]\npast_steps = 11",
                "window.past_steps must be between 0 and 10",
            ),
            ("[window]\npast_steps = -1", "line 2"),
            (
                "[throttle]\ndisable_after_failures = 101",
                "between 5 and 100",
            ),
            (
                "[pending]\ngrace_days = 0",
                "pending.grace_days must be between 1 and 365",
            ),
            ("[enrolment]\ndigits = 5", "digits must be 6, 7 or 8, not 5"),
            ("[enrolment]\nsecret_bytes = 10", "between 16 and 64"),
            ("[enrolment]\nissuer = \"a:b\"", "without a colon"),
            ("[enrolment]\nalgorithm = \"MD5\"", "SHA1, SHA256 or SHA512"),
        ] {
            let refused = parse(text).unwrap_err();
            assert!(refused.contains(expected), "{text}: {refused}");
        }
    }
}
