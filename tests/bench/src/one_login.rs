//! A process that logs in once and ends: `one-login SERVICE USER CODE`.
//!
//! It begins as a C program does, without the runtime of Rust, because the programs that
//! people log in with are C programs: what is measured is libpam and the module.

#![no_main]

mod pam;

use std::ffi::{CStr, c_char, c_int};

/// The entry of the program.
///
/// # Safety
///
/// As in C: `words` has `count` C strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn main(count: c_int, words: *const *const c_char) -> c_int {
    if count != 4 {
        return 2;
    }
    let word = |place: usize| {
        // SAFETY: there are four, and the kernel made them C strings.
        unsafe { CStr::from_ptr(*words.add(place)) }
    };
    pam::log_in(word(1), word(2), word(3));
    0
}
