//! Who may log in with what: fixed at enrolment, changed by the administrator only.
//!
//! What moves at a login is in [`State`](crate::State), so that a login never writes a
//! secret. Nothing here is read from or written to a file; `otp-store` does that.

use crate::response::Reading;
use crate::{
    Bypass, Digits, HashAlgorithm, Label, MovingFactor, Pin, PinCheck, PinError, RecoverySet,
    Secret, TimeStep, TokenIdentifier, Typed, UnixTime, UserName, Validity,
};
use alloc::vec::Vec;
use core::fmt;

/// What was enrolled for one user.
pub struct Account {
    /// The canonical login name.
    pub user: UserName,
    /// The user's number at enrolment. A re-created user does not inherit somebody's token.
    pub uid: u32,
    /// Off: no code is asked of this user (the administrator's explicit word).
    pub enabled: bool,
    /// Ties the account to its state; a new one at each fresh enrolment.
    pub enrolment: EnrolmentId,
    /// When this enrolment began; the grace of a pending account counts from here.
    pub enrolled_at: UnixTime,
    /// What must be typed in front of each code, if anything.
    pub pin: Option<Pin>,
    /// What lets the user in without the device, if anything.
    pub recovery: Option<RecoverySet>,
    /// What lets the user in for a while, if anything.
    pub bypass: Option<Bypass>,
    /// The authenticators, at least one.
    pub authenticators: Authenticators,
}

/// One thing a person holds.
#[derive(Clone)]
pub struct Authenticator {
    /// Its number within the account.
    pub id: AuthenticatorId,
    /// What the person calls it; unique within the account.
    pub label: Label,
    /// What moves its codes on.
    pub method: Method,
    /// The hash inside the HMAC.
    pub algorithm: HashAlgorithm,
    /// Length of a code.
    pub digits: Digits,
    /// The shared secret.
    pub secret: Secret,
    /// What the token types in front of its codes by itself, if anything.
    pub token_identifier: Option<TokenIdentifier>,
    /// The serial number of a hardware token.
    pub serial: Option<Label>,
    /// From when until when its codes count.
    pub validity: Validity,
    /// When it was enrolled.
    pub created_at: UnixTime,
}

impl Account {
    /// How this account reads what was typed, if one of its authenticators showed it.
    pub(crate) fn reading<'a>(
        &self,
        authenticator: &Authenticator,
        typed: &'a Typed,
    ) -> Option<Reading<'a>> {
        let pin_length = self.pin.as_ref().map_or(0, |pin| pin.length);
        let identifier = authenticator.token_identifier.as_ref();
        let reading = typed.reading(authenticator.digits, identifier, pin_length)?;
        // With password and code in one answer, what another token types would pass for the end
        // of the password.
        let names = |one: &Authenticator| {
            let identifier = one.token_identifier.as_ref();
            identifier.is_some_and(|identifier| typed.names(one.digits, identifier))
        };
        let mut others = self.authenticators.iter();
        let names_another = others.any(|one| one.id != authenticator.id && names(one));
        (names(authenticator) || !names_another).then_some(reading)
    }

    /// How many bytes at the end of an answer are a recovery or bypass code, if they are.
    pub fn recovery_tail_length(&self, typed: &Typed) -> Option<usize> {
        if self.recovery.is_none() && self.bypass.is_none() {
            return None;
        }
        let (_, length) = typed.recovery_code()?;
        Some(length)
    }

    /// How many bytes at the end of an answer are not password, if this authenticator showed
    /// them: PIN, token identifier and code.
    pub fn tail_length(&self, id: AuthenticatorId, typed: &Typed) -> Option<usize> {
        let authenticator = self.authenticators.with_id(id)?;
        let reading = self.reading(authenticator, typed)?;
        Some(reading.length)
    }

    /// Checks the PIN in an answer, if this account has one. Slow on purpose (about 30 ms), so
    /// it is done before the account is locked, and for every answer, so that the time taken
    /// does not tell whether there was a PIN in it.
    ///
    /// # Errors
    ///
    /// [`PinError::NoMemory`] if the machine cannot pay for it.
    pub fn check_pin(&self, typed: &Typed) -> Result<Option<PinCheck>, PinError> {
        let Some(pin) = &self.pin else {
            return Ok(None);
        };
        // The PIN ends where the code begins, which can be at several places after a password.
        let readings = self.authenticators.iter();
        let readings = readings.filter_map(|one| self.reading(one, typed));
        let mut tried: Vec<usize> = Vec::new();
        let mut right_for = Vec::new();
        for reading in readings {
            if !tried.contains(&reading.length) {
                tried.push(reading.length);
                if pin.is(reading.pin)? {
                    right_for.push(reading.length);
                }
            }
        }
        if tried.is_empty() {
            let _ = core::hint::black_box(pin.is(b"")?);
        }
        Ok(Some(PinCheck {
            pin: pin.clone(),
            right_for,
        }))
    }
}

/// What moves the codes of an authenticator on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The clock (RFC 6238).
    Totp {
        /// Length of a step.
        time_step: TimeStep,
        /// Start of step 0, usually 1970.
        t0: UnixTime,
    },
    /// A button (RFC 4226).
    Hotp {
        /// The first counter that may be used.
        initial_counter: MovingFactor,
    },
}

/// An authenticator's number within its account, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuthenticatorId(pub u32);

impl fmt::Display for AuthenticatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// 128 random bits that tie an account file to its state file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrolmentId(pub [u8; 16]);

/// One to sixteen authenticators with distinct numbers and labels.
pub struct Authenticators(Vec<Authenticator>);

impl Authenticators {
    /// The most per account: what surely fits into one state record, and keeps the number of
    /// codes that open the door small.
    pub const MOST: usize = 16;

    /// # Errors
    ///
    /// [`AccountError`] if there are none or more than 16, or two share a number, a label or a
    /// secret: a code of both would open the door twice.
    pub fn new(authenticators: Vec<Authenticator>) -> Result<Self, AccountError> {
        if authenticators.is_empty() {
            return Err(AccountError::NoAuthenticator);
        }
        if authenticators.len() > Self::MOST {
            return Err(AccountError::TooManyAuthenticators);
        }
        let mut earlier: &[Authenticator] = &[];
        for (index, one) in authenticators.iter().enumerate() {
            if earlier.iter().any(|other| other.id == one.id) || one.id.0 == 0 {
                return Err(AccountError::Id(one.id));
            }
            if earlier.iter().any(|other| other.label == one.label) {
                return Err(AccountError::SameLabel(one.label.clone()));
            }
            let shares = |other: &&Authenticator| other.secret.computes_as(&one.secret);
            if let Some(other) = earlier.iter().find(shares) {
                return Err(AccountError::SameSecret(
                    other.label.clone(),
                    one.label.clone(),
                ));
            }
            earlier = authenticators.get(..=index).unwrap_or_default();
        }
        Ok(Self(authenticators))
    }

    /// The one with this number.
    pub fn with_id(&self, id: AuthenticatorId) -> Option<&Authenticator> {
        self.0.iter().find(|authenticator| authenticator.id == id)
    }
}

impl core::ops::Deref for Authenticators {
    type Target = [Authenticator];

    fn deref(&self) -> &[Authenticator] {
        &self.0
    }
}

/// Authenticators that cannot stand in one account.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountError {
    /// An account without authenticators is no enrolment.
    NoAuthenticator,
    /// More than sixteen.
    TooManyAuthenticators,
    /// Two share this number, or it is 0.
    Id(AuthenticatorId),
    /// Two share this label.
    SameLabel(Label),
    /// These two share their secret.
    SameSecret(Label, Label),
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAuthenticator => f.write_str("the account has no authenticator"),
            Self::TooManyAuthenticators => write!(
                f,
                "the account has more than {} authenticators",
                Authenticators::MOST
            ),
            Self::Id(id) => write!(f, "authenticator number {id} is 0 or used twice"),
            Self::SameLabel(label) => {
                write!(f, "two authenticators are called \"{label}\"")
            }
            Self::SameSecret(one, other) => write!(
                f,
                "\"{one}\" and \"{other}\" have the same secret, so that a code would be \
                 accepted twice"
            ),
        }
    }
}

impl core::error::Error for AccountError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use zeroize::Zeroizing;

    fn authenticator(id: u32, label: &str) -> Authenticator {
        Authenticator {
            id: AuthenticatorId(id),
            label: Label::parse(label).unwrap(),
            method: Method::Hotp {
                initial_counter: MovingFactor(0),
            },
            algorithm: HashAlgorithm::Sha1,
            digits: Digits::SIX,
            secret: Secret::new(Zeroizing::new(
                alloc::vec![label.bytes().last().unwrap(); 20],
            ))
            .ok()
            .unwrap(),
            token_identifier: None,
            serial: None,
            validity: Validity::default(),
            created_at: UnixTime(0),
        }
    }

    fn letter(id: u32) -> alloc::string::String {
        char::from_u32(u32::from('a') + id).unwrap().into()
    }

    fn refusal(authenticators: Vec<Authenticator>) -> Option<AccountError> {
        Authenticators::new(authenticators).err()
    }

    #[test]
    fn authenticators_differ_in_number_label_and_secret() {
        let two = alloc::vec![authenticator(1, "phone"), authenticator(2, "tablet")];
        assert_eq!(refusal(two), None);

        let same_id = alloc::vec![authenticator(1, "phone"), authenticator(1, "tablet")];
        assert_eq!(refusal(same_id), Some(AccountError::Id(AuthenticatorId(1))));

        let same_label = alloc::vec![authenticator(1, "phone"), authenticator(2, "phone")];
        assert!(matches!(
            refusal(same_label),
            Some(AccountError::SameLabel(_))
        ));

        let same_secret = alloc::vec![authenticator(1, "phone"), authenticator(2, "telephone")];
        let refused = refusal(same_secret).unwrap().to_string();
        assert!(refused.contains("\"phone\" and \"telephone\" have the same secret"));
    }

    #[test]
    fn an_account_has_one_to_sixteen_authenticators() {
        assert_eq!(refusal(Vec::new()), Some(AccountError::NoAuthenticator));
        let many = |count| (1..=count).map(|id| authenticator(id, &letter(id)));
        assert_eq!(refusal(many(16).collect()), None);
        let refused = Some(AccountError::TooManyAuthenticators);
        assert_eq!(refusal(many(17).collect()), refused);
        let zero = alloc::vec![authenticator(0, "phone")];
        assert_eq!(refusal(zero), Some(AccountError::Id(AuthenticatorId(0))));
    }
}
