//! What a YubiKey is, and which of its applications answer over which interface.
//!
//! This is the only place where a YubiKey knows a difference between contact and contactless:
//! a whole application is switched on or off for one of them. Begin with [`Management`].
//!
//! Over PC/SC only. Sources: Yubico's documentation of the management application; field
//! numbers as in Yubico's library.

mod applications;
mod info;

pub use applications::{Applications, Interface, Offered};
pub use info::{DeviceInfo, Form};

use crate::apdu::Command;
use crate::slots::Version;
use crate::tlv;
use crate::{Card, StatusWord, TokenError, transmit};
use zeroize::Zeroizing;

const APPLICATION: [u8; 8] = [0xA0, 0x00, 0x00, 0x05, 0x27, 0x47, 0x11, 0x17];
const READ: u8 = 0x1D;
const WRITE: u8 = 0x1C;
const USB_ENABLED: u8 = 0x03;
const UNLOCK: u8 = 0x0B;
const RESTART: u8 = 0x0C;
const NFC_ENABLED: u8 = 0x0E;

/// More pages than this no token has.
const MOST_PAGES: u8 = 16;

/// The code that protects what is switched on: 16 bytes, wiped when dropped.
pub struct LockCode(Zeroizing<[u8; 16]>);

impl LockCode {
    /// Takes the bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads 32 hexadecimal digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let value = u128::from_str_radix(text, 16).ok()?;
        Some(Self::new(value.to_be_bytes()))
    }
}

/// The management application, selected.
pub struct Management<'c> {
    card: &'c mut dyn Card,
    version: Version,
}

impl<'c> Management<'c> {
    /// Selects the application.
    ///
    /// # Errors
    ///
    /// [`TokenError::NoApplication`] on every token but YubiKeys since firmware 3.
    pub fn select(card: &'c mut dyn Card) -> Result<Self, TokenError> {
        let select = Command::new(0x00, 0xA4, 0x04, 0x00).with_data(&APPLICATION);
        let reply = transmit(card, &select)?;
        match reply.status {
            StatusWord::OK => {}
            StatusWord::NOT_FOUND => {
                return Err(TokenError::NoApplication {
                    application: "management application",
                });
            }
            status => {
                let operation = "select";
                return Err(TokenError::Refused { operation, status });
            }
        }
        let version = version_in(&reply.data).ok_or(TokenError::Unintelligible {
            what: "the version of the management application",
        })?;
        Ok(Self { card, version })
    }

    /// Reads what the token tells about itself.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unsupported`] before firmware 4.
    pub fn info(&mut self) -> Result<DeviceInfo, TokenError> {
        if self.version.0 == 3 {
            return unsupported("a YubiKey NEO does not tell which of its applications are on");
        }
        let mut pages = Vec::new();
        for number in 0..MOST_PAGES {
            let reply = transmit(self.card, &Command::new(0x00, READ, number, 0x00))?;
            if reply.status != StatusWord::OK {
                return Err(TokenError::Refused {
                    operation: "reading the device information",
                    status: reply.status,
                });
            }
            let (_, more) = info::page(&reply.data)?;
            pages.push(reply.data);
            if !more {
                break;
            }
        }
        let mut fields = Vec::new();
        for bytes in &pages {
            fields.extend(info::page(bytes)?.0);
        }
        Ok(DeviceInfo::of(&fields, self.version))
    }

    /// Switches applications on or off for one interface; the others stay as they are.
    /// Switching something for USB restarts the token: it has to be connected to anew.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unsupported`] where the token cannot, or where nothing would be left over
    /// USB; [`TokenError::Locked`], [`TokenError::WrongPassword`] for the lock code;
    /// [`TokenError::NotDone`] when it says yes and the applications answer as before.
    pub fn switch(
        &mut self,
        interface: Interface,
        applications: Applications,
        on: bool,
        lock: Option<&LockCode>,
    ) -> Result<Switched, TokenError> {
        let info = self.info()?;
        let enabled = wanted(&info, interface, applications, on)?;
        if info.offered(interface).map(|offered| offered.enabled) == Some(enabled) {
            return Ok(Switched::WasSo);
        }
        if info.is_locked && lock.is_none() {
            return Err(TokenError::Locked {
                wants: "configuration lock code",
            });
        }
        self.write(interface, enabled, lock)?;
        if interface == Interface::Contact {
            return Ok(Switched::AndRestarts);
        }
        let after = self.info()?.offered(interface);
        if after.map(|offered| offered.enabled) != Some(enabled) {
            return Err(TokenError::NotDone {
                what: "its applications answer over NFC as before",
            });
        }
        Ok(Switched::Now)
    }

    fn write(
        &mut self,
        interface: Interface,
        enabled: Applications,
        lock: Option<&LockCode>,
    ) -> Result<(), TokenError> {
        let mut fields = Zeroizing::new(Vec::with_capacity(64));
        if interface == Interface::Contact {
            tlv::put(&mut fields, RESTART, &[]);
        }
        if let Some(LockCode(code)) = lock {
            tlv::put(&mut fields, UNLOCK, &**code);
        }
        let tag = match interface {
            Interface::Contact => USB_ENABLED,
            Interface::Contactless => NFC_ENABLED,
        };
        tlv::put(&mut fields, tag, &enabled.0.to_be_bytes());
        // At most 2 + 18 + 4 bytes.
        let length = u8::try_from(fields.len()).unwrap_or(u8::MAX);
        let mut data = Zeroizing::new(Vec::with_capacity(64));
        data.push(length);
        data.extend_from_slice(&fields);
        let command = Command::new(0x00, WRITE, 0x00, 0x00).with_data(&data);
        let status = transmit(self.card, &command)?.status;
        match (status, lock) {
            (StatusWord::OK, _) => Ok(()),
            (StatusWord::SECURITY_STATUS, None) => Err(TokenError::Locked {
                wants: "configuration lock code",
            }),
            (StatusWord::SECURITY_STATUS, Some(_)) => Err(TokenError::WrongPassword {
                what: "configuration lock code",
                tries_left: None,
            }),
            (status, _) => Err(TokenError::Refused {
                operation: "switching applications",
                status,
            }),
        }
    }
}

/// What became of switching applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switched {
    /// It was so already; nothing was written.
    WasSo,
    /// It is so, as was seen.
    Now,
    /// The token took it and restarts; whether it is so is seen when it is back.
    AndRestarts,
}

/// What is to be enabled, or why that cannot be.
fn wanted(
    info: &DeviceInfo,
    interface: Interface,
    applications: Applications,
    on: bool,
) -> Result<Applications, TokenError> {
    let Some(offered) = info.offered(interface) else {
        return unsupported("this token has no NFC: contactless is \"never\" for it, and stays so");
    };
    if info.version.0 != 0 && info.version < (5, 0, 0) {
        return unsupported(
            "applications can be switched on and off for each interface since firmware 5 only",
        );
    }
    if on && !offered.supported.contains(applications) {
        let missing = applications.without(offered.supported);
        let why = format!("this token has no {missing} over {interface}");
        return Err(TokenError::Unsupported { why });
    }
    let enabled = if on {
        offered.enabled.with(applications)
    } else {
        offered.enabled.without(applications)
    };
    if interface == Interface::Contact && enabled.is_empty() {
        return unsupported("one application at least has to stay on over USB");
    }
    Ok(enabled)
}

fn unsupported<T>(why: &str) -> Result<T, TokenError> {
    Err(TokenError::Unsupported { why: why.into() })
}

/// The version in a text like "Virtual mgr - FW version 5.4.3".
fn version_in(text: &[u8]) -> Option<Version> {
    let words = text.split(|byte| !byte.is_ascii_digit() && *byte != b'.');
    words
        .filter_map(|word| {
            let mut numbers = word
                .split(|byte| *byte == b'.')
                .map(|number| std::str::from_utf8(number).ok()?.parse().ok());
            let version = (numbers.next()??, numbers.next()??, numbers.next()??);
            numbers.next().is_none().then_some(version)
        })
        .next_back()
}

#[cfg(test)]
mod tests;
