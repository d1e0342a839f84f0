//! One line to the system's log, under AUTHPRIV: what administrators change is no business of
//! other users.
//!
//! A room with unsafe code: `nix` knows syslog(3), but not this facility.

use std::ffi::CString;

/// Writes a line; where there is no log, nothing happens.
pub(crate) fn write(line: &str) {
    let Ok(line) = CString::new(line) else {
        return;
    };
    // SAFETY: the name is static, as openlog(3) wants it, since it keeps the pointer.
    unsafe { libc::openlog(c"otpctl".as_ptr(), libc::LOG_PID, libc::LOG_AUTHPRIV) };
    // SAFETY: the format takes one string, which lives until the call returns (syslog(3)).
    unsafe { libc::syslog(libc::LOG_NOTICE, c"%s".as_ptr(), line.as_ptr()) };
}
