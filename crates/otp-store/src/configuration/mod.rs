//! The policy file `otp.toml`: read with the same care as an account.
//!
//! Absent at its usual place means the built-in defaults; an unknown key, a missing unit or
//! an impossible value is refused with line and column, and nobody logs in until it is mended.

mod command_tables;
mod file;
mod impossible;
mod rule_table;
mod settings;

pub use settings::{LoginSettings, PasswordMode, seconds_of_span};

use crate::facts;
use crate::root_owned::{Directory, WRITABLE_BY_OTHERS};
use crate::toml_table;
use crate::{STORE_PATH, StoreError};
use file::File;
use nix::fcntl::OFlag;
use otp_core::{AccessRule, Digits, HashAlgorithm, Policy, TimeStep};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

const MOST_BYTES: u64 = 64 * 1024;

/// Everything that `otp.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Where accounts and state are.
    pub store: PathBuf,
    /// How a service asks, unless it has settings of its own.
    pub login: LoginSettings,
    /// The settings of services that have some.
    pub services: BTreeMap<String, LoginSettings>,
    /// Which logins need no code, or are refused; the first that matches decides.
    pub rules: Vec<AccessRule>,
    /// What the decision needs to know.
    pub policy: Policy,
    /// Where a pending user is shown his secret.
    pub display: SecretDisplay,
    /// The services in whose logins a pending user is shown his secret.
    pub show_secret_in: Vec<String>,
    /// What `otpctl enroll` makes unless told otherwise.
    pub enrolment: EnrolmentDefaults,
    /// What `otpctl` does beside its work.
    pub administration: Administration,
}

/// Where a pending user is shown his secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretDisplay {
    /// At the beginning of his session, when every module has said yes.
    Session,
    /// Inside the question for the code, with `password = "verify"` and after the right
    /// password.
    Prompt,
    /// Nowhere: an administrator brings it to the device (`enrolment = "admin"`).
    Never,
}

/// What `otpctl` does beside its work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Administration {
    /// A program that is told of every change.
    pub notify: Option<PathBuf>,
    /// Whether `otpctl show` shows the secret of an account that is activated.
    pub show_again: bool,
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
            login: LoginSettings::default(),
            services: BTreeMap::new(),
            rules: Vec::new(),
            policy: Policy::default(),
            display: SecretDisplay::Session,
            show_secret_in: ["login", "sshd", "su", "su-l"].map(String::from).into(),
            administration: Administration::default(),
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

impl Configuration {
    /// How this service asks.
    pub fn settings_for(&self, service: &str) -> &LoginSettings {
        self.services.get(service).unwrap_or(&self.login)
    }

    /// Reads the policy. `None` is the usual place, where it may be absent.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] saying where and what.
    pub fn read(path: Option<&Path>) -> Result<Self, ConfigurationError> {
        let usual = Path::new(crate::CONFIGURATION_PATH);
        // One look before the careful walk: many machines have no policy, and a folder that
        // is not there, not even as a link that leads nowhere, holds none.
        if path.is_none() && usual.parent().is_some_and(facts::is_absent) {
            return Ok(Self::default());
        }
        match Self::read_file(path.unwrap_or(usual)) {
            Err(ConfigurationError::File(StoreError::Missing { .. })) if path.is_none() => {
                Ok(Self::default())
            }
            result => result,
        }
    }

    fn read_file(path: &Path) -> Result<Self, ConfigurationError> {
        if !path.is_absolute() {
            let path = path.to_path_buf();
            return Err(StoreError::NotAbsolute { path }.into());
        }
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
        let file: File = toml_table::read(text).map_err(|fault| {
            let (line, column) = fault.place_in(text);
            ConfigurationError::Syntax {
                path: path.to_path_buf(),
                line,
                column,
                // There is no secret in this file, so its words may be repeated.
                what: fault.to_string(),
            }
        })?;
        file.into_configuration().map_err(|impossible| {
            let (line, column) = impossible.place_in(text);
            ConfigurationError::Value {
                path: path.to_path_buf(),
                line,
                column,
                what: impossible.into_what(),
            }
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
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
        /// What.
        what: String,
    },
}

impl ConfigurationError {
    /// What to do about it, as a sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::File(StoreError::Missing { .. }) => {
                "Write the file, or name none to use the defaults".into()
            }
            Self::File(StoreError::NotAPlainFile { .. }) => {
                "Put a plain file of root in its place, mode 0644".into()
            }
            Self::File(StoreError::Damaged { .. }) => "Write it anew, as text".into(),
            Self::File(error) => error.remedy(),
            Self::Syntax { .. } | Self::Value { .. } => {
                "Mend it: until then nobody logs in through pam_otp".into()
            }
        }
    }
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
            }
            | Self::Value {
                path,
                line,
                column,
                what,
            } => write!(
                f,
                "{}, line {line}, column {column}: {what}",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ConfigurationError {}

#[cfg(test)]
mod tests;
