//! `otpctl`: enrols, shows, resets and checks the one-time passwords of pam-otp.
//!
//! Reads its arguments (`arguments.rs`), runs one command (`command/`), prints at most one
//! error in two parts, what happened and what to do, and exits with the status that
//! `error.rs` lists. Decisions are `otp-core`'s; files are `otp-store`'s.

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

mod arguments;
mod changes;
mod command;
mod doctor;
mod error;
mod hidden_input;
#[allow(unsafe_code, reason = "ioctl(2) of hidraw; see the top of the file")]
#[path = "token/hidraw.rs"]
mod hidraw;
#[allow(unsafe_code, reason = "adjtimex(2); see the top of the file")]
mod kernel_clock;
#[allow(unsafe_code, reason = "libpam's C; see the top of the file")]
mod libpam;
mod local_users;
mod manual;
mod new_account;
mod notify;
mod only_roots;
mod screen;
mod secret_input;
#[allow(
    unsafe_code,
    reason = "syslog(3) with AUTHPRIV; see the top of the file"
)]
mod system_log;
mod token;
mod undisturbed;

use clap::Parser;
use screen::Screen;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Secrets pass through this process: no core file, no debugger of another user.
    let _ = nix::sys::prctl::set_dumpable(false);
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => arguments::without_values(error).exit(),
    };
    let mut screen = Screen::new(arguments.quiet, arguments.plain);
    match command::run(&arguments, &mut screen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.what().is_empty() {
                screen.complain(&error);
            }
            ExitCode::from(error.exit_status())
        }
    }
}
