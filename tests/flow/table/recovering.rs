//! Recovery codes: in place of a code, each once.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{NOW, activated, failed};
use otp_core::{Account, RecoveryCode, RecoverySet, RecoverySetId, RecoveryState, State, UnixTime};
use pam_otp::Level;

/// The codes of 16 bytes 7, 8 and 9, computed by another program.
const FRESH: &str = "0W3G-E1R7-0W3G-E1R7-0W3G-E1R7-0ZEK";
const USED: &str = "1040-G208-1040-G208-1040-G208-11GY";
const UNKNOWN: &str = "144G-J289-144G-J289-144G-J289-14FN";

const SET: RecoverySetId = RecoverySetId([4; 8]);

fn with_codes(account: &mut Account, state: &mut State) {
    activated(account, state);
    let codes = [7, 8].map(|byte| RecoveryCode::from_random([byte; 16]));
    account.recovery = Some(RecoverySet {
        id: SET,
        hashes: codes.iter().map(RecoveryCode::hash).collect(),
    });
    state.recovery = Some(RecoveryState {
        set: SET,
        used: 0b10,
        last_used: None,
    });
}

/// A crash in the middle of `otpctl recovery new`: the state has the new set, the account not.
fn half_replaced(account: &mut Account, state: &mut State) {
    with_codes(account, state);
    state.recovery = Some(RecoveryState {
        set: RecoverySetId([5; 8]),
        used: 0,
        last_used: None,
    });
}

const ACCEPTED: Row = Row {
    given: with_codes,
    dialogue: &[(CODE_PROMPT, Ok(FRESH))],
    code: "PAM_SUCCESS",
    level: Level::Notice,
    outcome: "recovery-code-accepted",
    more: " recovery_codes_left=0",
    then: Some(|state| {
        state.recovery = Some(RecoveryState {
            set: SET,
            used: 0b11,
            last_used: Some(UnixTime(NOW)),
        })
    }),
    ..ORDINARY
};

const REFUSED: Row = Row {
    dialogue: &[(CODE_PROMPT, Ok(USED))],
    code: "PAM_AUTH_ERR",
    outcome: "recovery-code-used",
    more: "",
    then: Some(|state| failed(state, 1)),
    ..ACCEPTED
};

rows! {
    a_recovery_code_lets_in_and_is_used_up: ACCEPTED;

    it_may_be_typed_small_without_hyphens_and_with_look_alikes: Row {
        dialogue: &[(CODE_PROMPT, Ok("ow3ge1r7 ow3geir7 0w3gelr7 0zek"))],
        ..ACCEPTED
    };

    a_used_one_is_charged: REFUSED;

    one_that_was_never_given_out_is_charged: Row {
        dialogue: &[(CODE_PROMPT, Ok(UNKNOWN))],
        outcome: "no-match",
        ..REFUSED
    };

    a_mistyped_one_is_not_charged: Row {
        dialogue: &[(CODE_PROMPT, Ok("0W3G-E1R7-0W3G-E1R7-0W3G-E1R7-0ZEM"))],
        outcome: "malformed",
        then: Some(|_| {}),
        ..REFUSED
    };

    on_an_account_without_any_it_is_no_answer: Row {
        given: activated,
        dialogue: &[(CODE_PROMPT, Ok(FRESH))],
        outcome: "malformed",
        then: Some(|_| {}),
        ..REFUSED
    };

    after_a_crash_while_they_were_replaced_the_old_ones_are_dead: Row {
        given: half_replaced,
        dialogue: &[(CODE_PROMPT, Ok(FRESH))],
        ..REFUSED
    };

    beside_a_wrong_password_it_is_not_used_up: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("looking glass")), (CODE_PROMPT, Ok(FRESH))],
        outcome: "wrong-password",
        then: Some(|_| {}),
        ..REFUSED
    };

    it_can_be_the_tail_of_an_answer_for_both: Row {
        words: &["password=combined"],
        dialogue: &[("Password and code: ", Ok("wonderland0w3g-e1r7-0w3g-e1r7-0w3g-e1r7-0zek"))],
        passed_on: Some("wonderland"),
        ..ACCEPTED
    };

    without_its_hyphens_too: Row {
        words: &["password=combined"],
        dialogue: &[("Password and code: ", Ok("wonderland0W3GE1R70W3GE1R70W3GE1R70ZEK"))],
        passed_on: Some("wonderland"),
        ..ACCEPTED
    };

    a_used_tail_hands_the_same_password_on: Row {
        words: &["password=combined"],
        dialogue: &[("Password and code: ", Ok("wonderland1040-G208-1040-G208-1040-G208-11GY"))],
        passed_on: Some("wonderland"),
        ..REFUSED
    };
}
