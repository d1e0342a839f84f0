//! Codes: one, or all at once.

use super::answers::{Computed, parse_all_codes, parse_code};
use super::name::USUAL_STEP_SECONDS;
use super::protocol::{instruction, tag};
use super::refusal::Operation;
use super::{Oath, steam, unintelligible};
use crate::apdu::Command;
use crate::{CodeOf, CodeValue, Credential, Holder, Kind, Moment, Patience, TokenError, tlv};
use otp_core::UnixTime;
use zeroize::Zeroizing;

/// P2: the truncated value is enough. It has all of its 31 bits, so for Steam as well.
const TRUNCATED: u8 = 1;

/// The step of a moment, and from when until when it lasts.
pub(crate) struct Step {
    number: u64,
    valid: (UnixTime, UnixTime),
}

pub(crate) fn step_at(moment: Moment, step_seconds: Option<u64>) -> Step {
    let seconds = step_seconds.unwrap_or(USUAL_STEP_SECONDS).max(1);
    let now = moment.0.0;
    // A step has at least one second.
    let number = now.checked_div(seconds).unwrap_or(now);
    let from = number.saturating_mul(seconds);
    Step {
        number,
        valid: (UnixTime(from), UnixTime(from.saturating_add(seconds))),
    }
}

/// The command that computes one code, and from when until when it counts.
pub(crate) fn calculate_command(
    credential: &Credential,
    moment: Moment,
) -> (Command, Option<(UnixTime, UnixTime)>) {
    let mut body = Zeroizing::new(Vec::new());
    tlv::put(&mut body, tag::NAME, &credential.handle);
    let valid = if credential.kind == Some(Kind::Hotp) {
        tlv::put(&mut body, tag::CHALLENGE, &[]);
        None
    } else {
        let step = step_at(moment, credential.time_step_seconds);
        tlv::put(&mut body, tag::CHALLENGE, &step.number.to_be_bytes());
        Some(step.valid)
    };
    let command = Command::new(0, instruction::CALCULATE, 0, TRUNCATED).with_data(&body);
    (command, valid)
}

/// The code of a computed value.
pub(crate) fn code_of(
    computed: &Computed,
    credential: &Credential,
    valid: Option<(UnixTime, UnixTime)>,
) -> Result<CodeValue, TokenError> {
    let (digits, value) = match computed {
        Computed::Truncated { digits, value } => (*digits, *value),
        Computed::Full { digits, mac } => (*digits, truncate(mac)?),
        Computed::CounterWaits { .. } | Computed::TouchWaits { .. } => {
            return Err(unintelligible("no code in it"));
        }
    };
    let text = if steam::is_steam(credential) {
        steam::code(value)
    } else {
        CodeValue::decimal(value, digits)
    };
    Ok(CodeValue { text, valid })
}

/// The four bytes of a whole HMAC at the place that its last byte names (RFC 4226 s.5.3).
fn truncate(mac: &[u8]) -> Result<u32, TokenError> {
    let offset = mac.last().map(|last| usize::from(last & 0x0F));
    let behind = offset.and_then(|offset| mac.get(offset..));
    let four = behind.and_then(<[u8]>::first_chunk::<4>);
    let four = four.ok_or_else(|| unintelligible("an HMAC that is too short"))?;
    Ok(u32::from_be_bytes(*four))
}

impl Oath<'_> {
    pub(super) fn compute(
        &mut self,
        credential: &Credential,
        moment: Moment,
        holder: &mut dyn Holder,
    ) -> Result<CodeValue, TokenError> {
        self.require_unlocked()?;
        if credential.kind.is_none() {
            let why = "what the token keeps under this name computes no codes";
            return Err(TokenError::Unsupported { why: why.into() });
        }
        let (command, valid) = calculate_command(credential, moment);
        // A list says nothing of touch; digits and touch are learnt together.
        let known = credential.digits.is_some() && credential.kind == Some(Kind::Totp);
        let touch = credential.protection.touch;
        let may_want_touch = touch || (!known && self.dialect.touches(self.selected.version));
        if may_want_touch {
            self.wake()?;
            let patience = if touch {
                holder.asked_to_touch()
            } else {
                holder.may_be_asked_to_touch()
            };
            if patience == Patience::GiveUp {
                holder.touch_is_over();
                return Err(TokenError::NotTouched);
            }
        }
        let reply = self.request(Operation::Calculate, &command, may_want_touch);
        if may_want_touch {
            holder.touch_is_over();
        }
        code_of(&parse_code(&reply?.data)?, credential, valid)
    }

    fn wake(&mut self) -> Result<(), TokenError> {
        let misses_touches = (4, 2, 0)..=(4, 2, 6);
        if misses_touches.contains(&self.selected.version) {
            self.channel.wake_before_touch()?;
        }
        Ok(())
    }

    pub(super) fn compute_all(
        &mut self,
        moment: Moment,
        holder: &mut dyn Holder,
    ) -> Result<Vec<(Credential, CodeOf)>, TokenError> {
        let listed = self.all()?;
        let computed = if self.dialect.calculates_all() && !listed.is_empty() {
            self.ask_for_all(moment)?
        } else {
            Vec::new()
        };
        let usual = step_at(moment, None);
        let mut found = Vec::with_capacity(listed.len());
        for mut credential in listed {
            let answer = computed
                .iter()
                .find(|(handle, _)| *handle == credential.handle);
            if let Some((_, answer)) = answer {
                learn(&mut credential, answer);
            }
            let is_counter = credential.kind == Some(Kind::Hotp);
            let usual_step = credential.time_step_seconds == Some(USUAL_STEP_SECONDS);
            let code = match answer {
                _ if is_counter => CodeOf::Counter,
                _ if credential.kind.is_none() => CodeOf::None,
                Some((_, Computed::TouchWaits { .. })) => CodeOf::WantsTouch,
                Some((_, value @ Computed::Truncated { .. })) if usual_step => {
                    CodeOf::from(code_of(value, &credential, Some(usual.valid)))
                }
                // Another time step, damaged, or a token that computes singly.
                _ => match self.compute(&credential, moment, holder) {
                    Err(error @ TokenError::Card(_)) => return Err(error),
                    code => CodeOf::from(code),
                },
            };
            found.push((credential, code));
        }
        Ok(found)
    }

    /// All codes of 30 seconds. Empty when the token cannot say them together, because it
    /// does not know the request, or because one of them is damaged.
    fn ask_for_all(&mut self, moment: Moment) -> Result<Vec<(Vec<u8>, Computed)>, TokenError> {
        let mut body = Zeroizing::new(Vec::new());
        let step = step_at(moment, None);
        tlv::put(&mut body, tag::CHALLENGE, &step.number.to_be_bytes());
        let command = Command::new(0, instruction::CALCULATE_ALL, 0, TRUNCATED).with_data(&body);
        match self.request(Operation::CalculateAll, &command, false) {
            Ok(reply) => parse_all_codes(&reply.data),
            Err(error @ TokenError::Card(_)) => Err(error),
            // Also when it says "locked": it is not, but one of them wants its time to grow.
            Err(_) => Ok(Vec::new()),
        }
    }
}

fn learn(credential: &mut Credential, computed: &Computed) {
    match computed {
        Computed::Truncated { digits, .. } | Computed::Full { digits, .. } => {
            credential.digits = Some(*digits);
        }
        Computed::CounterWaits { digits } => credential.digits = *digits,
        Computed::TouchWaits { digits } => {
            credential.digits = *digits;
            credential.protection.touch = true;
        }
    }
}
