//! Which moving factors may this response match?
//!
//! A counter-based device runs ahead when its button is pressed in a pocket; a clock-based
//! one runs a little fast or slow. This file turns "how far off may it be" into a short
//! range of candidates. It computes no codes and remembers nothing.
//!
//! Begin with [`candidates`]. Sources: RFC 4226 s.7.4; RFC 6238 s.5.2 and s.6.

use crate::{
    Authenticator, AuthenticatorState, Method, MovingFactor, StepOffset, UnixTime, WindowPolicy,
    step_number,
};
use core::ops::RangeInclusive;

/// How many used counters before the expected one are recognised as a replay. They are
/// refused in any case; this only tells "used" from "wrong" in the log.
const RECOGNISED_USED_COUNTERS: u64 = 3;

/// The moving factors that are computed for a response, and which of them are still fresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    all: RangeInclusive<u64>,
    first_fresh: Option<u64>,
}

impl Candidates {
    /// All moving factors to compute, ascending; the used ones too, so that a replay can be
    /// told from a wrong code.
    pub fn all(&self) -> impl Iterator<Item = MovingFactor> + use<> {
        self.all.clone().map(MovingFactor)
    }

    /// Whether a match at this moving factor may be accepted: above the last accepted one.
    pub fn is_fresh(&self, moving_factor: MovingFactor) -> bool {
        self.first_fresh
            .is_some_and(|first| moving_factor.0 >= first)
    }
}

/// The candidates for a response given at `now`.
///
/// `None` where there is none: the clock is before the authenticator's start.
pub fn candidates(
    authenticator: &Authenticator,
    state: &AuthenticatorState,
    now: UnixTime,
    policy: &WindowPolicy,
) -> Option<Candidates> {
    // After the very last moving factor nothing is fresh any more.
    let after_last = |last: MovingFactor| last.0.checked_add(1);
    match authenticator.method {
        Method::Totp { time_step, t0 } => {
            let step = step_number(now, t0, time_step).ok()?;
            let centre = shifted(step, state.drift);
            let all = centre.saturating_sub(u64::from(policy.past_steps))
                ..=centre.saturating_add(u64::from(policy.future_steps));
            let first_fresh = match state.last_accepted {
                None => Some(0),
                Some(last) => after_last(last),
            };
            Some(Candidates { all, first_fresh })
        }
        Method::Hotp { initial_counter } => {
            let first_fresh = match state.last_accepted {
                None => Some(initial_counter.0),
                Some(last) => after_last(last),
            };
            let next = expected_counter(initial_counter, state);
            let all = next
                .saturating_sub(RECOGNISED_USED_COUNTERS)
                .max(initial_counter.0.min(next))
                ..=next.saturating_add(u64::from(policy.look_ahead_counters));
            Some(Candidates { all, first_fresh })
        }
    }
}

/// The counter that an event-based device should show next.
pub(crate) fn expected_counter(initial: MovingFactor, state: &AuthenticatorState) -> u64 {
    match state.last_accepted {
        None => initial.0,
        Some(last) => last.0.saturating_add(1),
    }
}

/// A step number moved by a drift, staying within the numbers that exist.
pub(crate) fn shifted(step: MovingFactor, drift: StepOffset) -> u64 {
    step.0.saturating_add_signed(drift.0)
}

/// The drift to remember after a match: device minus host, kept within the policy's limit.
///
/// A wider drift that an explicit resynchronization has proved may stay, but not grow.
/// Source: RFC 6238 s.6.
pub(crate) fn learned_drift(
    known: StepOffset,
    matched: MovingFactor,
    step: MovingFactor,
    policy: &WindowPolicy,
) -> StepOffset {
    if policy.drift_limit_steps == 0 {
        return known;
    }
    let seen = offset_between(matched, step);
    let bound = i64::from(policy.drift_limit_steps).max(known.0.saturating_abs());
    StepOffset(seen.0.clamp(bound.saturating_neg(), bound))
}

/// Device minus host, in steps.
pub(crate) fn offset_between(device: MovingFactor, host: MovingFactor) -> StepOffset {
    let wide = i128::from(device.0).saturating_sub(i128::from(host.0));
    let bounded = wide.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    // Clamped just above.
    StepOffset(i64::try_from(bounded).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AuthenticatorId, Digits, HashAlgorithm, Label, Secret, TimeStep};
    use alloc::vec::Vec;

    fn authenticator(method: Method) -> Authenticator {
        Authenticator {
            id: AuthenticatorId(1),
            label: Label::parse("phone").unwrap(),
            method,
            algorithm: HashAlgorithm::Sha1,
            digits: Digits::SIX,
            secret: Secret::new(alloc::vec![1; 20].into()).ok().unwrap(),
            token_identifier: None,
            serial: None,
            validity: crate::Validity::default(),
            created_at: UnixTime(0),
        }
    }

    fn state(last_accepted: Option<u64>, drift: i64) -> AuthenticatorState {
        AuthenticatorState {
            id: AuthenticatorId(1),
            activated: true,
            last_accepted: last_accepted.map(MovingFactor),
            drift: StepOffset(drift),
            last_used: None,
        }
    }

    fn of(method: Method, state: &AuthenticatorState, now: u64) -> (Vec<u64>, Vec<u64>) {
        let policy = WindowPolicy {
            look_ahead_counters: 2,
            ..WindowPolicy::default()
        };
        let window = candidates(&authenticator(method), state, UnixTime(now), &policy).unwrap();
        let all: Vec<u64> = window.all().map(|factor| factor.0).collect();
        let is_fresh = |factor: &u64| window.is_fresh(MovingFactor(*factor));
        let fresh = all.iter().copied().filter(is_fresh).collect();
        (all, fresh)
    }

    const TOTP: Method = Method::Totp {
        time_step: TimeStep::THIRTY_SECONDS,
        t0: UnixTime(0),
    };
    const HOTP: Method = Method::Hotp {
        initial_counter: MovingFactor(5),
    };

    #[test]
    fn a_totp_window_lies_around_the_device_not_the_host() {
        let (all, fresh) = of(TOTP, &state(None, 0), 3000);
        assert_eq!((all, fresh), ([99, 100, 101].into(), [99, 100, 101].into()));
        let (all, _) = of(TOTP, &state(None, -4), 3000);
        assert_eq!(all, [95, 96, 97]);
    }

    #[test]
    fn a_used_step_is_computed_but_not_fresh() {
        let (all, fresh) = of(TOTP, &state(Some(100), 0), 3000);
        assert_eq!((all, fresh), ([99, 100, 101].into(), [101].into()));
        let clock_set_back = of(TOTP, &state(Some(100), 0), 2000);
        assert_eq!(clock_set_back, ([65, 66, 67].into(), Vec::new()));
    }

    #[test]
    fn an_hotp_window_looks_ahead_and_recognises_a_few_used_counters() {
        let (all, fresh) = of(HOTP, &state(None, 0), 0);
        assert_eq!((all, fresh), ([5, 6, 7].into(), [5, 6, 7].into()));
        let (all, fresh) = of(HOTP, &state(Some(6), 0), 0);
        assert_eq!((all, fresh), ([5, 6, 7, 8, 9].into(), [7, 8, 9].into()));
    }

    #[test]
    fn the_last_counter_can_be_used_once_and_then_none() {
        let (all, fresh) = of(HOTP, &state(Some(u64::MAX - 1), 0), 0);
        assert_eq!(all.last(), Some(&u64::MAX));
        assert_eq!(fresh, [u64::MAX]);
        let (_, fresh) = of(HOTP, &state(Some(u64::MAX), 0), 0);
        assert_eq!(fresh, Vec::new());
    }

    #[test]
    fn learned_drift_stays_within_its_limit() {
        let policy = WindowPolicy::default();
        let learn = |known, matched| {
            let (known, matched) = (StepOffset(known), MovingFactor(matched));
            learned_drift(known, matched, MovingFactor(100), &policy).0
        };
        assert_eq!(learn(0, 101), 1);
        assert_eq!(learn(10, 111), 10);
        assert_eq!(learn(-10, 89), -10);
        // Proved by an explicit resynchronization: may stay, may shrink, may not grow.
        assert_eq!(learn(40, 140), 40);
        assert_eq!(learn(40, 141), 40);
        assert_eq!(learn(40, 139), 39);
    }
}
