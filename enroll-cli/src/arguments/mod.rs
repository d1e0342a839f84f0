//! Every command and flag, once: `--help` comes from here.

mod shapes;
mod token;

pub(crate) use shapes::*;
pub(crate) use token::*;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Where `--help` lists what every command takes.
const EVERYWHERE: &str = "Options of every command";

/// Manage one-time passwords for logging in.
#[derive(Parser)]
#[command(
    name = "otpctl",
    version,
    max_term_width = 80,
    after_help = "Begin with:  otpctl enroll alice\n\
                  Lost phone:  otpctl reset alice\n\
                  Why not?     otpctl explain alice\n\
                  Exit status: 0 done, 1 refused, 2 usage, 3 store, 4 device"
)]
pub(crate) struct Arguments {
    /// Policy file, if not /etc/pam-otp/otp.toml
    #[arg(long, global = true, value_name = "PATH", help_heading = EVERYWHERE)]
    pub(crate) config: Option<PathBuf>,

    /// Print nothing but secrets, codes and errors
    #[arg(long, short, global = true, help_heading = EVERYWHERE)]
    pub(crate) quiet: bool,

    /// No pictures, no colours, no moving lines (for screen readers)
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) plain: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Give a user a secret: show it as a QR code, and try one code
    #[command(alias = "enrol")]
    Enroll(Enroll),
    /// Show who is enrolled, and in what state
    Status(Status),
    /// Print the names of all who are enrolled, or the devices of one, one on a line
    List(List),
    /// Predict who gets in at the next login, and how; find what is wrong with this machine
    Doctor(Doctor),
    /// Log in through libpam, as a program would, and show every question
    Test(Test),
    /// Say in words what happened at a user's latest logins, and why
    Explain(Report),
    /// Show what administrators did to an enrolment, and who
    History(Report),
    /// Ask a user for no code any more (the password alone suffices)
    Disable(User),
    /// Ask a user for codes again, with a new secret
    Enable(Enable),
    /// Lost device: a new secret at once, the old one is dead
    Reset(Reset),
    /// Device at home: a code that lets a user in for a while
    Bypass(Bypass),
    /// Show a pending user's secret once more
    Show(Show),
    /// Remove a user's enrolment
    Revoke(Revoke),
    /// Check a code (asked for, or the first line of standard input) without using it up, and
    /// say why not
    Verify(Report),
    /// Find a device again that is too far off, by two codes in a row (asked for, or two lines
    /// of standard input)
    Resync(Resync),
    /// Give a user one more device
    Add(Add),
    /// Call a device of a user something else
    Rename(Rename),
    /// Take one of several devices away from a user
    Remove(Remove),
    /// Say from when until when the codes of a device count
    Validity(Validity),
    /// Forget a user's failures, and the wait for them
    Unlock(User),
    /// A PIN that the user types in front of each code
    #[command(subcommand)]
    Pin(Pin),
    /// Codes on paper that let a user in without the device, each once
    #[command(subcommand)]
    Recovery(Recovery),
    /// Hardware tokens: look, use, give to a user
    #[command(subcommand)]
    Token(Box<Token>),
    /// Remove what is left of users whom the machine does not know any more
    Gc(Gc),
    /// Print what a package ships: manual pages and completions for shells
    Generate(Generate),
}

/// What to do with recovery codes.
#[derive(Subcommand)]
pub(crate) enum Recovery {
    /// Make ten new ones and print them; all older ones are dead
    New(Report),
    /// Make all of them useless
    Remove(Removal),
}

/// What to do with a PIN.
#[derive(Subcommand)]
pub(crate) enum Pin {
    /// Set the PIN, or another one: 4 to 16 digits, asked for twice, or the first line of
    /// standard input
    Set(User),
    /// Ask for no PIN any more
    Remove(Removal),
}

/// An error without the values that were given: one of them may be a secret that somebody
/// has put into an argument, where it does not belong, and errors end up in logs.
pub(crate) fn without_values(mut error: clap::Error) -> clap::Error {
    match (error.kind(), error.get(ContextKind::InvalidArg)) {
        // A mistyped flag is named; a word that stands alone is not.
        (ErrorKind::UnknownArgument, Some(ContextValue::String(word)))
            if !word.starts_with("--") || word.contains('=') =>
        {
            error.remove(ContextKind::InvalidArg);
        }
        // A value for a flag that takes none.
        (ErrorKind::TooManyValues, _) => {
            error.remove(ContextKind::InvalidValue);
        }
        _ => {}
    }
    error
}
