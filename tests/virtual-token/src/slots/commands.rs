//! The instructions of the OTP application over PC/SC.

use super::configuration::{BYTES, Configuration, Kind, config};
use super::keyboard::ScanMap;
use super::{Slot, Slots};
use crate::apdu::{
    Answer, CONDITIONS, Command, Outcome, SECURITY_STATUS, UNKNOWN_INSTRUCTION, WRONG_DATA,
    WRONG_LENGTH, WRONG_PARAMETERS,
};
use crate::management::Management;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

impl Slots {
    pub(crate) fn answer(&mut self, command: &Command, management: &Management) -> Answer {
        let outcome = match (command.instruction, command.p1) {
            (0x01, 0x01) => self.write(0, &command.data),
            (0x01, 0x03) => self.write(1, &command.data),
            (0x01, 0x04) => self.update(0, &command.data),
            (0x01, 0x05) => self.update(1, &command.data),
            (0x01, 0x06) => self.swap(&command.data),
            (0x01, 0x10) => Ok(self.serial.to_be_bytes().to_vec()),
            (0x01, 0x12) => self.set_scan_map(&command.data),
            (0x01, 0x13) if self.version >= (4, 1, 0) => Ok(management.device_info()),
            (0x01, 0x30) => self.challenge(0, &command.data),
            (0x01, 0x38) => self.challenge(1, &command.data),
            (0x01, _) => Err(WRONG_PARAMETERS),
            (0x03, 0) => Ok(self.status()),
            _ => Err(UNKNOWN_INSTRUCTION),
        };
        outcome.into()
    }

    /// A configuration and the present access code; all zero deletes the slot.
    fn write(&mut self, at: usize, data: &[u8]) -> Outcome {
        let (bytes, given) = configuration_and_code(data)?;
        if let Some(slot) = &self.slots[at] {
            slot.configuration.opens_with(&given)?;
        }
        if bytes == [0; BYTES] {
            self.slots[at].take().ok_or(CONDITIONS)?;
        } else {
            let configuration = Configuration::parse(&bytes)?;
            self.slots[at] = Some(Slot {
                counter: configuration.first_counter(),
                configuration,
                sessions: 0,
            });
        }
        Ok(self.written())
    }

    fn update(&mut self, at: usize, data: &[u8]) -> Outcome {
        let (bytes, given) = configuration_and_code(data)?;
        let slot = self.slots[at].as_mut().ok_or(CONDITIONS)?;
        slot.configuration.opens_with(&given)?;
        let new = Configuration::parse(&bytes)?;
        slot.configuration.update(&new)?;
        Ok(self.written())
    }

    fn swap(&mut self, data: &[u8]) -> Outcome {
        let mut given = [0; 6];
        match data.len() {
            0 => {}
            6 => given.copy_from_slice(data),
            _ => return Err(WRONG_LENGTH),
        }
        for slot in self.slots.iter().flatten() {
            slot.configuration.opens_with(&given)?;
        }
        self.slots.swap(0, 1);
        Ok(self.written())
    }

    fn set_scan_map(&mut self, data: &[u8]) -> Outcome {
        let usages = data.get(..45).ok_or(WRONG_LENGTH)?;
        self.scan_map = ScanMap::parse(usages).ok_or(WRONG_DATA)?;
        Ok(self.written())
    }

    fn written(&mut self) -> Vec<u8> {
        let empty = self.slots.iter().all(Option::is_none);
        self.sequence = if empty {
            0
        } else {
            self.sequence.wrapping_add(1)
        };
        self.status()
    }

    /// HMAC-SHA1 over a challenge of 64 bytes, padded by the host.
    fn challenge(&mut self, at: usize, data: &[u8]) -> Outcome {
        if data.len() != 64 {
            return Err(WRONG_LENGTH);
        }
        let slot = self.slots[at].as_ref().ok_or(CONDITIONS)?;
        let flags = slot.configuration.config;
        let is_hmac = flags & config::CHALLENGE_HMAC == config::CHALLENGE_HMAC;
        if slot.configuration.kind() != Kind::Challenge || !is_hmac {
            return Err(CONDITIONS);
        }
        if flags & config::CHALLENGE_BUTTON != 0 && !self.touch.wait() {
            return Err(SECURITY_STATUS);
        }
        let challenge = if flags & config::HMAC_SHORTER != 0 {
            without_padding(data)
        } else {
            data
        };
        let key = slot.configuration.long_key();
        let mut mac = Hmac::<Sha1>::new_from_slice(&key).expect("any length is a key");
        mac.update(challenge);
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

/// Without the run of equal bytes at the end.
fn without_padding(challenge: &[u8]) -> &[u8] {
    let padding = challenge.last().copied();
    let kept = challenge.iter().rposition(|byte| Some(*byte) != padding);
    &challenge[..kept.map_or(0, |last| last + 1)]
}

fn configuration_and_code(data: &[u8]) -> Result<([u8; BYTES], [u8; 6]), u16> {
    let (configuration, code) = data.split_at_checked(BYTES).ok_or(WRONG_LENGTH)?;
    let configuration = configuration.try_into().map_err(|_| WRONG_LENGTH)?;
    let code = code.try_into().map_err(|_| WRONG_LENGTH)?;
    Ok((configuration, code))
}
