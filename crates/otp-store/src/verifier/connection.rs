//! A connection to the verifier that can neither hang nor kill the program it is part of.
//!
//! The module is a guest in a screen locker: were the locker killed by SIGPIPE because the
//! verifier has hung up, the screen would be open. The standard library's own streams do not
//! promise that a write raises no signal, and set their time limits only after connecting.

use nix::errno::Errno;
use nix::sys::socket::sockopt::{PeerCredentials, ReceiveTimeout, SendTimeout};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, UnixAddr, connect, getsockopt, recv, send,
    setsockopt, socket,
};
use nix::sys::time::{TimeVal, TimeValLike};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::{Duration, Instant};

/// How long connecting, one writing or one reading may take. The verifier itself waits up to
/// 5 s for a lock.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// A local stream socket.
pub(crate) struct Connection(OwnedFd);

impl Connection {
    /// Connects to a socket in the file system.
    pub(crate) fn to(path: &str) -> Result<Self, Errno> {
        let stream = SockType::Stream;
        let own = socket(AddressFamily::Unix, stream, SockFlag::SOCK_CLOEXEC, None)?;
        let limit = TimeVal::seconds(i64::try_from(LONGEST_WAIT.as_secs()).unwrap_or(i64::MAX));
        // The one for sending holds for connecting, too (unix(7), socket(7)).
        setsockopt(&own, SendTimeout, &limit)?;
        setsockopt(&own, ReceiveTimeout, &limit)?;
        let address = UnixAddr::new(path)?;
        let start = Instant::now();
        loop {
            // A signal to the program (a locker has timers) ends a waiting connect(2), whatever
            // SA_RESTART says, since there is a time limit (signal(7)). Nothing is under way then.
            match connect(own.as_raw_fd(), &address) {
                Err(Errno::EINTR) if start.elapsed() < LONGEST_WAIT => {}
                connected => return connected.map(|()| Self(own)),
            }
        }
    }

    /// Who listens there, by the kernel's word: the user who called listen(2).
    pub(crate) fn peer_uid(&self) -> Result<u32, Errno> {
        Ok(getsockopt(&self.0, PeerCredentials)?.uid())
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(recv(self.0.as_raw_fd(), buffer, MsgFlags::empty())?)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(send(self.0.as_raw_fd(), bytes, MsgFlags::MSG_NOSIGNAL)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
