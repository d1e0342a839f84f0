//! What is decided at the store's door, and what is seen on the way.

use otp_core::{
    Acceptance, Account, Answer, Decision, Hint, Outcome, Policy, Reason, State, Typed, UnixTime,
    hint, hint_for_nobody, verify, verify_blank,
};
use otp_store::Rule;
use std::cell::Cell;

/// The rule that is applied at the store's door.
pub(crate) struct AtTheDoor<'a> {
    pub(crate) answer: Answer,
    pub(crate) now: UnixTime,
    pub(crate) policy: &'a Policy,
    pub(crate) seen: &'a Cell<Seen>,
}

/// What is seen beside the decision.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    /// Why a right-looking code was refused.
    pub(crate) hint: Option<Hint>,
    /// How many bytes at the end of an answer for both are not password.
    pub(crate) tail_length: usize,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            hint: None,
            // Where nothing is known: as most codes are.
            tail_length: 6,
        }
    }
}

impl Rule for AtTheDoor<'_> {
    fn enrolled(self, account: &Account, state: &State) -> Outcome {
        let outcome = verify(account, state, &self.answer, self.now, self.policy);
        // After every refusal, although mostly nothing comes of it: the time taken must not
        // tell what was wrong.
        let mut seen = Seen {
            tail_length: tail_length(account, outcome.decision, &self.answer.typed),
            ..Seen::default()
        };
        if let Decision::Reject(reason) = outcome.decision {
            let found = hint(account, state, &self.answer.typed, self.now);
            if reason == Reason::NoMatch {
                seen.hint = found;
            }
        }
        self.seen.set(seen);
        outcome
    }

    fn blank(self, known: bool) -> Decision {
        let decision = verify_blank(known, &self.answer, self.now, self.policy);
        if matches!(decision, Decision::Reject(_)) {
            hint_for_nobody(&self.answer.typed);
        }
        decision
    }
}

/// How many bytes at the end of an answer for both are PIN and code, by this decision.
fn tail_length(account: &Account, decision: Decision, typed: &Typed) -> usize {
    let of = |id| account.tail_length(id, typed);
    let known = match decision {
        Decision::Accept(Acceptance::Pending | Acceptance::Remembered) | Decision::Exempt(_) => {
            Some(0)
        }
        Decision::Accept(Acceptance::Code { authenticator, .. })
        | Decision::Reject(Reason::Replay { authenticator } | Reason::WrongPin { authenticator }) => {
            of(authenticator)
        }
        Decision::Reject(_) => account.authenticators.iter().find_map(|one| of(one.id)),
    };
    known.unwrap_or(Seen::default().tail_length)
}
