//! A card that follows a script: for tests of exact conversations.
//!
//! Every command must be the next one of the script, to the byte; the answer is the
//! script's. Dropped with lines left over, it panics: the driver said less than it should.

use crate::{Card, CardError, Holder, Patience};
use std::collections::VecDeque;
use zeroize::Zeroizing;

/// What happens at one exchange.
enum Step {
    Answer { command: Vec<u8>, answer: Vec<u8> },
    Failure { command: Vec<u8>, error: CardError },
}

/// A card that follows a script.
#[derive(Default)]
pub struct ScriptedCard {
    steps: VecDeque<Step>,
}

impl ScriptedCard {
    /// A card that expects nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Expects a command and gives an answer, both in hexadecimal; blanks do not count.
    #[must_use]
    pub fn answers(mut self, command: &str, answer: &str) -> Self {
        self.steps.push_back(Step::Answer {
            command: bytes(command),
            answer: bytes(answer),
        });
        self
    }

    /// Expects a command, at which the card fails (is pulled out, for example).
    #[must_use]
    pub fn fails(mut self, command: &str, error: CardError) -> Self {
        let command = bytes(command);
        self.steps.push_back(Step::Failure { command, error });
        self
    }
}

/// The bytes of hexadecimal text with blanks.
///
/// # Panics
///
/// On anything else: a script is written by us.
pub fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u32> = hexadecimal
        .chars()
        .filter(|one| !one.is_whitespace())
        .map(|one| one.to_digit(16).expect("a hexadecimal digit"))
        .collect();
    assert!(digits.len().is_multiple_of(2), "half a byte: {hexadecimal}");
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("a byte"))
        .collect()
}

impl Card for ScriptedCard {
    fn exchange(&mut self, sent: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let step = self.steps.pop_front();
        let step = step.unwrap_or_else(|| panic!("nothing was expected, but came {sent:02X?}"));
        match step {
            Step::Answer { command, answer } => {
                assert_eq!(sent, command, "sent {sent:02X?}, expected {command:02X?}");
                Ok(Zeroizing::new(answer))
            }
            Step::Failure { command, error } => {
                assert_eq!(sent, command, "sent {sent:02X?}, expected {command:02X?}");
                Err(error)
            }
        }
    }
}

impl Drop for ScriptedCard {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(
                self.steps.is_empty(),
                "{} steps were not taken",
                self.steps.len()
            );
        }
    }
}

/// A holder who touches at once, or not at all, and remembers how often it was asked.
#[derive(Default)]
pub struct Finger {
    /// How often a touch was asked for.
    pub asked: usize,
    /// How often it was over.
    pub over: usize,
    /// After so many requests, patience ends.
    pub patience: Option<usize>,
}

impl Holder for Finger {
    fn asked_to_touch(&mut self) -> Patience {
        self.asked += 1;
        match self.patience {
            Some(most) if self.asked > most => Patience::GiveUp,
            _ => Patience::Wait,
        }
    }

    fn touch_is_over(&mut self) {
        self.over += 1;
    }
}
