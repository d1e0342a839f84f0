//! What libpam knows about this login, copied and in our words.

use crate::conversation::{self, ConversationError, Echo};
use crate::wiped::WipedCString;
use libc::{c_int, c_uint, c_void};
use pamsm::{LogLvl, Pam, PamError, PamLibExt};
use std::ffi::CStr;
use zeroize::Zeroizing;

/// `PAM_TTY` of `_pam_types.h`; pamsm has no reader for it.
const PAM_TTY: c_int = 3;

#[link(name = "pam")]
unsafe extern "C" {
    fn pam_get_item(pamh: *const c_void, item_type: c_int, item: *mut *const c_void) -> c_int;
    fn pam_fail_delay(pamh: *const c_void, microseconds: c_uint) -> c_int;
}

/// libpam's handle, for the length of one call of an entry point.
pub struct Handle {
    pam: Pam,
    raw: *const c_void,
}

// `Pam` is a transparent wrapper of the handle, but its field is private. The exact version
// of pamsm is pinned; should the layout ever differ, this does not compile.
const _: () = assert!(size_of::<Pam>() == size_of::<*const c_void>());
const _: () = assert!(align_of::<Pam>() == align_of::<*const c_void>());

/// How urgent a line of the log is (`syslog(3)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something root must look at now: a damaged or foreign file.
    Alert,
    /// The module itself failed.
    Critical,
    /// The configuration is wrong.
    Error,
    /// Somebody was refused.
    Notice,
    /// Somebody was let in.
    Information,
    /// Only with the argument `debug`.
    Debug,
}

impl Level {
    /// The number that `syslog(3)` gives it.
    pub fn priority(self) -> u8 {
        match self {
            Self::Alert => 1,
            Self::Critical => 2,
            Self::Error => 3,
            Self::Notice => 5,
            Self::Information => 6,
            Self::Debug => 7,
        }
    }
}

impl Handle {
    /// Wraps the handle that an entry point was called with.
    pub fn new(pam: Pam) -> Self {
        // SAFETY: `Pam` is `repr(transparent)` over a pointer (pamsm 0.5.5, `pam.rs`), and
        // size and alignment are asserted above.
        let raw = unsafe { std::mem::transmute_copy::<Pam, *const c_void>(&pam) };
        Self { pam, raw }
    }

    /// The name of the user who wants to log in; libpam asks for it if need be.
    ///
    /// # Errors
    ///
    /// What `pam_get_user` says.
    pub fn user(&self) -> Result<Option<Vec<u8>>, PamError> {
        let name = self.pam.get_user(None)?;
        Ok(name.map(|name| name.to_bytes().to_vec()))
    }

    /// The service: `sshd`, `sudo`, `login`, …
    pub fn service(&self) -> Option<Vec<u8>> {
        copied(self.pam.get_service().ok().flatten())
    }

    /// Where the person comes from, if the program says so.
    pub fn remote_host(&self) -> Option<Vec<u8>> {
        copied(self.pam.get_rhost().ok().flatten())
    }

    /// The user who sits at the terminal, if the program says so (su, sudo).
    pub fn requesting_user(&self) -> Option<Vec<u8>> {
        copied(self.pam.get_ruser().ok().flatten())
    }

    /// The terminal, if the program says so.
    pub fn terminal(&self) -> Option<Vec<u8>> {
        let item = self.item(PAM_TTY)?;
        // SAFETY: PAM_TTY is a C string (pam_get_item(3)), and it is copied before libpam
        // gets another chance to change it.
        let text = unsafe { CStr::from_ptr(item.cast()) };
        copied(Some(text))
    }

    /// A variable of PAM's own environment (not the process's), which the program sets.
    pub fn environment(&self, name: &str) -> Option<Vec<u8>> {
        copied(self.pam.getenv(name).ok().flatten())
    }

    /// The password that a module above has asked for (`PAM_AUTHTOK`); never asks itself.
    pub fn passed_on_password(&self) -> Option<Zeroizing<Vec<u8>>> {
        let password = self.pam.get_cached_authtok().ok().flatten()?;
        Some(Zeroizing::new(password.to_bytes().to_vec()))
    }

    /// Hands a password on to the modules below (`PAM_AUTHTOK`); libpam keeps a copy and
    /// wipes it.
    ///
    /// # Errors
    ///
    /// What `pam_set_item` says; also for a password with a NUL byte.
    pub fn pass_on_password(&self, password: &[u8]) -> Result<(), PamError> {
        let password = WipedCString::new(password).ok_or(PamError::AUTH_ERR)?;
        self.pam.set_authtok(password.as_c_string())
    }

    /// Asks a question and returns the answer.
    ///
    /// # Errors
    ///
    /// [`ConversationError`]: there is nobody to ask, or no answer came.
    pub fn ask(&self, question: &str, echo: Echo) -> Result<Zeroizing<Vec<u8>>, ConversationError> {
        let conversation = self
            .item(conversation::PAM_CONV)
            .ok_or(ConversationError::NobodyThere)?;
        conversation::ask(conversation, question, echo)
    }

    /// Shows a text to the person, if the program shows texts.
    ///
    /// # Errors
    ///
    /// [`ConversationError`]: there is nobody to show it to.
    pub fn tell(&self, text: &str) -> Result<(), ConversationError> {
        let conversation = self
            .item(conversation::PAM_CONV)
            .ok_or(ConversationError::NobodyThere)?;
        conversation::tell(conversation, text)
    }

    /// Asks libpam to hold a refusal back for about so long. It does so only if the whole
    /// stack refuses.
    pub fn delay_failure(&self, milliseconds: u32) {
        let microseconds = milliseconds.saturating_mul(1000);
        // SAFETY: `raw` is the handle libpam called us with, and we are still in that call.
        let _ = unsafe { pam_fail_delay(self.raw, microseconds) };
    }

    /// Writes one line to the log, facility AUTHPRIV. libpam puts module and service before.
    pub fn log(&self, level: Level, line: &str) {
        let level = match level {
            Level::Alert => LogLvl::ALERT,
            Level::Critical => LogLvl::CRIT,
            Level::Error => LogLvl::ERR,
            Level::Notice => LogLvl::NOTICE,
            Level::Information => LogLvl::INFO,
            Level::Debug => LogLvl::DEBUG,
        };
        // The only fault is a NUL in the line, and lines are escaped before they come here.
        let _ = self.pam.syslog(level, line);
    }

    fn item(&self, item_type: c_int) -> Option<*const c_void> {
        let mut item = std::ptr::null();
        // SAFETY: `raw` is the handle libpam called us with, and `item` is ours.
        let code = unsafe { pam_get_item(self.raw, item_type, &raw mut item) };
        (code == PamError::SUCCESS as c_int && !item.is_null()).then_some(item)
    }
}

pub(crate) fn copied(text: Option<&CStr>) -> Option<Vec<u8>> {
    let bytes = text?.to_bytes();
    (!bytes.is_empty()).then(|| bytes.to_vec())
}
