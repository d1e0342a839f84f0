//! The finger: whether, and after how long, somebody touches the token that waits for it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the finger does when the token waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finger {
    /// It is there at once.
    Yes,
    /// It does not come.
    No,
    /// It comes after so long.
    After(Duration),
}

impl Finger {
    /// Reads `yes`, `no`, or milliseconds.
    ///
    /// # Errors
    ///
    /// A sentence on anything else.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "yes" => Ok(Self::Yes),
            "no" => Ok(Self::No),
            _ => match text.parse() {
                Ok(milliseconds) => Ok(Self::After(Duration::from_millis(milliseconds))),
                Err(_) => Err(format!("a touch is yes, no, or milliseconds, not {text}")),
            },
        }
    }
}

struct State {
    finger: Finger,
    waiting: bool,
}

/// The place that is touched, shared between the card and whoever plays its holder.
#[derive(Clone)]
pub struct Touch {
    state: Arc<(Mutex<State>, Condvar)>,
    patience: Duration,
}

impl Touch {
    /// With a finger, and how long the token waits for it. (YubiKeys: 15 seconds.)
    pub fn new(finger: Finger, patience: Duration) -> Self {
        let waiting = false;
        let state = State { finger, waiting };
        Self {
            state: Arc::new((Mutex::new(state), Condvar::new())),
            patience,
        }
    }

    /// What the finger does from now on, also to a token that waits already.
    pub fn set(&self, finger: Finger) {
        let (state, changed) = &*self.state;
        state.lock().unwrap_or_else(PoisonError::into_inner).finger = finger;
        changed.notify_all();
    }

    /// Whether the token waits for a touch just now.
    pub fn is_waited_for(&self) -> bool {
        let (state, _) = &*self.state;
        state.lock().unwrap_or_else(PoisonError::into_inner).waiting
    }

    /// Waits for the finger. Whether it came in time.
    pub fn wait(&self) -> bool {
        let began = Instant::now();
        let (state, changed) = &*self.state;
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting = true;
        let touched = loop {
            let passed = began.elapsed();
            let left = match state.finger {
                Finger::Yes => break true,
                Finger::After(delay) if delay <= passed => break true,
                _ if passed >= self.patience => break false,
                Finger::After(delay) => delay.min(self.patience) - passed,
                Finger::No => self.patience - passed,
            };
            let waited = changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        state.waiting = false;
        touched
    }

    /// For tokens that look again and again: what they see after having waited so long.
    pub fn look(&self, waited: Duration) -> Look {
        let (state, _) = &*self.state;
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let look = match state.finger {
            Finger::Yes => Look::Touched,
            Finger::After(delay) if delay <= waited => Look::Touched,
            _ if waited >= self.patience => Look::TooLate,
            _ => Look::NotYet,
        };
        state.waiting = look == Look::NotYet;
        look
    }
}

/// What a token sees that looks for the finger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It is there.
    Touched,
    /// It may still come.
    NotYet,
    /// It took too long.
    TooLate,
}
