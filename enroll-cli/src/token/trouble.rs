//! What PC/SC says, in words: what happened, and what to do.
//!
//! Its own messages ("Sharing violation.") help nobody at 3 a.m. Three states that look alike
//! from a distance have three sentences: nothing is plugged in, the daemon is not running, and
//! the daemon says no.

use crate::error::CommandError;
use pcsc::Error;
use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use token_drivers::{CardError, TokenError};

/// Where pcscd listens, unless the environment says otherwise, as libpcsclite reads it.
const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// There is no reader at all.
pub(crate) fn no_reader() -> CommandError {
    CommandError::device(
        "no reader and no token is connected",
        "Plug the token or the reader in; lsusb shows whether the machine sees it. Most readers \
         and tokens need the driver of the package libccid",
    )
}

/// There are readers, and nothing is in them.
pub(crate) fn no_card(readers: &[String]) -> CommandError {
    let named = readers.join("\", \"");
    let what = match readers.len() {
        1 => format!("there is no card in the reader \"{named}\""),
        _ => format!("there is no card in any reader: \"{named}\""),
    };
    CommandError::device(
        what,
        "Insert the card, or lay the token on the reader and leave it there",
    )
}

/// What went wrong before a card was reached.
pub(crate) fn in_words(error: Error) -> CommandError {
    match error {
        Error::NoService | Error::ServiceStopped => service(),
        Error::SecurityViolation => not_permitted("pcscd does not let you use its readers"),
        Error::NoReadersAvailable | Error::UnknownReader | Error::ReaderUnavailable => no_reader(),
        Error::SharingViolation => CommandError::device(
            "another program has the token to itself",
            "Close it and try again. Often it is gpg's smart card daemon: gpgconf --kill scdaemon \
             (for good: the line disable-ccid or pcsc-shared in ~/.gnupg/scdaemon.conf). Browsers \
             and ykman do the same for a moment",
        ),
        Error::NoSmartcard | Error::RemovedCard => CommandError::device(
            "the token was removed",
            "Put it back and leave it there until the command ends",
        ),
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::UnsupportedCard => {
            CommandError::device(
                "the card in the reader does not answer",
                "Take it out, look which way round it goes, and put it back",
            )
        }
        Error::ProtoMismatch => CommandError::device(
            "the card speaks none of the protocols T=0 and T=1",
            "It is none of the tokens that are known here. See: otpctl token list",
        ),
        error => CommandError::device(
            format!("the reader failed: {error}"),
            "Unplug it and plug it in again; what pcscd says: journalctl -u pcscd",
        ),
    }
}

/// The daemon cannot be reached: because it is not there, or because its socket is shut.
fn service() -> CommandError {
    let path = std::env::var_os("PCSCLITE_CSOCK_NAME").map_or(SOCKET.into(), PathBuf::from);
    match UnixStream::connect(&path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            not_permitted("you may not speak to pcscd")
        }
        _ => CommandError::device(
            "pcscd, the daemon for readers, is not running",
            "Install it (package pcscd) and start it: systemctl enable --now pcscd.socket",
        ),
    }
}

fn not_permitted(what: &str) -> CommandError {
    CommandError::device(
        what,
        "Run the command as root. polkit lets only people at the machine itself use readers; who \
         else may is told by a rule for org.debian.pcsc-lite.access_pcsc and .access_card",
    )
}

/// The same as a driver hears it.
pub(crate) fn for_a_driver(error: Error) -> CardError {
    match error {
        Error::RemovedCard | Error::NoSmartcard | Error::ReaderUnavailable => CardError::Removed,
        Error::ResetCard | Error::SharingViolation | Error::UnpoweredCard => CardError::TakenOver,
        Error::Timeout => CardError::TimedOut,
        Error::InsufficientBuffer => CardError::NotAnAnswer { bytes: usize::MAX },
        error => CardError::Reader(error.to_string()),
    }
}

impl From<TokenError> for CommandError {
    fn from(error: TokenError) -> Self {
        let remedy = error.remedy();
        Self::device(error.to_string(), remedy)
    }
}
