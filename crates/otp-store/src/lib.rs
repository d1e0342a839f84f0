//! The files of pam-otp: accounts, state and policy, and the one door to them.
//!
//! ```text
//! /etc/pam-otp/otp.toml    policy, root 0644                    configuration.rs
//! /var/lib/pam-otp/        root 0700
//!   account/alice          what was enrolled, TOML, 0600        account_file.rs
//!   state/alice            what has happened since, 2 x 4096    state_record.rs
//!   history/alice          what administrators did, a line for each change    history.rs
//!   token/yubikey-1234     what was put on a hardware token       tokens.rs
//!   account/.blank, state/.blank…   for users without one       blank.rs
//! ```
//!
//! A login goes through [`Store::decide`] and nothing else: lock, read, decide, write, sync,
//! unlock, in one function. It returns a [`Recorded`] decision, which only this crate can
//! make; whoever wants to let somebody in must hold one, so nobody can answer before the new
//! state is on disk.
//!
//! What this crate decides: nothing. The rules are in `otp-core`.
//!
//! Begin with `door.rs`, then `administer.rs` (what `otpctl` changes) and `root_owned.rs`
//! (how anything is opened at all).

// One room has some: `facts.rs`.
#![deny(unsafe_code)]
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

mod account_file;
mod administer;
mod attempt;
mod attempt_record;
mod blank;
mod configuration;
mod door;
mod enrol_many;
mod error;
#[allow(unsafe_code)]
mod facts;
mod history;
mod lock;
mod place;
mod recorded;
mod replace;
mod root_owned;
mod state_record;
mod tokens;
mod toml_fault;
mod toml_table;
mod toml_text;
pub mod verifier;

pub use attempt::{Attempt, Seen};
pub use attempt_record::{AttemptOrigin, AttemptRecord};
pub use configuration::{
    Administration, Configuration, ConfigurationError, EnrolmentDefaults, LoginSettings,
    PasswordMode, SecretDisplay, seconds_of_span,
};
pub use door::{FirstLook, Person, Rule, Store};
pub use error::StoreError;
pub use place::place;
pub use recorded::Recorded;
pub use tokens::TokenName;

/// Where the policy is, unless a module argument or an option of `otpctl` says otherwise.
pub const CONFIGURATION_PATH: &str = "/etc/pam-otp/otp.toml";

/// Where accounts and state are, unless the policy says otherwise.
pub const STORE_PATH: &str = "/var/lib/pam-otp";
