//! Accounts that have not shown their first right code yet.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{CODE, DAY, NOW, STEP, WRONG_CODE, failed, pending};
use otp_core::{Account, MovingFactor, State, UnixTime};
use pam_otp::Level;

const PENDING: Row = Row {
    given: pending,
    dialogue: &[(CODE_PROMPT, Ok(""))],
    code: "PAM_SUCCESS",
    level: Level::Information,
    outcome: "pending",
    then: Some(|state| state.pending_logins += 1),
    ..ORDINARY
};

const ACTIVATED: Row = Row {
    dialogue: &[(CODE_PROMPT, Ok(CODE))],
    outcome: "activated",
    authenticator: "\"phone\"",
    then: Some(|state| {
        state.authenticators[0].activated = true;
        state.authenticators[0].last_accepted = Some(MovingFactor(STEP));
        state.authenticators[0].last_used = Some(UnixTime(NOW));
    }),
    ..PENDING
};

const EXPIRED: Row = Row {
    code: "PAM_AUTH_ERR",
    level: Level::Notice,
    outcome: "grace-expired",
    more: r#" remedy="No right code came in time. Begin again with a new secret: otpctl reset USER""#,
    then: Some(|_| {}),
    ..PENDING
};

/// Fourteen days and a second: the default grace is over.
fn too_old(account: &mut Account, _: &mut State) {
    account.enrolled_at = UnixTime(NOW - 14 * DAY - 1);
}

/// As many logins without a code as `TWO_LOGINS` allows.
fn two_without_code(_: &mut Account, state: &mut State) {
    state.pending_logins = 2;
}

const TWO_LOGINS: &str = "[pending]\ngrace_logins = 2";

rows! {
    enter_goes_on_without_a_code_while_the_grace_lasts: PENDING;

    the_last_second_of_the_fourteenth_day_is_still_grace: Row {
        given: |account, _| account.enrolled_at = UnixTime(NOW - 14 * DAY),
        ..PENDING
    };

    the_second_of_two_logins_without_a_code_is_still_grace: Row {
        policy: TWO_LOGINS,
        given: |_, state| state.pending_logins = 1,
        ..PENDING
    };

    with_the_right_password_enter_goes_on_as_well: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(""))],
        ..PENDING
    };

    the_first_right_code_activates: ACTIVATED;

    with_the_right_password_the_first_right_code_activates: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..ACTIVATED
    };

    after_the_last_login_without_a_code_a_right_code_still_activates: Row {
        policy: TWO_LOGINS,
        given: two_without_code,
        ..ACTIVATED
    };

    after_fourteen_days_enter_is_refused: Row { given: too_old, ..EXPIRED };

    after_fourteen_days_even_a_right_code_is_refused: Row {
        given: too_old,
        dialogue: &[(CODE_PROMPT, Ok(CODE))],
        ..EXPIRED
    };

    after_the_last_login_without_a_code_enter_is_refused: Row {
        policy: TWO_LOGINS,
        given: two_without_code,
        ..EXPIRED
    };

    with_the_wrong_password_enter_is_refused_and_takes_nothing_from_the_grace: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wunderland")), (CODE_PROMPT, Ok(""))],
        outcome: "wrong-password",
        more: "",
        ..EXPIRED
    };

    a_wrong_code_is_refused_and_charged_also_within_the_grace: Row {
        dialogue: &[(CODE_PROMPT, Ok(WRONG_CODE))],
        outcome: "no-match",
        more: "",
        then: Some(|state| failed(state, 1)),
        ..EXPIRED
    };
}
