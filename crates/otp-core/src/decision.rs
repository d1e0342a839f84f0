//! What is decided about, and what can be decided.

use crate::{AuthenticatorId, MovingFactor, Pin, State, Trust, Typed, UnixTime};
use alloc::vec::Vec;

/// What a person answered.
pub struct Answer {
    /// What is known of the password.
    pub password: PasswordCheck,
    /// What was typed at the code prompt.
    pub typed: Typed,
    /// What [`Account::check_pin`](crate::Account::check_pin) said of it; `None` where it was not asked, which is as good
    /// as a wrong PIN on an account that has one.
    pub pin: Option<PinCheck>,
    /// Where it comes from, if a code from there is to be remembered.
    pub trust: Option<Trust>,
}

/// What is known of the PIN at the moment of the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinCheck {
    /// The PIN that the answer was compared with. If the account has another one by now, the
    /// answer is refused.
    pub(crate) pin: Pin,
    /// The lengths of PIN, identifier and code together for which the PIN was right.
    pub(crate) right_for: Vec<usize>,
}

/// What is known of the password at the moment of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordCheck {
    /// Another module of the stack checks it; nothing is known here.
    Elsewhere,
    /// It was asked together with the code, and is right.
    Right,
    /// It was asked together with the code, and is wrong.
    Wrong,
}

/// A decision, and the state that must be on disk before anybody hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The decision.
    pub decision: Decision,
    /// What to remember.
    pub next: State,
}

/// The door opens, opens for a stated reason without a code, or stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The second factor is satisfied.
    Accept(Acceptance),
    /// No second factor is asked of this user, by an administrator's explicit word.
    Exempt(Exemption),
    /// Refused.
    Reject(Reason),
}

/// Why somebody was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// A right code, never used before.
    Code {
        /// Whose code it was.
        authenticator: AuthenticatorId,
        /// The moving factor that is used up now.
        moving_factor: MovingFactor,
        /// This was the first right code: the account is no longer pending.
        activated_now: bool,
    },
    /// A recovery code, never used before.
    RecoveryCode {
        /// How many are left.
        left: u32,
    },
    /// A bypass code of the administrator's.
    BypassCode {
        /// For how many more logins it is good.
        uses_left: u16,
    },
    /// The account is pending and within its grace: the password alone sufficed.
    Pending,
    /// A right code has come from the same place lately, and none was asked now.
    Remembered,
}

/// Why no code is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exemption {
    /// An administrator has switched the account off.
    Disabled,
    /// The user is not enrolled, and the policy says `unenrolled = "ignore"`.
    NotEnrolled,
}

/// Why somebody was refused. The person hears none of this; the log does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The code is wrong. Charged.
    NoMatch,
    /// The code was right once and has been used, or a newer one has. Charged.
    Replay {
        /// Whose code it was.
        authenticator: AuthenticatorId,
    },
    /// A recovery code that has been used, or that a newer set has replaced. Charged.
    RecoveryCodeUsed,
    /// The bypass code, but used up or after its time. Charged.
    BypassCodeOver,
    /// The code of a device outside the time in which its codes count. Charged; the code is not
    /// used up.
    DeviceNotValid {
        /// Whose code it was.
        authenticator: AuthenticatorId,
    },
    /// The code is right and new, the PIN in front of it is wrong. Charged; the code is not
    /// used up.
    WrongPin {
        /// Whose code it was.
        authenticator: AuthenticatorId,
    },
    /// The password is wrong. Never charged, and a right code beside it is not spent.
    WrongPassword,
    /// Nothing that this account's authenticators could show was typed. Not charged.
    Malformed,
    /// Too many failures; the response was not looked at.
    Throttled {
        /// The first second in which one is looked at again.
        until: UnixTime,
    },
    /// So many failures that an administrator must act.
    TooManyFailures,
    /// Pending for too long: an administrator must enrol anew.
    GraceExpired,
    /// The user has no account in the store.
    NotEnrolled,
    /// The machine does not know the user.
    UnknownUser,
}

impl Decision {
    /// Its word in logs and records. Stable: filters and alarms depend on it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accept(acceptance) => acceptance.word(),
            Self::Exempt(Exemption::Disabled) => "disabled",
            Self::Exempt(Exemption::NotEnrolled) => "not-enrolled-ignored",
            Self::Reject(reason) => reason.word(),
        }
    }

    /// The authenticator that it is about.
    pub fn authenticator(self) -> Option<AuthenticatorId> {
        match self {
            Self::Accept(Acceptance::Code { authenticator, .. })
            | Self::Reject(
                Reason::Replay { authenticator }
                | Reason::WrongPin { authenticator }
                | Reason::DeviceNotValid { authenticator },
            ) => Some(authenticator),
            _ => None,
        }
    }
}

impl Acceptance {
    fn word(self) -> &'static str {
        match self {
            Self::Code { activated_now, .. } if activated_now => "activated",
            Self::Code { .. } => "accepted",
            Self::RecoveryCode { .. } => "recovery-code-accepted",
            Self::BypassCode { .. } => "bypass-code-accepted",
            Self::Pending => "pending",
            Self::Remembered => "remembered",
        }
    }
}

impl Reason {
    fn word(self) -> &'static str {
        match self {
            Self::NoMatch => "no-match",
            Self::Replay { .. } => "replay",
            Self::RecoveryCodeUsed => "recovery-code-used",
            Self::BypassCodeOver => "bypass-code-over",
            Self::DeviceNotValid { .. } => "device-not-valid",
            Self::WrongPin { .. } => "wrong-pin",
            Self::WrongPassword => "wrong-password",
            Self::Malformed => "malformed",
            Self::Throttled { .. } => "throttled",
            Self::TooManyFailures => "too-many-failures",
            Self::GraceExpired => "grace-expired",
            Self::NotEnrolled => "not-enrolled",
            Self::UnknownUser => "unknown-user",
        }
    }
}
