//! What a pending user is shown at the beginning of a session.

use pam_otp_tests::{Login, LoginResult, Machine, SystemLog, now, sandboxed};

const STACK: &str = "auth required {otp} password=verify\nsession required {otp}\n";

/// A machine with a service that may show secrets, and alice pending.
fn pending(more: &[&str]) -> (Machine, pam_otp_tests::Device) {
    let machine = Machine::with_alice();
    for service in ["sshd", "sudo"] {
        machine.stack(service, STACK);
    }
    let device = machine.enrol_pending("alice", more);
    (machine, device)
}

fn enter(service: &str, terminal: &[&str]) -> LoginResult {
    let login = Login::new(service, "alice").answers(&["wonderland", ""]);
    login.with(&["--session"]).with(terminal).run()
}

/// What was shown, if anything.
fn shown(result: &LoginResult) -> Option<String> {
    assert_eq!(result.code, "PAM_SUCCESS");
    assert_eq!(result.session.as_deref(), Some("PAM_SUCCESS"));
    assert_eq!(result.noise, "");
    let mut shown = result
        .prompts
        .iter()
        .filter_map(|text| text.strip_prefix("info:"));
    let text = shown.next().map(String::from);
    assert_eq!(shown.next(), None, "one text at most");
    text
}

fn secret_in(text: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix("Secret: "));
    line.expect("the secret as text").replace(' ', "")
}

sandboxed! {
    fn a_pending_user_is_shown_the_secret_until_the_first_right_code() {
        let (_machine, mut phone) = pending(&[]);
        let log = SystemLog::listen();
        let text = shown(&enter("sshd", &["--tty", "pts/0"])).expect("shown");
        let secret = secret_in(&text);
        assert!(text.starts_with('\n') && text.contains(" 14 days left."), "{text}");
        // With a shell's prompt after it, on a terminal of 80 columns and 24 lines.
        assert!(text.lines().count() < 24 && text.len() <= 8000, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let again = shown(&enter("sshd", &["--tty", "pts/0"])).expect("shown again");
        assert_eq!(secret_in(&again), secret);
        let lines = log.lines();
        assert!(lines.iter().any(|line| line.text.contains("outcome=secret-offered")), "{lines:?}");
        assert!(!lines.iter().any(|line| line.text.contains(&secret[..8])), "{lines:?}");

        let code = phone.next_code();
        let login = Login::new("sshd", "alice").answers(&["wonderland", &code]);
        let activating = login.with(&["--session", "--tty", "pts/0"]).run();
        assert_eq!(shown(&activating), None);
    }

    fn nothing_is_shown_where_it_does_not_belong() {
        let (machine, _phone) = pending(&[]);
        assert_eq!(shown(&enter("sshd", &[])), None, "no terminal");
        assert_eq!(shown(&enter("sudo", &["--tty", "pts/0"])), None, "another service");
        let off = "[login]\nfailure_delay_milliseconds = 0\n[pending]\nshow_secret_in = []\n";
        machine.policy(off);
        assert_eq!(shown(&enter("sshd", &["--tty", "pts/0"])), None, "switched off");
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n");
        machine.otpctl_ok(&["disable", "alice"]);
        assert_eq!(shown(&enter("sshd", &["--tty", "pts/0"])), None, "disabled");
    }

    fn nothing_is_shown_to_somebody_else_whose_session_it_became() {
        let (machine, _phone) = pending(&[]);
        machine.policy(
            "[login]\nfailure_delay_milliseconds = 0\n\
             [pending]\nshow_secret_in = [\"sudo\", \"su\", \"su-l\"]\n",
        );
        for (service, requesting, expected) in [
            ("sudo", "alice", true),
            ("sudo", "bob", false),
            ("sudo", "root", false),
            ("su", "alice", true),
            // Has shown what alice would have shown.
            ("su", "bob", true),
            ("su-l", "bob", true),
            // Has shown nothing.
            ("su", "root", false),
            ("su-l", "root", false),
        ] {
            machine.stack(service, STACK);
            let shown = shown(&enter(service, &["--tty", "pts/0", "--ruser", requesting]));
            assert_eq!(shown.is_some(), expected, "{requesting} by {service}");
        }
    }

    fn nothing_is_shown_when_the_grace_is_over_or_the_store_is_broken() {
        let (machine, _phone) = pending(&[]);
        machine.stack("sshd", "auth required pam_permit.so\nsession required {otp}\n");
        let session = |time| {
            let login = Login::new("sshd", "alice").with(&["--session", "--tty", "pts/0"]);
            shown(&login.at(time).run())
        };
        assert!(session(now()).is_some());
        assert_eq!(session(now() + 15 * 86_400), None);
        std::fs::remove_file("/var/lib/pam-otp/state/alice").unwrap();
        let log = SystemLog::listen();
        assert_eq!(session(now()), None);
        let lines = log.lines();
        assert!(lines[0].text.contains("outcome=secret-not-shown"), "{lines:?}");
    }

    fn each_kind_of_terminal_gets_a_picture_that_scans() {
        let (_machine, _fob) = pending(&["--hotp", "--digits", "8"]);
        for (terminal, pixels) in [("pts/0", "█▀▄ "), ("tty1", "█ "), ("ttyS0", "# ")] {
            let text = shown(&enter("sshd", &["--tty", terminal])).expect("shown");
            let (picture, rest) = text.split_once("Secret: ").expect("the text after it");
            let mut lines = picture.lines().filter(|line| !line.is_empty());
            assert!(lines.all(|line| line.chars().all(|c| pixels.contains(c))), "{picture}");
            assert!(rest.contains("\nSet to: counter based, counter 0, 8 digits\n"), "{rest}");
            let secret = secret_in(&text);
            let uri = format!("otpauth://hotp/sandbox:alice?secret={secret}&issuer=sandbox&digits=8&counter=0");
            assert_eq!(pam_otp_tests::scanned(picture), uri, "{terminal}:\n{picture}");
        }
    }

    fn who_comes_in_with_a_recovery_code_is_told_how_many_are_left() {
        let machine = Machine::with_alice();
        machine.stack("sshd", STACK);
        let phone = machine.enrol("alice", &[]);
        let codes = machine.otpctl_ok(&["recovery", "new", "alice", "--quiet"]);
        let enter = |code: &str, terminal: &[&str]| {
            let login = Login::new("sshd", "alice").answers(&["wonderland", code]);
            shown(&login.with(&["--session"]).with(terminal).run())
        };
        let codes: Vec<&str> = codes.lines().collect();
        assert_eq!(codes.len(), 10, "{codes:?}");
        let told = |left| Some(format!("A recovery code was used: {left}."));
        assert_eq!(enter(codes[0], &["--tty", "pts/0"]), told("9 are left"));
        assert_eq!(enter(codes[1], &[]), None, "no terminal");
        for code in &codes[2..8] {
            enter(code, &[]);
        }
        assert_eq!(enter(codes[8], &["--tty", "pts/0"]), told("one is left"));
        let last = enter(codes[9], &["--tty", "pts/0"]);
        assert_eq!(last, told("none is left. Ask for new ones before you need one"));
        // Two minutes later it is no news any more.
        let login = Login::new("sshd", "alice").with(&["--session", "--tty", "pts/0"]);
        let code = phone.code_at_time(now() + 180);
        let login = login.answers(&["wonderland", &code]).at(now() + 180);
        assert_eq!(shown(&login.run()), None);
    }
}
