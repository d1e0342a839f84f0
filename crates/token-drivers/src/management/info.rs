//! What a YubiKey tells about itself: fields on one or more pages.
//!
//! Unknown fields are ignored: newer firmware has more.

use super::applications::{Applications, Interface, Offered};
use crate::TokenError;
use crate::slots::Version;
use crate::tlv::{self, Field};

const USB_SUPPORTED: u8 = 0x01;
const SERIAL: u8 = 0x02;
const USB_ENABLED: u8 = 0x03;
const FORM: u8 = 0x04;
const VERSION: u8 = 0x05;
const LOCKED: u8 = 0x0A;
const NFC_SUPPORTED: u8 = 0x0D;
const NFC_ENABLED: u8 = 0x0E;
const MORE: u8 = 0x10;
const NFC_RESTRICTED: u8 = 0x17;

/// What it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form(u8);

impl Form {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self.0 & 0x0F {
            1 => "USB-A, keychain",
            2 => "USB-A, nano",
            3 => "USB-C, keychain",
            4 => "USB-C, nano",
            5 => "USB-C and Lightning",
            6 => "USB-A, fingerprint",
            7 => "USB-C, fingerprint",
            _ => "unknown form",
        }
    }

    /// Whether it is of the FIPS series.
    pub const fn is_fips(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Whether it is of the Security Key series, which has no OATH and no buttons.
    pub const fn is_security_key(self) -> bool {
        self.0 & 0x40 != 0
    }
}

/// What a token tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The version of its firmware.
    pub version: Version,
    /// Its serial number, where it tells one.
    pub serial: Option<u32>,
    /// What it looks like.
    pub form: Form,
    /// What it offers over USB.
    pub contact: Offered,
    /// What it offers over NFC. `None`: it has none.
    pub contactless: Option<Offered>,
    /// Whether a lock code protects what is switched on.
    pub is_locked: bool,
    /// Whether NFC stays off until it was plugged in once, as it comes from the factory.
    pub is_nfc_restricted: bool,
}

/// One page: its fields, and whether there is another one.
pub(super) fn page(bytes: &[u8]) -> Result<(Vec<Field<'_>>, bool), TokenError> {
    let content = bytes
        .split_first()
        .and_then(|(length, content)| (usize::from(*length) == content.len()).then_some(content));
    let fields = tlv::fields(content.ok_or(TokenError::Unintelligible {
        what: "the length of the device information",
    })?)?;
    let more = tlv::value_of(&fields, MORE) == Some(&[1]);
    Ok((fields, more))
}

impl DeviceInfo {
    /// Puts the fields of all pages together. `version`: what the application said when it
    /// was selected.
    pub(super) fn of(fields: &[Field<'_>], version: Version) -> Self {
        let set = |tag| tlv::value_of(fields, tag).map(Applications::from_bytes);
        let is_on = |tag| tlv::value_of(fields, tag) == Some(&[1]);
        let version = match tlv::value_of(fields, VERSION) {
            Some([major, minor, patch]) => (*major, *minor, *patch),
            _ => version,
        };
        let supported = set(USB_SUPPORTED).unwrap_or_default();
        // Firmware 4 tells nonsense about what is enabled; there all of it is.
        let enabled = set(USB_ENABLED).filter(|_| version.0 != 4);
        let serial = tlv::value_of(fields, SERIAL).and_then(|value| {
            let number = u32::from_be_bytes(value.try_into().ok()?);
            (number != 0).then_some(number)
        });
        let form = match tlv::value_of(fields, FORM) {
            Some([form]) => Form(*form),
            _ => Form(0),
        };
        Self {
            version,
            serial,
            form,
            contact: Offered {
                supported,
                enabled: enabled.unwrap_or(supported),
            },
            contactless: set(NFC_SUPPORTED)
                .filter(|supported| !supported.is_empty())
                .map(|supported| Offered {
                    supported,
                    enabled: set(NFC_ENABLED).unwrap_or_default(),
                }),
            is_locked: is_on(LOCKED),
            is_nfc_restricted: is_on(NFC_RESTRICTED),
        }
    }

    /// What it offers on an interface. `None`: it has no such interface.
    pub const fn offered(&self, interface: Interface) -> Option<Offered> {
        match interface {
            Interface::Contact => Some(self.contact),
            Interface::Contactless => self.contactless,
        }
    }

    /// What contact and contactless mean for codes on this token, a sentence each.
    pub fn contact_and_contactless(&self) -> Vec<String> {
        let mut sentences: Vec<String> = Interface::BOTH
            .into_iter()
            .map(|interface| self.sentence(interface))
            .collect();
        if self.is_nfc_restricted {
            sentences.push(
                "Its NFC is off, as it comes from the factory, until it is plugged in for some \
                 seconds."
                    .into(),
            );
        }
        sentences.push(
            "Always and never can be chosen for all credentials together, and for all buttons \
             together, not for single ones."
                .into(),
        );
        if self.is_locked {
            sentences.push("A lock code is needed to change that.".into());
        }
        sentences
    }

    fn sentence(&self, interface: Interface) -> String {
        let Some(offered) = self.offered(interface) else {
            return format!("{interface}: this token has none.");
        };
        let state = |what, application| {
            if offered.enabled.contains(application) {
                format!("{what} always")
            } else if offered.supported.contains(application) {
                format!("{what} never (switched off)")
            } else {
                format!("{what} never (it cannot)")
            }
        };
        let codes = state("codes", Applications::OATH);
        let buttons = state("buttons", Applications::BUTTONS);
        format!("{interface}: {codes}, {buttons}.")
    }
}
