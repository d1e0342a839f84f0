//! Who is talking to us, and how often he was wrong.
//!
//! Whatever runs as a user can ask about him. It shall neither keep the service busy nor spend
//! the failures that the account may have before its owner is locked out everywhere. So
//! failures of a caller are counted here first: after a few in a row he waits, and his answers
//! are not looked at. Kept in memory only; root does not wait.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Conversations at one time, of everybody and of one user.
const MOST_OPEN: u32 = 64;
const MOST_OPEN_OF_ONE: u32 = 8;
/// Wrong answers in a row that cost no waiting.
const FREE_FAILURES: u32 = 4;
const LONGEST_WAIT: Duration = Duration::from_secs(900);
/// A user of whom nothing was heard for so long is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3600);

/// One conversation; it has ended when this is dropped, however it ended.
pub(crate) struct Visit {
    guests: Arc<Guests>,
    uid: u32,
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(guest) = self.guests.lock().get_mut(&self.uid) {
            guest.open = guest.open.saturating_sub(1);
        }
    }
}

#[derive(Default)]
pub(crate) struct Guests(Mutex<HashMap<u32, Guest>>);

struct Guest {
    open: u32,
    failures: u32,
    last: Instant,
    turn: Arc<Mutex<()>>,
}

impl Guests {
    /// Lets a caller in, unless there are too many.
    pub(crate) fn enter(self: &Arc<Self>, uid: u32) -> Option<Visit> {
        let has_room = self.has_room_for(uid);
        has_room.then(|| Visit {
            guests: Arc::clone(self),
            uid,
        })
    }

    fn has_room_for(&self, uid: u32) -> bool {
        let mut guests = self.lock();
        guests.retain(|_, guest| guest.open > 0 || guest.last.elapsed() < FORGOTTEN_AFTER);
        let all = guests.values().map(|guest| guest.open).sum::<u32>();
        let guest = guests.entry(uid).or_insert_with(|| Guest {
            open: 0,
            failures: 0,
            last: Instant::now(),
            turn: Arc::default(),
        });
        // Root's programs must not be kept out by somebody's screen locker gone mad.
        let room = uid == 0 || (all < MOST_OPEN && guest.open < MOST_OPEN_OF_ONE);
        if room {
            guest.open = guest.open.saturating_add(1);
        }
        room
    }

    /// To be held while an answer of this caller is looked at: asked at the same moment, all
    /// of his conversations would find that he need not wait.
    pub(crate) fn turn_of(&self, uid: u32) -> Arc<Mutex<()>> {
        let guests = self.lock();
        // Root never waits, not for himself either.
        let guest = guests.get(&uid).filter(|_| uid != 0);
        guest
            .map(|guest| Arc::clone(&guest.turn))
            .unwrap_or_default()
    }

    /// How long a caller still has to wait before an answer of his is looked at.
    pub(crate) fn must_wait(&self, uid: u32) -> Option<Duration> {
        let guests = self.lock();
        let guest = guests.get(&uid).filter(|_| uid != 0)?;
        wait_after(guest.failures)
            .checked_sub(guest.last.elapsed())
            .filter(|left| !left.is_zero())
    }

    /// An answer was wrong.
    pub(crate) fn failed(&self, uid: u32) {
        if let Some(guest) = self.lock().get_mut(&uid) {
            guest.failures = guest.failures.saturating_add(1);
            guest.last = Instant::now();
        }
    }

    /// An answer was right.
    pub(crate) fn succeeded(&self, uid: u32) {
        if let Some(guest) = self.lock().get_mut(&uid) {
            guest.failures = 0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Guest>> {
        // Counters are whole at every moment, also if a thread has died.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Doubles from one second on.
fn wait_after(failures: u32) -> Duration {
    match failures.checked_sub(FREE_FAILURES) {
        None | Some(0) => Duration::ZERO,
        Some(beyond) => {
            let seconds = 1_u64
                .checked_shl(beyond.saturating_sub(1))
                .unwrap_or(u64::MAX);
            Duration::from_secs(seconds).min(LONGEST_WAIT)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| wait_after(failures).as_secs();
        let first: Vec<u64> = (0..8).map(seconds).collect();
        assert_eq!(first, [0, 0, 0, 0, 0, 1, 2, 4]);
        assert_eq!((seconds(40), seconds(u32::MAX)), (900, 900));
    }

    #[test]
    fn one_user_cannot_take_every_place_and_root_always_gets_one() {
        let guests = Arc::new(Guests::default());
        let mut taken: Vec<Visit> = (0..20).filter_map(|_| guests.enter(1000)).collect();
        assert_eq!(taken.len(), 8);
        let other = guests.enter(1001);
        assert!(other.is_some());
        let others: Vec<Visit> = (2000..2100).filter_map(|uid| guests.enter(uid)).collect();
        assert_eq!(others.len(), 55);
        assert!(guests.enter(0).is_some());
        assert!(guests.enter(1000).is_none());
        taken.pop();
        assert!(guests.enter(1000).is_some());
    }

    #[test]
    fn only_failures_in_a_row_make_a_caller_wait_and_root_never() {
        let guests = Arc::new(Guests::default());
        for uid in [0, 1000] {
            assert!(guests.enter(uid).is_some());
            for _ in 0..4 {
                guests.failed(uid);
            }
            assert_eq!(guests.must_wait(uid), None);
        }
        guests.succeeded(1000);
        for uid in [0, 1000] {
            for _ in 0..6 {
                guests.failed(uid);
            }
        }
        assert!(guests.must_wait(1000).is_some());
        assert_eq!(guests.must_wait(0), None);
        guests.succeeded(1000);
        assert_eq!(guests.must_wait(1000), None);
    }
}
