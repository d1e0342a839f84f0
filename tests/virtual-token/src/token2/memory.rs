//! One profile: title, parameters, clock, seed, and the code that the display shows.

use super::EMPTY;
use crate::apdu::{Outcome, StatusWord, WRONG_DATA};
use crate::tlv::Fields;
use hmac::{Hmac, KeyInit, Mac};
use std::time::Instant;

pub(super) struct Profile {
    title: Vec<u8>,
    /// 1: SHA-1, 2: SHA-256.
    algorithm: u8,
    step_seconds: u8,
    digits: u8,
    seed: Option<Vec<u8>>,
    /// What the clock was set to, seconds since 1970, and when.
    clock: Option<(u32, Instant)>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            title: Vec::new(),
            algorithm: 1,
            step_seconds: 30,
            digits: 6,
            seed: None,
            clock: None,
        }
    }
}

impl Profile {
    pub(super) fn clock(&self) -> u32 {
        self.clock.map_or(0, |(at, set)| {
            let passed = u32::try_from(set.elapsed().as_secs()).unwrap_or(u32::MAX);
            at.saturating_add(passed)
        })
    }

    /// What anybody may read.
    pub(super) fn public_block(&self) -> Vec<u8> {
        let mut block = vec![0x95, 0x1F, 0x70, 0x1D, 0];
        let mut title = self.title.clone();
        title.resize(16, 0);
        block.extend(title);
        block.extend(self.clock().to_be_bytes());
        block.extend([0; 4]);
        let has_seed = u8::from(self.seed.is_some());
        block.extend([self.algorithm, self.step_seconds, self.digits, has_seed]);
        block
    }

    pub(super) fn write_seed(&mut self, seed: &[u8]) -> Outcome {
        if !(1..=63).contains(&seed.len()) {
            return Err(WRONG_DATA);
        }
        self.seed = Some(seed.to_vec());
        Ok(Vec::new())
    }

    pub(super) fn write_title(&mut self, title: &[u8]) -> Outcome {
        let title: Vec<u8> = title
            .iter()
            .copied()
            .take_while(|byte| *byte != 0)
            .collect();
        if title.len() > 12 {
            return Err(WRONG_DATA);
        }
        self.title = title;
        Ok(Vec::new())
    }

    pub(super) fn delete(&mut self) -> Outcome {
        // The title stays.
        self.seed.take().map(|_| Vec::new()).ok_or(EMPTY)
    }

    /// `81`: display, clock, and in it the parameters, `86`.
    pub(super) fn configure(&mut self, payload: &[u8], loses_seed: bool) -> Outcome {
        let mut whole = Fields(payload);
        let mut fields = Fields(whole.take(0x81)?);
        whole.end()?;
        if fields.next_tag() == Some(0x1F) {
            one_of(fields.take(0x1F)?, &[0, 1, 2, 3])?;
        }
        let time = fields.take(0x0F)?.try_into().map_err(|_| WRONG_DATA)?;
        if fields.next_tag() == Some(0x86) {
            let mut parameters = Fields(fields.take(0x86)?);
            self.algorithm = one_of(parameters.take(0x0A)?, &[1, 2])?;
            if parameters.next_tag() == Some(0x0B) {
                self.digits = one_of(parameters.take(0x0B)?, &[4, 6, 8, 10])?;
            }
            self.step_seconds = one_of(parameters.take(0x0D)?, &[30, 60])?;
            parameters.end()?;
        }
        fields.end()?;
        self.clock = Some((u32::from_be_bytes(time), Instant::now()));
        if loses_seed {
            self.seed = None;
        }
        Ok(Vec::new())
    }

    pub(super) fn display(&self) -> Result<String, String> {
        let seed = self.seed.as_ref().ok_or("there is no seed")?;
        let step = u64::from(self.clock()) / u64::from(self.step_seconds);
        let message = step.to_be_bytes();
        let full = match self.algorithm {
            1 => hmac::<Hmac<sha1::Sha1>>(seed, &message),
            _ => hmac::<Hmac<sha2::Sha256>>(seed, &message),
        };
        let value = u64::from(u32::from_be_bytes(crate::oath::truncate(&full)));
        let digits = usize::from(self.digits);
        Ok(format!(
            "{:0digits$}",
            value % 10_u64.pow(u32::from(self.digits))
        ))
    }
}

fn one_of(value: &[u8], allowed: &[u8]) -> Result<u8, StatusWord> {
    match value {
        [one] if allowed.contains(one) => Ok(*one),
        _ => Err(WRONG_DATA),
    }
}

fn hmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("any length is a key");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
