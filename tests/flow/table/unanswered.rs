//! Attempts that broke off: somebody did not answer, or the shadow database did not.

use super::row::{CODE_PROMPT, NOBODY, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{CODE, pending};
use pam_otp::{ConversationError, Level, ShadowError};

const UNASKED: Row = Row {
    code: "PAM_CONV_ERR",
    level: Level::Notice,
    then: None,
    ..ORDINARY
};

/// `PAM_CONV_ERR` itself: the person pressed Control-C.
const GIVES_UP: ConversationError = ConversationError::Failed { code: 19 };

rows! {
    whoever_gives_up_at_the_code_is_refused: Row {
        dialogue: &[(CODE_PROMPT, Err(GIVES_UP))],
        outcome: "conversation-failed",
        more: r#" detail="the program could not ask (code 19)""#,
        ..UNASKED
    };

    giving_up_is_not_the_same_as_enter: Row {
        given: pending,
        dialogue: &[(CODE_PROMPT, Err(ConversationError::NoAnswer))],
        outcome: "conversation-failed",
        more: r#" detail="the program brought no answer""#,
        ..UNASKED
    };

    a_program_that_cannot_ask_lets_nobody_in: Row {
        dialogue: &[(CODE_PROMPT, Err(ConversationError::NobodyThere))],
        outcome: "conversation-failed",
        more: r#" detail="the program gave no way to ask""#,
        ..UNASKED
    };

    whoever_gives_up_at_the_password_is_not_asked_for_the_code: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Err(GIVES_UP))],
        outcome: "conversation-failed",
        more: " detail=\"…",
        ..UNASKED
    };

    whoever_gives_up_after_the_password_is_refused: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Err(GIVES_UP))],
        outcome: "conversation-failed",
        more: " detail=\"…",
        ..UNASKED
    };

    a_name_that_could_not_be_asked_for_lets_nobody_in: Row {
        user: Err(GIVES_UP),
        dialogue: &[],
        who: NOBODY,
        outcome: "conversation-failed",
        more: " detail=\"…",
        ..UNASKED
    };

    a_shadow_database_that_cannot_be_read_is_not_a_wrong_password: Row {
        words: VERIFY,
        shadow: Err(ShadowError::Database { errno: 13 }),
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        code: "PAM_AUTHINFO_UNAVAIL",
        level: Level::Alert,
        outcome: "shadow-unreadable",
        more: " detail=\"the shadow database cannot be read: …",
        ..UNASKED
    };

    a_machine_without_libcrypt_is_not_a_wrong_password: Row {
        words: VERIFY,
        shadow: Err(ShadowError::NoLibcrypt),
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        code: "PAM_AUTHINFO_UNAVAIL",
        level: Level::Alert,
        outcome: "shadow-unreadable",
        more: " detail=\"libcrypt.so.1 cannot be loaded\" remedy=\"Let an earlier module check …",
        ..UNASKED
    };
}
