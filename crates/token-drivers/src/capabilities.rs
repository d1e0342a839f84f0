//! What a device can do, said before it is asked to.
//!
//! The command offers only what stands here, and refuses the rest with the reason.

use otp_core::HashAlgorithm;
use std::ops::RangeInclusive;

/// What moves the codes of a credential on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The clock (RFC 6238).
    Totp,
    /// A counter (RFC 4226).
    Hotp,
    /// A challenge (RFC 6287).
    Ocra,
}

/// When a code may be generated, in the words of the reference product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Whenever the token is connected.
    Always,
    /// After a touch.
    Touch,
    /// After a PIN.
    Pin,
    /// After a PIN and a touch.
    PinAndTouch,
    /// Not over this interface.
    Never,
}

/// Whether a device honours an [`Access`], and where it keeps the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessSupport {
    /// For each credential on its own.
    PerCredential,
    /// For all of them together; how, in a sentence for people.
    PerApplication(&'static str),
    /// Not at all; why, in a sentence for people.
    No(&'static str),
}

/// Which time steps a device takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSteps {
    /// Any number of seconds.
    Any,
    /// These only, in seconds.
    Only(&'static [u64]),
}

impl TimeSteps {
    /// Whether a time step of so many seconds can be kept.
    pub fn contains(self, seconds: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Only(these) => these.contains(&seconds),
        }
    }
}

/// What a device can do.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// The kinds of credential that can be written.
    pub kinds: Vec<Kind>,
    /// The hashes of a credential that can be written.
    pub algorithms: Vec<HashAlgorithm>,
    /// How many digits a code may have. pam-otp itself logs in with 6 to 8.
    pub digits: RangeInclusive<u8>,
    /// Lengths of a TOTP step.
    pub time_steps: TimeSteps,
    /// Lengths of a secret, bytes.
    pub secret_bytes: RangeInclusive<usize>,
    /// The longest name, in bytes of UTF-8, with issuer and time step where the device keeps
    /// them in the name. 0: the device keeps no names.
    pub longest_name_bytes: usize,
    /// How many credentials fit, where that is known.
    pub room: Option<u16>,
    /// Whether the computer can ask for codes. Not so on tokens that only show or type them.
    pub calculates: bool,
    /// Whether the device tells what it holds.
    pub lists: bool,
    /// Whether single credentials can be deleted.
    pub deletes: bool,
    /// Whether credentials can be renamed.
    pub renames: bool,
    /// Whether the whole application can be protected by a password.
    pub password: bool,
    /// Whether there is a PIN with a counter of tries.
    pub pin: bool,
    /// Whether the application can be set back to an empty one.
    pub resets: bool,
    /// How far the counter of an HOTP credential runs ahead of the one that was written: the
    /// first code is that of counter + this. 1 on a CanoKey, else 0.
    pub first_counter_ahead: u64,
    /// What each choice of access maps to.
    pub access: fn(Access) -> AccessSupport,
    /// What the device cannot do and why, a sentence each, for `token info`.
    pub cannot: Vec<&'static str>,
}
