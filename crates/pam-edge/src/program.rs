//! What syslog calls the program that this login happens in.

use crate::handle::copied;
use libc::c_char;
use std::ffi::CStr;

unsafe extern "C" {
    /// The name without folders, set by libc before the program begins.
    static mut program_invocation_short_name: *const c_char;
}

/// The name of the calling program, as `syslog(3)` writes it unless told otherwise.
pub fn program_name() -> Option<Vec<u8>> {
    // SAFETY: libc sets it before `main`; a program that sets it anew (sshd) does so while it
    // starts, before it has threads or calls libpam.
    let name = unsafe { program_invocation_short_name };
    if name.is_null() {
        return None;
    }
    // SAFETY: not null, so a C string (program_invocation_short_name(3)), copied at once.
    copied(Some(unsafe { CStr::from_ptr(name) }))
}
