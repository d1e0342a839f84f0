//! A program at a real terminal: a pseudo-terminal whose other end is this test.
//!
//! What is typed is typed when the program asks for it, never after a pause; what is waited
//! for comes within [`PATIENCE`], or the test fails and shows the screen.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything that is waited for, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program at work, and the terminal it works at.
pub struct Pty {
    ours: File,
    program: Child,
    received: Vec<u8>,
    /// How much of the screen was expected already.
    seen: usize,
}

/// What came of a program.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// Everything that reached the terminal, echo included, lines ended by CR LF.
    pub screen: String,
}

impl Pty {
    /// Starts a program that has the terminal as its own (`/dev/tty`), and as standard
    /// input, output and error.
    ///
    /// # Panics
    ///
    /// If there is no terminal to be had, or no such program.
    pub fn start(command: Command) -> Self {
        Self::start_at(command, None)
    }

    /// The same, with standard output and error somewhere else.
    ///
    /// # Panics
    ///
    /// As [`Pty::start`].
    pub fn start_redirected(command: Command, output: File, error: File) -> Self {
        Self::start_at(command, Some((output, error)))
    }

    fn start_at(mut command: Command, redirected: Option<(File, File)>) -> Self {
        let (ours, theirs) = open();
        let copy = || theirs.try_clone().expect("it is open").into();
        let (output, error): (Stdio, Stdio) = match redirected {
            Some((output, error)) => (output.into(), error.into()),
            None => (copy(), copy()),
        };
        command.stdin(copy()).stdout(output).stderr(error);
        // SAFETY: between fork and exec it makes two system calls and touches no memory.
        unsafe { command.pre_exec(take_terminal) };
        let program = command.spawn().expect("the program can be started");
        Self {
            ours,
            program,
            received: Vec::new(),
            seen: 0,
        }
    }

    /// Everything that has arrived so far.
    pub fn screen(&self) -> String {
        String::from_utf8_lossy(&self.received).into_owned()
    }

    /// Waits for a text after everything that was expected before, and returns what stood
    /// in between.
    ///
    /// # Panics
    ///
    /// If it does not come.
    pub fn expect(&mut self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let unseen = &self.received[self.seen..];
            let found = unseen
                .windows(text.len())
                .position(|part| part == text.as_bytes());
            if let Some(place) = found {
                let between = String::from_utf8_lossy(&unseen[..place]).into_owned();
                self.seen += place + text.len();
                return between;
            }
            let screen = self.screen();
            assert!(start.elapsed() < PATIENCE, "no {text:?} in:\n{screen}");
            assert!(self.receive(), "ended without {text:?}:\n{screen}");
        }
    }

    /// Waits for more than so many bytes on the screen; `None` if it ends without.
    ///
    /// # Panics
    ///
    /// If neither comes.
    pub fn grows(&mut self, seen: usize) -> Option<String> {
        let start = Instant::now();
        while self.received.len() <= seen {
            let waited = start.elapsed();
            assert!(waited < PATIENCE, "nothing after:\n{}", self.screen());
            if !self.receive() {
                return None;
            }
        }
        Some(self.screen())
    }

    /// Types a line and Enter.
    pub fn send(&mut self, line: &str) {
        self.press(&format!("{line}\n"));
    }

    /// Presses keys; `\x03` is Ctrl-C, `\x04` Ctrl-D.
    ///
    /// # Panics
    ///
    /// If the terminal is gone.
    pub fn press(&mut self, keys: &str) {
        let sent = self.ours.write_all(keys.as_bytes());
        sent.expect("the terminal takes what is typed");
    }

    /// Waits for a question and answers it.
    pub fn answer(&mut self, question: &str, answer: &str) {
        self.expect(question);
        self.send(answer);
    }

    /// Waits for the end of the program.
    ///
    /// # Panics
    ///
    /// If it does not come.
    pub fn ends(mut self) -> Ended {
        let start = Instant::now();
        while self.receive() {
            let waited = start.elapsed();
            assert!(waited < PATIENCE, "it does not end:\n{}", self.screen());
        }
        Ended {
            status: self.program.wait().expect("it is our child"),
            screen: self.screen(),
        }
    }

    /// Takes in what has come; `false` once the program has ended and all has come.
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
        let ended = self.program.try_wait().expect("it is our child").is_some();
        let mut buffer = [0; 4096];
        let length = self.ours.read(&mut buffer).unwrap_or(0);
        self.received.extend(&buffer[..length]);
        if length == 0 && !ended {
            // Nobody has the terminal open at this moment: login(1) closes and opens it.
            std::thread::sleep(Duration::from_millis(5));
        }
        length > 0 || !ended
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // After a failed assertion the program may still be waiting for an answer.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Both ends of a new terminal. Neither is inherited by what is started meanwhile.
fn open() -> (File, File) {
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(libc::O_NOCTTY);
    let ours = options.open("/dev/ptmx").expect("there are terminals");
    let mut number: libc::c_uint = 0;
    // SAFETY: the descriptor is open.
    let unlocked = unsafe { libc::unlockpt(ours.as_raw_fd()) };
    // SAFETY: the descriptor is open, and there is a place for the number (ioctl_tty(2)).
    let named = unsafe { libc::ioctl(ours.as_raw_fd(), libc::TIOCGPTN, &raw mut number) };
    assert_eq!((unlocked, named), (0, 0));
    let theirs = options.open(format!("/dev/pts/{number}"));
    (ours, theirs.expect("it is unlocked"))
}

/// Makes standard input the terminal of a session of one's own.
fn take_terminal() -> std::io::Result<()> {
    // SAFETY: no arguments.
    let session = unsafe { libc::setsid() };
    // SAFETY: standard input is open, and takes a number (ioctl_tty(2)).
    let taken = unsafe { libc::ioctl(0, libc::TIOCSCTTY, 0) };
    if session < 0 || taken < 0 {
        return Err(std::io::Error::last_os_error());
    }
    Ok(())
}
