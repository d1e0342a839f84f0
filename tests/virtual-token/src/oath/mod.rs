//! The OATH application: Yubico's protocol, as devices of several makers speak it.
//!
//! [`commands`] takes each instruction apart and answers it, [`record`] is one credential and
//! its codes, [`code`] the password. Source: Yubico, "YKOATH Protocol"; where devices differ,
//! [`Dialect`].

mod code;
mod commands;
mod record;

use crate::apdu::{Answer, Command, StatusWord, UNKNOWN_INSTRUCTION};
use crate::card::random;
use crate::tlv;
use crate::touch::Touch;
use code::Code;
use record::Record;

pub(crate) use record::truncate;

pub(crate) const NAME_YUBICO: [u8; 8] = [0xA0, 0, 0, 5, 0x27, 0x21, 1, 1];
pub(crate) const NAME_APEX: [u8; 12] = [0xA0, 0, 0, 7, 0x47, 0, 0x61, 0xFC, 0x54, 0xD5, 1, 1];

/// What differs between makers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// YubiKeys, by version.
    Yubico,
    /// CanoKey: see tests/virtual-token/src/kinds.rs.
    CanoKey,
    /// A plain one: HOTP and TOTP with SHA-1 and SHA-256, nothing optional.
    Plain,
}

/// The application and what is written in it.
pub(crate) struct Oath {
    dialect: Dialect,
    version: (u8, u8, u8),
    touch: Touch,
    salt: [u8; 8],
    records: Vec<Record>,
    code: Option<Code>,
    /// What the card asks the host to answer; anew at every SELECT.
    challenge: [u8; 8],
    unlocked: bool,
}

impl Oath {
    pub(crate) fn new(dialect: Dialect, version: (u8, u8, u8), touch: Touch) -> Self {
        Self {
            dialect,
            version,
            touch,
            salt: random(),
            records: Vec::new(),
            code: None,
            challenge: random(),
            unlocked: true,
        }
    }

    /// What SELECT answers; locks the application if it has a code.
    pub(crate) fn select(&mut self) -> Vec<u8> {
        self.challenge = random();
        self.unlocked = self.code.is_none();
        let mut answer = Vec::new();
        let (major, minor, patch) = self.version;
        tlv::put(&mut answer, 0x79, &[major, minor, patch]);
        tlv::put(&mut answer, 0x71, &self.salt);
        if self.code.is_some() {
            tlv::put(&mut answer, 0x74, &self.challenge);
            tlv::put(&mut answer, 0x7B, &[1]);
        }
        answer
    }

    pub(crate) fn answer(&mut self, command: &Command) -> Answer {
        let outcome = match (command.instruction, command.parameters()) {
            (0x01, 0) => self.put(&command.data),
            (0x02, 0) => self.delete(&command.data),
            (0x03, 0) => self.set_code(&command.data),
            (0x04, 0xDEAD) if self.dialect == Dialect::Yubico => self.reset(),
            (0x05, 0) if self.renames() => self.rename(&command.data),
            (0xA1, 0) => self.list(),
            (0xA2, 0) => self.calculate(&command.data, false),
            (0xA2, 1) => self.calculate(&command.data, true),
            (0xA3, 0) => self.validate(&command.data),
            (0xA4, 0) => self.calculate_all(&command.data, false),
            (0xA4, 1) => self.calculate_all(&command.data, true),
            (0x01..=0x03 | 0xA1..=0xA4, _) => Err(crate::apdu::WRONG_PARAMETERS),
            (0x04, _) if self.dialect == Dialect::Yubico => Err(crate::apdu::WRONG_PARAMETERS),
            _ => Err(UNKNOWN_INSTRUCTION),
        };
        outcome.into()
    }

    fn renames(&self) -> bool {
        match self.dialect {
            Dialect::Yubico => self.version >= (5, 3, 1),
            Dialect::CanoKey => true,
            Dialect::Plain => false,
        }
    }

    fn room(&self) -> usize {
        match self.dialect {
            Dialect::CanoKey => 100,
            Dialect::Yubico if self.version >= (5, 7, 0) => 64,
            _ => 32,
        }
    }

    fn open(&self) -> Result<(), StatusWord> {
        if self.unlocked {
            Ok(())
        } else {
            Err(crate::apdu::SECURITY_STATUS)
        }
    }
}
