//! A YubiKey: the OATH application, the OTP slots, and management, behind one card.
//!
//! Also other devices that speak the OATH part of it: [`Yubikey::oath_only`].

use crate::apdu::{Answer, Command, NOT_FOUND, UNKNOWN_CLASS, UNKNOWN_INSTRUCTION};
use crate::card::{Typed, VirtualCard};
use crate::management::{self, Management};
use crate::oath::{self, Dialect, Oath};
use crate::slots::{self, Slots};
use crate::touch::Touch;

/// Over USB a YubiKey answers with this, T0 high nibble F.
const ATR_USB: &[u8] = &[
    0x3B, 0xFD, 0x13, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x15, 0x80, 0x73, 0xC0, 0x21, 0xC0, 0x57, 0x59,
    0x75, 0x62, 0x69, 0x4B, 0x65, 0x79, 0x40,
];
/// Over NFC, with this.
const ATR_NFC: &[u8] = &[
    0x3B, 0x8D, 0x80, 0x01, 0x80, 0x73, 0xC0, 0x21, 0xC0, 0x57, 0x59, 0x75, 0x62, 0x69, 0x4B, 0x65,
    0x79, 0xF9,
];
/// Something that is no YubiKey.
const ATR_OTHER: &[u8] = &[0x3B, 0x80, 0x80, 0x01, 0x01];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Selected {
    Nothing,
    Oath,
    Slots,
    Management,
}

/// The card.
pub struct Yubikey {
    atr: &'static [u8],
    nfc: bool,
    oath_name: &'static [u8],
    oath: Oath,
    slots: Option<Slots>,
    management: Option<Management>,
    selected: Selected,
    /// What is still to be fetched of the last answer.
    rest: Vec<u8>,
    /// What has come of a chained command.
    chain: Vec<u8>,
}

impl Yubikey {
    /// A YubiKey of this firmware version.
    pub fn new(version: (u8, u8, u8), serial: u32, nfc: bool, touch: Touch) -> Self {
        Self {
            atr: if nfc { ATR_NFC } else { ATR_USB },
            nfc,
            oath_name: &oath::NAME_YUBICO,
            oath: Oath::new(Dialect::Yubico, version, touch.clone()),
            slots: Some(Slots::new(version, serial, touch)),
            management: Some(Management::new(version, serial)),
            selected: Selected::Nothing,
            rest: Vec::new(),
            chain: Vec::new(),
        }
    }

    /// A CanoKey's OATH application.
    pub fn canokey(touch: Touch) -> Self {
        Self::oath_only(
            Oath::new(Dialect::CanoKey, (6, 0, 0), touch),
            &oath::NAME_YUBICO,
        )
    }

    /// An OATH application with nothing optional; `apex` under VivoKey's identifier.
    pub fn plain(version: (u8, u8, u8), apex: bool, touch: Touch) -> Self {
        let identifier: &[u8] = if apex {
            &oath::NAME_APEX
        } else {
            &oath::NAME_YUBICO
        };
        Self::oath_only(Oath::new(Dialect::Plain, version, touch), identifier)
    }

    fn oath_only(oath: Oath, oath_name: &'static [u8]) -> Self {
        Self {
            atr: ATR_OTHER,
            nfc: false,
            oath_name,
            oath,
            slots: None,
            management: None,
            selected: Selected::Nothing,
            rest: Vec::new(),
            chain: Vec::new(),
        }
    }

    fn enabled(&self, application: u16) -> bool {
        let management = self.management.as_ref();
        management.is_none_or(|management| management.is_enabled(application, self.nfc))
    }

    fn select(&mut self, identifier: &[u8]) -> Answer {
        self.selected = Selected::Nothing;
        // The beginning of a name is enough (ISO/IEC 7816-4 s.8.2.1.2).
        let is = |name: &[u8]| identifier.len() >= 7 && name.starts_with(identifier);
        if is(self.oath_name) && self.enabled(management::OATH) {
            self.selected = Selected::Oath;
            return Answer::with(self.oath.select());
        }
        if is(&slots::NAME)
            && self.enabled(management::OTP)
            && let Some(slots) = &self.slots
        {
            self.selected = Selected::Slots;
            return Answer::with(slots.select());
        }
        if is(&management::NAME)
            && let Some(management) = &self.management
        {
            self.selected = Selected::Management;
            return Answer::with(management.select());
        }
        Answer::status(NOT_FOUND)
    }

    fn execute(&mut self, command: &Command) -> Answer {
        match (command.instruction, self.selected) {
            (0xA4, _) if command.p1 == 4 => self.select(&command.data),
            (_, Selected::Nothing) => Answer::status(UNKNOWN_INSTRUCTION),
            (_, Selected::Oath) => self.oath.answer(command),
            (_, Selected::Slots) => match (&mut self.slots, &self.management) {
                (Some(slots), Some(management)) => slots.answer(command, management),
                _ => Answer::status(UNKNOWN_INSTRUCTION),
            },
            (_, Selected::Management) => match &mut self.management {
                Some(management) => management.answer(command),
                None => Answer::status(UNKNOWN_INSTRUCTION),
            },
        }
    }

    /// The instruction that fetches what is left of an answer.
    fn continuation(&self) -> u8 {
        match self.selected {
            Selected::Oath => 0xA5,
            _ => 0xC0,
        }
    }

    /// As much as the command allows; what is left waits.
    fn piece(&mut self, most: usize) -> Vec<u8> {
        let mut piece = std::mem::take(&mut self.rest);
        if piece.len() > most {
            self.rest = piece.split_off(most);
            let waiting = u8::try_from(self.rest.len()).unwrap_or(0xFF);
            piece.extend([0x61, waiting]);
        } else {
            piece.extend([0x90, 0x00]);
        }
        piece
    }
}

impl VirtualCard for Yubikey {
    fn answer_to_reset(&self) -> Vec<u8> {
        self.atr.to_vec()
    }

    fn power_up(&mut self) {
        self.selected = Selected::Nothing;
        self.rest.clear();
        self.chain.clear();
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut command = match Command::parse(bytes) {
            Ok(command) => command,
            Err(status) => return Answer::status(status).bytes(),
        };
        if command.class & !0x10 != 0 {
            return Answer::status(UNKNOWN_CLASS).bytes();
        }
        self.chain.append(&mut command.data);
        if command.class & 0x10 != 0 {
            return Answer::with(Vec::new()).bytes();
        }
        command.data = std::mem::take(&mut self.chain);
        // Without a word about the answer, it may be as long as its form allows.
        let form = if command.extended { 65_536 } else { 256 };
        let most = command.expected.unwrap_or(form);
        if command.instruction == self.continuation() {
            return self.piece(most);
        }
        self.rest.clear();
        let answer = self.execute(&command);
        if answer.status != crate::apdu::OK {
            return answer.bytes();
        }
        self.rest = answer.data;
        self.piece(most)
    }

    fn restarts(&mut self) -> bool {
        let management = self.management.as_mut();
        management.is_some_and(|management| std::mem::take(&mut management.restarts))
    }

    fn press(&mut self, button: u8) -> Result<Typed, String> {
        match &mut self.slots {
            Some(slots) => slots.press(button),
            None => Err("this token has no button that types".to_owned()),
        }
    }
}
