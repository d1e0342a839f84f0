//! The way to a token, and the person who holds it, as a driver sees them.
//!
//! [`Card`] is implemented over PC/SC by the command, and by the module `script` for tests.

use crate::apdu::{Command, Reply};
use std::fmt;
use zeroize::Zeroizing;

/// Something that answers APDUs.
pub trait Card {
    /// Sends the bytes of one command APDU and returns the bytes of the answer, status word
    /// included. What went in and out may hold secrets: it is not to be logged.
    ///
    /// # Errors
    ///
    /// [`CardError`] when the answer did not come; the card may have done it all the same.
    fn exchange(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError>;

    /// The answer to reset, where the way to the card tells it. Some makers write there who
    /// they are, which saves asking.
    fn answer_to_reset(&self) -> Option<Vec<u8>> {
        None
    }
}

/// Why no answer came.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardError {
    /// The card was taken out, or the token unplugged.
    Removed,
    /// Another program reset the card or took it over in between.
    TakenOver,
    /// The reader gave up waiting.
    TimedOut,
    /// The answer is no answer: shorter than a status word, or longer than an APDU can be.
    NotAnAnswer {
        /// Its length.
        bytes: usize,
    },
    /// Whatever else the reader said.
    Reader(String),
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removed => f.write_str("the token was removed"),
            Self::TakenOver => f.write_str("another program used the token at the same time"),
            Self::TimedOut => f.write_str("the token did not answer in time"),
            Self::NotAnAnswer { bytes } => {
                write!(f, "the token answered {bytes} bytes, which is no answer")
            }
            Self::Reader(text) => write!(f, "the reader failed: {text}"),
        }
    }
}

impl std::error::Error for CardError {}

/// The person who holds the token. A driver calls this before every exchange in which the
/// token waits for a touch or a button, and again for every time it has to ask anew.
pub trait Holder {
    /// Says that the token wants to be touched, and waits a moment where the token is asked
    /// again and again (about a quarter of a second from the second call on).
    fn asked_to_touch(&mut self) -> Patience;

    /// The token wants a touch perhaps: it does not tell beforehand. Worth saying when the
    /// next exchange takes longer than about half a second.
    fn may_be_asked_to_touch(&mut self) -> Patience {
        self.asked_to_touch()
    }

    /// The token has gone on, or given up: nothing is to be touched any more.
    fn touch_is_over(&mut self);
}

/// Whether to go on asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Go on.
    Wait,
    /// It took too long, or the person wants to stop.
    GiveUp,
}

/// Sends a command and takes the answer apart. Follows no `61xx`; that differs between
/// families.
///
/// # Errors
///
/// [`CardError`] as [`Card::exchange`] says it, and [`CardError::NotAnAnswer`].
pub fn transmit(card: &mut dyn Card, command: &Command) -> Result<Reply, CardError> {
    let answer = card.exchange(&command.bytes())?;
    Reply::parse(answer)
}
