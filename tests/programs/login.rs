//! login(1), as getty starts it on a console.

use crate::examples::LOGIN_PASSWORD_AND_CODE;
use crate::journal::Journal;
use crate::scene::{as_user, furnish, protect, protect_everything, standing};
use pam_otp_tests::{Pty, sandboxed};

fn console() -> Pty {
    Pty::start(as_user(0, &["login"]))
}

/// Works in the shell that login has opened, and leaves it.
fn works_inside(mut console: Pty) {
    console.answer("$ ", "echo I am $(id -un) in $PWD at $(tty)");
    console.expect("\r\nI am alice in /home/alice at /dev/pts/");
    console.answer("$ ", "exit");
    let ended = console.ends();
    assert!(ended.status.success(), "{}", ended.screen);
}

sandboxed! {
    fn login_opens_a_session_for_password_and_code() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "login", &LOGIN_PASSWORD_AND_CODE);
        let code = machine.enrol("alice", &[]).next_code();
        let journal = Journal::listen();

        let mut console = console();
        console.answer("login: ", "alice");
        console.answer("Password: ", "wonderland");
        console.answer("One-time code: ", &code);

        assert!(!console.screen().contains(&code));
        works_inside(console);
        assert_eq!(journal.outcomes(), ["login alice accepted"]);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn login_opens_a_session_behind_pam_unix() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let code = machine.enrol("alice", &[]).next_code();

        let mut console = console();
        console.answer("login: ", "alice");
        console.answer("Password: ", "wonderland");
        console.answer("One-time code: ", &code);

        works_inside(console);
    }

    fn login_refuses_everything_wrong_alike_and_asks_again() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "login", &LOGIN_PASSWORD_AND_CODE);
        let mut phone = machine.enrol("alice", &[]);
        let (wrong, right) = (phone.wrong_code(), phone.next_code());
        let journal = Journal::listen();

        let mut console = console();
        let mut refusals = Vec::new();
        for (user, password, code) in [
            ("alice", "wonderland", &wrong),
            ("alice", "looking glass", &right),
            ("mallory", "wonderland", &right),
        ] {
            console.answer("login: ", user);
            console.answer("Password: ", password);
            console.answer("One-time code: ", code);
            refusals.push(console.expect("sandbox "));
        }
        console.answer("login: ", "alice");
        console.answer("Password: ", "wonderland");
        console.answer("One-time code: ", &right);

        assert_eq!(refusals, ["\r\n\r\nLogin incorrect\r\n"; 3]);
        works_inside(console);
        let outcomes = [
            "alice no-match",
            "alice wrong-password",
            "(unknown) unknown-user",
            "alice accepted",
        ];
        assert_eq!(journal.outcomes(), outcomes.map(|words| format!("login {words}")));
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }
}
