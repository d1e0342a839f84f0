//! Reverse HOTP: the computer shows a code, and the token says whether it is right.
//!
//! So a person sees on the token's lamp that the computer is the one he knows. The token
//! looks at its counter and the nine after it, and after a wrong code refuses for five
//! seconds.

use super::refusal::{Operation, WRONG};
use super::write::properties;
use super::{Nitrokey, instruction, unintelligible};
use crate::apdu::Command;
use crate::oath::protocol::{algorithm_nibble, tag};
use crate::oath::{body_of, handle_of, key, put_counter, taken};
use crate::{Credential, Holder, NewCredential, NewMoving, StatusWord, TokenError, tlv};
use zeroize::Zeroizing;

/// The kind, in the high half of a byte.
const REVERSE_HOTP: u8 = 0x30;

impl Nitrokey<'_> {
    /// Keeps a counter-based secret whose codes the token will verify, not compute. Wants the
    /// PIN, also for an account that is not protected by it.
    ///
    /// # Errors
    ///
    /// As [`Token::put`](crate::Token::put); [`TokenError::Locked`] without the PIN.
    pub fn put_reverse(
        &mut self,
        new: &NewCredential,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        if matches!(new.moving, NewMoving::Time(_)) {
            let why = "the token verifies codes of counters only";
            return Err(TokenError::Unsupported { why: why.into() });
        }
        let handle = handle_of(new, &self.capabilities)?;
        self.require_pin_given()?;
        if taken(&self.known()?, &new.name, &handle) {
            return Err(TokenError::NameTaken);
        }
        let prepared = key::prepare(new.secret.expose_bytes(), new.algorithm);
        let kind = REVERSE_HOTP | algorithm_nibble(new.algorithm);
        let mut body = body_of(&handle, kind, new.digits.get(), &prepared);
        body.extend_from_slice(&[tag::PROPERTY, properties(new.protection)]);
        put_counter(&mut body, new)?;
        let command = Command::new(0, super::shared::PUT, 0, 0).with_data(&body);
        self.verify_pin(holder)?;
        if new.protection.touch && !new.protection.pin {
            self.touched(Operation::Put, &command, holder)?;
        } else {
            self.request(Operation::Put, &command)?;
        }
        Ok(())
    }

    /// Whether the token takes a code. A right one is used up; the lamp tells as well.
    ///
    /// # Errors
    ///
    /// [`TokenError::TryLater`] within five seconds after a wrong one.
    pub fn verify_reverse(
        &mut self,
        credential: &Credential,
        code: &str,
        holder: &mut dyn Holder,
    ) -> Result<bool, TokenError> {
        let number = match code.parse::<u32>() {
            Ok(number) if (6..=8).contains(&code.len()) && !code.starts_with('+') => number,
            _ => {
                let why = "a code has 6 to 8 digits";
                return Err(TokenError::Unsupported { why: why.into() });
            }
        };
        let mut body = Zeroizing::new(Vec::new());
        tlv::put(&mut body, tag::NAME, &credential.handle);
        tlv::put(&mut body, tag::FULL_RESPONSE, &number.to_be_bytes());
        let command = Command::new(0, instruction::VERIFY_CODE, 0, 0).with_data(&body);
        let protection = credential.protection;
        let answer = if protection.pin {
            self.verify_pin(holder)?;
            self.request(Operation::VerifyCode, &command)
        } else if protection.touch {
            self.touched(Operation::VerifyCode, &command, holder)
        } else {
            self.request(Operation::VerifyCode, &command)
        };
        match answer {
            Ok(reply) if *reply.data == [tag::COUNTER_NOT_COMPUTED, 0] => Ok(true),
            // Only the exact answer is a yes.
            Ok(_) => Err(unintelligible("neither a yes nor a no")),
            Err(TokenError::Refused { status: WRONG, .. }) => Ok(false),
            Err(TokenError::Refused {
                status: StatusWord::SECURITY_STATUS,
                ..
            }) => Err(TokenError::TryLater { seconds: 5 }),
            Err(error) => Err(error),
        }
    }
}
