//! What `otpctl token button` takes.

use super::{TokenLook, WhichReader};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// How long the button is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Press {
    /// A short touch: slot 1.
    #[value(alias = "1")]
    Short,
    /// Two to five seconds: slot 2.
    #[value(alias = "2")]
    Long,
}

/// What to do with a button.
#[derive(Subcommand)]
pub(crate) enum TokenButton {
    /// Show what a token types
    Show(TokenLook),
    /// Let the button type HOTP codes, with a secret from standard input
    Hotp(ButtonHotp),
    /// Let the button type a fixed password, from standard input
    Static(ButtonStatic),
    /// Let the slot answer challenges (HMAC-SHA1), with a secret from standard input
    Challenge(ButtonChallenge),
    /// Let the two presses change places
    Swap(ButtonSwap),
    /// Let the button type nothing
    Delete(ButtonDelete),
}

/// What every change of a slot takes.
#[derive(Args)]
pub(crate) struct ButtonTarget {
    /// short (a touch, slot 1) or long (two to five seconds, slot 2)
    pub(crate) press: Press,
    #[command(flatten)]
    pub(crate) which: WhichReader,
    /// The slot has an access code: ask for it, or read a line of standard input (before the
    /// rest)
    #[arg(long)]
    pub(crate) access_code: bool,
    /// Do not ask whether you are sure
    #[arg(long, short = 'f', alias = "force")]
    pub(crate) yes: bool,
}

/// What every slot that is written takes besides.
#[derive(Args)]
pub(crate) struct ButtonWrite {
    #[command(flatten)]
    pub(crate) target: ButtonTarget,
    /// Give the slot an access code: ask for it, or read a line of standard input (after the
    /// present one)
    #[arg(long)]
    pub(crate) new_access_code: bool,
    /// What you call it
    #[arg(long)]
    pub(crate) label: Option<String>,
}

#[derive(Args)]
pub(crate) struct ButtonHotp {
    #[command(flatten)]
    pub(crate) write: ButtonWrite,
    /// Length of a code: 6 or 8
    #[arg(long, short, value_name = "NUMBER", default_value_t = 6)]
    pub(crate) digits: u64,
    /// The first counter; a multiple of 16
    #[arg(long, short, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) counter: u64,
    /// What the token types before each code: 12 characters, 8 (after "ubhe"), 4 (before the
    /// serial number), or - ("ubhe" and the serial number)
    #[arg(long, short, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) identifier: Option<String>,
    /// Do not press Enter after the code
    #[arg(long)]
    pub(crate) no_enter: bool,
    /// Press the keys of the numeric keypad (for French keyboards; needs Num Lock)
    #[arg(long)]
    pub(crate) keypad: bool,
}

#[derive(Args)]
pub(crate) struct ButtonStatic {
    #[command(flatten)]
    pub(crate) write: ButtonWrite,
    /// Make a password of 38 letters that are the same on nearly every keyboard; press the
    /// button to see it
    #[arg(long, short, conflicts_with_all = ["keyboard_layout", "record"])]
    pub(crate) generate: bool,
    /// Record the key presses of this keyboard (/dev/input/by-path/...-kbd), twice, each until
    /// Enter; so any layout will do
    #[arg(long, value_name = "DEVICE", conflicts_with = "keyboard_layout")]
    pub(crate) record: Option<PathBuf>,
    /// The keyboard layout of the machine where it will be typed: modhex, us, uk, de or fr
    #[arg(long, short, value_name = "LAYOUT", default_value = "us")]
    pub(crate) keyboard_layout: String,
    /// Do not press Enter after the password
    #[arg(long)]
    pub(crate) no_enter: bool,
}

#[derive(Args)]
pub(crate) struct ButtonChallenge {
    #[command(flatten)]
    pub(crate) write: ButtonWrite,
    /// The token is touched before each answer
    #[arg(long, short)]
    pub(crate) touch: bool,
}

#[derive(Args)]
pub(crate) struct ButtonSwap {
    #[command(flatten)]
    pub(crate) which: WhichReader,
    /// The slots have an access code: ask for it, or read it from standard input
    #[arg(long)]
    pub(crate) access_code: bool,
    /// Do not ask whether you are sure
    #[arg(long, short = 'f', alias = "force")]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct ButtonDelete {
    #[command(flatten)]
    pub(crate) target: ButtonTarget,
}
