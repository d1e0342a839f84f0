//! One token with credentials on it, whatever its family.

use crate::{
    Capabilities, CodeOf, CodeValue, Credential, CredentialName, Holder, Kind, Moment,
    NewCredential, TokenError,
};
use std::fmt;
use zeroize::Zeroizing;

/// Which protocol a device speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// Yubico's OATH application on a YubiKey.
    YubiKey,
    /// Nitrokey 3, whose application shares a part of it.
    Nitrokey,
    /// CanoKey, the same with differences.
    CanoKey,
    /// Anything else that speaks Yubico's OATH protocol (SoloKeys 2, VivoKey Apex, Fidesmo).
    Oath,
    /// HID Crescendo Key.
    Crescendo,
    /// Token2's programmable NFC tokens with one profile.
    Token2,
    /// Token2 Molto2.
    Molto2,
}

impl Family {
    /// The name for people and, in small letters, for JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::YubiKey => "YubiKey",
            Self::Nitrokey => "Nitrokey 3",
            Self::CanoKey => "CanoKey",
            Self::Oath => "OATH token",
            Self::Crescendo => "HID Crescendo Key",
            Self::Token2 => "Token2 programmable",
            Self::Molto2 => "Token2 Molto2",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which device it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Which protocol it speaks.
    pub family: Family,
    /// Version of its firmware or application, as the device says it.
    pub version: Option<(u8, u8, u8)>,
    /// Its serial number as text, where it has one that stays the same.
    pub serial: Option<String>,
    /// Whether a password or PIN protects what it holds.
    pub protected: bool,
}

/// What unlocks a token. Wiped when dropped.
pub enum Unlock {
    /// The password of the whole application.
    Password(Zeroizing<String>),
    /// The PIN.
    Pin(Zeroizing<String>),
}

/// Fills a buffer with random bytes; the caller takes them from the operating system.
pub type RandomBytes<'a> = &'a mut dyn FnMut(&mut [u8]);

/// A token that is selected and in use, within one transaction.
///
/// What a family cannot do is [`TokenError::Unsupported`] with the reason; nothing is sent
/// then. [`capabilities`](Token::capabilities) tells beforehand.
pub trait Token {
    /// Which device it is.
    fn identity(&self) -> &Identity;

    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// Gives the password or PIN. With families that want it anew for each operation, it is
    /// kept until the session ends, and sent when it is needed.
    ///
    /// # Errors
    ///
    /// [`TokenError::WrongPassword`], [`TokenError::Blocked`].
    fn unlock(
        &mut self,
        unlock: Unlock,
        random: RandomBytes<'_>,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError>;

    /// What it holds.
    ///
    /// # Errors
    ///
    /// [`TokenError::Locked`] when a password is wanted first.
    fn list(&mut self, holder: &mut dyn Holder) -> Result<Vec<Credential>, TokenError>;

    /// Writes a credential. One of the same name is never overwritten.
    ///
    /// # Errors
    ///
    /// [`TokenError::NameTaken`], [`TokenError::Full`], [`TokenError::Unsupported`].
    fn put(&mut self, new: &NewCredential, holder: &mut dyn Holder) -> Result<(), TokenError>;

    /// Computes a code.
    ///
    /// # Errors
    ///
    /// [`TokenError::NotThere`], [`TokenError::NotTouched`], [`TokenError::Locked`].
    fn calculate(
        &mut self,
        credential: &Credential,
        moment: Moment,
        holder: &mut dyn Holder,
    ) -> Result<CodeValue, TokenError>;

    /// Everything it holds with its code, as far as that costs nothing: what wants a touch or
    /// a PIN, and counters, which a code would move on, are listed without one.
    ///
    /// # Errors
    ///
    /// [`TokenError::Locked`]; of a single credential they are [`CodeOf::Failed`].
    fn calculate_all(
        &mut self,
        moment: Moment,
        holder: &mut dyn Holder,
    ) -> Result<Vec<(Credential, CodeOf)>, TokenError> {
        let mut found = Vec::new();
        for credential in self.list(holder)? {
            let code = match credential.kind {
                None | Some(Kind::Ocra) => CodeOf::None,
                Some(Kind::Hotp) => CodeOf::Counter,
                Some(Kind::Totp) if credential.protection.pin => CodeOf::WantsPin,
                Some(Kind::Totp) if credential.protection.touch => CodeOf::WantsTouch,
                Some(Kind::Totp) => match self.calculate(&credential, moment, holder) {
                    Err(error @ TokenError::Card(_)) => return Err(error),
                    code => CodeOf::from(code),
                },
            };
            found.push((credential, code));
        }
        Ok(found)
    }

    /// Deletes a credential.
    ///
    /// # Errors
    ///
    /// [`TokenError::NotThere`].
    fn delete(
        &mut self,
        credential: &Credential,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError>;

    /// Renames a credential.
    ///
    /// # Errors
    ///
    /// [`TokenError::NameTaken`], [`TokenError::NotThere`], [`TokenError::Unsupported`].
    fn rename(
        &mut self,
        credential: &Credential,
        to: &CredentialName,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError>;

    /// Sets the password of the whole application, or with families that have a PIN instead,
    /// the PIN. The old one was given by [`unlock`](Token::unlock). `None` removes it.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unsupported`], [`TokenError::NotDone`] when the token says yes and looking
    /// again shows otherwise.
    fn set_password(
        &mut self,
        new: Option<Unlock>,
        random: RandomBytes<'_>,
        holder: &mut dyn Holder,
    ) -> Result<(), TokenError>;

    /// Deletes everything: credentials, password, PIN.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unsupported`].
    fn reset(&mut self, holder: &mut dyn Holder) -> Result<(), TokenError>;
}
