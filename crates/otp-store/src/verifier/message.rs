//! What is asked of the verifier, and what it replies. As bytes: `spelling.rs`.

mod spelling;

use crate::{FirstLook, Recorded, Seen};
use otp_core::{
    Acceptance, AuthenticatorId, Decision, Exemption, Hint, Label, MovingFactor, NotACode, Reason,
    StepOffset, Typed, TypedKind, UnixTime,
};
use zeroize::Zeroizing;

const VERSION: u32 = 1;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// What the account asks for.
    Look,
    /// Whether an answer opens it.
    Decide,
}

/// One question about one user.
pub struct Request {
    version: u32,
    /// What is asked.
    pub question: Question,
    /// The canonical name of the user.
    pub user: String,
    /// The service that the person logs in to, for the policy and the log.
    pub service: String,
    kind: Kind,
    typed: Zeroizing<String>,
}

/// How an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Alone,
    Tail,
    Nothing,
    Unusable,
}

impl Request {
    /// Asks what an account asks for.
    pub fn look(user: &str, service: &str) -> Self {
        Self {
            version: VERSION,
            question: Question::Look,
            user: user.into(),
            service: service.into(),
            kind: Kind::Nothing,
            typed: Zeroizing::default(),
        }
    }

    /// Asks whether this answer opens an account.
    pub fn decide(user: &str, service: &str, typed: &Typed) -> Self {
        let (kind, symbols) = typed.expose();
        // What is no text is no code either, and not sent.
        let text = std::str::from_utf8(symbols);
        let kind = match (kind, text) {
            (TypedKind::Alone, Ok(_)) => Kind::Alone,
            (TypedKind::Tail, Ok(_)) => Kind::Tail,
            (TypedKind::Nothing, _) => Kind::Nothing,
            (TypedKind::Unusable | TypedKind::Alone | TypedKind::Tail, _) => Kind::Unusable,
        };
        Self {
            question: Question::Decide,
            kind,
            typed: Zeroizing::new(text.unwrap_or_default().into()),
            ..Self::look(user, service)
        }
    }

    /// What was typed.
    pub fn typed(&self) -> Typed {
        match self.kind {
            Kind::Alone => Typed::parse(self.typed.as_bytes()),
            Kind::Tail => Typed::parse_combined(self.typed.as_bytes()),
            Kind::Nothing => Typed::Nothing,
            Kind::Unusable => Typed::Unusable(NotACode::NotDigits),
        }
    }
}

/// The reply to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    version: u32,
    /// What has become of it, as the log calls it.
    pub outcome: String,
    asks_for_code: Option<bool>,
    has_pin: Option<bool>,
    authenticator: Option<u32>,
    label: Option<String>,
    // Numbers up to 2^64 - 1 do not fit into TOML's.
    moving_factor: Option<String>,
    until: Option<String>,
    generation: Option<String>,
    tail_length: Option<usize>,
    recovery_codes_left: Option<u32>,
    bypass_uses_left: Option<u16>,
    hint_authenticator: Option<u32>,
    hint_offset: Option<i64>,
    hint_has_clock: Option<bool>,
    /// Why there is no decision.
    pub detail: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    // Last: what is cut off anywhere is no reply.
    whole: bool,
}

impl Reply {
    /// There is no decision, and this is why.
    pub fn failed(outcome: &str, detail: String, remedy: String) -> Self {
        Self {
            version: VERSION,
            whole: true,
            outcome: outcome.into(),
            detail: Some(detail),
            remedy: Some(remedy),
            ..Self::default()
        }
    }

    /// What an account asks for.
    pub fn looked(look: Option<FirstLook>) -> Self {
        Self {
            version: VERSION,
            whole: true,
            outcome: if look.is_some() {
                "enrolled"
            } else {
                "not-enrolled"
            }
            .into(),
            asks_for_code: look.map(|look| look.asks_for_code),
            has_pin: look.map(|look| look.has_pin),
            ..Self::default()
        }
    }

    /// A decision that is on disk.
    pub fn decided(recorded: &Recorded, seen: Seen) -> Self {
        let mut reply = Self {
            version: VERSION,
            whole: true,
            outcome: recorded.decision().word().into(),
            label: recorded.authenticator().map(ToString::to_string),
            generation: recorded.generation().map(|number| number.to_string()),
            tail_length: Some(seen.tail_length),
            hint_authenticator: seen.hint.map(|hint| hint.authenticator.0),
            hint_offset: seen.hint.map(|hint| hint.offset.0),
            hint_has_clock: seen.hint.map(|hint| hint.has_clock),
            ..Self::default()
        };
        match recorded.decision() {
            Decision::Accept(Acceptance::Code {
                authenticator,
                moving_factor,
                ..
            }) => {
                reply.authenticator = Some(authenticator.0);
                reply.moving_factor = Some(moving_factor.0.to_string());
            }
            Decision::Accept(Acceptance::RecoveryCode { left }) => {
                reply.recovery_codes_left = Some(left);
            }
            Decision::Accept(Acceptance::BypassCode { uses_left }) => {
                reply.bypass_uses_left = Some(uses_left);
            }
            Decision::Reject(Reason::Throttled { until }) => {
                reply.until = Some(until.0.to_string());
            }
            decision => reply.authenticator = decision.authenticator().map(|id| id.0),
        }
        reply
    }

    /// The same for a caller who is not root: not how far from its place a wrong code was found,
    /// which would tell when it will be right; not whether PIN or code was wrong; and one word
    /// for all that was typed in vain.
    pub fn discreet(self) -> Self {
        let in_vain = matches!(
            self.outcome.as_str(),
            "replay" | "wrong-pin" | "device-not-valid" | "recovery-code-used" | "bypass-code-over"
        );
        let mut reply = Self {
            hint_authenticator: None,
            hint_offset: None,
            hint_has_clock: None,
            ..self
        };
        if in_vain {
            reply.outcome = Decision::Reject(Reason::NoMatch).word().into();
            reply.authenticator = None;
            reply.label = None;
        }
        reply
    }

    /// How far from its place a wrong code was found, as the log calls it.
    pub fn hint(&self) -> Option<(&'static str, i64)> {
        let word = match self.hint_has_clock? {
            true => "clock_off_steps",
            false => "counter_off_presses",
        };
        Some((word, self.hint_offset?))
    }

    /// What the account asks for; `None` if this is no such reply.
    pub(crate) fn look(&self) -> Option<Option<FirstLook>> {
        match (self.outcome.as_str(), self.asks_for_code, self.has_pin) {
            ("not-enrolled", None, None) => Some(None),
            ("enrolled", Some(asks_for_code), Some(has_pin)) => Some(Some(FirstLook {
                asks_for_code,
                has_pin,
                is_remembered: false,
            })),
            _ => None,
        }
    }

    /// The decision; `None` if this is no such reply.
    pub(crate) fn decision(&self) -> Option<(Recorded, Seen)> {
        let id = || self.authenticator.map(AuthenticatorId);
        let code = |activated_now| {
            Some(Decision::Accept(Acceptance::Code {
                authenticator: id()?,
                moving_factor: MovingFactor(number(self.moving_factor.as_ref())?),
                activated_now,
            }))
        };
        let decision = match self.outcome.as_str() {
            "accepted" => code(false)?,
            "activated" => code(true)?,
            "recovery-code-accepted" => Decision::Accept(Acceptance::RecoveryCode {
                left: self.recovery_codes_left?,
            }),
            "bypass-code-accepted" => Decision::Accept(Acceptance::BypassCode {
                uses_left: self.bypass_uses_left?,
            }),
            "bypass-code-over" => Decision::Reject(Reason::BypassCodeOver),
            "device-not-valid" => Decision::Reject(Reason::DeviceNotValid {
                authenticator: id()?,
            }),
            "recovery-code-used" => Decision::Reject(Reason::RecoveryCodeUsed),
            "pending" => Decision::Accept(Acceptance::Pending),
            "disabled" => Decision::Exempt(Exemption::Disabled),
            "not-enrolled-ignored" => Decision::Exempt(Exemption::NotEnrolled),
            "no-match" => Decision::Reject(Reason::NoMatch),
            "replay" => Decision::Reject(Reason::Replay {
                authenticator: id()?,
            }),
            "wrong-pin" => Decision::Reject(Reason::WrongPin {
                authenticator: id()?,
            }),
            "malformed" => Decision::Reject(Reason::Malformed),
            "throttled" => Decision::Reject(Reason::Throttled {
                until: UnixTime(number(self.until.as_ref())?),
            }),
            "too-many-failures" => Decision::Reject(Reason::TooManyFailures),
            "grace-expired" => Decision::Reject(Reason::GraceExpired),
            "not-enrolled" => Decision::Reject(Reason::NotEnrolled),
            "unknown-user" => Decision::Reject(Reason::UnknownUser),
            _ => return None,
        };
        let generation = match &self.generation {
            None => None,
            Some(text) => Some(text.parse().ok()?),
        };
        // Nobody is let in by a decision that says of no record that it is on disk.
        if matches!(decision, Decision::Accept(_)) && generation.is_none() {
            return None;
        }
        let hint = match (
            self.hint_authenticator,
            self.hint_offset,
            self.hint_has_clock,
        ) {
            (None, None, None) => None,
            (Some(id), Some(offset), Some(has_clock)) => Some(Hint {
                authenticator: AuthenticatorId(id),
                offset: StepOffset(offset),
                has_clock,
            }),
            _ => return None,
        };
        let label = self.label.as_deref().map(Label::parse).transpose().ok()?;
        let recorded = Recorded {
            decision,
            authenticator: label,
            generation,
        };
        let tail_length = self.tail_length?;
        Some((recorded, Seen { hint, tail_length }))
    }
}

fn number(text: Option<&String>) -> Option<u64> {
    text?.parse().ok()
}

#[cfg(test)]
mod tests;
