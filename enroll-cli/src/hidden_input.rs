//! A terminal that shows nothing of what is typed, and shows it again whatever happens.
//!
//! A shell repairs a terminal that a killed program has left silent only if it is an
//! interactive one of the larger kind. So whoever types Ctrl-C at a hidden question, or whose
//! program is ended from elsewhere, finds the terminal as it was.

use crate::undisturbed::wait_until_it_may_end;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::io;
use std::sync::{Mutex, Once, PoisonError};

/// What to go back to, while something is hidden.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);
static WATCH: Once = Once::new();

/// Hidden input, until this is dropped.
pub(crate) struct HiddenInput(());

impl HiddenInput {
    pub(crate) fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO);
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        WATCH.call_once(watch);
        // What was typed before the question is thrown away: nobody has seen what it was for.
        tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &silent)?;
        Ok(Self(()))
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        show_again();
    }
}

/// Restores the terminal before a signal ends the program, as it would have done anyway.
fn watch() {
    let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]) else {
        return;
    };
    std::thread::spawn(move || {
        // Ctrl-Z is for the other thread, which may be undisturbed.
        let mut stopping = SigSet::empty();
        stopping.add(Signal::SIGTSTP);
        let _ = stopping.thread_block();
        for signal in signals.forever() {
            wait_until_it_may_end();
            show_again();
            let _ = emulate_default_handler(signal);
        }
    });
}

fn show_again() {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(before) = before {
        // If the terminal is gone, there is nothing to restore.
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &before);
    }
}
