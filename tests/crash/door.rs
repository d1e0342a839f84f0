//! What the door says of alice's devices, after whatever happened.

use crate::scene::{BEFORE, NEW_SECRET, STORE, Scene};
use pam_otp_tests::{Device, Login, device_of};
use std::fs;

/// Who gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The old device.
    Old,
    /// The new device.
    New,
    /// Whoever has the password: alice is disabled.
    Password,
    /// Nobody: alice is not enrolled.
    Shut,
    /// Nobody: something is wrong with the files, and the log says so.
    Broken,
}

impl Scene {
    /// Tries a wrong code, the old device and the new one, each with the right password.
    /// Fails if they make no sense together, or if a code is good twice.
    pub(crate) fn door(&self) -> Door {
        let wrong = with(&self.wrong);
        let twice = |device: &Device, counter| {
            let code = device.code_at(counter);
            let first = with(&code);
            let second = with(&code);
            let is_good_once = second == 'n' || second == wrong;
            assert!(
                is_good_once,
                "a code twice: {first}, {second}; a wrong one: {wrong}"
            );
            first
        };
        let new = new_device().map_or('n', |device| twice(&device, 0));
        let old = self.old.as_ref().map_or(wrong, |device| {
            // The code of counter 0 activated it.
            let used = with(&device.code_at(0));
            assert!(used == 'n' || used == wrong, "a used code: {used}");
            twice(device, 1)
        });
        match (wrong, old, new) {
            ('n', 'y', 'n') => Door::Old,
            ('n', 'n', 'y') => Door::New,
            ('y', 'y', 'y' | 'n') => Door::Password,
            ('n', 'n', 'n') => Door::Shut,
            ('b', 'b', 'b' | 'n') => Door::Broken,
            other => panic!("wrong code, old device, new device: {other:?}"),
        }
    }
}

/// Yes, no, or broken: a login with the right password and this code.
fn with(code: &str) -> char {
    let login = Login::new("door", "alice")
        .answers(&["wonderland", code])
        .run();
    assert_eq!(login.noise, "");
    match login.code.as_str() {
        "PAM_SUCCESS" => 'y',
        "PAM_AUTH_ERR" => 'n',
        "PAM_AUTHINFO_UNAVAIL" => 'b',
        other => panic!("{other}"),
    }
}

/// The device of the account that is on disk now, unless it is the old one's.
fn new_device() -> Option<Device> {
    let text = fs::read_to_string(format!("{STORE}/account/alice")).unwrap_or_default();
    let before = fs::read_to_string(format!("{BEFORE}/account/alice")).unwrap_or_default();
    let secret_in = |text: &str| Some(text.split("base32:").nth(1)?.split('"').next()?.to_string());
    let secret = secret_in(&text).unwrap_or_else(|| NEW_SECRET.into());
    let is_new = secret_in(&before).as_ref() != Some(&secret);
    is_new.then(|| device_of(&format!("otpauth://hotp/alice?secret={secret}&counter=0")))
}
