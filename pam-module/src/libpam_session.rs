//! A login as the real libpam presents it.

use crate::{ConversationError, Echo, Level, LogEntry, Session, journal};
use pam_edge::{Handle, program_name};
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

    fn requesting_user(&self) -> Option<Vec<u8>> {
        self.0.requesting_user()
    }

    fn key_was_accepted(&self) -> bool {
        // One line for each method that succeeded, beginning with its name (sshd_config(5),
        // ExposeAuthInfo). Only the program can set it: it is PAM's environment.
        let methods = self.0.environment("SSH_AUTH_INFO_0").unwrap_or_default();
        let mut lines = methods.split(|byte| *byte == b'\n');
        lines.any(|line| line.starts_with(b"publickey "))
    }

    fn ask(&self, question: &str, echo: Echo) -> Result<Zeroizing<Vec<u8>>, ConversationError> {
        self.0.ask(question, echo)
    }

    fn tell(&self, text: &str) -> Result<(), ConversationError> {
        self.0.tell(text)
    }

    fn passed_on_password(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.0.passed_on_password()
    }

    fn pass_on_password(&self, password: &[u8]) -> Result<(), ConversationError> {
        self.0
            .pass_on_password(password)
            .map_err(|error| ConversationError::Failed { code: error as i32 })
    }

    fn delay_failure(&self, milliseconds: u32) {
        self.0.delay_failure(milliseconds);
    }

    fn log(&self, level: Level, line: &str) {
        self.0.log(level, line);
    }

    fn log_attempt(&self, entry: &LogEntry) {
        let (program, service) = (program_name(), self.service());
        if journal::send(entry, program.as_deref(), service.as_deref()).is_err() {
            self.log(entry.level, &entry.line());
        }
    }
}
