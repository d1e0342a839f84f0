//! The way to a token over the real PC/SC, as small as it can be: for tests of drivers.

use std::ffi::CString;
use token_drivers::{Card, CardError};
use zeroize::Zeroizing;

/// A connection to the token in a reader, for this program alone.
pub struct PcscCard {
    card: pcsc::Card,
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
        Self {
            card: card.expect("a token is in the reader"),
            _context: context,
        }
    }
}

impl Card for PcscCard {
    fn exchange(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let mut buffer = Zeroizing::new(vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED]);
        match self.card.transmit(command, &mut buffer) {
            // What vpcd says of a card that is pulled out in the middle; the next look of pcscd
            // makes it the proper error.
            Ok([]) => Err(CardError::Removed),
            Ok(answer) => Ok(Zeroizing::new(answer.to_vec())),
            Err(pcsc::Error::RemovedCard | pcsc::Error::NoSmartcard) => Err(CardError::Removed),
            Err(pcsc::Error::ResetCard) => Err(CardError::TakenOver),
            Err(pcsc::Error::Timeout) => Err(CardError::TimedOut),
            Err(error) => Err(CardError::Reader(error.to_string())),
        }
    }

    fn answer_to_reset(&self) -> Option<Vec<u8>> {
        // Not the attribute of that name, which vpcd does not have.
        let status = self.card.status2_owned().ok()?;
        Some(status.atr().to_vec())
    }
}
