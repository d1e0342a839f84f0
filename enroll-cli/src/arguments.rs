//! Every command and flag, once: `--help` comes from here.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Manage one-time passwords for logging in.
#[derive(Parser)]
#[command(
    name = "otpctl",
    version,
    propagate_version = true,
    max_term_width = 90,
    after_help = "Begin with:  otpctl enroll alice\n\
                  Lost phone:  otpctl reset alice\n\
                  Exit status: 0 done, 1 refused, 2 usage, 3 store, 4 device"
)]
pub(crate) struct Arguments {
    /// Policy file, if not /etc/pam-otp/otp.toml
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) config: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Give a user a secret: show it as a QR code, and try one code
    Enroll(Enroll),
    /// Show who is enrolled, and in what state
    Status(Status),
    /// Ask a user for no code any more (the password alone suffices)
    Disable(User),
    /// Ask a user for codes again, with a new secret
    Enable(Enable),
    /// Lost device: a new secret at once, the old one is dead
    Reset(Reset),
    /// Remove a user's enrolment
    Revoke(Revoke),
    /// Check a code without using it up, and say why not
    Verify(User),
    /// Find a device again that is too far off, by two codes in a row
    Resync(Resync),
    /// Give a user one more device
    Add(Add),
    /// Call a device of a user something else
    Rename(Rename),
    /// Take one of several devices away from a user
    Remove(Remove),
    /// Forget a user's failures, and the wait for them
    Unlock(User),
    /// A PIN that the user types in front of each code
    #[command(subcommand)]
    Pin(Pin),
    /// Codes on paper that let a user in without the device, each once
    #[command(subcommand)]
    Recovery(Recovery),
}

/// What to do with recovery codes.
#[derive(Subcommand)]
pub(crate) enum Recovery {
    /// Make ten new ones and print them; all older ones are dead
    New(User),
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

#[derive(Args)]
pub(crate) struct Removal {
    /// Login name
    pub(crate) user: String,
    /// Do not ask whether you are sure
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct User {
    /// Login name
    pub(crate) user: String,
}

#[derive(Args)]
pub(crate) struct Enroll {
    /// Login name
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) authenticator: NewAuthenticator,
    /// Do not ask for a code now; the first login with one activates the account
    #[arg(long)]
    pub(crate) pending: bool,
    #[command(flatten)]
    pub(crate) display: Display,
}

/// What kind of authenticator to make. What is not given comes from the policy.
#[derive(Args)]
pub(crate) struct NewAuthenticator {
    /// What the person calls the device [default: phone]
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// Codes move on with a button (HOTP), not with the clock (TOTP)
    #[arg(long)]
    pub(crate) hotp: bool,
    /// SHA1, SHA256 or SHA512; not every app computes the last two
    #[arg(long, value_name = "NAME")]
    pub(crate) algorithm: Option<String>,
    /// 6, 7 or 8
    #[arg(long, value_name = "NUMBER")]
    pub(crate) digits: Option<u64>,
    /// Length of a TOTP step, 1 to 120
    #[arg(long, value_name = "SECONDS", conflicts_with = "hotp")]
    pub(crate) time_step: Option<u64>,
    /// The first HOTP counter
    #[arg(long, value_name = "NUMBER", requires = "hotp")]
    pub(crate) counter: Option<u64>,
    /// Length of the secret, 16 to 64 [default: that of the hash]
    #[arg(long, value_name = "BYTES", conflicts_with = "secret_stdin")]
    pub(crate) secret_bytes: Option<usize>,
    /// Read the secret from the first line of standard input: base32, "hex:" and
    /// hexadecimal, or an otpauth:// URI
    #[arg(long)]
    pub(crate) secret_stdin: bool,
    /// Take a secret of 80 to 127 bits, which RFC 4226 calls too short
    #[arg(long, requires = "secret_stdin")]
    pub(crate) allow_short_secret: bool,
    /// What the token types by itself before each code (OATH token identifier, 12 characters)
    #[arg(long, value_name = "TEXT", requires = "hotp")]
    pub(crate) token_identifier: Option<String>,
    /// Whose service it is, in the person's app [default: the host's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) issuer: Option<String>,
}

/// How to show the secret.
#[derive(Args)]
pub(crate) struct Display {
    /// Print the otpauth:// URI and nothing else (for scripts)
    #[arg(long)]
    pub(crate) uri_only: bool,
    /// No QR code, only text (for screen readers)
    #[arg(long, conflicts_with = "uri_only")]
    pub(crate) no_qr: bool,
}

#[derive(Args)]
pub(crate) struct Status {
    /// Login name; without it, everybody
    pub(crate) user: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Enable {
    /// Login name
    pub(crate) user: String,
    /// Keep the old secret and what has been proved of it
    #[arg(long, conflicts_with_all = ["uri_only", "no_qr"])]
    pub(crate) keep_secret: bool,
    #[command(flatten)]
    pub(crate) display: Display,
}

#[derive(Args)]
pub(crate) struct Reset {
    /// Login name
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) authenticator: NewAuthenticator,
    #[command(flatten)]
    pub(crate) display: Display,
    /// Do not ask whether you are sure
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct Revoke {
    /// Login name
    pub(crate) user: String,
    /// Do not ask whether you are sure
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct Add {
    /// Login name
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) authenticator: NewAuthenticator,
    /// Do not ask for a code now
    #[arg(long)]
    pub(crate) pending: bool,
    #[command(flatten)]
    pub(crate) display: Display,
}

#[derive(Args)]
pub(crate) struct Rename {
    /// Login name
    pub(crate) user: String,
    /// Which device
    #[arg(long)]
    pub(crate) label: String,
    /// What it shall be called
    #[arg(long, value_name = "LABEL")]
    pub(crate) to: String,
}

#[derive(Args)]
pub(crate) struct Remove {
    /// Login name
    pub(crate) user: String,
    /// Which device
    #[arg(long)]
    pub(crate) label: String,
    /// Do not ask whether you are sure
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct Resync {
    /// Login name
    pub(crate) user: String,
    /// Which device, if there are several
    #[arg(long)]
    pub(crate) label: Option<String>,
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
