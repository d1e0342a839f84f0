//! sshd's own password method, which answers every question with the password.

use crate::examples::{EVERYTHING, Example, SSHD_PASSWORD_AND_CODE};
use crate::journal::Journal;
use crate::scene::{add_person, furnish, protect, standing};
use crate::sshd::{PASSWORDS, Sshd, tries};
use pam_otp_tests::sandboxed;

const ONLY: &str = "PreferredAuthentications=password";

/// The password method against a stack: whether it got in, what was logged, and how carol
/// stands afterwards.
fn password_method(example: &Example, password: &str) -> Option<(bool, Vec<String>, String)> {
    let machine = furnish()?;
    protect(&machine, "sshd", example);
    add_person(&machine, "carol", password);
    machine.enrol("carol", &[]);
    let _sshd = Sshd::start(PASSWORDS);
    let journal = Journal::listen();
    let screen = tries("carol", &[ONLY], &[("password: ", password)]);
    Some((
        screen.contains("inside"),
        journal.outcomes(),
        standing(&machine, "carol"),
    ))
}

/// Refused, and as if nothing had been tried.
fn refused_for_nothing() -> (bool, Vec<String>, String) {
    (
        false,
        vec!["sshd carol malformed".into()],
        "activated, 0 failures".into(),
    )
}

sandboxed! {
    fn sshds_password_method_is_refused_and_costs_no_failure() {
        let Some(result) = password_method(&SSHD_PASSWORD_AND_CODE, "wonderland") else { return };
        assert_eq!(result, refused_for_nothing());
    }

    fn sshds_password_method_is_refused_and_costs_no_failure_behind_pam_unix() {
        let Some(result) = password_method(&EVERYTHING, "wonderland") else { return };
        assert_eq!(result, refused_for_nothing());
    }

    fn sshds_password_method_costs_no_failure_even_if_the_password_looks_like_a_code() {
        let Some(result) = password_method(&SSHD_PASSWORD_AND_CODE, "271828") else { return };
        assert_eq!(result, refused_for_nothing());
    }

    fn sshds_password_method_costs_no_failure_behind_pam_unix_even_if_the_password_looks_like_a_code() {
        let Some(result) = password_method(&EVERYTHING, "271828") else { return };
        assert_eq!(result, refused_for_nothing());
    }
}
