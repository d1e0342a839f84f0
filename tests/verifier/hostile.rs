//! Whoever listens in the wrong place, or speaks another language.

use crate::service::{ALICE, SOCKET, Service, furnish, locker_of, log_text};
use otp_store::Person;
use otp_store::verifier::Verifier;
use pam_otp_tests::{Machine, SystemLog, sandboxed};
use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::os::unix::thread::JoinHandleExt;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Sends bytes and hangs up its own side; returns what comes back.
fn say(bytes: &[u8]) -> Vec<u8> {
    let mut connection = UnixStream::connect(SOCKET).expect("it listens");
    // The service may have hung up in the middle of it.
    let _ = connection.write_all(bytes);
    let _ = connection.shutdown(Shutdown::Write);
    let mut reply = Vec::new();
    let _ = connection.read_to_end(&mut reply);
    reply
}

/// The reply to what was asked on a connection, as text.
pub(crate) fn reply_of(connection: &mut UnixStream) -> String {
    let mut reply = Vec::new();
    let _ = connection.read_to_end(&mut reply);
    let text = reply.get(2..).unwrap_or_default();
    String::from_utf8(text.to_vec()).expect("TOML is text")
}

/// A text in a frame, as the module sends it.
pub(crate) fn frame(text: &str) -> Vec<u8> {
    let mut frame = u16::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// The module's line about a verifier that is of no use.
fn refused(machine: &Machine, log: &SystemLog, code: &str, detail: &str) {
    assert_eq!(locker_of(ALICE, code).code, "PAM_AUTHINFO_UNAVAIL");
    let lines = log.lines();
    let line = &lines[0].text;
    assert!(line.contains(" outcome=verifier-unreachable "), "{line}");
    assert!(line.contains(detail) && line.contains(" remedy="), "{line}");
    assert_eq!(machine.failures_of("alice"), 0);
}

sandboxed! {
    fn without_a_verifier_nobody_is_let_in_and_the_log_says_what_to_do() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let code = fob.next_code();
        let log = SystemLog::listen();
        refused(&machine, &log, &code, "systemctl enable --now pam-otp-verifier.socket");
        let service = Service::start();
        service.kill();
        // The socket is still there, and nobody behind it.
        refused(&machine, &log, &code, "does not answer: Connection refused");
        let _service = Service::start();
        assert_eq!(locker_of(ALICE, &code).code, "PAM_SUCCESS");
    }

    fn a_listener_that_is_not_root_is_not_believed_and_told_nothing() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        fs::create_dir("/run/pam-otp").unwrap();
        chown("/run/pam-otp", Some(ALICE), None).unwrap();
        // SAFETY: changes this process's own effective user, and back.
        let (listener, back) = unsafe {
            assert_eq!(libc::seteuid(ALICE), 0);
            let listener = UnixListener::bind(SOCKET);
            (listener, libc::seteuid(0))
        };
        assert_eq!(back, 0);
        let listener = listener.unwrap();
        let heard = std::thread::spawn(move || {
            let mut all = Vec::new();
            for _ in 0..2 {
                let (mut connection, _) = listener.accept().unwrap();
                let mut bytes = Vec::new();
                let _ = connection.read_to_end(&mut bytes);
                all.extend(bytes);
            }
            all
        });
        let code = fob.next_code();
        let log = SystemLog::listen();
        refused(&machine, &log, &code, &format!("user {ALICE} listens at"));
        assert_eq!(heard.join().unwrap(), b"", "not even the question");
    }

    /// A signal would kill the locker, and the screen would be open.
    fn a_verifier_that_hangs_up_at_once_kills_no_locker() {
        let Some(machine) = furnish() else { return };
        machine.enrol("alice", &["--hotp"]);
        fs::create_dir("/run/pam-otp").unwrap();
        let listener = UnixListener::bind(SOCKET).unwrap();
        fs::set_permissions(SOCKET, fs::Permissions::from_mode(0o666)).unwrap();
        std::thread::spawn(move || listener.incoming().for_each(drop));
        for _ in 0..20 {
            // A program in C, which leaves SIGPIPE as it is.
            let mut locker = Command::new("pamtester");
            locker.args(["locker", "alice", "authenticate"]).uid(ALICE);
            let mut locker = locker.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let _ = locker.stdin.take().unwrap().write_all(b"000000\n");
            let ended = locker.wait_with_output().unwrap();
            assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        }
    }

    fn garbage_ends_its_own_conversation_and_no_other() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let mut service = Service::start();
        let request = |question: &str, more: &str| frame(&format!(
            "version = 1\nquestion = \"{question}\"\nuser = \"alice\"\nservice = \"x\"\nkind = \"nothing\"\ntyped = \"\"\n{more}"
        ));
        for garbage in [
            b"".to_vec(),
            vec![0],
            vec![0, 0],
            vec![255; 70_000],
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            frame("version = 1\n"),
            frame(&"x".repeat(2048)),
            request("open", ""),
            request("look", "besides = 1\n"),
        ] {
            assert_eq!(say(&garbage), b"", "{} bytes", garbage.len());
        }
        let mut half = request("look", "");
        half.pop();
        assert_eq!(say(&half), b"");
        // A second request on the same connection is not looked at.
        let mut twice = request("look", "");
        twice.extend(request("look", ""));
        let reply = say(&twice);
        let length = usize::from(u16::from_be_bytes([reply[0], reply[1]]));
        assert_eq!(reply.len(), length + 2, "one reply");
        assert!(service.is_alive());
        assert!(log_text().contains("outcome=not-understood"), "{}", log_text());
        assert!(!log_text().contains("panicked"), "{}", log_text());
        assert_eq!(locker_of(ALICE, &fob.next_code()).code, "PAM_SUCCESS");
    }

    fn whoever_says_nothing_holds_nobody_up() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _service = Service::start();
        let silent: Vec<_> = (0..40).map(|_| UnixStream::connect(SOCKET).unwrap()).collect();
        assert_eq!(locker_of(ALICE, &fob.next_code()).code, "PAM_SUCCESS");
        drop(silent);
    }

    /// Lockers have timers, and their children end.
    fn a_signal_while_the_verifier_is_busy_refuses_nobody() {
        let Some(_machine) = furnish() else { return };
        extern "C" fn nothing(_: libc::c_int) {}
        // SAFETY: a handler that does nothing, for a signal that nobody else uses here.
        let before = unsafe { libc::signal(libc::SIGUSR1, nothing as *const () as usize) };
        assert_ne!(before, libc::SIG_ERR);
        fs::create_dir("/run/pam-otp").unwrap();
        let listener = UnixListener::bind(SOCKET).unwrap();
        // SAFETY: listening again with a shorter queue, which one connection fills.
        assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
        let first = UnixStream::connect(SOCKET).unwrap();
        let waiting = std::thread::spawn(|| Verifier::new("test").first_look(&Person::Unknown));
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(10));
            // SAFETY: the thread has not been joined.
            assert_eq!(unsafe { libc::pthread_kill(waiting.as_pthread_t(), libc::SIGUSR1) }, 0);
        }
        assert!(!waiting.is_finished(), "{:?}", waiting.join());
        drop(listener.accept().unwrap());
        drop(first);
        let (mut second, _) = listener.accept().unwrap();
        let mut length = [0; 2];
        second.read_exact(&mut length).expect("the question");
        drop(second);
        assert!(waiting.join().unwrap().is_err(), "nobody has answered");
    }
}
