//! What has happened since enrolment: the part that a login changes.
//!
//! Holds no secret. `otp-store` keeps it as one fixed-size record.

use crate::{
    Account, AuthenticatorId, BypassState, EnrolmentId, MovingFactor, RecoveryState, StepOffset,
    UnixTime,
};
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
    /// Which recovery codes are used up, of which set.
    pub recovery: Option<RecoveryState>,
    /// How often the bypass code has let in.
    pub bypass: Option<BypassState>,
    /// Where right codes came from lately, the latest last; at most 8.
    pub trusted: Vec<TrustedPlace>,
}

/// A place that a right code came from: an address or a terminal, for one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedPlace {
    /// Which place.
    pub place: Place,
    /// When the code came.
    pub since: UnixTime,
}

/// A place by its hash. The store makes them; here they are only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub [u8; 16]);

/// Where an attempt comes from, and for how long a code from there is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Which place.
    pub place: Place,
    /// How long no further code is asked there, seconds.
    pub seconds: u32,
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
            recovery: account.recovery.as_ref().map(|set| RecoveryState {
                set: set.id,
                used: 0,
                last_used: None,
            }),
            bypass: account.bypass.as_ref().map(|bypass| BypassState {
                id: bypass.id,
                used: 0,
            }),
            trusted: Vec::new(),
        }
    }

    /// The most places that are kept.
    pub const MOST_TRUSTED: usize = 8;

    /// Whether a right code has come from there lately. A time in the future counts for
    /// nothing: the clock has been set back since.
    pub fn trusts(&self, trust: &Trust, now: UnixTime) -> bool {
        let lasts = u64::from(trust.seconds);
        self.trusted.iter().any(|one| {
            let passed = now.0.checked_sub(one.since.0);
            one.place == trust.place && passed.is_some_and(|passed| passed < lasts)
        })
    }

    /// A right code has come from there: it becomes the latest, the oldest is forgotten.
    pub(crate) fn begin_to_trust(&mut self, place: Place, since: UnixTime) {
        self.trusted.retain(|one| one.place != place);
        let too_many = self
            .trusted
            .len()
            .saturating_add(1)
            .saturating_sub(Self::MOST_TRUSTED);
        self.trusted.drain(..too_many.min(self.trusted.len()));
        self.trusted.push(TrustedPlace { place, since });
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

    /// Takes an authenticator away, and with it every remembered place.
    ///
    /// An account that was activated stays so, although none of those that remain may have
    /// shown a code yet: otherwise taking a stolen device away would open a grace in which the
    /// password alone lets in.
    pub fn remove(&mut self, id: AuthenticatorId) {
        let was_activated = self.is_activated();
        self.authenticators.retain(|one| one.id != id);
        if was_activated && !self.is_activated() {
            for one in &mut self.authenticators {
                one.activated = true;
            }
        }
        self.trusted.clear();
    }

    /// The state of one authenticator.
    pub fn of(&self, id: AuthenticatorId) -> Option<&AuthenticatorState> {
        self.authenticators.iter().find(|state| state.id == id)
    }
}
