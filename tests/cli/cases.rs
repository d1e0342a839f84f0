//! The cases, file by file.

use crate::case::Case;
use pam_otp_tests::{Machine, has_other_users, sandboxed, skip};
use serde::Deserialize;
use std::fs;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// Runs all cases of a file, each on a machine without a store and without a policy.
fn all_of(text: &str) {
    let machine = Machine::with_alice();
    machine.add_user("bob", "builder");
    let passwd = fs::read("/etc/passwd").unwrap();
    let cases: Cases = toml::from_str(text).expect("the cases are TOML");
    assert!(!cases.case.is_empty());
    let mut faults = String::new();
    for case in &cases.case {
        if case.as_user.is_some() && !has_other_users() {
            skip(&format!("there is no other user here for: {}", case.name));
            continue;
        }
        let _ = fs::remove_dir_all("/var/lib/pam-otp");
        let _ = fs::remove_dir_all("/etc/pam-otp");
        fs::write("/etc/passwd", &passwd).unwrap();
        for fault in case.faults() {
            faults += &format!("\n{}: {}", case.name, fault.trim_end());
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

macro_rules! files {
    ($($test:ident: $file:literal)+) => {
        sandboxed! {$(
            fn $test() { all_of(include_str!(concat!("cases/", $file))); }
        )+}

        #[test]
        fn every_file_of_cases_is_run() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cli/cases");
            let entries = fs::read_dir(folder).unwrap();
            let mut found: Vec<_> = entries.map(|e| e.unwrap().file_name()).collect();
            found.sort();
            assert_eq!(found, [$($file),+]);
        }
    };
}

files! {
    many_users_are_enrolled_at_once: "batch.toml"
    what_is_broken_is_named_with_a_way_out: "broken.toml"
    a_bypass_code_keeps_its_word: "bypass.toml"
    devices_are_added_renamed_and_removed: "devices.toml"
    disable_and_enable_keep_their_word: "disable_enable.toml"
    enroll_keeps_its_word: "enroll.toml"
    the_whole_life_of_an_enrolment_is_told: "lifecycle.toml"
    a_pin_is_set_and_removed: "pin.toml"
    recovery_codes_are_made_and_removed: "recovery.toml"
    reset_and_revoke_keep_their_word: "reset_revoke.toml"
    bad_secrets_are_refused_and_never_repeated: "secrets.toml"
    status_keeps_its_word: "status.toml"
    who_may_not_write_is_told_so: "unprivileged.toml"
    what_cannot_be_understood_is_refused: "usage.toml"
    verify_and_resync_keep_their_word: "verify_resync.toml"
}
