//! The slots over PC/SC.

use super::SlotStatus;
use super::transport::{SlotCommand, SlotTransport};
use crate::apdu::{Command, Reply};
use crate::{Card, Holder, Patience, StatusWord, TokenError, transmit};
use zeroize::Zeroizing;

/// The application that holds the slots.
const APPLICATION: [u8; 7] = [0xA0, 0x00, 0x00, 0x05, 0x27, 0x20, 0x01];
const CONFIGURE: u8 = 0x01;
const STATUS: u8 = 0x03;

/// The slots over PC/SC.
pub(super) struct CardTransport<'c> {
    card: &'c mut dyn Card,
}

impl<'c> CardTransport<'c> {
    /// Selects the application.
    pub(super) fn select(card: &'c mut dyn Card) -> Result<(Self, SlotStatus), TokenError> {
        let select = Command::new(0x00, 0xA4, 0x04, 0x00).with_data(&APPLICATION);
        let reply = transmit(card, &select)?;
        match reply.status {
            StatusWord::OK => {}
            StatusWord::NOT_FOUND => {
                return Err(TokenError::NoApplication {
                    application: "buttons that can be programmed",
                });
            }
            status => {
                let operation = "select";
                return Err(TokenError::Refused { operation, status });
            }
        }
        let mut this = Self { card };
        let mut status = SlotStatus::parse(&reply.data)?;
        if status.version.0 == 3 {
            // A NEO tells an old count until something has been written. A scan map that
            // cannot be one is refused, changes nothing, and wakes it.
            let _ = this.send(SlotCommand::ScanMap, &[b'c'; 51])?;
            status = this.look()?;
        }
        Ok((this, status))
    }

    fn send(&mut self, command: SlotCommand, payload: &[u8]) -> Result<Reply, TokenError> {
        let command = Command::new(0x00, CONFIGURE, command.byte(), 0x00).with_data(payload);
        Ok(transmit(self.card, &command)?)
    }
}

impl SlotTransport for CardTransport<'_> {
    fn look(&mut self) -> Result<SlotStatus, TokenError> {
        let reply = transmit(self.card, &Command::new(0x00, STATUS, 0x00, 0x00))?;
        accept("status", &reply)?;
        SlotStatus::parse(&reply.data)
    }

    fn change(&mut self, command: SlotCommand, payload: &[u8]) -> Result<SlotStatus, TokenError> {
        let reply = self.send(command, payload)?;
        accept("change of a button", &reply)?;
        if reply.data.is_empty() {
            // Some tokens answer some changes with nothing.
            return self.look();
        }
        SlotStatus::parse(&reply.data)
    }

    fn ask(
        &mut self,
        command: SlotCommand,
        payload: &[u8],
        answer_bytes: usize,
        touch: bool,
        holder: &mut dyn Holder,
    ) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        if touch && holder.asked_to_touch() == Patience::GiveUp {
            holder.touch_is_over();
            return Err(TokenError::NotTouched);
        }
        // The token itself waits for the finger, and answers when it came or did not.
        let reply = self.send(command, payload);
        if touch {
            holder.touch_is_over();
        }
        let reply = reply?;
        if touch && reply.status == StatusWord::CONDITIONS {
            return Err(TokenError::NotTouched);
        }
        accept("question to a button", &reply)?;
        if reply.data.len() == answer_bytes {
            Ok(reply.data)
        } else {
            Err(TokenError::Unintelligible {
                what: "the length of a button's answer",
            })
        }
    }

    fn is_card(&self) -> bool {
        true
    }
}

fn accept(operation: &'static str, reply: &Reply) -> Result<(), TokenError> {
    match reply.status {
        StatusWord::OK => Ok(()),
        status => Err(TokenError::Refused { operation, status }),
    }
}
