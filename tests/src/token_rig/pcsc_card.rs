//! The way to a token over the real PC/SC, as small as it can be: for tests of drivers.

use std::ffi::CString;
use token_drivers::{Card, CardError};
use zeroize::{Zeroize, Zeroizing};

/// A connection to the token in a reader, for this program alone.
pub struct PcscCard {
    card: pcsc::Card,
    answer_to_reset: Option<Vec<u8>>,
    answer: Zeroizing<Vec<u8>>,
    // Dropped last: the connection is the context's.
    _context: pcsc::Context,
}

impl PcscCard {
    /// Connects to the token in this reader.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn connect(reader: &str) -> Self {
        let context = pcsc::Context::establish(pcsc::Scope::User).expect("pcscd is there");
        let name = CString::new(reader).expect("a name");
        let card = context.connect(&name, pcsc::ShareMode::Exclusive, pcsc::Protocols::ANY);
        let card = card.expect("a token is in the reader");
        // Not the attribute of that name, which vpcd does not have.
        let status = card.status2_owned();
        Self {
            answer_to_reset: status.map(|status| status.atr().to_vec()).ok(),
            card,
            answer: Zeroizing::new(vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED]),
            _context: context,
        }
    }

    /// Sends bytes as they are, and nothing else.
    ///
    /// # Errors
    ///
    /// What pcscd says.
    pub fn transmit<'a>(
        &mut self,
        command: &[u8],
        answer: &'a mut [u8],
    ) -> Result<&'a [u8], pcsc::Error> {
        self.card.transmit(command, answer)
    }
}

impl Card for PcscCard {
    fn exchange(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let answered = self.card.transmit(command, &mut self.answer);
        match answered.map(<[u8]>::len) {
            // What vpcd says of a card that is pulled out in the middle; the next look of pcscd
            // makes it the proper error.
            Ok(0) => Err(CardError::Removed),
            Ok(length) => {
                let answer = &mut self.answer[..length];
                let copy = Zeroizing::new(answer.to_vec());
                answer.zeroize();
                Ok(copy)
            }
            Err(pcsc::Error::RemovedCard | pcsc::Error::NoSmartcard) => Err(CardError::Removed),
            Err(pcsc::Error::ResetCard) => Err(CardError::TakenOver),
            Err(pcsc::Error::Timeout) => Err(CardError::TimedOut),
            Err(error) => Err(CardError::Reader(error.to_string())),
        }
    }

    fn answer_to_reset(&self) -> Option<Vec<u8>> {
        self.answer_to_reset.clone()
    }
}
