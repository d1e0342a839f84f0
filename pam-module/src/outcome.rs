//! The one table from outcome to PAM code.
//!
//! | outcome | PAM code |
//! |---|---|
//! | accepted and recorded; pending and within grace | `PAM_SUCCESS` |
//! | exempt, and this module knows that password or key are right | `PAM_SUCCESS` |
//! | exempt, the password is another module's affair | `PAM_IGNORE` |
//! | any refusal: no match, replay, throttled, malformed, not enrolled, … | `PAM_AUTH_ERR` |
//! | the store is missing, unreadable, damaged, mismatched, locked, not saved | `PAM_AUTHINFO_UNAVAIL` |
//! | an argument or the policy is wrong | `PAM_SERVICE_ERR` |
//! | the conversation failed | `PAM_CONV_ERR` |
//! | a panic (`pam-edge`) | `PAM_ABORT` |
//!
//! All refusals share one code, so that it is no oracle; the log says which. A success with
//! a code is made from a [`Recorded`] and from nothing else.

use crate::{ArgumentError, ConversationError};
use otp_core::{Action, Decision, Hint, Label, PinError};
use otp_store::verifier::VerifierError;
use otp_store::{ConfigurationError, Recorded, StoreError};
use pam_edge::ShadowError;
use pamsm::PamError;

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was decided, and the decision is on disk.
    Decided {
        /// The decision.
        recorded: Recorded,
        /// What is known besides the code.
        first_factor: FirstFactor,
        /// The rule that required the code, if one did.
        rule: Option<Label>,
        /// Where the code would have been right.
        hint: Option<Hint>,
    },
    /// A rule of the policy decided.
    Ruled {
        /// Which one.
        rule: Label,
        /// What it says.
        action: Action,
        /// What is known of the password or key.
        first_factor: FirstFactor,
    },
    /// It could not be decided.
    Failed(Failure),
}

/// What this module knows of the password, or of the key in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstFactor {
    /// Nothing; another module checks it.
    Elsewhere,
    /// It is right.
    Right,
    /// It is wrong.
    Wrong,
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
    /// The verifier has not decided.
    Verifier(VerifierError),
    /// The PIN cannot be checked.
    Pin(PinError),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Arguments(error) => error.fmt(f),
            Self::Configuration(error) => error.fmt(f),
            Self::Conversation(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Shadow(error) => error.fmt(f),
            Self::Verifier(error) => error.fmt(f),
            Self::Pin(error) => error.fmt(f),
        }
    }
}

impl Verdict {
    /// What libpam is told.
    pub fn pam_code(&self) -> PamError {
        match self {
            Self::Decided {
                recorded,
                first_factor,
                ..
            } => match recorded.decision() {
                // `verify` accepts only with the right password; this says so once more.
                Decision::Accept(_) if *first_factor == FirstFactor::Wrong => PamError::AUTH_ERR,
                Decision::Accept(_) => PamError::SUCCESS,
                Decision::Exempt(_) => exempt(*first_factor),
                Decision::Reject(_) => PamError::AUTH_ERR,
            },
            Self::Ruled {
                action: Action::Exempt,
                first_factor,
                ..
            } => exempt(*first_factor),
            Self::Ruled { .. } => PamError::AUTH_ERR,
            Self::Failed(Failure::Arguments(_) | Failure::Configuration(_)) => {
                PamError::SERVICE_ERR
            }
            Self::Failed(Failure::Conversation(_)) => PamError::CONV_ERR,
            Self::Failed(
                Failure::Store(_) | Failure::Shadow(_) | Failure::Verifier(_) | Failure::Pin(_),
            ) => PamError::AUTHINFO_UNAVAIL,
        }
    }

    /// Whether libpam is told anything but a refusal.
    pub fn admits(&self) -> bool {
        matches!(self.pam_code(), PamError::SUCCESS | PamError::IGNORE)
    }
}

/// No code is asked of this login: what remains is the first factor.
fn exempt(first_factor: FirstFactor) -> PamError {
    match first_factor {
        FirstFactor::Elsewhere => PamError::IGNORE,
        FirstFactor::Right => PamError::SUCCESS,
        FirstFactor::Wrong => PamError::AUTH_ERR,
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

impl From<VerifierError> for Failure {
    fn from(error: VerifierError) -> Self {
        Self::Verifier(error)
    }
}

impl From<ShadowError> for Failure {
    fn from(error: ShadowError) -> Self {
        Self::Shadow(error)
    }
}
