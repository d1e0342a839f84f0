//! A sheet of paper for each user: a page for a browser and a printer, a drawing, a picture.
//!
//! They hold secrets: the folder and its files are root's alone, and no link is followed.

use super::super::{Context, date};
use crate::error::CommandError;
use crate::new_account::now;
use enrolment_sheet::{Sheet, Steps, html, png, svg};
use nix::fcntl::{OFlag, open, openat, renameat};
use nix::sys::stat::{FileStat, Mode, fstat, mkdirat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use otp_core::{Account, KeyUri, KeyUriKind, grace_ends};
use secret_display::grouped_secret;
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The folder that sheets go to.
pub(super) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

const KINDS: [&str; 3] = ["html", "svg", "png"];

impl Folder {
    /// Opens the folder, making it if it is missing. Nobody else may look into it.
    pub(super) fn open(path: &Path) -> Result<Self, CommandError> {
        let failed = |errno: nix::Error| {
            let what = format!(
                "the folder {} cannot be used: {}",
                path.display(),
                errno.desc()
            );
            CommandError::refused(what, "Name a folder of root's with mode 0700")
        };
        match mkdirat(nix::fcntl::AT_FDCWD, path, Mode::S_IRWXU) {
            Ok(()) | Err(nix::Error::EEXIST) => {}
            Err(errno) => return Err(failed(errno)),
        }
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let fd = open(path, flags, Mode::empty()).map_err(failed)?;
        let FileStat {
            st_uid, st_mode, ..
        } = fstat(&fd).map_err(failed)?;
        let own = nix::unistd::geteuid().as_raw();
        if st_uid != own || st_mode & 0o077 != 0 {
            return Err(CommandError::refused(
                format!(
                    "the folder {} is open to others, and sheets hold secrets",
                    path.display()
                ),
                "Name one of root's with mode 0700, or one that does not exist yet",
            ));
        }
        Ok(Self {
            fd,
            path: path.to_path_buf(),
        })
    }

    /// Writes the sheets of a user; returns their paths.
    pub(super) fn write(
        &self,
        context: &Context<'_>,
        account: &Account,
        uri: &KeyUri,
        codes: &[Zeroizing<String>],
    ) -> Result<Vec<String>, CommandError> {
        let text = uri.expose_uri();
        let secret = grouped_secret(uri);
        let policy = &context.configuration.policy;
        let ends = date(grace_ends(account, policy));
        let ends = ends.get(..10).unwrap_or(&ends);
        let created = date(now());
        let device = account.authenticators.first();
        let sheet = Sheet {
            user: account.user.as_str(),
            host_or_issuer: uri.issuer.as_deref().unwrap_or_default(),
            device_label: device.map_or("", |one| one.label.as_str()),
            uri: &text,
            grouped_secret: &secret,
            parameters: &parameters(uri),
            recovery_codes: codes,
            steps: Steps::Pending {
                grace_logins: policy.pending.grace_logins,
                ends,
            },
            created: created.get(..10).unwrap_or(&created),
        };
        let user = account.user.as_str();
        let documents = [
            ("html", Some(taken(html(&sheet)))),
            ("svg", Some(taken(svg(&sheet)))),
            // None where the URI is too long for a QR code; the others say so.
            (
                "png",
                png(&sheet).map(|mut bytes| std::mem::take(&mut *bytes)),
            ),
        ];
        let documents = documents.map(|(kind, bytes)| (kind, bytes.map(Zeroizing::new)));
        let written = documents.iter().filter_map(|(kind, bytes)| {
            let bytes = bytes.as_ref()?;
            Some(self.put(user, kind, bytes))
        });
        let written = written.collect::<std::io::Result<Vec<_>>>();
        written.map_err(|error| {
            self.remove(user);
            let what = format!(
                "the sheet for {user} cannot be written to {}: {error}; {user} is not enrolled",
                self.path.display()
            );
            CommandError::broken(what, "See the free space (df), and run it again")
        })
    }

    /// Waits until the sheets lie on the disk.
    pub(super) fn sync(&self) -> Result<(), CommandError> {
        nix::unistd::syncfs(&self.fd).map_err(|errno| {
            let what = format!(
                "the sheets in {} are not saved: {}",
                self.path.display(),
                errno.desc()
            );
            CommandError::broken(what, "See the free space (df), and run it again")
        })
    }

    /// Removes the sheets of a user who was not enrolled after all.
    pub(super) fn remove(&self, user: &str) {
        for kind in KINDS {
            // What is not there need not be removed.
            let name = name(user, kind);
            for name in [aside(&name), name] {
                let _ = unlinkat(&self.fd, name.as_str(), UnlinkatFlags::NoRemoveDir);
            }
        }
    }

    fn put(&self, user: &str, kind: &str, bytes: &[u8]) -> std::io::Result<String> {
        let name = name(user, kind);
        let aside = aside(&name);
        let flags = OFlag::O_WRONLY
            | OFlag::O_CREAT
            | OFlag::O_TRUNC
            | OFlag::O_NOFOLLOW
            | OFlag::O_CLOEXEC;
        let mode = Mode::S_IRUSR | Mode::S_IWUSR;
        let mut file = File::from(openat(&self.fd, aside.as_str(), flags, mode)?);
        file.write_all(bytes)?;
        renameat(&self.fd, aside.as_str(), &self.fd, name.as_str())?;
        Ok(self.path.join(name).display().to_string())
    }
}

/// What a sheet is called until it is whole.
fn aside(name: &str) -> String {
    format!(".{name}.new")
}

/// The bytes of a text, which is not copied.
fn taken(mut text: Zeroizing<String>) -> Vec<u8> {
    std::mem::take(&mut *text).into_bytes()
}

fn name(user: &str, kind: &str) -> String {
    format!("{user}.{kind}")
}

/// What must be set by hand, as far as it is not what every app does unasked.
fn parameters(uri: &KeyUri) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    match uri.kind {
        KeyUriKind::Totp { time_step } if time_step != otp_core::TimeStep::THIRTY_SECONDS => {
            found.push(("Time step", format!("{} seconds", time_step.seconds())));
        }
        KeyUriKind::Totp { .. } => {}
        KeyUriKind::Hotp { counter } => {
            found.push(("Kind", "counter based (HOTP)".into()));
            found.push(("Counter", counter.0.to_string()));
        }
    }
    if uri.algorithm != otp_core::HashAlgorithm::default() {
        found.push(("Algorithm", uri.algorithm.as_str().into()));
    }
    if uri.digits != otp_core::Digits::SIX {
        found.push(("Digits", uri.digits.get().to_string()));
    }
    found
}
