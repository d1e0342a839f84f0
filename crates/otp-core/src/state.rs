//! What has happened since enrolment: the part that a login changes.
//!
//! Holds no secret. `otp-store` keeps it as one fixed-size record.

use crate::{Account, AuthenticatorId, EnrolmentId, MovingFactor, StepOffset, UnixTime};
use alloc::vec::Vec;

/// What has happened since enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The enrolment this state belongs to.
    pub enrolment: EnrolmentId,
    /// Consecutive failures, charged to the account.
    pub failures: u32,
    /// When the last of them happened.
    pub last_failure: Option<UnixTime>,
    /// How many logins went on without a code while the account was pending.
    pub pending_logins: u32,
    /// One for each authenticator of the account, in the same order.
    pub authenticators: Vec<AuthenticatorState>,
}

/// What has happened with one authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorState {
    /// Whose state this is.
    pub id: AuthenticatorId,
    /// A right code has been seen.
    pub activated: bool,
    /// The moving factor of the last accepted code. It only ever grows.
    pub last_accepted: Option<MovingFactor>,
    /// The learned difference of the clocks, device minus host.
    pub drift: StepOffset,
    /// When it last let somebody in.
    pub last_used: Option<UnixTime>,
}

impl State {
    /// The state of a fresh enrolment: nothing activated, nothing used.
    pub fn fresh(account: &Account) -> Self {
        let fresh = |id| AuthenticatorState {
            id,
            activated: false,
            last_accepted: None,
            drift: StepOffset(0),
            last_used: None,
        };
        Self {
            enrolment: account.enrolment,
            failures: 0,
            last_failure: None,
            pending_logins: 0,
            authenticators: account.authenticators.iter().map(|a| fresh(a.id)).collect(),
        }
    }

    /// Whether this state was made for this account: the same enrolment, and the same
    /// authenticators in the same order.
    pub fn belongs_to(&self, account: &Account) -> bool {
        let ours = self.authenticators.iter().map(|state| state.id);
        let theirs = account.authenticators.iter().map(|one| one.id);
        self.enrolment == account.enrolment && ours.eq(theirs)
    }

    /// Whether a right code has been seen from any authenticator. Until then the account is
    /// pending.
    pub fn is_activated(&self) -> bool {
        self.authenticators.iter().any(|state| state.activated)
    }

    /// The state of one authenticator.
    pub fn of(&self, id: AuthenticatorId) -> Option<&AuthenticatorState> {
        self.authenticators.iter().find(|state| state.id == id)
    }
}
