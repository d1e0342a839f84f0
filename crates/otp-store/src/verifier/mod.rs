//! Asking the verifier: for programs that run as the person who is to be asked, and so cannot
//! open the store (screen lockers), or whose file system is read-only (polkit's helpers).
//!
//! One question and one reply on each connection, each in one frame: `frame.rs`. What they
//! say: `message.rs`. The service itself is the package `pam-otp-verifier`; it does what
//! [`Store::decide`](crate::Store::decide) does, for root about anybody, for everybody else
//! about himself.

mod client;
mod connection;
mod frame;
mod message;

pub use client::{Verifier, VerifierError};
pub use frame::{read_frame, write_frame};
pub use message::{Question, Reply, Request};

/// Where the verifier listens.
pub const SOCKET_PATH: &str = "/run/pam-otp/verifier.sock";
/// The longest request, bytes.
pub const LONGEST_REQUEST: usize = 2048;
/// The longest reply, bytes.
pub const LONGEST_REPLY: usize = 2048;
