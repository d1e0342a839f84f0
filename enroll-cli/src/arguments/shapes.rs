//! What each command takes.

use clap::{ArgGroup, Args};
use std::path::PathBuf;
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
#[command(group(ArgGroup::new("who").required(true).args(["user", "group", "from"])))]
#[command(mut_arg("json", |json| json.help("Print JSON with the secret and everything about it; with \
    many users, a line for each, with the secret only if --uri-only is added")))]
pub(crate) struct Enroll {
    /// Login name
    pub(crate) user: Option<String>,
    /// Everybody in this group, pending; who is enrolled already is skipped
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
    /// Everybody in this CSV file ("-": standard input), pending: a user on each line, or a
    /// first line that names the columns, with commas between: user, label, kind, algorithm, digits, time_step_seconds, counter, secret,
    /// serial, token_identifier
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<String>,
    /// With many: a sheet for each user to hand over (HTML, SVG, PNG), in this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "user")]
    pub(crate) sheets: Option<PathBuf>,
    /// With sheets: ten recovery codes on each
    #[arg(long, requires = "sheets", conflicts_with = "user")]
    pub(crate) recovery_codes: bool,
    /// With many: only say what would be done
    #[arg(long, conflicts_with = "user")]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) authenticator: NewAuthenticator,
    /// Do not ask for a code now; the first login with one activates the account
    #[arg(long)]
    pub(crate) pending: bool,
    #[command(flatten)]
    pub(crate) display: Display,
}

/// What kind of authenticator to make. What is not given comes from the policy.
#[derive(Args, Clone, Default)]
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
    #[arg(long, value_name = "BYTES", conflicts_with_all = ["secret_stdin", "secret_fd"])]
    pub(crate) secret_bytes: Option<usize>,
    /// Read the secret from the first line of standard input: base32, "hex:" and
    /// hexadecimal, or an otpauth:// URI
    #[arg(long)]
    pub(crate) secret_stdin: bool,
    /// The same from this open file descriptor, so that standard input stays free
    #[arg(long, value_name = "NUMBER", conflicts_with = "secret_stdin")]
    pub(crate) secret_fd: Option<u32>,
    /// Take a secret of 80 to 127 bits, which RFC 4226 calls too short
    #[arg(long)]
    pub(crate) allow_short_secret: bool,
    /// What the token types by itself before each code (OATH token identifier, 12 characters)
    #[arg(long, value_name = "TEXT", requires = "hotp")]
    pub(crate) token_identifier: Option<String>,
    /// Whose service it is, in the person's app [default: the host's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) issuer: Option<String>,
}

impl NewAuthenticator {
    /// Whether the secret exists already, and is read.
    pub(crate) fn secret_is_given(&self) -> bool {
        self.secret_stdin || self.secret_fd.is_some()
    }
}

/// How to show the secret.
#[derive(Args)]
pub(crate) struct Display {
    /// Print the otpauth:// URI and nothing else (for scripts)
    #[arg(long)]
    pub(crate) uri_only: bool,
    /// Print JSON with the secret and everything about it
    #[arg(long)]
    pub(crate) json: bool,
    /// No QR code, only text (for screen readers)
    #[arg(long, conflicts_with_all = ["uri_only", "json"])]
    pub(crate) no_qr: bool,
}

impl Display {
    /// Whether a script reads it: then nothing else is printed.
    pub(crate) fn is_for_a_script(&self) -> bool {
        self.uri_only || self.json
    }
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
    #[arg(long, conflicts_with_all = ["uri_only", "json", "no_qr"])]
    pub(crate) keep_secret: bool,
    #[command(flatten)]
    pub(crate) display: Display,
}

/// Without a word on the kind of device, it is of the same kind as the first one before.
#[derive(Args)]
#[command(mut_arg("label", |label| label.help("What the person calls the new device [default: as before]")))]
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
#[command(mut_arg("label", |label| label.required(true).help("What the person calls the new device, such as tablet")))]
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

#[derive(Args)]
pub(crate) struct List {
    /// The devices of this user, not the names of all
    #[arg(conflicts_with = "state")]
    pub(crate) user: Option<String>,
    /// Only those in this state: disabled, locked, throttled, expired, pending, activated, broken
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Report {
    /// Login name
    pub(crate) user: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Bypass {
    /// Login name
    pub(crate) user: String,
    /// How long it is good: 1m to 30d, such as 8h
    #[arg(
        long = "for",
        value_name = "TIME",
        required_unless_present = "revoke",
        conflicts_with = "revoke"
    )]
    pub(crate) lasting: Option<String>,
    /// For how many logins it is good, 1 to 1000
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1,
        conflicts_with = "revoke"
    )]
    pub(crate) uses: u16,
    /// Make the present one useless
    #[arg(long)]
    pub(crate) revoke: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "revoke")]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Show {
    /// Login name
    pub(crate) user: String,
    /// Which device [default: the first]
    #[arg(long)]
    pub(crate) label: Option<String>,
    #[command(flatten)]
    pub(crate) display: Display,
}

#[derive(Args)]
#[command(group(ArgGroup::new("span").required(true).multiple(true).args(["from", "until"])))]
pub(crate) struct Validity {
    /// Login name
    pub(crate) user: String,
    /// Which device, if there are several
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// The first day (2026-12-31, UTC) or moment (2026-12-31T18:00:00Z), or "always"
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// The last day (2026-12-31, UTC), or the moment at which it ends, or "always"
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

#[derive(Args)]
pub(crate) struct Gc {
    /// Only say what would be removed
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// With --yes, where users come from a directory: it has been seen to answer
    #[arg(long)]
    pub(crate) directory_answers: bool,
    /// Do not ask whether you are sure
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct Doctor {
    /// Whose logins to predict; may be repeated [default: root, and who has called sudo]
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Vec<String>,
    /// Which services to look at; may be repeated [default: those people log in by, and all
    /// that call pam_otp]
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Vec<String>,
    /// The address that logins by sshd come from, for its Match blocks and for rules
    /// [default: the machine itself for sshd, none for rules]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) rhost: Option<std::net::IpAddr>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Test {
    /// PAM service, such as sshd or sudo
    pub(crate) service: String,
    /// Login name
    pub(crate) user: String,
    /// Work on a copy of the user's files, so that no code is used up
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The address that the login seems to come from
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) rhost: Option<String>,
    /// Not in a process of its own
    #[arg(long, hide = true)]
    pub(crate) in_this_process: bool,
    /// The terminal that it seems to be at [default: this one]
    #[arg(long, value_name = "NAME")]
    pub(crate) tty: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Generate {
    /// otpctl.8, otp.toml.5, bash, zsh or fish
    pub(crate) what: String,
}
