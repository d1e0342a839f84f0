//! A PIN in front of the code: both are checked together, and one answer is given for both.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{NOW, STEP, activated, failed, pending};
use otp_core::{Account, MovingFactor, Pin, PinCost, State, TokenIdentifier, UnixTime};
use pam_otp::Level;

fn with_pin(account: &mut Account, state: &mut State) {
    activated(account, state);
    let cheap = PinCost {
        memory_kibibytes: 8,
        passes: 1,
    };
    account.pin = Some(Pin::new(b"2580", [5; 16], cheap).expect("four digits"));
}

fn pending_with_pin(account: &mut Account, state: &mut State) {
    with_pin(account, state);
    pending(account, state);
    state.authenticators[0].activated = false;
}

fn with_token_identifier(account: &mut Account, state: &mut State) {
    with_pin(account, state);
    let mut authenticators = account.authenticators.to_vec();
    authenticators[0].token_identifier = TokenIdentifier::parse("ubhe00000001").ok();
    account.authenticators = otp_core::Authenticators::new(authenticators).expect("one");
}

fn used(state: &mut State) {
    state.authenticators[0].activated = true;
    state.authenticators[0].last_accepted = Some(MovingFactor(STEP));
    state.authenticators[0].last_used = Some(UnixTime(NOW));
}

const ACCEPTED: Row = Row {
    given: with_pin,
    dialogue: &[(CODE_PROMPT, Ok("2580 1405 0471"))],
    code: "PAM_SUCCESS",
    level: Level::Information,
    outcome: "accepted",
    authenticator: "\"phone\"",
    then: Some(used),
    ..ORDINARY
};

const WRONG_PIN: Row = Row {
    dialogue: &[(CODE_PROMPT, Ok("2581 1405 0471"))],
    code: "PAM_AUTH_ERR",
    level: Level::Notice,
    outcome: "wrong-pin",
    then: Some(|state| failed(state, 1)),
    ..ACCEPTED
};

const MALFORMED: Row = Row {
    outcome: "malformed",
    authenticator: "-",
    then: Some(|_| {}),
    ..WRONG_PIN
};

rows! {
    pin_and_code_together_are_accepted: ACCEPTED;

    a_wrong_pin_is_charged_and_the_code_is_not_used_up: WRONG_PIN;

    a_right_pin_and_a_wrong_code_are_charged_just_so: Row {
        dialogue: &[(CODE_PROMPT, Ok("2580 1111 1111"))],
        outcome: "no-match",
        authenticator: "-",
        ..WRONG_PIN
    };

    both_wrong_are_charged_just_so: Row {
        dialogue: &[(CODE_PROMPT, Ok("2581 1111 1111"))],
        outcome: "no-match",
        authenticator: "-",
        ..WRONG_PIN
    };

    /// As long as no code is: nothing was guessed.
    a_code_without_its_pin_is_no_answer_of_this_account: Row {
        dialogue: &[(CODE_PROMPT, Ok("1405 0471"))],
        ..MALFORMED
    };

    a_pin_without_a_code_is_no_answer_of_this_account: Row {
        dialogue: &[(CODE_PROMPT, Ok("2580"))],
        ..MALFORMED
    };

    /// Someone used to a PIN types one where none is wanted.
    a_pin_on_an_account_without_one_is_no_answer_of_it: Row {
        given: activated,
        dialogue: &[(CODE_PROMPT, Ok("2580 1405 0471"))],
        ..MALFORMED
    };

    beside_a_wrong_password_nothing_is_charged_and_the_password_is_named: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("looking glass")), (CODE_PROMPT, Ok("2580 1405 0471"))],
        outcome: "wrong-password",
        ..MALFORMED
    };

    password_pin_and_code_in_one_answer: Row {
        words: &["password=combined"],
        dialogue: &[("Password and code: ", Ok("wonderland258014050471"))],
        passed_on: Some("wonderland"),
        ..ACCEPTED
    };

    after_a_wrong_pin_the_same_password_is_handed_on: Row {
        words: &["password=combined"],
        dialogue: &[("Password and code: ", Ok("wonderland258114050471"))],
        passed_on: Some("wonderland"),
        ..WRONG_PIN
    };

    while_pending_the_first_code_needs_the_pin_too: Row {
        given: pending_with_pin,
        outcome: "activated",
        ..ACCEPTED
    };

    what_a_token_types_by_itself_stands_between_pin_and_code: Row {
        given: with_token_identifier,
        dialogue: &[(CODE_PROMPT, Ok("2580ubhe0000000114050471"))],
        ..ACCEPTED
    };

    what_another_token_types_is_no_answer_of_this_account: Row {
        given: with_token_identifier,
        dialogue: &[(CODE_PROMPT, Ok("2580ubhe0000000214050471"))],
        ..MALFORMED
    };

    after_a_token_s_answer_for_both_the_password_alone_is_handed_on: Row {
        given: with_token_identifier,
        words: &["password=combined"],
        dialogue: &[("Password and code: ", Ok("wonderland2580ubhe0000000114050471"))],
        passed_on: Some("wonderland"),
        ..ACCEPTED
    };
}
