//! The management application: serial number, version, and which application is reachable
//! over which interface. Source: Yubico, "Configuration and management interface".

use crate::apdu::{Answer, Command, Outcome, UNKNOWN_INSTRUCTION, WRONG_DATA};
use crate::tlv::{self, Fields};

pub(crate) const NAME: [u8; 8] = [0xA0, 0, 0, 5, 0x27, 0x47, 0x11, 0x17];

/// The OTP slots.
pub(crate) const OTP: u16 = 0x0001;
/// The OATH application.
pub(crate) const OATH: u16 = 0x0020;

pub(crate) struct Management {
    version: (u8, u8, u8),
    serial: u32,
    enabled_usb: u16,
    enabled_nfc: u16,
    lock: [u8; 16],
    /// Told to restart, and not done yet.
    pub(crate) restarts: bool,
}

impl Management {
    pub(crate) fn new(version: (u8, u8, u8), serial: u32) -> Self {
        Self {
            version,
            serial,
            enabled_usb: OTP | OATH,
            enabled_nfc: OTP | OATH,
            lock: [0; 16],
            restarts: false,
        }
    }

    pub(crate) fn is_enabled(&self, application: u16, nfc: bool) -> bool {
        let enabled = if nfc {
            self.enabled_nfc
        } else {
            self.enabled_usb
        };
        enabled & application != 0
    }

    pub(crate) fn select(&self) -> Vec<u8> {
        let (major, minor, patch) = self.version;
        format!("Virtual mgr - FW version {major}.{minor}.{patch}").into_bytes()
    }

    pub(crate) fn answer(&mut self, command: &Command) -> Answer {
        match (command.instruction, command.p1, command.p2) {
            (0x1D, 0, 0) if self.version >= (4, 1, 0) => Answer::with(self.device_info()),
            (0x1C, 0, 0) if self.version >= (5, 0, 0) => self.configure(&command.data).into(),
            _ => Answer::status(UNKNOWN_INSTRUCTION),
        }
    }

    /// Also what slot command 13 answers.
    pub(crate) fn device_info(&self) -> Vec<u8> {
        let (major, minor, patch) = self.version;
        let mut fields = Vec::new();
        tlv::put(&mut fields, 0x01, &(OTP | OATH).to_be_bytes());
        tlv::put(&mut fields, 0x02, &self.serial.to_be_bytes());
        tlv::put(&mut fields, 0x03, &self.enabled_usb.to_be_bytes());
        // A keychain with USB-A.
        tlv::put(&mut fields, 0x04, &[1]);
        tlv::put(&mut fields, 0x05, &[major, minor, patch]);
        tlv::put(&mut fields, 0x06, &[0, 0]);
        tlv::put(&mut fields, 0x07, &[15]);
        tlv::put(&mut fields, 0x08, &[0]);
        tlv::put(&mut fields, 0x0A, &[u8::from(self.lock != [0; 16])]);
        if self.version >= (5, 0, 0) {
            tlv::put(&mut fields, 0x0D, &(OTP | OATH).to_be_bytes());
            tlv::put(&mut fields, 0x0E, &self.enabled_nfc.to_be_bytes());
        }
        let length = u8::try_from(fields.len()).expect("a few fields");
        fields.insert(0, length);
        fields
    }

    fn configure(&mut self, data: &[u8]) -> Outcome {
        let [length, fields @ ..] = data else {
            return Err(WRONG_DATA);
        };
        if usize::from(*length) != fields.len() {
            return Err(WRONG_DATA);
        }
        let mut fields = Fields(fields);
        let mut given = [0; 16];
        let mut usb = self.enabled_usb;
        let mut nfc = self.enabled_nfc;
        let mut lock = self.lock;
        let mut restarts = false;
        while let Some(tag) = fields.next_tag() {
            let value = fields.take(tag)?;
            let mask = |value: &[u8]| match value {
                [high, low] => Ok(u16::from_be_bytes([*high, *low]) & (OTP | OATH)),
                _ => Err(WRONG_DATA),
            };
            match tag {
                0x03 => usb = mask(value)?,
                0x0E => nfc = mask(value)?,
                0x0C => restarts = true,
                0x0B => given = value.try_into().map_err(|_| WRONG_DATA)?,
                0x0A => lock = value.try_into().map_err(|_| WRONG_DATA)?,
                _ => {}
            }
        }
        if given != self.lock {
            return Err(crate::apdu::SECURITY_STATUS);
        }
        // A key without any application on USB could not be spoken to any more.
        if usb == 0 {
            return Err(WRONG_DATA);
        }
        (self.enabled_usb, self.enabled_nfc, self.lock) = (usb, nfc, lock);
        self.restarts = restarts;
        Ok(Vec::new())
    }
}
