//! What is typed in place of a code: recovery codes and bypass codes. No PIN stands before
//! them: they have 128 bits.

use crate::bypass::BypassMatch;
use crate::recovery::RecoveryMatch;
use crate::verify::charge;
use crate::{Acceptance, Account, Decision, Outcome, Reason, State, Typed, UnixTime};

/// The decision on a long code; `None` if what was typed is none of this account's.
pub(crate) fn long_code(
    account: &Account,
    state: &State,
    typed: &Typed,
    now: UnixTime,
) -> Option<Outcome> {
    match recovery(account, state, typed) {
        RecoveryMatch::Fresh(bit) => return Some(accept_recovery_code(account, state, bit, now)),
        RecoveryMatch::Used => return Some(charge(state, now, Reason::RecoveryCodeUsed)),
        RecoveryMatch::None => {}
    }
    match bypass(account, state, typed, now) {
        BypassMatch::Good => Some(accept_bypass_code(account, state, now)),
        BypassMatch::Over => Some(charge(state, now, Reason::BypassCodeOver)),
        BypassMatch::None => None,
    }
}

/// What the answer is among the account's recovery codes.
fn recovery(account: &Account, state: &State, typed: &Typed) -> RecoveryMatch {
    match (&account.recovery, typed.recovery_code()) {
        (Some(set), Some((code, _))) => set.look_for(&code, state.recovery.as_ref()),
        _ => RecoveryMatch::None,
    }
}

/// What the answer is to the account's bypass code.
fn bypass(account: &Account, state: &State, typed: &Typed, now: UnixTime) -> BypassMatch {
    match (&account.bypass, typed.recovery_code()) {
        (Some(bypass), Some((code, _))) => bypass.look_at(&code, state.bypass.as_ref(), now),
        _ => BypassMatch::None,
    }
}

/// Lets somebody in by the administrator's word. Proves nothing of the device, either.
fn accept_bypass_code(account: &Account, state: &State, now: UnixTime) -> Outcome {
    let mut next = state.clone();
    next.failures = 0;
    next.last_failure = None;
    if let Some(bypass) = &mut next.bypass {
        bypass.used = bypass.used.saturating_add(1);
    }
    let bypass = account.bypass.as_ref();
    let uses_left = bypass.map_or(0, |bypass| bypass.uses_left(next.bypass.as_ref(), now));
    Outcome {
        decision: Decision::Accept(Acceptance::BypassCode { uses_left }),
        next,
    }
}

/// Lets somebody in without the device. Whether the device works, this does not prove: a pending
/// account stays pending.
fn accept_recovery_code(account: &Account, state: &State, bit: u16, now: UnixTime) -> Outcome {
    let mut next = state.clone();
    next.failures = 0;
    next.last_failure = None;
    if let Some(recovery) = &mut next.recovery {
        recovery.used |= bit;
        recovery.last_used = Some(now);
    }
    let set = account.recovery.as_ref();
    let left = set.map_or(0, |set| set.left(next.recovery.as_ref()));
    Outcome {
        decision: Decision::Accept(Acceptance::RecoveryCode { left }),
        next,
    }
}
