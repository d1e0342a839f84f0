//! A user who has not shown a code yet: what the programs show him after a login, and where
//! they show nothing.

use crate::examples::SSHD_PASSWORD_AND_CODE;
use crate::journal::Journal;
use crate::scene::{BOB, as_user, furnish, protect, protect_everything, standing};
use crate::sshd::{CODES, Sshd, client};
use pam_otp_tests::{Device, Pty, device_of, sandboxed, scanned};
use std::fs;
use std::process::Command;

/// alice logs in with her password and this code, looks at the screen and leaves: what was
/// on it.
pub(crate) fn visit(command: Command, code: &str) -> String {
    let mut program = Pty::start(command);
    program.answer("Password: ", "wonderland");
    program.answer("One-time code: ", code);
    program.answer("$ ", "echo I am $(id -un); exit");
    program.expect("\r\nI am alice\r\n");
    program.ends().screen
}

/// alice, with a shell in this locale.
pub(crate) fn by_ssh(locale: &str) -> Command {
    let mut command = client("ssh", &["LogLevel=ERROR"]);
    command.env("LC_ALL", locale).arg("alice@127.0.0.1");
    command
}

/// The device that scans the picture on this screen.
pub(crate) fn device_on(screen: &str) -> Device {
    let blocks = |line: &&str| line.contains(['█', '▀', '▄']) || line.contains("##");
    let lines: Vec<&str> = screen.lines().filter(blocks).collect();
    let uri = scanned(&lines.join("\n"));
    let secret = uri.split("secret=").nth(1).expect("a picture that scans");
    let written: String = screen
        .lines()
        .find_map(|line| line.strip_prefix("Secret: "))
        .expect("the secret as text")
        .split_whitespace()
        .collect();
    assert!(secret.starts_with(&written), "{uri}: {screen}");
    device_of(&uri)
}

sandboxed! {
    fn ssh_shows_the_secret_after_each_login_until_the_first_right_code() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        machine.enrol_pending("alice", &[]);
        let _sshd = Sshd::start(CODES);
        let journal = Journal::listen();

        // Nothing but the bytes is between the module and the terminal, whatever the locale.
        let phone = ["C", "C.UTF-8"].map(|locale| device_on(&visit(by_ssh(locale), "")));
        let [mut phone, _] = phone;
        let outcomes = ["pending", "secret-offered", "pending", "secret-offered"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sshd alice {word}")));
        assert_eq!(standing(&machine, "alice"), "pending for 2 logins, 0 failures");
        let first = visit(by_ssh("C"), &phone.next_code());
        let second = visit(by_ssh("C"), &phone.next_code());

        for screen in [first, second] {
            assert!(!screen.contains("Secret: "), "{screen}");
        }
        assert_eq!(journal.outcomes(), ["sshd alice activated", "sshd alice accepted"]);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn a_command_over_ssh_is_shown_no_secret_even_at_a_terminal() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        machine.enrol_pending("alice", &[]);
        let _sshd = Sshd::start(CODES);

        let mut command = by_ssh("C.UTF-8");
        command.args(["-t", "echo inside"]);
        let mut client = Pty::start(command);
        client.answer("Password: ", "wonderland");
        client.answer("One-time code: ", "");
        client.expect("\r\n");
        let shown = client.expect("inside\r\n");

        let ended = client.ends();
        assert_eq!((shown.as_str(), ended.status.code()), ("", Some(0)), "{}", ended.screen);
        assert_eq!(standing(&machine, "alice"), "pending for 1 logins, 0 failures");
    }

    fn whom_the_machine_refuses_after_the_code_is_shown_no_secret() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        machine.enrol_pending("alice", &[]);
        fs::write("/etc/nologin", "Closed for today.\n").unwrap();
        let _sshd = Sshd::start(CODES);
        let journal = Journal::listen();

        let mut client = Pty::start(by_ssh("C.UTF-8"));
        client.answer("Password: ", "wonderland");
        client.answer("One-time code: ", "");

        let ended = client.ends();
        assert!(!ended.status.success(), "{}", ended.screen);
        assert!(!ended.screen.contains("Secret: "), "{}", ended.screen);
        assert_eq!(journal.outcomes(), ["sshd alice pending"]);
        fs::remove_file("/etc/nologin").unwrap();
        assert!(visit(by_ssh("C"), "").contains("Secret: "));
    }

    fn login_and_su_show_the_secret_as_ssh_does() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let stock = fs::read_to_string("/etc/pam.d/common-session").unwrap();
        machine.stack("common-session", &format!("{stock}session optional {{otp}}\n"));
        machine.enrol_pending("alice", &[]);
        let journal = Journal::listen();

        let console = visit(as_user(0, &["login", "alice"]), "");
        let mut phone = device_on(&visit(as_user(BOB, &["su", "-", "alice"]), ""));
        let code = phone.next_code();
        let afterwards = visit(as_user(BOB, &["su", "-", "alice"]), &code);

        assert_eq!(device_on(&console).code_at(0), phone.code_at(0));
        assert!(!afterwards.contains("Secret: "), "{afterwards}");
        let outcomes = [
            "login alice pending",
            "login alice secret-offered",
            "su-l alice pending",
            "su-l alice secret-offered",
            "su-l alice activated",
        ];
        assert_eq!(journal.outcomes(), outcomes);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }
}
