//! `pam_otp.so`: one-time passwords as a second factor, behind libpam.
//!
//! Thin on purpose: this crate asks the person, lets `otp-store` decide and record, writes
//! one line to the log, and turns the result into a PAM code. It is a guest in somebody
//! else's process: no thread, no environment variable, no change of user, no output.
//!
//! Begin with `authenticate.rs`, which reads like a table of contents; then `outcome.rs`,
//! the one table from outcome to PAM code.

#![deny(unsafe_code)]

mod arguments;
mod authenticate;
mod door;
mod host;
mod journal;
mod libpam_session;
mod log_entry;
mod outcome;
mod questions;
mod report;
mod session;
mod show_secret;
mod welcome;

pub use arguments::{ArgumentError, Arguments};
pub use authenticate::authenticate;
pub use host::{Host, Machine};
pub use log_entry::{Field, LogEntry, Value};
pub use outcome::{Failure, FirstFactor, Verdict};
pub use pam_edge::{ConversationError, Echo, Level, ShadowError};
pub use session::Session;
pub use welcome::welcome;

use libpam_session::LibpamSession;
use pam_edge::{Handle, guard};
use pamsm::{Pam, PamError, PamFlags, PamServiceModule};

/// The module as libpam sees it.
struct Module;

impl PamServiceModule for Module {
    fn authenticate(pam: Pam, _: PamFlags, words: Vec<String>) -> PamError {
        guard(&Handle::new(pam), |handle| {
            authenticate(&LibpamSession(handle), &Machine, &words).pam_code()
        })
    }

    /// Success, whatever happened before: alone in a stack, `PAM_IGNORE` would become
    /// `PAM_PERM_DENIED`, and sshd ends the connection then.
    fn setcred(_: Pam, _: PamFlags, _: Vec<String>) -> PamError {
        PamError::SUCCESS
    }

    /// Shows a pending user his secret, and tells of recovery codes. A success whatever comes of it: nothing is decided
    /// here, and a session must not fail for want of a picture.
    fn open_session(pam: Pam, flags: PamFlags, words: Vec<String>) -> PamError {
        guard(&Handle::new(pam), |handle| {
            if !flags.contains(PamFlags::SILENT) {
                welcome(&LibpamSession(handle), &Machine, &words);
            }
            PamError::SUCCESS
        })
    }

    fn close_session(_: Pam, _: PamFlags, _: Vec<String>) -> PamError {
        PamError::SUCCESS
    }

    fn acct_mgmt(pam: Pam, _: PamFlags, _: Vec<String>) -> PamError {
        refuse_phase(pam, "account")
    }

    fn chauthtok(pam: Pam, _: PamFlags, _: Vec<String>) -> PamError {
        refuse_phase(pam, "password")
    }
}

/// A line of pam.d that pam_otp does not serve is a mistake, and said to be one: an
/// administrator who wrote it expects something that does not happen.
fn refuse_phase(pam: Pam, phase: &str) -> PamError {
    guard(&Handle::new(pam), |handle| {
        let line = format!(
            "outcome=misconfigured detail=\"pam_otp serves auth and session; \
             remove it from the lines that begin with {phase}\""
        );
        handle.log(Level::Error, &line);
        PamError::SERVICE_ERR
    })
}

/// The six symbols that libpam looks for.
#[allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::arithmetic_side_effects,
    reason = "the body is pamsm's macro; what it does with argc and argv is pam_sm_*(3)"
)]
mod entry {
    use pamsm::PamServiceModule;

    pamsm::pam_module!(crate::Module);
}
