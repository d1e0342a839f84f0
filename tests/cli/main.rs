//! The command `otpctl` as an administrator meets it.
//!
//! Single calls are data (`cases/*.toml`, run by `case.rs`); whole stories, with logins
//! through the real libpam in between, and everything that needs a real terminal, are tests
//! of their own.

mod case;
mod cases;
mod clock;
mod enrolling;
mod help;
mod interactive;
mod json_documents;
mod lost_device;
mod picture;
mod qr_code;
mod remedies;
mod shell;
mod status_report;
mod switching;
mod terminal;
mod told;
mod undisturbed;
mod unwritable;
mod verifying;
