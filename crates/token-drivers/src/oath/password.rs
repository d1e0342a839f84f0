//! The password of the whole application.
//!
//! It has no counter of tries, so it keeps honest hands off, not a holder who may try as
//! often as he likes. Both sides prove that they know it. After it was set the application
//! is selected again: only that shows what the token really did.

use super::answers::parse_proof;
use super::key::PasswordKey;
use super::protocol::{instruction, tag, type_byte};
use super::refusal::Operation;
use super::{Dialect, Oath};
use crate::apdu::Command;
use crate::{Kind, RandomBytes, TokenError, Unlock, tlv};
use otp_core::HashAlgorithm;
use zeroize::Zeroizing;

/// Both sides challenge with so many bytes.
const CHALLENGE_BYTES: usize = 8;

impl Oath<'_> {
    pub(super) fn unlock_with(
        &mut self,
        unlock: Unlock,
        random: RandomBytes<'_>,
    ) -> Result<(), TokenError> {
        match unlock {
            Unlock::Password(password) => {
                let key = PasswordKey::derive(&password, &self.selected.salt);
                self.prove(&key, random)
            }
            Unlock::Pin(pin) if self.dialect == Dialect::CanoKey => {
                self.administration_pin = Some(pin);
                Ok(())
            }
            Unlock::Pin(_) => Err(no_pin()),
        }
    }

    /// Proves to the token that we know its password, and has it prove the same.
    fn prove(&mut self, key: &PasswordKey, random: RandomBytes<'_>) -> Result<(), TokenError> {
        let challenge = match &self.selected.challenge {
            Some(challenge) if self.locked => challenge,
            // There is no password, or it was given already.
            _ => return Ok(()),
        };
        if self.selected.algorithm != 1 {
            let why = "the password was set with another hash than SHA-1";
            return Err(TokenError::Unsupported { why: why.into() });
        }
        let mut own = [0; CHALLENGE_BYTES];
        random(&mut own);
        let mut body = Zeroizing::new(Vec::new());
        tlv::put(
            &mut body,
            tag::FULL_RESPONSE,
            key.proof(challenge).as_slice(),
        );
        tlv::put(&mut body, tag::CHALLENGE, &own);
        let command = Command::new(0, instruction::VALIDATE, 0, 0).with_data(&body);
        let reply = self.request(Operation::Unlock, &command, false)?;
        if !key.proves(&own, &parse_proof(&reply.data)?) {
            return Err(TokenError::NotDone {
                what: "it does not know the password itself: this may be another token",
            });
        }
        self.locked = false;
        Ok(())
    }

    pub(super) fn replace_password(
        &mut self,
        new: Option<Unlock>,
        random: RandomBytes<'_>,
    ) -> Result<(), TokenError> {
        if !self.capabilities.password {
            let why = "whether this token honours a password is not known";
            return Err(TokenError::Unsupported { why: why.into() });
        }
        self.require_unlocked()?;
        match new {
            None => self.remove_password(),
            Some(Unlock::Pin(_)) => Err(no_pin()),
            Some(Unlock::Password(password)) if password.is_empty() => {
                let why = "an empty password protects nothing (otpctl token password remove)";
                Err(TokenError::Unsupported { why: why.into() })
            }
            Some(Unlock::Password(password)) => {
                let key = PasswordKey::derive(&password, &self.selected.salt);
                self.set_key(&key, random)
            }
        }
    }

    fn set_key(&mut self, key: &PasswordKey, random: RandomBytes<'_>) -> Result<(), TokenError> {
        let mut challenge = [0; CHALLENGE_BYTES];
        random(&mut challenge);
        let mut value = Zeroizing::new(Vec::with_capacity(17));
        value.push(type_byte(Kind::Totp, HashAlgorithm::Sha1));
        value.extend_from_slice(key.bytes());
        let mut body = Zeroizing::new(Vec::with_capacity(64));
        tlv::put(&mut body, tag::KEY, &value);
        tlv::put(&mut body, tag::CHALLENGE, &challenge);
        tlv::put(
            &mut body,
            tag::FULL_RESPONSE,
            key.proof(&challenge).as_slice(),
        );
        let command = Command::new(0, instruction::SET_CODE, 0, 0).with_data(&body);
        self.request(Operation::SetPassword, &command, false)?;

        let salt = self.selected.salt.clone();
        self.select()?;
        if !self.locked {
            return Err(TokenError::NotDone {
                what: "it has no password all the same",
            });
        }
        match self.prove(key, random) {
            Err(TokenError::WrongPassword { .. }) => {
                return Err(TokenError::NotDone {
                    what: "it does not take the new password",
                });
            }
            other => other?,
        }
        if self.selected.salt != salt {
            // From the next time on, the same password would give another key.
            self.remove_password()?;
            return Err(TokenError::NotDone {
                what: "no password could open it again: it was taken back",
            });
        }
        Ok(())
    }

    fn remove_password(&mut self) -> Result<(), TokenError> {
        let command = Command::new(0, instruction::SET_CODE, 0, 0).with_data(&[tag::KEY, 0]);
        self.request(Operation::SetPassword, &command, false)?;
        self.select()?;
        if self.locked {
            return Err(TokenError::NotDone {
                what: "it has its password still",
            });
        }
        Ok(())
    }
}

fn no_pin() -> TokenError {
    TokenError::Unsupported {
        why: "the token has a password for the whole OATH application, and no PIN".into(),
    }
}
