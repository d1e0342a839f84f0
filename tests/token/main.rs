//! Hardware tokens behind the real pcscd: the tokens in software against clients of others,
//! our drivers against both.
//!
//! [`visible`] is the rig alone; `cli_…` is `otpctl token` on it.

mod cli_looking;
mod cli_picture;
mod cli_provision;
mod cli_support;
mod cli_terminal;
mod cli_using;
mod visible;
