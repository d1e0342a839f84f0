//! One of the hundred profiles of a Molto2, as anybody may read it.

use crate::apdu::Command;
use crate::{Card, Credential, CredentialName, Kind, Protection, StatusWord, TokenError, transmit};
use otp_core::HashAlgorithm;

/// How many profiles there are.
pub(super) const PROFILES: u8 = 100;

/// What a profile says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    number: u8,
    title: String,
    algorithm: Option<HashAlgorithm>,
    time_step_seconds: u64,
    digits: u8,
    /// Whether a seed has been written.
    pub written: bool,
}

/// Reads a profile. The token fails this command with 6FFB where an Le stands behind it.
pub(super) fn profile(card: &mut dyn Card, number: u8) -> Result<Profile, TokenError> {
    let command = Command::new(0x80, 0x41, 0, number)
        .with_data(&[0x70])
        .without_expected_length();
    let reply = transmit(card, &command)?;
    if reply.status != StatusWord::OK {
        return Err(TokenError::Refused {
            operation: "read a profile",
            status: reply.status,
        });
    }
    parse_profile(number, &reply.data)
}

/// Reads what a profile answers: `95 1F 70 1D`, a flag, sixteen bytes of title, eight bytes
/// of which the meaning is not confirmed, hash, time step, digits, and whether there is a seed.
///
/// # Errors
///
/// [`TokenError::Unintelligible`] for everything else.
pub fn parse_profile(number: u8, data: &[u8]) -> Result<Profile, TokenError> {
    let unintelligible = TokenError::Unintelligible {
        what: "a profile that is none",
    };
    let Some(([0x95, 0x1F, 0x70, 0x1D, _flag], rest)) = data.split_first_chunk::<5>() else {
        return Err(unintelligible);
    };
    let Some((title, rest)) = rest.split_first_chunk::<16>() else {
        return Err(unintelligible);
    };
    let [_, _, _, _, _, _, _, _, hash, step, digits, written, ..] = rest else {
        return Err(unintelligible);
    };
    let used = title.iter().position(|byte| *byte == 0).unwrap_or(16);
    let title = String::from_utf8_lossy(title.get(..used).unwrap_or_default());
    Ok(Profile {
        number,
        title: title.chars().filter(|one| !one.is_control()).collect(),
        algorithm: match hash {
            1 => Some(HashAlgorithm::Sha1),
            2 => Some(HashAlgorithm::Sha256),
            _ => None,
        },
        time_step_seconds: u64::from(*step),
        digits: *digits,
        written: *written != 0,
    })
}

impl Profile {
    /// The profile as a credential, if a seed has been written.
    pub(super) fn credential(self) -> Option<Credential> {
        self.written.then(|| Credential {
            name: CredentialName {
                issuer: None,
                account: match self.title.as_str() {
                    "" => format!("profile {}", self.number),
                    title => title.to_owned(),
                },
            },
            handle: vec![self.number],
            kind: Some(Kind::Totp),
            algorithm: self.algorithm,
            digits: Some(self.digits),
            time_step_seconds: Some(self.time_step_seconds),
            protection: Protection::default(),
        })
    }
}

/// The first profile without a seed, unless one with a seed has this title already.
pub(super) fn free_profile(profiles: &[Profile], title: &str) -> Result<u8, TokenError> {
    let taken = |one: &&Profile| one.written && one.title == title;
    if profiles.iter().any(|one| taken(&one)) {
        return Err(TokenError::NameTaken);
    }
    let free = profiles.iter().find(|one| !one.written);
    free.map(|one| one.number).ok_or(TokenError::Full)
}
