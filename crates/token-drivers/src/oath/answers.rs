//! What the application answers, as values. A token is not trusted: every length is checked,
//! fields that are not known are passed over, and nothing here can panic.
//!
//! Each of these is a door for a fuzzer: [`parse_select`], [`parse_list`], [`parse_code`],
//! [`parse_all_codes`], [`parse_proof`].

use super::name;
use super::protocol::{read_type_byte, tag};
use crate::{Credential, Protection, TokenError, tlv};
use zeroize::Zeroizing;

/// What SELECT says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Version of the application.
    pub version: (u8, u8, u8),
    /// What the password is salted with. No identity: a Nitrokey changes it every time.
    pub salt: Vec<u8>,
    /// What the password's holder has to answer. `None`: there is no password.
    pub challenge: Option<Vec<u8>>,
    /// Which hash the password's proof has: 1 is SHA-1.
    pub algorithm: u8,
    /// Nitrokey: a PIN is set, and how many tries it has.
    pub pin_tries: Option<u8>,
    /// Nitrokey: the serial number.
    pub serial: Option<[u8; 4]>,
}

/// Reads the answer to SELECT.
///
/// # Errors
///
/// [`TokenError::Unintelligible`] without a version.
pub fn parse_select(answer: &[u8]) -> Result<Selected, TokenError> {
    let fields = tlv::fields(answer)?;
    let value = |tag| tlv::value_of(&fields, tag);
    let version = match value(tag::VERSION) {
        Some(&[major, minor, patch]) => (major, minor, patch),
        _ => return Err(unintelligible("no version")),
    };
    let algorithm = match value(tag::ALGORITHM) {
        Some(&[byte]) => byte & 0x0F,
        _ => 1,
    };
    let challenge = value(tag::CHALLENGE);
    Ok(Selected {
        version,
        salt: value(tag::NAME).unwrap_or_default().to_vec(),
        challenge: challenge.map(<[u8]>::to_vec),
        algorithm,
        pin_tries: match value(tag::PIN_TRIES) {
            Some(&[tries]) => Some(tries),
            // Nitrokey leaves the number out when it cannot read it.
            Some(_) => Some(0),
            None => None,
        },
        serial: value(tag::SERIAL).and_then(|bytes| bytes.try_into().ok()),
    })
}

/// Whether the items of a list end in a byte of properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// No: kind, hash and name.
    Plain,
    /// Yes, as a Nitrokey writes it when it is asked to.
    WithProperties,
}

/// Reads the answer to LIST.
///
/// # Errors
///
/// [`TokenError::Unintelligible`] for an item without a kind.
pub fn parse_list(answer: &[u8], form: ListForm) -> Result<Vec<Credential>, TokenError> {
    let fields = tlv::fields(answer)?;
    let items = fields.iter().filter(|field| field.tag == tag::LISTED);
    items.map(|item| listed(item.value, form)).collect()
}

fn listed(item: &[u8], form: ListForm) -> Result<Credential, TokenError> {
    let shortened = || unintelligible("an item of the list is cut short");
    let (&kind, rest) = item.split_first().ok_or_else(shortened)?;
    let (handle, protection) = match form {
        ListForm::Plain => (rest, Protection::default()),
        ListForm::WithProperties => {
            let (properties, handle) = rest.split_last().ok_or_else(shortened)?;
            let protection = Protection {
                touch: properties & 0x01 != 0,
                pin: properties & 0x02 != 0,
            };
            (handle, protection)
        }
    };
    let (kind, algorithm) = read_type_byte(kind);
    let (name, time_step_seconds) = name::read(handle, kind);
    Ok(Credential {
        name,
        handle: handle.to_vec(),
        kind,
        algorithm,
        digits: None,
        time_step_seconds,
        protection,
    })
}

/// What was computed.
pub enum Computed {
    /// The truncated value, of which the code is the last digits.
    Truncated {
        /// How many digits the code has.
        digits: u8,
        /// The value (RFC 4226 s.5.3), its highest bit not yet taken away.
        value: u32,
    },
    /// The whole HMAC.
    Full {
        /// How many digits the code has.
        digits: u8,
        /// The HMAC, 20 to 64 bytes.
        mac: Zeroizing<Vec<u8>>,
    },
    /// Nothing: a counter, which only a request of its own moves on.
    CounterWaits {
        /// How many digits the code has, where it is said.
        digits: Option<u8>,
    },
    /// Nothing: it wants to be touched first.
    TouchWaits {
        /// How many digits the code has, where it is said.
        digits: Option<u8>,
    },
}

/// Reads the answer to CALCULATE.
///
/// # Errors
///
/// [`TokenError::Unintelligible`] for everything but one code.
pub fn parse_code(answer: &[u8]) -> Result<Computed, TokenError> {
    let fields = tlv::fields(answer)?;
    let computed = fields.into_iter().find_map(computed);
    computed.unwrap_or_else(|| Err(unintelligible("no code in it")))
}

/// Reads the answer to CALCULATE ALL: the handle of each credential and what was computed.
///
/// # Errors
///
/// [`TokenError::Unintelligible`] for a name without a result.
pub fn parse_all_codes(answer: &[u8]) -> Result<Vec<(Vec<u8>, Computed)>, TokenError> {
    let mut found = Vec::new();
    let mut named: Option<Vec<u8>> = None;
    for field in tlv::fields(answer)? {
        if field.tag == tag::NAME {
            if named.replace(field.value.to_vec()).is_some() {
                return Err(unintelligible("an account without a code"));
            }
        } else if let Some(computed) = computed(field) {
            let handle = named.take();
            let handle = handle.ok_or_else(|| unintelligible("a code without an account"))?;
            found.push((handle, computed?));
        }
    }
    match named {
        Some(_) => Err(unintelligible("an account without a code")),
        None => Ok(found),
    }
}

fn computed(field: tlv::Field<'_>) -> Option<Result<Computed, TokenError>> {
    let value = field.value;
    Some(match field.tag {
        tag::TRUNCATED_RESPONSE => truncated(value),
        tag::FULL_RESPONSE => full(value),
        tag::COUNTER_NOT_COMPUTED => {
            optional_digits(value).map(|digits| Computed::CounterWaits { digits })
        }
        tag::TOUCH_NOT_COMPUTED => {
            optional_digits(value).map(|digits| Computed::TouchWaits { digits })
        }
        _ => return None,
    })
}

fn truncated(value: &[u8]) -> Result<Computed, TokenError> {
    let &[digits, a, b, c, d] = value else {
        return Err(unintelligible("a code of another length"));
    };
    Ok(Computed::Truncated {
        digits: possible_digits(digits)?,
        value: u32::from_be_bytes([a, b, c, d]),
    })
}

fn full(value: &[u8]) -> Result<Computed, TokenError> {
    match value.split_first() {
        Some((&digits, mac)) if (20..=64).contains(&mac.len()) => Ok(Computed::Full {
            digits: possible_digits(digits)?,
            mac: Zeroizing::new(mac.to_vec()),
        }),
        _ => Err(unintelligible("a code of another length")),
    }
}

fn optional_digits(value: &[u8]) -> Result<Option<u8>, TokenError> {
    value.first().copied().map(possible_digits).transpose()
}

/// 31 bits have ten digits; fewer than four would be no code.
fn possible_digits(digits: u8) -> Result<u8, TokenError> {
    match digits {
        4..=10 => Ok(digits),
        _ => Err(unintelligible("an impossible number of digits")),
    }
}

/// Reads the answer to VALIDATE: the token's own proof.
///
/// # Errors
///
/// [`TokenError::Unintelligible`] without one.
pub fn parse_proof(answer: &[u8]) -> Result<Vec<u8>, TokenError> {
    let fields = tlv::fields(answer)?;
    let proof = tlv::value_of(&fields, tag::FULL_RESPONSE);
    let proof = proof.ok_or_else(|| unintelligible("no proof that it knows the password"))?;
    Ok(proof.to_vec())
}

pub(crate) const fn unintelligible(what: &'static str) -> TokenError {
    TokenError::Unintelligible { what }
}
