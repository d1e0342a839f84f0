//! The one table from outcome to PAM code.
//!
//! | outcome | PAM code |
//! |---|---|
//! | accepted and recorded; pending and within grace | `PAM_SUCCESS` |
//! | exempt, the password proved right by this module | `PAM_SUCCESS` |
//! | exempt, the password is another module's affair | `PAM_IGNORE` |
//! | any refusal: no match, replay, throttled, malformed, not enrolled, … | `PAM_AUTH_ERR` |
//! | the store is missing, unreadable, damaged, mismatched, locked, not saved | `PAM_AUTHINFO_UNAVAIL` |
//! | an argument or the policy is wrong | `PAM_SERVICE_ERR` |
//! | the conversation failed | `PAM_CONV_ERR` |
//! | a panic (`pam-edge`) | `PAM_ABORT` |
//!
//! All refusals share one code, so that it is no oracle; the log says which. A success is
//! made from a [`Recorded`] and from nothing else.

use crate::{ArgumentError, ConversationError};
use otp_core::Decision;
use otp_store::{ConfigurationError, PasswordMode, Recorded, StoreError};
use pam_edge::ShadowError;
use pamsm::PamError;

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was decided, and the decision is on disk.
    Decided {
        /// The decision.
        recorded: Recorded,
        /// Who checked the password.
        password: PasswordMode,
    },
    /// It could not be decided.
    Failed(Failure),
}

/// Why an attempt could not be decided. Never a success, never `PAM_IGNORE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A word in pam.d is not understood.
    Arguments(ArgumentError),
    /// The policy cannot be read or makes no sense.
    Configuration(ConfigurationError),
    /// Nobody answered.
    Conversation(ConversationError),
    /// The files are not as they must be.
    Store(StoreError),
    /// The shadow database cannot be read.
    Shadow(ShadowError),
}

impl Verdict {
    /// What libpam is told.
    pub fn pam_code(&self) -> PamError {
        match self {
            Self::Decided { recorded, password } => match (recorded.decision(), password) {
                (Decision::Accept(_), _) => PamError::SUCCESS,
                // `verify` exempts only after the password has proved right.
                (Decision::Exempt(_), PasswordMode::Verify) => PamError::SUCCESS,
                (Decision::Exempt(_), PasswordMode::Stack) => PamError::IGNORE,
                (Decision::Reject(_), _) => PamError::AUTH_ERR,
            },
            Self::Failed(Failure::Arguments(_) | Failure::Configuration(_)) => {
                PamError::SERVICE_ERR
            }
            Self::Failed(Failure::Conversation(_)) => PamError::CONV_ERR,
            Self::Failed(Failure::Store(_) | Failure::Shadow(_)) => PamError::AUTHINFO_UNAVAIL,
        }
    }
}

impl From<ArgumentError> for Failure {
    fn from(error: ArgumentError) -> Self {
        Self::Arguments(error)
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<ConversationError> for Failure {
    fn from(error: ConversationError) -> Self {
        Self::Conversation(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ShadowError> for Failure {
    fn from(error: ShadowError) -> Self {
        Self::Shadow(error)
    }
}
