//! What went wrong with a token, for a person: what happened, and what to do.

use crate::slots::Slot;
use crate::{CardError, StatusWord};
use std::fmt;

/// Why a token did not do what it was asked to.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// No answer came. Whether it was done is not known.
    Card(CardError),
    /// The token has no application of this kind.
    NoApplication {
        /// Which one, for people: "OATH application".
        application: &'static str,
    },
    /// A password or PIN is wanted first.
    Locked {
        /// What to give: "password" or "PIN".
        wants: &'static str,
    },
    /// The password or PIN is wrong.
    WrongPassword {
        /// "password", "PIN" or "access code".
        what: &'static str,
        /// How many tries are left, where the token says so.
        tries_left: Option<u8>,
    },
    /// The PIN was wrong too often.
    Blocked {
        /// What takes the block away.
        remedy: &'static str,
    },
    /// Nobody touched the token in time.
    NotTouched,
    /// After a wrong code it refuses for a while.
    TryLater {
        /// How long, seconds.
        seconds: u8,
    },
    /// There is no such credential, or it is hidden until the PIN is given.
    NotThere,
    /// There is one of that name already.
    NameTaken,
    /// No room is left.
    Full,
    /// The device cannot do this at all; nothing was sent.
    Unsupported {
        /// What, and why, in a sentence for people.
        why: String,
    },
    /// The slot holds something already.
    SlotInUse {
        /// Which one.
        slot: Slot,
    },
    /// The slot holds nothing.
    SlotEmpty {
        /// Which one.
        slot: Slot,
    },
    /// The device does not say that it did it, and why it did not, it cannot say.
    NotTaken {
        /// What it did not take: "the change of a button".
        what: &'static str,
    },
    /// The device said yes and did not do it.
    NotDone {
        /// What was not done.
        what: &'static str,
    },
    /// The answer does not follow the protocol.
    Unintelligible {
        /// Which part of it.
        what: &'static str,
    },
    /// Any other status word.
    Refused {
        /// What was asked: "put", "calculate", ...
        operation: &'static str,
        /// What the token said.
        status: StatusWord,
    },
}

impl TokenError {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Card(CardError::Removed) => {
                "Put it back, look what it holds (otpctl token accounts), and begin again".into()
            }
            Self::Card(CardError::TakenOver) => {
                "Close the other program (gpg's scdaemon, a browser, ykman) and begin again".into()
            }
            Self::Card(_) => "Take the token out, put it back, and begin again".into(),
            Self::NoApplication { .. } => {
                "Insert an OTP token, or see what is connected: otpctl token list".into()
            }
            Self::Locked { wants } => {
                format!("Give the token's {wants}; otpctl asks for it on a terminal")
            }
            Self::WrongPassword { tries_left, .. } => match tries_left {
                Some(0) => "No try is left: the token has to be reset".into(),
                Some(tries) => format!("Tries left: {tries}. See what was set, then try again"),
                None => "See what was set, then try again".into(),
            },
            Self::Blocked { remedy } => (*remedy).into(),
            Self::NotTouched => "Run it again, and touch the token while it blinks".into(),
            Self::TryLater { seconds } => format!("Wait {seconds} seconds, then try again"),
            Self::NotThere => "See what the token holds: otpctl token accounts".into(),
            Self::NameTaken => {
                "Choose another name, or delete the old one: otpctl token delete NAME".into()
            }
            Self::Full => "Delete one that is not needed: otpctl token delete NAME".into(),
            Self::Unsupported { .. } => "See what it can do: otpctl token info".into(),
            Self::SlotInUse { .. } => {
                "See what is known of it (otpctl token button show); if it can go, delete it \
                 first, or take the other slot"
                    .into()
            }
            Self::SlotEmpty { .. } => {
                "See which slot holds something: otpctl token button show".into()
            }
            Self::NotTaken { .. } => {
                "Most often an access code protects the slot: give the right one. A slot that \
                 another program wrote may forbid changes of its settings, or answer no \
                 challenges: then write it anew"
                    .into()
            }
            Self::NotDone { .. } => {
                "Look at the token before you rely on it: otpctl token info".into()
            }
            Self::Unintelligible { .. } => {
                "Is its firmware very new, or is it no real one? Please report it".into()
            }
            Self::Refused { .. } => {
                "See what it can do (otpctl token info); if that should work, please report it"
                    .into()
            }
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(error) => error.fmt(f),
            Self::NoApplication { application } => write!(f, "the token has no {application}"),
            Self::Locked { wants } => write!(f, "the token wants its {wants} first"),
            Self::WrongPassword { what, .. } => write!(f, "the {what} is wrong"),
            Self::Blocked { .. } => f.write_str("the token is blocked after too many wrong PINs"),
            Self::NotTouched => f.write_str("nobody touched the token in time"),
            Self::TryLater { .. } => {
                f.write_str("the token refuses for a while after a wrong code")
            }
            Self::NotThere => f.write_str("the token has no such account"),
            Self::NameTaken => f.write_str("the token has an account of this name already"),
            Self::Full => f.write_str("the token is full"),
            Self::Unsupported { why } => f.write_str(why),
            Self::SlotInUse { slot } => write!(f, "{slot} holds something already"),
            Self::SlotEmpty { slot } => write!(f, "{slot} holds nothing"),
            Self::NotTaken { what } => write!(f, "the token did not take {what}"),
            Self::NotDone { what } => write!(f, "the token said yes, but {what}"),
            Self::Unintelligible { what } => {
                write!(f, "the token's answer cannot be understood: {what}")
            }
            Self::Refused { operation, status } => {
                write!(f, "the token refused \"{operation}\" (status {status})")
            }
        }
    }
}

impl std::error::Error for TokenError {}

impl From<CardError> for TokenError {
    fn from(error: CardError) -> Self {
        Self::Card(error)
    }
}
