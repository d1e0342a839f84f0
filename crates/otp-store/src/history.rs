//! What administrators did to an account: one file for each user, one line for each change.
//!
//! Lines are the caller's; here they are only kept. A file outlives its account, so that it
//! can be seen who removed it. It is bounded: of a long one the older half is dropped.

use crate::administer::private_subdirectory;
use crate::replace::{remove, replace};
use crate::root_owned::{ANY_ACCESS_BY_OTHERS, Directory, RootFile};
use crate::{Store, StoreError};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::unistd::{fdatasync, fsync};
use otp_core::UserName;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The folder of histories inside the store.
const HISTORY: &str = "history";
/// Longer files lose their older half (bytes). A line has some 200.
const MOST_BYTES: u64 = 256 * 1024;

impl Store {
    /// Adds a line to the history of a user and syncs it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn append_history(&self, name: &UserName, line: &str) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        let folder = private_subdirectory(&self.root, Path::new(HISTORY))?;
        let file = append(&folder, name, line)?;
        let not_saved = |errno| StoreError::NotSaved {
            path: folder.path().join(name.as_str()),
            errno,
        };
        fsync(folder.fd()).map_err(not_saved)?;
        fdatasync(&file.file).map_err(not_saved)
    }

    /// Adds a line each to the histories of many users, and syncs them together.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if one of them cannot be written.
    pub fn append_histories(&self, lines: &[(UserName, String)]) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        let folder = private_subdirectory(&self.root, Path::new(HISTORY))?;
        for (name, line) in lines {
            append(&folder, name, line)?;
        }
        self.sync()
    }

    /// The lines of a user's history, the oldest first; none if there is no history.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be read.
    pub fn history(&self, name: &UserName) -> Result<Vec<String>, StoreError> {
        let Some(folder) = self.histories()? else {
            return Ok(Vec::new());
        };
        let file = folder.file(name.as_str(), OFlag::O_RDONLY, ANY_ACCESS_BY_OTHERS)?;
        let Some(file) = file else {
            return Ok(Vec::new());
        };
        // A torn line must not hide the others.
        let bytes = file.read_bytes(MOST_BYTES.saturating_mul(2))?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.lines().map(String::from).collect())
    }

    /// The names of all who have a history, sorted.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the folder cannot be read.
    pub fn users_with_history(&self) -> Result<Vec<UserName>, StoreError> {
        let Some(folder) = self.histories()? else {
            return Ok(Vec::new());
        };
        let mut names = folder.user_names()?;
        names.sort_unstable();
        Ok(names)
    }

    /// Removes the history of a user; it is no fault if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be removed.
    pub fn remove_history(&self, name: &UserName) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        match self.histories()? {
            Some(folder) => remove(&folder, name.as_str()),
            None => Ok(()),
        }
    }

    fn histories(&self) -> Result<Option<Directory>, StoreError> {
        match self
            .root
            .subdirectory(Path::new(HISTORY), ANY_ACCESS_BY_OTHERS)
        {
            Err(StoreError::Missing { .. }) => Ok(None),
            opened => opened.map(Some),
        }
    }
}

/// Adds a line to a file, which somebody must still sync.
fn append(folder: &Directory, name: &UserName, line: &str) -> Result<RootFile, StoreError> {
    let name = name.as_str();
    let flags = OFlag::O_RDWR | OFlag::O_APPEND;
    let not_saved = |errno| StoreError::NotSaved {
        path: folder.path().join(name),
        errno,
    };
    let mut text = line.replace('\n', " ");
    text.push('\n');
    let found = folder.file(name, flags, ANY_ACCESS_BY_OTHERS)?;
    let mut file = match found {
        Some(file) if file.length > MOST_BYTES => {
            let old = file.read_bytes(MOST_BYTES.saturating_mul(2))?;
            let old = String::from_utf8_lossy(&old);
            replace(folder, name, newer_half(&old).as_bytes())?;
            let shorter = folder.file(name, flags, ANY_ACCESS_BY_OTHERS)?;
            shorter.ok_or_else(|| not_saved(Errno::ENOENT))?
        }
        Some(file) => file,
        None => folder.create(name).map_err(not_saved)?,
    };
    let wrong = |error: std::io::Error| {
        let number = error.raw_os_error();
        not_saved(number.map_or(Errno::EIO, Errno::from_raw))
    };
    // After a crash the last line may have no end; the new one shall not become a part of it.
    if let Some(last) = file.length.checked_sub(1) {
        let mut end = [0];
        file.file.read_exact_at(&mut end, last).map_err(wrong)?;
        if end != *b"\n" {
            text.insert(0, '\n');
        }
    }
    file.file.write_all(text.as_bytes()).map_err(wrong)?;
    Ok(file)
}

/// The whole lines of the newer half.
fn newer_half(text: &str) -> &str {
    let middle = text.len() / 2;
    let line_end = text
        .as_bytes()
        .iter()
        .skip(middle)
        .position(|b| *b == b'\n');
    let start = line_end.and_then(|place| place.checked_add(middle)?.checked_add(1));
    start
        .and_then(|start| text.get(start..))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newer_half_begins_with_a_whole_line() {
        assert_eq!(
            newer_half("one\ntwo\nthree\nfour\n"),
            "three\nfour\n".get(6..).unwrap()
        );
        assert_eq!(newer_half("ä\nö\nü\n"), "ü\n");
        assert_eq!(newer_half(""), "");
        assert_eq!(newer_half("no end"), "");
    }
}
