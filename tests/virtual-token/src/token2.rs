//! Token2's programmable tokens: the NFC ones with a single profile, and Molto2 with a hundred.
//!
//! They compute nothing for a computer; what they were given is seen on their display
//! ([`VirtualCard::display`]). Sources: Token2's published burner tools and the test vectors
//! that others computed from them.

mod memory;
mod sealing;

use crate::apdu::{Answer, Command, Outcome, StatusWord, UNKNOWN_INSTRUCTION, WRONG_DATA};
use crate::apdu::{WRONG_LENGTH, WRONG_PARAMETERS};
use crate::card::{Typed, VirtualCard, random};
use memory::Profile;
use sealing::Sealed;

/// "The button confirms it."
const PRESS_THE_BUTTON: StatusWord = 0x9060;
/// The key is wrong, or was not shown to be known.
const WRONG_KEY: StatusWord = 0x63CF;
/// An expected length where none may be.
const NO_EXPECTED_LENGTH: StatusWord = 0x6FFB;
/// Nothing there to delete.
const EMPTY: StatusWord = 0x6A83;
/// On all tokens with one profile, and published.
const SINGLE_KEY: [u8; 16] = [
    0x8A, 0xD2, 0x06, 0x88, 0x3C, 0xA3, 0x69, 0x48, 0x2A, 0xB2, 0x71, 0x82, 0xB6, 0xE8, 0x32, 0x24,
];
const MOLTO2_CUSTOMER_KEY: &[u8] = b"TOKEN2MOLTO1-KEY";

/// What the button confirms.
enum Pending {
    Key([u8; 16]),
    Reset,
}

/// The card.
pub struct Token2 {
    serial: String,
    is_molto2: bool,
    key: [u8; 16],
    challenge: Option<[u8; 8]>,
    is_open: bool,
    profiles: Vec<Profile>,
    pending: Option<Pending>,
}

impl Token2 {
    /// A token with one profile, of the models that lose their seed when the clock is set.
    pub fn single(serial: u32) -> Self {
        Self::new(format!("8659612{serial:08}"), SINGLE_KEY, 1)
    }

    /// A Molto2.
    pub fn molto2(serial: u32) -> Self {
        let key = sealing::customer_key(MOLTO2_CUSTOMER_KEY);
        Self::new(format!("{serial:012}"), key, 100)
    }

    fn new(serial: String, key: [u8; 16], profiles: usize) -> Self {
        Self {
            serial,
            is_molto2: profiles > 1,
            key,
            challenge: None,
            is_open: false,
            profiles: (0..profiles).map(|_| Profile::default()).collect(),
            pending: None,
        }
    }

    fn execute(&mut self, command: &Command) -> Answer {
        let molto2 = self.is_molto2;
        let outcome = match (command.class, command.instruction, command.p1) {
            (0x80, 0x41, 0) if molto2 && command.data == [0x70] => self.public_block(command),
            (0x80, 0x41, 0) if molto2 == command.data.is_empty() => self.info(command),
            (0x80, 0x4B, 8) if molto2 == command.data.is_empty() => {
                let challenge = random();
                self.challenge = Some(challenge);
                Ok(challenge.to_vec())
            }
            (0x80, 0xCE, 0) => self.authenticate(&command.data),
            (0x84, 0xC5, 1) => self.write_seed(command),
            (0x84, 0xD4, p1) if molto2 == (p1 == 1) => self.configure(command),
            (0x84, 0xD5, 0) if molto2 => self.write_title(command),
            (0x84, 0xD7, 0) if molto2 => self.new_key(command),
            (0x80, 0xE6, 0) if molto2 => self.profile(command).and_then(Profile::delete),
            (0x80, 0x56, 0) if molto2 => {
                self.pending = Some(Pending::Reset);
                Err(PRESS_THE_BUTTON)
            }
            _ => Err(UNKNOWN_INSTRUCTION),
        };
        outcome.into()
    }

    fn info(&self, command: &Command) -> Outcome {
        if !self.is_molto2 && command.data != [0x02, 0x11] {
            return Err(WRONG_DATA);
        }
        let length = u8::try_from(self.serial.len()).expect("a short one");
        let mut answer = vec![0x70, length + 8, 0, length];
        answer.extend_from_slice(self.serial.as_bytes());
        answer.extend([0, 4]);
        answer.extend(self.profiles[0].clock().to_be_bytes());
        Ok(answer)
    }

    fn public_block(&mut self, command: &Command) -> Outcome {
        if command.expected.is_some() {
            return Err(NO_EXPECTED_LENGTH);
        }
        self.profile(command).map(|profile| profile.public_block())
    }

    fn authenticate(&mut self, data: &[u8]) -> Outcome {
        let challenge = self.challenge.take().ok_or(WRONG_KEY)?;
        let mut block = [0; 16];
        block[..8].copy_from_slice(&challenge);
        self.is_open = data == sealing::encrypt(&self.key, &block);
        if self.is_open {
            Ok(Vec::new())
        } else {
            Err(WRONG_KEY)
        }
    }

    /// The payload of a command whose proof is right.
    fn proved(&self, command: &Command) -> Outcome {
        if !self.is_open {
            return Err(WRONG_KEY);
        }
        let (instruction, p1, p2) = (command.instruction, command.p1, command.p2);
        let sealed = Sealed::parse([instruction, p1, p2], &command.data).ok_or(WRONG_LENGTH)?;
        let payload = sealed.payload_if_proved(&self.key).ok_or(WRONG_DATA)?;
        Ok(payload.to_vec())
    }

    fn write_seed(&mut self, command: &Command) -> Outcome {
        let encrypted = self.proved(command)?;
        let seed = sealing::decrypt(&self.key, &encrypted).ok_or(WRONG_LENGTH)?;
        self.profile(command)?.write_seed(&sealing::unpad(&seed))
    }

    fn write_title(&mut self, command: &Command) -> Outcome {
        let encrypted = self.proved(command)?;
        let title = sealing::decrypt(&self.key, &encrypted).ok_or(WRONG_LENGTH)?;
        self.profile(command)?.write_title(&sealing::unpad(&title))
    }

    fn configure(&mut self, command: &Command) -> Outcome {
        let payload = self.proved(command)?;
        let loses_seed = !self.is_molto2;
        self.profile(command)?.configure(&payload, loses_seed)
    }

    fn new_key(&mut self, command: &Command) -> Outcome {
        let encrypted = self.proved(command)?;
        let plain = sealing::decrypt(&self.key, &encrypted).ok_or(WRONG_LENGTH)?;
        let key = plain.get(1..17).ok_or(WRONG_LENGTH)?;
        let key = key.try_into().map_err(|_| WRONG_LENGTH)?;
        self.pending = Some(Pending::Key(key));
        Err(PRESS_THE_BUTTON)
    }

    fn profile(&mut self, command: &Command) -> Result<&mut Profile, StatusWord> {
        let number = usize::from(command.p2);
        self.profiles.get_mut(number).ok_or(WRONG_PARAMETERS)
    }
}

impl VirtualCard for Token2 {
    fn answer_to_reset(&self) -> Vec<u8> {
        vec![0x3B, 0x80, 0x80, 0x01, 0x01]
    }

    fn power_up(&mut self) {
        self.is_open = false;
        self.challenge = None;
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        match Command::parse(bytes) {
            Ok(command) => self.execute(&command).bytes(),
            Err(status) => Answer::status(status).bytes(),
        }
    }

    fn press(&mut self, _: u8) -> Result<Typed, String> {
        match self.pending.take() {
            Some(Pending::Key(key)) => self.key = key,
            Some(Pending::Reset) => {
                self.key = sealing::customer_key(MOLTO2_CUSTOMER_KEY);
                self.profiles.fill_with(Profile::default);
            }
            None => return Err("the button shows the display: order display 0".to_owned()),
        }
        self.is_open = false;
        Ok(Typed::default())
    }

    fn display(&mut self, profile: usize) -> Result<String, String> {
        let profile = self.profiles.get(profile).ok_or("no such profile")?;
        profile.display()
    }
}
