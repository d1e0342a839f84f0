//! What an account on a token is made of: from arguments, or from a key URI.
//!
//! A key URI says everything; its name and issuer may be told otherwise.

use crate::arguments::{OathType, TokenAdd};
use crate::error::CommandError;
use crate::new_account::now;
use crate::secret_input::{self, Given};
use otp_core::{Digits, HashAlgorithm, KeyUri, KeyUriKind, MovingFactor, Secret, TimeStep};
use token_drivers::{CredentialName, NewCredential, NewMoving, Protection};

/// A credential as it is asked for; how it is protected is settled with the device.
pub(super) fn credential(wanted: &TokenAdd, given: &str) -> Result<NewCredential, CommandError> {
    let wants_uri = wanted.name.is_none() || has_source(wanted);
    match secret_input::parse(given, wanted.allow_short_secret)? {
        Given::Uri(_) if !has_source(wanted) && has_parameters(wanted) => Err(CommandError::usage(
            "that is a key URI, which says all parameters itself",
            "Leave --oath-type, --digits, --algorithm, --counter and --period away, or type the \
             secret alone",
        )),
        Given::Uri(uri) => from_uri(wanted, *uri),
        Given::Secret(_) if wants_uri => Err(CommandError::usage(
            "that is a secret, not a key URI",
            "Give otpauth://..., or the name of the account and the secret",
        )),
        Given::Secret(secret) => by_hand(wanted, secret),
    }
}

/// Whether the arguments say where a key URI comes from.
pub(super) fn has_source(wanted: &TokenAdd) -> bool {
    wanted.uri_stdin || wanted.qr.is_some() || wanted.qr_clipboard || wanted.qr_screenshot
}

/// Whether the arguments say what only a secret by itself leaves open.
fn has_parameters(wanted: &TokenAdd) -> bool {
    wanted.oath_type.is_some()
        || wanted.digits.is_some()
        || wanted.algorithm.is_some()
        || wanted.counter.is_some()
        || wanted.period.is_some()
}

fn by_hand(wanted: &TokenAdd, secret: Secret) -> Result<NewCredential, CommandError> {
    let name = wanted.name.as_deref().unwrap_or_default();
    let hotp = wanted.oath_type == Some(OathType::Hotp);
    if hotp && wanted.period.is_some() {
        return Err(contradiction("--period", "with HOTP, which has no clock"));
    }
    if !hotp && wanted.counter.is_some() {
        return Err(contradiction("--counter", "with TOTP, which has none"));
    }
    let moving = match hotp {
        true => NewMoving::Counter(MovingFactor(wanted.counter.unwrap_or(0))),
        false => NewMoving::Time(time_step(wanted.period.unwrap_or(30))?),
    };
    Ok(NewCredential {
        name: named(name, wanted.issuer.as_deref())?,
        secret,
        algorithm: algorithm(wanted.algorithm.as_deref())?,
        digits: digits(wanted.digits.unwrap_or(6))?,
        moving,
        protection: Protection::default(),
        now: now(),
    })
}

fn from_uri(wanted: &TokenAdd, uri: KeyUri) -> Result<NewCredential, CommandError> {
    let issuer = wanted.issuer.as_deref().or(uri.issuer.as_deref());
    let name = match &wanted.name {
        Some(name) => named(name, wanted.issuer.as_deref())?,
        None => named(&uri.account_name, issuer)?,
    };
    Ok(NewCredential {
        name,
        secret: uri.secret,
        algorithm: uri.algorithm,
        digits: uri.digits,
        moving: match uri.kind {
            KeyUriKind::Totp { time_step } => NewMoving::Time(time_step),
            KeyUriKind::Hotp { counter } => NewMoving::Counter(counter),
        },
        protection: Protection::default(),
        now: now(),
    })
}

/// A name with its issuer, which may stand in it or beside it.
pub(super) fn named(name: &str, issuer: Option<&str>) -> Result<CredentialName, CommandError> {
    let text = match issuer {
        Some(issuer) => format!("{issuer}:{name}"),
        None => name.to_string(),
    };
    CredentialName::parse(&text)
        .map_err(|error| CommandError::usage(error.to_string(), "For example: web1:alice"))
}

pub(super) fn algorithm(name: Option<&str>) -> Result<HashAlgorithm, CommandError> {
    HashAlgorithm::parse(name.unwrap_or("SHA1")).map_err(unusable)
}

pub(super) fn digits(digits: u64) -> Result<Digits, CommandError> {
    Digits::new(digits).map_err(unusable)
}

pub(super) fn time_step(seconds: u64) -> Result<TimeStep, CommandError> {
    TimeStep::from_seconds(seconds).map_err(unusable)
}

fn unusable(error: otp_core::ParameterError) -> CommandError {
    CommandError::usage(error.to_string(), "See: otpctl token add --help")
}

fn contradiction(flag: &str, why: &str) -> CommandError {
    CommandError::usage(
        format!("{flag} makes no sense {why}"),
        "See: otpctl token add --help",
    )
}
