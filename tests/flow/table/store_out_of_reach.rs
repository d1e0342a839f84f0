//! Files that are gone, closed, or cannot be written. (Waiting for a lock takes five seconds,
//! so only one test does it: in `rows.rs`.)

use super::row::{Row, rows};
use super::scene::{ACCOUNT, STATE, STORE, disabled};
use super::store_spoiled::BROKEN;
use super::system::{drop_capabilities, forbid_writing, mount};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

const NO_STORE: Row = Row {
    spoiled: || fs::remove_dir_all(STORE).expect("root may"),
    outcome: "store-missing",
    more: " detail=\"there is no store at /var/lib/pam-otp\" …",
    ..BROKEN
};
const NO_STATE: Row = Row {
    spoiled: || fs::remove_file(STATE).expect("root may"),
    outcome: "store-missing",
    more: " detail=\"/var/lib/pam-otp/state/alice is missing\" …",
    ..BROKEN
};
const READ_ONLY: Row = Row {
    spoiled: || {
        mount(&["--bind", STORE, STORE]);
        mount(&["-o", "remount,bind,ro", STORE]);
    },
    // Somebody else may be able to write it: the verifier is asked, but there is none.
    outcome: "verifier-unreachable",
    more: " detail=\"the verifier at /run/pam-otp/verifier.sock does not answer: …",
    ..BROKEN
};

rows! {
    a_missing_store_is_never_not_enrolled: NO_STORE;

    a_missing_store_exempts_nobody_while_a_roll_out_lasts: Row {
        policy: "unenrolled = \"ignore\"",
        user: Ok(Some("bob")),
        who: r#"user="bob" service="sshd" rhost="192.0.2.7" tty="ssh""#,
        ..NO_STORE
    };

    a_missing_folder_of_accounts_exempts_nobody_while_a_roll_out_lasts: Row {
        policy: "unenrolled = \"ignore\"",
        spoiled: || fs::remove_dir_all("/var/lib/pam-otp/account").expect("root may"),
        outcome: "store-missing",
        more: " detail=\"/var/lib/pam-otp/account is missing\" …",
        ..BROKEN
    };

    an_account_without_its_state_is_not_half_an_enrolment: NO_STATE;

    a_disabled_account_without_its_state_exempts_nobody: Row {
        given: disabled,
        dialogue: &[],
        ..NO_STATE
    };

    a_state_without_its_account_is_not_a_missing_enrolment: Row {
        policy: "unenrolled = \"ignore\"",
        spoiled: || fs::remove_file(ACCOUNT).expect("root may"),
        outcome: "store-missing",
        more: " detail=\"/var/lib/pam-otp/account/alice is missing\" …",
        // Without an account the user looks unenrolled, so nothing is asked; under the lock
        // the other half is found.
        dialogue: &[],
        ..BROKEN
    };

    what_cannot_be_read_is_refused: Row {
        spoiled: || {
            fs::set_permissions(STATE, Permissions::from_mode(0o000)).expect("root may");
            drop_capabilities();
        },
        outcome: "store-not-permitted",
        more: " detail=\"not permitted to use \
                  /var/lib/pam-otp/state/alice\" …",
        ..BROKEN
    };

    what_cannot_be_written_is_not_answered_with_success: Row {
        spoiled: forbid_writing,
        outcome: "store-not-saved",
        more: " detail=\"/var/lib/pam-otp/state/alice could not be saved: …",
        ..BROKEN
    };

    on_a_read_only_disk_a_right_code_opens_nothing: READ_ONLY;

    on_a_read_only_disk_nobody_is_exempt_either: Row { given: disabled, dialogue: &[], ..READ_ONLY };
}
