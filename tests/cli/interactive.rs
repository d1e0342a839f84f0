//! Questions at a real terminal: confirmations, interruptions, the end of the input.

use crate::shell::snapshot;
use crate::terminal::Terminal;
use pam_otp_tests::{Login, Machine, Pty, built, device_of, sandboxed};
use std::process::Command;

const STORE: &str = "/var/lib/pam-otp";

/// The device that scans what is on the screen.
fn device_on(screen: &str) -> pam_otp_tests::Device {
    let line = screen
        .lines()
        .find_map(|line| line.strip_prefix("Secret: "));
    let secret: String = line.expect("a secret").split_whitespace().collect();
    device_of(&format!("otpauth://totp/alice?secret={secret}"))
}

/// Enrols alice up to the question, types something, and checks that she is not enrolled.
fn nothing_is_left_after(typed: &str) -> crate::terminal::Ended {
    let machine = Machine::with_alice();
    machine.code_only_stack("door");
    // Somebody else, so that the store is there and alice is simply not enrolled.
    machine.add_user("bob", "builder");
    machine.enrol_pending("bob", &[]);
    let before = snapshot(STORE);
    let mut terminal = Terminal::otpctl(&["enroll", "alice"]);
    terminal.wait_for("Code from the device: ");
    let phone = device_on(&terminal.screen());
    terminal.types(typed);
    let ended = terminal.ends();
    assert!(!ended.status.success(), "{}", ended.screen);
    assert_eq!(snapshot(STORE), before);
    let status = machine.otpctl(&["status", "alice"]);
    assert_eq!(status.status.code(), Some(1), "{status:?}");
    let login = Login::new("door", "alice")
        .answers(&[&phone.code_at(0)])
        .run();
    assert_eq!(login.code, "PAM_AUTH_ERR");
    // And nothing stands in the way of the next try.
    machine.enrol_pending("alice", &[]);
    ended
}

/// Runs a command that wants to be confirmed, types an answer, and says whether the store
/// is as it was.
fn answered(command: &[&str], answer: &str) -> (crate::terminal::Ended, bool) {
    let before = snapshot(STORE);
    let mut terminal = Terminal::otpctl(command);
    terminal.wait_for("Type the user's name to go on: ");
    terminal.types(answer);
    let ended = terminal.ends();
    (ended, snapshot(STORE) == before)
}

sandboxed! {
    fn a_person_enrols_at_a_terminal() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut terminal = Terminal::otpctl(&["enroll", "alice"]);
        terminal.wait_for("Code from the device: ");
        let phone = device_on(&terminal.screen());
        let code = phone.code_at(0);
        terminal.types(&format!("{code}\n"));
        let ended = terminal.ends();
        assert!(ended.status.success(), "{}", ended.screen);
        assert!(ended.screen.contains("alice is enrolled and activated."), "{}", ended.screen);

        let login = |code: &str| Login::new("door", "alice").answers(&[code]).run().code;
        assert_eq!(login(&code), "PAM_AUTH_ERR");
        assert_eq!(login(&phone.code_at(1)), "PAM_SUCCESS");
    }

    fn ctrl_c_at_the_question_for_a_code_leaves_nothing_behind() {
        let ended = nothing_is_left_after("\x03");
        let status = ended.status;
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(status.signal(), Some(libc::SIGINT), "{status}");
    }

    fn the_end_of_the_input_at_the_question_for_a_code_leaves_nothing_behind() {
        let ended = nothing_is_left_after("\x04");
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.screen.contains("no code was given; nothing has changed"), "{}", ended.screen);
    }

    fn three_wrong_codes_at_a_terminal_leave_nothing_behind() {
        let ended = nothing_is_left_after("0\n1\n2\n");
        assert_eq!(ended.status.code(), Some(1));
    }

    /// Only interactive shells of the larger kind would repair it.
    fn ctrl_c_at_a_hidden_question_leaves_a_terminal_that_shows_what_is_typed() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &[]);
        let otpctl = built("otpctl");
        let script = format!("trap : INT; {} pin set alice; stty -a", otpctl.display());
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]);
        let mut terminal = Pty::start(shell);
        terminal.expect("New PIN: ");
        terminal.press("\x03");
        let ended = terminal.ends();
        assert!(ended.screen.contains(" echo "), "{}", ended.screen);
        assert!(!ended.screen.contains(" -echo "), "{}", ended.screen);
    }

    fn a_pin_in_front_of_a_code_is_not_shown() {
        let machine = Machine::with_alice();
        let mut fob = machine.enrol("alice", &["--hotp"]);
        machine.otpctl_with_input(&["pin", "set", "alice"], "2580\n");
        let mut terminal = Terminal::otpctl(&["verify", "alice"]);
        terminal.wait_for("PIN and code: ");
        terminal.types(&format!("2580{}\n", fob.next_code()));
        let ended = terminal.ends();
        assert!(ended.screen.contains("would be accepted"), "{}", ended.screen);
        assert!(!ended.screen.contains("2580"), "{}", ended.screen);
    }

    fn a_reset_wants_the_users_name_and_nothing_else() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        for answer in ["y\n", "yes\n", "bob\n", "Alice\n", "alice bob\n", "\n", "\x04", "\x03"] {
            let (ended, same) = answered(&["reset", "alice"], answer);
            assert!(same && !ended.status.success(), "{answer:?}: {}", ended.screen);
            assert!(!ended.screen.contains("Secret"), "{answer:?}: {}", ended.screen);
        }
        let old = Login::new("door", "alice").answers(&[&phone.next_code()]).run();
        assert_eq!(old.code, "PAM_SUCCESS");
        let (ended, same) = answered(&["reset", "alice"], "alice\n");
        assert!(!same && ended.status.success(), "{}", ended.screen);
        let new = Login::new("door", "alice").answers(&[&device_on(&ended.screen).code_at(0)]).run();
        assert_eq!(new.code, "PAM_SUCCESS");
    }

    fn a_revocation_wants_the_users_name_and_nothing_else() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &[]);
        for answer in ["y\n", "bob\n", "\n", "\x04", "\x03"] {
            let (ended, same) = answered(&["revoke", "alice"], answer);
            assert!(same && !ended.status.success(), "{answer:?}: {}", ended.screen);
        }
        let (ended, same) = answered(&["revoke", "alice"], "alice\n");
        assert!(!same && ended.status.success(), "{}", ended.screen);
        assert_eq!(machine.otpctl(&["status", "alice"]).status.code(), Some(1));
    }

    fn a_person_who_is_to_type_a_secret_is_asked_for_it() {
        let _machine = Machine::with_alice();
        let mut terminal = Terminal::otpctl(&["enroll", "alice", "--secret-stdin", "--pending", "--no-qr"]);
        // Silence would look like a program that hangs.
        terminal.wait_for(": ");
        terminal.types("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n");
        assert!(terminal.ends().status.success());
    }

    fn a_person_adds_a_second_device_at_a_terminal() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &["--hotp"]);
        let mut terminal = Terminal::otpctl(&["add", "alice", "--label", "tablet"]);
        terminal.wait_for("Code from the device: ");
        let tablet = device_on(&terminal.screen());
        terminal.types(&format!("{}\n", tablet.code_at(0)));
        let ended = terminal.ends();
        assert!(ended.status.success(), "{}", ended.screen);
        assert!(ended.screen.contains("one more device, \"tablet\""), "{}", ended.screen);
        let login = |code: &str| Login::new("door", "alice").answers(&[code]).run().code;
        assert_eq!(login(&tablet.code_at(1)), "PAM_SUCCESS");
        assert_eq!(login(&phone.next_code()), "PAM_SUCCESS");
    }

    fn ctrl_c_while_adding_a_device_changes_nothing() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &["--hotp"]);
        let before = snapshot(STORE);
        let mut terminal = Terminal::otpctl(&["add", "alice", "--label", "tablet"]);
        terminal.wait_for("Code from the device: ");
        terminal.types("\x03");
        assert!(!terminal.ends().status.success());
        assert_eq!(snapshot(STORE), before);
    }

    fn many_enrolments_show_how_far_they_are_and_plainly_nothing_moves() {
        let machine = Machine::with_alice();
        let names: String = (0..40).map(|number| {
            let name = format!("user{number}");
            machine.add_user(&name, "x");
            name + "\n"
        }).collect();
        std::fs::write("/tmp/names", names).unwrap();
        let plain = Terminal::otpctl(&["enroll", "--from", "/tmp/names", "--dry-run", "--plain"]);
        let plain = plain.ends();
        assert!(plain.status.success(), "{}", plain.screen);
        assert!(!plain.screen.contains('\x1b') && !plain.screen.contains("of 40"), "{}", plain.screen);
        let moving = Terminal::otpctl(&["enroll", "--from", "/tmp/names"]).ends();
        assert!(moving.screen.contains("] 39 of 40 user39"), "{}", moving.screen);
        assert!(moving.screen.contains("40 enrolled, 0 enrolled already, 0 failed."), "{}", moving.screen);
    }

    fn a_removal_wants_the_users_name() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &["--hotp"]);
        machine.otpctl_ok(&["add", "alice", "--label", "tablet", "--pending", "--uri-only"]);
        for answer in ["y\n", "tablet\n", "\n", "\x04", "\x03"] {
            let (ended, same) = answered(&["remove", "alice", "--label", "tablet"], answer);
            assert!(same && !ended.status.success(), "{answer:?}: {}", ended.screen);
        }
        let (ended, same) = answered(&["remove", "alice", "--label", "tablet"], "alice\n");
        assert!(!same && ended.status.success(), "{}", ended.screen);
    }

    fn gc_spares_whom_the_machine_knows_again_when_it_is_confirmed() {
        let machine = Machine::with_alice();
        machine.add_user("bob", "builder");
        for user in ["alice", "bob"] {
            machine.enrol_pending(user, &[]);
        }
        // A directory that is down, and the person makes sure that it answers, as he is told to.
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
        let without = |names: &[&str]| {
            let lines = passwd.lines().filter(|line| !names.iter().any(|name| line.starts_with(name)));
            std::fs::write("/etc/passwd", lines.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        };
        without(&["alice:", "bob:"]);
        let mut terminal = Terminal::otpctl(&["gc"]);
        terminal.wait_for("Type \"remove\" to go on: ");
        without(&["bob:"]);
        terminal.types("remove\n");
        let ended = terminal.ends();
        assert!(ended.status.success(), "{}", ended.screen);
        assert!(ended.screen.contains("alice is known again; nothing is removed."), "{}", ended.screen);
        assert!(ended.screen.contains("bob is removed."), "{}", ended.screen);
        assert!(machine.otpctl_ok(&["status", "alice"]).contains("alice"));
    }

    fn a_reset_that_waited_for_its_confirmation_keeps_the_pin_of_meanwhile() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &["--hotp"]);
        let mut terminal = Terminal::otpctl(&["reset", "alice", "--plain"]);
        terminal.wait_for("to go on: ");
        assert!(machine.otpctl_with_input(&["pin", "set", "alice"], "2580\n").status.success());
        terminal.types("alice\n");
        let ended = terminal.ends();
        assert!(ended.screen.contains("The PIN stays."), "{}", ended.screen);
        let account = std::fs::read_to_string("/var/lib/pam-otp/account/alice").unwrap();
        assert!(account.contains("[pin]"), "{account}");
    }

    fn a_removal_that_waited_for_its_confirmation_takes_no_other_device_away() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &["--hotp"]);
        let add = |label| machine.otpctl_ok(&["add", "alice", "--label", label, "--pending", "--uri-only"]);
        add("tablet");
        let mut terminal = Terminal::otpctl(&["remove", "alice", "--label", "tablet"]);
        terminal.wait_for("to go on: ");
        machine.otpctl_ok(&["remove", "alice", "--label", "tablet", "--yes"]);
        // It gets the number that is free again.
        add("fob");
        terminal.types("alice\n");
        let ended = terminal.ends();
        assert_eq!(ended.status.code(), Some(1), "{}", ended.screen);
        let account = std::fs::read_to_string("/var/lib/pam-otp/account/alice").unwrap();
        assert!(account.contains("label = \"fob\""), "{account}");
    }
}
