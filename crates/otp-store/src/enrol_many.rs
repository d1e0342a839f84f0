//! Many enrolments at once: as safe as one after the other, but the disk is waited for once for
//! all of them.
//!
//! All files are written aside and brought to disk together; then each user's two files get
//! their names, the state first, one right after the other. A kill in between leaves one user
//! with half an enrolment, who is refused and mended by the next run, as with a single one.

use crate::lock::LockedFile;
use crate::replace::{aside_of, remove, rename_into_place, write_aside_unsynced};
use crate::root_owned::{Directory, RootFile};
use crate::state_record::fresh_file;
use crate::{Store, StoreError, account_file};
use nix::errno::Errno;
use otp_core::{Account, State, UserName};

impl Store {
    /// Makes accounts for users who have none. One result for each, in the same order.
    ///
    /// # Errors
    ///
    /// For each user [`StoreError::AlreadyEnrolled`], or why it could not be written; then
    /// nothing has changed for him. As a whole, if the disk did not take what was written: then
    /// nobody of these can be sure to be enrolled.
    #[allow(
        clippy::type_complexity,
        reason = "a result for each, and one for the disk"
    )]
    pub fn enrol_many(
        &self,
        new: &[(Account, State)],
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let _commands = self.lock_out_other_commands()?;
        let (accounts, states) = (self.accounts()?, self.states()?);
        let written: Vec<Result<RootFile, StoreError>> = new
            .iter()
            .map(|(account, state)| {
                let name = account.user.as_str();
                let path = self.account_path(name);
                if self.is_enrolled(&account.user) {
                    return Err(StoreError::AlreadyEnrolled { path });
                }
                let bytes = fresh_file(state).ok_or(StoreError::NotSaved {
                    path: self.state_path(name),
                    errno: Errno::EFBIG,
                })?;
                let text = account_file::print(account, &path)?;
                let (file, _) = write_aside_unsynced(&states, name, &bytes)?.into_parts();
                write_aside_unsynced(&accounts, name, text.as_bytes())
                    .inspect_err(|_| self.clear_aside(&accounts, &states, &account.user))?;
                Ok(file)
            })
            .collect();
        // Before anything gets its name: a name must never lead to what a power cut has emptied.
        if let Err(error) = self.sync() {
            for (account, _) in new {
                self.clear_aside(&accounts, &states, &account.user);
            }
            return Err(error);
        }
        let mut results = Vec::with_capacity(written.len());
        for (file, (account, _)) in written.into_iter().zip(new) {
            let put = file.and_then(|file| put_both(&accounts, &states, file, &account.user));
            results.push(put.inspect_err(|_| self.clear_aside(&accounts, &states, &account.user)));
        }
        self.sync()?;
        Ok(results)
    }

    fn clear_aside(&self, accounts: &Directory, states: &Directory, name: &UserName) {
        // Left over it would hold a secret, but open nothing; the next command clears it, too.
        let aside = aside_of(name.as_str());
        let _ = remove(accounts, &aside);
        let _ = remove(states, &aside);
    }

    /// Waits until everything that was written lies on the disk.
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        // Not the root, which is open without the right to do anything with it.
        let states = self.states()?;
        nix::unistd::syncfs(states.fd()).map_err(|errno| StoreError::NotSaved {
            path: states.path().to_path_buf(),
            errno,
        })
    }
}

/// The state locked until both are there: a login that comes in between waits.
fn put_both(
    accounts: &Directory,
    states: &Directory,
    state: RootFile,
    name: &UserName,
) -> Result<(), StoreError> {
    let name = name.as_str();
    let _lock = LockedFile::exclusive(state)?;
    rename_into_place(states, &aside_of(name), name)?;
    rename_into_place(accounts, &aside_of(name), name).inspect_err(|_| {
        // Half an account would be refused at every login; better none at all.
        let _ = remove(states, name);
    })
}
