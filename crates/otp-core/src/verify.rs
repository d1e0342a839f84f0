//! The decision: may this answer open this account's door now?
//!
//! Values in, a decision and the next state out. Everything that a login remembers changes
//! here and nowhere else. The order is the argument: an account that asks for nothing, then
//! throttling (under which nothing that is found counts), and only then what the candidates of
//! every authenticator and the password mean.
//!
//! Eight laws hold for every history of logins and every clock, also one that runs backward;
//! `tests/properties.rs` tries to break them:
//!
//! 1. no moving factor is accepted twice;
//! 2. the last accepted moving factor never decreases;
//! 3. a rejection never moves it;
//! 4. an accepted moving factor lies in the window;
//! 5. while throttled, the decision does not depend on the response;
//! 6. failures since the last acceptance are never forgotten;
//! 7. it always returns;
//! 8. where a right code is accepted, a wrong one is charged.
//!
//! Sources: RFC 4226 s.7; RFC 6238 s.5.2 and s.6; NIST SP 800-63B-4 s.3.1.4.2 and s.3.2.2.

use crate::long_code::long_code;
use crate::window::learned_drift;
use crate::{
    Acceptance, Account, Answer, Authenticator, AuthenticatorId, AuthenticatorState, Candidates,
    CodeGenerator, Decision, Exemption, Method, MovingFactor, Outcome, PasswordCheck, Policy,
    Reason, Standing, State, Trust, Typed, Unenrolled, UnixTime, candidates, standing, step_number,
};

/// Decides one attempt.
///
/// `now` is the host's clock. The returned state equals the given one wherever nothing is to
/// be remembered.
pub fn verify(
    account: &Account,
    state: &State,
    answer: &Answer,
    now: UnixTime,
    policy: &Policy,
) -> Outcome {
    let unchanged = |decision| Outcome {
        decision,
        next: state.clone(),
    };
    let password_is_wrong = answer.password == PasswordCheck::Wrong;

    if !account.enabled {
        return unchanged(if password_is_wrong {
            Decision::Reject(Reason::WrongPassword)
        } else {
            Decision::Exempt(Exemption::Disabled)
        });
    }

    // From here on the work is the same for every answer: all candidates are computed, also while
    // nothing is accepted. With password and code in one module only answers with the right
    // password are charged; who saw that an account must wait by now would know the password.
    let found = core::hint::black_box(search(account, state, &answer.typed, now, policy));
    match standing(state, &policy.throttle, now) {
        Standing::Open => {}
        Standing::Disabled => return unchanged(Decision::Reject(Reason::TooManyFailures)),
        Standing::Throttled { until, restarts } => {
            let mut next = state.clone();
            if restarts {
                next.last_failure = Some(now);
            }
            let decision = Decision::Reject(Reason::Throttled { until });
            return Outcome { decision, next };
        }
    }
    if password_is_wrong {
        return unchanged(Decision::Reject(Reason::WrongPassword));
    }
    let pending = !state.is_activated();
    if pending && now > grace_ends(account, policy) {
        return unchanged(Decision::Reject(Reason::GraceExpired));
    }
    if let Some(outcome) = long_code(account, state, &answer.typed, now) {
        return outcome;
    }
    match (&answer.typed, found) {
        (_, Found::Fresh(id, moving_factor)) if pin_is_right(account, answer, id) => {
            accept(account, state, answer, (id, moving_factor), now, policy)
        }
        (_, Found::Fresh(authenticator, _)) => {
            charge(state, now, Reason::WrongPin { authenticator })
        }
        (Typed::Nothing, _) if is_remembered(account, state, answer.trust.as_ref(), now) => {
            unchanged(Decision::Accept(Acceptance::Remembered))
        }
        (Typed::Nothing, _) if pending => go_on_pending(state, policy),
        (Typed::Tail(_), _) if pending => go_on_with_all_password(state, now, policy),
        (_, Found::Used(authenticator)) => charge(state, now, Reason::Replay { authenticator }),
        (_, Found::NotValid(authenticator)) => {
            charge(state, now, Reason::DeviceNotValid { authenticator })
        }
        (typed, Found::Nothing) => {
            let possible = |one: &Authenticator| account.reading(one, typed).is_some();
            let is_recovery_code = account.recovery_tail_length(typed).is_some();
            if is_recovery_code || account.authenticators.iter().any(possible) {
                charge(state, now, Reason::NoMatch)
            } else {
                unchanged(Decision::Reject(Reason::Malformed))
            }
        }
    }
}

/// Decides an attempt for somebody without an account; never a yes. (That it takes as long as
/// with one is the store's affair: it compares with the account of nobody.)
///
/// `known` tells whether the machine knows the user at all. A user it does not know is never
/// exempt: a directory that is down must not switch the second factor off.
pub fn verify_blank(known: bool, answer: &Answer, policy: &Policy) -> Decision {
    if !known {
        return Decision::Reject(Reason::UnknownUser);
    }
    match (policy.unenrolled, answer.password) {
        (_, PasswordCheck::Wrong) => Decision::Reject(Reason::WrongPassword),
        (Unenrolled::Deny, _) => Decision::Reject(Reason::NotEnrolled),
        (Unenrolled::Ignore, _) => Decision::Exempt(Exemption::NotEnrolled),
    }
}

/// What the candidates said.
enum Found {
    Nothing,
    /// A code of a device whose codes do not count at this time.
    NotValid(AuthenticatorId),
    Used(AuthenticatorId),
    Fresh(AuthenticatorId, MovingFactor),
}

/// Compares the response with every candidate of every authenticator.
///
/// Nothing stops early: the time taken must not tell which authenticator or which step was
/// right. The first fresh match wins, so that as little as possible is used up.
fn search(
    account: &Account,
    state: &State,
    typed: &Typed,
    now: UnixTime,
    policy: &Policy,
) -> Found {
    let mut found = Found::Nothing;
    for (authenticator, known) in account.authenticators.iter().zip(&state.authenticators) {
        let Some(window) = candidates(authenticator, known, now, &policy.window) else {
            continue;
        };
        let generator = CodeGenerator::new(
            &authenticator.secret,
            authenticator.algorithm,
            authenticator.digits,
        );
        let code = account.reading(authenticator, typed);
        let code = code.map(|reading| reading.code);
        let counts = authenticator.validity.holds_at(now);
        for moving_factor in window.all() {
            if matches(&generator, moving_factor, code) {
                found = match counts {
                    true => better(found, authenticator.id, moving_factor, &window),
                    false => found.or_not_valid(authenticator.id),
                };
            }
        }
    }
    found
}

impl Found {
    /// Anything else that was found counts more.
    fn or_not_valid(self, id: AuthenticatorId) -> Self {
        match self {
            Self::Nothing => Self::NotValid(id),
            found => found,
        }
    }
}

fn better(
    found: Found,
    id: AuthenticatorId,
    moving_factor: MovingFactor,
    window: &Candidates,
) -> Found {
    match (found, window.is_fresh(moving_factor)) {
        (Found::Fresh(id, moving_factor), _) => Found::Fresh(id, moving_factor),
        (_, true) => Found::Fresh(id, moving_factor),
        (Found::Used(id), false) => Found::Used(id),
        (Found::Nothing | Found::NotValid(_), false) => Found::Used(id),
    }
}

fn matches(generator: &CodeGenerator, moving_factor: MovingFactor, typed: Option<&[u8]>) -> bool {
    let code = generator.code(moving_factor);
    match typed {
        Some(typed) => code.matches(typed),
        // Computed all the same, so that an empty answer takes as long as a wrong one.
        None => {
            let _ = core::hint::black_box(&code);
            false
        }
    }
}

/// Whether the account has no PIN, or the right one stands in front of this one's code.
fn pin_is_right(account: &Account, answer: &Answer, id: AuthenticatorId) -> bool {
    let Some(pin) = &account.pin else {
        return true;
    };
    let length = account.tail_length(id, &answer.typed);
    match (&answer.pin, length) {
        (Some(check), Some(length)) => check.pin == *pin && check.right_for.contains(&length),
        _ => false,
    }
}

pub(crate) fn charge(state: &State, now: UnixTime, reason: Reason) -> Outcome {
    let mut next = state.clone();
    next.failures = state.failures.saturating_add(1);
    next.last_failure = Some(now);
    Outcome {
        decision: Decision::Reject(reason),
        next,
    }
}

/// Whether no code is needed from where this answer comes from: one has come from there lately,
/// and it would count today.
pub fn is_remembered(
    account: &Account,
    state: &State,
    trust: Option<&Trust>,
    now: UnixTime,
) -> bool {
    let mut devices = account.authenticators.iter();
    state.is_activated()
        && devices.any(|one| one.validity.holds_at(now))
        && trust.is_some_and(|trust| state.trusts(trust, now))
}

/// Whether as many logins of a pending account have gone on without a code as may.
pub fn grace_logins_are_spent(state: &State, policy: &Policy) -> bool {
    let most = policy.pending.grace_logins;
    most.is_some_and(|most| state.pending_logins >= most)
}

/// Password and code in one answer, and the account does not know its codes yet: it is all
/// password, which a later module checks. So nothing is counted, or a stranger could use up
/// the owner's logins; and where none are left each answer is a guess, and charged.
fn go_on_with_all_password(state: &State, now: UnixTime, policy: &Policy) -> Outcome {
    if grace_logins_are_spent(state, policy) {
        return charge(state, now, Reason::GraceExpired);
    }
    Outcome {
        decision: Decision::Accept(Acceptance::Pending),
        next: state.clone(),
    }
}

/// A pending account whose owner typed no code.
fn go_on_pending(state: &State, policy: &Policy) -> Outcome {
    let mut next = state.clone();
    if grace_logins_are_spent(state, policy) {
        let decision = Decision::Reject(Reason::GraceExpired);
        return Outcome { decision, next };
    }
    next.pending_logins = state.pending_logins.saturating_add(1);
    Outcome {
        decision: Decision::Accept(Acceptance::Pending),
        next,
    }
}

/// The last second in which a pending account may show its first right code.
pub fn grace_ends(account: &Account, policy: &Policy) -> UnixTime {
    let grace_seconds = u64::from(policy.pending.grace_days).saturating_mul(86_400);
    UnixTime(account.enrolled_at.0.saturating_add(grace_seconds))
}

fn accept(
    account: &Account,
    state: &State,
    answer: &Answer,
    (id, moving_factor): (AuthenticatorId, MovingFactor),
    now: UnixTime,
    policy: &Policy,
) -> Outcome {
    let mut next = state.clone();
    if let Some(trust) = &answer.trust {
        next.begin_to_trust(trust.place, now);
    }
    next.failures = 0;
    next.last_failure = None;
    let activated_now = !state.is_activated();
    let matched = account.authenticators.with_id(id);
    if let Some(known) = next.authenticators.iter_mut().find(|one| one.id == id) {
        *known = after_acceptance(known, matched, moving_factor, now, policy);
    }
    Outcome {
        decision: Decision::Accept(Acceptance::Code {
            authenticator: id,
            moving_factor,
            activated_now,
        }),
        next,
    }
}

fn after_acceptance(
    known: &AuthenticatorState,
    authenticator: Option<&Authenticator>,
    moving_factor: MovingFactor,
    now: UnixTime,
    policy: &Policy,
) -> AuthenticatorState {
    let drift = match authenticator.map(|one| one.method) {
        Some(Method::Totp { time_step, t0 }) => match step_number(now, t0, time_step) {
            Ok(step) => learned_drift(known.drift, moving_factor, step, &policy.window),
            Err(_) => known.drift,
        },
        Some(Method::Hotp { .. }) | None => known.drift,
    };
    AuthenticatorState {
        id: known.id,
        activated: true,
        last_accepted: Some(moving_factor),
        drift,
        last_used: Some(now),
    }
}
