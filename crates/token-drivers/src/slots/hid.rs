//! The slots over HID feature reports: eight bytes at a time, through the keyboard interface.
//!
//! A message to the token is 70 bytes: 64 of payload, the command, a checksum, three zeros.
//! It goes in ten pieces of seven, each with its number and the bit "to be taken" (80) in the
//! eighth byte; pieces of zeros in the middle are left out. The token takes one when it has
//! cleared that bit. Its answers come the same way, marked 40; a report without marks is its
//! status; 20 means that it waits for a finger.

use super::transport::{SlotCommand, SlotTransport};
use super::{NobodyTouches, SlotStatus, crc};
use crate::{CardError, Holder, Patience, TokenError};
use zeroize::Zeroizing;

/// The keyboard interface of a token, as eight bytes in and out.
pub trait FeatureReports {
    /// Reads the feature report.
    ///
    /// # Errors
    ///
    /// [`CardError`]; [`CardError::Removed`] when the token was unplugged.
    fn read(&mut self) -> Result<[u8; 8], CardError>;

    /// Writes the feature report.
    ///
    /// # Errors
    ///
    /// As above.
    fn write(&mut self, report: &[u8; 8]) -> Result<(), CardError>;

    /// Waits about 50 milliseconds.
    fn pause(&mut self);
}

/// A piece that is to be taken.
const TO_BE_TAKEN: u8 = 0x80;
/// A piece of an answer.
const ANSWER: u8 = 0x40;
/// The token waits for a finger.
const WAITS_FOR_TOUCH: u8 = 0x20;
/// The number of a piece.
const NUMBER: u8 = 0x1F;
/// Ends what is going on.
const RESET: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 0xFF];

const PAYLOAD_BYTES: usize = 64;
const PIECES: u8 = 10;
/// Looks until the token takes a piece: 20 pauses are a second.
const LOOKS_FOR_ROOM: usize = 20;
/// Looks until the token answers or has changed something: 5 seconds.
const LOOKS_FOR_ANSWER: usize = 100;
/// Looks while it waits for touch. Tokens give up after 15 seconds; a holder waits a quarter
/// of a second each time.
const LOOKS_FOR_TOUCH: usize = 1_000;

/// The slots over HID.
pub(super) struct HidTransport<'c> {
    reports: &'c mut dyn FeatureReports,
}

/// What ended the waiting.
enum Ended {
    Answer(Zeroizing<Vec<u8>>),
    Status { report: [u8; 8], touch: bool },
}

impl<'c> HidTransport<'c> {
    pub(super) fn new(reports: &'c mut dyn FeatureReports) -> Self {
        Self { reports }
    }

    fn send(&mut self, command: SlotCommand, payload: &[u8]) -> Result<(), TokenError> {
        let message = frame(command, payload);
        let (pieces, _) = message.as_chunks::<7>();
        for (piece, number) in pieces.iter().zip(0_u8..) {
            let may_be_left_out = number != 0 && number.saturating_add(1) != PIECES;
            if may_be_left_out && piece.iter().all(|byte| *byte == 0) {
                continue;
            }
            self.wait_for_room()?;
            let mut report = Zeroizing::new([0; 8]);
            let bytes = piece.iter().copied();
            let bytes = bytes.chain(std::iter::once(TO_BE_TAKEN | number));
            for (to, from) in report.iter_mut().zip(bytes) {
                *to = from;
            }
            self.reports.write(&report)?;
        }
        Ok(())
    }

    fn wait_for_room(&mut self) -> Result<(), TokenError> {
        for _ in 0..LOOKS_FOR_ROOM {
            if mark(&self.reports.read()?) & TO_BE_TAKEN == 0 {
                return Ok(());
            }
            self.reports.pause();
        }
        Err(CardError::TimedOut.into())
    }

    /// Reads until an answer of at least so many bytes is whole, or a status comes instead.
    fn receive(&mut self, holder: &mut dyn Holder) -> Result<Ended, TokenError> {
        let mut asked = false;
        let ended = self.receive_while(&mut asked, holder);
        if asked {
            holder.touch_is_over();
        }
        if !matches!(
            ended,
            Ok(Ended::Status { .. }) | Err(TokenError::Card(CardError::Removed))
        ) {
            // Also after a whole answer: the token waits to be told that it was read.
            let reset = self.reports.write(&RESET);
            if ended.is_ok() {
                reset?;
            }
        }
        ended
    }

    fn receive_while(
        &mut self,
        asked: &mut bool,
        holder: &mut dyn Holder,
    ) -> Result<Ended, TokenError> {
        // No answer is longer than a message; so nothing is moved, and nothing left unwiped.
        let mut answer = Zeroizing::new(Vec::with_capacity(7 * 32));
        let mut expected = 0_u8;
        let mut looks = 0_usize;
        loop {
            let report = Zeroizing::new(self.reports.read()?);
            let mark = mark(&report);
            looks = looks.saturating_add(1);
            if mark & ANSWER != 0 {
                let number = mark & NUMBER;
                if number == expected && expected < NUMBER {
                    let (bytes, _) = report.split_at(7);
                    answer.extend_from_slice(bytes);
                    expected = expected.saturating_add(1);
                } else if number == 0 {
                    return Ok(Ended::Answer(answer));
                } else if number.checked_add(1) == Some(expected) && looks <= LOOKS_FOR_ANSWER {
                    // The same piece once more: the token has not laid out the next one yet.
                } else {
                    return Err(OUT_OF_ORDER);
                }
            } else if mark == 0 {
                if !answer.is_empty() {
                    return Err(OUT_OF_ORDER);
                }
                let touch = *asked;
                return Ok(Ended::Status {
                    report: *report,
                    touch,
                });
            } else if mark & WAITS_FOR_TOUCH != 0 {
                *asked = true;
                if holder.asked_to_touch() == Patience::GiveUp || looks > LOOKS_FOR_TOUCH {
                    return Err(TokenError::NotTouched);
                }
            } else {
                if looks > LOOKS_FOR_ANSWER && !*asked || looks > LOOKS_FOR_TOUCH {
                    return Err(CardError::TimedOut.into());
                }
                self.reports.pause();
            }
        }
    }
}

const OUT_OF_ORDER: TokenError = TokenError::Unintelligible {
    what: "pieces of an answer in another order",
};

impl SlotTransport for HidTransport<'_> {
    fn look(&mut self) -> Result<SlotStatus, TokenError> {
        for _ in 0..LOOKS_FOR_ROOM {
            let report = self.reports.read()?;
            if mark(&report) == 0 {
                return status_of(&report);
            }
            self.reports.pause();
        }
        Err(CardError::TimedOut.into())
    }

    fn change(&mut self, command: SlotCommand, payload: &[u8]) -> Result<SlotStatus, TokenError> {
        self.send(command, payload)?;
        match self.receive(&mut NobodyTouches)? {
            Ended::Status { report, .. } => status_of(&report),
            Ended::Answer(_) => Err(TokenError::Unintelligible {
                what: "an answer where none was asked for",
            }),
        }
    }

    fn ask(
        &mut self,
        command: SlotCommand,
        payload: &[u8],
        answer_bytes: usize,
        _touch: bool,
        holder: &mut dyn Holder,
    ) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        self.send(command, payload)?;
        let mut answer = match self.receive(holder)? {
            Ended::Answer(answer) => answer,
            Ended::Status { touch: true, .. } => return Err(TokenError::NotTouched),
            Ended::Status { .. } => {
                return Err(TokenError::NotTaken {
                    what: "the question to a button",
                });
            }
        };
        let with_checksum = answer_bytes.saturating_add(2);
        let intact = answer.get(..with_checksum).is_some_and(crc::is_intact);
        if !intact {
            return Err(TokenError::Unintelligible {
                what: "the checksum of a button's answer",
            });
        }
        answer.truncate(answer_bytes);
        Ok(answer)
    }

    fn is_card(&self) -> bool {
        false
    }
}

fn mark(report: &[u8; 8]) -> u8 {
    let [.., mark] = report;
    *mark
}

fn status_of(report: &[u8; 8]) -> Result<SlotStatus, TokenError> {
    let [_, status @ .., _] = report;
    SlotStatus::parse(status)
}

/// The 70 bytes of a message. Of a payload, 64 bytes at most go in; no caller has more.
fn frame(command: SlotCommand, payload: &[u8]) -> Zeroizing<[u8; 70]> {
    let mut message = Zeroizing::new([0; 70]);
    for (to, from) in message.iter_mut().take(PAYLOAD_BYTES).zip(payload) {
        *to = *from;
    }
    let sum = crc::checksum(message.get(..PAYLOAD_BYTES).unwrap_or_default());
    let [low, high] = sum.to_le_bytes();
    let behind = [command.byte(), low, high];
    for (to, from) in message.iter_mut().skip(PAYLOAD_BYTES).zip(behind) {
        *to = from;
    }
    message
}

#[cfg(test)]
mod tests;
