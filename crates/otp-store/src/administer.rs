//! What an administrator's command changes: enrol, change, revoke.
//!
//! Written so that a crash at any point leaves the old account, the new one, or none, and
//! never half of one: a fresh enrolment writes its state first and then the account; a
//! revocation removes the account first and then the state. One command at a time works on
//! the store (a lock on the state folder, which logins do not take).

use crate::attempt_record::AttemptLines;
use crate::blank::BLANK;
use crate::door::{ACCOUNT, Locked, Purpose, STATE};
use crate::lock::{LockedFile, LockedFolder};
use crate::replace::{aside_of, put_in_place, remove, replace, write_aside};
use crate::root_owned::{ANY_ACCESS_BY_OTHERS, Directory, WRITABLE_BY_OTHERS};
use crate::state_record::{STATE_BYTES, fresh_file};
use crate::{Store, StoreError, account_file, blank};
use nix::errno::Errno;
use nix::sys::stat::{Mode, mkdirat};
use nix::unistd::fsync;
use otp_core::{Account, State, UserName};
use std::path::Path;

impl Store {
    /// Opens the store, making its folders where they are missing. The folder it lies in
    /// must exist.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if a folder is not root's, or cannot be made.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            let path = path.to_path_buf();
            return Err(StoreError::NotAbsolute { path });
        };
        let parent = Directory::open(parent, WRITABLE_BY_OTHERS).map_err(|error| match error {
            StoreError::Missing { path } => StoreError::NoFolderForStore { path },
            error => error,
        })?;
        let root = private_subdirectory(&parent, name.as_ref())?;
        private_subdirectory(&root, Path::new(ACCOUNT))?;
        private_subdirectory(&root, Path::new(STATE))?;
        let store = Self::open(path)?;
        store.make_blank()?;
        Ok(store)
    }

    /// Makes the account of nobody, if it is missing.
    fn make_blank(&self) -> Result<(), StoreError> {
        let is_there = |folder, name: &str| {
            let found = self.root.identity_of(&format!("{folder}/{name}"));
            found.is_some()
        };
        let missing: Vec<String> = blank::states()
            .filter(|name| !is_there(STATE, name))
            .collect();
        if missing.is_empty() && is_there(ACCOUNT, BLANK) {
            return Ok(());
        }
        let _commands = self.lock_out_other_commands()?;
        let state = blank::state(&blank::account()?);
        let bytes = fresh_file(&state).unwrap_or_default();
        for name in missing {
            replace(&self.states()?, &name, &bytes)?;
        }
        replace(&self.accounts()?, BLANK, blank::TEXT.as_bytes())
    }

    /// Makes an account for a user who has none.
    ///
    /// # Errors
    ///
    /// [`StoreError::AlreadyEnrolled`] if there is one; then nothing has changed.
    pub fn enrol(&self, account: &Account, state: &State) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        let name = &account.user;
        if self.account_is_there(name) {
            let path = self.account_path(name.as_str());
            return Err(StoreError::AlreadyEnrolled { path });
        }
        self.write_new(account, state).inspect_err(|_| {
            // Half an account would be refused at every login; better none at all. If this
            // fails as well, it stays half, and is said to be.
            let _ = self.remove_both(name);
        })
    }

    /// Makes sure, without leaving anything, that [`Store::enrol`] will find no account in its
    /// way and room to write.
    ///
    /// # Errors
    ///
    /// What `enrol` would stumble over.
    pub fn can_enrol(&self, name: &UserName) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        if self.account_is_there(name) {
            let path = self.account_path(name.as_str());
            return Err(StoreError::AlreadyEnrolled { path });
        }
        let states = self.states()?;
        let probe = [b' '; STATE_BYTES];
        let (_, aside) = write_aside(&states, name.as_str(), &probe)?.into_parts();
        remove(&states, &aside)
    }

    /// Changes an account and its state under the lock; returns what `change` returns
    /// beside them.
    ///
    /// With a new enrolment number in both, the old pair stays whole until the account is
    /// replaced, and is gone for good afterwards.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotEnrolled`], or what a login would stumble over as well.
    pub fn change<T>(
        &self,
        name: &UserName,
        change: impl FnOnce(Account, State) -> (Account, State, T),
    ) -> Result<T, StoreError> {
        let _commands = self.lock_out_other_commands()?;
        let Some(locked) = self.locked(name, Purpose::Change)? else {
            let path = self.account_path(name.as_str());
            return Err(StoreError::NotEnrolled { path });
        };
        let Locked {
            file,
            account: old,
            mut current,
        } = locked;
        let old_enrolment = old.enrolment;
        let (account, state, result) = change(old, current.state.clone());
        if account.enrolment != old_enrolment {
            // Attempts on devices that are gone explain nothing.
            current.attempts = AttemptLines::default();
        }
        current.commit(&file, &state)?;
        self.write_account(&account)?;
        if account.enrolment != old_enrolment {
            // The other slot still fits the old account file, should somebody restore it.
            current.commit(&file, &state)?;
        }
        Ok(result)
    }

    /// Puts an account in place of whatever is there: a whole one, a damaged one, half of
    /// one, or none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written; the old account is then still there unless
    /// it was damaged.
    pub fn start_over(&self, account: Account, state: State) -> Result<(), StoreError> {
        let name = account.user.clone();
        match self.locked(&name, Purpose::Look) {
            Ok(Some(whole)) => {
                drop(whole);
                return self.change(&name, |_, _| (account, state, ()));
            }
            Ok(None) => {}
            // Broken for good, so there is nothing to keep.
            Err(
                StoreError::Missing { .. }
                | StoreError::NotRootOwned { .. }
                | StoreError::OpenToOthers { .. }
                | StoreError::NotAPlainFile { .. }
                | StoreError::Damaged { .. }
                | StoreError::Mismatch { .. },
            ) => {}
            // Perhaps broken, perhaps only busy or out of reach.
            Err(error) => return Err(error),
        }
        // Nothing is removed before the new is there: for a moment without an account the
        // password alone could open the door.
        let _commands = self.lock_out_other_commands()?;
        self.write_new(&account, &state)
    }

    /// Whether half of an account of this name lies in a store of which a folder is missing.
    pub fn has_half_of(path: &Path, name: &UserName) -> bool {
        let root = Directory::open(path, ANY_ACCESS_BY_OTHERS);
        root.is_ok_and(|root| Self { root }.has_anything_of(name))
    }

    /// Whether there is an account of this name, or half of one.
    pub fn has_anything_of(&self, name: &UserName) -> bool {
        self.account_is_there(name) || self.root.identity_of(&format!("{STATE}/{name}")).is_some()
    }

    /// Whether there is an account of this name, whole or not.
    pub fn is_enrolled(&self, name: &UserName) -> bool {
        self.account_is_there(name)
    }

    fn account_is_there(&self, name: &UserName) -> bool {
        self.root
            .identity_of(&format!("{ACCOUNT}/{name}"))
            .is_some()
    }

    /// Removes an account, whole or damaged; it is no fault if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if something could not be removed.
    pub fn revoke(&self, name: &UserName) -> Result<(), StoreError> {
        let _commands = self.lock_out_other_commands()?;
        // Holding the lock, if it can be had, lets a login that is at work finish first.
        let _login = self.locked(name, Purpose::Change);
        self.remove_both(name)
    }

    fn remove_both(&self, name: &UserName) -> Result<(), StoreError> {
        let (accounts, states) = (self.accounts()?, self.states()?);
        remove(&accounts, name.as_str())?;
        remove(&states, name.as_str())?;
        // Left by a command that was killed; it holds a secret.
        remove(&accounts, &aside_of(name.as_str()))?;
        remove(&states, &aside_of(name.as_str()))
    }

    /// State first, account second, the state locked until both are there: a login that
    /// comes in between waits instead of being refused.
    fn write_new(&self, account: &Account, state: &State) -> Result<(), StoreError> {
        let name = account.user.as_str();
        let path = self.state_path(account.user.as_str());
        let bytes = fresh_file(state).ok_or(StoreError::NotSaved {
            path: path.clone(),
            errno: Errno::EFBIG,
        })?;
        let states = self.states()?;
        let aside = write_aside(&states, name, &bytes)?;
        let (file, aside) = aside.into_parts();
        let _lock = LockedFile::exclusive(file)?;
        put_in_place(&states, &aside, name)?;
        self.write_account(account)
    }

    fn write_account(&self, account: &Account) -> Result<(), StoreError> {
        let path = self.account_path(account.user.as_str());
        let text = account_file::print(account, &path)?;
        replace(&self.accounts()?, account.user.as_str(), text.as_bytes())
    }

    pub(crate) fn lock_out_other_commands(&self) -> Result<LockedFolder, StoreError> {
        let states = self.states()?;
        let path = states.path().to_path_buf();
        LockedFolder::exclusive(states.into_file(), &path)
    }
}

/// Opens a folder that only root may look into, making it if it is missing.
pub(crate) fn private_subdirectory(
    parent: &Directory,
    name: &Path,
) -> Result<Directory, StoreError> {
    match mkdirat(parent.fd(), name, Mode::S_IRWXU) {
        Ok(()) => {
            let path = parent.path().join(name);
            fsync(parent.fd()).map_err(|errno| StoreError::NotSaved { path, errno })?;
        }
        Err(Errno::EEXIST) => {}
        Err(errno) => return Err(StoreError::io(&parent.path().join(name), errno)),
    }
    parent.subdirectory(name, ANY_ACCESS_BY_OTHERS)
}
