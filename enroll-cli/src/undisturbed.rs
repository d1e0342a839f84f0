//! Ctrl-C leaves everything as before, or fully done.
//!
//! From the moment a change is written until it is in the history, told, and its secret shown,
//! the signals that would end the command wait. They are not lost: they end it right after. So
//! does Ctrl-Z: a command that is stopped while it holds an account's lock would keep its owner
//! out until somebody remembers it.
//! Whoever cannot wait has SIGKILL, and then what is written is whole all the same.

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use std::sync::{Condvar, Mutex, PoisonError};

/// The signals that people and terminals end or stop programs with.
const DISTURBING: [Signal; 5] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGTSTP,
];

/// How many guards there are.
static GUARDS: Mutex<usize> = Mutex::new(0);
static NO_GUARD: Condvar = Condvar::new();

/// While this lives, no signal ends or stops the command.
pub(crate) struct Undisturbed {
    before: Option<SigSet>,
}

impl Undisturbed {
    /// From here on. Taken after the last question, so that nobody is kept at one.
    #[must_use]
    pub(crate) fn begin() -> Self {
        let mut guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
        *guards = guards.saturating_add(1);
        let mut signals = SigSet::empty();
        for signal in DISTURBING {
            signals.add(signal);
        }
        // That a mask is refused cannot happen with these; then all is as it was before.
        let before = signals.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok();
        Self { before }
    }
}

impl Drop for Undisturbed {
    fn drop(&mut self) {
        let mut guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
        *guards = guards.saturating_sub(1);
        NO_GUARD.notify_all();
        drop(guards);
        if let Some(before) = self.before {
            // What came meanwhile takes effect here.
            let _ = before.thread_set_mask();
        }
    }
}

/// For the thread that restores the terminal when a signal comes: waits until the command may
/// end.
pub(crate) fn wait_until_it_may_end() {
    let mut guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
    while *guards > 0 {
        guards = NO_GUARD
            .wait(guards)
            .unwrap_or_else(PoisonError::into_inner);
    }
}
