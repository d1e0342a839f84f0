//! An account as a TOML file: written by `otpctl`, read by a login.
//!
//! Strict: an unknown key, a missing one or an impossible value refuses the whole file. The
//! secret carries a scheme tag (`base32:`), so that sealed secrets can come later without a
//! new format. The texts of TOML's own errors are never passed on: they quote the file, and
//! the file holds the secret.

mod bypass;
mod glance;
mod pin;
mod recovery;

use bypass::BypassEntry;
pub(crate) use glance::Glance;
use glance::glance;
use pin::{PinEntry, hexadecimal_of};
use recovery::RecoveryEntry;

use crate::StoreError;
use crate::root_owned::RootFile;
use crate::toml_place::place;
use data_encoding::HEXLOWER;
use otp_core::{
    Account, Authenticator, AuthenticatorId, Authenticators, Digits, EnrolmentId, HashAlgorithm,
    Label, Method, MovingFactor, Secret, TimeStep, TokenIdentifier, UnixTime, UserName, Validity,
    base32, decode_base32,
};
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

/// The format that this version writes and reads.
const FORMAT: u32 = 1;
/// Sixteen authenticators take about 8 KiB.
const MOST_BYTES: u64 = 64 * 1024;
/// The scheme of secrets that are written as they are.
const PLAIN: &str = "base32:";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    format: u32,
    user: String,
    uid: u32,
    enabled: bool,
    enrolment: String,
    enrolled_at_unix_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin: Option<PinEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery: Option<RecoveryEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bypass: Option<BypassEntry>,
    authenticator: Vec<AuthenticatorEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthenticatorEntry {
    id: u32,
    label: String,
    kind: Kind,
    algorithm: String,
    digits: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_step_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    t0_unix_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_counter: Option<u64>,
    secret: Zeroizing<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from_unix_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until_unix_seconds: Option<u64>,
    created_at_unix_seconds: u64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Totp,
    Hotp,
}

/// Reads an account, which must be the one of `user`.
pub(crate) fn read(file: RootFile, user: &UserName) -> Result<Account, StoreError> {
    let text = file.read_text(MOST_BYTES)?;
    parse(&text, &file.path, user)
}

/// What an account asks for, at a glance. No secret is taken out of the text.
pub(crate) fn look_at(file: &RootFile, user: &UserName) -> Result<Glance, StoreError> {
    look_at_text(&file.read_text(MOST_BYTES)?, &file.path, user)
}

/// The same, of a text; `path` is for the error.
pub(crate) fn look_at_text(text: &str, path: &Path, user: &UserName) -> Result<Glance, StoreError> {
    if let Some(glance) = glance(text, user) {
        return Ok(glance);
    }
    let account = parse(text, path, user)?;
    Ok(Glance {
        enabled: account.enabled,
        has_pin: account.pin.is_some(),
    })
}

/// Reads the text of an account, which must be the one of `user`; `path` is for the error.
pub(crate) fn parse(text: &str, path: &Path, user: &UserName) -> Result<Account, StoreError> {
    let damaged = |what: String| StoreError::Damaged {
        path: path.to_path_buf(),
        what,
    };
    let file: AccountFile = toml::from_str(text).map_err(|error| {
        let (line, _) = place(text, error.span());
        damaged(match key_at(text, line) {
            Some(key) => format!("line {line} (\"{key}\") does not follow the format"),
            None => format!("line {line} does not follow the format"),
        })
    })?;
    if file.format != FORMAT {
        let what = format!(
            "format {}, but this version reads format {FORMAT}",
            file.format
        );
        return Err(damaged(what));
    }
    if file.user != user.as_str() {
        return Err(damaged("it is the account of another user".into()));
    }
    let enrolment = hexadecimal_of(&file.enrolment)
        .ok_or_else(|| damaged("enrolment must be 32 hexadecimal digits".into()))?;
    let entries = file.authenticator.into_iter().zip(1_u32..);
    let authenticators = entries
        .map(|(entry, number)| {
            entry
                .into_authenticator()
                .map_err(|what| damaged(format!("authenticator number {number}: {what}")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Account {
        user: user.clone(),
        uid: file.uid,
        enabled: file.enabled,
        enrolment: EnrolmentId(enrolment),
        enrolled_at: UnixTime(file.enrolled_at_unix_seconds),
        pin: file
            .pin
            .map(|entry| {
                entry
                    .into_pin()
                    .map_err(|what| damaged(format!("pin: {what}")))
            })
            .transpose()?,
        recovery: file
            .recovery
            .map(|entry| {
                entry
                    .into_set()
                    .map_err(|what| damaged(format!("recovery: {what}")))
            })
            .transpose()?,
        bypass: file
            .bypass
            .map(|entry| {
                entry
                    .into_bypass()
                    .map_err(|what| damaged(format!("bypass: {what}")))
            })
            .transpose()?,
        authenticators: Authenticators::new(authenticators)
            .map_err(|error| damaged(error.to_string()))?,
    })
}

/// The keys of an account file. Others are not named: one could be a secret gone astray.
const KEYS: [&str; 28] = [
    "format",
    "user",
    "uid",
    "enabled",
    "enrolment",
    "enrolled_at_unix_seconds",
    "id",
    "label",
    "kind",
    "algorithm",
    "digits",
    "time_step_seconds",
    "t0_unix_seconds",
    "initial_counter",
    "secret",
    "serial",
    "token_identifier",
    "hash",
    "set",
    "hashes",
    "length",
    "memory_kibibytes",
    "passes",
    "uses",
    "created_at_unix_seconds",
    "expires_at_unix_seconds",
    "valid_from_unix_seconds",
    "valid_until_unix_seconds",
];

/// The key that a line begins with, if it is one of ours.
fn key_at(text: &str, line: usize) -> Option<&str> {
    let (key, _) = text.lines().nth(line.checked_sub(1)?)?.split_once('=')?;
    let key = key.trim();
    KEYS.contains(&key).then_some(key)
}

impl AuthenticatorEntry {
    fn into_authenticator(self) -> Result<Authenticator, String> {
        let only = |key: &str, kind: &str| format!("{key} belongs to {kind} only");
        let method = match self.kind {
            Kind::Totp => {
                if self.initial_counter.is_some() {
                    return Err(only("initial_counter", "hotp"));
                }
                let seconds = self
                    .time_step_seconds
                    .ok_or("time_step_seconds is missing")?;
                Method::Totp {
                    time_step: TimeStep::from_seconds(seconds).map_err(|e| e.to_string())?,
                    t0: UnixTime(self.t0_unix_seconds.unwrap_or(0)),
                }
            }
            Kind::Hotp => {
                if self.time_step_seconds.is_some() {
                    return Err(only("time_step_seconds", "totp"));
                }
                if self.t0_unix_seconds.is_some() {
                    return Err(only("t0_unix_seconds", "totp"));
                }
                let counter = self.initial_counter.ok_or("initial_counter is missing")?;
                Method::Hotp {
                    initial_counter: MovingFactor(counter),
                }
            }
        };
        let secret = self
            .secret
            .strip_prefix(PLAIN)
            .ok_or("the secret has no scheme that this version knows (base32:)")?;
        let secret = decode_base32(secret).map_err(|error| format!("the secret is {error}"))?;
        let token_identifier = self.token_identifier.as_deref();
        let token_identifier = token_identifier.map(TokenIdentifier::parse).transpose();
        let validity = Validity {
            from: self.valid_from_unix_seconds.map(UnixTime),
            until: self.valid_until_unix_seconds.map(UnixTime),
        };
        if !validity.is_possible() {
            return Err("valid_until_unix_seconds must be after valid_from_unix_seconds".into());
        }
        let serial = self.serial.map(|serial| Label::parse(&serial)).transpose();
        Ok(Authenticator {
            id: AuthenticatorId(self.id),
            label: Label::parse(&self.label).map_err(|error| error.to_string())?,
            method,
            algorithm: HashAlgorithm::parse(&self.algorithm).map_err(|error| error.to_string())?,
            digits: Digits::new(self.digits).map_err(|error| error.to_string())?,
            // Short ones were imported knowingly, by a command that said so.
            secret: Secret::import_short(secret).map_err(|error| error.to_string())?,
            token_identifier: token_identifier.map_err(|error| error.to_string())?,
            serial: serial.map_err(|error| format!("serial: {error}"))?,
            validity,
            created_at: UnixTime(self.created_at_unix_seconds),
        })
    }

    fn from_authenticator(one: &Authenticator) -> Self {
        let encoded = base32(one.secret.expose_bytes());
        let mut secret = Zeroizing::new(String::with_capacity(
            PLAIN.len().saturating_add(encoded.len()),
        ));
        secret.push_str(PLAIN);
        secret.push_str(&encoded);
        let (kind, time_step_seconds, t0_unix_seconds, initial_counter) = match one.method {
            Method::Totp { time_step, t0 } => {
                let t0 = (t0.0 != 0).then_some(t0.0);
                (Kind::Totp, Some(u64::from(time_step.seconds())), t0, None)
            }
            Method::Hotp { initial_counter } => (Kind::Hotp, None, None, Some(initial_counter.0)),
        };
        Self {
            id: one.id.0,
            label: one.label.to_string(),
            kind,
            algorithm: one.algorithm.as_str().into(),
            digits: u64::from(one.digits.get()),
            time_step_seconds,
            t0_unix_seconds,
            initial_counter,
            secret,
            token_identifier: one.token_identifier.as_ref().map(ToString::to_string),
            serial: one.serial.as_ref().map(ToString::to_string),
            valid_from_unix_seconds: one.validity.from.map(|time| time.0),
            valid_until_unix_seconds: one.validity.until.map(|time| time.0),
            created_at_unix_seconds: one.created_at.0,
        }
    }
}

/// The text of an account, secrets included.
pub(crate) fn print(account: &Account, path: &Path) -> Result<Zeroizing<String>, StoreError> {
    let file = AccountFile {
        format: FORMAT,
        user: account.user.to_string(),
        uid: account.uid,
        enabled: account.enabled,
        enrolment: HEXLOWER.encode(&account.enrolment.0),
        enrolled_at_unix_seconds: account.enrolled_at.0,
        pin: account.pin.as_ref().map(PinEntry::from_pin),
        recovery: account.recovery.as_ref().map(RecoveryEntry::from_set),
        bypass: account.bypass.as_ref().map(BypassEntry::from_bypass),
        authenticator: account
            .authenticators
            .iter()
            .map(AuthenticatorEntry::from_authenticator)
            .collect(),
    };
    toml::to_string(&file)
        .map(Zeroizing::new)
        .map_err(|_| StoreError::Damaged {
            path: path.to_path_buf(),
            // TOML's whole numbers end at 2^63 - 1, RFC 4226's counters at 2^64 - 1.
            what: "a counter or time above 9223372036854775807 cannot be written".into(),
        })
}

#[cfg(test)]
mod tests;
