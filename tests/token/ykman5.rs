//! Our YubiKey and ykman 5 of the Python package index: see [`crate::ykman`].
//!
//! It takes a token in a reader of another name than Yubico's only over NFC.

use crate::ykman;
use pam_otp_tests::{TokenRig, VirtualToken, Ykman, sandboxed};

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
}
