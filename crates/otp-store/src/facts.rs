//! What the kernel says of an open file or a name, without asking for its times.
//!
//! The one room of this crate with unsafe code. `fstat` would do, but it asks for the times,
//! and since Linux 6.13 a file whose times were looked at gets a new, exact one at the next
//! write, which the file system must then keep: measured, that made the commit of a login
//! half as long again. `statx` is asked for exactly what is checked.

use nix::errno::Errno;
use nix::fcntl::AT_FDCWD;
use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// What is checked of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// `S_IFREG` and the like.
    pub(crate) kind: u32,
    /// The permission bits, as in chmod.
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) links: u32,
    pub(crate) length_bytes: u64,
    pub(crate) identity: Identity,
}

/// Which file it is, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: (u32, u32),
    inode: u64,
}

/// Of an open file.
pub(crate) fn of_open(file: BorrowedFd<'_>) -> Result<Facts, Errno> {
    ask(file, c"", libc::AT_EMPTY_PATH)
}

/// Of a name in a folder; a symbolic link is not followed.
pub(crate) fn of_name(folder: BorrowedFd<'_>, name: &CStr) -> Result<Facts, Errno> {
    ask(folder, name, libc::AT_SYMLINK_NOFOLLOW)
}

/// Whether nothing at all has this absolute path, not even a symbolic link. In doubt it is
/// there, and opening it will say what is wrong.
pub(crate) fn is_absent(path: &Path) -> bool {
    let path = CString::new(path.as_os_str().as_bytes());
    path.is_ok_and(|path| of_name(AT_FDCWD, &path) == Err(Errno::ENOENT))
}

fn ask(folder: BorrowedFd<'_>, name: &CStr, flags: i32) -> Result<Facts, Errno> {
    let wanted = libc::STATX_TYPE
        | libc::STATX_MODE
        | libc::STATX_UID
        | libc::STATX_NLINK
        | libc::STATX_SIZE
        | libc::STATX_INO;
    let mut answer = MaybeUninit::<libc::statx>::zeroed();
    // SAFETY: an open descriptor, a C string, and a place for the answer, all of which live
    // until the call returns (statx(2)).
    let result = unsafe {
        libc::statx(
            folder.as_raw_fd(),
            name.as_ptr(),
            flags,
            wanted,
            answer.as_mut_ptr(),
        )
    };
    Errno::result(result)?;
    // SAFETY: all zeroes is a valid `statx`, and the kernel has filled it in.
    let answer = unsafe { answer.assume_init() };
    // A file system that does not know one of them must not be believed to have said zero.
    if answer.stx_mask & wanted != wanted {
        return Err(Errno::EOPNOTSUPP);
    }
    let mode = u32::from(answer.stx_mode);
    Ok(Facts {
        kind: mode & libc::S_IFMT,
        mode: mode & 0o7777,
        uid: answer.stx_uid,
        links: answer.stx_nlink,
        length_bytes: answer.stx_size,
        identity: Identity {
            device: (answer.stx_dev_major, answer.stx_dev_minor),
            inode: answer.stx_ino,
        },
    })
}
