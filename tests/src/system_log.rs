//! The system log of the sandbox: a socket where syslogd would listen.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

/// Listens on /dev/log.
pub struct SystemLog(UnixDatagram);

/// One line as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// `syslog(3)`: 10 is AUTHPRIV.
    pub facility: u32,
    /// 1 alert, 2 critical, 3 error, 5 notice, 6 information, 7 debug.
    pub level: u32,
    /// The rest, time and program included.
    pub text: String,
}

impl SystemLog {
    /// Begins to listen.
    ///
    /// # Panics
    ///
    /// If something else listens already.
    pub fn listen() -> Self {
        let socket = UnixDatagram::bind("/dev/log").expect("nobody else listens");
        // As on a real machine: what everybody runs may write to it.
        fs::set_permissions("/dev/log", fs::Permissions::from_mode(0o666)).expect("it is ours");
        let timeout = Some(Duration::from_millis(50));
        socket
            .set_read_timeout(timeout)
            .expect("sockets have timeouts");
        Self(socket)
    }

    /// What pam_otp and otpctl have written since the last call. The writer must have ended.
    ///
    /// # Panics
    ///
    /// If something comes that is not syslog.
    pub fn lines(&self) -> Vec<LogLine> {
        let mut lines = Vec::new();
        let mut buffer = [0; 65_536];
        while let Ok(length) = self.0.recv(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let (priority, rest) = text
                .strip_prefix('<')
                .and_then(|text| text.split_once('>'))
                .expect("a line begins with its priority");
            let priority: u32 = priority.parse().expect("a number");
            if rest.contains("pam_otp(") || rest.contains("otpctl[") {
                lines.push(LogLine {
                    facility: priority >> 3,
                    level: priority & 7,
                    text: rest.into(),
                });
            }
        }
        lines
    }
}
