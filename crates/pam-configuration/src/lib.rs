//! What libpam reads from `/etc/pam.d`, and what it does with what modules return.
//!
//! For predicting a login: nothing is loaded or called here. [`Service::read`] reads the lines
//! of a service as libpam 1.5 and later do (includes, substacks, `[value=action]`, broken
//! lines); [`walk()`] computes what a chain answers, given what each module would return. A test
//! compares both with the real libpam over thousands of random stacks.
//!
//! Sources: pam.d(5), and the behaviour of libpam 1.5.2 where that page is silent.

#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod control;
mod line;
mod reader;
mod return_code;
mod service;
mod walk;

pub use control::{Action, Control};
pub use return_code::ReturnCode;
pub use service::{Kind, Phase, Problem, Rule, Service, Unreadable};
pub use walk::{Step, Walk, walk};
