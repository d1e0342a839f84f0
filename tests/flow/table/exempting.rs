//! Logins of whom the administrator wants no code. With `password = stack` the module has
//! no opinion; with `password = verify` it has checked the password, and says so.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{CODE, disabled, failed};
use pam_otp::Level;

const DISABLED: Row = Row {
    given: disabled,
    dialogue: &[],
    code: "PAM_IGNORE",
    level: Level::Information,
    outcome: "disabled",
    ..ORDINARY
};

const IGNORED: Row = Row {
    policy: "unenrolled = \"ignore\"",
    user: Ok(Some("bob")),
    dialogue: &[],
    code: "PAM_IGNORE",
    level: Level::Information,
    who: r#"user="bob" service="sshd" rhost="192.0.2.7" tty="ssh""#,
    outcome: "not-enrolled-ignored",
    then: None,
    ..ORDINARY
};

/// Where the password is ours to check, a wrong one is a refusal like any other.
const WRONG_PASSWORD: Row = Row {
    code: "PAM_AUTH_ERR",
    level: Level::Notice,
    outcome: "wrong-password",
    words: VERIFY,
    ..IGNORED
};

rows! {
    a_disabled_account_is_not_asked_and_left_to_the_other_modules: DISABLED;

    a_disabled_account_is_exempt_also_after_a_hundred_failures: Row {
        given: |account, state| {
            disabled(account, state);
            failed(state, 100);
        },
        ..DISABLED
    };

    a_disabled_account_with_the_right_password_needs_no_code: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(""))],
        code: "PAM_SUCCESS",
        ..DISABLED
    };

    a_disabled_account_with_the_right_password_spends_no_code: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        code: "PAM_SUCCESS",
        ..DISABLED
    };

    a_disabled_account_with_a_wrong_password_is_refused_even_with_a_right_code: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wunderland")), (CODE_PROMPT, Ok(CODE))],
        code: "PAM_AUTH_ERR",
        level: Level::Notice,
        outcome: "wrong-password",
        ..DISABLED
    };

    while_a_roll_out_lasts_users_without_account_are_not_asked: IGNORED;

    while_a_roll_out_lasts_the_right_password_suffices: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("builder")), (CODE_PROMPT, Ok(""))],
        code: "PAM_SUCCESS",
        ..IGNORED
    };

    while_a_roll_out_lasts_a_wrong_password_is_still_wrong: Row {
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(""))],
        ..WRONG_PASSWORD
    };
}
