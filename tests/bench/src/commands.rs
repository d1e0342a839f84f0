//! How long `otpctl` takes for very many users: enrolling them, and listing them.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Prints what enrolling `users` and listing `accounts` takes. `module` lies beside `otpctl`.
///
/// First the machine knows those who are enrolled, then those of the big store as well: libc
/// looks for a user in `/etc/passwd` line by line, so who stands behind 100,000 others takes
/// five milliseconds to be found, whoever asks.
pub fn print(module: &Path, users: usize, accounts: usize) {
    let otpctl = module.with_file_name("otpctl");
    let mut passwd = fs::read_to_string("/etc/passwd").expect("readable");
    let mut names = String::new();
    for number in 0..users {
        // Writing to a String does not fail.
        let _ = writeln!(
            passwd,
            "batch{number}:x:{}:1000::/:/bin/sh",
            100_000 + number
        );
        let _ = writeln!(names, "batch{number}");
    }
    fs::write("/etc/passwd", &passwd).expect("the sandbox's own");
    fs::write("/bench/names", names).expect("the disk is writable");
    let policy = |store: &str| {
        let path = format!("/bench/{store}.toml");
        fs::write(&path, format!("store = \"/bench/{store}\"\n")).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changeable");
        path
    };
    let enrolling = run(
        &otpctl,
        &policy("batch"),
        &["enroll", "--from", "/bench/names", "-q"],
    );
    println!(
        "\nenrolling {users} users in one batch: {:.1} s",
        enrolling.as_secs_f64()
    );
    for number in 1..accounts {
        let _ = writeln!(passwd, "other{number}:x:1000:1000::/:/bin/sh");
    }
    fs::write("/etc/passwd", passwd).expect("the sandbox's own");
    let many = policy("many");
    for arguments in [&["list"][..], &["list", "--state", "pending"], &["status"]] {
        let taken = run(&otpctl, &many, arguments);
        println!(
            "otpctl {} with {accounts} accounts: {:.2} s",
            arguments.join(" "),
            taken.as_secs_f64()
        );
    }
}

fn run(otpctl: &Path, policy: &str, arguments: &[&str]) -> Duration {
    let begun = Instant::now();
    let status = Command::new(otpctl)
        .args(["--config", policy])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let taken = begun.elapsed();
    assert!(status.expect("otpctl lies beside the module").success());
    taken
}
