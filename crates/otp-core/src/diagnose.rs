//! Why did a right-looking code not match? Most often a clock is wrong, or a button was
//! pressed too often.
//!
//! Only for the administrator's log, and only after a refusal; it never lets anybody in.
//! Every refusal pays for the search, also where nothing can come of it, so that the time
//! taken tells neither what was wrong nor who is enrolled.

use crate::window::{expected_counter, offset_between, shifted};
use crate::{
    Account, Authenticator, AuthenticatorId, AuthenticatorState, CodeGenerator, Method,
    MovingFactor, State, StepOffset, Typed, UnixTime, step_number,
};

/// How far away a code is looked for, each way: an hour with the usual time step.
const REACH: u64 = 120;

/// The code would be right at another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Whose code it is.
    pub authenticator: AuthenticatorId,
    /// How far it is from where it was expected, in time steps or counters.
    pub offset: StepOffset,
    /// Whether the device has a clock (which is off) or a button (pressed too often).
    pub has_clock: bool,
}

/// Looks for a refused code further away than a login does.
///
/// Looks at every place within reach whatever it finds, so that it always takes as long.
pub fn hint(account: &Account, state: &State, typed: &Typed, now: UnixTime) -> Option<Hint> {
    let mut nearest: Option<Hint> = None;
    for (authenticator, known) in account.authenticators.iter().zip(&state.authenticators) {
        let found = nearest_match(account, authenticator, known, typed, now);
        let nearer =
            |hint: &Hint| nearest.is_none_or(|known| hint.offset.0.abs() < known.offset.0.abs());
        nearest = found.filter(nearer).or(nearest);
    }
    nearest
}

fn nearest_match(
    account: &Account,
    authenticator: &Authenticator,
    known: &AuthenticatorState,
    typed: &Typed,
    now: UnixTime,
) -> Option<Hint> {
    let (expected, centre, has_clock) = match authenticator.method {
        Method::Totp { time_step, t0 } => {
            let step = step_number(now, t0, time_step).ok()?;
            let expected = shifted(step, known.drift);
            (expected, expected, true)
        }
        Method::Hotp { initial_counter } => {
            let expected = expected_counter(initial_counter, known);
            // A button only runs ahead.
            (expected, expected.saturating_add(REACH), false)
        }
    };
    let generator = CodeGenerator::new(
        &authenticator.secret,
        authenticator.algorithm,
        authenticator.digits,
    );
    let typed = account.reading(authenticator, typed);
    let typed = typed.map(|reading| reading.code);
    let found = search(&generator, centre, typed)?;
    Some(Hint {
        authenticator: authenticator.id,
        offset: offset_between(found, MovingFactor(expected)),
        has_clock,
    })
}

/// The match nearest to `centre` among the places within reach.
fn search(generator: &CodeGenerator, centre: u64, typed: Option<&[u8]>) -> Option<MovingFactor> {
    let mut nearest: Option<MovingFactor> = None;
    let distance = |factor: MovingFactor| factor.0.abs_diff(centre);
    for factor in centre.saturating_sub(REACH)..=centre.saturating_add(REACH) {
        let factor = MovingFactor(factor);
        let code = generator.code(factor);
        let matched = match typed {
            Some(typed) => code.matches(typed),
            None => {
                let _ = core::hint::black_box(&code);
                false
            }
        };
        if matched && nearest.is_none_or(|known| distance(factor) < distance(known)) {
            nearest = Some(factor);
        }
    }
    nearest
}
