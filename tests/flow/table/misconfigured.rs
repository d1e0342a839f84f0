//! Words of pam.d and a policy that cannot be understood: nobody is asked anything, nobody
//! gets in, and the log names the word, the line or the file.

use super::row::{NOBODY, ORDINARY, Row, rows};
use super::scene::POLICY;
use pam_otp::Level;
use pam_otp_tests::{give_away, put};
use std::fs;

const WRONG: Row = Row {
    dialogue: &[],
    code: "PAM_SERVICE_ERR",
    level: Level::Error,
    who: NOBODY,
    then: None,
    ..ORDINARY
};

rows! {
    a_misspelt_word_in_pam_d_is_named: Row {
        words: &["debug", "pasword=verify"],
        outcome: "misconfigured",
        more: " detail=\"argument not understood: pasword=verify …",
        ..WRONG
    };

    a_word_of_another_module_is_named: Row {
        words: &["nullok"],
        outcome: "misconfigured",
        more: " detail=\"argument not understood: nullok …",
        ..WRONG
    };

    a_value_that_is_not_known_is_named: Row {
        words: &["password=none"],
        outcome: "misconfigured",
        more: " detail=\"argument not understood: password=none …",
        ..WRONG
    };

    a_word_that_is_there_twice_is_named: Row {
        words: &["password=stack", "password=verify"],
        outcome: "misconfigured",
        more: " detail=\"argument not understood: password=verify …",
        ..WRONG
    };

    a_policy_that_is_named_must_exist: Row {
        words: &["config=/etc/pam-otp/none.toml"],
        outcome: "misconfigured",
        more: " detail=\"/etc/pam-otp/none.toml is missing\" remedy=\"…",
        ..WRONG
    };

    a_misspelt_key_of_the_policy_is_named_with_its_line: Row {
        policy: "unenroled = \"ignore\"",
        outcome: "misconfigured",
        more: " detail=\"/etc/pam-otp/otp.toml, line 3, column 1: unknown \
                  field `unenroled`…",
        ..WRONG
    };

    a_policy_that_is_no_toml_is_named_with_its_line: Row {
        policy: "password: verify",
        outcome: "misconfigured",
        more: " detail=\"/etc/pam-otp/otp.toml, line 3, …",
        ..WRONG
    };

    a_value_of_the_policy_that_makes_no_sense_is_named: Row {
        policy: "[throttle]\ndisable_after_failures = 101",
        outcome: "misconfigured",
        more: " detail=\"/etc/pam-otp/otp.toml, line 4, column 26: \
                  throttle.disable_after_failures must be between 5 and 100\" …",
        ..WRONG
    };

    a_policy_that_others_can_write_is_not_believed: Row {
        spoiled: || put(POLICY, &fs::read(POLICY).expect("there is one"), 0o664),
        outcome: "misconfigured",
        more: " detail=\"/etc/pam-otp/otp.toml is open to others than root \
                  (mode 0664)\" remedy=\"…",
        ..WRONG
    };

    a_policy_of_somebody_else_is_not_believed: Row {
        spoiled: || give_away(POLICY),
        outcome: "misconfigured",
        more: " detail=\"/etc/pam-otp/otp.toml belongs to user …",
        ..WRONG
    };
}
