//! A code is asked once, and for a while not again from the same place.

use super::row::{CODE_PROMPT, ORDINARY, PASSWORD, Row, VERIFY, rows};
use super::scene::{CODE, NOW, STEP, WRONG_CODE, activated, failed};
use otp_core::{Account, MovingFactor, Place, State, TrustedPlace, UnixTime};
use pam_otp::Level;

const HOUR: u64 = 3600;

fn here() -> Place {
    otp_store::place("sshd", Some("192.0.2.7"), "ssh", "").expect("an address")
}

/// Alice has shown a code from the same address, so many seconds ago.
fn trusted_since(account: &mut Account, state: &mut State, since: u64) {
    activated(account, state);
    state.trusted.push(TrustedPlace {
        place: here(),
        since: UnixTime(since),
    });
}

fn trusted(account: &mut Account, state: &mut State) {
    trusted_since(account, state, NOW - 7 * HOUR);
}

fn used(state: &mut State) {
    state.authenticators[0].last_accepted = Some(MovingFactor(STEP));
    state.authenticators[0].last_used = Some(UnixTime(NOW));
    state.trusted = vec![TrustedPlace {
        place: here(),
        since: UnixTime(NOW),
    }];
}

const REMEMBERED: Row = Row {
    policy: "remember = \"8h\"",
    given: trusted,
    dialogue: &[],
    code: "PAM_SUCCESS",
    level: Level::Information,
    outcome: "remembered",
    ..ORDINARY
};

/// Asked for a code as everybody is.
const ASKED: Row = Row {
    dialogue: &[(CODE_PROMPT, Ok(CODE))],
    outcome: "accepted",
    authenticator: "\"phone\"",
    then: Some(used),
    ..REMEMBERED
};

rows! {
    from_the_same_place_no_code_is_asked: REMEMBERED;

    the_password_is_asked_all_the_same: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("wonderland"))],
        ..REMEMBERED
    };

    without_the_right_password_nothing_is_remembered: Row {
        words: VERIFY,
        dialogue: &[(PASSWORD, Ok("looking glass"))],
        code: "PAM_AUTH_ERR",
        level: Level::Notice,
        outcome: "wrong-password",
        ..REMEMBERED
    };

    a_right_code_makes_a_place_trusted: Row {
        given: activated,
        ..ASKED
    };

    a_wrong_code_does_not: Row {
        given: activated,
        dialogue: &[(CODE_PROMPT, Ok(WRONG_CODE))],
        code: "PAM_AUTH_ERR",
        level: Level::Notice,
        outcome: "no-match",
        authenticator: "-",
        then: Some(|state| failed(state, 1)),
        ..ASKED
    };

    after_the_time_a_code_is_asked_again: Row {
        given: |account, state| trusted_since(account, state, NOW - 8 * HOUR),
        ..ASKED
    };

    /// The clock has been set back since.
    what_happens_tomorrow_is_not_remembered: Row {
        given: |account, state| trusted_since(account, state, NOW + 1),
        ..ASKED
    };

    from_another_address_a_code_is_asked: Row {
        items: [Some("sshd"), Some("192.0.2.8"), Some("ssh")],
        who: r#"user="alice" service="sshd" rhost="192.0.2.8" tty="ssh""#,
        then: Some(|state| {
            used(state);
            let there = otp_store::place("sshd", Some("192.0.2.8"), "ssh", "");
            state.trusted = vec![
                TrustedPlace { place: here(), since: UnixTime(NOW - 7 * HOUR) },
                TrustedPlace { place: there.expect("an address"), since: UnixTime(NOW) },
            ];
        }),
        ..ASKED
    };

    for_another_service_a_code_is_asked: Row {
        items: [Some("cockpit"), Some("192.0.2.7"), Some("ssh")],
        who: r#"user="alice" service="cockpit" rhost="192.0.2.7" tty="ssh""#,
        then: Some(|state| {
            used(state);
            let there = otp_store::place("cockpit", Some("192.0.2.7"), "ssh", "");
            state.trusted = vec![
                TrustedPlace { place: here(), since: UnixTime(NOW - 7 * HOUR) },
                TrustedPlace { place: there.expect("an address"), since: UnixTime(NOW) },
            ];
        }),
        ..ASKED
    };

    where_the_policy_remembers_nothing_a_code_is_asked: Row {
        policy: "",
        then: Some(|state| {
            used(state);
            state.trusted[0].since = UnixTime(NOW - 7 * HOUR);
        }),
        ..ASKED
    };

    a_host_s_name_is_no_place: Row {
        items: [Some("sshd"), Some("host.example"), Some("ssh")],
        who: r#"user="alice" service="sshd" rhost="host.example" tty="ssh""#,
        then: Some(|state| {
            used(state);
            state.trusted[0].since = UnixTime(NOW - 7 * HOUR);
        }),
        ..ASKED
    };

    while_failures_make_the_account_wait_nothing_is_remembered: Row {
        given: |account, state| {
            trusted(account, state);
            failed(state, 6);
        },
        code: "PAM_AUTH_ERR",
        level: Level::Notice,
        outcome: "throttled",
        more: " wait_seconds=2",
        ..REMEMBERED
    };
}
