//! A decision that is already on disk.

use otp_core::{Decision, Digits, Label};

/// A decision whose consequences are already on disk.
///
/// Only [`Store::decide`](crate::Store::decide) makes one, after the new state has been
/// synced. The module turns nothing else into `PAM_SUCCESS`, so a login that forgets to
/// record does not compile:
///
/// ```compile_fail,E0451
/// # use otp_core::{Acceptance, Decision};
/// let forged = otp_store::Recorded {
///     decision: Decision::Accept(Acceptance::Pending),
///     authenticator: None,
///     generation: None,
/// };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub(crate) decision: Decision,
    pub(crate) authenticator: Option<NamedAuthenticator>,
    pub(crate) generation: Option<u64>,
}

/// What is told of the authenticator that a decision names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedAuthenticator {
    pub(crate) label: Label,
    pub(crate) digits: Digits,
}

impl Recorded {
    /// The decision.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// What the person calls the authenticator that the decision names, if it names one.
    pub fn authenticator(&self) -> Option<&Label> {
        self.authenticator.as_ref().map(|one| &one.label)
    }

    /// How long the codes of that authenticator are.
    pub fn digits(&self) -> Option<Digits> {
        self.authenticator.as_ref().map(|one| one.digits)
    }

    /// The number of the record on disk that holds this decision: grows with each attempt
    /// on the account. `None` for somebody without an account.
    pub fn generation(&self) -> Option<u64> {
        self.generation
    }
}
