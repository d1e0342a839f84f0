//! What went wrong, what to do about it, and the exit status.
//!
//! | status | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | refused: the code is wrong, the user is enrolled already, … |
//! | 2 | usage: the arguments cannot be understood (clap's own errors, too) |
//! | 3 | store: a file is missing, damaged, or not permitted |
//! | 4 | device: no reader, no token, or the token did not do it |

use otp_store::{ConfigurationError, StoreError};

/// The status of trouble with readers and tokens.
pub(crate) const DEVICE: u8 = 4;

/// An error in two parts.
#[derive(Debug)]
pub(crate) struct CommandError {
    what: String,
    remedy: Option<String>,
    status: u8,
}

impl CommandError {
    /// The command understood and did not do it; nothing has changed.
    pub(crate) fn refused(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: Some(remedy.into()),
            status: 1,
        }
    }

    /// The arguments, or what came in on standard input, cannot be understood.
    pub(crate) fn usage(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: Some(remedy.into()),
            status: 2,
        }
    }

    /// An account is broken; the command said all it could about the others.
    pub(crate) fn broken(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: Some(remedy.into()),
            status: 3,
        }
    }

    /// A reader or a token did not do what it was asked to.
    pub(crate) fn device(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: Some(remedy.into()),
            status: DEVICE,
        }
    }

    /// A process of ours has said everything already; only the status is left.
    pub(crate) fn said(status: u8) -> Self {
        Self {
            what: String::new(),
            remedy: None,
            status,
        }
    }

    /// Several things were tried, and some failed; the status is that of the worst.
    pub(crate) fn some_failed(
        what: impl Into<String>,
        remedy: impl Into<String>,
        status: u8,
    ) -> Self {
        Self {
            what: what.into(),
            remedy: Some(remedy.into()),
            status: status.max(1),
        }
    }

    /// The same with the user's name in place of the word USER.
    pub(crate) fn about(mut self, user: &str) -> Self {
        self.remedy = self.remedy.map(|remedy| remedy.replace("USER", user));
        self
    }

    /// A change failed while it was brought to disk; it may be in force all the same.
    pub(crate) fn perhaps_done(error: StoreError, command: &str) -> Self {
        let uncertain = matches!(error, StoreError::NotSaved { .. } | StoreError::Io { .. });
        let error = Self::from(error);
        if !uncertain {
            return error;
        }
        error.with_remedy(format!(
            "Perhaps it is in force, perhaps not. See the kernel's log and the free space, then \
             run it again: otpctl {command} USER"
        ))
    }

    /// The same, with another word on what to do.
    pub(crate) fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same, with something said after what happened.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.what = format!("{}; {more}", self.what);
        self
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    pub(crate) fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref()
    }

    pub(crate) fn exit_status(&self) -> u8 {
        self.status
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::AlreadyEnrolled { .. } | StoreError::NotEnrolled { .. } => 1,
            _ => 3,
        };
        Self {
            what: error.to_string(),
            remedy: Some(error.remedy()),
            status,
        }
    }
}

impl From<ConfigurationError> for CommandError {
    fn from(error: ConfigurationError) -> Self {
        let remedy = match &error {
            ConfigurationError::File(StoreError::Missing { .. }) => {
                "Write it, or leave --config away to use the defaults".into()
            }
            error => error.remedy(),
        };
        Self {
            what: error.to_string(),
            remedy: Some(remedy),
            status: 3,
        }
    }
}

impl From<std::io::Error> for CommandError {
    fn from(error: std::io::Error) -> Self {
        Self {
            what: format!("cannot read or print: {error}"),
            remedy: Some("See where input and output lead (a full disk, a closed pipe?)".into()),
            status: 3,
        }
    }
}
