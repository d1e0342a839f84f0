//! sshd's own password method, which answers every question with the password; and root,
//! whose answers sshd replaces when root may not log in.

use crate::journal::Journal;
use crate::scene::{
    EVERYTHING, Example, SSHD_KEYS_AND_CODE, SSHD_PASSWORD_AND_CODE, add_person, furnish, protect,
    standing,
};
use crate::sshd::{PASSWORDS, Sshd, tries};
use pam_otp_tests::{Login, sandboxed};

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

    fn sshds_password_method_takes_password_and_code_in_one_answer_where_that_is_wanted() {
        let Some(machine) = furnish() else { return };
        machine.stack(
            "sshd",
            "auth required {otp} password=combined\nauth required pam_unix.so try_first_pass\n\
             @include common-account\n@include common-session\n",
        );
        let mut phone = machine.enrol("alice", &[]);
        let _sshd = Sshd::start(PASSWORDS);
        let (first, second) = (phone.next_code(), phone.next_code());
        let answers = |answer: &str| tries("alice", &[ONLY], &[("password: ", answer)]);

        assert!(answers(&format!("wonderland{first}")).contains("inside"));
        assert!(!answers(&format!("wonderland{first}")).contains("inside"));
        assert!(!answers("wonderland").contains("inside"));
        assert!(!answers(&format!("looking glass{second}")).contains("inside"));
    }

    fn root_whom_sshd_forbids_to_log_in_is_neither_charged_nor_robbed_of_a_code() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        give_root_a_password();
        let mut phone = machine.enrol("root", &[]);
        let _sshd = Sshd::start(&format!("{PASSWORDS}PermitRootLogin no\n"));
        let code = phone.next_code();

        let both = [("Password: ", "wonderland"), ("One-time code: ", code.as_str())];
        let interactive = tries("root", &["PreferredAuthentications=keyboard-interactive"], &both);
        let password = tries("root", &[ONLY], &[("password: ", "wonderland")]);

        assert!(interactive.contains("Permission denied"), "{interactive}");
        assert!(password.contains("Permission denied"), "{password}");
        assert_eq!(standing(&machine, "root"), "activated, 0 failures");
        machine.verify_stack("door");
        let elsewhere = Login::new("door", "root").answers(&["wonderland", &code]).run();
        assert_eq!(elsewhere.code, "PAM_SUCCESS");
    }

    fn root_whom_sshd_forbids_to_log_in_is_not_charged_where_a_code_is_all_that_is_asked() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_KEYS_AND_CODE);
        let mut phone = machine.enrol("root", &[]);
        let _sshd = Sshd::start(&format!("{PASSWORDS}PermitRootLogin no\n"));
        let code = phone.next_code();

        for answer in [code.as_str(), "\u{8}", "1", "12345678"] {
            let options = ["PreferredAuthentications=keyboard-interactive"];
            let screen = tries("root", &options, &[("One-time code: ", answer)]);
            assert!(screen.contains("Permission denied"), "{screen}");
        }

        assert_eq!(standing(&machine, "root"), "activated, 0 failures");
        machine.code_only_stack("door");
        let elsewhere = Login::new("door", "root").answers(&[&code]).run();
        assert_eq!(elsewhere.code, "PAM_SUCCESS");
    }
}

/// alice's, because a test can make a hash for a new user only.
fn give_root_a_password() {
    let shadow = std::fs::read_to_string("/etc/shadow").unwrap();
    let line = |name: &str| {
        let name = format!("{name}:");
        let line = shadow.lines().find(|line| line.starts_with(&name)).unwrap();
        line.to_string()
    };
    let roots = line("alice").replacen("alice", "root", 1);
    let shadow = shadow.replace(&line("root"), &roots);
    std::fs::write("/etc/shadow", shadow).unwrap();
}
