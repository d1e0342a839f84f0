//! Writing, renaming, deleting. This application never overwrites: it refuses a name that is
//! there, also one that is hidden behind the PIN.

use super::refusal::Operation;
use super::{Nitrokey, instruction, shared};
use crate::apdu::Command;
use crate::oath::name;
use crate::oath::protocol::{REQUIRE_TOUCH, tag};
use crate::oath::{handle_of, put_body, put_counter, taken};
use crate::{Credential, CredentialName, Holder, Kind, NewCredential, Protection, TokenError, tlv};
use zeroize::Zeroizing;

/// Property: encrypted with a key that the PIN opens.
const BEHIND_PIN: u8 = 0x04;

/// The byte of properties when something is written; a list has other bits.
pub(super) fn properties(protection: Protection) -> u8 {
    let touch = if protection.touch { REQUIRE_TOUCH } else { 0 };
    let pin = if protection.pin { BEHIND_PIN } else { 0 };
    touch | pin
}

impl Nitrokey<'_> {
    pub(super) fn write(
        &mut self,
        new: &NewCredential,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let handle = handle_of(new, &self.capabilities)?;
        if new.protection.pin {
            self.require_pin_given()?;
        }
        // Another time step makes another name for the token, but not for people.
        if taken(&self.known()?, &new.name, &handle) {
            return Err(TokenError::NameTaken);
        }
        let mut body = put_body(new, &handle)?;
        body.extend_from_slice(&[tag::PROPERTY, properties(new.protection)]);
        put_counter(&mut body, new)?;
        self.send_new(&body, new.protection, holder)
    }

    /// What is there already, as far as the token tells: a list too long for a reader is no
    /// reason to write nothing more, since the token itself refuses a name that is there.
    pub(super) fn known(&mut self) -> Result<Vec<Credential>, TokenError> {
        match self.visible() {
            Err(TokenError::Unintelligible { .. }) => Ok(Vec::new()),
            other => other,
        }
    }

    /// PUT, with the PIN before it where it is needed.
    pub(super) fn send_new(
        &mut self,
        body: &[u8],
        protection: Protection,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let command = Command::new(0, shared::PUT, 0, 0).with_data(body);
        if protection.pin {
            self.verify_pin(holder)?;
            self.request(Operation::Put, &command)?;
        } else if protection.touch {
            self.touched(Operation::Put, &command, holder)?;
        } else {
            self.request(Operation::Put, &command)?;
        }
        Ok(())
    }

    pub(super) fn give_name(
        &mut self,
        credential: &Credential,
        to: &CredentialName,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let kind = credential.kind.unwrap_or(Kind::Hotp);
        let longest = self.capabilities.longest_name_bytes;
        let handle = name::write(to, kind, credential.time_step_seconds, longest)?;
        if handle == credential.handle {
            return Ok(());
        }
        // Asked before anybody has to touch it.
        let mut others = self.known()?;
        others.retain(|one| one.handle != credential.handle);
        if taken(&others, to, &handle) {
            return Err(TokenError::NameTaken);
        }
        let mut body = Zeroizing::new(Vec::new());
        tlv::put(&mut body, tag::NAME, &credential.handle);
        tlv::put(&mut body, tag::NAME, &handle);
        let command = Command::new(0, instruction::UPDATE, 0, 0).with_data(&body);
        if credential.protection.pin {
            self.verify_pin(holder)?;
        }
        self.touched(Operation::Update, &command, holder)?;
        Ok(())
    }

    pub(super) fn take_away(
        &mut self,
        credential: &Credential,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        let mut body = Zeroizing::new(Vec::new());
        tlv::put(&mut body, tag::NAME, &credential.handle);
        let command = Command::new(0, shared::DELETE, 0, 0).with_data(&body);
        if credential.protection.pin {
            self.verify_pin(holder)?;
        }
        self.touched(Operation::Delete, &command, holder)?;
        Ok(())
    }
}
