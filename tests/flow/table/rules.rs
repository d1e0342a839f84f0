//! Logins that a rule of the policy decides. A rule is no yes: with `password = stack` an
//! exemption leaves the login to the other modules.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, UNKNOWN, VERIFY, rows};
use super::scene::CODE;
use pam_otp::Level;

const EXEMPT: Row = Row {
    policy: "[[rule]]\nname = \"office\"\naction = \"exempt\"\nfrom = [\"192.0.2.0/24\"]",
    dialogue: &[],
    code: "PAM_IGNORE",
    level: Level::Information,
    outcome: "exempt",
    rule: "\"office\"",
    then: None,
    ..ORDINARY
};

const DENIED: Row = Row {
    policy: "[[rule]]\nname = \"not ssh\"\naction = \"deny\"\nservices = [\"sshd\"]",
    outcome: "denied",
    rule: "\"not ssh\"",
    then: None,
    ..ORDINARY
};

const REQUIRED: Row = Row {
    policy: "[[rule]]\nname = \"staff\"\naction = \"require\"\ngroups = [\"staff\"]\n\
             [[rule]]\nname = \"everybody\"\naction = \"exempt\"",
    outcome: "malformed",
    dialogue: &[(CODE_PROMPT, Ok(""))],
    rule: "\"staff\"",
    ..ORDINARY
};

rows! {
    an_exempt_login_is_not_asked_and_left_to_the_other_modules: EXEMPT;

    an_exempt_login_with_the_right_password_is_a_success: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland"))],
        code: "PAM_SUCCESS",
        ..EXEMPT
    };

    an_exempt_login_with_a_wrong_password_is_refused: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wunderland"))],
        code: "PAM_AUTH_ERR",
        level: Level::Notice,
        outcome: "wrong-password",
        ..EXEMPT
    };

    /// A directory that is down must not switch the second factor off.
    a_user_whom_the_machine_does_not_know_is_exempted_by_no_rule: Row {
        user: Ok(Some("hunter2")),
        who: UNKNOWN,
        // As little as somebody known.
        dialogue: &[],
        code: "PAM_AUTH_ERR",
        level: Level::Notice,
        outcome: "unknown-user",
        rule: "-",
        ..EXEMPT
    };

    a_name_in_place_of_an_address_is_exempted_by_no_rule: Row {
        items: [Some("sshd"), Some("192.0.2.7.example"), Some("ssh")],
        who: r#"user="alice" service="sshd" rhost="192.0.2.7.example" tty="ssh""#,
        dialogue: &[(CODE_PROMPT, Ok(""))],
        code: "PAM_AUTH_ERR",
        level: Level::Notice,
        outcome: "malformed",
        rule: "-",
        then: Some(|_| {}),
        ..EXEMPT
    };

    a_denied_login_is_asked_like_any_other_and_spends_no_code: DENIED;

    a_denied_login_is_asked_for_password_and_code: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))],
        ..DENIED
    };

    a_denied_user_whom_the_machine_does_not_know_is_not_named: Row {
        user: Ok(Some("hunter2")),
        who: UNKNOWN,
        ..DENIED
    };

    the_first_rule_that_matches_decides: REQUIRED;

    a_rule_that_requires_a_code_takes_a_right_one_only: Row {
        dialogue: &[(CODE_PROMPT, Ok("12345678"))],
        outcome: "no-match",
        then: Some(|state| super::scene::failed(state, 1)),
        ..REQUIRED
    };
}
