//! Can anybody but root change a file that root is going to run or believe?
//!
//! The file itself, every folder on the way to it, and every link: whoever can rename in a folder
//! can put another file in place, and whoever can change a link can lead somewhere else between
//! looking and running.

use std::ffi::OsString;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Other users may create files there, but rename and remove only their own.
const STICKY: u32 = 0o1000;
const WRITABLE_BY_OTHERS: u32 = 0o022;
/// Whom the kernel shows for a user who has no number in this namespace: nobody here can act
/// as him.
const OUTSIDE: u32 = 65534;

/// More links than the kernel follows (path_resolution(7)).
const MOST_LINKS: usize = 40;

/// The first place where somebody else could interfere; `None` if there is none. What cannot
/// be looked at is left to whoever opens it.
pub(crate) fn open_to_others(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let mut here = PathBuf::new();
    let mut links: usize = 0;
    let mut ahead = parts_of(&path);
    while let Some(part) = ahead.pop() {
        let next = match part.to_str() {
            Some(".") => continue,
            Some("..") => {
                // What is above has been looked at.
                here.pop();
                continue;
            }
            // Also from a link: then this is the root again.
            _ => here.join(part),
        };
        let found = std::fs::symlink_metadata(&next).ok()?;
        if !found.is_symlink() {
            if is_open(&found) {
                return Some(next);
            }
            here = next;
            continue;
        }
        // Its mode says nothing; whose it is does, where a folder lets others make their own.
        if !is_roots(&found) {
            return Some(next);
        }
        links = links.saturating_add(1);
        if links > MOST_LINKS {
            return None;
        }
        ahead.extend(parts_of(&std::fs::read_link(&next).ok()?));
    }
    None
}

/// Its parts, the last one first.
fn parts_of(path: &Path) -> Vec<OsString> {
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_os_string());
    parts.rev().collect()
}

fn is_open(found: &Metadata) -> bool {
    let protected = found.is_dir() && found.mode() & STICKY != 0;
    !is_roots(found) || (found.mode() & WRITABLE_BY_OTHERS != 0 && !protected)
}

fn is_roots(found: &Metadata) -> bool {
    found.uid() == 0 || (found.uid() == OUTSIDE && !has_all_users())
}

/// Whether this is the namespace in which every user has a number.
fn has_all_users() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let mut words = map.split_ascii_whitespace();
    words.nth(2).and_then(|count| count.parse::<u64>().ok()) == Some(u64::from(u32::MAX))
}
