//! Where the journal of systemd listens, an attempt is told field by field, and only there.

use pam_otp_tests::{Journal, JournalEntry, Login, Machine, SystemLog, sandboxed};
use std::os::unix::net::UnixDatagram;

fn fields(entry: &JournalEntry) -> Vec<(&str, &str)> {
    entry
        .iter()
        .map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()))
        .filter(|(name, _)| *name != "MESSAGE")
        .collect()
}

fn message(entry: &JournalEntry) -> String {
    String::from_utf8(entry["MESSAGE"].clone()).unwrap()
}

/// A login with a wrong code, from an address.
fn guess(code: &str) -> Login {
    let from = ["--rhost", "192.0.2.7", "--tty", "ssh"];
    Login::new("door", "alice").answers(&[code]).with(&from)
}

sandboxed! {
    fn the_journal_is_told_each_thing_in_a_field_of_its_own() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let (journal, log) = (Journal::listen(), SystemLog::listen());
        guess(&phone.wrong_code()).run();
        guess(&phone.next_code()).run();
        Login::new("door", "hunter2").answers(&["x"]).run();

        assert_eq!(log.lines(), [], "once is enough");
        let entries = journal.entries();
        assert_eq!(entries.len(), 3, "{entries:?}");
        let ids: Vec<u64> = entries[..2]
            .iter()
            .map(|entry| std::str::from_utf8(&entry["PAM_OTP_ID"]).unwrap().parse().unwrap())
            .collect();
        // A refusal takes a second record, with what was found about it.
        assert_eq!(ids[1], ids[0] + 2);
        for (entry, id, priority, outcome) in
            [(&entries[0], ids[0], "5", "no-match"), (&entries[1], ids[1], "6", "accepted")]
        {
            let id = id.to_string();
            let mut expected = vec![
                ("PAM_OTP_ID", id.as_str()),
                ("PAM_OTP_OUTCOME", outcome),
                ("PAM_OTP_RHOST", "192.0.2.7"),
                ("PAM_OTP_SERVICE", "door"),
                ("PAM_OTP_TTY", "ssh"),
                ("PAM_OTP_USER", "alice"),
                ("PRIORITY", priority),
                ("SYSLOG_FACILITY", "10"),
                ("SYSLOG_IDENTIFIER", "login-client"),
            ];
            if outcome == "accepted" {
                expected.insert(0, ("PAM_OTP_AUTHENTICATOR", "phone"));
            }
            assert_eq!(fields(entry), expected);
        }
        let unknown = fields(&entries[2]);
        assert!(unknown.contains(&("PAM_OTP_USER", "(unknown)")), "{unknown:?}");
        assert!(unknown.contains(&("PAM_OTP_OUTCOME", "unknown-user")), "{unknown:?}");
        assert!(!message(&entries[2]).contains("hunter2"));
    }

    fn the_message_is_the_line_that_syslog_would_get() {
        let machine = Machine::with_alice();
        // Under its own name, as libpam writes it.
        std::fs::copy(pam_otp_tests::built("libpam_otp.so"), "/opt/pam_otp.so").unwrap();
        machine.stack("door", "auth required /opt/pam_otp.so\n");
        let fob = machine.enrol("alice", &["--hotp"]);
        let log = SystemLog::listen();
        let far = guess(&fob.code_at(60));
        far.run();
        let lines = log.lines();
        assert!(lines[0].text.contains("counter_off_presses=+"), "{lines:?}");
        let journal = Journal::listen();
        far.run();

        assert_eq!(log.lines(), []);
        let entries = journal.entries();
        // All but the number of the record on disk.
        let without_id = |line: &str| {
            let (before, after) = line.split_once(" id=").unwrap();
            let after = after.split_once(' ').unwrap().1;
            format!("{before} {after}")
        };
        let (time, said) = lines[0].text.split_once("login-client: ").unwrap();
        assert!(!time.contains("pam_otp"));
        assert_eq!(without_id(&message(&entries[0])), without_id(said));
        assert_eq!(entries[0]["PRIORITY"], lines[0].level.to_string().into_bytes());
        assert_eq!(entries[0]["SYSLOG_FACILITY"], lines[0].facility.to_string().into_bytes());
        assert!(entries[0].contains_key("PAM_OTP_COUNTER_OFF_PRESSES"), "{entries:?}");
    }

    fn what_explains_a_fault_has_fields_too() {
        let machine = Machine::with_alice();
        machine.policy("[login]\nfailure_delay = 0\n");
        machine.code_only_stack("door");
        let (journal, log) = (Journal::listen(), SystemLog::listen());
        guess("123456").run();
        assert_eq!(log.lines(), []);
        let entries = journal.entries();
        let fields = fields(&entries[0]);
        assert!(fields.contains(&("PRIORITY", "3")), "{fields:?}");
        assert!(fields.contains(&("PAM_OTP_OUTCOME", "misconfigured")), "{fields:?}");
        for (name, part) in [("PAM_OTP_DETAIL", "failure_delay"), ("PAM_OTP_REMEDY", "Mend it")] {
            let found = fields.iter().find(|(one, _)| *one == name);
            assert!(found.is_some_and(|(_, value)| value.contains(part)), "{fields:?}");
        }
    }

    fn nothing_from_outside_adds_a_field() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        machine.enrol("alice", &[]);
        let journal = Journal::listen();
        let evil = "x\nPAM_OTP_OUTCOME=accepted\nPRIORITY=7\n\u{1b}[2J";
        Login::new("door", "alice").answers(&["y"]).with(&["--rhost", evil, "--tty", evil]).run();
        let entries = journal.entries();
        let fields = fields(&entries[0]);
        assert!(fields.contains(&("PAM_OTP_RHOST", evil)), "{fields:?}");
        assert!(fields.contains(&("PAM_OTP_TTY", evil)), "{fields:?}");
        assert!(fields.contains(&("PAM_OTP_OUTCOME", "malformed")), "{fields:?}");
        assert!(fields.contains(&("PRIORITY", "5")), "{fields:?}");
        let message = message(&entries[0]);
        assert!(!message.contains(['\n', '\u{1b}']), "{message:?}");
    }

    fn a_dead_or_clogged_journal_costs_neither_the_login_nor_the_line() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let log = SystemLog::listen();
        let mut logs_in = |case: &str| {
            assert_eq!(guess(&fob.next_code()).run().code, "PAM_SUCCESS", "{case}");
            let lines = log.lines();
            assert!(
                lines.len() == 1 && lines[0].text.contains(" outcome=accepted "),
                "{case}: {lines:?}"
            );
        };
        let socket = "/run/systemd/journal/socket";
        logs_in("no folder");
        let journal = Journal::listen();
        journal.clog();
        logs_in("a queue that is full");
        drop(journal);
        logs_in("nobody listens any more");
        std::fs::remove_file(socket).unwrap();
        logs_in("no socket");
        std::fs::write(socket, "").unwrap();
        logs_in("a plain file");
        std::fs::remove_file(socket).unwrap();
        let stream = std::os::unix::net::UnixListener::bind(socket).unwrap();
        logs_in("a socket of another kind");
        drop(stream);
        std::fs::remove_file(socket).unwrap();
        let _datagram = UnixDatagram::bind(socket).unwrap();
        assert_eq!(guess(&fob.next_code()).run().code, "PAM_SUCCESS");
        assert_eq!(log.lines(), [], "and a living one is used");
    }
}
