//! The journal of the sandbox: a socket where systemd-journald would listen, and a reader of
//! its protocol that shares nothing with the writer.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;

const SOCKET: &str = "/run/systemd/journal/socket";

/// Listens where journald would.
pub struct Journal(UnixDatagram);

/// The fields of an entry, by name.
pub type JournalEntry = BTreeMap<String, Vec<u8>>;

impl Journal {
    /// Begins to listen.
    ///
    /// # Panics
    ///
    /// If something else listens already.
    pub fn listen() -> Self {
        fs::create_dir_all("/run/systemd/journal").expect("the sandbox's /run is writable");
        let socket = UnixDatagram::bind(SOCKET).expect("nobody else listens");
        socket.set_nonblocking(true).expect("sockets can be so");
        Self(socket)
    }

    /// Fills the queue until nobody can send any more.
    ///
    /// # Panics
    ///
    /// If the queue has no end.
    pub fn clog(&self) {
        let sender = UnixDatagram::unbound().expect("sockets can be made");
        sender.set_nonblocking(true).expect("sockets can be so");
        let full = (0..10_000).find_map(|_| sender.send_to(b"MESSAGE=x\n", SOCKET).err());
        let error = full.expect("the queue has an end");
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }

    /// What was sent since the last call. The sender must have ended.
    ///
    /// # Panics
    ///
    /// If something comes that does not follow the protocol, or a field comes twice.
    pub fn entries(&self) -> Vec<JournalEntry> {
        let mut entries = Vec::new();
        let mut buffer = [0; 65_536];
        while let Ok(length) = self.0.recv(&mut buffer) {
            entries.push(parsed(&buffer[..length]));
        }
        entries
    }
}

fn parsed(mut rest: &[u8]) -> JournalEntry {
    let mut entry = JournalEntry::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'=' | b'\n'));
        let end = end.expect("a name ends with = or a line end");
        let name = String::from_utf8(rest[..end].to_vec()).expect("names are text");
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        assert!(!name.is_empty() && name.chars().all(allowed), "{name:?}");
        assert!(!name.starts_with('_') && name.len() <= 64, "{name:?}");
        let is_counted = rest[end] == b'\n';
        rest = &rest[end + 1..];
        let length = if is_counted {
            let (count, value) = rest.split_at(8);
            rest = value;
            usize::try_from(u64::from_le_bytes(count.try_into().expect("eight"))).expect("small")
        } else {
            let end = rest.iter().position(|byte| *byte == b'\n');
            end.expect("a value ends with its line")
        };
        assert_eq!(rest[length], b'\n', "{name}");
        let twice = entry.insert(name, rest[..length].to_vec());
        assert_eq!(twice, None);
        rest = &rest[length + 1..];
    }
    entry
}
