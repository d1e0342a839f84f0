//! HID Crescendo Key, as far as its maker has published how to speak with it.
//!
//! Published are: who it is, the PIN, HOTP, TOTP and OCRA codes, and how an HOTP key is
//! written, the last as one example of which not every byte is explained. So writing is done
//! with that example's bytes and only when asked for as an experiment. Everything else (who may
//! generate when, the button, static passwords, the tables of TOTP and OCRA) is set with the
//! maker's Crescendo Manager; nothing here guesses it.
//!
//! Source: HID's documentation of the Crescendo API, low level.

mod bytes;

pub use bytes::{SlotFacts, parse_bcd, parse_challenge_answer, parse_select};

use crate::apdu::{Command, Reply};
use crate::{
    Access, AccessSupport, Capabilities, Card, CodeValue, Credential, CredentialName, Family,
    Holder, Identity, Kind, Moment, NewCredential, NewMoving, Patience, Protection, RandomBytes,
    StatusWord, TimeSteps, Token, TokenError, Unlock, transmit,
};
use bytes::{configuration, key, ocra_template, removal};
use otp_core::{Digits, HashAlgorithm, OcraInput, UnixTime};
use std::fmt::Write;
use zeroize::Zeroizing;

const ADMINISTRATION: [u8; 7] = [0xA0, 0, 0, 0, 0x79, 0x10, 0];
const SLOTS: u8 = 3;
/// The longest name that is written; the published example has nine bytes.
const LONGEST_NAME_BYTES: usize = 32;

const USE_THE_MANAGER: &str = "HID has not published how; set it with the Crescendo Manager of HID";

fn access(wanted: Access) -> AccessSupport {
    match wanted {
        Access::Always => AccessSupport::PerApplication(
            "HOTP codes need the button only; nothing else can be set here",
        ),
        _ => AccessSupport::No(USE_THE_MANAGER),
    }
}

/// A Crescendo Key in use.
pub struct Crescendo<'c> {
    card: &'c mut dyn Card,
    identity: Identity,
    capabilities: Capabilities,
    pin: Option<Zeroizing<[u8; 8]>>,
}

impl<'c> Crescendo<'c> {
    /// Selects the token's administration.
    ///
    /// # Errors
    ///
    /// [`TokenError::NoApplication`] for every other card.
    pub fn open(card: &'c mut dyn Card) -> Result<Self, TokenError> {
        let facts = select(card, &ADMINISTRATION)?.ok_or(TokenError::NoApplication {
            application: "Crescendo application",
        })?;
        Ok(Self {
            card,
            identity: Identity {
                family: Family::Crescendo,
                version: Some(facts.version),
                serial: None,
                protected: true,
            },
            capabilities: Capabilities {
                kinds: Vec::new(),
                algorithms: vec![HashAlgorithm::Sha1],
                digits: 6..=6,
                time_steps: TimeSteps::Any,
                secret_bytes: 16..=64,
                longest_name_bytes: LONGEST_NAME_BYTES,
                room: Some(u16::from(SLOTS)),
                calculates: true,
                lists: true,
                deletes: false,
                renames: false,
                password: false,
                pin: true,
                resets: false,
                first_counter_ahead: 0,
                access,
                cannot: vec![
                    "Writing TOTP and OCRA secrets, access control, the button and static \
                     passwords: HID has not published how; use the Crescendo Manager of HID",
                    "HOTP secrets are written with --experimental only: one published example is \
                     all there is to go by",
                ],
            },
            pin: None,
        })
    }

    /// The same, willing to write an HOTP secret and to remove it with the bytes of the one
    /// published example.
    #[must_use]
    pub fn with_experiments(mut self) -> Self {
        self.capabilities.kinds = vec![Kind::Hotp];
        self.capabilities.deletes = true;
        self
    }

    fn experiments(&self) -> Result<(), TokenError> {
        if self.capabilities.deletes {
            return Ok(());
        }
        unsupported(
            "HID has published one example of how an HOTP secret is written, and explains not all \
             of it; --experimental uses it, at your own risk",
        )
    }

    /// What the slots say of themselves, for `token info`.
    ///
    /// # Errors
    ///
    /// [`TokenError::Card`], [`TokenError::Unintelligible`].
    pub fn slots(&mut self) -> Result<Vec<(u8, SlotFacts)>, TokenError> {
        let mut found = Vec::new();
        for slot in 0..SLOTS {
            if let Some(facts) = select(self.card, &slot_name(slot))? {
                found.push((slot, facts));
            }
        }
        Ok(found)
    }

    /// Answers a challenge with the secret of a slot. Needs the PIN, and usually the button.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unsupported`] when the input does not fit its suite, or the suite has a
    /// counter of ours: the token counts by itself.
    ///
    /// Source: RFC 6287 for what goes into the fields.
    pub fn challenge(
        &mut self,
        credential: &Credential,
        input: &OcraInput<'_>,
        holder: &mut dyn Holder,
    ) -> Result<Zeroizing<String>, TokenError> {
        let template = ocra_template(input)?;
        self.enter(slot_of(credential)?, true)?;
        let mut pieces = template.chunks(255).peekable();
        while let Some(piece) = pieces.next() {
            let last = pieces.peek().is_none();
            let class = if last { 0x80 } else { 0x90 };
            let command = Command::new(class, 0x87, 0x22, 0)
                .with_data(piece)
                .without_expected_length();
            if last {
                let reply = self.ask(&command, "answer a challenge", holder)?;
                return parse_challenge_answer(&reply.data);
            }
            let status = transmit(self.card, &command)?.status;
            done("answer a challenge", status)?;
        }
        unsupported("The challenge is empty")
    }

    /// Selects a slot, with the PIN verified before where it is needed.
    fn enter(&mut self, slot: u8, with_pin: bool) -> Result<(), TokenError> {
        if with_pin {
            let pin = self
                .pin
                .clone()
                .ok_or(TokenError::Locked { wants: "PIN" })?;
            self.verify(&pin)?;
        }
        match select(self.card, &slot_name(slot))? {
            Some(_) => Ok(()),
            None => Err(TokenError::NotThere),
        }
    }

    fn verify(&mut self, pin: &[u8; 8]) -> Result<(), TokenError> {
        select(self.card, &ADMINISTRATION)?;
        let command = Command::new(0, 0x20, 0, 0)
            .with_data(pin)
            .without_expected_length();
        let status = transmit(self.card, &command)?.status;
        match status {
            StatusWord::BLOCKED => Err(TokenError::Blocked {
                remedy: "Unblock it with the Crescendo Manager of HID",
            }),
            StatusWord::SECURITY_STATUS => Err(TokenError::WrongPassword {
                what: "PIN",
                tries_left: None,
            }),
            _ if status.tries_left().is_some() => Err(TokenError::WrongPassword {
                what: "PIN",
                tries_left: status.tries_left(),
            }),
            status => done("verify the PIN", status),
        }
    }

    /// Asks until the button was pressed: the token says 6985 while its light blinks.
    fn ask(
        &mut self,
        command: &Command,
        operation: &'static str,
        holder: &mut dyn Holder,
    ) -> Result<Reply, TokenError> {
        let mut asked = false;
        let reply = loop {
            let reply = transmit(self.card, command);
            if !matches!(&reply, Ok(reply) if reply.status == StatusWord::CONDITIONS) {
                break reply;
            }
            asked = true;
            if holder.asked_to_touch() == Patience::GiveUp {
                holder.touch_is_over();
                return Err(TokenError::NotTouched);
            }
        };
        if asked {
            holder.touch_is_over();
        }
        let reply = reply?;
        match reply.status {
            StatusWord::SECURITY_STATUS => Err(TokenError::Locked { wants: "PIN" }),
            status => done(operation, status).map(|()| reply),
        }
    }

    fn put_data(&mut self, p1: u8, data: &[u8], operation: &'static str) -> Result<(), TokenError> {
        let command = Command::new(0x80, 0xD8, p1, 0)
            .with_data(data)
            .without_expected_length();
        let status = transmit(self.card, &command)?.status;
        match status {
            StatusWord::SECURITY_STATUS => Err(TokenError::Locked { wants: "PIN" }),
            status => done(operation, status),
        }
    }
}

fn unsupported<T>(why: &str) -> Result<T, TokenError> {
    Err(TokenError::Unsupported { why: why.into() })
}

fn done(operation: &'static str, status: StatusWord) -> Result<(), TokenError> {
    match status {
        StatusWord::OK => Ok(()),
        status => Err(TokenError::Refused { operation, status }),
    }
}

/// The application of a slot.
fn slot_name(slot: u8) -> [u8; 7] {
    [0xA0, 0, 0, 0, 0x79, 0x23, slot]
}

fn slot_of(credential: &Credential) -> Result<u8, TokenError> {
    match credential.handle.as_slice() {
        [slot @ 0..SLOTS] => Ok(*slot),
        _ => Err(TokenError::NotThere),
    }
}

/// Selects an application; `None` if the card has none of this name.
fn select(card: &mut dyn Card, name: &[u8; 7]) -> Result<Option<SlotFacts>, TokenError> {
    let command = Command::new(0, 0xA4, 4, 0)
        .with_data(name)
        .without_expected_length();
    let reply = transmit(card, &command)?;
    match reply.status {
        StatusWord::OK => parse_select(&reply.data).map(Some),
        StatusWord::NOT_FOUND
        | StatusWord::NOT_SUPPORTED
        | StatusWord::UNKNOWN_INSTRUCTION
        | StatusWord::UNKNOWN_CLASS => Ok(None),
        status => done("select", status).map(|()| None),
    }
}

impl Token for Crescendo<'_> {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn unlock(
        &mut self,
        unlock: Unlock,
        _: RandomBytes<'_>,
        _: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let Unlock::Pin(text) = unlock else {
            return unsupported("The token has a PIN, no password");
        };
        let Ok(pin) = <[u8; 8]>::try_from(text.as_bytes()).map(Zeroizing::new) else {
            return unsupported(
                "HID has published the PIN command for PINs of exactly eight characters only",
            );
        };
        self.verify(&pin)?;
        self.pin = Some(pin);
        Ok(())
    }

    /// The slots. What is in the second and third is not published, so their kind is unknown.
    fn list(&mut self, _: &mut dyn Holder) -> Result<Vec<Credential>, TokenError> {
        let slots = self.slots()?.into_iter();
        Ok(slots
            .map(|(slot, _)| Credential {
                name: CredentialName {
                    issuer: None,
                    account: format!("slot {}", slot.saturating_add(1)),
                },
                handle: vec![slot],
                kind: (slot == 0).then_some(Kind::Hotp),
                algorithm: None,
                digits: None,
                time_step_seconds: None,
                protection: Protection {
                    touch: true,
                    pin: slot != 0,
                },
            })
            .collect())
    }

    fn put(&mut self, new: &NewCredential, _: &mut dyn Holder) -> Result<(), TokenError> {
        self.experiments()?;
        let NewMoving::Counter(counter) = new.moving else {
            return unsupported(USE_THE_MANAGER);
        };
        if (new.algorithm, new.digits) != (HashAlgorithm::Sha1, Digits::SIX) {
            return unsupported("The published example has SHA1 and six digits, no others");
        }
        if new.protection != Protection::default() {
            return unsupported(USE_THE_MANAGER);
        }
        let name = new.name.to_string();
        if name.len() > LONGEST_NAME_BYTES {
            return unsupported("Names of more than 32 bytes are not tried on this token");
        }
        let secret = new.secret.expose_bytes();
        if !self.capabilities.secret_bytes.contains(&secret.len()) {
            return unsupported("Secrets of 16 to 64 bytes can be written");
        }
        self.enter(0, true)?;
        // Writing the configuration clears the key, so the key comes second.
        let configuration = configuration(counter, &name);
        self.put_data(5, &configuration, "write the configuration")?;
        self.put_data(4, &key(secret), "write the key")
    }

    fn calculate(
        &mut self,
        credential: &Credential,
        moment: Moment,
        holder: &mut dyn Holder,
    ) -> Result<CodeValue, TokenError> {
        let slot = slot_of(credential)?;
        let command = match credential.kind {
            Some(Kind::Hotp) => Command::new(0x80, 0x88, 0, 0),
            Some(Kind::Totp) => Command::new(0x80, 0x88, 0x11, 0)
                .with_data(&seconds(moment.0)?)
                .without_expected_length(),
            Some(Kind::Ocra) => {
                return unsupported("This needs a challenge: otpctl token challenge");
            }
            None => {
                return unsupported(
                    "The token does not say what is in this slot: --hotp or --totp?",
                );
            }
        };
        self.enter(slot, credential.kind == Some(Kind::Totp))?;
        let reply = self.ask(&command, "calculate", holder)?;
        Ok(CodeValue {
            text: parse_bcd(&reply.data)?,
            valid: None,
        })
    }

    fn delete(&mut self, credential: &Credential, _: &mut dyn Holder) -> Result<(), TokenError> {
        self.experiments()?;
        self.enter(slot_of(credential)?, true)?;
        self.put_data(4, &removal(), "remove the key")?;
        self.put_data(5, &removal(), "remove the configuration")
    }

    fn rename(
        &mut self,
        _: &Credential,
        _: &CredentialName,
        _: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        unsupported(USE_THE_MANAGER)
    }

    fn set_password(
        &mut self,
        _: Option<Unlock>,
        _: RandomBytes<'_>,
        _: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        unsupported(USE_THE_MANAGER)
    }

    fn reset(&mut self, _: &mut dyn Holder) -> Result<(), TokenError> {
        unsupported(USE_THE_MANAGER)
    }
}

/// The time as the token wants it: 32 bits of seconds.
fn seconds(now: UnixTime) -> Result<[u8; 4], TokenError> {
    match u32::try_from(now.0) {
        Ok(seconds) => Ok(seconds.to_be_bytes()),
        Err(_) => unsupported("The token's time ends in 2106, and this machine's is past that"),
    }
}

/// Bytes in hexadecimal, for showing what is not explained.
impl SlotFacts {
    /// The configuration as the token shows it, in hexadecimal.
    pub fn configuration_hexadecimal(&self) -> String {
        self.configuration
            .iter()
            .fold(String::new(), |mut text, byte| {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02X}");
                text
            })
    }
}

#[cfg(test)]
mod tests;
