//! What fail2ban reads in the journal.

use super::{Log, login, machine};
use pam_otp_tests::{Journal, JournalEntry, sandboxed};

/// The line that fail2ban makes of an entry (`formatJournalEntry` of its
/// `filtersystemd.py`), behind a time that it takes from the journal.
fn line(entry: &JournalEntry) -> String {
    let text = |name: &str| String::from_utf8(entry[name].clone()).unwrap();
    let (program, message) = (text("SYSLOG_IDENTIFIER"), text("MESSAGE"));
    format!("2026-11-23T20:11:51+00:00 web1 {program}[7]: {message}\n")
}

sandboxed! {
    fn what_the_journal_is_told_is_counted_as_well() {
        let machine = machine("");
        let mut phone = machine.enrol("alice", &[]);
        let mut log = Log::listen();
        let journal = Journal::listen();
        let code = phone.next_code();
        for (address, password) in
            [("192.0.2.1", "x"), ("192.0.2.2", "wonderland"), ("2001:db8::3", "wonderland")]
        {
            login("alice", &[password, &code]).with(&["--rhost", address]).run();
        }
        let entries = journal.entries();
        assert_eq!(entries.len(), 3, "{entries:?}");
        log.text = entries.iter().map(line).collect();

        // In the middle she was let in.
        assert!(log.text.contains("outcome=accepted"), "{}", log.text);
        assert_eq!(log.found(), ["192.0.2.1", "2001:db8::3"]);
        for entry in &entries {
            assert_eq!(entry["SYSLOG_FACILITY"], b"10", "the jail's journalmatch");
        }
    }
}
