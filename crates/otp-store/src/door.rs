//! The one door to the state: lock, read, decide, write, sync, unlock.
//!
//! [`Store::decide`] has the meaning of a compare-and-swap of one record: however many
//! logins run at once, each sees the state that the one before has left, and none is
//! answered before its own is on disk. Nobody holds the lock while a person types; answers
//! are collected before.

use crate::blank::{self, BLANK};
use crate::lock::LockedFile;
use crate::root_owned::{ANY_ACCESS_BY_OTHERS, Directory, RootFile};
use crate::state_record::{Current, Slots};
use crate::{AttemptRecord, Recorded, StoreError, account_file};
use nix::fcntl::OFlag;
use otp_core::{Account, Decision, Outcome, State, Trust, UnixTime, UserName, is_remembered};
use std::path::{Path, PathBuf};

/// The folder of state files inside the store.
pub(crate) const STATE: &str = "state";
/// The folder of account files inside the store.
pub(crate) const ACCOUNT: &str = "account";

/// The accounts and their state: a door, not a folder.
pub struct Store {
    pub(crate) root: Directory,
}

/// Who wants to log in, as the machine knows him today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// A user of this machine.
    Known {
        /// The canonical name, from the user database.
        name: UserName,
        /// The user's number today.
        uid: u32,
    },
    /// Nobody the machine knows, or a name that no user can have.
    Unknown,
}

/// What an account asks for, seen before the person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstLook {
    /// It is enabled.
    pub asks_for_code: bool,
    /// A PIN belongs in front of each code.
    pub has_pin: bool,
    /// A right code has come from the same place lately.
    pub is_remembered: bool,
}

/// What is decided at the door. It gets the state and returns the next one; it must not wait
/// for anything, since the account is locked meanwhile.
pub trait Rule {
    /// Decides for a user with an account.
    fn enrolled(&self, account: &Account, state: &State) -> Outcome;
    /// Decides for somebody without; `known` tells whether the machine knows the user.
    fn blank(&self, known: bool) -> Decision;
    /// What to keep of an attempt beside the state.
    fn note(&self, decision: Decision) -> Option<AttemptRecord>;
    /// Looks into a decision that is written down, for whoever must explain it later; returns
    /// what to keep of the attempt instead. Whatever takes longer for one decision than for
    /// another belongs here: whoever sees the difference before the decision is written down can
    /// kill the program, and has guessed for nothing.
    fn look_into(
        &self,
        account: &Account,
        state: &State,
        decision: Decision,
    ) -> Option<AttemptRecord>;
}

/// An account, its state, and the lock that keeps both as they are.
pub(crate) struct Locked {
    pub(crate) file: LockedFile,
    pub(crate) account: Account,
    pub(crate) current: Current,
}

impl Locked {
    /// After the decision is on disk. A rejection has changed nothing that codes depend on, so
    /// the state after it will do.
    fn look_into(&mut self, rule: &impl Rule, decision: Decision) {
        if let Some(attempt) = rule.look_into(&self.account, &self.current.state, decision) {
            self.current.amend(&self.file, &attempt);
        }
    }
}

/// What an account is locked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reading both files as they belong together; works on a read-only file system.
    Look,
    /// Reading and then writing.
    Change,
    /// The same, without waiting for anybody.
    ChangeIfFree,
}

impl Store {
    /// Opens the store. Its folders must belong to root and be closed to everybody else.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoStore`] if it is not there: an absent store is never an empty one. A
    /// folder with nothing of a store in it is none: a package has made it, or it is where a
    /// disk is to be mounted.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let none = || StoreError::NoStore {
            path: path.to_path_buf(),
        };
        let root = Directory::open(path, ANY_ACCESS_BY_OTHERS).map_err(|error| match error {
            StoreError::Missing { .. } => none(),
            error => error,
        })?;
        let check = |folder| root.check_subdirectory(folder, ANY_ACCESS_BY_OTHERS);
        match (check(ACCOUNT), check(STATE)) {
            (Err(StoreError::Missing { .. }), Err(StoreError::Missing { .. })) => Err(none()),
            (accounts, states) => accounts.and(states).map(|()| Self { root }),
        }
    }

    /// Decides one attempt and brings the consequences to disk.
    ///
    /// # Errors
    ///
    /// Every [`StoreError`] means: nobody is let in.
    pub fn decide(&self, person: &Person, rule: &impl Rule) -> Result<Recorded, StoreError> {
        let Person::Known { name, uid } = person else {
            return Ok(self.decide_blank(false, rule));
        };
        let Some(mut locked) = self.locked(name, Purpose::Change)? else {
            return Ok(self.decide_blank(true, rule));
        };
        let enrolled_uid = locked.account.uid;
        if enrolled_uid != *uid {
            return Err(StoreError::OtherUser {
                path: self.account_path(name.as_str()),
                enrolled_uid,
                uid: *uid,
            });
        }
        let outcome = rule.enrolled(&locked.account, &locked.current.state);
        locked.current.note(rule.note(outcome.decision));
        // Written even where nothing changes: a refusal must cost what a success costs.
        locked.current.commit(&locked.file, &outcome.next)?;
        let generation = locked.current.generation();
        locked.look_into(rule, outcome.decision);
        let authenticator = outcome
            .decision
            .authenticator()
            .and_then(|id| locked.account.authenticators.with_id(id))
            .map(|one| one.label.clone());
        Ok(Recorded {
            decision: outcome.decision,
            authenticator,
            generation: Some(generation),
        })
    }

    /// The account and state of a user, for showing them; `None` if there is no enrolment.
    ///
    /// # Errors
    ///
    /// What [`Store::decide`] would stumble over.
    pub fn look_up(&self, name: &UserName) -> Result<Option<(Account, State)>, StoreError> {
        let found = self.locked(name, Purpose::Look)?;
        Ok(found.map(|locked| (locked.account, locked.current.state)))
    }

    /// The latest attempts on an account, the latest last.
    ///
    /// # Errors
    ///
    /// What [`Store::decide`] would stumble over.
    pub fn latest_attempts(&self, name: &UserName) -> Result<Vec<AttemptRecord>, StoreError> {
        let Some(found) = self.locked(name, Purpose::Look)? else {
            return Ok(Vec::new());
        };
        let attempts = found.current.attempts.read();
        attempts.ok_or_else(|| StoreError::Damaged {
            path: self.state_path(name.as_str()),
            what: "one of its lines about attempts does not follow the format".into(),
        })
    }

    /// What the account asks for; `None` if there is no enrolment.
    ///
    /// Good for deciding what to ask, never for deciding a login: an account that asks for a code
    /// may be damaged. No secret is kept from it, since a person will be typing next. The state is
    /// read only where there is something to trust.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the account, or its state, cannot be read.
    pub fn first_look(
        &self,
        name: &UserName,
        trust: Option<&Trust>,
        now: UnixTime,
    ) -> Result<Option<FirstLook>, StoreError> {
        let seen = match trust {
            None => {
                let file = self.account_file(name.as_str())?;
                let glance = file.map(|file| account_file::look_at(&file, name));
                glance.transpose()?.map(|glance| FirstLook {
                    asks_for_code: glance.enabled,
                    has_pin: glance.has_pin,
                    is_remembered: false,
                })
            }
            Some(trust) => self.look_up(name)?.map(|(account, state)| FirstLook {
                asks_for_code: account.enabled,
                has_pin: account.pin.is_some(),
                is_remembered: is_remembered(&account, &state, Some(trust), now),
            }),
        };
        if seen.is_none() {
            self.look_at_nobody(true);
        }
        Ok(seen)
    }

    /// Costs what a first look at an account costs. `known` tells whether one was looked for.
    pub fn look_at_nobody(&self, known: bool) {
        let glance = match known {
            true => blank::glance().ok(),
            false => {
                let file = self.account_file(BLANK).ok().flatten();
                file.and_then(|file| account_file::look_at(&file, &UserName::nobody()).ok())
            }
        };
        let _ = std::hint::black_box(glance);
    }

    /// The names of all who have an account, or half of one, sorted.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if a folder cannot be read.
    pub fn users(&self) -> Result<Vec<UserName>, StoreError> {
        let mut users = self.accounts()?.user_names()?;
        users.extend(self.states()?.user_names()?);
        users.sort_unstable();
        users.dedup();
        Ok(users)
    }

    /// The account of a user, whatever has become of its state.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the account cannot be read.
    pub fn account_alone(&self, name: &UserName) -> Result<Option<Account>, StoreError> {
        let file = self.account_file(name.as_str())?;
        file.map(|file| account_file::read(file, name)).transpose()
    }

    /// Locks a user's state and reads both files under the lock.
    pub(crate) fn locked(
        &self,
        name: &UserName,
        purpose: Purpose,
    ) -> Result<Option<Locked>, StoreError> {
        self.locked_as(name.as_str(), purpose, |file| {
            account_file::read(file()?, name)
        })
    }

    /// Locks the account of nobody: one of its states that is free, since strangers who wait
    /// for one another take longer than users with an account, who wait for nobody. For a user
    /// whom the machine knows we have looked for files in vain by now; in return, the account
    /// is not read from its own.
    fn locked_blank(&self, known: bool) -> Result<Option<Locked>, StoreError> {
        let read = || match known {
            true => blank::account(),
            false => {
                let file = self.account_file(BLANK)?.ok_or(StoreError::Missing {
                    path: self.account_path(BLANK),
                })?;
                account_file::read(file, &UserName::nobody())
            }
        };
        for name in blank::states() {
            match self.locked_as(&name, Purpose::ChangeIfFree, |_| read()) {
                Ok(None) | Err(StoreError::LockedTooLong { .. }) => {}
                found => return found,
            }
        }
        self.locked_as(BLANK, Purpose::Change, |_| read())
    }

    /// Locks the state in a file of this name, and reads it and the account under the lock;
    /// `read` is given a way to open the account's file.
    fn locked_as(
        &self,
        name: &str,
        purpose: Purpose,
        read: impl Fn(&dyn Fn() -> Result<RootFile, StoreError>) -> Result<Account, StoreError>,
    ) -> Result<Option<Locked>, StoreError> {
        // Once more if an administrator enrols or revokes at this very moment: the state came
        // after we looked for it, or was replaced while we waited for its lock.
        let mut state_is_missing = false;
        for _ in 0..8 {
            let flags = match purpose {
                Purpose::Look => OFlag::O_RDONLY,
                Purpose::Change | Purpose::ChangeIfFree => OFlag::O_RDWR,
            };
            let found = self
                .root
                .file_in(STATE, name, flags, ANY_ACCESS_BY_OTHERS)?;
            let Some(file) = found else {
                if self
                    .root
                    .identity_of(&format!("{ACCOUNT}/{name}"))
                    .is_none()
                {
                    return Ok(None);
                }
                state_is_missing = true;
                continue;
            };
            let file = match purpose {
                Purpose::Look => LockedFile::shared(file)?,
                Purpose::Change => LockedFile::exclusive(file)?,
                Purpose::ChangeIfFree => LockedFile::exclusive_at_once(file)?,
            };
            if self.root.identity_of(&format!("{STATE}/{name}")) != Some(file.identity) {
                continue;
            }
            let account = read(&|| {
                self.account_file(name)?.ok_or(StoreError::Missing {
                    path: self.account_path(name),
                })
            })?;
            let current = Slots::read(&file)?.current(&account, &file)?;
            return Ok(Some(Locked {
                file,
                account,
                current,
            }));
        }
        let path = self.state_path(name);
        // The state is written before the account and removed after it, so an account without
        // state is never a command's own doing.
        if state_is_missing {
            return Err(StoreError::Missing { path });
        }
        Err(StoreError::LockedTooLong {
            path,
            waited: std::time::Duration::ZERO,
        })
    }

    /// Opens the account file of a user; `None` if there is none.
    fn account_file(&self, name: &str) -> Result<Option<RootFile>, StoreError> {
        let flags = OFlag::O_RDONLY;
        self.root
            .file_in(ACCOUNT, name, flags, ANY_ACCESS_BY_OTHERS)
    }

    /// The folder of accounts, for commands that change or list them.
    pub(crate) fn accounts(&self) -> Result<Directory, StoreError> {
        self.root
            .subdirectory(Path::new(ACCOUNT), ANY_ACCESS_BY_OTHERS)
    }

    /// The folder of states, for commands that change them.
    pub(crate) fn states(&self) -> Result<Directory, StoreError> {
        self.root
            .subdirectory(Path::new(STATE), ANY_ACCESS_BY_OTHERS)
    }

    pub(crate) fn account_path(&self, name: &str) -> PathBuf {
        self.root.path().join(ACCOUNT).join(name)
    }

    pub(crate) fn state_path(&self, name: &str) -> PathBuf {
        self.root.path().join(STATE).join(name)
    }

    /// Somebody without an account: everything is done as with one, to an account of nobody,
    /// so that time does not tell; and thrown away.
    fn decide_blank(&self, known: bool, rule: &impl Rule) -> Recorded {
        // There is nothing to remember, so a fault here is no reason to answer differently.
        if let Ok(Some(mut locked)) = self.locked_blank(known) {
            let outcome = rule.enrolled(&locked.account, &locked.current.state);
            let state = locked.current.state.clone();
            locked.current.note(rule.note(outcome.decision));
            let committed = locked.current.commit(&locked.file, &state);
            locked.look_into(rule, outcome.decision);
            let _ = std::hint::black_box((outcome, committed));
        }
        Recorded {
            decision: rule.blank(known),
            authenticator: None,
            generation: None,
        }
    }
}
