//! What a login needs of PAM, in our words.
//!
//! The real one is `libpam_session.rs`; tests answer from a script.

use crate::{ConversationError, Echo, Level, LogEntry};
use zeroize::Zeroizing;

/// One login, as the program that asks for it presents it.
pub trait Session {
    /// The name that was given; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`ConversationError`] if it had to be asked for and could not.
    fn user(&self) -> Result<Option<Vec<u8>>, ConversationError>;
    /// The service: `sshd`, `sudo`, `login`, …
    fn service(&self) -> Option<Vec<u8>>;
    /// Where the person comes from, if the program says so.
    fn remote_host(&self) -> Option<Vec<u8>>;
    /// The terminal, if the program says so.
    fn terminal(&self) -> Option<Vec<u8>>;
    /// The user who sits at the terminal, if the program says so (su, sudo).
    fn requesting_user(&self) -> Option<Vec<u8>>;
    /// Whether sshd has accepted a key for this login before it asked PAM.
    fn key_was_accepted(&self) -> bool;
    /// Asks a question and returns the answer.
    ///
    /// # Errors
    ///
    /// [`ConversationError`] if no answer came.
    fn ask(&self, question: &str, echo: Echo) -> Result<Zeroizing<Vec<u8>>, ConversationError>;
    /// Shows a text, if the program shows texts.
    ///
    /// # Errors
    ///
    /// [`ConversationError`] if there is nobody to show it to.
    fn tell(&self, text: &str) -> Result<(), ConversationError>;
    /// The password that a module above has asked for, if one has.
    fn passed_on_password(&self) -> Option<Zeroizing<Vec<u8>>>;
    /// Hands a password on to the modules below.
    ///
    /// # Errors
    ///
    /// [`ConversationError`] if libpam does not take it.
    fn pass_on_password(&self, password: &[u8]) -> Result<(), ConversationError>;
    /// Holds a refusal back.
    fn delay_failure(&self, milliseconds: u32);
    /// Writes one line to the log.
    fn log(&self, level: Level, line: &str);
    /// Writes what one attempt tells the log: as a line, unless the log takes fields.
    fn log_attempt(&self, entry: &LogEntry) {
        self.log(entry.level, &entry.line());
    }
}
