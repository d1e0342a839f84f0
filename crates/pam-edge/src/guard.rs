//! No panic crosses into C.
//!
//! A panic that reached libpam would abort the program that asked: sshd, sudo, login. Here
//! it becomes `PAM_ABORT`, which no stack takes for a yes, and one line in the log that says
//! where. Out of memory and a stack overflow still end the process; nobody is let in then.

use crate::{Handle, Level};
use pamsm::PamError;
use std::cell::Cell;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::sync::Once;

/// Runs the body of an entry point. A panic inside becomes `PAM_ABORT`.
pub fn guard(handle: &Handle, body: impl FnOnce(&Handle) -> PamError) -> PamError {
    static HOOK: Once = Once::new();
    // Our copy of the standard library is our own, so this is not the calling program's
    // hook. The usual one would print to the user's terminal.
    HOOK.call_once(|| set_hook(Box::new(note_the_place)));

    match catch_unwind(AssertUnwindSafe(|| body(handle))) {
        Ok(code) => code,
        Err(payload) => {
            // Dropping it could panic again.
            std::mem::forget(payload);
            let place = PLACE.get();
            let line = place.as_str();
            let _ = catch_unwind(AssertUnwindSafe(|| handle.log(Level::Critical, line)));
            PamError::ABORT
        }
    }
}

thread_local! {
    /// Where the last panic of this thread happened. Without a destructor: one would have to
    /// run when the thread ends, perhaps after the module is gone.
    static PLACE: Cell<Place> = const { Cell::new(Place { text: [0; 120], length: 0 }) };
}

#[derive(Clone, Copy)]
struct Place {
    text: [u8; 120],
    length: usize,
}

impl Place {
    fn as_str(&self) -> &str {
        let text = self.text.get(..self.length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or("outcome=panic")
    }
}

impl Write for Place {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length.saturating_add(text.len());
        let room = self.text.get_mut(self.length..end);
        room.ok_or(std::fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// The place only, never the message: it could quote what somebody typed.
fn note_the_place(info: &PanicHookInfo<'_>) {
    let mut place = Place {
        text: [0; 120],
        length: 0,
    };
    let _ = place.write_str("outcome=panic");
    if let Some(location) = info.location() {
        let _ = write!(place, " at={}:{}", location.file(), location.line());
    }
    PLACE.set(place);
}
