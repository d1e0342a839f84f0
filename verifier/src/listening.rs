//! Where the socket comes from: systemd, or made by hand.

use listenfd::ListenFd;
use nix::sys::stat::{Mode, umask};
use nix::unistd::geteuid;
use otp_store::verifier::SOCKET_PATH;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

/// The socket that systemd has made (`LISTEN_FDS`, sd_listen_fds(3)).
pub(crate) fn from_systemd() -> Result<UnixListener, String> {
    be_root()?;
    let taken = ListenFd::from_env().take_unix_listener(0);
    match taken {
        Ok(Some(listener)) => listener
            .set_nonblocking(false)
            .map(|()| listener)
            .map_err(|error| format!("the socket from systemd: {error}")),
        Ok(None) => Err("no socket was handed over. Start it by systemd \
             (systemctl enable --now pam-otp-verifier.socket), or by hand with --listen"
            .into()),
        Err(error) => Err(format!(
            "what systemd handed over is no socket for this: {error}"
        )),
    }
}

/// Makes the socket, for machines without systemd.
pub(crate) fn by_hand() -> Result<UnixListener, String> {
    be_root()?;
    let path = Path::new(SOCKET_PATH);
    let folder = path.parent().unwrap_or(Path::new("/"));
    let failed = |error: std::io::Error| format!("{SOCKET_PATH}: {error}");
    let _old = umask(Mode::from_bits_truncate(0o022));
    match fs::DirBuilder::new().mode(0o755).create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(error)),
        _ => {}
    }
    let facts = fs::symlink_metadata(folder).map_err(failed)?;
    if !facts.is_dir() || facts.uid() != 0 || facts.mode() & 0o022 != 0 {
        return Err(format!(
            "{} must be a folder of root that nobody else can write",
            folder.display()
        ));
    }
    remove_stale(path)?;
    let listener = UnixListener::bind(path).map_err(failed)?;
    // Everybody may ask; what the answer is depends on who asks.
    fs::set_permissions(path, fs::Permissions::from_mode(0o666)).map_err(failed)?;
    Ok(listener)
}

/// Removes a socket on which nobody listens any more, and nothing else.
fn remove_stale(path: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let facts = match fs::symlink_metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    if !facts.file_type().is_socket() {
        return Err(format!(
            "{} is something else than a socket",
            path.display()
        ));
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(failed)
        }
        _ => Err(format!("somebody listens at {} already", path.display())),
    }
}

fn be_root() -> Result<(), String> {
    if geteuid().is_root() {
        Ok(())
    } else {
        Err("the store belongs to root: run this as root".into())
    }
}
