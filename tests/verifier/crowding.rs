//! Many at once: nobody takes somebody else's place, and nobody gains a guess by it.

use crate::hostile::{frame, reply_of};
use crate::service::{ALICE, BOB, SOCKET, Service, furnish, locker_of, log_text};
use pam_otp_tests::sandboxed;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// A connection that the kernel says is this user's.
fn connection_of(uid: u32) -> UnixStream {
    // SAFETY: changes this process's own effective user, and back.
    let (connection, back) = unsafe {
        assert_eq!(libc::seteuid(uid), 0);
        let connection = UnixStream::connect(SOCKET);
        (connection, libc::seteuid(0))
    };
    assert_eq!(back, 0);
    connection.expect("it listens")
}

/// Waits until the other side hangs up without a word, and says how long that took.
fn is_sent_away(connection: &mut UnixStream) -> Duration {
    let start = Instant::now();
    let patience = Some(Duration::from_secs(30));
    connection.set_read_timeout(patience).unwrap();
    let mut reply = Vec::new();
    // A refused connection may end with an error as well.
    let _ = connection.read_to_end(&mut reply);
    assert_eq!(reply, b"");
    start.elapsed()
}

sandboxed! {
    fn eight_answers_at_the_same_moment_are_no_eight_guesses() {
        let Some(machine) = furnish() else { return };
        machine.enrol("alice", &["--hotp"]);
        // Its check takes long, so that all eight have come before the first is answered.
        machine.otpctl_with_input(&["pin", "set", "alice"], "2580\n");
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 50\n");
        let _service = Service::start();
        let question = frame(
            "version = 1\nquestion = \"decide\"\nuser = \"alice\"\nservice = \"locker\"\n\
             kind = \"alone\"\ntyped = \"2580000000\"\n",
        );
        let mut eight = [(); 8].map(|()| connection_of(ALICE));
        for connection in &mut eight {
            connection.write_all(&question).unwrap();
        }
        let replies = eight.map(|mut connection| reply_of(&mut connection));

        let said = |word: &str| {
            let outcome = format!("outcome = \"{word}\"");
            replies.iter().filter(|reply| reply.contains(&outcome)).count()
        };
        assert_eq!((said("no-match"), said("caller-throttled")), (5, 3), "{replies:?}");
        assert_eq!(machine.failures_of("alice"), 5);
    }

    fn numbers_without_a_user_take_nobodys_place() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _service = Service::start();
        // As many as there are places for everybody; subuid(5) lends out 65,536 of them.
        let mut strangers: Vec<_> = (0..64).map(|number| connection_of(100_000 + number / 8)).collect();

        for stranger in &mut strangers {
            let waited = is_sent_away(stranger);
            assert!(waited < Duration::from_secs(4), "{waited:?}");
        }
        assert_eq!(locker_of(ALICE, &fob.next_code()).code, "PAM_SUCCESS");
        let said = log_text();
        let line = "caller_uid=100000 caller_pid=";
        assert!(said.contains(line) && said.contains("no user has this number"), "{said}");
    }

    fn a_user_who_says_nothing_holds_only_himself_up_and_not_for_long() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _service = Service::start();
        let mut silent: Vec<_> = (0..8).map(|_| connection_of(BOB)).collect();

        let ninth = is_sent_away(&mut connection_of(BOB));
        assert!(ninth < Duration::from_secs(4), "{ninth:?}");
        assert!(log_text().contains(&format!("caller_uid={BOB} outcome=too-many-at-once")));
        assert_eq!(locker_of(ALICE, &fob.next_code()).code, "PAM_SUCCESS");
        // Byte by byte lasts no longer.
        let _ = silent[0].write_all(&[1]);
        for connection in &mut silent {
            is_sent_away(connection);
        }
        let mut again = connection_of(BOB);
        again.write_all(&frame("x")).unwrap();
        is_sent_away(&mut again);
        assert!(log_text().contains("outcome=not-understood"), "{}", log_text());
    }
}
