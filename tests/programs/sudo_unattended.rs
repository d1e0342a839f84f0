//! sudo without a terminal.

use crate::examples::SUDO_CODE;
use crate::journal::Journal;
use crate::scene::{ALICE, as_user, furnish, protect, protect_everything, standing};
use pam_otp_tests::sandboxed;
use std::io::Write;
use std::process::{Output, Stdio};

/// alice runs `sudo` in a session without a terminal, with something on standard input.
fn alice(words: &[&str], input: &str) -> Output {
    let words = [&["setsid", "--wait", "sudo"], words].concat();
    let mut sudo = as_user(ALICE, &words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("setpriv can be started");
    let mut stdin = sudo.stdin.take().unwrap();
    // It may have refused already and closed its end.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    sudo.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

sandboxed! {
    fn sudo_reads_password_and_code_from_a_pipe_and_prints_nothing_into_another() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let mut phone = machine.enrol("alice", &[]);
        let (code, wrong) = (phone.next_code(), phone.wrong_code());
        let journal = Journal::listen();

        let right = alice(&["-S", "whoami"], &format!("wonderland\n{code}\n"));
        let refused = alice(&["-S", "-k", "whoami"], &format!("wonderland\n{wrong}\n"));

        assert!(right.status.success(), "{right:?}");
        assert_eq!(text(&right.stdout), "root\n");
        assert_eq!(text(&right.stderr), "[sudo] password for alice: One-time code: ");
        assert!(!refused.status.success(), "{refused:?}");
        assert_eq!(text(&refused.stdout), "");
        assert_eq!(journal.outcomes(), ["sudo alice accepted", "sudo alice no-match"]);
        assert_eq!(standing(&machine, "alice"), "activated, 1 failures");
    }

    fn sudo_prints_nothing_into_a_pipe_while_the_enrolment_is_pending() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        machine.enrol_pending("alice", &[]);
        let journal = Journal::listen();

        let output = alice(&["-S", "whoami"], "wonderland\n\n");

        assert_eq!(text(&output.stdout), "root\n", "{output:?}");
        assert_eq!(text(&output.stderr), "[sudo] password for alice: One-time code: ");
        assert_eq!(journal.outcomes(), ["sudo alice pending"]);
        assert_eq!(standing(&machine, "alice"), "pending for 1 logins, 0 failures");
    }

    fn sudo_passes_on_what_it_has_not_read() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        let code = machine.enrol("alice", &[]).next_code();

        let output = alice(&["-S", "cat"], &format!("{code}\nfor cat\n"));

        assert_eq!(text(&output.stdout), "for cat\n", "{output:?}");
    }

    fn sudo_that_may_not_ask_is_refused_and_nobody_is_charged() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sudo", &SUDO_CODE);
        machine.enrol("alice", &[]);
        let journal = Journal::listen();

        let silent = ["sudo alice conversation-failed"].as_slice();
        for (words, complaint, outcomes) in [
            // sudo does not even ask PAM.
            (&["-n", "whoami"][..], "sudo: a password is required\n", &[][..]),
            (&["whoami"], "sudo: a terminal is required to read the password; ", silent),
            (&["-S", "whoami"], "One-time code: \nsudo: no password was provided\n", silent),
        ] {
            let output = alice(words, "");
            assert_eq!(journal.outcomes(), outcomes, "{words:?}");
            assert!(text(&output.stderr).starts_with(complaint), "{output:?}");
            assert!(!output.status.success(), "{words:?}: {output:?}");
            assert_eq!(text(&output.stdout), "", "{words:?}");
        }

        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }
}
