//! Writing and renaming a credential. Never over another one: it is looked for first.

use super::protocol::{REQUIRE_TOUCH, instruction, tag, type_byte};
use super::refusal::Operation;
use super::{Dialect, Oath, key, name};
use crate::apdu::Command;
use crate::{
    Capabilities, Credential, CredentialName, Kind, NewCredential, NewMoving, TokenError, tlv,
};
use zeroize::Zeroizing;

impl Oath<'_> {
    pub(super) fn write(&mut self, new: &NewCredential) -> Result<(), TokenError> {
        self.require_unlocked()?;
        let handle = handle_of(new, &self.capabilities)?;
        if new.protection.pin {
            let why = match self.dialect {
                Dialect::YubiKey | Dialect::CanoKey => {
                    "no PIN per credential: this token has one password for the whole OATH \
                     application (otpctl token password set)"
                }
                Dialect::Generic => "no PIN per credential: this token has none",
            };
            return Err(TokenError::Unsupported { why: why.into() });
        }
        if taken(&self.all()?, &new.name, &handle) {
            return Err(TokenError::NameTaken);
        }
        let mut body = put_body(new, &handle)?;
        if new.protection.touch {
            body.extend_from_slice(&[tag::PROPERTY, REQUIRE_TOUCH]);
        }
        put_counter(&mut body, new)?;
        let command = Command::new(0, instruction::PUT, 0, 0).with_data(&body);
        self.request(Operation::Put, &command, false)?;
        Ok(())
    }

    pub(super) fn give_name(
        &mut self,
        credential: &Credential,
        to: &CredentialName,
    ) -> Result<(), TokenError> {
        if !self.capabilities.renames {
            let why = "this token cannot rename: delete the account and add it again";
            return Err(TokenError::Unsupported { why: why.into() });
        }
        self.require_unlocked()?;
        let kind = credential.kind.unwrap_or(Kind::Hotp);
        let longest = self.capabilities.longest_name_bytes;
        let handle = name::write(to, kind, credential.time_step_seconds, longest)?;
        let others = self.all()?;
        let others = others.iter().filter(|one| one.handle != credential.handle);
        let others: Vec<Credential> = others.cloned().collect();
        if handle == credential.handle {
            return Ok(());
        }
        if taken(&others, to, &handle) {
            return Err(TokenError::NameTaken);
        }
        let mut body = Zeroizing::new(Vec::new());
        tlv::put(&mut body, tag::NAME, &credential.handle);
        tlv::put(&mut body, tag::NAME, &handle);
        let command = Command::new(0, instruction::RENAME, 0, 0).with_data(&body);
        self.request(Operation::Rename, &command, false)?;
        Ok(())
    }
}

/// The bytes under which the token will know it, after everything about it was found to be
/// possible.
pub(crate) fn handle_of(
    new: &NewCredential,
    capabilities: &Capabilities,
) -> Result<Vec<u8>, TokenError> {
    capabilities.check(new)?;
    let step = match new.moving {
        NewMoving::Time(step) => Some(u64::from(step.seconds())),
        NewMoving::Counter(_) => None,
    };
    let longest = capabilities.longest_name_bytes;
    name::write(&new.name, new.moving.kind(), step, longest)
}

/// Whether people or the token would take it for one that is there.
pub(crate) fn taken(there: &[Credential], name: &CredentialName, handle: &[u8]) -> bool {
    let mut there = there.iter();
    there.any(|one| one.handle == handle || one.name == *name)
}

/// Name and key.
pub(crate) fn put_body(
    new: &NewCredential,
    handle: &[u8],
) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let prepared = key::prepare(new.secret.expose_bytes(), new.algorithm);
    let kind = type_byte(new.moving.kind(), new.algorithm);
    Ok(body_of(handle, kind, new.digits.get(), &prepared))
}

/// Name and key, from their parts. With room for what follows them.
pub(crate) fn body_of(handle: &[u8], kind: u8, digits: u8, key: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut value = Zeroizing::new(Vec::with_capacity(key.len().saturating_add(2)));
    value.extend_from_slice(&[kind, digits]);
    value.extend_from_slice(key);
    let room = handle.len().saturating_add(value.len()).saturating_add(32);
    let mut body = Zeroizing::new(Vec::with_capacity(room));
    tlv::put(&mut body, tag::NAME, handle);
    tlv::put(&mut body, tag::KEY, &value);
    body
}

/// The first counter, left out when it is 0 as every other program does.
pub(crate) fn put_counter(
    body: &mut Zeroizing<Vec<u8>>,
    new: &NewCredential,
) -> Result<(), TokenError> {
    if let NewMoving::Counter(counter) = new.moving {
        let counter = u32::try_from(counter.0).map_err(|_| TokenError::Unsupported {
            why: "the token keeps counters up to 4294967295".into(),
        })?;
        if counter > 0 {
            tlv::put(body, tag::INITIAL_MOVING_FACTOR, &counter.to_be_bytes());
        }
    }
    Ok(())
}
