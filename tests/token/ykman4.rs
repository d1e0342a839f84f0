//! Our YubiKey and Debian's ykman 4: see [`crate::ykman`].

use crate::ykman;
use pam_otp_tests::{TokenRig, VirtualToken, Ykman, sandboxed};

fn with(check: fn(&Ykman, &VirtualToken)) {
    let rig = TokenRig::start();
    let token = rig.insert("yubikey", &["--touch-timeout", "300"]);
    check(&Ykman::four(&token), &token);
}

sandboxed! {
    fn ykman_4_writes_reads_and_computes_accounts() {
        with(ykman::accounts);
    }

    fn ykman_4_sets_a_password_and_reads_long_answers() {
        with(ykman::password_and_long_answers);
    }

    fn ykman_4_programs_the_buttons() {
        with(ykman::buttons);
    }

    fn ykman_4_writes_a_yubico_otp() {
        with(ykman::yubico_otp);
    }

    fn ykman_4_remembers_a_password() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let ykman = Ykman::four(&token);
        ykman.ok(&["oath", "access", "change", "-n", "secret"]);
        ykman.fails(&["oath", "accounts", "list"]);

        ykman.ok(&["oath", "access", "remember", "-p", "secret"]);

        // The salt by which it knows the key again is still the same.
        assert_eq!(ykman.ok(&["oath", "accounts", "list"]), "");
    }
}
