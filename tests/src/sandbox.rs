//! Running a test inside a private machine.
//!
//! The outer half starts the same test program again, for this one test, through
//! `sandbox/enter`; the inner half runs the body. Works with `cargo test` and nextest alike,
//! in parallel, as root and as an ordinary user.

use std::process::Command;

const INSIDE: &str = "PAM_OTP_TEST_INSIDE_SANDBOX";

/// Whether this is the half of a test that runs inside.
pub fn is_in_sandbox() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Runs `body` inside a private machine. `name` is the full name of the test.
pub fn in_sandbox(name: &str, body: impl FnOnce()) {
    if is_in_sandbox() {
        return body();
    }
    // The name of a test within its program has no crate in front.
    let name = name.split_once("::").map_or(name, |(_, rest)| rest);
    let enter = concat!(env!("CARGO_MANIFEST_DIR"), "/sandbox/enter");
    let output = Command::new(enter)
        .arg(std::env::current_exe().expect("this test has a program"))
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .output()
        .expect("sandbox/enter can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "inside the sandbox ({}):\n{said}\n{complained}",
        output.status
    );
    if let Some((_, reason)) = said.split_once("skipped: ") {
        println!("skipped: {}", reason.lines().next().unwrap_or_default());
    }
}

/// A test that runs inside a private machine of its own.
///
/// ```text
/// sandboxed! {
///     fn a_code_is_accepted_once() { … }
/// }
/// ```
#[macro_export]
macro_rules! sandboxed {
    ($($(#[$attribute:meta])* fn $name:ident() $body:block)+) => {$(
        $(#[$attribute])*
        #[test]
        fn $name() {
            $crate::in_sandbox(concat!(module_path!(), "::", stringify!($name)), || $body);
        }
    )+};
}
