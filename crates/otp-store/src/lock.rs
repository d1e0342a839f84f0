//! A lock that the kernel releases when its holder dies, and that nobody waits for in vain.
//!
//! The state file is its own lock: it is never renamed or removed while its account lives,
//! so a lock on it excludes everybody. (A lock on a file that is then renamed over excludes
//! nobody; a lock that is the existence of a file outlives a crash.)

use crate::StoreError;
use crate::root_owned::RootFile;
use crate::state_record::STATE_BYTES;
use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a login or a command waits for another one.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// The pause between two tries grows to this. A login holds the lock for about a tenth of a
/// millisecond.
const LONGEST_PAUSE: Duration = Duration::from_millis(5);

/// A file that is locked until this is dropped.
pub(crate) struct LockedFile(RootFile);

impl LockedFile {
    /// Locks out everybody else, for writing.
    pub(crate) fn exclusive(file: RootFile) -> Result<Self, StoreError> {
        may_be_written(&file.path)?;
        wait_for(&file.path, LONGEST_WAIT, || file.file.try_lock())?;
        Ok(Self(file))
    }

    /// The same, if nobody else has locked it.
    pub(crate) fn exclusive_at_once(file: RootFile) -> Result<Self, StoreError> {
        may_be_written(&file.path)?;
        wait_for(&file.path, Duration::ZERO, || file.file.try_lock())?;
        Ok(Self(file))
    }

    /// Locks out writers.
    pub(crate) fn shared(file: RootFile) -> Result<Self, StoreError> {
        wait_for(&file.path, LONGEST_WAIT, || file.file.try_lock_shared())?;
        Ok(Self(file))
    }
}

impl std::ops::Deref for LockedFile {
    type Target = RootFile;

    fn deref(&self) -> &RootFile {
        &self.0
    }
}

impl Drop for LockedFile {
    fn drop(&mut self) {
        // Closing would do, unless another thread of the program has forked meanwhile: its
        // child shares the open file, and with it the lock.
        let _ = self.0.file.unlock();
    }
}

/// A folder that is locked until this is dropped.
pub(crate) struct LockedFolder(File);

impl LockedFolder {
    /// Locks out everybody else.
    pub(crate) fn exclusive(folder: File, path: &Path) -> Result<Self, StoreError> {
        wait_for(path, LONGEST_WAIT, || folder.try_lock())?;
        Ok(Self(folder))
    }
}

impl Drop for LockedFolder {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Whoever starts `su` chooses how large its files may grow. Where a failure could not be
/// written down, no answer is looked at: its guesses would cost nothing.
fn may_be_written(path: &Path) -> Result<(), StoreError> {
    let limit = getrlimit(Resource::RLIMIT_FSIZE);
    let needed = u64::try_from(STATE_BYTES).unwrap_or(u64::MAX);
    if limit.is_ok_and(|(soft, _)| soft >= needed) {
        return Ok(());
    }
    Err(StoreError::NotSaved {
        path: path.to_path_buf(),
        errno: Errno::EFBIG,
    })
}

fn wait_for(
    path: &Path,
    longest: Duration,
    take: impl Fn() -> Result<(), TryLockError>,
) -> Result<(), StoreError> {
    let mut since: Option<Instant> = None;
    let mut pause = Duration::from_micros(100);
    loop {
        match take() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                let errno = error.raw_os_error().map_or(Errno::EIO, Errno::from_raw);
                return Err(StoreError::io(path, errno));
            }
        }
        let waited = since.get_or_insert_with(Instant::now).elapsed();
        if waited >= longest {
            let path = path.to_path_buf();
            return Err(StoreError::LockedTooLong { path, waited });
        }
        std::thread::sleep(pause);
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}
