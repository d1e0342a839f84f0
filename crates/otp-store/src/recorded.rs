//! A decision that is already on disk.

use otp_core::{Decision, Label};

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
    pub(crate) authenticator: Option<Label>,
    pub(crate) generation: Option<u64>,
}

impl Recorded {
    /// The decision.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// What the person calls the authenticator that the decision names, if it names one.
    pub fn authenticator(&self) -> Option<&Label> {
        self.authenticator.as_ref()
    }

    /// The number of the record on disk that holds this decision: grows with each attempt
    /// on the account. `None` for somebody without an account.
    pub fn generation(&self) -> Option<u64> {
        self.generation
    }
}
