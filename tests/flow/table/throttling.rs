//! Waiting after failures: responses are not looked at, nothing is spent, nothing charged.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{CODE, NOW, WRONG_CODE, activated, failed};
use otp_core::UnixTime;

const FIFTH: Row = Row {
    given: |account, state| {
        activated(account, state);
        failed(state, 5);
    },
    outcome: "throttled",
    more: " wait_seconds=1",
    ..ORDINARY
};

const HUNDRED: Row = Row {
    given: |account, state| {
        activated(account, state);
        state.failures = 100;
        // The waiting is long over; this end is for an administrator.
        state.last_failure = Some(UnixTime(NOW - 1_000_000));
    },
    outcome: "too-many-failures",
    more: r#" remedy="Find out who guesses, then: otpctl unlock USER. Lost the device? otpctl reset USER""#,
    ..ORDINARY
};

rows! {
    the_fourth_failure_costs_no_waiting: Row {
        given: |account, state| {
            activated(account, state);
            failed(state, 4);
        },
        dialogue: &[(CODE_PROMPT, Ok(WRONG_CODE))],
        outcome: "no-match",
        then: Some(|state| failed(state, 5)),
        ..ORDINARY
    };

    after_the_fifth_failure_a_right_code_is_not_looked_at_for_a_second: FIFTH;

    a_wrong_code_during_the_wait_is_not_charged: Row {
        dialogue: &[(CODE_PROMPT, Ok(WRONG_CODE))],
        ..FIFTH
    };

    enter_during_the_wait_looks_the_same: Row { dialogue: &[(CODE_PROMPT, Ok(""))], ..FIFTH };

    the_wait_is_the_same_with_the_right_password: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..FIFTH
    };

    after_the_tenth_failure_the_wait_has_doubled_five_times: Row {
        given: |account, state| {
            activated(account, state);
            failed(state, 10);
        },
        outcome: "throttled",
        more: " wait_seconds=32",
        ..FIFTH
    };

    the_wait_never_grows_beyond_a_quarter_of_an_hour: Row {
        given: |account, state| {
            activated(account, state);
            failed(state, 99);
        },
        outcome: "throttled",
        more: " wait_seconds=900",
        ..FIFTH
    };

    /// A clock that was wrong for a year must not lock anybody out for a year.
    a_clock_set_back_restarts_the_wait: Row {
        given: |account, state| {
            activated(account, state);
            failed(state, 10);
            state.last_failure = Some(UnixTime(NOW + 31_536_000));
        },
        outcome: "throttled",
        more: " wait_seconds=32",
        then: Some(|state| state.last_failure = Some(UnixTime(NOW))),
        ..FIFTH
    };

    the_policy_can_ask_for_ten_failures_and_half_an_hour: Row {
        policy: "[throttle]\nfree_failures = 9\nfirst_wait_seconds = 1800\n\
                 longest_wait_seconds = 1800",
        given: |account, state| {
            activated(account, state);
            failed(state, 10);
        },
        outcome: "throttled",
        more: " wait_seconds=1800",
        ..FIFTH
    };

    after_a_hundred_failures_a_right_code_opens_no_more: HUNDRED;

    after_a_hundred_failures_nothing_more_is_charged: Row {
        dialogue: &[(CODE_PROMPT, Ok(WRONG_CODE))],
        ..HUNDRED
    };
}
