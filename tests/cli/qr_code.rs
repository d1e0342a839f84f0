//! The QR code as it is drawn in a terminal of 80 columns and 24 lines can be scanned.

use crate::picture::Picture;
use crate::terminal::Terminal;
use pam_otp_tests::{Machine, sandboxed};

/// The secret as it stands below the code, without blanks.
fn secret_on(screen: &str) -> String {
    let line = screen
        .lines()
        .find_map(|line| line.strip_prefix("Secret: "));
    let line = line.unwrap_or_else(|| panic!("no secret on: {screen}"));
    line.split_whitespace().collect()
}

/// Enrols alice up to the question for a code; returns what is on the screen then.
fn screen_at_the_question(more: &[&str], environment: &[(&str, &str)]) -> String {
    let arguments = [&["enroll", "alice"], more].concat();
    let mut terminal = Terminal::otpctl_with(&arguments, environment, (80, 24));
    terminal.wait_for("Code from the device: ");
    terminal.screen()
}

fn uri(secret: &str) -> String {
    format!("otpauth://totp/sandbox:alice?secret={secret}&issuer=sandbox")
}

sandboxed! {
    fn the_code_in_colours_is_scanned_as_the_uri_with_the_question_still_on_the_screen() {
        let _machine = Machine::with_alice();
        let screen = screen_at_the_question(&[], &[]);
        assert!(screen.contains("\x1b["), "{screen}");
        assert_eq!(Picture::of(&screen).scanned(), uri(&secret_on(&screen)));
    }

    fn the_code_without_colours_is_scanned_as_the_uri_with_the_question_still_on_the_screen() {
        let _machine = Machine::with_alice();
        let screen = screen_at_the_question(&[], &[("NO_COLOR", "1")]);
        assert!(!screen.contains('\x1b'), "{screen}");
        assert_eq!(Picture::of(&screen).scanned(), uri(&secret_on(&screen)));
    }

    fn ten_secrets_in_a_row_can_be_scanned() {
        let _machine = Machine::with_alice();
        for _ in 0..10 {
            let screen = screen_at_the_question(&[], &[]);
            assert_eq!(Picture::of(&screen).scanned(), uri(&secret_on(&screen)));
        }
    }

    fn the_code_of_a_fob_fits_the_terminal_too() {
        let _machine = Machine::with_alice();
        let screen = screen_at_the_question(&["--hotp"], &[]);
        let expected = uri(&secret_on(&screen)).replace("totp", "hotp") + "&counter=0";
        assert_eq!(Picture::of(&screen).scanned(), expected);
    }

    fn a_name_beyond_ascii_is_scanned_as_it_was_given() {
        let _machine = Machine::with_alice();
        let screen = screen_at_the_question(&["--issuer", "Büro"], &[]);
        let expected = uri(&secret_on(&screen)).replace("sandbox", "B%C3%BCro");
        assert_eq!(Picture::of(&screen).scanned(), expected);
    }

    fn the_code_that_a_reset_draws_can_be_scanned() {
        let machine = Machine::with_alice();
        machine.enrol_pending("alice", &[]);
        let ended = Terminal::otpctl(&["reset", "alice", "--yes"]).ends();
        // What is said before may scroll away; the code and the secret are seen together.
        let seen = &ended.screen;
        assert_eq!(Picture::after_scrolling(seen).scanned(), uri(&secret_on(seen)));
    }

    fn the_code_has_not_scrolled_away_once_a_command_has_said_everything() {
        let machine = Machine::with_alice();
        for (case, arguments) in [
            ("totp", &["enroll", "alice", "--pending"][..]),
            ("totp", &["reset", "alice", "--yes"]),
            ("hotp", &["reset", "alice", "--yes", "--hotp"]),
            ("hotp", &["enable", "alice"]),
        ] {
            if arguments[0] == "enable" {
                machine.otpctl_ok(&["disable", "alice"]);
            }
            // The prompt of the shell takes a line as well.
            let screen = Terminal::otpctl(arguments).ends().screen + "# ";
            let scanned = Picture::after_scrolling(&screen).scanned();
            let counter = if case == "hotp" { "&counter=0" } else { "" };
            let expected = uri(&secret_on(&screen)).replace("totp", case) + counter;
            assert_eq!(scanned, expected, "{arguments:?}:\n{screen}");
        }
    }

    fn a_terminal_that_is_too_small_gets_the_secret_as_text_and_no_half_picture() {
        let _machine = Machine::with_alice();
        let mut terminal = Terminal::otpctl_with(&["enroll", "alice"], &[], (80, 20));
        terminal.wait_for("Code from the device: ");
        let screen = terminal.screen();
        assert!(!screen.contains(['█', '▀', '▄']), "{screen}");
        assert_eq!(secret_on(&screen).len(), 32);
        assert!(screen.contains("does not fit"), "{screen}");
    }

    fn without_a_picture_the_screen_reader_gets_the_secret() {
        let _machine = Machine::with_alice();
        let screen = screen_at_the_question(&["--no-qr"], &[]);
        assert!(!screen.contains(['█', '▀', '▄', '\x1b']), "{screen}");
        assert_eq!(secret_on(&screen).len(), 32);
    }
}
