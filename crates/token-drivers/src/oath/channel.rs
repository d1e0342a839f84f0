//! One command, one answer, however many pieces it comes in.
//!
//! Applets of Yubico's kind hand out the rest of a long answer for `A5`; tokens whose
//! dispatcher stands in front of the applet (Nitrokey 3) want ISO 7816's `C0`.

use super::protocol::instruction;
use crate::apdu::{Command, Reply};
use crate::{Card, StatusWord, TokenError, transmit};
use zeroize::Zeroizing;

/// How the rest of a long answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Continuation {
    /// `A5`, the applet's own.
    SendRemaining,
    /// `C0`, the dispatcher's.
    GetResponse,
    /// Not known: `A5`, and when that is refused, all over again with `C0`.
    Either,
}

/// The way to one selected application.
pub(crate) struct Channel<'c> {
    card: &'c mut dyn Card,
    continuation: Continuation,
    last_answer_bytes: usize,
}

/// A full piece of an answer to a command with Le = 00.
const FULL_PIECE_BYTES: usize = 256;
/// More pieces than the longest answer has, when they are as short as 128 bytes.
const MOST_PIECES: usize = 512;

impl<'c> Channel<'c> {
    pub(crate) fn new(card: &'c mut dyn Card) -> Self {
        Self {
            card,
            // SELECT itself is answered in pieces by dispatchers only.
            continuation: Continuation::GetResponse,
            last_answer_bytes: 0,
        }
    }

    pub(crate) fn continue_with(&mut self, continuation: Continuation) {
        self.continuation = continuation;
    }

    /// The whole answer, whatever its status.
    ///
    /// # Errors
    ///
    /// [`TokenError::Card`], and [`TokenError::Unintelligible`] for an answer without an end.
    pub(crate) fn ask(&mut self, command: &Command) -> Result<Reply, TokenError> {
        let (reply, pieces) = self.ask_once(command)?;
        let [_, asked, ..] = command.header();
        // Nothing else is that long, and these two can be asked again.
        let repeats = matches!(asked, instruction::LIST | instruction::CALCULATE_ALL);
        if self.continuation != Continuation::Either || pieces < 2 || !repeats {
            return Ok(reply);
        }
        if reply.status == StatusWord::OK {
            self.continuation = Continuation::SendRemaining;
            return Ok(reply);
        }
        self.continuation = Continuation::GetResponse;
        Ok(self.ask_once(command)?.0)
    }

    /// The answer, and in how many pieces it came.
    fn ask_once(&mut self, command: &Command) -> Result<(Reply, usize), TokenError> {
        let mut piece = transmit(self.card, command)?;
        let mut whole = Zeroizing::new(Vec::new());
        for pieces in 1..=MOST_PIECES {
            let room = Reply::LONGEST_BYTES.saturating_sub(whole.len());
            if piece.data.len() > room {
                return Err(ENDLESS);
            }
            let Some(waiting) = piece.status.more() else {
                self.last_answer_bytes = whole.len().saturating_add(piece.data.len());
                append(&mut whole, &piece.data);
                piece.data = whole;
                return Ok((piece, pieces));
            };
            let next = self.next_piece(waiting, piece.data.len())?;
            append(&mut whole, &piece.data);
            piece = transmit(self.card, &next)?;
        }
        Err(ENDLESS)
    }

    fn next_piece(&self, waiting: u8, piece_bytes: usize) -> Result<Command, TokenError> {
        if self.continuation != Continuation::GetResponse {
            return Ok(Command::new(0, instruction::SEND_REMAINING, 0, 0));
        }
        // Nitrokey's applet says 61FF itself when a list is longer than its buffer. Its
        // dispatcher says so of 255 waiting bytes, and sends a full piece with it.
        if waiting == 0xFF && piece_bytes == 0 {
            // The dispatcher has thrown the first part away.
            return Err(TokenError::Unintelligible {
                what: "its list is longer than it can send through a reader",
            });
        }
        if waiting == 0xFF && piece_bytes != FULL_PIECE_BYTES {
            return Ok(Command::new(0, instruction::SEND_REMAINING, 0, 0));
        }
        let get = Command::new(0, instruction::GET_RESPONSE, 0, 0);
        Ok(match waiting {
            0 => get,
            waiting => get.expecting(waiting),
        })
    }

    /// Yubico's keys 4.2.0 to 4.2.6 miss a touch after a long answer, unless any other
    /// command comes between.
    pub(crate) fn wake_before_touch(&mut self) -> Result<(), TokenError> {
        const SHORT_ANSWER_BYTES: usize = 54;
        if self.last_answer_bytes > SHORT_ANSWER_BYTES {
            self.last_answer_bytes = 0;
            transmit(self.card, &Command::new(0, 0, 0, 0))?;
        }
        Ok(())
    }
}

const ENDLESS: TokenError = TokenError::Unintelligible {
    what: "it does not end",
};

/// Grown by hand: a `Vec` that moves would leave its old bytes behind unwiped.
fn append(whole: &mut Zeroizing<Vec<u8>>, piece: &[u8]) {
    let needed = whole.len().saturating_add(piece.len());
    if whole.capacity() < needed {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
        larger.extend_from_slice(whole);
        *whole = larger;
    }
    whole.extend_from_slice(piece);
}
