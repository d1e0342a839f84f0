//! Rules for the source that no compiler checks for us.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![Path::new(ROOT).join(folder)];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).expect("the folder is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found
}

/// The code of a file without comments and without its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("readable");
    let product = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let without_comments = product
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    without_comments.collect::<Vec<_>>().join("\n")
}

fn product() -> Vec<PathBuf> {
    let folders = [
        "crates/otp-core/src",
        "crates/otp-store/src",
        "crates/pam-edge/src",
        "crates/secret-display/src",
        "crates/enrolment-sheet/src",
        "crates/pam-configuration/src",
        "pam-module/src",
        "enroll-cli/src",
    ];
    folders.into_iter().flat_map(sources).collect()
}

#[test]
fn unsafe_code_lives_in_its_rooms() {
    for path in product() {
        let in_its_room = path.components().any(|part| part.as_os_str() == "pam-edge")
            || path.ends_with("otp-store/src/facts.rs")
            || path.ends_with("otp-store/src/lib.rs")
            || path.ends_with("enroll-cli/src/kernel_clock.rs")
            || path.ends_with("enroll-cli/src/libpam.rs")
            || path.ends_with("enroll-cli/src/system_log.rs")
            || path.ends_with("enroll-cli/src/token/hidraw.rs");
        let is_entry = path.ends_with("pam-module/src/lib.rs");
        let words = code(&path)
            .replace("unsafe_code", "")
            .replace("undocumented_unsafe_blocks", "");
        let words = words.replace("multiple_unsafe_ops_per_block", "");
        // A word of HTML's content security policy.
        let words = words.replace("'unsafe-inline'", "");
        assert!(
            in_its_room || is_entry || !words.contains("unsafe"),
            "{}",
            path.display()
        );
    }
    for name in ["crates/otp-store/src/lib.rs", "enroll-cli/src/main.rs"] {
        let text = code(&Path::new(ROOT).join(name));
        assert!(text.contains("#![deny(unsafe_code)]"), "{name}");
    }
    let core = code(&Path::new(ROOT).join("crates/otp-core/src/lib.rs"));
    assert!(core.contains("#![forbid(unsafe_code)]"));
    assert!(core.contains("#![no_std]"));
}

#[test]
fn every_unsafe_block_gives_its_reason() {
    let rooms = [
        "crates/otp-store/src/facts.rs",
        "enroll-cli/src/kernel_clock.rs",
        "enroll-cli/src/libpam.rs",
        "enroll-cli/src/system_log.rs",
        "enroll-cli/src/token/hidraw.rs",
    ]
    .map(|path| Path::new(ROOT).join(path));
    for path in sources("crates/pam-edge/src").into_iter().chain(rooms) {
        let text = fs::read_to_string(&path).expect("readable");
        let blocks = code(&path).matches("unsafe {").count();
        let reasons = text.matches("// SAFETY: ").count();
        assert_eq!(blocks, reasons, "{}", path.display());
    }
}

#[test]
fn a_guest_in_somebody_elses_process_behaves() {
    for folder in [
        "crates/otp-core/src",
        "crates/otp-store/src",
        "crates/pam-edge/src",
        "crates/secret-display/src",
        "pam-module/src",
    ] {
        for path in sources(folder) {
            let text = code(&path);
            for forbidden in [
                "println!",
                "eprintln!",
                "print!(",
                "std::env",
                "thread::spawn",
                "set_var",
                "umask(",
                "setuid",
                "seteuid",
                "setfsuid",
                "openlog",
                "std::process",
                "chdir",
            ] {
                assert!(
                    !text.contains(forbidden),
                    "{forbidden} in {}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn no_file_asks_to_be_two() {
    for path in product() {
        let lines = fs::read_to_string(&path).expect("readable").lines().count();
        assert!(lines <= 450, "{} has {lines} lines", path.display());
    }
}
