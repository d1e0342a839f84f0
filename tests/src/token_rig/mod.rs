//! Hardware tokens inside a private machine: the real pcscd with virtual readers, and tokens
//! in software for them.
//!
//! [`TokenRig::start`] gives readers, [`TokenRig::insert`] a token in the first of them; from
//! then on every PC/SC program of the machine finds it. All of it ends with the test.

mod pcsc_card;
mod peers;
mod virtual_token;

pub use pcsc_card::PcscCard;
pub use peers::{Ykman, nitrokey_client};
pub use virtual_token::{Typed, VirtualToken};

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SOCKET: &str = "/run/pcscd/pcscd.comm";
const LOG: &str = "/run/pcscd/log";
/// Of a busy machine; an idle one takes half a second (pcscd looks every 400 ms).
const PATIENCE: Duration = Duration::from_secs(20);

/// The readers of the private machine, in order, where they have no other name.
pub const READERS: [&str; 2] = ["Virtual PCD 00 00", "Virtual PCD 00 01"];
/// The port of the first; the second has the next one.
const FIRST_PORT: u16 = 35963;

/// A pcscd with two virtual readers.
pub struct TokenRig {
    pcscd: Child,
    readers: [String; 2],
}

impl TokenRig {
    /// Starts it. Clients may come at once.
    ///
    /// # Panics
    ///
    /// Outside of a private machine, and where the packages are missing.
    pub fn start() -> Self {
        Self::start_as("Virtual PCD")
    }

    /// The same with readers of another name: behind one that is called like a YubiKey, ykman 5
    /// takes a token for one on USB.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn start_as(name: &str) -> Self {
        fs::create_dir_all("/run/pcscd").expect("the sandbox's /run is writable");
        let socket = UnixListener::bind(SOCKET).expect("no other pcscd is here");
        let log = fs::File::create(LOG).expect("the sandbox's /run is writable");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/sandbox/pcscd");
        let pcscd = Command::new(script)
            .arg(name)
            .stdin(Stdio::from(OwnedFd::from(socket)))
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .spawn()
            .expect("sandbox/pcscd can be started");
        let readers = [format!("{name} 00 00"), format!("{name} 00 01")];
        let rig = Self { pcscd, readers };
        // The readers listen somewhat later than the socket does.
        wait_for("both readers listen", || {
            let listening = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
            let is_there = |port: u16| listening.contains(&format!(":{port:04X} 00000000:0000 0A"));
            is_there(FIRST_PORT) && is_there(FIRST_PORT + 1)
        });
        rig
    }

    /// Puts a token of this kind into the first reader, and waits until pcscd sees it.
    ///
    /// The words are those of the program `virtual-token`: `yubikey`, `--version 5.7.1` …
    ///
    /// # Panics
    ///
    /// When the token does not get there.
    pub fn insert(&self, kind: &str, words: &[&str]) -> VirtualToken {
        self.insert_at(0, kind, words)
    }

    /// The same with the first or second reader (0, 1).
    ///
    /// # Panics
    ///
    /// When the token does not get there.
    pub fn insert_at(&self, reader: usize, kind: &str, words: &[&str]) -> VirtualToken {
        let port = FIRST_PORT + u16::try_from(reader).expect("0 or 1");
        let token = VirtualToken::start(&self.readers[reader], port, kind, words);
        token.wait_until_seen();
        token
    }

    /// What pcscd said.
    pub fn log(&self) -> String {
        fs::read_to_string(LOG).unwrap_or_default()
    }
}

impl Drop for TokenRig {
    fn drop(&mut self) {
        let _ = self.pcscd.kill();
        let _ = self.pcscd.wait();
        let _ = fs::remove_file(SOCKET);
        if std::thread::panicking() {
            eprintln!("pcscd said:\n{}", self.log());
        }
    }
}

/// Waits until it is so.
///
/// # Panics
///
/// When it does not come to that.
fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
