//! An account as a TOML file: written by `otpctl`, read by a login.
//!
//! Strict: an unknown key, a missing one or an impossible value refuses the whole file. The
//! secret carries a scheme tag (`base32:`), so that sealed secrets can come later without a
//! new format. The texts of TOML's own errors are never passed on: they quote the file, and
//! the file holds the secret.

mod authenticator;
mod bypass;
mod glance;
mod pin;
mod recovery;

use authenticator::AuthenticatorEntry;
use bypass::BypassEntry;
pub(crate) use glance::Glance;
use glance::glance;
use pin::{PinEntry, hexadecimal_of};
use recovery::RecoveryEntry;

use crate::StoreError;
use crate::root_owned::RootFile;
use crate::toml_table::{self, FromTable, Table};
use crate::toml_text::TomlText;
use data_encoding::HEXLOWER;
use otp_core::{Account, Authenticators, EnrolmentId, UnixTime, UserName};
use std::path::Path;
use toml::de::DeString;
use zeroize::Zeroizing;

/// The format that this version writes and reads.
const FORMAT: u32 = 1;
/// Sixteen authenticators take about 8 KiB.
const MOST_BYTES: u64 = 64 * 1024;
struct AccountFile<'text> {
    format: u32,
    user: DeString<'text>,
    uid: u32,
    enabled: bool,
    enrolment: DeString<'text>,
    enrolled_at_unix_seconds: u64,
    pin: Option<PinEntry<'text>>,
    recovery: Option<RecoveryEntry>,
    bypass: Option<BypassEntry<'text>>,
    authenticator: Vec<AuthenticatorEntry<'text>>,
}

impl<'text> FromTable<'text> for AccountFile<'text> {
    const KEYS: &'static [&'static str] = &[
        "format",
        "user",
        "uid",
        "enabled",
        "enrolment",
        "enrolled_at_unix_seconds",
        "pin",
        "recovery",
        "bypass",
        "authenticator",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            format: table.need("format", Table::number),
            user: table.need("user", Table::text),
            uid: table.need("uid", Table::number),
            enabled: table.need("enabled", Table::flag),
            enrolment: table.need("enrolment", Table::text),
            enrolled_at_unix_seconds: table.need("enrolled_at_unix_seconds", Table::number),
            pin: table.table("pin"),
            recovery: table.table("recovery"),
            bypass: table.table("bypass"),
            authenticator: table.need("authenticator", Table::tables),
        }
    }
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
    let file: AccountFile<'_> = toml_table::read(text).map_err(|fault| {
        let (line, _) = fault.place_in(text);
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
const KEYS: [&[&str]; 5] = [
    AccountFile::KEYS,
    PinEntry::KEYS,
    RecoveryEntry::KEYS,
    BypassEntry::KEYS,
    AuthenticatorEntry::KEYS,
];

/// The key that a line begins with, if it is one of ours.
fn key_at(text: &str, line: usize) -> Option<&str> {
    let (key, _) = text.lines().nth(line.checked_sub(1)?)?.split_once('=')?;
    let key = key.trim();
    KEYS.iter().any(|keys| keys.contains(&key)).then_some(key)
}

/// The text of an account, secrets included.
pub(crate) fn print(account: &Account, path: &Path) -> Result<Zeroizing<String>, StoreError> {
    let mut text = TomlText::new();
    text.number("format", FORMAT);
    text.text("user", account.user.as_str());
    text.number("uid", account.uid);
    text.flag("enabled", account.enabled);
    text.text("enrolment", &HEXLOWER.encode(&account.enrolment.0));
    text.number("enrolled_at_unix_seconds", account.enrolled_at.0);
    if let Some(pin) = &account.pin {
        pin::print(pin, &mut text);
    }
    if let Some(set) = &account.recovery {
        recovery::print(set, &mut text);
    }
    if let Some(bypass) = &account.bypass {
        bypass::print(bypass, &mut text);
    }
    for one in account.authenticators.iter() {
        authenticator::print(one, &mut text);
    }
    text.finish().ok_or_else(|| StoreError::Damaged {
        path: path.to_path_buf(),
        what: "a counter or time above 9223372036854775807 cannot be written".into(),
    })
}

#[cfg(test)]
mod tests;
