//! Putting a whole new file in place of an old one: the reader sees the old or the new,
//! whatever happens in between, and after the call the new one survives a power cut.
//!
//! Used for accounts, which change when an administrator acts. A login writes in place
//! (`state_record.rs`).

use crate::StoreError;
use crate::root_owned::{Directory, RootFile};
use nix::errno::Errno;
use nix::fcntl::renameat;
use nix::unistd::{UnlinkatFlags, fsync, unlinkat};
use std::io::Write;

/// Writes aside, syncs, renames over `name`, syncs the folder.
pub(crate) fn replace(directory: &Directory, name: &str, text: &[u8]) -> Result<(), StoreError> {
    let aside = write_aside(directory, name, text)?;
    put_in_place(directory, &aside.name, name)
}

/// A synced file that has no proper name yet. A login cannot find it: user names do not
/// begin with a dot.
pub(crate) struct Aside {
    file: RootFile,
    name: String,
}

impl Aside {
    /// The open file, and its name for now.
    pub(crate) fn into_parts(self) -> (RootFile, String) {
        (self.file, self.name)
    }
}

/// The name of a file until it gets its proper one.
pub(crate) fn aside_of(name: &str) -> String {
    format!(".{name}.new")
}

/// Writes and syncs a file beside `name`.
pub(crate) fn write_aside(
    directory: &Directory,
    name: &str,
    text: &[u8],
) -> Result<Aside, StoreError> {
    let aside = write_aside_unsynced(directory, name, text)?;
    fsync(&aside.file.file).map_err(|errno| {
        // The old file is untouched; only the failed attempt is cleared away.
        let _ = remove(directory, &aside.name);
        StoreError::NotSaved {
            path: aside.file.path.clone(),
            errno,
        }
    })?;
    Ok(aside)
}

/// Writes a file beside `name`, which somebody must still sync.
pub(crate) fn write_aside_unsynced(
    directory: &Directory,
    name: &str,
    text: &[u8],
) -> Result<Aside, StoreError> {
    let aside = aside_of(name);
    let path = directory.path().join(&aside);
    let not_saved = |errno| StoreError::NotSaved {
        path: path.clone(),
        errno,
    };
    let mut file = match directory.create(&aside) {
        Err(Errno::EEXIST) => {
            // Left by a command that was killed; the folder's lock says that none is at work.
            remove(directory, &aside)?;
            directory.create(&aside)
        }
        other => other,
    }
    .map_err(not_saved)?;
    let written = file.file.write_all(text).map_err(|error| {
        let number = error.raw_os_error();
        number.map_or(Errno::EIO, Errno::from_raw)
    });
    if let Err(errno) = written {
        // The old file is untouched; only the failed attempt is cleared away.
        let _ = remove(directory, &aside);
        return Err(not_saved(errno));
    }
    Ok(Aside { file, name: aside })
}

/// Gives a file written aside its name, for good.
pub(crate) fn put_in_place(
    directory: &Directory,
    aside: &str,
    name: &str,
) -> Result<(), StoreError> {
    rename_into_place(directory, aside, name)?;
    let path = directory.path().join(name);
    fsync(directory.fd()).map_err(|errno| StoreError::NotSaved { path, errno })
}

/// Gives a file written aside its name; somebody must still sync the folder.
pub(crate) fn rename_into_place(
    directory: &Directory,
    aside: &str,
    name: &str,
) -> Result<(), StoreError> {
    let path = directory.path().join(name);
    let not_saved = |errno| StoreError::NotSaved { path, errno };
    let put = || renameat(directory.fd(), aside, directory.fd(), name);
    let put_over_a_folder = |errno| match errno {
        // Somebody has put a folder in its place; an empty one is no loss.
        Errno::EISDIR => remove_folder(directory, name).and_then(|()| put()),
        errno => Err(errno),
    };
    put().or_else(put_over_a_folder).map_err(not_saved)
}

/// Removes a name for good; it is no fault if it is not there.
pub(crate) fn remove(directory: &Directory, name: &str) -> Result<(), StoreError> {
    let path = directory.path().join(name);
    match unlinkat(directory.fd(), name, UnlinkatFlags::NoRemoveDir) {
        Ok(()) => fsync(directory.fd()).map_err(|errno| StoreError::NotSaved { path, errno }),
        Err(Errno::ENOENT) => Ok(()),
        Err(Errno::EISDIR) => remove_folder(directory, name)
            .and_then(|()| fsync(directory.fd()))
            .map_err(|errno| StoreError::io(&path, errno)),
        Err(errno) => Err(StoreError::io(&path, errno)),
    }
}

fn remove_folder(directory: &Directory, name: &str) -> Result<(), Errno> {
    unlinkat(directory.fd(), name, UnlinkatFlags::RemoveDir)
}
