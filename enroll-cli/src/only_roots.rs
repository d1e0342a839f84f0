//! Can anybody but root change a file that root is going to run or believe?
//!
//! The file itself, and every folder on the way to it, links followed: whoever can rename in a
//! folder can put another file in place.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Other users may create files there, but rename and remove only their own.
const STICKY: u32 = 0o1000;
const WRITABLE_BY_OTHERS: u32 = 0o022;
/// Whom the kernel shows for a user who has no number in this namespace: nobody here can act
/// as him.
const OUTSIDE: u32 = 65534;

/// The first place where somebody else could interfere; `None` if there is none. What cannot
/// be looked at is left to whoever opens it.
pub(crate) fn open_to_others(path: &Path) -> Option<PathBuf> {
    let real = path.canonicalize().ok()?;
    real.ancestors()
        .find(|part| is_open(part))
        .map(Path::to_path_buf)
}

fn is_open(path: &Path) -> bool {
    let Ok(found) = std::fs::metadata(path) else {
        return false;
    };
    let is_roots = found.uid() == 0 || (found.uid() == OUTSIDE && !has_all_users());
    let protected = found.is_dir() && found.mode() & STICKY != 0;
    !is_roots || (found.mode() & WRITABLE_BY_OTHERS != 0 && !protected)
}

/// Whether this is the namespace in which every user has a number.
fn has_all_users() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let mut words = map.split_ascii_whitespace();
    words.nth(2).and_then(|count| count.parse::<u64>().ok()) == Some(u64::from(u32::MAX))
}
