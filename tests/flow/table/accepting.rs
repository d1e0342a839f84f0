//! Attempts that open the door with a code.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{CODE, CODE_BEFORE, NOW, STEP, activated, failed};
use otp_core::{MovingFactor, State, StepOffset, UnixTime};
use pam_otp::Level;

/// What a right code leaves behind: it is used up, and the failures are forgotten.
fn used(state: &mut State) {
    state.failures = 0;
    state.last_failure = None;
    state.authenticators[0].last_accepted = Some(MovingFactor(STEP));
    state.authenticators[0].last_used = Some(UnixTime(NOW));
}

const ACCEPTED: Row = Row {
    code: "PAM_SUCCESS",
    level: Level::Information,
    outcome: "accepted",
    authenticator: "\"phone\"",
    then: Some(used),
    ..ORDINARY
};

rows! {
    a_right_code_opens_the_door_and_is_used_up: ACCEPTED;

    a_right_code_forgets_the_failures_before_it: Row {
        given: |account, state| {
            activated(account, state);
            state.failures = 4;
            state.last_failure = Some(UnixTime(NOW));
        },
        ..ACCEPTED
    };

    after_the_wait_a_right_code_is_looked_at_again: Row {
        given: |account, state| {
            activated(account, state);
            failed(state, 5);
            state.last_failure = Some(UnixTime(NOW - 1));
        },
        ..ACCEPTED
    };

    the_code_of_the_step_before_is_accepted_and_the_drift_learned: Row {
        dialogue: &[(CODE_PROMPT, Ok(CODE_BEFORE))],
        then: Some(|state| {
            used(state);
            state.authenticators[0].last_accepted = Some(MovingFactor(STEP - 1));
            state.authenticators[0].drift = StepOffset(-1);
        }),
        ..ACCEPTED
    };

    a_code_may_be_typed_with_a_blank: Row {
        dialogue: &[(CODE_PROMPT, Ok("1405 0471"))],
        ..ACCEPTED
    };

    a_code_may_be_typed_with_a_hyphen: Row {
        dialogue: &[(CODE_PROMPT, Ok("1405-0471"))],
        ..ACCEPTED
    };

    password_and_code_are_both_asked_and_both_right: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..ACCEPTED
    };

    the_policy_can_ask_for_the_password_as_well: Row {
        policy: "password = \"verify\"",
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..ACCEPTED
    };

    the_word_in_pam_d_overrules_the_policy: Row {
        words: &["password=stack"],
        policy: "password = \"verify\"",
        ..ACCEPTED
    };

    a_service_can_be_asked_otherwise_than_the_others: Row {
        policy: "[service.sshd]\npassword = \"verify\"\n[service.sudo]\npassword = \"stack\"",
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..ACCEPTED
    };

    the_questions_are_those_of_the_policy: Row {
        policy: "code_prompt = \"Kód: \"\npassword_prompt = \"Heslo: \"",
        words: VERIFY,
        dialogue: &[("Heslo: ", Ok("wonderland")), ("Kód: ", Ok(CODE))],
        ..ACCEPTED
    };

    after_an_accepted_key_the_policy_can_ask_for_the_code_only: Row {
        policy: "password = \"verify\"\nskip_password_after_key = true",
        key: true,
        ..ACCEPTED
    };

    without_an_accepted_key_the_password_is_asked_all_the_same: Row {
        policy: "password = \"verify\"\nskip_password_after_key = true",
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..ACCEPTED
    };

    /// Only sshd says truthfully that there was a key.
    a_key_counts_for_sshd_only: Row {
        policy: "password = \"verify\"\nskip_password_after_key = true",
        key: true,
        items: [Some("sudo"), None, Some("/dev/pts/0")],
        who: r#"user="alice" service="sudo" rhost=- tty="/dev/pts/0""#,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..ACCEPTED
    };

    /// One account, however the directory lets alice be called.
    another_name_of_the_same_person_leads_to_the_same_account: Row {
        user: Ok(Some("ALICE@corp")),
        ..ACCEPTED
    };

    what_the_program_does_not_say_is_a_dash_in_the_log: Row {
        items: [None, None, None],
        who: r#"user="alice" service=- rhost=- tty=-"#,
        ..ACCEPTED
    };

    what_the_program_says_cannot_forge_the_log: Row {
        items: [Some("sshd\" user=\"root"), Some("a\nb"), Some("\u{1b}[2J\\")],
        who: r#"user="alice" service="sshd\" user=\"root" rhost="a\nb" tty="\u{1b}[2J\\""#,
        ..ACCEPTED
    };

    debugging_adds_one_line_and_changes_nothing: Row {
        words: &["debug", "password=verify"],
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..ACCEPTED
    };
}
