//! Token2 Molto2: a hundred profiles with titles, written over USB.
//!
//! Titles and parameters can be read by anybody who has it in hand; secrets cannot. Deleting
//! needs no key, either. A customer key, from which the key of writing is made, keeps others
//! from writing.

use super::dialogue::{self, Info, authenticate, done, read_molto2_info, told};
use super::profile::{PROFILES, Profile, free_profile, profile};
use super::sealing::{SealingKey, pad_if_needed, padded_seed};
use super::{display_number, hash_number};
use crate::apdu::Command;
use crate::{
    Access, AccessSupport, Capabilities, Card, CodeValue, Credential, CredentialName, Family,
    Holder, Identity, Kind, Moment, NewCredential, NewMoving, Protection, RandomBytes, StatusWord,
    TimeSteps, Token, TokenError, Unlock, transmit,
};
use otp_core::HashAlgorithm;

/// What a new Molto2's customer key is.
const FACTORY_CUSTOMER_KEY: &[u8] = b"TOKEN2MOLTO1-KEY";
/// The longest title, bytes.
const LONGEST_TITLE_BYTES: usize = 12;
/// Accepted, and waiting for the button on the token.
const PRESS_THE_BUTTON: StatusWord = StatusWord(0x9060);

const DISPLAY_ONLY: &str =
    "The token shows its codes on its own display; no computer can ask for one";
const READABLE: &str =
    "Titles can be read, and profiles deleted, by anybody who has the token in hand";

fn access(wanted: Access) -> AccessSupport {
    match wanted {
        Access::Always => AccessSupport::PerCredential,
        _ => AccessSupport::No("the token shows its codes to whoever turns it on"),
    }
}

/// A Molto2 in use.
pub struct Molto2<'c> {
    card: &'c mut dyn Card,
    identity: Identity,
    capabilities: Capabilities,
    key: SealingKey,
}

impl<'c> Molto2<'c> {
    /// Asks the card who it is.
    ///
    /// # Errors
    ///
    /// [`TokenError::NoApplication`] for every other card.
    pub fn open(card: &'c mut dyn Card) -> Result<Self, TokenError> {
        let Info { serial, .. } = read_molto2_info(card)?;
        Ok(Self {
            card,
            identity: Identity {
                family: Family::Molto2,
                version: None,
                serial: Some(serial),
                protected: false,
            },
            capabilities: Capabilities {
                kinds: vec![Kind::Totp],
                algorithms: vec![HashAlgorithm::Sha1, HashAlgorithm::Sha256],
                digits: 4..=10,
                time_steps: TimeSteps::Only(&[30, 60]),
                secret_bytes: 1..=63,
                longest_name_bytes: LONGEST_TITLE_BYTES,
                room: Some(u16::from(PROFILES)),
                calculates: false,
                lists: true,
                deletes: true,
                renames: true,
                password: true,
                pin: false,
                resets: true,
                first_counter_ahead: 0,
                access,
                cannot: vec![DISPLAY_ONLY, READABLE, "It knows no HOTP, and no SHA512"],
            },
            key: SealingKey::of_customer_key(FACTORY_CUSTOMER_KEY),
        })
    }

    fn authenticate(&mut self) -> Result<(), TokenError> {
        let ask = Command::new(0x80, 0x4B, 8, 0);
        authenticate(self.card, &ask, &self.key, "customer key")
    }

    fn write_title(&mut self, number: u8, name: &CredentialName) -> Result<(), TokenError> {
        let mut title = title_of(name)?.into_bytes();
        let command = self
            .key
            .sealed([0xD5, 0, number], pad_if_needed(&mut title));
        told(self.card, "write the title", &command)
    }

    fn profiles(&mut self) -> Result<Vec<Profile>, TokenError> {
        (0..PROFILES)
            .map(|number| profile(self.card, number))
            .collect()
    }
}

fn unsupported<T>(why: &str) -> Result<T, TokenError> {
    Err(TokenError::Unsupported { why: why.into() })
}

fn title_of(name: &CredentialName) -> Result<String, TokenError> {
    // The issuer would rarely fit; whose device it is matters more on a display.
    let title = name.account.clone();
    if title.len() > LONGEST_TITLE_BYTES {
        return unsupported("The token's titles have at most 12 bytes; choose a shorter name");
    }
    Ok(title)
}

fn number_of(credential: &Credential) -> Result<u8, TokenError> {
    match credential.handle.as_slice() {
        [number @ 0..PROFILES] => Ok(*number),
        _ => Err(TokenError::NotThere),
    }
}

impl Token for Molto2<'_> {
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
        let Unlock::Password(customer_key) = unlock else {
            return unsupported("The token has a customer key, no PIN; give it as the password");
        };
        self.key = SealingKey::of_customer_key(customer_key.as_bytes());
        self.authenticate()
    }

    fn list(&mut self, _: &mut dyn Holder) -> Result<Vec<Credential>, TokenError> {
        let profiles = self.profiles()?.into_iter();
        Ok(profiles.filter_map(Profile::credential).collect())
    }

    fn put(&mut self, new: &NewCredential, _: &mut dyn Holder) -> Result<(), TokenError> {
        let NewMoving::Time(step) = new.moving else {
            return unsupported("The token knows the clock only (TOTP), no counter");
        };
        let step = match step.seconds() {
            30 => 30,
            60 => 60,
            _ => return unsupported("The token knows time steps of 30 and 60 seconds only"),
        };
        let Some(hash) = hash_number(new.algorithm) else {
            return unsupported("The token knows SHA1 and SHA256 only");
        };
        let digits = new.digits.get();
        if digits == 7 {
            return unsupported("The token shows 4, 6, 8 or 10 digits, not 7");
        }
        if new.protection != Protection::default() {
            return unsupported("The token shows its codes to whoever turns it on");
        }
        let seed = new.secret.expose_bytes();
        if !self.capabilities.secret_bytes.contains(&seed.len()) {
            return unsupported("The token takes secrets of at most 63 bytes");
        }
        title_of(&new.name)?;
        let [a, b, c, d] = dialogue::clock(new.now)?;
        let number = free_profile(&self.profiles()?, &new.name.account)?;
        self.authenticate()?;
        let configuration = [
            0x81,
            0x14,
            0x1F,
            0x01,
            display_number(step),
            0x0F,
            0x04,
            a,
            b,
            c,
            d,
            0x86,
            0x09,
            0x0A,
            0x01,
            hash,
            0x0B,
            0x01,
            digits,
            0x0D,
            0x01,
            step,
        ];
        let configure = self.key.proved([0xD4, 1, number], &configuration);
        told(self.card, "configure the profile", &configure)?;
        self.write_title(number, &new.name)?;
        let write = self.key.sealed([0xC5, 1, number], &padded_seed(seed));
        told(self.card, "write the seed", &write)
    }

    fn calculate(
        &mut self,
        _: &Credential,
        _: Moment,
        _: &mut dyn Holder,
    ) -> Result<CodeValue, TokenError> {
        unsupported(DISPLAY_ONLY)
    }

    fn delete(&mut self, credential: &Credential, _: &mut dyn Holder) -> Result<(), TokenError> {
        let number = number_of(credential)?;
        let command = Command::new(0x80, 0xE6, 0, number);
        match transmit(self.card, &command)?.status {
            StatusWord::RECORD_NOT_FOUND => Err(TokenError::NotThere),
            status => done("delete", status),
        }
    }

    fn rename(
        &mut self,
        credential: &Credential,
        to: &CredentialName,
        _: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let number = number_of(credential)?;
        title_of(to)?;
        self.authenticate()?;
        self.write_title(number, to)
    }

    /// Sets the customer key; `None` sets the one of a new token. The token waits for its
    /// button afterwards.
    fn set_password(
        &mut self,
        new: Option<Unlock>,
        _: RandomBytes<'_>,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let new = match new {
            None => SealingKey::of_customer_key(FACTORY_CUSTOMER_KEY),
            Some(Unlock::Password(text)) => SealingKey::of_customer_key(text.as_bytes()),
            Some(Unlock::Pin(_)) => return unsupported("The token has a customer key, no PIN"),
        };
        self.authenticate()?;
        let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(32));
        plain.push(0);
        plain.extend_from_slice(new.bytes());
        plain.push(0x80);
        plain.resize(32, 0);
        let command = self.key.sealed([0xD7, 0, 0], &plain);
        let status = transmit(self.card, &command)?.status;
        pressed("set the customer key", status, holder)?;
        self.key = new;
        Ok(())
    }

    fn reset(&mut self, holder: &mut dyn Holder) -> Result<(), TokenError> {
        let command = Command::new(0x80, 0x56, 0, 0);
        let status = transmit(self.card, &command)?.status;
        pressed("reset", status, holder)
    }
}

/// The token has said yes, or waits for its button; it does not tell when that was pressed.
fn pressed(
    operation: &'static str,
    status: StatusWord,
    holder: &mut dyn Holder,
) -> Result<(), TokenError> {
    if status == PRESS_THE_BUTTON {
        holder.asked_to_touch();
        holder.touch_is_over();
        return Ok(());
    }
    done(operation, status)
}
