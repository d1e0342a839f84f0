//! What it costs to begin: loading a module, and a process that logs in once and ends.

use crate::cases::Case;
use std::ffi::CString;
use std::io::Read;
use std::os::fd::FromRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub const OURS: &str = "pam_otp, dlopen";
pub const GOOGLE: &str = "google-authenticator, dlopen";
pub const OATH: &str = "pam_oath, dlopen";
pub const UNIX: &str = "pam_unix, dlopen";

/// A new process from exec to exit, with one login in it.
pub fn fresh_process(case: &mut Case) -> Duration {
    let code = case.next_code();
    let this = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(this.with_file_name("one-login"));
    command.args([case.service(), "alice"]);
    command.arg(code.to_str().expect("digits"));
    let start = Instant::now();
    let status = command.status().expect("it can be started");
    let taken = start.elapsed();
    assert!(status.success(), "{}", case.name);
    taken
}

/// The modules whose loading is measured.
pub fn modules(ours: &Path) -> Vec<(&'static str, PathBuf)> {
    let installed = |name: &str| {
        let folders = [
            "/usr/lib/x86_64-linux-gnu/security",
            "/usr/lib/aarch64-linux-gnu/security",
        ];
        let paths = folders.map(|folder| Path::new(folder).join(name));
        let found = paths.into_iter().find(|path| path.exists());
        found.unwrap_or_else(|| panic!("{name} is not installed; run: make bench"))
    };
    vec![
        (OURS, ours.to_path_buf()),
        (GOOGLE, installed("pam_google_authenticator.so")),
        (OATH, installed("pam_oath.so")),
        (UNIX, installed("pam_unix.so")),
    ]
}

/// Loads a module in a child that has never loaded it; libpam is loaded already.
pub fn dlopen(path: &Path) -> Duration {
    let path = CString::new(path.as_os_str().as_encoded_bytes()).expect("no NUL");
    let mut pipe = [0; 2];
    // SAFETY: an array of two.
    assert_eq!(unsafe { libc::pipe(pipe.as_mut_ptr()) }, 0);
    // SAFETY: this program has a single thread.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let start = Instant::now();
        // SAFETY: a C string; the flags of libpam.
        let module = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW) };
        let taken = u64::try_from(start.elapsed().as_nanos()).unwrap_or(0);
        let taken = if module.is_null() { 0 } else { taken };
        // SAFETY: eight bytes of our own into our own pipe.
        unsafe { libc::write(pipe[1], taken.to_ne_bytes().as_ptr().cast(), 8) };
        // SAFETY: ends the child without running the parent's cleanup.
        unsafe { libc::_exit(0) };
    }
    // SAFETY: the parent's copy of the writing end.
    unsafe { libc::close(pipe[1]) };
    // SAFETY: the reading end is ours and used nowhere else.
    let mut reader = unsafe { std::fs::File::from_raw_fd(pipe[0]) };
    let mut taken = [0; 8];
    reader
        .read_exact(&mut taken)
        .expect("the child writes eight bytes");
    // SAFETY: our own child; its status is not wanted.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    let taken = u64::from_ne_bytes(taken);
    assert_ne!(taken, 0, "{} cannot be loaded", path.to_string_lossy());
    Duration::from_nanos(taken)
}
