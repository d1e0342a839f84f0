//! Bypass codes: the administrator's word for a while, in place of a code.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{DAY, NOW, activated, failed, pending};
use otp_core::{Account, Bypass, BypassId, BypassState, RecoveryCode, State, UnixTime};
use pam_otp::Level;

/// The codes of 16 bytes 7 and 9, computed by another program.
const CODE: &str = "0W3G-E1R7-0W3G-E1R7-0W3G-E1R7-0ZEK";
const UNKNOWN: &str = "144G-J289-144G-J289-144G-J289-14FN";

const ID: BypassId = BypassId([4; 8]);

/// Good for three logins, used once, an hour old, for another seven.
fn with_bypass(account: &mut Account, state: &mut State) {
    activated(account, state);
    account.bypass = Some(Bypass {
        id: ID,
        hash: RecoveryCode::from_random([7; 16]).hash(),
        created_at: UnixTime(NOW - 3600),
        expires_at: UnixTime(NOW + 7 * 3600),
        uses: 3,
    });
    used(state, 1);
}

fn used(state: &mut State, used: u16) {
    state.bypass = Some(BypassState { id: ID, used });
}

fn used_up(account: &mut Account, state: &mut State) {
    with_bypass(account, state);
    used(state, 3);
}

fn after_failures(account: &mut Account, state: &mut State) {
    with_bypass(account, state);
    state.failures = 3;
    state.last_failure = Some(UnixTime(NOW - 60));
}

fn on_a_pending_account(account: &mut Account, state: &mut State) {
    with_bypass(account, state);
    pending(account, state);
    state.authenticators[0].activated = false;
}

/// A crash in the middle of `otpctl bypass`: the state has the new code, the account not.
fn half_replaced(account: &mut Account, state: &mut State) {
    with_bypass(account, state);
    state.bypass = Some(BypassState {
        id: BypassId([5; 8]),
        used: 0,
    });
}

const ACCEPTED: Row = Row {
    given: with_bypass,
    dialogue: &[(CODE_PROMPT, Ok(CODE))],
    code: "PAM_SUCCESS",
    level: Level::Notice,
    outcome: "bypass-code-accepted",
    more: " bypass_uses_left=1",
    then: Some(|state| used(state, 2)),
    ..ORDINARY
};

const OVER: Row = Row {
    given: used_up,
    code: "PAM_AUTH_ERR",
    outcome: "bypass-code-over",
    more: "",
    then: Some(|state| failed(state, 1)),
    ..ACCEPTED
};

rows! {
    a_bypass_code_lets_in_as_often_as_was_said: ACCEPTED;

    one_that_is_used_up_is_charged: OVER;

    one_whose_time_is_over_is_charged: Row {
        given: with_bypass,
        at: NOW + 7 * 3600,
        then: Some(|state| {
            state.failures = 1;
            state.last_failure = Some(UnixTime(NOW + 7 * 3600));
        }),
        ..OVER
    };

    with_the_clock_set_back_it_is_not_good_again: Row {
        given: with_bypass,
        at: NOW - DAY / 2,
        then: Some(|state| {
            state.failures = 1;
            state.last_failure = Some(UnixTime(NOW - DAY / 2));
        }),
        ..OVER
    };

    it_ends_a_row_of_failures: Row {
        given: after_failures,
        then: Some(|state| {
            used(state, 2);
            state.failures = 0;
            state.last_failure = None;
        }),
        ..ACCEPTED
    };

    it_does_not_activate: Row {
        given: on_a_pending_account,
        ..ACCEPTED
    };

    after_a_crash_while_it_was_replaced_the_old_one_is_dead: Row {
        given: half_replaced,
        ..OVER
    };

    another_code_is_wrong: Row {
        given: with_bypass,
        dialogue: &[(CODE_PROMPT, Ok(UNKNOWN))],
        outcome: "no-match",
        ..OVER
    };

    beside_a_wrong_password_it_is_not_used_up: Row {
        given: with_bypass,
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("looking glass")), (CODE_PROMPT, Ok(CODE))],
        outcome: "wrong-password",
        then: Some(|_| {}),
        ..OVER
    };

    it_can_be_the_tail_of_an_answer_for_both: Row {
        words: &["password=combined"],
        dialogue: &[("Password and code: ", Ok("wonderland0w3g-e1r7-0w3g-e1r7-0w3g-e1r7-0zek"))],
        passed_on: Some("wonderland"),
        ..ACCEPTED
    };
}
