//! su, started by an ordinary user.

use crate::journal::Journal;
use crate::scene::{BOB, as_user, furnish, protect_everything, standing};
use pam_otp_tests::{Ended, Pty, sandboxed};
use std::os::unix::process::ExitStatusExt;

/// bob becomes alice with these words in front of `su`, if he may.
fn bob(before: &[&str], password: &str, code: Option<&str>) -> Ended {
    let words = [before, &["su", "alice", "-c", "id -un"]].concat();
    let mut su = Pty::start(as_user(BOB, &words));
    su.answer("Password: ", password);
    if let Some(code) = code {
        su.answer("One-time code: ", code);
    }
    su.ends()
}

sandboxed! {
    fn su_asks_an_ordinary_user_for_the_password_and_code_of_whom_he_becomes() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let mut phone = machine.enrol("alice", &[]);
        let mut bobs = machine.enrol("bob", &[]);
        let (code, wrong) = (phone.next_code(), phone.wrong_code());
        let journal = Journal::listen();

        let right = bob(&[], "wonderland", Some(&code));
        let replay = bob(&[], "wonderland", Some(&code));
        let wrong = bob(&[], "wonderland", Some(&wrong));
        let bobs = bob(&[], "wonderland", Some(&bobs.next_code()));
        let no_password = bob(&[], "builder", None);

        assert_eq!(right.screen, "Password: \r\nOne-time code: \r\nalice\r\n");
        let refused = "Password: \r\nOne-time code: \r\nsu: Authentication failure\r\n";
        assert_eq!(replay.screen, refused);
        assert_eq!(wrong.screen, refused);
        assert_eq!(bobs.screen, refused);
        assert_eq!(no_password.screen, "Password: \r\nsu: Authentication failure\r\n");
        let outcomes = ["accepted", "replay", "no-match", "no-match"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("su alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 3 failures");
        assert_eq!(standing(&machine, "bob"), "activated, 0 failures");
    }

    fn a_login_shell_by_su_works_like_any_other() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let code = machine.enrol("alice", &[]).next_code();
        let journal = Journal::listen();

        let mut su = Pty::start(as_user(BOB, &["su", "-", "alice"]));
        su.answer("Password: ", "wonderland");
        su.answer("One-time code: ", &code);
        su.answer("$ ", "echo I am $(id -un) in $PWD");
        su.expect("\r\nI am alice in /home/alice\r\n");
        su.answer("$ ", "exit");

        assert!(su.ends().status.success());
        assert_eq!(journal.outcomes(), ["su-l alice accepted"]);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn a_caller_of_su_who_forbids_it_to_write_gets_no_code_accepted() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let code = machine.enrol("alice", &[]).next_code();
        let journal = Journal::listen();

        let hindered = bob(&["prlimit", "--fsize=0"], "wonderland", Some(&code));
        let free = bob(&[], "wonderland", Some(&code));
        let again = bob(&[], "wonderland", Some(&code));

        assert!(!hindered.screen.contains("alice"), "{}", hindered.screen);
        assert!(free.screen.contains("alice"), "{}", free.screen);
        assert!(!again.screen.contains("alice"), "{}", again.screen);
        // Not killed in the middle of a write: the answer was not even looked at.
        assert_eq!(hindered.status.signal(), None, "{}", hindered.screen);
        assert_eq!(
            journal.outcomes(),
            ["su alice store-not-saved", "su alice accepted", "su alice replay"]
        );
        assert_eq!(standing(&machine, "alice"), "activated, 1 failures");
    }

    fn root_becomes_anybody_without_a_code() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        machine.enrol("alice", &[]);
        let journal = Journal::listen();

        let su = Pty::start(as_user(0, &["su", "alice", "-c", "id -un"]));

        assert_eq!(su.ends().screen, "alice\r\n");
        assert_eq!(journal.outcomes(), [""; 0]);
    }
}
