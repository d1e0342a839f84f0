//! A running verifier, and what it says in its log.

use pam_otp_tests::{Login, LoginResult, Machine, built, has_other_users, skip};
use std::fs::{self, File};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

pub(crate) const SOCKET: &str = "/run/pam-otp/verifier.sock";
const LOG: &str = "/tmp/verifier.log";
pub(crate) const ALICE: u32 = 1000;
pub(crate) const BOB: u32 = 1001;

/// The service, until this is dropped.
pub(crate) struct Service(Child);

impl Service {
    /// Starts it by hand, and waits until it listens.
    pub(crate) fn start() -> Self {
        let mut command = Command::new(built("pam-otp-verifier"));
        command.arg("--listen");
        Self::started(command)
    }

    /// Starts it in some way, and waits until it listens.
    pub(crate) fn started(mut command: Command) -> Self {
        let log = File::options().append(true).create(true).open(LOG);
        command.stderr(log.expect("/tmp is writable"));
        let mut child = command.spawn().expect("it is built; run: make test");
        let deadline = Instant::now() + Duration::from_secs(30);
        while UnixStream::connect(SOCKET).is_err() {
            let ended = child.try_wait().expect("it is our child");
            assert!(ended.is_none(), "it ended: {}", log_text());
            assert!(
                Instant::now() < deadline,
                "it does not listen: {}",
                log_text()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        Self(child)
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.0.try_wait().expect("it is our child").is_none()
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself; a test has seen that then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.end();
    }
}

/// Everything it has said so far.
pub(crate) fn log_text() -> String {
    fs::read_to_string(LOG).unwrap_or_default()
}

/// A machine with alice and bob, and a locker that asks for a code; `None` where programs
/// cannot become another user.
pub(crate) fn furnish() -> Option<Machine> {
    if !has_other_users() {
        skip("programs cannot become another user here; run this as root");
        return None;
    }
    let machine = Machine::with_alice();
    machine.add_user("bob", "builder");
    machine.code_only_stack("locker");
    Some(machine)
}

/// A screen locker of this user asks alice for a code.
pub(crate) fn locker_of(uid: u32, code: &str) -> LoginResult {
    Login::new("locker", "alice")
        .answers(&[code])
        .as_user(uid)
        .run()
}
