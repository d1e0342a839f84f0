//! The picture on a real terminal of 80 columns and 24 lines, which tmux is.

use crate::examples::SSHD_PASSWORD_AND_CODE;
use crate::pending::device_on;
use crate::scene::{furnish, protect};
use crate::sshd::{CODES, Sshd, client};
use pam_otp_tests::sandboxed;
use std::process::Command;
use std::time::{Duration, Instant};

/// Speaks to the tmux server of this machine; what it prints.
fn tmux(words: &[&str]) -> String {
    let output = Command::new("tmux")
        .args(["-f", "/dev/null"])
        .args(words)
        // Not the one that the person who runs the tests may sit in.
        .env_remove("TMUX")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("tmux is installed");
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Waits until the terminal shows a text, and returns all that it shows.
fn shows(text: &str) -> String {
    let start = Instant::now();
    loop {
        let screen = tmux(&["capture-pane", "-p"]);
        if screen.contains(text) {
            return screen;
        }
        let patience = start.elapsed() < Duration::from_secs(30);
        assert!(patience, "no {text:?} on the screen:\n{screen}");
        // tmux has no way of waiting for a text.
        std::thread::sleep(Duration::from_millis(5));
    }
}

sandboxed! {
    fn the_picture_fits_on_a_terminal_of_80_columns_and_24_lines() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let phone = machine.enrol_pending("alice", &[]);
        let _sshd = Sshd::start(CODES);
        let ssh = client("ssh", &["LogLevel=ERROR"]);
        let words = std::iter::once(ssh.get_program()).chain(ssh.get_args());
        let words: Vec<&str> = words.map(|word| word.to_str().unwrap()).collect();
        let new = ["new-session", "-d", "-x", "80", "-y", "24"];
        let status_off = [";", "set", "status", "off"];
        tmux(&[&new, &words[..], &["alice@127.0.0.1"], &status_off].concat());

        shows("Password:");
        tmux(&["send-keys", "wonderland", "Enter"]);
        shows("One-time code:");
        tmux(&["send-keys", "Enter"]);
        let screen = shows("\n$");

        let size = tmux(&["display-message", "-p", "#{pane_width} #{pane_height}"]);
        assert_eq!(size, "80 24\n");
        assert_eq!(device_on(&screen).code_at(0), phone.code_at(0));
        tmux(&["kill-server"]);
    }
}
