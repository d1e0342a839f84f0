//! Yubico's OATH protocol: YubiKey, CanoKey, VivoKey Apex and everything else that keeps to
//! it.
//!
//! One [`Oath`] is one selected application. It says beforehand what it can do, looks before
//! it writes (most of these applets overwrite a credential of the same name without a word),
//! and looks again after it has set a password or reset the token. Nitrokey's application
//! shares the beginning of the protocol only: [`nitrokey`](crate::nitrokey).
//!
//! Begin with [`crate::open`]. The bytes: `protocol`; the answers: [`parse_select`] and its
//! neighbours; the differences: [`Dialect`]; what status words mean: `refusal`.
//! Sources: Yubico's page "YKOATH Protocol"; Yubico's ykneo-oath; canokey-core.

mod answers;
mod calculate;
pub(crate) mod channel;
mod dialect;
pub(crate) mod key;
pub(crate) mod name;
mod password;
pub(crate) mod protocol;
mod put;
mod refusal;
mod reset;
mod steam;

pub(crate) use answers::unintelligible;
pub use answers::{
    Computed, ListForm, Selected, parse_all_codes, parse_code, parse_list, parse_proof,
    parse_select,
};
pub(crate) use calculate::{calculate_command, code_of};
pub use dialect::Dialect;
pub(crate) use put::{body_of, handle_of, put_body, put_counter, taken};

use crate::apdu::{Command, Reply};
use crate::{
    Capabilities, CodeOf, CodeValue, Credential, CredentialName, Holder, Identity, Moment,
    NewCredential, RandomBytes, StatusWord, Token, TokenError, Unlock, tlv,
};
use channel::{Channel, Continuation};
use protocol::{instruction, tag};
use refusal::{Operation, refusal};
use zeroize::Zeroizing;

/// The command that selects an application.
pub(crate) fn select_command(application: &[u8]) -> Command {
    Command::new(0, instruction::SELECT, 0x04, 0).with_data(application)
}

/// A selected application of Yubico's kind.
pub struct Oath<'c> {
    channel: Channel<'c>,
    dialect: Dialect,
    application: &'static [u8],
    selected: Selected,
    locked: bool,
    identity: Identity,
    capabilities: Capabilities,
    administration_pin: Option<Zeroizing<String>>,
}

impl<'c> Oath<'c> {
    /// Over a channel on which `application` has just been selected and said `selected`.
    pub(crate) fn new(
        mut channel: Channel<'c>,
        dialect: Dialect,
        application: &'static [u8],
        selected: Selected,
        serial: Option<String>,
    ) -> Self {
        channel.continue_with(match dialect {
            Dialect::YubiKey | Dialect::CanoKey => Continuation::SendRemaining,
            // SoloKeys 2 has a dispatcher in front, applets on JavaCards have none.
            Dialect::Generic => Continuation::Either,
        });
        let protected = selected.challenge.is_some();
        Self {
            channel,
            dialect,
            application,
            locked: protected,
            identity: Identity {
                family: dialect.family(),
                version: Some(selected.version),
                serial,
                protected,
            },
            capabilities: dialect.capabilities(selected.version),
            selected,
            administration_pin: None,
        }
    }

    /// Whose application it is.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Selects anew: what was unlocked is locked again.
    fn select(&mut self) -> Result<(), TokenError> {
        let command = select_command(self.application);
        let reply = self.request(Operation::Select, &command, false)?;
        self.selected = parse_select(&reply.data)?;
        self.locked = self.selected.challenge.is_some();
        self.identity.protected = self.locked;
        Ok(())
    }

    /// One request of which only 9000 is a good answer.
    fn request(
        &mut self,
        operation: Operation,
        command: &Command,
        may_want_touch: bool,
    ) -> Result<Reply, TokenError> {
        let reply = self.channel.ask(command)?;
        match reply.status {
            StatusWord::OK => Ok(reply),
            status => Err(refusal(operation, status, self.dialect, may_want_touch)),
        }
    }

    fn require_unlocked(&self) -> Result<(), TokenError> {
        if self.locked {
            return Err(TokenError::Locked { wants: "password" });
        }
        Ok(())
    }

    fn all(&mut self) -> Result<Vec<Credential>, TokenError> {
        self.require_unlocked()?;
        let list = Command::new(0, instruction::LIST, 0, 0);
        let reply = self.request(Operation::List, &list, false)?;
        parse_list(&reply.data, ListForm::Plain)
    }
}

impl Token for Oath<'_> {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn unlock(
        &mut self,
        unlock: Unlock,
        random: RandomBytes<'_>,
        _holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        self.unlock_with(unlock, random)
    }

    fn list(&mut self, _holder: &mut dyn Holder) -> Result<Vec<Credential>, TokenError> {
        self.all()
    }

    fn put(&mut self, new: &NewCredential, _holder: &mut dyn Holder) -> Result<(), TokenError> {
        self.write(new)
    }

    fn calculate(
        &mut self,
        credential: &Credential,
        moment: Moment,
        holder: &mut dyn Holder,
    ) -> Result<CodeValue, TokenError> {
        self.compute(credential, moment, holder)
    }

    fn calculate_all(
        &mut self,
        moment: Moment,
        holder: &mut dyn Holder,
    ) -> Result<Vec<(Credential, CodeOf)>, TokenError> {
        self.compute_all(moment, holder)
    }

    fn delete(
        &mut self,
        credential: &Credential,
        _holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        self.require_unlocked()?;
        let mut body = Zeroizing::new(Vec::new());
        tlv::put(&mut body, tag::NAME, &credential.handle);
        let command = Command::new(0, instruction::DELETE, 0, 0).with_data(&body);
        self.request(Operation::Delete, &command, false)?;
        Ok(())
    }

    fn rename(
        &mut self,
        credential: &Credential,
        to: &CredentialName,
        _holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        self.give_name(credential, to)
    }

    fn set_password(
        &mut self,
        new: Option<Unlock>,
        random: RandomBytes<'_>,
        _holder: &mut dyn Holder,
    ) -> Result<(), TokenError> {
        self.replace_password(new, random)
    }

    fn reset(&mut self, _holder: &mut dyn Holder) -> Result<(), TokenError> {
        self.empty()
    }
}
