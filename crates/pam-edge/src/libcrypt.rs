//! libcrypt, loaded when a password is to be checked and not before.
//!
//! Most logins ask for the code only. Linking libcrypt would make each of them load and
//! relocate it, which was measured to be a large part of loading the module.

use libc::{c_char, c_void};
use std::ffi::CStr;

/// `crypt_r(3)`.
pub(crate) type CryptR = unsafe extern "C" fn(
    phrase: *const c_char,
    setting: *const c_char,
    data: *mut c_void,
) -> *mut c_char;

/// Its names: Debian's, and that of systems without the interfaces of old.
const NAMES: [&CStr; 2] = [c"libcrypt.so.1", c"libcrypt.so.2"];

/// Finds the function. The library stays loaded, as it would if it were linked.
pub(crate) fn crypt_r() -> Option<CryptR> {
    let library = NAMES
        .into_iter()
        .map(|name| {
            // SAFETY: a C string; libcrypt's own initialisers are harmless.
            unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) }
        })
        .find(|library| !library.is_null())?;
    // SAFETY: a library that dlopen has returned, and a C string.
    let symbol = unsafe { libc::dlsym(library, c"crypt_r".as_ptr()) };
    if symbol.is_null() {
        return None;
    }
    // SAFETY: the symbol of that name in libcrypt is a function of this type (crypt(3)).
    Some(unsafe { std::mem::transmute::<*mut c_void, CryptR>(symbol) })
}
