//! Why did a right-looking code not match? Most often a clock is wrong.
//!
//! Only for the administrator's log, and only after a refusal; it never lets anybody in.

use crate::window::{offset_between, shifted};
use crate::{
    Account, Authenticator, AuthenticatorId, AuthenticatorState, CodeGenerator, Method,
    MovingFactor, State, StepOffset, Typed, UnixTime, step_number,
};

/// How far away a code is looked for, in time steps: an hour with the usual step.
const REACH_STEPS: u64 = 120;

/// The code would be right at another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockHint {
    /// Whose code it is.
    pub authenticator: AuthenticatorId,
    /// How far the device's clock is off from where it is expected, in time steps.
    pub offset: StepOffset,
}

/// Looks for a refused code further away than a login does.
///
/// Looks at every step within reach whatever it finds, so that it always takes as long.
pub fn clock_hint(
    account: &Account,
    state: &State,
    typed: &Typed,
    now: UnixTime,
) -> Option<ClockHint> {
    let mut nearest: Option<ClockHint> = None;
    for (authenticator, known) in account.authenticators.iter().zip(&state.authenticators) {
        let found = nearest_match(authenticator, known, typed, now);
        let nearer = |hint: &ClockHint| {
            nearest.is_none_or(|known| hint.offset.0.abs() < known.offset.0.abs())
        };
        nearest = found.filter(nearer).or(nearest);
    }
    nearest
}

fn nearest_match(
    authenticator: &Authenticator,
    known: &AuthenticatorState,
    typed: &Typed,
    now: UnixTime,
) -> Option<ClockHint> {
    let Method::Totp { time_step, t0 } = authenticator.method else {
        return None;
    };
    let step = step_number(now, t0, time_step).ok()?;
    let centre = shifted(step, known.drift);
    let generator = CodeGenerator::new(
        &authenticator.secret,
        authenticator.algorithm,
        authenticator.digits,
    );
    let mut nearest: Option<StepOffset> = None;
    for factor in centre.saturating_sub(REACH_STEPS)..=centre.saturating_add(REACH_STEPS) {
        let code = generator.code(MovingFactor(factor));
        let matched = typed
            .response_for(authenticator.digits)
            .is_some_and(|response| code.matches(response));
        let offset = offset_between(MovingFactor(factor), MovingFactor(centre));
        if matched && nearest.is_none_or(|known| offset.0.abs() < known.0.abs()) {
            nearest = Some(offset);
        }
    }
    nearest.map(|offset| ClockHint {
        authenticator: authenticator.id,
        offset,
    })
}
