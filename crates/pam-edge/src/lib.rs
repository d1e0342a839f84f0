//! The edge between pam-otp and C: everything a module needs of libpam and libcrypt, in our
//! words, and all the unsafe code of the login.
//!
//! `pamsm` makes the entry points and reads most items. Its weak spots are fenced in here: a
//! panic would abort the calling program ([`guard()`]); its conversation neither checks, wipes
//! nor frees what comes back (`conversation.rs` is ours); the items it returns can be freed
//! while they are borrowed (everything is copied at once).
//!
//! Nothing here decides anything, and nothing keeps anything between two calls.
//!
//! # Why each kind of unsafe code is sound
//!
//! * Calls into libpam pass the handle that libpam gave us, within the call it gave it for.
//! * Strings from C are copied before control returns to C, and never kept.
//! * What the conversation allocated with `malloc` is wiped and given back to `free`.
//! * The one variable of libc that is read (the program's name) is set before `main`.
//! * `crypt_r` and `getspnam_r` get buffers that are ours and live longer than the call.

// An abort in here would kill sshd, sudo or login.
#[cfg(not(panic = "unwind"))]
compile_error!("pam-otp must be built with panic = \"unwind\"");

mod conversation;
mod guard;
mod handle;
mod libcrypt;
#[cfg(feature = "without-backtraces")]
mod no_backtrace;
mod program;
mod shadow;
mod wiped;

pub use conversation::{ConversationError, Echo};
pub use guard::guard;
pub use handle::{Handle, Level};
pub use program::program_name;
pub use shadow::{ShadowError, password_is_right};
