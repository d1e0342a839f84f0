//! `otpctl` at a real terminal: a pseudo-terminal whose other end is this test.

use pam_otp_tests::built;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::process::{Child, Command, ExitStatus};
use std::ptr::null_mut;
use std::time::{Duration, Instant};

/// Longer than anything that is waited for, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// A program at work, and the terminal it works at.
pub(crate) struct Terminal {
    ours: File,
    program: Child,
    received: Vec<u8>,
}

/// What came of it.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// Everything that reached the terminal, echo included, lines ended by CR LF.
    pub(crate) screen: String,
}

impl Terminal {
    /// Starts `otpctl` at a terminal of 80 columns and 24 lines.
    pub(crate) fn otpctl(arguments: &[&str]) -> Self {
        Self::otpctl_with(arguments, &[], (80, 24))
    }

    /// Starts it with additions to the environment, at a terminal of another size.
    pub(crate) fn otpctl_with(
        arguments: &[&str],
        environment: &[(&str, &str)],
        (columns, lines): (u16, u16),
    ) -> Self {
        let (mut ours, mut theirs) = (-1, -1);
        let size = libc::winsize {
            ws_row: lines,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        // SAFETY: two places for descriptors, no name, no settings, a size that lives.
        let opened = unsafe {
            libc::openpty(
                &raw mut ours,
                &raw mut theirs,
                null_mut(),
                null_mut(),
                &raw const size,
            )
        };
        assert_eq!(opened, 0, "{}", std::io::Error::last_os_error());
        // SAFETY: both are open and belong to nobody else.
        let (ours, theirs) = unsafe { (File::from_raw_fd(ours), File::from_raw_fd(theirs)) };
        let program = Command::new("setsid")
            // Whoever runs the tests in the background may have had SIGINT ignored.
            .args(["--ctty", "env", "--default-signal=INT"])
            .arg(built("otpctl"))
            .args(arguments)
            .env_remove("NO_COLOR")
            .envs(environment.iter().copied())
            .stdin(theirs.try_clone().unwrap())
            .stdout(theirs.try_clone().unwrap())
            .stderr(theirs)
            .spawn()
            .expect("setsid can be started");
        Self {
            ours,
            program,
            received: Vec::new(),
        }
    }

    /// What has arrived so far.
    pub(crate) fn screen(&self) -> String {
        String::from_utf8_lossy(&self.received).into_owned()
    }

    /// Waits until a text has arrived.
    pub(crate) fn wait_for(&mut self, text: &str) {
        let start = Instant::now();
        while !self.screen().contains(text) {
            assert!(
                start.elapsed() < PATIENCE,
                "no {text:?} in: {}",
                self.screen()
            );
            assert!(self.receive(), "ended without {text:?}: {}", self.screen());
        }
    }

    /// Types something; `\n` is Enter, `\x03` Ctrl-C, `\x04` Ctrl-D.
    pub(crate) fn types(&mut self, text: &str) {
        self.ours.write_all(text.as_bytes()).unwrap();
    }

    /// Waits for the end of the program.
    pub(crate) fn ends(mut self) -> Ended {
        let start = Instant::now();
        while self.receive() {
            assert!(
                start.elapsed() < PATIENCE,
                "it does not end: {}",
                self.screen()
            );
        }
        Ended {
            status: self.program.wait().unwrap(),
            screen: self.screen(),
        }
    }

    /// Takes in what has come; `false` once nobody has the terminal open any more.
    fn receive(&mut self) -> bool {
        let mut poll = libc::pollfd {
            fd: self.ours.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: one structure that lives.
        let ready = unsafe { libc::poll(&raw mut poll, 1, 200) };
        if ready == 0 {
            return true;
        }
        let mut buffer = [0; 4096];
        // The end of a terminal is an error: EIO.
        let length = self.ours.read(&mut buffer).unwrap_or(0);
        self.received.extend(&buffer[..length]);
        length > 0
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // After a failed assertion the program may still be waiting for an answer.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
