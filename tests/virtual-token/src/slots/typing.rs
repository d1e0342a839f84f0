//! What a slot types when its button is pressed.

use super::Slot;
use super::configuration::{Configuration, Kind, config, crc, extended, ticket};
use super::keyboard::{ENTER, MODHEX, ScanMap, TAB, keypad, read};
use crate::card::{Typed, random};
use aes::cipher::{BlockCipherEncrypt, KeyInit as _};
use hmac::{Hmac, Mac};
use sha1::Sha1;

impl Slot {
    pub(super) fn typed(&mut self, scan_map: &ScanMap) -> Result<Typed, String> {
        let (flags, ext) = (self.configuration.ticket, self.configuration.extended);
        if ext & extended::DORMANT != 0 {
            return Err("the slot is dormant".to_owned());
        }
        let (fixed, moving) = match self.configuration.kind() {
            Kind::Hotp => (
                text_usages(&token_identifier(&self.configuration), scan_map, ext),
                text_usages(&self.next_hotp(), scan_map, ext),
            ),
            Kind::Static => (Vec::new(), static_usages(&self.configuration)),
            Kind::YubicoOtp => {
                let bytes = self.configuration.fixed_bytes;
                let fixed = modhex(&self.configuration.fixed[..bytes]);
                let moving = modhex(&self.next_yubico_otp());
                (
                    text_usages(&fixed, scan_map, ext),
                    text_usages(&moving, scan_map, ext),
                )
            }
            Kind::Challenge => return Err("the slot answers challenges and types nothing".into()),
        };
        let when = |flag: u8, key: u8| (flags & flag != 0).then_some(key);
        let usages: Vec<u8> = when(ticket::TAB_FIRST, TAB)
            .into_iter()
            .chain(fixed)
            .chain(when(ticket::APPEND_TAB_1, TAB))
            .chain(moving)
            .chain(when(ticket::APPEND_TAB_2, TAB))
            .chain(when(ticket::APPEND_ENTER, ENTER))
            .collect();
        let text = read(&usages);
        Ok(Typed { usages, text })
    }

    /// RFC 4226, and one further.
    fn next_hotp(&mut self) -> Vec<u8> {
        let key = self.configuration.long_key();
        let mut mac = Hmac::<Sha1>::new_from_slice(&key).expect("any length is a key");
        mac.update(&self.counter.to_be_bytes());
        self.counter += 1;
        let full = mac.finalize().into_bytes();
        let four = crate::oath::truncate(&full);
        let value = u32::from_be_bytes(four);
        if self.configuration.config & config::HOTP_8_DIGITS != 0 {
            format!("{:08}", value % 100_000_000).into_bytes()
        } else {
            format!("{:06}", value % 1_000_000).into_bytes()
        }
    }

    /// The encrypted half of a Yubico OTP.
    fn next_yubico_otp(&mut self) -> [u8; 16] {
        self.sessions = self.sessions.wrapping_add(1);
        let mut block = [0; 16];
        block[..6].copy_from_slice(&self.configuration.private);
        block[6..8].copy_from_slice(&self.sessions.to_le_bytes());
        block[8..11].copy_from_slice(&random::<3>());
        block[12..14].copy_from_slice(&random::<2>());
        let checksum = !crc(&block[..14]);
        block[14..].copy_from_slice(&checksum.to_le_bytes());
        let cipher = aes::Aes128::new(&self.configuration.key.into());
        let mut encrypted = block.into();
        cipher.encrypt_block(&mut encrypted);
        encrypted.into()
    }
}

/// The fixed part in front of an HOTP value: nibbles, as modhex letters where a flag says so.
fn token_identifier(configuration: &Configuration) -> Vec<u8> {
    let both = config::FIXED_MODHEX_1 | config::FIXED_MODHEX_2;
    let letters = match configuration.config & both {
        flags if flags == both => usize::MAX,
        config::FIXED_MODHEX_2 => 4,
        config::FIXED_MODHEX_1 => 2,
        _ => 0,
    };
    let fixed = &configuration.fixed[..configuration.fixed_bytes];
    let nibbles = fixed.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
    let typed = nibbles.enumerate().map(|(at, nibble)| {
        if at < letters {
            MODHEX[usize::from(nibble)]
        } else {
            // Nibbles above 9 are no digits; a real key types what it likes.
            b'0' + nibble.min(9)
        }
    });
    typed.collect()
}

fn static_usages(configuration: &Configuration) -> Vec<u8> {
    let parts = [
        &configuration.fixed[..],
        &configuration.private,
        &configuration.key,
    ];
    let usages = parts.concat().into_iter().take_while(|usage| *usage != 0);
    usages.collect()
}

fn modhex(bytes: &[u8]) -> Vec<u8> {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
    nibbles.map(|nibble| MODHEX[usize::from(nibble)]).collect()
}

fn text_usages(text: &[u8], scan_map: &ScanMap, ext: u8) -> Vec<u8> {
    let on_keypad = ext & extended::NUMERIC_KEYPAD != 0;
    let usages = text.iter().map(|letter| {
        if on_keypad && letter.is_ascii_digit() {
            keypad(*letter)
        } else {
            scan_map.usage(*letter)
        }
    });
    usages.collect()
}
