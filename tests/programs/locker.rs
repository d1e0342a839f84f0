//! A program that runs as the person who is to be asked, as screen lockers do: pamtester.

use crate::journal::Journal;
use crate::scene::{ALICE, as_user, furnish, protect_everything, standing};
use pam_otp_tests::{Ended, Pty, built, sandboxed};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// The built verifier, until this is dropped.
struct Verifier(Child);

impl Verifier {
    fn start() -> Self {
        let mut command = Command::new(built("pam-otp-verifier"));
        let service = Self(command.arg("--listen").spawn().expect("it is built"));
        let start = Instant::now();
        while UnixStream::connect("/run/pam-otp/verifier.sock").is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "it does not listen"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        service
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program that runs as this user asks alice for a code, and perhaps for her password.
fn asks_alice(uid: u32, service: &str, password: Option<&str>, code: &str) -> Ended {
    let words = ["pamtester", service, "alice", "authenticate"];
    let mut program = Pty::start(as_user(uid, &words));
    if let Some(password) = password {
        program.answer("Password: ", password);
    }
    program.answer("One-time code: ", code);
    program.ends()
}

sandboxed! {
    fn without_the_verifier_a_program_without_the_rights_is_refused_and_the_log_says_why() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let code = machine.enrol("alice", &[]).next_code();
        machine.stack("locker", "@include common-auth\n");
        machine.code_only_stack("code");
        machine.verify_stack("both");
        let journal = Journal::listen();

        let store = ("verifier-unreachable", "the verifier at /run/pam-otp/verifier.sock does not answer: ");
        let shadow = ("shadow-unreadable", "the shadow database cannot be read: ");
        for (service, password, (word, detail)) in [
            ("locker", Some("wonderland"), store),
            ("code", None, store),
            ("both", Some("wonderland"), shadow),
        ] {
            let ended = asks_alice(ALICE, service, password, &code);

            assert_eq!(ended.status.code(), Some(1), "{service}: {}", ended.screen);
            let said = "pamtester: Authentication service cannot retrieve authentication info\r\n";
            assert!(ended.screen.ends_with(said), "{service}: {}", ended.screen);
            let lines = journal.lines();
            let ours: Vec<_> = lines.iter().filter(|line| line.contains("pam_otp(")).collect();
            assert_eq!(ours.len(), 1, "{service}: {lines:?}");
            for said in [
                format!(r#"user="alice" service="{service}" rhost=- tty=- outcome={word} "#),
                format!(r#" detail="{detail}"#),
            ] {
                assert!(ours[0].contains(&said), "{said} is not in {ours:?}");
            }
        }

        // Neither spent nor charged. (What the verifier makes of it: tests/verifier.)
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
        let root = asks_alice(0, "code", None, &code);
        assert!(root.screen.contains("successfully authenticated"), "{}", root.screen);
    }

    fn with_the_verifier_a_locker_opens_for_password_and_code_and_for_nothing_less() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let mut phone = machine.enrol("alice", &[]);
        machine.stack("locker", "@include common-auth\n");
        let (code, wrong) = (phone.next_code(), phone.wrong_code());
        let _verifier = Verifier::start();
        let journal = Journal::listen();
        let opens = |password: &str, code: &str| {
            let ended = asks_alice(ALICE, "locker", Some(password), code);
            let opened = ended.screen.contains("successfully authenticated");
            assert_eq!(ended.status.success(), opened, "{}", ended.screen);
            opened
        };

        assert!(!opens("wonderland", &wrong));
        assert!(opens("wonderland", &code));
        assert!(!opens("wonderland", &code));
        // pam_unix stops whoever has no password before a code is asked.
        let words = ["pamtester", "locker", "alice", "authenticate"];
        let mut program = Pty::start(as_user(ALICE, &words));
        program.answer("Password: ", "looking glass");
        let ended = program.ends();
        assert!(!ended.status.success() && !ended.screen.contains("code"), "{}", ended.screen);

        let outcomes = ["no-match", "accepted", "no-match"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("locker alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 1 failures");
    }
}
