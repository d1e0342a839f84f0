//! Password and code in one answer. The code is the tail; what is before it goes on to the
//! module below, which finds out whether it is the password.

use super::row::{ORDINARY, Row, rows};
use super::scene::{NOW, STEP, failed, pending};
use otp_core::{MovingFactor, State, UnixTime};
use pam_otp::{ConversationError, Level};

const BOTH: &str = "Password and code: ";

fn used(state: &mut State) {
    state.authenticators[0].activated = true;
    state.authenticators[0].last_accepted = Some(MovingFactor(STEP));
    state.authenticators[0].last_used = Some(UnixTime(NOW));
}

const COMBINED: Row = Row {
    words: &["password=combined"],
    dialogue: &[(BOTH, Ok("wonderland14050471"))],
    code: "PAM_SUCCESS",
    level: Level::Information,
    outcome: "accepted",
    authenticator: "\"phone\"",
    passed_on: Some("wonderland"),
    then: Some(used),
    ..ORDINARY
};

const PENDING: Row = Row {
    given: pending,
    dialogue: &[(BOTH, Ok("wonderland"))],
    outcome: "pending",
    authenticator: "-",
    // Whose password it is has not been found out yet: no stranger uses up the grace.
    then: Some(|_| {}),
    ..COMBINED
};

const REFUSED: Row = Row {
    code: "PAM_AUTH_ERR",
    level: Level::Notice,
    outcome: "no-match",
    authenticator: "-",
    ..COMBINED
};

rows! {
    the_tail_is_the_code_and_the_rest_goes_on_as_the_password: COMBINED;

    a_password_that_ends_in_digits_keeps_them: Row {
        dialogue: &[(BOTH, Ok("wonderland200514050471"))],
        passed_on: Some("wonderland2005"),
        ..COMBINED
    };

    a_code_without_a_password_is_handed_on_as_an_empty_one: Row {
        dialogue: &[(BOTH, Ok("14050471"))],
        passed_on: Some(""),
        ..COMBINED
    };

    on_a_pending_account_the_password_alone_goes_on_whole: PENDING;

    on_a_pending_account_a_password_that_ends_in_digits_is_no_guess: Row {
        dialogue: &[(BOTH, Ok("wonderland12345678"))],
        passed_on: Some("wonderland12345678"),
        ..PENDING
    };

    on_a_pending_account_without_a_login_left_each_answer_is_a_guess_and_charged: Row {
        policy: "[pending]\ngrace_logins = 0",
        dialogue: &[(BOTH, Ok("wonderland12345678"))],
        code: "PAM_AUTH_ERR",
        level: Level::Notice,
        outcome: "grace-expired",
        more: r#" remedy="No right code came in time. Begin again with a new secret: otpctl reset USER""#,
        passed_on: Some("wonderland"),
        then: Some(|state| failed(state, 1)),
        ..PENDING
    };

    on_a_pending_account_without_a_login_left_a_right_tail_still_activates: Row {
        policy: "[pending]\ngrace_logins = 0",
        dialogue: &[(BOTH, Ok("wonderland14050471"))],
        outcome: "activated",
        authenticator: "\"phone\"",
        then: Some(used),
        ..PENDING
    };

    on_a_pending_account_a_right_tail_activates: Row {
        dialogue: &[(BOTH, Ok("wonderland14050471"))],
        outcome: "activated",
        authenticator: "\"phone\"",
        then: Some(used),
        ..PENDING
    };

    /// No third factor can be won here: what the module below says is asked of it too late.
    a_wrong_tail_is_charged_and_something_is_handed_on_all_the_same: Row {
        dialogue: &[(BOTH, Ok("wonderland12345678"))],
        passed_on: Some("wonderland"),
        then: Some(|state| failed(state, 1)),
        ..REFUSED
    };

    a_password_without_a_code_is_not_charged: Row {
        dialogue: &[(BOTH, Ok("wonderland"))],
        outcome: "malformed",
        passed_on: Some("wond"),
        then: Some(|_| {}),
        ..REFUSED
    };

    whoever_does_not_answer_hands_nothing_on: Row {
        dialogue: &[(BOTH, Err(ConversationError::NoAnswer))],
        code: "PAM_CONV_ERR",
        outcome: "conversation-failed",
        more: " detail=\"the program brought no answer\"",
        passed_on: None,
        then: None,
        ..REFUSED
    };
}
