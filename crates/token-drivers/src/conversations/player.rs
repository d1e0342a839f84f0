//! A card that plays a conversation back, with one fault in it.

use super::Conversation;
use crate::script::bytes;
use crate::{Card, CardError};
use zeroize::Zeroizing;

/// What goes wrong at one exchange.
pub(super) enum Fault {
    /// The card is pulled out.
    Removed,
    /// Another answer than the recorded one.
    Answer(Vec<u8>),
    /// The same answer from then on.
    Forever(Vec<u8>),
}

/// The card.
pub(super) struct Player {
    name: &'static str,
    answer_to_reset: Vec<u8>,
    steps: Vec<(Vec<u8>, Vec<u8>)>,
    at: usize,
    fault: Option<(usize, Fault)>,
    after_fault: usize,
}

impl Player {
    pub(super) fn new(conversation: &Conversation, fault: Option<(usize, Fault)>) -> Self {
        let steps = conversation.steps.iter();
        Self {
            name: conversation.name,
            answer_to_reset: bytes(conversation.answer_to_reset),
            steps: steps.map(|(c, a)| (bytes(c), bytes(a))).collect(),
            at: 0,
            fault,
            after_fault: 0,
        }
    }

    /// Whether everything was said.
    pub(super) fn is_over(&self) -> bool {
        self.at == self.steps.len()
    }

    /// How many exchanges were tried after the one that went wrong.
    pub(super) fn after_fault(&self) -> usize {
        self.after_fault
    }
}

impl Card for Player {
    fn exchange(&mut self, sent: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let faulty_at = self.fault.as_ref().map(|(at, _)| *at);
        let past_fault = faulty_at.is_some_and(|at| self.at > at);
        if past_fault {
            self.after_fault += 1;
        }
        let expected = self.steps.get(self.at);
        let as_recorded = expected.is_some_and(|(command, _)| command == sent);
        if !past_fault {
            let expected = expected.map(|(command, _)| command);
            let name = self.name;
            assert!(
                as_recorded,
                "{name}: sent {sent:02X?}, expected {expected:02X?}"
            );
        }
        let answer = match &self.fault {
            Some((at, fault)) if self.at >= *at => match fault {
                Fault::Removed => {
                    self.at += 1;
                    return Err(CardError::Removed);
                }
                Fault::Forever(answer) => answer.clone(),
                Fault::Answer(answer) if self.at == *at => answer.clone(),
                // The driver may take another way now, which nobody recorded.
                Fault::Answer(_) if !as_recorded => return Ok(Zeroizing::new(vec![0x6F, 0x00])),
                Fault::Answer(_) => self.steps[self.at].1.clone(),
            },
            _ => self.steps[self.at].1.clone(),
        };
        self.at += 1;
        Ok(Zeroizing::new(answer))
    }

    fn answer_to_reset(&self) -> Option<Vec<u8>> {
        Some(self.answer_to_reset.clone())
    }
}
