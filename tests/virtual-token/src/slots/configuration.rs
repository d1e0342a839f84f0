//! The 52 bytes of a slot (`config_st`), and the rules for changing them.

use crate::apdu::{CONDITIONS, SECURITY_STATUS, StatusWord, WRONG_DATA};

pub(super) const BYTES: usize = 52;
const NO_ACCESS_CODE: [u8; 6] = [0; 6];

/// Flags of the ticket.
pub(super) mod ticket {
    pub(crate) const TAB_FIRST: u8 = 0x01;
    pub(crate) const APPEND_TAB_1: u8 = 0x02;
    pub(crate) const APPEND_TAB_2: u8 = 0x04;
    pub(crate) const APPEND_ENTER: u8 = 0x20;
    /// OATH-HOTP, or a challenge-response slot, by the flags of the configuration.
    pub(crate) const OATH_OR_CHALLENGE: u8 = 0x40;
    pub(crate) const CHANGEABLE: u8 = 0x3F;
}

/// Flags of the configuration. The same bit means different things by the kind of slot.
pub(super) mod config {
    pub(crate) const SHORT_TICKET: u8 = 0x02;
    pub(crate) const HOTP_8_DIGITS: u8 = 0x02;
    pub(crate) const CHALLENGE: u8 = 0x20;
    pub(crate) const CHALLENGE_HMAC: u8 = 0x22;
    pub(crate) const HMAC_SHORTER: u8 = 0x04;
    pub(crate) const CHALLENGE_BUTTON: u8 = 0x08;
    pub(crate) const FIXED_MODHEX_1: u8 = 0x10;
    pub(crate) const FIXED_MODHEX_2: u8 = 0x40;
    pub(crate) const STATIC_TICKET: u8 = 0x20;
    pub(crate) const CHANGEABLE: u8 = 0x0C;
}

/// Further flags.
pub(super) mod extended {
    pub(crate) const NUMERIC_KEYPAD: u8 = 0x08;
    pub(crate) const ALLOW_UPDATE: u8 = 0x20;
    pub(crate) const DORMANT: u8 = 0x40;
}

/// What a slot does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hotp,
    Challenge,
    Static,
    YubicoOtp,
}

#[derive(Clone)]
pub(super) struct Configuration {
    pub(super) fixed: [u8; 16],
    pub(super) private: [u8; 6],
    pub(super) key: [u8; 16],
    access_code: [u8; 6],
    pub(super) fixed_bytes: usize,
    pub(super) extended: u8,
    pub(super) ticket: u8,
    pub(super) config: u8,
}

impl Configuration {
    /// Checks the checksum and that what must be zero is zero.
    pub(super) fn parse(bytes: &[u8; BYTES]) -> Result<Self, StatusWord> {
        let fixed_bytes = usize::from(bytes[44]);
        if crc(bytes) != RESIDUAL || bytes[48..50] != [0, 0] || fixed_bytes > 16 {
            return Err(WRONG_DATA);
        }
        Ok(Self {
            fixed: part(bytes, 0),
            private: part(bytes, 16),
            key: part(bytes, 22),
            access_code: part(bytes, 38),
            fixed_bytes,
            extended: bytes[45],
            ticket: bytes[46],
            config: bytes[47],
        })
    }

    pub(super) fn kind(&self) -> Kind {
        let with_challenge = self.config & config::CHALLENGE != 0;
        if self.ticket & ticket::OATH_OR_CHALLENGE != 0 {
            if with_challenge {
                Kind::Challenge
            } else {
                Kind::Hotp
            }
        } else if self.config & (config::SHORT_TICKET | config::STATIC_TICKET) != 0 {
            Kind::Static
        } else {
            Kind::YubicoOtp
        }
    }

    /// Everything but a challenge-response slot that needs no button.
    pub(super) fn is_triggered_by_touch(&self) -> bool {
        self.kind() != Kind::Challenge || self.config & config::CHALLENGE_BUTTON != 0
    }

    /// Whether this is the slot's present access code.
    pub(super) fn opens_with(&self, given: &[u8; 6]) -> Result<(), StatusWord> {
        if self.access_code == NO_ACCESS_CODE || self.access_code == *given {
            Ok(())
        } else {
            Err(SECURITY_STATUS)
        }
    }

    /// Takes the changeable flags and the access code from `new`.
    pub(super) fn update(&mut self, new: &Self) -> Result<(), StatusWord> {
        if self.extended & extended::ALLOW_UPDATE == 0 {
            return Err(CONDITIONS);
        }
        let other_parts = new.fixed != [0; 16] || new.private != [0; 6] || new.key != [0; 16];
        let other_flags =
            new.ticket & !ticket::CHANGEABLE != 0 || new.config & !config::CHANGEABLE != 0;
        if other_parts || other_flags {
            return Err(WRONG_DATA);
        }
        self.ticket = self.ticket & !ticket::CHANGEABLE | new.ticket;
        self.config = self.config & !config::CHANGEABLE | new.config;
        self.extended = new.extended;
        self.access_code = new.access_code;
        Ok(())
    }

    /// The key of HOTP and HMAC: 16 bytes here, the last four beside.
    pub(super) fn long_key(&self) -> Vec<u8> {
        [&self.key[..], &self.private[..4]].concat()
    }

    /// The first moving factor of HOTP: sixteen times what is written.
    pub(super) fn first_counter(&self) -> u64 {
        let [.., high, low] = self.private;
        u64::from(u16::from_be_bytes([high, low])) * 16
    }
}

fn part<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
    let mut part = [0; N];
    part.copy_from_slice(&bytes[from..from + N]);
    part
}

/// What the checksum over everything, itself included, comes to.
pub(super) const RESIDUAL: u16 = 0xF0B8;

/// CRC-16 of ISO/IEC 13239: polynomial 8408 reflected, all ones to begin with.
pub(super) fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| {
            let carry = crc & 1 != 0;
            (crc >> 1) ^ if carry { 0x8408 } else { 0 }
        })
    })
}
