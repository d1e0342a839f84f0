//! Tools for the tests that look at pam-otp from outside.
//!
//! Each test of this package runs as root of a private machine of its own (`sandbox/enter`):
//! real libpam, real files, its own `/etc` and `/var`. The real machine's PAM, users and
//! state are never touched. [`sandboxed!`] does it; [`Machine`] furnishes the inside.

mod client;
mod device;
mod journal;
mod machine;
mod privileges;
mod pty;
mod sandbox;
mod scan;
mod skipping;
mod system_log;
mod token_rig;

pub use client::{Login, LoginResult, Running};
pub use device::{Device, device_of, now};
pub use journal::{Journal, JournalEntry};
pub use machine::{Machine, built, put};
pub use privileges::{give_away, has_other_users, take_back};
pub use pty::{Ended, Pty};
pub use sandbox::{in_sandbox, is_in_sandbox};
pub use scan::scanned;
pub use skipping::skip;
pub use system_log::{LogLine, SystemLog};
pub use token_rig::{PcscCard, READERS, TokenRig, Typed, VirtualToken, Ykman, nitrokey_client};
