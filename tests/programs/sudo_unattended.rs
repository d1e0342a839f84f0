//! sudo without a terminal.

use crate::scene::{ALICE, SUDO_CODE, as_user, furnish, protect, protect_everything};
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

        let right = alice(&["-S", "whoami"], &format!("wonderland\n{code}\n"));
        let refused = alice(&["-S", "-k", "whoami"], &format!("wonderland\n{wrong}\n"));

        assert!(right.status.success(), "{right:?}");
        assert_eq!(text(&right.stdout), "root\n");
        assert_eq!(text(&right.stderr), "[sudo] password for alice: One-time code: ");
        assert!(!refused.status.success(), "{refused:?}");
        assert_eq!(text(&refused.stdout), "");
    }

    fn sudo_prints_nothing_into_a_pipe_while_the_enrolment_is_pending() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        machine.enrol_pending("alice", &[]);

        let output = alice(&["-S", "whoami"], "wonderland\n\n");

        assert_eq!(text(&output.stdout), "root\n", "{output:?}");
        assert_eq!(text(&output.stderr), "[sudo] password for alice: One-time code: ");
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

        for words in [&["-n", "whoami"][..], &["whoami"], &["-S", "whoami"]] {
            let output = alice(words, "");
            assert!(!output.status.success(), "{words:?}: {output:?}");
            assert_eq!(text(&output.stdout), "", "{words:?}");
        }

        assert_eq!(machine.failures_of("alice"), 0);
    }
}
