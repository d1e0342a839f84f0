//! A Token2 token with one profile: OTPC-P1-i, OTPC-P2-i, miniOTP-2-i, miniOTP-3-i, C301-i,
//! C302-i and their kin.
//!
//! It is written blind: it keeps no name, and what it holds cannot be read. The clock is set
//! before the seed, because on models that guard their clock setting it erases the seed.

use super::dialogue::{self, Info, authenticate, read_single_info, told};
use super::sealing::{SealingKey, padded_seed};
use super::{display_number, hash_number};
use crate::apdu::Command;
use crate::{
    Access, AccessSupport, Capabilities, Card, CodeValue, Credential, CredentialName, Family,
    Holder, Identity, Kind, Moment, NewCredential, NewMoving, Protection, RandomBytes, TimeSteps,
    Token, TokenError, Unlock,
};
use otp_core::HashAlgorithm;

/// A single-profile token in use.
pub struct Token2<'c> {
    card: &'c mut dyn Card,
    identity: Identity,
    capabilities: Capabilities,
}

const DISPLAY_ONLY: &str =
    "The token shows its codes on its own display; no computer can ask for one";
const ONE_PROFILE: &str =
    "The token has one profile, which can be written again but not deleted or renamed";
const OPEN: &str = "Anybody who holds the token can write another secret to it: its key is the same on all of them";

fn access(wanted: Access) -> AccessSupport {
    match wanted {
        Access::Always => AccessSupport::PerCredential,
        _ => AccessSupport::No("the token shows its code whenever its button is pressed"),
    }
}

impl<'c> Token2<'c> {
    /// Asks the card who it is.
    ///
    /// # Errors
    ///
    /// [`TokenError::NoApplication`] for every other card.
    pub fn open(card: &'c mut dyn Card) -> Result<Self, TokenError> {
        let Info { serial, .. } = read_single_info(card)?;
        Ok(Self {
            card,
            identity: Identity {
                family: Family::Token2,
                version: None,
                serial: Some(serial),
                protected: false,
            },
            capabilities: Capabilities {
                kinds: vec![Kind::Totp],
                algorithms: vec![HashAlgorithm::Sha1, HashAlgorithm::Sha256],
                digits: 6..=6,
                time_steps: TimeSteps::Only(&[30, 60]),
                secret_bytes: 1..=63,
                longest_name_bytes: 0,
                room: Some(1),
                calculates: false,
                lists: false,
                deletes: false,
                renames: false,
                password: false,
                pin: false,
                resets: false,
                first_counter_ahead: 0,
                access,
                cannot: vec![DISPLAY_ONLY, ONE_PROFILE, OPEN],
            },
        })
    }
}

fn unsupported<T>(why: &str) -> Result<T, TokenError> {
    Err(TokenError::Unsupported { why: why.into() })
}

impl Token for Token2<'_> {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn unlock(
        &mut self,
        _: Unlock,
        _: RandomBytes<'_>,
        _: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        unsupported("The token has no password and no PIN")
    }

    /// The one profile, whether it has been written or not: the token does not tell.
    fn list(&mut self, _: &mut dyn Holder) -> Result<Vec<Credential>, TokenError> {
        Ok(vec![Credential {
            name: CredentialName {
                issuer: None,
                account: "profile".into(),
            },
            handle: Vec::new(),
            kind: Some(Kind::Totp),
            algorithm: None,
            digits: None,
            time_step_seconds: None,
            protection: Protection::default(),
        }])
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
        if new.digits.get() != 6 {
            return unsupported("The token shows six digits");
        }
        if new.protection != Protection::default() {
            return unsupported("The token shows its code whenever its button is pressed");
        }
        let seed = new.secret.expose_bytes();
        if !self.capabilities.secret_bytes.contains(&seed.len()) {
            return unsupported("The token takes secrets of at most 63 bytes");
        }
        let clock = dialogue::clock(new.now)?;
        let key = SealingKey::public();
        let ask = Command::new(0x80, 0x4B, 8, 0)
            .with_data(&[0])
            .without_expected_length();
        authenticate(self.card, &ask, &key, "key")?;
        let [a, b, c, d] = clock;
        let configuration = [
            0x81,
            0x11,
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
            0x06,
            0x0A,
            0x01,
            hash,
            0x0D,
            0x01,
            step,
        ];
        let configure = key.proved([0xD4, 0, 0], &configuration);
        told(self.card, "set the clock", &configure)?;
        let write = key.sealed([0xC5, 1, 0], &padded_seed(seed));
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

    fn delete(&mut self, _: &Credential, _: &mut dyn Holder) -> Result<(), TokenError> {
        unsupported(ONE_PROFILE)
    }

    fn rename(
        &mut self,
        _: &Credential,
        _: &CredentialName,
        _: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        unsupported(ONE_PROFILE)
    }

    fn set_password(
        &mut self,
        _: Option<Unlock>,
        _: RandomBytes<'_>,
        _: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        unsupported(OPEN)
    }

    fn reset(&mut self, _: &mut dyn Holder) -> Result<(), TokenError> {
        unsupported(ONE_PROFILE)
    }
}
