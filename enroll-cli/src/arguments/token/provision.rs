//! What `otpctl token provision` takes.

use super::{NewProtection, Press, WhichToken};
use clap::{ArgGroup, Args};
use std::path::PathBuf;

#[derive(Args)]
#[command(group(ArgGroup::new("whom").required(true).args(["user", "from"])))]
pub(crate) struct TokenProvision {
    /// Login name
    pub(crate) user: Option<String>,
    /// Everybody in this CSV file, a token each, one after the other: a user on each line, or a
    /// first line that names the columns, with commas between: user, label, serial
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: WhichToken,
    /// What the person calls the token [default: token]
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// The account's name on the token [default: "host:user"]
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    pub(crate) name: Option<String>,
    /// Whose service it is [default: the host's name]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) issuer: Option<String>,
    #[command(flatten)]
    pub(crate) protection: NewProtection,
    /// Codes move on with a counter
    #[arg(long)]
    pub(crate) hotp: bool,
    /// Codes move on with the clock
    #[arg(long, conflicts_with = "hotp")]
    pub(crate) totp: bool,
    /// Let the button type the codes (HOTP): short or long
    #[arg(long, value_name = "PRESS", conflicts_with_all = ["totp", "touch", "pin", "access", "name", "from", "unlock_stdin", "experimental"])]
    pub(crate) button: Option<Press>,
    /// Length of a code: 6, 7 or 8
    #[arg(long, short, value_name = "NUMBER")]
    pub(crate) digits: Option<u64>,
    /// SHA1, SHA256 or SHA512
    #[arg(long, short, value_name = "NAME")]
    pub(crate) algorithm: Option<String>,
    /// Length of a TOTP step
    #[arg(long, short = 'P', value_name = "SECONDS", conflicts_with_all = ["hotp", "button"])]
    pub(crate) period: Option<u64>,
    /// The user has an account: this token is one more device
    #[arg(long)]
    pub(crate) add: bool,
    /// The user has an account, and has lost the device: this token in place of all of them
    #[arg(long, conflicts_with = "add")]
    pub(crate) replace: bool,
    /// The token serves another user already, and shall serve both
    #[arg(long)]
    pub(crate) shared: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Do not ask whether you are sure
    #[arg(long)]
    pub(crate) yes: bool,
}
