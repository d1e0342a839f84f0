//! Devices whose codes count for a stretch of time only.

use super::row::{ORDINARY, Row, rows};
use super::scene::{NOW, STEP, activated, failed};
use otp_core::{Account, Authenticators, MovingFactor, State, UnixTime, Validity};
use pam_otp::Level;

fn valid(account: &mut Account, from: Option<u64>, until: Option<u64>) {
    let mut devices = account.authenticators.to_vec();
    devices[0].validity = Validity {
        from: from.map(UnixTime),
        until: until.map(UnixTime),
    };
    account.authenticators = Authenticators::new(devices).expect("one");
}

const IN_TIME: Row = Row {
    given: |account, state| {
        activated(account, state);
        valid(account, Some(NOW), Some(NOW + 1));
    },
    code: "PAM_SUCCESS",
    level: Level::Information,
    outcome: "accepted",
    authenticator: "\"phone\"",
    then: Some(|state: &mut State| {
        state.authenticators[0].last_accepted = Some(MovingFactor(STEP));
        state.authenticators[0].last_used = Some(UnixTime(NOW));
    }),
    ..ORDINARY
};

const TOO_LATE: Row = Row {
    given: |account, state| {
        activated(account, state);
        valid(account, None, Some(NOW));
    },
    code: "PAM_AUTH_ERR",
    level: Level::Notice,
    outcome: "device-not-valid",
    then: Some(|state| failed(state, 1)),
    ..IN_TIME
};

rows! {
    a_device_in_its_time_lets_in: IN_TIME;
    a_device_after_its_time_does_not: TOO_LATE;
    a_device_before_its_time_does_not: Row {
        given: |account, state| {
            activated(account, state);
            valid(account, Some(NOW + 1), None);
        },
        ..TOO_LATE
    };
}
