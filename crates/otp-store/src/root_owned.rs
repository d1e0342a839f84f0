//! Opening what only root can have written.
//!
//! Everything pam-otp reads as root is opened here: component by component from `/`, each
//! through the descriptor of the one before, without following a symbolic link, and checked
//! through its own descriptor: type, owner, mode. A path is never looked up twice.
//!
//! The lesson is CVE-2024-47191: a login running as root followed a name inside a folder
//! that the user could write.

use crate::StoreError;
use crate::facts::{self, Facts, Identity};
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat, openat2};
use nix::sys::stat::Mode;
use otp_core::UserName;
use std::ffi::CString;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};
use zeroize::Zeroizing;

/// Bits that would let others than root change a file or folder.
pub(crate) const WRITABLE_BY_OTHERS: u32 = 0o022;
/// Bits that would let others than root even look.
pub(crate) const ANY_ACCESS_BY_OTHERS: u32 = 0o077;

/// An open folder that belongs to root.
pub(crate) struct Directory {
    fd: OwnedFd,
    path: PathBuf,
}

impl Directory {
    /// Opens an absolute path. No folder on the way may be changed by others than root, and
    /// the last one must not have any of the `forbidden` mode bits.
    pub(crate) fn open(path: &Path, forbidden: u32) -> Result<Self, StoreError> {
        let mut components = path.components().peekable();
        if components.next() != Some(Component::RootDir) {
            return Err(not_absolute(path));
        }
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let root = Path::new("/");
        let fd = open(root, flags, Mode::empty()).map_err(|errno| StoreError::io(root, errno))?;
        let mut here = Self {
            fd,
            path: root.to_path_buf(),
        };
        here.check(WRITABLE_BY_OTHERS)?;
        while let Some(component) = components.next() {
            let Component::Normal(name) = component else {
                return Err(not_absolute(path));
            };
            let is_last = components.peek().is_none();
            here = if is_last {
                here.subdirectory(name.as_ref(), forbidden)?
            } else {
                here.step_into(name.as_ref(), OFlag::O_PATH, WRITABLE_BY_OTHERS)?
            };
        }
        Ok(here)
    }

    /// Opens a folder inside this one.
    pub(crate) fn subdirectory(&self, name: &Path, forbidden: u32) -> Result<Self, StoreError> {
        // Not O_PATH: a folder must be synced after a rename, and can be locked.
        self.step_into(name, OFlag::O_RDONLY, forbidden)
    }

    /// Folders on the way are only passed through (O_PATH), so that a program confined by
    /// AppArmor or SELinux needs no right to read /etc, /var and /var/lib.
    fn step_into(&self, name: &Path, access: OFlag, forbidden: u32) -> Result<Self, StoreError> {
        let path = self.path.join(name);
        let flags = access | OFlag::O_DIRECTORY;
        let fd = open_one(self.fd.as_fd(), name, flags, Mode::empty())
            .map_err(|errno| StoreError::io(&path, errno))?;
        let directory = Self { fd, path };
        directory.check(forbidden)?;
        Ok(directory)
    }

    /// Checks a folder inside this one without opening it.
    pub(crate) fn check_subdirectory(&self, name: &str, forbidden: u32) -> Result<(), StoreError> {
        let path = self.path.join(name);
        let c_name = CString::new(name).unwrap_or_default();
        let facts = facts::of_name(self.fd.as_fd(), &c_name);
        let facts = facts.map_err(|errno| StoreError::io(&path, errno))?;
        if facts.kind != libc::S_IFDIR {
            return Err(StoreError::NotAFolder { path });
        }
        check_owner_and_mode(&path, &facts, forbidden)
    }

    /// The names in this folder that are user names. What is none (".", ".alice.new") is no
    /// account.
    pub(crate) fn user_names(&self) -> Result<Vec<UserName>, StoreError> {
        let failed = |errno| StoreError::io(&self.path, errno);
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let mut folder =
            nix::dir::Dir::openat(&self.fd, ".", flags, Mode::empty()).map_err(failed)?;
        let mut names = Vec::new();
        for entry in folder.iter() {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_str().unwrap_or_default();
            names.extend(UserName::parse(name).ok());
        }
        Ok(names)
    }

    /// Opens a plain file inside this folder; `None` if there is none of that name.
    pub(crate) fn file(
        &self,
        name: &str,
        flags: OFlag,
        forbidden: u32,
    ) -> Result<Option<RootFile>, StoreError> {
        let path = self.path.join(name);
        // Without O_NONBLOCK a pipe in place of the file would hold the login up for ever.
        let flags = flags | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        match open_one(self.fd.as_fd(), Path::new(name), flags, Mode::empty()) {
            Ok(fd) => RootFile::checked(File::from(fd), path, forbidden).map(Some),
            Err(Errno::ENOENT) => Ok(None),
            Err(Errno::ENXIO) => Err(StoreError::NotAPlainFile {
                path,
                found: "a pipe or a device",
            }),
            Err(errno) => Err(StoreError::io(&path, errno)),
        }
    }

    /// Opens a plain file in a folder inside this one, in one step; `None` if there is none.
    ///
    /// The folder in between is checked when the store is opened; it is reached through this
    /// one, which only root can enter.
    pub(crate) fn file_in(
        &self,
        folder: &str,
        name: &str,
        flags: OFlag,
        forbidden: u32,
    ) -> Result<Option<RootFile>, StoreError> {
        self.file(&format!("{folder}/{name}"), flags, forbidden)
    }

    /// Makes a new file, readable and writable for root only. It must not exist yet.
    pub(crate) fn create(&self, name: &str) -> Result<RootFile, Errno> {
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
        let mode = Mode::S_IRUSR | Mode::S_IWUSR;
        let fd = open_one(self.fd.as_fd(), Path::new(name), flags, mode)?;
        // Whatever the umask of the calling process is.
        nix::sys::stat::fchmod(&fd, mode)?;
        let identity = facts::of_open(fd.as_fd())?.identity;
        Ok(RootFile {
            file: File::from(fd),
            path: self.path.join(name),
            length: 0,
            identity,
        })
    }

    /// Which file a name leads to, for finding out whether it is still the one that is open.
    pub(crate) fn identity_of(&self, name: &str) -> Option<Identity> {
        let name = CString::new(name).ok()?;
        let facts = facts::of_name(self.fd.as_fd(), &name).ok()?;
        Some(facts.identity)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// As a file, for locking it.
    pub(crate) fn into_file(self) -> File {
        File::from(self.fd)
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn check(&self, forbidden: u32) -> Result<(), StoreError> {
        let facts = facts::of_open(self.fd.as_fd());
        let facts = facts.map_err(|errno| StoreError::io(&self.path, errno))?;
        check_owner_and_mode(&self.path, &facts, forbidden)
    }
}

/// An open, plain file that belongs to root.
pub(crate) struct RootFile {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) length: u64,
    pub(crate) identity: Identity,
}

impl RootFile {
    fn checked(file: File, path: PathBuf, forbidden: u32) -> Result<Self, StoreError> {
        let facts = facts::of_open(file.as_fd());
        let facts = facts.map_err(|errno| StoreError::io(&path, errno))?;
        if facts.kind != libc::S_IFREG {
            let found = match facts.kind {
                libc::S_IFDIR => "a directory",
                libc::S_IFIFO => "a pipe",
                libc::S_IFSOCK => "a socket",
                _ => "a device",
            };
            return Err(StoreError::NotAPlainFile { path, found });
        }
        // A second name could lie where somebody else can reach it.
        if facts.links > 1 {
            let found = "a file with a second name (hard link)";
            return Err(StoreError::NotAPlainFile { path, found });
        }
        check_owner_and_mode(&path, &facts, forbidden)?;
        Ok(Self {
            file,
            path,
            length: facts.length_bytes,
            identity: facts.identity,
        })
    }

    /// Reads all of it, as text. Refused above `most_bytes`.
    pub(crate) fn read_text(&self, most_bytes: u64) -> Result<Zeroizing<String>, StoreError> {
        let mut bytes = self.read_bytes(most_bytes)?;
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(text) => Ok(Zeroizing::new(text)),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(self.damaged("not UTF-8".into()))
            }
        }
    }

    fn damaged(&self, what: String) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            what,
        }
    }

    /// Reads all of it. Refused above `most_bytes`.
    pub(crate) fn read_bytes(&self, most_bytes: u64) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let length = usize::try_from(self.length).ok();
        let Some(length) = length.filter(|_| self.length <= most_bytes) else {
            let what = format!("{} bytes, more than {most_bytes}", self.length);
            return Err(self.damaged(what));
        };
        // One buffer that never has to grow, so that no part of a secret is left behind.
        let mut bytes = Zeroizing::new(vec![0; length]);
        self.file
            .read_exact_at(&mut bytes, 0)
            .map_err(|error| match error.raw_os_error() {
                Some(number) => StoreError::io(&self.path, Errno::from_raw(number)),
                None => self.damaged("it became shorter while it was read".into()),
            })?;
        Ok(bytes)
    }
}

fn check_owner_and_mode(path: &Path, facts: &Facts, forbidden: u32) -> Result<(), StoreError> {
    if facts.uid != 0 {
        return Err(StoreError::NotRootOwned {
            path: path.to_path_buf(),
            uid: facts.uid,
        });
    }
    let mode = facts.mode;
    if mode & forbidden != 0 {
        return Err(StoreError::OpenToOthers {
            path: path.to_path_buf(),
            mode,
            forbidden,
        });
    }
    Ok(())
}

/// Opens a name in a folder, or in a folder of that, following no symbolic link.
fn open_one(dir: BorrowedFd<'_>, name: &Path, flags: OFlag, mode: Mode) -> Result<OwnedFd, Errno> {
    let flags = flags | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
    let resolve = ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS;
    let how = OpenHow::new().flags(flags).mode(mode).resolve(resolve);
    match openat2(dir, name, how) {
        // A kernel before 5.6, or a sandbox that does not know the call. One name at a time
        // with O_NOFOLLOW cannot leave the folder either.
        Err(Errno::ENOSYS | Errno::EPERM) => {
            let Some(folder) = name.parent().filter(|folder| *folder != Path::new("")) else {
                return openat(dir, name, flags, mode);
            };
            let through = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
            let folder = openat(dir, folder, through, Mode::empty())?;
            let name = name.file_name().map(Path::new).ok_or(Errno::EINVAL)?;
            openat(&folder, name, flags, mode)
        }
        result => result,
    }
}

fn not_absolute(path: &Path) -> StoreError {
    StoreError::NotAbsolute {
        path: path.to_path_buf(),
    }
}
