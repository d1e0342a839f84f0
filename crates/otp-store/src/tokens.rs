//! What was put on which hardware token: one file for each token that has a serial number.
//!
//! A token does not tell what its buttons type, nor which account here it serves; so it is
//! kept beside the accounts, for root only. What stands in a file is the caller's; here it is
//! only kept. Nothing here decides about a login, and no secret belongs here.

use crate::administer::private_subdirectory;
use crate::replace::{remove, replace, write_aside};
use crate::root_owned::{ANY_ACCESS_BY_OTHERS, Directory};
use crate::state_record::STATE_BYTES;
use crate::{Store, StoreError};
use nix::fcntl::OFlag;
use otp_core::UserName;
use std::path::Path;

/// The folder of tokens inside the store.
const TOKENS: &str = "token";
/// A file is no longer than this (bytes). A token has some hundred accounts at most.
const MOST_BYTES: u64 = 256 * 1024;

/// The name of a token's file: letters, digits and hyphens, at most 64.
pub struct TokenName(String);

impl TokenName {
    /// Reads a name; `None` if it has another character, or another length.
    pub fn parse(text: &str) -> Option<Self> {
        let usable = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(usable);
        fits.then(|| Self(text.into()))
    }
}

impl Store {
    /// What is kept of a token; `None` if nothing is.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be read.
    pub fn token(&self, name: &TokenName) -> Result<Option<String>, StoreError> {
        let Some(folder) = self.tokens()? else {
            return Ok(None);
        };
        let file = folder.file(&name.0, OFlag::O_RDONLY, ANY_ACCESS_BY_OTHERS)?;
        let Some(file) = file else {
            return Ok(None);
        };
        Ok(Some(file.read_text(MOST_BYTES)?.to_string()))
    }

    /// Keeps something of a token in place of what was kept before.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written; what was kept before is then still there.
    pub fn keep_token(&self, name: &TokenName, text: &str) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        let folder = private_subdirectory(&self.root, Path::new(TOKENS))?;
        replace(&folder, &name.0, text.as_bytes())
    }

    /// Keeps nothing of a token any more; it is no fault if nothing was.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be removed.
    pub fn forget_token(&self, name: &TokenName) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        match self.tokens()? {
            Some(folder) => remove(&folder, &name.0),
            None => Ok(()),
        }
    }

    /// Makes sure, without leaving anything, that there is room for an account and its state:
    /// before something is written elsewhere (on a token) that would be of no use without.
    ///
    /// # Errors
    ///
    /// What writing an account of this name would stumble over.
    pub fn can_write(&self, name: &UserName) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        let probe = [b' '; STATE_BYTES];
        for folder in [self.states()?, self.accounts()?] {
            let (_, aside) = write_aside(&folder, name.as_str(), &probe)?.into_parts();
            remove(&folder, &aside)?;
        }
        Ok(())
    }

    fn tokens(&self) -> Result<Option<Directory>, StoreError> {
        let folder = self
            .root
            .subdirectory(Path::new(TOKENS), ANY_ACCESS_BY_OTHERS);
        match folder {
            Err(StoreError::Missing { .. }) => Ok(None),
            opened => opened.map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_cannot_lead_out_of_its_folder() {
        for name in ["", ".", "..", "a/b", "a.new", "a\0b", "ä", &"x".repeat(65)] {
            assert!(TokenName::parse(name).is_none(), "{name}");
        }
        assert!(TokenName::parse("yubikey-12345678").is_some());
    }
}
