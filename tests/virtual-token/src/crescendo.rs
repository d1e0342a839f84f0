//! HID Crescendo Key, as far as HID's page of low-level APDUs shows exchanges.
//!
//! Three OATH slots with HID's own sample: the key of the RFCs, HOTP in slot 0, TOTP in 1,
//! OCRA-1:HOTP-SHA1-6:QN08 in 2; PIN `00000000`. What the page does not show, this card does
//! not have. It is a replay, not an understanding: it proves that the driver sends and reads
//! these exchanges over a real reader, and no more.

use crate::apdu::{Answer, CONDITIONS, Command, NOT_FOUND, Outcome, SECURITY_STATUS};
use crate::apdu::{UNKNOWN_INSTRUCTION, WRONG_DATA, WRONG_LENGTH};
use crate::card::VirtualCard;
use crate::oath::truncate;
use crate::tlv::{self, Fields};
use crate::touch::{Look, Touch};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::time::Instant;

const KEY: &[u8] = b"12345678901234567890";
const PIN: &[u8] = b"00000000";
const SUITE: &[u8] = b"OCRA-1:HOTP-SHA1-6:QN08";
/// The first bytes of the applications' names.
const ACA: [u8; 7] = [0xA0, 0, 0, 0, 0x79, 0x10, 0];
const OATH: [u8; 6] = [0xA0, 0, 0, 0, 0x79, 0x23];
const TRIES: u8 = 8;

/// The card.
pub struct Crescendo {
    touch: Touch,
    slot: Option<u8>,
    pin_given: bool,
    tries: u8,
    /// Key and counter of slot 0; the others stay as they are.
    key: Option<Vec<u8>>,
    counter: u64,
    asked_since: Option<Instant>,
}

impl Crescendo {
    /// A new one.
    pub fn new(touch: Touch) -> Self {
        Self {
            touch,
            slot: None,
            pin_given: false,
            tries: TRIES,
            key: Some(KEY.to_vec()),
            counter: 0,
            asked_since: None,
        }
    }

    fn execute(&mut self, command: &Command) -> Outcome {
        let head = (command.class, command.instruction, command.p1, command.p2);
        match (head, self.slot) {
            ((0, 0xA4, 4, 0), _) => self.select(&command.data),
            ((0, 0x20, 0, 0), _) => self.verify_pin(&command.data),
            ((0x80, 0x88, 0, 0), Some(0)) => self.hotp(),
            ((0x80, 0x88, 0x11, 0), Some(1)) => self.totp(&command.data),
            ((0x80, 0x87, 0x22, 0), Some(2)) => self.ocra(&command.data),
            ((0x80, 0xD8, 5, 0), Some(0)) => self.put_configuration(&command.data),
            ((0x80, 0xD8, 4, 0), Some(0)) => self.put_key(&command.data),
            _ => Err(UNKNOWN_INSTRUCTION),
        }
    }

    fn select(&mut self, name: &[u8]) -> Outcome {
        self.asked_since = None;
        if name == ACA {
            self.slot = None;
            return Ok(hexadecimal("6F128407A0000000791000A50701051003000301"));
        }
        match name.strip_prefix(&OATH) {
            Some([slot @ 0..=2]) => {
                self.slot = Some(*slot);
                let mut inner = hexadecimal("010523030003022602 0101");
                let configuration =
                    hexadecimal("000000000000000000000000 060010 1E 000000000000 06");
                tlv::put(&mut inner, 0x4A, &configuration);
                let mut outer = Vec::new();
                tlv::put(&mut outer, 0x84, name);
                tlv::put(&mut outer, 0xA5, &inner);
                let mut answer = Vec::new();
                tlv::put(&mut answer, 0x6F, &outer);
                Ok(answer)
            }
            _ => Err(NOT_FOUND),
        }
    }

    fn verify_pin(&mut self, pin: &[u8]) -> Outcome {
        if pin.len() != PIN.len() {
            return Err(WRONG_LENGTH);
        }
        self.tries = match self.tries.checked_sub(1) {
            Some(tries) => tries,
            None => return Err(0x6983),
        };
        if pin != PIN {
            return Err(0x63C0 | u16::from(self.tries));
        }
        self.tries = TRIES;
        self.pin_given = true;
        Ok(Vec::new())
    }

    /// The lamp blinks, and the card is asked again until somebody presses.
    fn button(&mut self) -> Result<(), u16> {
        let since = *self.asked_since.get_or_insert_with(Instant::now);
        match self.touch.look(since.elapsed()) {
            Look::Touched => {
                self.asked_since = None;
                Ok(())
            }
            Look::NotYet | Look::TooLate => Err(CONDITIONS),
        }
    }

    fn pin(&self) -> Result<(), u16> {
        if self.pin_given {
            Ok(())
        } else {
            Err(SECURITY_STATUS)
        }
    }

    fn hotp(&mut self) -> Outcome {
        let key = self.key.clone().ok_or(CONDITIONS)?;
        self.button()?;
        let code = six_digits(&key, &self.counter.to_be_bytes());
        self.counter += 1;
        Ok(code)
    }

    fn totp(&mut self, time: &[u8]) -> Outcome {
        let time = time.try_into().map_err(|_| WRONG_LENGTH)?;
        self.pin()?;
        self.button()?;
        let step = u64::from(u32::from_be_bytes(time)) / 30;
        Ok(six_digits(KEY, &step.to_be_bytes()))
    }

    fn ocra(&mut self, data: &[u8]) -> Outcome {
        self.pin()?;
        let mut outer = Fields(data);
        let mut template = Fields(outer.take(0x7C)?);
        outer.end()?;
        // What is wanted, then the challenge: in this order.
        template.take(0x82)?;
        let question = template.take(0x81)?;
        template.end()?;
        if question.len() != 128 {
            return Err(WRONG_DATA);
        }
        self.button()?;
        let code = six_digits(KEY, &[SUITE, &[0], question].concat());
        let mut inner = Vec::new();
        tlv::put(&mut inner, 0x82, &code);
        let mut answer = Vec::new();
        tlv::put(&mut answer, 0x7C, &inner);
        Ok(answer)
    }

    fn put_configuration(&mut self, data: &[u8]) -> Outcome {
        self.pin()?;
        // 00 00 L1 L2 value 00; the value as in the one sample there is.
        let [0, 0, length, rest @ .., 0] = data else {
            return Err(WRONG_DATA);
        };
        // The key goes with the configuration.
        self.key = None;
        if *length == 0 {
            return Ok(Vec::new());
        }
        let Some((_, value)) = rest.split_first() else {
            return Err(WRONG_DATA);
        };
        let counter = value.first_chunk::<8>().ok_or(WRONG_DATA)?;
        if rest.len() != usize::from(*length) || value[8..13] != [0, 0, 6, 0, 0x10] {
            return Err(WRONG_DATA);
        }
        self.counter = u64::from_be_bytes(*counter);
        Ok(Vec::new())
    }

    fn put_key(&mut self, data: &[u8]) -> Outcome {
        self.pin()?;
        let [0, 0, length, rest @ .., 0] = data else {
            return Err(WRONG_DATA);
        };
        self.key = match rest {
            [] if *length == 0 => None,
            [inner, key @ ..]
                if usize::from(*inner) == key.len() && usize::from(*length) == rest.len() =>
            {
                Some(key.to_vec())
            }
            _ => return Err(WRONG_DATA),
        };
        Ok(Vec::new())
    }
}

/// Six digits, two in a byte.
fn six_digits(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("any length is a key");
    mac.update(message);
    let value = u32::from_be_bytes(truncate(&mac.finalize().into_bytes())) % 1_000_000;
    hexadecimal(&format!("{value:06}"))
}

fn hexadecimal(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|one| one.to_digit(16)).collect();
    let pairs = digits.chunks(2);
    let bytes = pairs.map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("a byte"));
    bytes.collect()
}

impl VirtualCard for Crescendo {
    fn answer_to_reset(&self) -> Vec<u8> {
        hexadecimal("3BD996FF8191FE1FC343343030302D4B4559BF")
    }

    fn power_up(&mut self) {
        self.slot = None;
        self.pin_given = false;
        self.asked_since = None;
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        let outcome = Command::parse(bytes).and_then(|command| self.execute(&command));
        Answer::from(outcome).bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_of_hids_page_come_out() {
        assert_eq!(six_digits(KEY, &0_u64.to_be_bytes()), hexadecimal("755224"));
        let step = u64::from(0x5E84_A802_u32) / 30;
        assert_eq!(six_digits(KEY, &step.to_be_bytes()), hexadecimal("340909"));
        let mut question = hexadecimal("2A62B1C0");
        question.resize(128, 0);
        let message = [SUITE, &[0], &question].concat();
        // RFC 6287, appendix C.1, question 44444444.
        assert_eq!(six_digits(KEY, &message), hexadecimal("608993"));
    }
}
