//! Our YubiKey and ykman 5 of the Python package index: see [`crate::ykman`].
//!
//! It takes a token for one on USB by the name of its reader, and sends long commands then;
//! otherwise it must be one over NFC, to which it sends short ones.

use crate::ykman;
use pam_otp_tests::{TokenRig, VirtualToken, Ykman, sandboxed};

fn over_usb(check: fn(&Ykman, &VirtualToken)) {
    let rig = TokenRig::start_as("Yubico YubiKey OTP+FIDO+CCID");
    let token = rig.insert("yubikey", &["--touch-timeout", "300"]);
    check(&Ykman::five(&token), &token);
    let long = |(command, _): (String, String)| command.starts_with("00a40001");
    assert!(
        token.trace(1).into_iter().any(long),
        "no long command was sent"
    );
}

fn with(check: fn(&Ykman, &VirtualToken)) {
    let rig = TokenRig::start();
    let token = rig.insert("yubikey", &["--nfc", "--touch-timeout", "300"]);
    check(&Ykman::five(&token), &token);
}

sandboxed! {
    fn ykman_5_writes_reads_and_computes_accounts() {
        with(ykman::accounts);
    }

    fn ykman_5_sets_a_password_and_reads_long_answers() {
        with(ykman::password_and_long_answers);
    }

    fn ykman_5_programs_the_buttons() {
        with(ykman::buttons);
    }

    fn ykman_5_writes_a_yubico_otp() {
        with(ykman::yubico_otp);
    }

    fn ykman_5_writes_reads_and_computes_accounts_over_usb() {
        over_usb(ykman::accounts);
    }

    fn ykman_5_sets_a_password_and_reads_long_answers_over_usb() {
        over_usb(ykman::password_and_long_answers);
    }
}
