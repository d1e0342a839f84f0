//! One attempt of a person, as it is decided at the door: by the module, or by the verifier for
//! a module that cannot open the store.

use crate::{AttemptOrigin, AttemptRecord, Rule};
use otp_core::{
    Acceptance, Account, Answer, Decision, Hint, Outcome, Policy, Reason, State, Typed, UnixTime,
    hint, verify, verify_blank,
};
use std::cell::Cell;

/// An attempt, ready to be decided.
pub struct Attempt<'a> {
    /// What the person answered.
    pub answer: Answer,
    /// The clock.
    pub now: UnixTime,
    /// What the administrator wants.
    pub policy: &'a Policy,
    /// Where it comes from.
    pub origin: AttemptOrigin<'a>,
    /// What is seen beside the decision is put here.
    pub seen: &'a Cell<Seen>,
}

/// What is seen beside the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Why a right-looking code was refused.
    pub hint: Option<Hint>,
    /// How many bytes at the end of an answer for both are not password.
    pub tail_length: usize,
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

impl Rule for Attempt<'_> {
    fn note(&self, decision: Decision) -> Option<AttemptRecord> {
        let hint = self.seen.get().hint;
        Some(AttemptRecord::of(decision, hint, self.origin, self.now))
    }

    fn enrolled(&self, account: &Account, state: &State) -> Outcome {
        let outcome = verify(account, state, &self.answer, self.now, self.policy);
        self.seen.set(Seen {
            tail_length: tail_length(account, outcome.decision, &self.answer.typed),
            ..Seen::default()
        });
        outcome
    }

    fn look_into(
        &self,
        account: &Account,
        state: &State,
        decision: Decision,
    ) -> Option<AttemptRecord> {
        // After every refusal, although mostly nothing comes of it, and kept whatever comes of it:
        // the time taken must not tell what was wrong.
        let Decision::Reject(reason) = decision else {
            return None;
        };
        let found = hint(account, state, &self.answer.typed, self.now);
        if reason == Reason::NoMatch {
            let seen = self.seen.get();
            self.seen.set(Seen {
                hint: found,
                ..seen
            });
        }
        self.note(decision)
    }

    fn blank(&self, known: bool) -> Decision {
        // What was seen of the account of nobody is not of this person.
        self.seen.set(Seen::default());
        verify_blank(known, &self.answer, self.policy)
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
        | Decision::Reject(
            Reason::Replay { authenticator }
            | Reason::WrongPin { authenticator }
            | Reason::DeviceNotValid { authenticator },
        ) => of(authenticator),
        // A long code, right or used or wrong, or a code of one of the devices.
        Decision::Accept(Acceptance::RecoveryCode { .. } | Acceptance::BypassCode { .. })
        | Decision::Reject(_) => {
            let recovery = account.recovery_tail_length(typed);
            recovery.or_else(|| account.authenticators.iter().find_map(|one| of(one.id)))
        }
    };
    known.unwrap_or(Seen::default().tail_length)
}
