//! The system log of the private machine, read while the programs run: a full socket would
//! stop whoever writes to it, and sshd's stack writes a lot.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const SOCKET: &str = "/dev/log";
const END: &str = "the test has come so far";

/// Listens on /dev/log.
pub(crate) struct Journal(Receiver<String>);

impl Journal {
    /// Begins to listen; ordinary users may write to it, as to the real one.
    pub(crate) fn listen() -> Self {
        let socket = UnixDatagram::bind(SOCKET).unwrap();
        fs::set_permissions(SOCKET, fs::Permissions::from_mode(0o666)).unwrap();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while let Ok(length) = socket.recv(&mut buffer) {
                let line = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self(lines)
    }

    /// Everything that anybody has written since the last call, in order.
    pub(crate) fn lines(&self) -> Vec<String> {
        // What was written before is read before.
        let pen = UnixDatagram::unbound().unwrap();
        pen.send_to(END.as_bytes(), SOCKET).unwrap();
        let next = || self.0.recv_timeout(Duration::from_secs(30)).unwrap();
        std::iter::repeat_with(next)
            .take_while(|line| line != END)
            .collect()
    }

    /// What pam_otp has written since the last call, each line as `SERVICE USER OUTCOME`.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        self.lines()
            .iter()
            .filter_map(|line| outcome(line))
            .collect()
    }
}

/// `… pam_otp(sshd:auth): user="alice" service="sshd" … outcome=accepted …`, in short.
fn outcome(line: &str) -> Option<String> {
    let (_, said) = line.split_once("pam_otp(")?;
    let (service, said) = said.split_once(':')?;
    let field = |name: &str| {
        let mut words = said.split_whitespace();
        words.find_map(|word| Some(word.strip_prefix(name)?.trim_matches('"')))
    };
    let (user, outcome) = (field("user=").unwrap_or("-"), field("outcome=")?);
    Some(format!("{service} {user} {outcome}"))
}
