//! What `otpctl token` takes. Short flags are those of ykman, where it has the same.

mod button;
mod provision;

pub(crate) use button::*;
pub(crate) use provision::*;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What to do with a hardware token.
#[derive(Subcommand)]
pub(crate) enum Token {
    /// Show readers, and what is in them
    List(TokenList),
    /// Show a token: what it is, what it can do, what it cannot and why
    Info(TokenLook),
    /// Show the accounts that a token holds
    Accounts(TokenAccounts),
    /// Let a token compute codes: of one account, or of all
    Code(TokenCode),
    /// Let a token answer a challenge (OCRA; HID Crescendo Key)
    Challenge(TokenChallenge),
    /// Put an account on a token: by hand, from a key URI, or from a QR code
    Add(TokenAdd),
    /// Delete an account from a token
    Delete(TokenDelete),
    /// Call an account on a token something else
    Rename(TokenRename),
    /// A password in front of all that a token holds
    #[command(subcommand)]
    Password(TokenPassword),
    /// A PIN in front of what a token holds (Nitrokey)
    #[command(subcommand)]
    Pin(TokenPin),
    /// Show what may stand in front of a code on this token; switch codes or buttons on or off,
    /// plugged in (contact) or held to a reader (contactless)
    Access(TokenAccess),
    /// Delete everything from a token: accounts, password, PIN
    Reset(TokenReset),
    /// What a token types when its button is pressed
    #[command(subcommand)]
    Button(TokenButton),
    /// Give a user a token: make a secret, write it to the token, prove it, enrol
    Provision(TokenProvision),
    /// Empty the clipboard after a while
    #[command(hide = true)]
    ForgetClipboard(ForgetClipboard),
}

/// Which token is meant, where nothing has to be unlocked.
#[derive(Args, Clone, Default)]
pub(crate) struct WhichReader {
    /// Which reader: its number in "otpctl token list", or a part of its name
    #[arg(long, short, value_name = "READER")]
    pub(crate) reader: Option<String>,
    /// Which token, by its serial number
    #[arg(long, value_name = "TEXT")]
    pub(crate) serial: Option<String>,
}

/// Which token is meant, and what unlocks it.
#[derive(Args, Clone, Default)]
pub(crate) struct WhichToken {
    #[command(flatten)]
    pub(crate) place: WhichReader,
    /// The first line of standard input is the token's password or PIN
    #[arg(long)]
    pub(crate) unlock_stdin: bool,
    /// Crescendo: write and delete HOTP secrets by the one example that HID has published
    #[arg(long)]
    pub(crate) experimental: bool,
}

#[derive(Args)]
pub(crate) struct TokenList {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct TokenLook {
    #[command(flatten)]
    pub(crate) which: WhichReader,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct TokenAccounts {
    #[command(flatten)]
    pub(crate) which: WhichToken,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct TokenCode {
    /// Which account, or a part of its name; without it, all that need neither touch nor button
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) which: WhichToken,
    /// By a counter, where the token does not tell (Crescendo)
    #[arg(long, requires = "name")]
    pub(crate) hotp: bool,
    /// By the clock, where the token does not tell (Crescendo)
    #[arg(long, requires = "name", conflicts_with = "hotp")]
    pub(crate) totp: bool,
    /// Print the code and nothing else; only one account may be meant
    #[arg(long, short, requires = "name")]
    pub(crate) single: bool,
    /// Put the code into the clipboard, and do not print it
    #[arg(long, requires = "name")]
    pub(crate) copy: bool,
    /// Empty the clipboard after so long; 0: never
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 45,
        requires = "copy",
        value_parser = clap::value_parser!(u64).range(0..=86_400)
    )]
    pub(crate) clear_after: u64,
    /// Print JSON
    #[arg(long, conflicts_with_all = ["copy", "single"])]
    pub(crate) json: bool,
}

/// What can be switched on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// All accounts.
    Codes,
    /// Both buttons.
    Buttons,
}

/// Where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Over {
    /// Plugged in.
    #[value(alias = "usb")]
    Contact,
    /// Held to a reader.
    #[value(alias = "nfc")]
    Contactless,
}

#[derive(Args)]
#[command(group(ArgGroup::new("switch").args(["always", "never"])))]
pub(crate) struct TokenAccess {
    #[command(flatten)]
    pub(crate) which: WhichReader,
    /// Switch on: codes or buttons (YubiKey)
    #[arg(long, value_name = "PART", requires = "over")]
    pub(crate) always: Option<Part>,
    /// Switch off: codes or buttons (YubiKey)
    #[arg(long, value_name = "PART", requires = "over")]
    pub(crate) never: Option<Part>,
    /// contact (plugged in) or contactless (held to a reader)
    #[arg(long, value_name = "INTERFACE", requires = "switch")]
    pub(crate) over: Option<Over>,
    /// The token has a lock code: ask for it, or read a line of standard input
    #[arg(long, requires = "switch")]
    pub(crate) lock_code: bool,
    /// Do not ask whether you are sure
    #[arg(long, short = 'f', alias = "force", requires = "switch")]
    pub(crate) yes: bool,
    /// Print JSON
    #[arg(long, conflicts_with = "switch")]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct TokenChallenge {
    /// Which account, or a part of its name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) which: WhichToken,
    /// What both sides have agreed on, such as OCRA-1:HOTP-SHA1-6:QN08
    #[arg(long, value_name = "TEXT")]
    pub(crate) suite: String,
    /// What the other side asks
    #[arg(long, value_name = "TEXT")]
    pub(crate) challenge: String,
    /// One's own challenge, where both sides prove themselves
    #[arg(long, value_name = "TEXT")]
    pub(crate) own_challenge: Option<String>,
    /// The suite has a password (P): ask for it, or read a line of standard input
    #[arg(long)]
    pub(crate) password: bool,
    /// The suite has session data (S): ask for it, or read a line of standard input, in
    /// hexadecimal (after the password)
    #[arg(long)]
    pub(crate) session: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What kind of code, as `ykman oath accounts add -o` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OathType {
    /// By the clock.
    #[value(alias = "TOTP")]
    Totp,
    /// By a counter.
    #[value(alias = "HOTP")]
    Hotp,
}

/// What stands in front of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AccessChoice {
    /// Nothing.
    Always,
    /// A touch.
    Touch,
    /// The PIN.
    Pin,
    /// PIN and touch.
    PinAndTouch,
    /// It is never computed over this interface.
    Never,
}

/// What stands in front of a code of a new account.
#[derive(Args, Clone, Default)]
pub(crate) struct NewProtection {
    /// The token is touched before each code
    #[arg(long, short)]
    pub(crate) touch: bool,
    /// The token's PIN is given before each code
    #[arg(long)]
    pub(crate) pin: bool,
    /// The same in one word
    #[arg(long, value_name = "ACCESS", conflicts_with_all = ["touch", "pin"])]
    pub(crate) access: Option<AccessChoice>,
}

#[derive(Args)]
#[command(group(
    ArgGroup::new("source").args(["uri_stdin", "qr", "qr_clipboard", "qr_screenshot"])
))]
pub(crate) struct TokenAdd {
    /// The account's name, "issuer:account" or "account"; a key URI has one already
    #[arg(required_unless_present = "source")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) which: WhichToken,
    /// Read an otpauth:// URI from standard input
    #[arg(long)]
    pub(crate) uri_stdin: bool,
    /// Read the QR code in this picture (PNG or JPEG; "-": standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) qr: Option<PathBuf>,
    /// Read the QR code in the picture that was copied
    #[arg(long)]
    pub(crate) qr_clipboard: bool,
    /// Take a picture of the screen, and read the QR code on it
    #[arg(long)]
    pub(crate) qr_screenshot: bool,
    /// Whose service it is
    #[arg(long, short, value_name = "NAME")]
    pub(crate) issuer: Option<String>,
    /// totp (by the clock) or hotp (by a counter) [default: totp]
    #[arg(
        long,
        short,
        value_name = "TYPE",
        ignore_case = true,
        conflicts_with = "source"
    )]
    pub(crate) oath_type: Option<OathType>,
    /// Length of a code: 6, 7 or 8 [default: 6]
    #[arg(long, short, value_name = "NUMBER", conflicts_with = "source")]
    pub(crate) digits: Option<u64>,
    /// SHA1, SHA256 or SHA512 [default: SHA1]
    #[arg(long, short, value_name = "NAME", conflicts_with = "source")]
    pub(crate) algorithm: Option<String>,
    /// The first HOTP counter [default: 0]
    #[arg(long, short, value_name = "NUMBER", conflicts_with = "source")]
    pub(crate) counter: Option<u64>,
    /// Length of a TOTP step [default: 30]
    #[arg(long, short = 'P', value_name = "SECONDS", conflicts_with = "source")]
    pub(crate) period: Option<u64>,
    #[command(flatten)]
    pub(crate) protection: NewProtection,
    /// Take a secret of 80 to 127 bits, which RFC 4226 calls too short
    #[arg(long)]
    pub(crate) allow_short_secret: bool,
    /// Do not ask whether you are sure: an account of the same name is replaced
    #[arg(long, short = 'f', alias = "force")]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct TokenDelete {
    /// Which account
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) which: WhichToken,
    /// Do not ask whether you are sure
    #[arg(long, short = 'f', alias = "force")]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct TokenRename {
    /// Which account
    pub(crate) name: String,
    /// What it shall be called
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) which: WhichToken,
}

/// What to do with the password of a token.
#[derive(Subcommand)]
pub(crate) enum TokenPassword {
    /// Set it, or another one; asked for twice, or a line of standard input (after the old one)
    Set(TokenTarget),
    /// Ask for none any more
    Remove(TokenTarget),
}

/// What to do with the PIN of a token.
#[derive(Subcommand)]
pub(crate) enum TokenPin {
    /// Set the first one; asked for twice, or a line of standard input
    Set(TokenTarget),
    /// Set another one; the old one is asked for first, or is the line before
    Change(TokenTarget),
}

#[derive(Args)]
pub(crate) struct TokenTarget {
    #[command(flatten)]
    pub(crate) which: WhichToken,
}

#[derive(Args)]
pub(crate) struct TokenReset {
    #[command(flatten)]
    pub(crate) which: WhichReader,
    /// Do not ask whether you are sure
    #[arg(long, short = 'f', alias = "force")]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct ForgetClipboard {
    /// After so many seconds
    pub(crate) after: u64,
}
