//! Tools for the tests that look at pam-otp from outside.
//!
//! Each test of this package runs as root of a private machine of its own (`sandbox/enter`):
//! real libpam, real files, its own `/etc` and `/var`. The real machine's PAM, users and
//! state are never touched. [`sandboxed!`] does it; [`Machine`] furnishes the inside.

mod client;
mod device;
mod machine;
mod sandbox;

pub use client::{Login, LoginResult};
pub use device::{Device, device_of};
pub use machine::{Machine, built, put};
pub use sandbox::in_sandbox;
