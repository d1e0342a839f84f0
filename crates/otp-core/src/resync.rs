//! Proving the place again with two consecutive responses.
//!
//! A counter-based device whose button was pressed often is beyond the look-ahead window; a
//! clock-based one that lay in a drawer is beyond the drift. Two consecutive codes are found
//! again in a much wider search, because guessing both is as hard as guessing one of twice
//! the digits. It may only move forward: a place before the last accepted code is a replay.
//!
//! Only an administrator's command comes here, never a login prompt.
//! Sources: RFC 4226 s.7.4 and E.4; RFC 6238 s.6.

use crate::window::{offset_between, shifted};
use crate::{
    Authenticator, AuthenticatorState, CodeGenerator, Method, MovingFactor, Response, StepOffset,
    UnixTime, step_number,
};

/// How many counters beyond the expected one are searched.
const REACH_COUNTERS: u64 = 1000;
/// How many time steps around the host's clock are searched: an hour each way with the
/// usual step, more than a quartz clock loses in years.
const REACH_STEPS: u64 = 120;

/// What two consecutive responses proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resynchronization {
    /// The device's place is known again; both responses are used up.
    Found {
        /// What to remember.
        next: AuthenticatorState,
        /// How many counters or time steps the device was away from where it was expected.
        moved: StepOffset,
    },
    /// The two were found, but not after the last accepted code.
    Used,
    /// The two were not found one after the other.
    NotFound,
}

/// Searches for two consecutive responses of one authenticator.
pub fn resynchronize(
    authenticator: &Authenticator,
    state: &AuthenticatorState,
    first: &Response,
    second: &Response,
    now: UnixTime,
) -> Resynchronization {
    let Some(search) = Search::of(authenticator, state, now) else {
        return Resynchronization::NotFound;
    };
    let generator = CodeGenerator::new(
        &authenticator.secret,
        authenticator.algorithm,
        authenticator.digits,
    );
    let identifier = authenticator.token_identifier.as_ref();
    let first = first.code(authenticator.digits, identifier);
    let second = second.code(authenticator.digits, identifier);
    let (Some(first), Some(second)) = (first, second) else {
        return Resynchronization::NotFound;
    };
    let mut used = false;
    let mut previous_matches_first = false;
    for factor in search.from..=search.to {
        let code = generator.code(MovingFactor(factor));
        if previous_matches_first && code.matches(second) {
            // `factor` is above `search.from`, so there is one before it.
            let at_first = factor.saturating_sub(1);
            if state.last_accepted.is_none_or(|last| at_first > last.0) {
                return search.found(state, MovingFactor(factor), now);
            }
            used = true;
        }
        previous_matches_first = code.matches(first);
    }
    if used {
        Resynchronization::Used
    } else {
        Resynchronization::NotFound
    }
}

/// Where to look, and where the device was expected.
struct Search {
    from: u64,
    to: u64,
    expected_second: MovingFactor,
    host_step: Option<MovingFactor>,
}

impl Search {
    fn of(one: &Authenticator, state: &AuthenticatorState, now: UnixTime) -> Option<Self> {
        match one.method {
            Method::Hotp { initial_counter } => {
                let next = match state.last_accepted {
                    None => initial_counter.0,
                    Some(last) => last.0.checked_add(1)?,
                };
                Some(Self {
                    // Two before, so that used codes are recognised as used.
                    from: next.saturating_sub(2),
                    to: next.saturating_add(REACH_COUNTERS),
                    expected_second: MovingFactor(next.saturating_add(1)),
                    host_step: None,
                })
            }
            Method::Totp { time_step, t0 } => {
                let step = step_number(now, t0, time_step).ok()?;
                Some(Self {
                    from: step.0.saturating_sub(REACH_STEPS),
                    to: step.0.saturating_add(REACH_STEPS),
                    expected_second: MovingFactor(shifted(step, state.drift)),
                    host_step: Some(step),
                })
            }
        }
    }

    fn found(
        &self,
        state: &AuthenticatorState,
        second: MovingFactor,
        now: UnixTime,
    ) -> Resynchronization {
        let drift = match self.host_step {
            Some(host) => offset_between(second, host),
            None => state.drift,
        };
        Resynchronization::Found {
            next: AuthenticatorState {
                id: state.id,
                activated: true,
                last_accepted: Some(second),
                drift,
                last_used: Some(now),
            },
            moved: offset_between(second, self.expected_second),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AuthenticatorId, Digits, HashAlgorithm, Label, Secret, TimeStep};

    fn authenticator(method: Method) -> Authenticator {
        Authenticator {
            id: AuthenticatorId(1),
            label: Label::parse("fob").unwrap(),
            method,
            algorithm: HashAlgorithm::Sha1,
            digits: Digits::SIX,
            secret: Secret::new(alloc::vec![9; 20].into()).ok().unwrap(),
            token_identifier: None,
            serial: None,
            validity: crate::Validity::default(),
            created_at: UnixTime(0),
        }
    }

    fn hotp() -> Authenticator {
        authenticator(Method::Hotp {
            initial_counter: MovingFactor(0),
        })
    }

    fn state(last_accepted: Option<u64>) -> AuthenticatorState {
        AuthenticatorState {
            id: AuthenticatorId(1),
            activated: false,
            last_accepted: last_accepted.map(MovingFactor),
            drift: StepOffset(0),
            last_used: None,
        }
    }

    fn shows(one: &Authenticator, factor: u64) -> Response {
        let generator = CodeGenerator::new(&one.secret, one.algorithm, one.digits);
        let code = generator.code(MovingFactor(factor)).expose_digits();
        Response::parse(code.as_bytes()).ok().unwrap()
    }

    fn try_two(last: Option<u64>, first: u64, second: u64) -> Resynchronization {
        let fob = hotp();
        let (first, second) = (shows(&fob, first), shows(&fob, second));
        resynchronize(&fob, &state(last), &first, &second, UnixTime(0))
    }

    #[test]
    fn a_fob_pressed_five_hundred_times_is_found_again() {
        let Resynchronization::Found { next, moved } = try_two(Some(3), 500, 501) else {
            panic!("not found");
        };
        assert_eq!(next.last_accepted, Some(MovingFactor(501)));
        assert!(next.activated);
        assert_eq!(moved, StepOffset(496));
    }

    #[test]
    fn two_codes_in_the_wrong_order_or_with_a_gap_prove_nothing() {
        assert_eq!(try_two(Some(3), 501, 500), Resynchronization::NotFound);
        assert_eq!(try_two(Some(3), 500, 502), Resynchronization::NotFound);
        assert_eq!(try_two(Some(3), 1100, 1101), Resynchronization::NotFound);
    }

    #[test]
    fn resynchronization_never_moves_backward() {
        assert_eq!(try_two(Some(3), 2, 3), Resynchronization::Used);
        assert_eq!(try_two(Some(3), 3, 4), Resynchronization::Used);
        let fresh = try_two(Some(3), 4, 5);
        assert!(matches!(fresh, Resynchronization::Found { .. }));
    }

    #[test]
    fn a_clock_forty_steps_slow_is_found_and_remembered() {
        let phone = authenticator(Method::Totp {
            time_step: TimeStep::THIRTY_SECONDS,
            t0: UnixTime(0),
        });
        let (first, second) = (shows(&phone, 9_960), shows(&phone, 9_961));
        let now = UnixTime(10_001 * 30);
        let found = resynchronize(&phone, &state(None), &first, &second, now);
        let Resynchronization::Found { next, .. } = found else {
            panic!("not found");
        };
        assert_eq!(next.drift, StepOffset(-40));
        assert_eq!(next.last_accepted, Some(MovingFactor(9_961)));
    }
}
