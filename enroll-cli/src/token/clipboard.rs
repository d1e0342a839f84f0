//! A code into the clipboard, and out of it again after a while.
//!
//! Two ways at once, since nobody can tell which one the person's desktop follows: OSC 52, a
//! sequence that the terminal itself obeys, also at the far end of an ssh connection; and
//! wl-copy or xclip where there is a desktop on this machine. The clipboard is emptied by a
//! process of ours that outlives the command.

use crate::error::CommandError;
use data_encoding::BASE64;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;
use zeroize::Zeroizing;

/// Puts a text into the clipboard; returns by which ways, for people.
pub(crate) fn copy(text: &str) -> Result<Vec<&'static str>, CommandError> {
    let mut ways = Vec::new();
    if set_by_terminal(text) {
        ways.push("the terminal");
    }
    if let Some(program) = set_by_program(text) {
        ways.push(program);
    }
    match ways.is_empty() {
        false => Ok(ways),
        true => Err(none()),
    }
}

/// Whether there may be one at all: a terminal, or a desktop.
pub(crate) fn is_there() -> bool {
    terminal().is_ok() || is_set("WAYLAND_DISPLAY") || is_set("DISPLAY")
}

pub(crate) fn none() -> CommandError {
    CommandError::refused(
        "there is no clipboard: no terminal, and neither wl-copy nor xclip works",
        "Leave --copy away, and the code is printed",
    )
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Starts a process that empties the clipboard after so many seconds, and does not wait for it.
pub(crate) fn forget_later(seconds: u64) -> Result<(), CommandError> {
    let program = std::env::current_exe()?;
    Command::new(program)
        .args(["token", "forget-clipboard", &seconds.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C at the next command is not meant for it; it may still write to the terminal.
        .process_group(0)
        .spawn()?;
    Ok(())
}

/// What that process does.
pub(crate) fn forget(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
    let _ = set_by_terminal("");
    let _ = set_by_program("");
}

/// OSC 52 to the terminal of this process. An empty text empties the clipboard.
fn set_by_terminal(text: &str) -> bool {
    let Ok(mut terminal) = terminal() else {
        return false;
    };
    let sequence = Zeroizing::new(sequence(text));
    terminal.write_all(sequence.as_bytes()).is_ok()
}

fn terminal() -> std::io::Result<File> {
    OpenOptions::new().write(true).open("/dev/tty")
}

/// `c` is the clipboard; the text is base64; BEL ends it, which every terminal understands.
fn sequence(text: &str) -> String {
    let encoded = Zeroizing::new(BASE64.encode(text.as_bytes()));
    format!("\x1b]52;c;{}\x07", *encoded)
}

/// wl-copy or xclip, whichever belongs to this desktop.
fn set_by_program(text: &str) -> Option<&'static str> {
    let (program, arguments): (&'static str, &[&str]) = if is_set("WAYLAND_DISPLAY") {
        match text.is_empty() {
            true => ("wl-copy", &["--clear"]),
            false => ("wl-copy", &[]),
        }
    } else if is_set("DISPLAY") {
        ("xclip", &["-selection", "clipboard", "-in"])
    } else {
        return None;
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    let written = input.write_all(text.as_bytes());
    drop(input);
    // Both go on in the background by themselves, as owners of what was copied.
    let worked = child.wait().is_ok_and(|status| status.success());
    (worked && written.is_ok()).then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_is_told_in_base64() {
        assert_eq!(sequence("755224"), "\x1b]52;c;NzU1MjI0\x07");
        assert_eq!(sequence(""), "\x1b]52;c;\x07");
    }
}
