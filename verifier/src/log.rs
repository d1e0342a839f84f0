//! Lines for the log: on standard error, each with its priority in front, as sd-daemon(3) has
//! it. systemd puts them under AUTHPRIV (`SyslogFacility=` in the unit).

use std::io::Write;

pub(crate) const ERROR: u8 = 3;
pub(crate) const NOTICE: u8 = 5;
pub(crate) const INFORMATION: u8 = 6;

/// Writes one line.
pub(crate) fn say(priority: u8, line: &str) {
    // If nobody reads the log, the logins go on all the same.
    let _ = writeln!(std::io::stderr(), "<{priority}>{line}");
}

/// Text from outside, in quotation marks, escaped and cut.
pub(crate) fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .take(200)
        .flat_map(char::escape_debug)
        .collect();
    format!("\"{escaped}\"")
}
