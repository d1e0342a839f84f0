//! The PIN: verified immediately before what needs it, set once, changed with the old one.

use super::refusal::{Operation, WRONG};
use super::{Nitrokey, instruction, tag};
use crate::apdu::Command;
use crate::{Holder, StatusWord, TokenError, Unlock, tlv};
use zeroize::Zeroizing;

/// The longest PIN that the firmware takes.
const LONGEST_BYTES: usize = 72;

impl Nitrokey<'_> {
    /// How many tries the PIN has left. `None`: no PIN is set. A wrong PIN takes one away; at
    /// 0 only a reset helps.
    pub fn pin_tries(&self) -> Option<u8> {
        self.selected.pin_tries
    }

    pub(super) fn keep_pin(&mut self, unlock: Unlock) -> Result<(), TokenError> {
        let pin = possible_pin(unlock)?;
        self.require_pin_set()?;
        self.pin = Some(pin);
        Ok(())
    }

    fn require_pin_set(&self) -> Result<(), TokenError> {
        match self.selected.pin_tries {
            None => {
                let why = "the token has no PIN yet (otpctl token password set)";
                Err(TokenError::Unsupported { why: why.into() })
            }
            Some(0) => Err(BLOCKED),
            Some(_) => Ok(()),
        }
    }

    /// Whether the PIN can be given later: asked before anything is sent.
    pub(super) fn require_pin_given(&self) -> Result<(), TokenError> {
        self.require_pin_set()?;
        match self.pin {
            Some(_) => Ok(()),
            None => Err(TokenError::Locked { wants: "PIN" }),
        }
    }

    /// Gives the PIN; the next request, and only that one, may use it.
    pub(super) fn verify_pin(&mut self, holder: &mut dyn Holder) -> Result<(), TokenError> {
        self.require_pin_set()?;
        let pin = self
            .pin
            .as_ref()
            .ok_or(TokenError::Locked { wants: "PIN" })?;
        let command = pin_command(instruction::VERIFY_PIN, &[(tag::PIN, pin)]);
        let given = self.touched(Operation::VerifyPin, &command, holder);
        self.or_wrong_pin(given)
    }

    pub(super) fn replace_pin(
        &mut self,
        new: Option<Unlock>,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let Some(new) = new else {
            let why = "the PIN cannot be removed, only changed; a reset takes it away with \
                       everything else";
            return Err(TokenError::Unsupported { why: why.into() });
        };
        let new = possible_pin(new)?;
        if self.selected.pin_tries.is_none() {
            let command = pin_command(instruction::SET_PIN, &[(tag::PIN, &new)]);
            self.touched(Operation::SetPin, &command, holder)?;
        } else {
            self.require_pin_set()?;
            let old = self
                .pin
                .as_ref()
                .ok_or(TokenError::Locked { wants: "PIN" })?;
            let pins: [(u8, &str); 2] = [(tag::PIN, old), (tag::NEW_PIN, &new)];
            let command = pin_command(instruction::CHANGE_PIN, &pins);
            let changed = self.touched(Operation::ChangePin, &command, holder);
            self.or_wrong_pin(changed)?;
        }
        self.pin = Some(new);
        self.select()?;
        if self.selected.pin_tries.is_none() {
            return Err(TokenError::NotDone {
                what: "it has no PIN all the same",
            });
        }
        Ok(())
    }

    /// After a wrong PIN the application is selected again, to learn how many tries are left.
    fn or_wrong_pin<T>(&mut self, result: Result<T, TokenError>) -> Result<(), TokenError> {
        match result {
            Ok(_) => Ok(()),
            Err(TokenError::Refused { status: WRONG, .. }) => {
                self.pin = None;
                self.select()?;
                match self.selected.pin_tries {
                    Some(0) => Err(BLOCKED),
                    tries_left => Err(TokenError::WrongPassword {
                        what: "PIN",
                        tries_left,
                    }),
                }
            }
            Err(TokenError::Refused {
                status: StatusWord::BLOCKED,
                ..
            }) => Err(BLOCKED),
            Err(error) => Err(error),
        }
    }
}

const BLOCKED: TokenError = TokenError::Blocked {
    remedy: "Only a reset helps, which deletes every account: otpctl token reset",
};

fn possible_pin(unlock: Unlock) -> Result<Zeroizing<String>, TokenError> {
    let why = match unlock {
        Unlock::Pin(pin) if (1..=LONGEST_BYTES).contains(&pin.len()) => return Ok(pin),
        Unlock::Pin(_) => "a PIN has 1 to 72 bytes",
        Unlock::Password(_) => {
            "a Nitrokey 3 has a PIN per credential, and no password for the whole application"
        }
    };
    Err(TokenError::Unsupported { why: why.into() })
}

fn pin_command(instruction: u8, pins: &[(u8, &str)]) -> Command {
    let mut body = Zeroizing::new(Vec::with_capacity(160));
    for (tag, pin) in pins {
        tlv::put(&mut body, *tag, pin.as_bytes());
    }
    Command::new(0, instruction, 0, 0).with_data(&body)
}
