//! Attempts that are decided, and refused.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, UNKNOWN, VERIFY, rows};
use super::scene::{CODE, CODE_BEFORE, NOW, STEP, WRONG_CODE, activated, failed};
use otp_core::{Account, MovingFactor, State, UnixTime};

/// Of all refusals only these two are charged to the account.
const NO_MATCH: Row = Row {
    dialogue: &[(CODE_PROMPT, Ok(WRONG_CODE))],
    outcome: "no-match",
    then: Some(|state| failed(state, 1)),
    ..ORDINARY
};
const REPLAY: Row = Row {
    given: used,
    outcome: "replay",
    authenticator: "\"phone\"",
    then: Some(|state| failed(state, 1)),
    ..ORDINARY
};

const MALFORMED: Row = Row {
    outcome: "malformed",
    ..ORDINARY
};
const WRONG_PASSWORD: Row = Row {
    words: VERIFY,
    outcome: "wrong-password",
    ..ORDINARY
};
const BOB: Row = Row {
    user: Ok(Some("bob")),
    who: r#"user="bob" service="sshd" rhost="192.0.2.7" tty="ssh""#,
    outcome: "not-enrolled",
    then: None,
    ..ORDINARY
};
const STRANGER: Row = Row {
    user: Ok(Some("hunter2")),
    who: UNKNOWN,
    outcome: "unknown-user",
    then: None,
    ..ORDINARY
};

/// The code of this step has just been used.
fn used(account: &mut Account, state: &mut State) {
    activated(account, state);
    state.authenticators[0].last_accepted = Some(MovingFactor(STEP));
}

rows! {
    a_wrong_code_is_charged: NO_MATCH;

    with_the_right_password_a_wrong_code_is_charged: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(WRONG_CODE))],
        ..NO_MATCH
    };

    /// Right ten steps ago: the administrator reads that a clock is off, the person nothing.
    a_code_of_five_minutes_ago_is_wrong_and_the_log_says_how_old_it_is: Row {
        at: NOW + 300,
        dialogue: &[(CODE_PROMPT, Ok(CODE))],
        more: r#" clock_off_steps=-10 detail="the device's clock is 10 steps off, behind the host's""#,
        then: Some(|state| {
            failed(state, 1);
            state.last_failure = Some(UnixTime(NOW + 300));
        }),
        ..NO_MATCH
    };

    two_steps_are_the_least_that_a_clock_is_said_to_be_off: Row {
        at: NOW - 60,
        dialogue: &[(CODE_PROMPT, Ok(CODE))],
        more: r#" clock_off_steps=+2 detail="the device's clock is 2 steps off, ahead of the host's""#,
        then: Some(|state| {
            failed(state, 1);
            state.last_failure = Some(UnixTime(NOW - 60));
        }),
        ..NO_MATCH
    };

    a_hundred_and_twenty_steps_are_the_most: Row {
        at: NOW + 120 * 30,
        dialogue: &[(CODE_PROMPT, Ok(CODE))],
        more: r#" clock_off_steps=-120 detail="the device's clock is 120 steps off, behind the host's""#,
        then: Some(|state| {
            failed(state, 1);
            state.last_failure = Some(UnixTime(NOW + 120 * 30));
        }),
        ..NO_MATCH
    };

    a_code_of_more_than_an_hour_ago_is_just_wrong: Row {
        at: NOW + 121 * 30,
        dialogue: &[(CODE_PROMPT, Ok(CODE))],
        then: Some(|state| {
            failed(state, 1);
            state.last_failure = Some(UnixTime(NOW + 121 * 30));
        }),
        ..NO_MATCH
    };

    beside_a_wrong_password_the_log_does_not_tell_that_the_code_was_right: Row {
        at: NOW + 300,
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wunderland")), (CODE_PROMPT, Ok(CODE))],
        outcome: "wrong-password",
        ..ORDINARY
    };

    a_used_code_is_a_replay: REPLAY;

    an_unused_code_is_a_replay_after_a_newer_one: Row {
        dialogue: &[(CODE_PROMPT, Ok(CODE_BEFORE))],
        ..REPLAY
    };

    a_wrong_password_is_not_charged_and_does_not_spend_the_right_code: Row {
        dialogue: &[(PASSWORD, Ok("wunderland")), (CODE_PROMPT, Ok(CODE))],
        ..WRONG_PASSWORD
    };

    a_wrong_code_beside_a_wrong_password_is_not_charged: Row {
        dialogue: &[(PASSWORD, Ok("wunderland")), (CODE_PROMPT, Ok(WRONG_CODE))],
        ..WRONG_PASSWORD
    };

    an_empty_password_is_a_wrong_one: Row {
        dialogue: &[(PASSWORD, Ok("")), (CODE_PROMPT, Ok(CODE))],
        ..WRONG_PASSWORD
    };

    a_password_at_the_code_prompt_is_refused_but_not_charged: Row {
        dialogue: &[(CODE_PROMPT, Ok("wonderland"))],
        ..MALFORMED
    };

    enter_is_refused_but_not_charged_once_the_account_is_activated: Row {
        dialogue: &[(CODE_PROMPT, Ok(""))],
        ..MALFORMED
    };

    fewer_digits_than_the_authenticator_shows_are_not_charged: Row {
        dialogue: &[(CODE_PROMPT, Ok("140504"))],
        ..MALFORMED
    };

    more_digits_than_any_code_has_are_not_charged: Row {
        dialogue: &[(CODE_PROMPT, Ok("140504711"))],
        ..MALFORMED
    };

    somebody_without_an_account_is_refused: BOB;

    somebody_without_an_account_is_refused_also_with_the_right_password: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("builder")), (CODE_PROMPT, Ok(CODE))],
        ..BOB
    };

    a_user_whom_the_machine_does_not_know_is_refused_and_not_named: STRANGER;

    a_user_whom_the_machine_does_not_know_is_asked_for_password_and_code: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("builder")), (CODE_PROMPT, Ok(CODE))],
        ..STRANGER
    };

    a_user_whom_the_machine_does_not_know_is_never_exempt: Row {
        policy: "unenrolled = \"ignore\"",
        // As little as somebody known without an account.
        dialogue: &[],
        ..STRANGER
    };

    no_name_at_all_is_an_unknown_user: Row { user: Ok(None), ..STRANGER };
}
