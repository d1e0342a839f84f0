//! Files that are not as they must be. Nobody gets in, nothing is changed, and the log says
//! what to do; the person is asked the same question as ever.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{ACCOUNT, CODE, STATE, STORE, disabled, pending};
use pam_otp::Level;
use pam_otp_tests::{give_away, put};
use std::fs;
use std::os::unix::fs::symlink;

pub(crate) const BROKEN: Row = Row {
    code: "PAM_AUTHINFO_UNAVAIL",
    level: Level::Alert,
    then: None,
    ..ORDINARY
};

const DAMAGED: Row = Row {
    outcome: "store-damaged",
    more: " detail=\"/var/lib/pam-otp/state/alice is damaged: …",
    ..BROKEN
};
const DAMAGED_ACCOUNT: Row = Row {
    outcome: "store-damaged",
    more: " detail=\"/var/lib/pam-otp/account/alice is damaged: …",
    ..BROKEN
};
const MISMATCH: Row = Row {
    spoiled: || edit_account("abababab", "abababac"),
    outcome: "store-mismatch",
    more: " detail=\"/var/lib/pam-otp/state/alice belongs to another \
              enrolment than the account (restored from a backup?)\" …",
    ..BROKEN
};

/// Replaces words of the account file, which then looks as if somebody had edited it.
fn edit_account(old: &str, new: &str) {
    let text = fs::read_to_string(ACCOUNT).expect("alice is enrolled");
    assert!(text.contains(old), "{old}");
    put(ACCOUNT, text.replace(old, new).as_bytes(), 0o600);
}

rows! {
    a_state_without_a_whole_record_is_damaged: Row {
        spoiled: || put(STATE, &[0; 8192], 0o600),
        ..DAMAGED
    };

    a_state_of_another_size_is_damaged: Row {
        spoiled: || put(STATE, b"", 0o600),
        ..DAMAGED
    };

    an_account_with_an_unknown_key_is_damaged: Row {
        spoiled: || edit_account("digits = 8", "digits = 8\nsurprise = true"),
        ..DAMAGED_ACCOUNT
    };

    an_account_of_a_later_format_is_not_guessed_at: Row {
        spoiled: || edit_account("format = 1", "format = 2"),
        ..DAMAGED_ACCOUNT
    };

    /// The line at fault holds the secret; the log must not.
    an_account_with_a_damaged_secret_is_refused_without_repeating_it: Row {
        spoiled: || edit_account("secret = \"base32:", "secret = base32:"),
        ..DAMAGED_ACCOUNT
    };

    an_account_that_says_disabled_but_is_damaged_exempts_nobody: Row {
        given: disabled,
        spoiled: || edit_account("digits = 8", "digits = 88"),
        ..DAMAGED_ACCOUNT
    };

    an_account_restored_without_its_state_is_a_mismatch: MISMATCH;

    a_mismatch_is_no_grace_either: Row {
        given: pending,
        dialogue: &[(CODE_PROMPT, Ok(""))],
        ..MISMATCH
    };

    a_user_made_anew_does_not_inherit_the_account: Row {
        given: |account, _| account.uid = 1007,
        outcome: "store-other-user",
        more: " detail=\"/var/lib/pam-otp/account/alice was enrolled for \
                  user number 1007, but the user is number 1000 today\" …",
        ..BROKEN
    };

    a_state_that_others_can_read_is_not_believed: Row {
        spoiled: || put(STATE, &fs::read(STATE).expect("enrolled"), 0o640),
        outcome: "store-open-to-others",
        more: " detail=\"/var/lib/pam-otp/state/alice is open to \
                  others than root (mode 0640)\" …",
        ..BROKEN
    };

    an_account_that_others_can_read_is_not_believed: Row {
        spoiled: || put(ACCOUNT, &fs::read(ACCOUNT).expect("enrolled"), 0o604),
        outcome: "store-open-to-others",
        more: " detail=\"/var/lib/pam-otp/account/alice …",
        ..BROKEN
    };

    an_account_of_somebody_else_is_not_believed: Row {
        spoiled: || give_away(ACCOUNT),
        outcome: "store-not-root-owned",
        more: " detail=\"/var/lib/pam-otp/account/alice belongs to user …",
        ..BROKEN
    };

    a_symbolic_link_is_not_followed: Row {
        spoiled: || {
            fs::rename(STATE, "/root/elsewhere").expect("root may");
            symlink("/root/elsewhere", STATE).expect("root may");
        },
        outcome: "store-not-a-plain-file",
        more: " detail=\"/var/lib/pam-otp/state/alice is a symbolic \
                  link\" …",
        ..BROKEN
    };

    a_folder_that_is_a_symbolic_link_is_not_followed: Row {
        spoiled: || {
            fs::rename(STORE, "/var/lib/elsewhere").expect("root may");
            symlink("/var/lib/elsewhere", STORE).expect("root may");
        },
        outcome: "store-not-a-plain-file",
        more: " detail=\"/var/lib/pam-otp is …",
        ..BROKEN
    };

    a_file_with_a_second_name_is_not_believed: Row {
        spoiled: || fs::hard_link(ACCOUNT, "/var/lib/second").expect("root may"),
        outcome: "store-not-a-plain-file",
        more: " detail=\"/var/lib/pam-otp/account/alice is a file \
                  with a second name (hard link)\" …",
        ..BROKEN
    };

    with_broken_files_password_and_code_are_asked_all_the_same: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wunderland")), (CODE_PROMPT, Ok(CODE))],
        ..MISMATCH
    };
}
