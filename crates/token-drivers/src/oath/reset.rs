//! Back to an empty application, and a look whether it is one.

use super::protocol::{CANOKEY_ADMINISTRATION, instruction};
use super::refusal::Operation;
use super::{Dialect, Oath, select_command};
use crate::apdu::Command;
use crate::{StatusWord, TokenError};

impl Oath<'_> {
    pub(super) fn empty(&mut self) -> Result<(), TokenError> {
        match self.dialect {
            Dialect::YubiKey => {
                let command = Command::new(0, instruction::RESET, 0xDE, 0xAD);
                self.request(Operation::Reset, &command, false)?;
            }
            Dialect::CanoKey => {
                let pin = self.administration_pin.take();
                let pin = pin.ok_or(TokenError::Locked {
                    wants: "administration PIN",
                })?;
                let refused = match self.empty_by_administration(&pin) {
                    Err(error @ TokenError::Card(_)) => return Err(error),
                    other => other.err(),
                };
                if let Some(error) = refused {
                    // Back from the administration, or the next request would go astray.
                    self.select()?;
                    return Err(error);
                }
            }
            Dialect::Generic => {
                let why = "whether this token can be reset is not known";
                return Err(TokenError::Unsupported { why: why.into() });
            }
        }
        self.select()?;
        if self.locked {
            return Err(TokenError::NotDone {
                what: "it has its password still",
            });
        }
        if !self.all()?.is_empty() {
            return Err(TokenError::NotDone {
                what: "it holds accounts still",
            });
        }
        Ok(())
    }

    /// A CanoKey resets its OATH application from its administration, behind a PIN of that.
    fn empty_by_administration(&mut self, pin: &str) -> Result<(), TokenError> {
        const VERIFY: u8 = 0x20;
        const RESET_OATH: u8 = 0x05;
        let select = select_command(CANOKEY_ADMINISTRATION);
        if self.channel.ask(&select)?.status != StatusWord::OK {
            return Err(TokenError::NoApplication {
                application: "administration of a CanoKey, which resets it",
            });
        }
        let verify = Command::new(0, VERIFY, 0, 0).with_data(pin.as_bytes());
        let status = self.channel.ask(&verify)?.status;
        match (status, status.tries_left()) {
            (StatusWord::OK, _) => {}
            (StatusWord::BLOCKED, _) | (_, Some(0)) => {
                return Err(TokenError::Blocked {
                    remedy: "Reset the whole CanoKey with its own tool",
                });
            }
            (_, Some(tries)) => {
                return Err(TokenError::WrongPassword {
                    what: "administration PIN",
                    tries_left: Some(tries),
                });
            }
            (status, None) => {
                return Err(TokenError::Refused {
                    operation: "verify PIN",
                    status,
                });
            }
        }
        let reset = Command::new(0, RESET_OATH, 0, 0);
        self.request(Operation::Reset, &reset, false)?;
        Ok(())
    }
}
