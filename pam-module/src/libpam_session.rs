//! A login as the real libpam presents it.

use crate::{ConversationError, Level, Session};
use pam_edge::{Echo, Handle};
use zeroize::Zeroizing;

/// The session behind libpam's handle.
pub(crate) struct LibpamSession<'a>(pub(crate) &'a Handle);

impl Session for LibpamSession<'_> {
    fn user(&self) -> Result<Option<Vec<u8>>, ConversationError> {
        self.0
            .user()
            .map_err(|error| ConversationError::Failed { code: error as i32 })
    }

    fn service(&self) -> Option<Vec<u8>> {
        self.0.service()
    }

    fn remote_host(&self) -> Option<Vec<u8>> {
        self.0.remote_host()
    }

    fn terminal(&self) -> Option<Vec<u8>> {
        self.0.terminal()
    }

    fn ask(&self, question: &str) -> Result<Zeroizing<Vec<u8>>, ConversationError> {
        self.0.ask(question, Echo::Off)
    }

    fn delay_failure(&self, milliseconds: u32) {
        self.0.delay_failure(milliseconds);
    }

    fn log(&self, level: Level, line: &str) {
        self.0.log(level, line);
    }
}
