//! Nitrokey 3: an application of its own behind Yubico's name.
//!
//! It shares writing, listing, computing, deleting and resetting with Yubico's protocol, and
//! has what none of the others has: a PIN with eight tries, asked for per credential, and
//! codes that the token verifies itself. The key behind the PIN lives for one request only,
//! so the PIN goes immediately before it, and nothing is selected between the two. Whatever
//! takes something away, and every use of the PIN, wants a touch of up to 15 seconds.
//!
//! SET CODE is not sent: this application takes it for another request and says yes.
//!
//! Sources: Nitrokey's firmware (`secrets-app`) and its document on CTAPHID commands.

mod dialect;
mod hmac_slot;
mod pin;
mod refusal;
mod reverse;
mod write;

pub use hmac_slot::HmacSlot;

use crate::apdu::{Command, Reply};
use crate::oath::channel::{Channel, Continuation};
use crate::oath::protocol::{OATH_APPLICATION, instruction as shared};
use crate::oath::{
    ListForm, Selected, calculate_command, code_of, parse_code, parse_list, parse_select,
    select_command, unintelligible,
};
use crate::{
    Capabilities, Card, CodeValue, Credential, CredentialName, Family, Holder, Identity, Kind,
    Moment, NewCredential, Patience, RandomBytes, StatusWord, Token, TokenError, Unlock,
};
use refusal::{Operation, refusal};
use zeroize::Zeroizing;

/// Instructions that only this application has.
mod instruction {
    pub(super) const VERIFY_CODE: u8 = 0xB1;
    pub(super) const VERIFY_PIN: u8 = 0xB2;
    pub(super) const CHANGE_PIN: u8 = 0xB3;
    pub(super) const SET_PIN: u8 = 0xB4;
    pub(super) const UPDATE: u8 = 0xB7;
}

/// Tags that only this application has.
mod tag {
    pub(super) const PIN: u8 = 0x80;
    pub(super) const NEW_PIN: u8 = 0x81;
}

/// The selected application of a Nitrokey 3.
pub struct Nitrokey<'c> {
    channel: Channel<'c>,
    selected: Selected,
    identity: Identity,
    capabilities: Capabilities,
    pin: Option<Zeroizing<String>>,
}

impl<'c> Nitrokey<'c> {
    /// Selects the application. [`crate::open`] does the same for whatever token it finds;
    /// this one is for what only a Nitrokey can do.
    ///
    /// # Errors
    ///
    /// [`TokenError::NoApplication`] when it is no Nitrokey 3.
    pub fn open(card: &'c mut dyn Card) -> Result<Self, TokenError> {
        let mut channel = Channel::new(card);
        let reply = channel.ask(&select_command(OATH_APPLICATION))?;
        let selected = match reply.status {
            StatusWord::OK => parse_select(&reply.data)?,
            status => return Err(refusal(Operation::Select, status)),
        };
        if !Self::is_one(&selected) {
            return Err(TokenError::NoApplication {
                application: "Nitrokey's application for secrets",
            });
        }
        Ok(Self::new(channel, selected))
    }

    /// Whether the answer to SELECT is a Nitrokey's.
    pub(crate) fn is_one(selected: &Selected) -> bool {
        selected.serial.is_some() || selected.pin_tries.is_some()
    }

    /// Over a channel on which the application has just been selected.
    pub(crate) fn new(mut channel: Channel<'c>, selected: Selected) -> Self {
        channel.continue_with(Continuation::GetResponse);
        Self {
            channel,
            identity: Identity {
                family: Family::Nitrokey,
                version: Some(selected.version),
                serial: serial(&selected),
                protected: selected.pin_tries.is_some(),
            },
            capabilities: dialect::capabilities(),
            selected,
            pin: None,
        }
    }

    fn select(&mut self) -> Result<(), TokenError> {
        let reply = self.request(Operation::Select, &select_command(OATH_APPLICATION))?;
        self.selected = parse_select(&reply.data)?;
        self.identity.protected = self.selected.pin_tries.is_some();
        Ok(())
    }

    /// One request of which only 9000 is a good answer.
    fn request(&mut self, operation: Operation, command: &Command) -> Result<Reply, TokenError> {
        let reply = self.channel.ask(command)?;
        match reply.status {
            StatusWord::OK => Ok(reply),
            status => Err(refusal(operation, status)),
        }
    }

    /// The same, during which the token waits for a touch.
    fn touched(
        &mut self,
        operation: Operation,
        command: &Command,
        holder: &mut dyn Holder,
    ) -> Result<Reply, TokenError> {
        let result = match holder.asked_to_touch() {
            Patience::Wait => self.request(operation, command),
            Patience::GiveUp => Err(TokenError::NotTouched),
        };
        holder.touch_is_over();
        match result {
            Err(TokenError::Refused {
                status: StatusWord::SECURITY_STATUS,
                ..
            }) => Err(TokenError::NotTouched),
            other => other,
        }
    }

    /// What can be seen without the PIN, or directly after it.
    fn visible(&mut self) -> Result<Vec<Credential>, TokenError> {
        // The byte asks for items with properties.
        let command = Command::new(0, shared::LIST, 0, 0).with_data(&[1]);
        let reply = self.request(Operation::List, &command)?;
        parse_list(&reply.data, ListForm::WithProperties)
    }
}

/// The serial number as Nitrokey's own programs write it.
pub(crate) fn serial(selected: &Selected) -> Option<String> {
    let bytes = selected.serial?;
    Some(format!("{:08x}", u32::from_be_bytes(bytes)))
}

impl Token for Nitrokey<'_> {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Keeps the PIN. It is sent before each operation that needs it, and its first use tells
    /// whether it is right.
    fn unlock(
        &mut self,
        unlock: Unlock,
        _random: RandomBytes<'_>,
        _holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        self.keep_pin(unlock)
    }

    fn list(&mut self, holder: &mut dyn Holder) -> Result<Vec<Credential>, TokenError> {
        if self.pin.is_some() && self.selected.pin_tries.is_some() {
            self.verify_pin(holder)?;
        }
        self.visible()
    }

    fn put(&mut self, new: &NewCredential, holder: &mut dyn Holder) -> Result<(), TokenError> {
        self.write(new, holder)
    }

    fn calculate(
        &mut self,
        credential: &Credential,
        moment: Moment,
        holder: &mut dyn Holder,
    ) -> Result<CodeValue, TokenError> {
        if !matches!(credential.kind, Some(Kind::Totp | Kind::Hotp)) {
            let why = "what the token keeps under this name computes no codes";
            return Err(TokenError::Unsupported { why: why.into() });
        }
        let (command, valid) = calculate_command(credential, moment);
        let reply = if credential.protection.pin {
            // The PIN was touched for already.
            self.verify_pin(holder)?;
            self.request(Operation::Calculate, &command)?
        } else if credential.protection.touch {
            self.touched(Operation::Calculate, &command, holder)?
        } else {
            self.request(Operation::Calculate, &command)?
        };
        code_of(&parse_code(&reply.data)?, credential, valid)
    }

    fn delete(
        &mut self,
        credential: &Credential,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        self.take_away(credential, holder)
    }

    fn rename(
        &mut self,
        credential: &Credential,
        to: &CredentialName,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        self.give_name(credential, to, holder)
    }

    fn set_password(
        &mut self,
        new: Option<Unlock>,
        _random: RandomBytes<'_>,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        self.replace_pin(new, holder)
    }

    fn reset(&mut self, holder: &mut dyn Holder) -> Result<(), TokenError> {
        let command = Command::new(0, shared::RESET, 0xDE, 0xAD);
        self.touched(Operation::Reset, &command, holder)?;
        self.pin = None;
        self.select()?;
        if self.selected.pin_tries.is_some() || !self.visible()?.is_empty() {
            return Err(TokenError::NotDone {
                what: "it holds its PIN or accounts still",
            });
        }
        Ok(())
    }
}
