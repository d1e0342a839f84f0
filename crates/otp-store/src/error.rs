//! What can be wrong with the files, and what to do about it.
//!
//! Each error says what happened (`Display`) and what to do ([`StoreError::remedy`]). None
//! contains anything of a secret. For the login they are all the same: nobody gets in.

use nix::errno::Errno;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What can be wrong with the files.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The whole store is not there.
    NoStore {
        /// Where it should be.
        path: PathBuf,
    },
    /// The folder in which the store is to be made is not there.
    NoFolderForStore {
        /// Which one.
        path: PathBuf,
    },
    /// A folder of the store, or one of the two files of an account, is not there.
    Missing {
        /// What is missing.
        path: PathBuf,
    },
    /// The caller may not read or write it.
    NotPermitted {
        /// What could not be opened.
        path: PathBuf,
    },
    /// A path in the policy is not absolute, or contains `.` or `..`.
    NotAbsolute {
        /// The path.
        path: PathBuf,
    },
    /// Belongs to somebody else than root.
    NotRootOwned {
        /// Whose.
        path: PathBuf,
        /// Its owner.
        uid: u32,
    },
    /// Somebody else than root could have read or changed it.
    OpenToOthers {
        /// What.
        path: PathBuf,
        /// Its mode, as in chmod.
        mode: u32,
        /// The bits that must not be set.
        forbidden: u32,
    },
    /// A symbolic link, a pipe, a device, or a file with a second name.
    NotAPlainFile {
        /// What.
        path: PathBuf,
        /// What it is instead.
        found: &'static str,
    },
    /// Something else than a folder, or a symbolic link to one.
    NotAFolder {
        /// What should be one.
        path: PathBuf,
    },
    /// The file is there, but its content does not follow the format.
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Where, and what was expected there.
        what: String,
    },
    /// The account and its state belong to different enrolments.
    Mismatch {
        /// The state file.
        path: PathBuf,
    },
    /// The account was enrolled for a user with another number.
    OtherUser {
        /// The account file.
        path: PathBuf,
        /// The number it was enrolled for.
        enrolled_uid: u32,
        /// The number the user has today.
        uid: u32,
    },
    /// Another login or command held this account for longer than we wait.
    LockedTooLong {
        /// What is locked.
        path: PathBuf,
        /// How long we waited.
        waited: Duration,
    },
    /// The new state could not be brought to disk.
    NotSaved {
        /// Which file.
        path: PathBuf,
        /// Why.
        errno: Errno,
    },
    /// Another fault of the operating system.
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        errno: Errno,
    },
    /// There is an account already.
    AlreadyEnrolled {
        /// The account file.
        path: PathBuf,
    },
    /// There is no account.
    NotEnrolled {
        /// The account file that is not there.
        path: PathBuf,
    },
}

impl StoreError {
    /// Sorts a fault of the operating system.
    pub(crate) fn io(path: &Path, errno: Errno) -> Self {
        let path = path.to_path_buf();
        match errno {
            Errno::ENOENT => Self::Missing { path },
            Errno::EACCES | Errno::EPERM => Self::NotPermitted { path },
            Errno::ELOOP => Self::NotAPlainFile {
                path,
                found: "a symbolic link",
            },
            Errno::ENOTDIR => Self::NotAFolder { path },
            errno @ (Errno::EROFS | Errno::ENOSPC | Errno::EDQUOT) => {
                Self::NotSaved { path, errno }
            }
            errno => Self::Io { path, errno },
        }
    }

    /// Whether all is well but for a file system that may not be written.
    pub fn is_read_only(&self) -> bool {
        matches!(
            self,
            Self::NotSaved {
                errno: Errno::EROFS,
                ..
            }
        )
    }

    /// One word for the log, stable.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoStore { .. } | Self::NoFolderForStore { .. } | Self::Missing { .. } => {
                "store-missing"
            }
            Self::NotPermitted { .. } => "store-not-permitted",
            Self::NotAbsolute { .. } => "store-path",
            Self::NotRootOwned { .. } => "store-not-root-owned",
            Self::OpenToOthers { .. } => "store-open-to-others",
            Self::NotAPlainFile { .. } | Self::NotAFolder { .. } => "store-not-a-plain-file",
            Self::Damaged { .. } => "store-damaged",
            Self::Mismatch { .. } => "store-mismatch",
            Self::OtherUser { .. } => "store-other-user",
            Self::LockedTooLong { .. } => "store-locked-too-long",
            Self::NotSaved { .. } => "store-not-saved",
            Self::Io { .. } => "store-io",
            Self::AlreadyEnrolled { .. } => "already-enrolled",
            Self::NotEnrolled { .. } => "not-enrolled",
        }
    }

    /// What to do about it, as a sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoStore { .. } => "Nobody is enrolled yet? Then, as root: otpctl enroll USER. \
                 It was there before? Find out why it is gone (a disk not mounted?)"
                .into(),
            Self::NoFolderForStore { .. } => {
                "Make it first, owned by root, mode 0755; or mend the policy (store = ...)".into()
            }
            Self::Missing { .. } => {
                "Restore it from a backup, or enrol the user again: otpctl reset USER".into()
            }
            Self::NotPermitted { .. } => "Run this as root".into(),
            Self::NotAbsolute { .. } => "Write the whole path, from / on".into(),
            Self::NotRootOwned { path, .. } => format!("chown root {}", path.display()),
            Self::OpenToOthers {
                path, forbidden, ..
            } => {
                let letters = if *forbidden == 0o022 { "w" } else { "rwx" };
                format!("chmod go-{letters} {}", path.display())
            }
            Self::NotAPlainFile { .. } => {
                "Find out who put it there, then enrol the user again: otpctl reset USER".into()
            }
            Self::NotAFolder { .. } => {
                "Put the folder itself there, owned by root; or name its real path in the policy \
                 (store = ...)"
                    .into()
            }
            Self::Damaged { .. } => {
                "Restore account and state together from a backup, or: otpctl reset USER".into()
            }
            Self::Mismatch { .. } => {
                "Only one of the two was restored from a backup? Start over: otpctl reset USER"
                    .into()
            }
            Self::OtherUser { .. } => {
                "The user was deleted and made anew? Then: otpctl reset USER".into()
            }
            Self::LockedTooLong { path, .. } => {
                format!("Try again; see who holds it: fuser -v {}", path.display())
            }
            Self::NotSaved {
                errno: Errno::EFBIG,
                ..
            } => "The program was started with a limit on the size of files: ulimit -f unlimited"
                .into(),
            Self::NotSaved { .. } | Self::Io { .. } => {
                "See the kernel's log (dmesg) and the free space (df)".into()
            }
            Self::AlreadyEnrolled { .. } => {
                "Lost the device? otpctl reset USER. Look: otpctl status USER".into()
            }
            Self::NotEnrolled { .. } => "Enrol first: otpctl enroll USER".into(),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStore { path } => write!(f, "there is no store at {}", path.display()),
            Self::NoFolderForStore { path } | Self::Missing { path } => {
                write!(f, "{} is missing", path.display())
            }
            Self::NotPermitted { path } => {
                write!(f, "not permitted to use {}", path.display())
            }
            Self::NotAbsolute { path } => {
                write!(f, "{} is not an absolute, plain path", path.display())
            }
            Self::NotRootOwned { path, uid } => {
                write!(f, "{} belongs to user {uid}, not to root", path.display())
            }
            Self::OpenToOthers { path, mode, .. } => write!(
                f,
                "{} is open to others than root (mode {mode:04o})",
                path.display()
            ),
            Self::NotAPlainFile { path, found } => write!(f, "{} is {found}", path.display()),
            Self::NotAFolder { path } => write!(
                f,
                "{} is something else than a folder, or a symbolic link",
                path.display()
            ),
            Self::Damaged { path, what } => write!(f, "{} is damaged: {what}", path.display()),
            Self::Mismatch { path } => write!(
                f,
                "{} belongs to another enrolment than the account (restored from a backup?)",
                path.display()
            ),
            Self::OtherUser {
                path,
                enrolled_uid,
                uid,
            } => write!(
                f,
                "{} was enrolled for user number {enrolled_uid}, but the user is number {uid} today",
                path.display()
            ),
            Self::LockedTooLong { path, waited } => write!(
                f,
                "{} was locked for more than {}.{} s",
                path.display(),
                waited.as_secs(),
                // Tenths, in whole numbers: nothing else of a login computes with a point.
                waited.subsec_millis() / 100
            ),
            Self::NotSaved { path, errno } => {
                write!(f, "{} could not be saved: {}", path.display(), errno.desc())
            }
            Self::Io { path, errno } => write!(f, "{}: {}", path.display(), errno.desc()),
            Self::AlreadyEnrolled { path } => {
                write!(f, "there is an enrolment already: {}", path.display())
            }
            Self::NotEnrolled { path } => {
                write!(f, "there is no enrolment: no {}", path.display())
            }
        }
    }
}

impl std::error::Error for StoreError {}
