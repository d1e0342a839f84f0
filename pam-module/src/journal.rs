//! The journal of systemd, field by field, so that `journalctl PAM_OTP_OUTCOME=replay` finds
//! what it says and nothing that merely looks like it.
//!
//! One datagram, no library. Source: systemd's "Native Journal Protocol"
//! (<https://systemd.io/JOURNAL_NATIVE_PROTOCOL/>). Where nobody listens, or the queue is
//! full, the caller writes a line to syslog instead: a login never waits for its log.

use crate::LogEntry;
use crate::log_entry::{Value, escaped};
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, UnixAddr, sendto, socket};
use std::os::fd::AsRawFd;

/// In a folder that only root can write; who could put another socket there needs no login.
const SOCKET: &str = "/run/systemd/journal/socket";

/// `LOG_AUTHPRIV` of `syslog(3)`, the facility of `pam_syslog(3)`.
const AUTHPRIV: &str = "10";

/// Sends an entry, with the message that `pam_syslog(3)` would write. `program` is what
/// syslog would call the calling program.
///
/// # Errors
///
/// Nobody listens, the queue is full, or the entry is too large.
pub(crate) fn send(
    entry: &LogEntry,
    program: Option<&[u8]>,
    service: Option<&[u8]>,
) -> nix::Result<()> {
    let datagram = encoded(entry, program, service);
    let socket = socket(
        AddressFamily::Unix,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK,
        None,
    )?;
    let flags = MsgFlags::MSG_NOSIGNAL;
    sendto(
        socket.as_raw_fd(),
        &datagram,
        &UnixAddr::new(SOCKET)?,
        flags,
    )?;
    Ok(())
}

fn encoded(entry: &LogEntry, program: Option<&[u8]>, service: Option<&[u8]>) -> Vec<u8> {
    let service = service.map_or("<unknown>".into(), String::from_utf8_lossy);
    let message = format!("pam_otp({}:auth): {}", escaped(&service), entry.line());
    let mut datagram = Vec::with_capacity(1024);
    put(&mut datagram, "MESSAGE", message.as_bytes());
    let priority = entry.level.priority().to_string();
    put(&mut datagram, "PRIORITY", priority.as_bytes());
    put(&mut datagram, "SYSLOG_FACILITY", AUTHPRIV.as_bytes());
    if let Some(program) = program {
        put(&mut datagram, "SYSLOG_IDENTIFIER", program);
    }
    for field in &entry.fields {
        let (Value::Word(value) | Value::Text(value)) = &field.value else {
            continue;
        };
        let name = format!("PAM_OTP_{}", field.name.to_ascii_uppercase());
        put(&mut datagram, &name, value.as_bytes());
    }
    datagram
}

/// `NAME=value`; a value with line ends is preceded by its length instead, so that none of
/// its lines can pass for a field.
fn put(datagram: &mut Vec<u8>, name: &str, value: &[u8]) {
    datagram.extend(name.as_bytes());
    if value.contains(&b'\n') {
        datagram.push(b'\n');
        // usize has at most 64 bits.
        datagram.extend((value.len() as u64).to_le_bytes());
    } else {
        datagram.push(b'=');
    }
    datagram.extend(value);
    datagram.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Field, Level};

    fn entry(user: &[u8]) -> LogEntry {
        LogEntry {
            level: Level::Notice,
            fields: vec![
                Field::new("user", Value::text(user)),
                Field::new("tty", Value::Absent),
                Field::new("outcome", Value::word("no-match")),
            ],
        }
    }

    #[test]
    fn an_entry_has_the_message_of_syslog_and_a_field_for_each_thing_said() {
        let datagram = encoded(&entry(b"alice"), Some(b"sshd"), Some(b"sshd"));
        let expected = "MESSAGE=pam_otp(sshd:auth): user=\"alice\" tty=- outcome=no-match\n\
                        PRIORITY=5\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=sshd\n\
                        PAM_OTP_USER=alice\nPAM_OTP_OUTCOME=no-match\n";
        assert_eq!(String::from_utf8(datagram).as_deref(), Ok(expected));
    }

    #[test]
    fn a_value_with_line_ends_is_given_with_its_length() {
        let datagram = encoded(&entry(b"a\nPAM_OTP_OUTCOME=accepted"), None, None);
        let message = "MESSAGE=pam_otp(<unknown>:auth): \
                       user=\"a\\nPAM_OTP_OUTCOME=accepted\" tty=- outcome=no-match\n\
                       PRIORITY=5\nSYSLOG_FACILITY=10\n";
        let expected = [
            message.as_bytes(),
            b"PAM_OTP_USER\n\x1a\0\0\0\0\0\0\0a\nPAM_OTP_OUTCOME=accepted\n",
            b"PAM_OTP_OUTCOME=no-match\n",
        ]
        .concat();
        assert_eq!(datagram, expected);
    }

    #[test]
    fn no_name_of_a_service_breaks_the_message() {
        let datagram = encoded(&entry(b"a"), None, Some(b"x\ny\xff"));
        assert!(datagram.starts_with("MESSAGE=pam_otp(x\\ny\u{fffd}:auth): ".as_bytes()));
    }
}
