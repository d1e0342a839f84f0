//! A lock that the kernel releases when its holder dies, and that nobody waits for in vain.
//!
//! The state file is its own lock: it is never renamed or removed while its account lives,
//! so a lock on it excludes everybody. (A lock on a file that is then renamed over excludes
//! nobody; a lock that is the existence of a file outlives a crash.)

use crate::StoreError;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg, Flockable};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a login or a command waits for another one.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// The pause between two tries grows to this. A login holds the lock for about a tenth of a
/// millisecond.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);

/// Takes the lock, waiting about five seconds at most.
pub(crate) fn exclusive<T: Flockable>(file: T, path: &Path) -> Result<Flock<T>, StoreError> {
    wait_for(file, path, FlockArg::LockExclusiveNonblock)
}

/// As [`exclusive`], but shared with other readers.
pub(crate) fn shared<T: Flockable>(file: T, path: &Path) -> Result<Flock<T>, StoreError> {
    wait_for(file, path, FlockArg::LockSharedNonblock)
}

fn wait_for<T: Flockable>(
    mut file: T,
    path: &Path,
    kind: FlockArg,
) -> Result<Flock<T>, StoreError> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(100);
    loop {
        let error = match Flock::lock(file, kind) {
            Ok(locked) => return Ok(locked),
            Err((returned, errno)) => {
                file = returned;
                errno
            }
        };
        match error {
            Errno::EWOULDBLOCK | Errno::EINTR => {}
            errno => return Err(StoreError::io(path, errno)),
        }
        let waited = start.elapsed();
        if waited >= LONGEST_WAIT {
            let path = path.to_path_buf();
            return Err(StoreError::LockedTooLong { path, waited });
        }
        std::thread::sleep(pause);
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}
