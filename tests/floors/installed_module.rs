//! The module as it is installed: `tools/build-module` makes another file than the one that the
//! other tests load, and this is where it is looked at, and logged in with.
//!
//! Built here, so that it is never an old one; a minute the first time.

use pam_otp_tests::{Login, Machine, in_sandbox, is_in_sandbox};
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What a login may load at most, bytes.
const LARGEST: u64 = 700_000;

/// What cargo calls a file of the release profile.
fn released(name: &str) -> PathBuf {
    let exe = std::env::current_exe().expect("this test has a program");
    let target = exe.ancestors().nth(3).expect("target/debug/deps/program");
    target.join("release").join(name)
}

fn run(command: &mut Command) {
    let output = command.output().expect("it can be started");
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
}

/// Builds it, unless this is the half of a test that runs where no compiler is.
fn module() -> PathBuf {
    if !is_in_sandbox() {
        run(Command::new(Path::new(ROOT).join("tools/build-module")).arg("--offline"));
    }
    released("libpam_otp.so")
}

/// The module that panics, built in the same way.
fn panicking_module() -> PathBuf {
    if !is_in_sandbox() {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let words = "rustc --release --offline --package panicking-module --lib \
                     --crate-type cdylib --features without-backtraces";
        run(Command::new(cargo)
            .args(words.split_whitespace())
            .current_dir(ROOT));
    }
    released("libpanicking_module.so")
}

fn printed(program: &str, options: &[&str], file: &Path) -> String {
    let mut command = Command::new(program);
    command.args(options).arg(file).env("LC_ALL", "C");
    let output = command.output().expect("binutils are installed");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("they print text")
}

#[test]
fn it_is_small_needs_libc_and_libpam_only_and_is_hardened() {
    let module = module();
    let bytes = std::fs::metadata(&module).expect("it is built").len();
    assert!(bytes <= LARGEST, "{bytes} bytes");

    let dynamic = printed("readelf", &["--dynamic", "--wide"], &module);
    let needed = dynamic.lines().filter(|line| line.contains("(NEEDED)"));
    let mut needed: Vec<&str> = needed
        .filter_map(|line| line.split(['[', ']']).nth(1))
        // The loader itself, for thread-local variables.
        .filter(|name| !name.starts_with("ld-linux"))
        .collect();
    needed.sort_unstable();
    assert_eq!(needed, ["libc.so.6", "libpam.so.0"]);
    for word in ["BIND_NOW", "NODELETE", "[pam_otp.so]"] {
        assert!(dynamic.contains(word), "{dynamic}");
    }
    let segments = printed("readelf", &["--program-headers", "--wide"], &module);
    assert!(segments.contains("GNU_RELRO"), "{segments}");
    let stack = segments.lines().find(|line| line.contains("GNU_STACK"));
    assert!(
        stack.is_some_and(|line| line.contains(" RW ")),
        "{segments}"
    );

    // Of the unwinder's name that pam-edge has taken, too, nobody else shall hear.
    let names = printed("nm", &["--dynamic", "--defined-only"], &module);
    let mut names: Vec<&str> = names
        .lines()
        .filter_map(|line| line.split(' ').nth(2))
        .collect();
    names.sort_unstable();
    let phases = [
        "acct_mgmt",
        "authenticate",
        "chauthtok",
        "close_session",
        "open_session",
        "setcred",
    ];
    assert_eq!(names, phases.map(|phase| format!("pam_sm_{phase}")));
}

#[test]
fn it_accepts_a_code_once() {
    let module = module();
    in_sandbox("floors::installed_module::it_accepts_a_code_once", || {
        let machine = Machine::with_alice();
        let mut phone = machine.enrol("alice", &[]);
        machine.stack(
            "door",
            &format!("auth required {} password=verify\n", module.display()),
        );
        let answers = ["wonderland", &phone.next_code()];

        let first = Login::new("door", "alice").answers(&answers).run();
        let second = Login::new("door", "alice").answers(&answers).run();
        assert_eq!(
            (first.code.as_str(), first.noise.as_str()),
            ("PAM_SUCCESS", "")
        );
        assert_eq!(
            (second.code.as_str(), second.noise.as_str()),
            ("PAM_AUTH_ERR", "")
        );
    });
}

#[test]
fn a_panic_in_it_is_an_abort_that_the_program_survives() {
    let module = panicking_module();
    in_sandbox(
        "floors::installed_module::a_panic_in_it_is_an_abort_that_the_program_survives",
        || {
            let machine = Machine::with_alice();
            machine.stack("door", &format!("auth required {}\n", module.display()));

            let three = Login::new("door", "alice").answers(&["wonderland"]);
            let result = three.with(&["--tries", "3"]).run();
            assert_eq!(result.code, "PAM_ABORT");
            assert_eq!(result.prompts, ["off:Panic about: "; 3]);
            assert_eq!(result.noise, "");
        },
    );
}
