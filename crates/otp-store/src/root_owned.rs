//! Opening what only root can have written.
//!
//! Everything pam-otp reads as root is opened here: component by component from `/`, each
//! through the descriptor of the one before, without following a symbolic link, and checked
//! through its own descriptor: type, owner, mode. A path is never looked up twice.
//!
//! The lesson is CVE-2024-47191: a login running as root followed a name inside a folder
//! that the user could write.

use crate::StoreError;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat, openat2};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
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
            let bits = if is_last {
                forbidden
            } else {
                WRITABLE_BY_OTHERS
            };
            here = here.subdirectory(name.as_ref(), bits)?;
        }
        Ok(here)
    }

    /// Opens a folder inside this one.
    pub(crate) fn subdirectory(&self, name: &Path, forbidden: u32) -> Result<Self, StoreError> {
        let path = self.path.join(name);
        // Not O_PATH: a folder must be synced after a rename, and can be locked.
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY;
        let fd = open_one(self.fd.as_fd(), name, flags, Mode::empty())
            .map_err(|errno| StoreError::io(&path, errno))?;
        let directory = Self { fd, path };
        directory.check(forbidden)?;
        Ok(directory)
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

    /// Makes a new file, readable and writable for root only. It must not exist yet.
    pub(crate) fn create(&self, name: &str) -> Result<RootFile, Errno> {
        let flags = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
        let mode = Mode::S_IRUSR | Mode::S_IWUSR;
        let fd = open_one(self.fd.as_fd(), Path::new(name), flags, mode)?;
        // Whatever the umask of the calling process is.
        nix::sys::stat::fchmod(&fd, mode)?;
        Ok(RootFile {
            file: File::from(fd),
            path: self.path.join(name),
            length: 0,
        })
    }

    /// The inode behind a name, for finding out whether it still leads to an open file.
    pub(crate) fn inode_of(&self, name: &str) -> Option<(u64, u64)> {
        let flags = nix::fcntl::AtFlags::AT_SYMLINK_NOFOLLOW;
        fstatat(&self.fd, name, flags).ok().map(|stat| inode(&stat))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn check(&self, forbidden: u32) -> Result<(), StoreError> {
        let stat = fstat(&self.fd).map_err(|errno| StoreError::io(&self.path, errno))?;
        check_owner_and_mode(&self.path, &stat, forbidden)
    }
}

/// An open, plain file that belongs to root.
pub(crate) struct RootFile {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) length: u64,
}

impl RootFile {
    fn checked(file: File, path: PathBuf, forbidden: u32) -> Result<Self, StoreError> {
        let stat = fstat(&file).map_err(|errno| StoreError::io(&path, errno))?;
        let kind = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT;
        if kind != SFlag::S_IFREG {
            let found = match kind {
                SFlag::S_IFDIR => "a directory",
                SFlag::S_IFIFO => "a pipe",
                SFlag::S_IFSOCK => "a socket",
                _ => "a device",
            };
            return Err(StoreError::NotAPlainFile { path, found });
        }
        // A second name could lie where somebody else can reach it.
        if stat.st_nlink > 1 {
            let found = "a file with a second name (hard link)";
            return Err(StoreError::NotAPlainFile { path, found });
        }
        check_owner_and_mode(&path, &stat, forbidden)?;
        let length = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
        Ok(Self { file, path, length })
    }

    /// Reads all of it, as text. Refused above `most_bytes`.
    pub(crate) fn read_text(&mut self, most_bytes: u64) -> Result<Zeroizing<String>, StoreError> {
        let damaged = |what: String| StoreError::Damaged {
            path: self.path.clone(),
            what,
        };
        if self.length > most_bytes {
            let what = format!("{} bytes, more than {most_bytes}", self.length);
            return Err(damaged(what));
        }
        // One buffer that never has to grow, so that no part of a secret is left behind.
        let room = usize::try_from(most_bytes)
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        let mut text = Zeroizing::new(String::with_capacity(room));
        let mut limited = Read::take(&self.file, most_bytes);
        limited
            .read_to_string(&mut text)
            .map_err(|error| match error.raw_os_error() {
                Some(number) => StoreError::io(&self.path, Errno::from_raw(number)),
                None => damaged("not UTF-8".into()),
            })?;
        Ok(text)
    }

    /// Device and inode.
    pub(crate) fn inode(&self) -> Result<(u64, u64), StoreError> {
        fstat(&self.file)
            .map(|stat| inode(&stat))
            .map_err(|errno| StoreError::io(&self.path, errno))
    }
}

fn inode(stat: &FileStat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}

fn check_owner_and_mode(path: &Path, stat: &FileStat, forbidden: u32) -> Result<(), StoreError> {
    if stat.st_uid != 0 {
        return Err(StoreError::NotRootOwned {
            path: path.to_path_buf(),
            uid: stat.st_uid,
        });
    }
    let mode = stat.st_mode & 0o7777;
    if mode & forbidden != 0 {
        return Err(StoreError::OpenToOthers {
            path: path.to_path_buf(),
            mode,
            forbidden,
        });
    }
    Ok(())
}

/// Opens a single name in a folder, following no symbolic link.
fn open_one(dir: BorrowedFd<'_>, name: &Path, flags: OFlag, mode: Mode) -> Result<OwnedFd, Errno> {
    let flags = flags | OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW;
    let resolve = ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS;
    let how = OpenHow::new().flags(flags).mode(mode).resolve(resolve);
    match openat2(dir, name, how) {
        // A kernel before 5.6, or a sandbox that does not know the call. A single name with
        // O_NOFOLLOW cannot leave the folder either.
        Err(Errno::ENOSYS | Errno::EPERM) => openat(dir, name, flags, mode),
        result => result,
    }
}

fn not_absolute(path: &Path) -> StoreError {
    StoreError::NotAbsolute {
        path: path.to_path_buf(),
    }
}
