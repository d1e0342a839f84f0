//! The module as the linker made it.

use pam_otp_tests::built;
use std::process::Command;

fn readelf(option: &str) -> String {
    let output = Command::new("readelf")
        .args([option, "--wide"])
        .arg(built("libpam_otp.so"))
        .output()
        .expect("readelf is installed");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("readelf prints text")
}

#[test]
fn only_the_six_entry_points_of_pam_are_exported() {
    let output = Command::new("nm")
        .args(["--dynamic", "--defined-only"])
        .arg(built("libpam_otp.so"))
        .output()
        .expect("nm is installed");
    let text = String::from_utf8(output.stdout).expect("nm prints text");
    let mut names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next_back())
        .collect();
    names.sort_unstable();
    let expected = [
        "pam_sm_acct_mgmt",
        "pam_sm_authenticate",
        "pam_sm_chauthtok",
        "pam_sm_close_session",
        "pam_sm_open_session",
        "pam_sm_setcred",
    ];
    assert_eq!(names, expected);
}

#[test]
fn it_needs_libpam_libcrypt_and_libc_only() {
    let dynamic = readelf("--dynamic");
    let mut needed: Vec<&str> = dynamic
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| line.split('[').nth(1)?.split(']').next())
        // The loader itself, for thread-local variables.
        .filter(|name| !name.starts_with("ld-linux"))
        .collect();
    needed.sort_unstable();
    assert!(
        needed == ["libc.so.6", "libcrypt.so.1", "libpam.so.0"]
            || needed == ["libc.so.6", "libpam.so.0"],
        "{needed:?}"
    );
}

#[test]
fn it_is_hardened_and_stays_loaded() {
    let dynamic = readelf("--dynamic");
    let flags = dynamic
        .lines()
        .find(|line| line.contains("(FLAGS_1)"))
        .expect("flags");
    assert!(
        flags.contains("NOW") && flags.contains("NODELETE"),
        "{flags}"
    );
    assert!(dynamic.contains("BIND_NOW"), "{dynamic}");
    let segments = readelf("--program-headers");
    assert!(segments.contains("GNU_RELRO"), "{segments}");
    let stack = segments
        .lines()
        .find(|line| line.contains("GNU_STACK"))
        .expect("a stack");
    assert!(stack.contains(" RW ") && !stack.contains("RWE"), "{stack}");
}
