//! A private machine as Debian sets one up: its stacks, homes, and sudoers.
//!
//! `stock/` holds what Debian 12 ships in /etc/pam.d, comments left out. An example of
//! `config/pam.d` goes to the place that its own comment names.

use crate::examples::{EVERYTHING, Example};
use pam_otp_tests::{Machine, has_other_users, put, skip};
use std::fs;
use std::os::unix::fs::chown;
use std::process::Command;

const STOCK: [(&str, &str); 10] = [
    ("common-account", include_str!("stock/common-account")),
    ("common-password", include_str!("stock/common-password")),
    ("common-session", include_str!("stock/common-session")),
    (
        "common-session-noninteractive",
        include_str!("stock/common-session-noninteractive"),
    ),
    ("login", include_str!("stock/login")),
    ("sshd", include_str!("stock/sshd")),
    ("su", include_str!("stock/su")),
    ("su-l", include_str!("stock/su-l")),
    ("sudo", include_str!("stock/sudo")),
    ("sudo-i", include_str!("stock/sudo-i")),
];

/// A policy that neither holds refusals back nor makes anybody wait, and that still takes a
/// code some time steps after it was computed: a busy machine may need so long.
pub(crate) const QUICK: &str = "\
[window]
past_steps = 5
future_steps = 5
[throttle]
free_failures = 99
[login]
failure_delay_milliseconds = 0
";

/// alice's and bob's numbers.
pub(crate) const ALICE: u32 = 1000;
pub(crate) const BOB: u32 = 1001;

/// The machine with alice and bob (password `builder`), who may do everything by sudo, or
/// `None` where programs cannot become another user.
pub(crate) fn furnish() -> Option<Machine> {
    if !has_other_users() {
        skip("programs cannot become another user here; run this as root");
        return None;
    }
    let machine = Machine::with_alice();
    machine.policy(QUICK);
    make_home("alice", ALICE);
    add_person(&machine, "bob", "builder");
    // As Debian has it: unix_chkpwd reads it for programs that are not root's.
    put("/etc/shadow", &fs::read("/etc/shadow").unwrap(), 0o640);
    chown("/etc/shadow", Some(0), Some(42)).unwrap();
    for (name, text) in STOCK {
        machine.stack(name, text);
    }
    let sudoers = "Defaults lecture=never\nalice ALL=(ALL:ALL) ALL\nbob ALL=(ALL:ALL) ALL\n";
    put("/etc/sudoers", sudoers.as_bytes(), 0o440);
    Some(machine)
}

/// How a user stands, as `otpctl status --json` says it: `activated, 0 failures`.
pub(crate) fn standing(machine: &Machine, user: &str) -> String {
    let report = machine.otpctl_ok(&["status", user, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let account = &report["accounts"][0];
    let state = if account["activated"].as_bool().unwrap() {
        "activated".into()
    } else {
        format!("pending for {} logins", account["pending_logins"])
    };
    format!("{state}, {} failures", account["consecutive_failures"])
}

/// A user with a home.
pub(crate) fn add_person(machine: &Machine, name: &str, password: &str) {
    let uid = machine.add_user(name, password);
    make_home(name, uid);
}

fn make_home(name: &str, uid: u32) {
    let home = format!("/home/{name}");
    fs::create_dir(&home).unwrap();
    chown(home, Some(uid), Some(uid)).unwrap();
}

/// Puts an example into the stack of one service, where Debian includes common-auth.
pub(crate) fn protect(machine: &Machine, service: &str, example: &Example) {
    let (_, stock) = STOCK.iter().find(|(name, _)| *name == service).unwrap();
    assert_eq!(stock.matches("@include common-auth").count(), 1);
    let text = stock.replace("@include common-auth", example.0);
    machine.stack(service, &with_built_module(&text));
}

/// Puts the example for common-auth in its place; all stock services follow it.
pub(crate) fn protect_everything(machine: &Machine) {
    machine.stack("common-auth", &with_built_module(EVERYTHING.0));
}

fn with_built_module(text: &str) -> String {
    assert!(text.contains("  pam_otp.so"), "{text}");
    text.replace("  pam_otp.so", "  {otp}")
}

/// A program started by an ordinary user, in a fresh environment.
pub(crate) fn as_user(uid: u32, words: &[&str]) -> Command {
    let (reuid, regid) = (format!("--reuid={uid}"), format!("--regid={uid}"));
    let mut command = Command::new("setpriv");
    command.args([&reuid, &regid]).args([
        "--clear-groups",
        "env",
        "--ignore-environment",
        "PATH=/usr/bin:/bin",
        "TERM=dumb",
    ]);
    command.args(words);
    command
}
