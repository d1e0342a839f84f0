//! The picture on the terminals where half blocks would not be seen: the Linux console and a
//! serial line. login(1) runs on a terminal of that name, and what is scanned is what arrived
//! at its other end.

use crate::examples::LOGIN_PASSWORD_AND_CODE;
use crate::pending::{device_on, visit};
use crate::scene::{QUICK, as_user, furnish, protect};
use pam_otp_tests::sandboxed;
use std::fs;
use std::process::Command;

/// What alice sees at login, and with which signs it is drawn.
fn seen_at(terminal: &str) -> (String, String) {
    let path = format!("/dev/{terminal}");
    fs::write(&path, "").unwrap();
    // The pseudo-terminal under the other name; login(1) asks for the name of its input.
    let console = format!("mount --bind $(tty) {path} && exec login alice <>{path} >&0 2>&0");
    let screen = visit(as_user(0, &["sh", "-c", &console]), "");
    let unmounted = Command::new("umount").arg(&path).status();
    assert!(unmounted.unwrap().success(), "{path}");
    assert!(screen.contains("I am alice"), "{screen}");
    let drawn = |line: &&str| line.contains(['█', '▀', '▄']) || line.contains("##");
    let mut signs: Vec<char> = screen.lines().filter(drawn).flat_map(str::chars).collect();
    signs.sort_unstable();
    signs.dedup();
    (screen, signs.into_iter().collect())
}

sandboxed! {
    fn login_draws_with_what_the_terminal_can_show_and_each_picture_scans() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "login", &LOGIN_PASSWORD_AND_CODE);
        let stack = fs::read_to_string("/etc/pam.d/login").unwrap();
        assert!(stack.contains("session  optional  "), "{stack}");
        let phone = machine.enrol_pending("alice", &[]);

        for display in ["session", "prompt"] {
            machine.policy(&format!("{QUICK}[pending]\ndisplay = \"{display}\"\n"));
            for (terminal, expected) in [("tty1", " █"), ("ttyS0", " #")] {
                let (screen, signs) = seen_at(terminal);

                assert_eq!(signs, expected, "{display} at {terminal}: {screen}");
                assert_eq!(device_on(&screen).code_at(0), phone.code_at(0), "{terminal}");
            }
        }
    }
}
