//! Commands to a card and its answers, as bytes (ISO/IEC 7816-4 s.5.1).
//!
//! A command may hold a secret, so its bytes are wiped and it has no `Debug`.

use crate::{CardError, StatusWord};
use zeroize::Zeroizing;

/// A command APDU.
pub struct Command {
    header: [u8; 4],
    data: Zeroizing<Vec<u8>>,
    expects: Expects,
}

/// What a command says of the answer's length.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    /// Le = 00: as much as there is. Tokens with `apdu-dispatch` answer 61xx without it.
    Anything,
    /// No Le at all: a few devices fail with one.
    Unsaid,
    /// Exactly so many bytes.
    Exactly(u8),
}

impl Command {
    /// A command without data that takes whatever answer there is (Le = 00).
    pub fn new(class: u8, instruction: u8, p1: u8, p2: u8) -> Self {
        Self {
            header: [class, instruction, p1, p2],
            data: Zeroizing::new(Vec::new()),
            expects: Expects::Anything,
        }
    }

    /// The same with data.
    #[must_use]
    pub fn with_data(mut self, data: &[u8]) -> Self {
        self.data = Zeroizing::new(data.to_vec());
        self
    }

    /// The same without Le.
    #[must_use]
    pub fn without_expected_length(mut self) -> Self {
        self.expects = Expects::Unsaid;
        self
    }

    /// The same with an Le of 1 to 255.
    #[must_use]
    pub fn expecting(mut self, bytes: u8) -> Self {
        self.expects = Expects::Exactly(bytes);
        self
    }

    /// The bytes on the wire: short form up to 255 bytes of data, extended form above.
    pub fn bytes(&self) -> Zeroizing<Vec<u8>> {
        // With room for everything at once, no half-filled buffer is left behind unwiped.
        let room = self.data.len().saturating_add(12);
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        bytes.extend_from_slice(&self.header);
        let extended = self.data.len() > usize::from(u8::MAX);
        if extended {
            let length = u16::try_from(self.data.len()).unwrap_or(u16::MAX);
            bytes.push(0);
            bytes.extend_from_slice(&length.to_be_bytes());
        } else if !self.data.is_empty() {
            bytes.push(u8::try_from(self.data.len()).unwrap_or(u8::MAX));
        }
        bytes.extend_from_slice(&self.data);
        match (self.expects, extended) {
            (Expects::Unsaid, _) => {}
            (Expects::Anything, false) => bytes.push(0),
            (Expects::Anything, true) => bytes.extend_from_slice(&[0, 0]),
            (Expects::Exactly(count), false) => bytes.push(count),
            (Expects::Exactly(count), true) => bytes.extend_from_slice(&[0, count]),
        }
        bytes
    }

    /// The data of the command.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Class, instruction, P1 and P2: all of a command that may be shown.
    pub const fn header(&self) -> [u8; 4] {
        self.header
    }
}

/// An answer.
pub struct Reply {
    /// What was answered, without the status word.
    pub data: Zeroizing<Vec<u8>>,
    /// How it went.
    pub status: StatusWord,
}

impl Reply {
    /// The longest answer that can be one: 65,536 bytes and the status word.
    pub const LONGEST_BYTES: usize = 65_538;

    /// Takes the bytes of an answer apart.
    ///
    /// # Errors
    ///
    /// [`CardError::NotAnAnswer`] below 2 and above 65,538 bytes.
    pub fn parse(mut answer: Zeroizing<Vec<u8>>) -> Result<Self, CardError> {
        let bytes = answer.len();
        if bytes > Self::LONGEST_BYTES {
            return Err(CardError::NotAnAnswer { bytes });
        }
        let Some((_, status)) = answer.split_last_chunk::<2>() else {
            return Err(CardError::NotAnAnswer { bytes });
        };
        let status = StatusWord(u16::from_be_bytes(*status));
        answer.truncate(bytes.saturating_sub(2));
        Ok(Self {
            data: answer,
            status,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_without_data_asks_for_whatever_there_is() {
        assert_eq!(*Command::new(0, 0xA1, 0, 0).bytes(), [0, 0xA1, 0, 0, 0]);
        let bare = Command::new(0x80, 0x41, 0, 0).without_expected_length();
        assert_eq!(*bare.bytes(), [0x80, 0x41, 0, 0]);
    }

    #[test]
    fn a_command_with_data_says_its_length_before_and_the_answers_behind() {
        let command = Command::new(0, 0xA4, 4, 0).with_data(&[1, 2]);
        assert_eq!(*command.bytes(), [0, 0xA4, 4, 0, 2, 1, 2, 0]);
        let command = command.expecting(8);
        assert_eq!(*command.bytes(), [0, 0xA4, 4, 0, 2, 1, 2, 8]);
    }

    #[test]
    fn more_than_255_bytes_go_in_the_extended_form() {
        let bytes = Command::new(0, 1, 0, 0).with_data(&[7; 256]).bytes();
        assert_eq!(bytes[..8], [0, 1, 0, 0, 0, 1, 0, 7]);
        assert_eq!(bytes.len(), 7 + 256 + 2);
    }

    #[test]
    fn an_answer_without_a_status_word_is_none() {
        let short = Reply::parse(Zeroizing::new(vec![0x90]));
        assert!(matches!(short, Err(CardError::NotAnAnswer { bytes: 1 })));
        let reply = Reply::parse(Zeroizing::new(vec![1, 2, 0x61, 0x15])).unwrap();
        assert_eq!(*reply.data, [1, 2]);
        assert_eq!(reply.status.more(), Some(0x15));
    }
}
