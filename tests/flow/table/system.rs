//! What a row does to the operating system around it. Each row has a process and a machine
//! of its own, so nothing here is ever undone.

use std::fs::{self, File, OpenOptions};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::Command;

/// The content of a plain file that can be read; `None` for everything else.
pub(crate) fn bytes_of(path: impl AsRef<Path>) -> Option<Vec<u8>> {
    let metadata = fs::symlink_metadata(&path).ok()?;
    if metadata.is_file() {
        fs::read(&path).ok()
    } else {
        None
    }
}

/// Locks a file if nobody else has; the lock is there as long as the file is open.
pub(crate) fn lock_now(path: &str) -> Option<File> {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    let file = opened.expect("the file is there");
    // SAFETY: an open descriptor, and no memory of ours.
    let failed = unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) };
    (failed == 0).then_some(file)
}

/// Lets every further write to a plain file fail, as `ulimit -f 0` does.
pub(crate) fn forbid_writing() {
    // SAFETY: a signal to be ignored; no handler of ours runs.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    let nothing = libc::rlimit {
        rlim_cur: 0,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the structure is ours and lives until the call returns.
    let failed = unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const nothing) };
    assert_eq!(failed, 0);
}

/// Takes root's privileges from this thread: modes hold for it as for everybody.
pub(crate) fn drop_capabilities() {
    // Version 3, this thread; effective, permitted, inheritable, twice 32 bits: none.
    let header: [u32; 2] = [0x2008_0522, 0];
    let none = [0_u32; 6];
    // SAFETY: capset(2) reads two arrays of this form; both are ours.
    let failed = unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) };
    assert_eq!(failed, 0);
}

/// Runs `mount`.
pub(crate) fn mount(arguments: &[&str]) {
    let status = Command::new("mount").args(arguments).status();
    assert!(
        status.expect("mount is installed").success(),
        "{arguments:?}"
    );
}
