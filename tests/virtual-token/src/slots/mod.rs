//! The OTP application: two slots, a short and a long press.
//!
//! [`configuration`] is what is written into a slot, [`commands`] the instructions,
//! [`typing`] what the keyboard types. Sources: Yubico, yubikey-personalization's ykdef.h;
//! "The YubiKey Manual", s.2 and s.6.
//!
//! Not here: what the key says over NFC when it is only held there (NDEF), challenges in the
//! manner of Yubico OTP, and the mode of a NEO. They are refused with 6B00.

mod commands;
mod configuration;
mod keyboard;
mod typing;

use crate::card::Typed;
use crate::touch::Touch;
use configuration::Configuration;
use keyboard::ScanMap;

pub(crate) const NAME: [u8; 8] = [0xA0, 0, 0, 5, 0x27, 0x20, 1, 1];

/// One slot in use.
struct Slot {
    configuration: Configuration,
    /// The moving factor of an HOTP slot.
    counter: u64,
    /// How often the key got power and this slot was used (Yubico OTP).
    sessions: u16,
}

/// The application.
pub(crate) struct Slots {
    version: (u8, u8, u8),
    serial: u32,
    touch: Touch,
    slots: [Option<Slot>; 2],
    /// Goes up with every write; 0 when both slots are empty.
    sequence: u8,
    scan_map: ScanMap,
}

impl Slots {
    pub(crate) fn new(version: (u8, u8, u8), serial: u32, touch: Touch) -> Self {
        Self {
            version,
            serial,
            touch,
            slots: [None, None],
            sequence: 0,
            scan_map: ScanMap::standard(),
        }
    }

    /// What SELECT answers: the status, and on older keys the mode of their interfaces.
    pub(crate) fn select(&self) -> Vec<u8> {
        let mut answer = self.status();
        if self.version.0 < 5 {
            // Keyboard and smart card; 15 seconds for a challenge; never ejected.
            answer.extend([0x06, 15, 0, 0]);
        }
        answer
    }

    /// Version, sequence of writes, and which slots are configured and touched.
    fn status(&self) -> Vec<u8> {
        let (major, minor, patch) = self.version;
        let mut touch_level = 0_u8;
        for (slot, (configured, touched)) in self.slots.iter().zip([(1, 4), (2, 8)]) {
            if let Some(slot) = slot {
                touch_level |= configured;
                if slot.configuration.is_triggered_by_touch() {
                    touch_level |= touched;
                }
            }
        }
        vec![major, minor, patch, self.sequence, touch_level, 0]
    }

    pub(crate) fn press(&mut self, button: u8) -> Result<Typed, String> {
        let at = match button {
            1 => 0,
            2 => 1,
            _ => return Err("the button knows 1, a short, and 2, a long press".to_owned()),
        };
        let scan_map = self.scan_map.clone();
        match &mut self.slots[at] {
            Some(slot) => slot.typed(&scan_map),
            None => Err(format!("slot {button} is empty")),
        }
    }
}
