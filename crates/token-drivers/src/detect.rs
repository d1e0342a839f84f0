//! Which token is it, and which applications does it have?
//!
//! [`open`] asks as little as it can and ends with the application selected; [`recognise`]
//! asks for everything, and changes nothing. Neither takes the salt of SELECT for an
//! identity: a Nitrokey makes a new one every time.

use crate::apdu::Command;
use crate::crescendo::Crescendo;
use crate::nitrokey::{self, Nitrokey};
use crate::oath::channel::Channel;
use crate::oath::protocol::{APEX_APPLICATION, OATH_APPLICATION};
use crate::oath::{Dialect, Oath, Selected, parse_select, select_command, unintelligible};
use crate::token2::{self, Molto2, Token2};
use crate::{Card, Family, StatusWord, Token, TokenError, tlv, transmit};

/// Yubico's slots for buttons.
const SLOTS_APPLICATION: &[u8] = &[0xA0, 0, 0, 0x05, 0x27, 0x20, 0x01];
/// Yubico's management.
const MANAGEMENT_APPLICATION: &[u8] = &[0xA0, 0, 0, 0x05, 0x27, 0x47, 0x11, 0x17];
/// The first OATH slot of an HID Crescendo Key.
const CRESCENDO_APPLICATION: &[u8] = &[0xA0, 0, 0, 0, 0x79, 0x23, 0];

/// Opens whatever is in the reader: its OATH application, or what it has in place of one.
///
/// The serial number of a YubiKey is in another application, so its identity has none here;
/// [`recognise`] tells it.
///
/// # Errors
///
/// [`TokenError::NoApplication`], [`TokenError::Card`].
pub fn open<'c>(card: &'c mut dyn Card) -> Result<Box<dyn Token + 'c>, TokenError> {
    let (application, selected) = match select_oath(card) {
        Err(TokenError::NoApplication { .. }) => return open_another(card),
        found => found?,
    };
    if Nitrokey::is_one(&selected) {
        return Ok(Box::new(Nitrokey::new(Channel::new(card), selected)));
    }
    let (dialect, selected) = match dialect_by_answer(card, application, &selected) {
        Some(dialect) => (dialect, selected),
        None => {
            let managed = select(card, MANAGEMENT_APPLICATION)?.is_some();
            // The management is selected now: back to OATH.
            let (_, selected) = select_oath(card)?;
            let dialect = if managed {
                Dialect::YubiKey
            } else {
                Dialect::Generic
            };
            (dialect, selected)
        }
    };
    let channel = Channel::new(card);
    Ok(Box::new(Oath::new(
        channel,
        dialect,
        application,
        selected,
        None,
    )))
}

/// A token without an OATH application after Yubico's protocol.
fn open_another<'c>(card: &'c mut dyn Card) -> Result<Box<dyn Token + 'c>, TokenError> {
    if select(card, CRESCENDO_APPLICATION)?.is_some() {
        return Ok(Box::new(Crescendo::open(card)?));
    }
    match token2(card)? {
        Some((Family::Token2, _)) => Ok(Box::new(Token2::open(card)?)),
        Some(_) => Ok(Box::new(Molto2::open(card)?)),
        None => Err(TokenError::NoApplication {
            application: "OTP application",
        }),
    }
}

/// What [`recognise`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recognised {
    /// Which protocol its OATH side speaks. `None`: nothing that is known here.
    pub family: Option<Family>,
    /// Version of its OATH application, else of what else told one.
    pub version: Option<(u8, u8, u8)>,
    /// Its serial number, where it has one that stays the same.
    pub serial: Option<String>,
    /// Which applications it has.
    pub applications: Applications,
    /// Whether a password or PIN protects the OATH application.
    pub protected: bool,
    /// How many tries the PIN of a Nitrokey has left, where one is set.
    pub pin_tries: Option<u8>,
}

/// Which applications a token has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applications {
    /// OATH after Yubico's protocol, or Nitrokey's.
    pub oath: bool,
    /// Yubico's two slots for buttons.
    pub slots: bool,
    /// Yubico's management.
    pub management: bool,
    /// HID Crescendo Key's OATH slots.
    pub crescendo: bool,
    /// Token2's, one profile or a hundred.
    pub token2: bool,
}

/// Looks what is in the reader. Nothing is changed, no touch and no PIN is asked for.
/// Afterwards another application than before may be selected.
///
/// # Errors
///
/// [`TokenError::Card`]; [`TokenError::Unintelligible`] for an OATH application that answers
/// nonsense.
pub fn recognise(card: &mut dyn Card) -> Result<Recognised, TokenError> {
    let mut found = Recognised::default();
    let oath = match select_oath(card) {
        Err(TokenError::NoApplication { .. }) => None,
        other => Some(other?),
    };
    if let Some(version) = slots(card)? {
        found.applications.slots = true;
        found.version = Some(version);
        found.serial = slots_serial(card)?;
    }
    if select(card, MANAGEMENT_APPLICATION)?.is_some() {
        found.applications.management = true;
        found.serial = management_serial(card)?.or(found.serial);
    }
    found.applications.crescendo = select(card, CRESCENDO_APPLICATION)?.is_some();
    if let Some((application, selected)) = oath {
        found.applications.oath = true;
        found.version = Some(selected.version);
        found.protected = selected.challenge.is_some() || selected.pin_tries.is_some();
        found.serial = nitrokey::serial(&selected).or(found.serial);
        found.pin_tries = selected.pin_tries;
        found.family = Some(if Nitrokey::is_one(&selected) {
            Family::Nitrokey
        } else {
            let dialect = dialect_by_answer(card, application, &selected);
            let managed = found.applications.management;
            let otherwise = if managed {
                Dialect::YubiKey
            } else {
                Dialect::Generic
            };
            dialect.unwrap_or(otherwise).family()
        });
    } else if found.applications.crescendo {
        found.family = Some(Family::Crescendo);
    } else if found.applications == Applications::default()
        && let Some((family, info)) = token2(card)?
    {
        found.applications.token2 = true;
        found.family = Some(family);
        found.serial = Some(info.serial);
    }
    Ok(found)
}

/// The dialect, where the answer to SELECT and the answer to reset suffice.
fn dialect_by_answer(card: &dyn Card, application: &[u8], selected: &Selected) -> Option<Dialect> {
    match selected.version {
        _ if application == APEX_APPLICATION => Some(Dialect::Generic),
        // The first NEOs say 2 and below, and what comes after 5 is not known.
        _ if says_yubikey(card) => Some(Dialect::YubiKey),
        (6, 0, 0) => Some(Dialect::CanoKey),
        // SoloKeys 2 and others imitate these versions.
        (3..=5, _, _) => None,
        _ => Some(Dialect::Generic),
    }
}

/// Yubico writes the name into the answer to reset of every key.
fn says_yubikey(card: &dyn Card) -> bool {
    let answer = card.answer_to_reset().unwrap_or_default();
    let mut places = answer.windows(b"yubikey".len());
    places.any(|place| place.eq_ignore_ascii_case(b"yubikey"))
}

/// What SELECT answers. `None`: there is no such application.
fn select(card: &mut dyn Card, application: &[u8]) -> Result<Option<Vec<u8>>, TokenError> {
    let reply = Channel::new(card).ask(&select_command(application))?;
    Ok((reply.status == StatusWord::OK).then(|| reply.data.to_vec()))
}

fn select_oath(card: &mut dyn Card) -> Result<(&'static [u8], Selected), TokenError> {
    for application in [OATH_APPLICATION, APEX_APPLICATION] {
        if let Some(answer) = select(card, application)? {
            return Ok((application, parse_select(&answer)?));
        }
    }
    Err(TokenError::NoApplication {
        application: "OATH application",
    })
}

/// The version of the slots' application.
fn slots(card: &mut dyn Card) -> Result<Option<(u8, u8, u8)>, TokenError> {
    let answer = select(card, SLOTS_APPLICATION)?;
    Ok(match answer.as_deref() {
        Some(&[major, minor, patch, ..]) => Some((major, minor, patch)),
        _ => None,
    })
}

/// The serial number as the slots' application tells it; keys can be set to keep it.
fn slots_serial(card: &mut dyn Card) -> Result<Option<String>, TokenError> {
    let reply = transmit(card, &Command::new(0, 0x01, 0x10, 0))?;
    let serial: Result<[u8; 4], _> = reply.data.as_slice().try_into();
    Ok(match serial {
        Ok(bytes) if reply.status == StatusWord::OK => decimal(bytes),
        _ => None,
    })
}

/// The serial number as the management tells it, from firmware 4.1 on.
fn management_serial(card: &mut dyn Card) -> Result<Option<String>, TokenError> {
    let reply = Channel::new(card).ask(&Command::new(0, 0x1D, 0, 0))?;
    if reply.status != StatusWord::OK {
        return Ok(None);
    }
    Ok(parse_management_serial(&reply.data).unwrap_or(None))
}

/// The serial number in the management's page of facts: its length, then fields.
///
/// # Errors
///
/// [`TokenError::Unintelligible`] for fields that are longer than the page.
pub fn parse_management_serial(page: &[u8]) -> Result<Option<String>, TokenError> {
    const SERIAL: u8 = 0x02;
    let Some((_, facts)) = page.split_first() else {
        return Err(unintelligible("an empty page of facts"));
    };
    let fields = tlv::fields(facts)?;
    let serial = tlv::value_of(&fields, SERIAL).and_then(|bytes| bytes.try_into().ok());
    Ok(serial.and_then(decimal))
}

fn decimal(serial: [u8; 4]) -> Option<String> {
    match u32::from_be_bytes(serial) {
        0 => None,
        serial => Some(serial.to_string()),
    }
}

/// Token2's cards have no application to select; they answer a question of their own. The
/// single-profile tokens are asked first: theirs is the longer question.
fn token2(card: &mut dyn Card) -> Result<Option<(Family, token2::Info)>, TokenError> {
    let questions: [(Family, Question); 2] = [
        (Family::Token2, token2::read_single_info),
        (Family::Molto2, token2::read_molto2_info),
    ];
    for (family, ask) in questions {
        match ask(card) {
            Err(TokenError::NoApplication { .. }) => {}
            answer => return Ok(Some((family, answer?))),
        }
    }
    Ok(None)
}

type Question = fn(&mut dyn Card) -> Result<token2::Info, TokenError>;
