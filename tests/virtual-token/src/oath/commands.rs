//! The instructions of the OATH application.

use super::code::Code;
use super::record::{HOTP, Record, TOTP};
use super::{Dialect, Oath};
use crate::apdu::{
    CONDITIONS, DATA_INVALID, NO_SPACE, Outcome, SECURITY_STATUS, StatusWord, WRONG_DATA,
};
use crate::card::random;
use crate::tlv::{self, Fields};

const NAME: u8 = 0x71;
const NAME_LIST: u8 = 0x72;
const KEY: u8 = 0x73;
const CHALLENGE: u8 = 0x74;
const RESPONSE: u8 = 0x75;
const NOT_COMPUTED: u8 = 0x77;
const PROPERTY: u8 = 0x78;
const MOVING_FACTOR: u8 = 0x7A;
const TOUCH: u8 = 0x7C;

impl Oath {
    pub(super) fn put(&mut self, data: &[u8]) -> Outcome {
        self.open()?;
        let record = self.new_record(data)?;
        match self.find(&record.name) {
            Ok(_) if self.dialect == Dialect::CanoKey => return Err(CONDITIONS),
            // The others overwrite without a word.
            Ok(at) => self.records[at] = record,
            Err(_) if self.records.len() >= self.room() => return Err(NO_SPACE),
            Err(_) => self.records.push(record),
        }
        Ok(Vec::new())
    }

    fn new_record(&self, data: &[u8]) -> Result<Record, StatusWord> {
        let mut fields = Fields(data);
        let name = name_of(fields.take(NAME)?)?;
        let key = fields.take(KEY)?;
        let mut property = 0;
        if fields.next_tag() == Some(PROPERTY) {
            // A tag and a value without a length between them.
            fields.byte()?;
            property = fields.byte()?;
        }
        let mut counter = 0;
        if fields.next_tag() == Some(MOVING_FACTOR) {
            let value = fields.take(MOVING_FACTOR)?;
            let value = value.try_into().map_err(|_| WRONG_DATA)?;
            counter = u32::from_be_bytes(value);
        }
        fields.end()?;
        let [type_and_algorithm, digits, key @ ..] = key else {
            return Err(WRONG_DATA);
        };
        let algorithms = match self.dialect {
            Dialect::Plain => 1..=2,
            Dialect::Yubico if self.version < (4, 3, 1) => 1..=2,
            _ => 1..=3,
        };
        let fewest_digits = if self.dialect == Dialect::CanoKey {
            4
        } else {
            6
        };
        let properties: u8 = match self.dialect {
            Dialect::Plain => 0,
            Dialect::Yubico if self.version < (4, 2, 4) => 1,
            _ => 3,
        };
        let longest_key = if type_and_algorithm & 0x0F == 3 {
            128
        } else {
            64
        };
        let right = algorithms.contains(&(type_and_algorithm & 0x0F))
            && [HOTP, TOTP].contains(&(type_and_algorithm & 0xF0))
            && (fewest_digits..=8).contains(digits)
            && (14..=longest_key).contains(&key.len())
            && property & !properties == 0;
        if !right {
            return Err(WRONG_DATA);
        }
        Ok(Record {
            name,
            type_and_algorithm: *type_and_algorithm,
            digits: *digits,
            key: key.to_vec(),
            property,
            counter,
            last_challenge: Vec::new(),
        })
    }

    pub(super) fn delete(&mut self, data: &[u8]) -> Outcome {
        self.open()?;
        let mut fields = Fields(data);
        let name = fields.take(NAME)?;
        fields.end()?;
        let at = self.find(name)?;
        self.records.remove(at);
        Ok(Vec::new())
    }

    pub(super) fn rename(&mut self, data: &[u8]) -> Outcome {
        self.open()?;
        let mut fields = Fields(data);
        let old = fields.take(NAME)?;
        let new = name_of(fields.take(NAME)?)?;
        fields.end()?;
        let at = self.find(old)?;
        if self.find(&new).is_ok() {
            return Err(match self.dialect {
                Dialect::CanoKey => CONDITIONS,
                _ => WRONG_DATA,
            });
        }
        self.records[at].name = new;
        Ok(Vec::new())
    }

    pub(super) fn reset(&mut self) -> Outcome {
        self.records.clear();
        self.code = None;
        self.unlocked = true;
        self.salt = random();
        Ok(Vec::new())
    }

    pub(super) fn list(&self) -> Outcome {
        self.open()?;
        let mut answer = Vec::new();
        for record in &self.records {
            let mut item = vec![record.type_and_algorithm];
            item.extend_from_slice(&record.name);
            tlv::put(&mut answer, NAME_LIST, &item);
        }
        Ok(answer)
    }

    pub(super) fn calculate(&mut self, data: &[u8], truncated: bool) -> Outcome {
        self.open()?;
        let mut fields = Fields(data);
        let name = fields.take(NAME)?;
        let challenge = fields.take(CHALLENGE)?;
        fields.end()?;
        let at = self.find(name)?;
        let counts_first = self.dialect == Dialect::CanoKey;
        let record = &mut self.records[at];
        if record.wants_touch() && !self.touch.wait() {
            return Err(SECURITY_STATUS);
        }
        let full = record.respond(challenge, counts_first)?;
        let (tag, value) = record.response_field(&full, truncated);
        let mut answer = Vec::new();
        tlv::put(&mut answer, tag, &value);
        Ok(answer)
    }

    pub(super) fn calculate_all(&mut self, data: &[u8], truncated: bool) -> Outcome {
        self.open()?;
        let mut fields = Fields(data);
        let challenge = fields.take(CHALLENGE)?;
        fields.end()?;
        let mut answer = Vec::new();
        for record in &mut self.records {
            tlv::put(&mut answer, NAME, &record.name);
            // Neither the counter nor the finger is used up by looking.
            if record.is_hotp() {
                tlv::put(&mut answer, NOT_COMPUTED, &[record.digits]);
            } else if record.wants_touch() {
                tlv::put(&mut answer, TOUCH, &[record.digits]);
            } else {
                let full = record.respond(challenge, false)?;
                let (tag, value) = record.response_field(&full, truncated);
                tlv::put(&mut answer, tag, &value);
            }
        }
        Ok(answer)
    }

    pub(super) fn set_code(&mut self, data: &[u8]) -> Outcome {
        self.open()?;
        let mut fields = Fields(data);
        let key = fields.take(KEY)?;
        if key.is_empty() {
            fields.end()?;
            self.code = None;
            return Ok(Vec::new());
        }
        let challenge = fields.take(CHALLENGE)?;
        let response = fields.take(RESPONSE)?;
        fields.end()?;
        let code = Code::parse(key)?;
        if code.proof(challenge) != response {
            return Err(DATA_INVALID);
        }
        self.code = Some(code);
        // The session of a NEO and of a CanoKey is over with it.
        self.unlocked = self.dialect != Dialect::CanoKey && self.version >= (3, 0, 0);
        Ok(Vec::new())
    }

    pub(super) fn validate(&mut self, data: &[u8]) -> Outcome {
        let Some(code) = &self.code else {
            return Err(DATA_INVALID);
        };
        let mut fields = Fields(data);
        let response = fields.take(RESPONSE)?;
        let challenge = fields.take(CHALLENGE)?;
        fields.end()?;
        if challenge.len() < 8 || code.proof(&self.challenge) != response {
            return Err(WRONG_DATA);
        }
        self.unlocked = true;
        let mut answer = Vec::new();
        tlv::put(&mut answer, RESPONSE, &code.proof(challenge));
        Ok(answer)
    }

    fn find(&self, name: &[u8]) -> Result<usize, StatusWord> {
        let at = self.records.iter().position(|record| record.name == name);
        at.ok_or(DATA_INVALID)
    }
}

fn name_of(field: &[u8]) -> Result<Vec<u8>, StatusWord> {
    if (1..=64).contains(&field.len()) {
        Ok(field.to_vec())
    } else {
        Err(WRONG_DATA)
    }
}
