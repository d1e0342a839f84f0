//! The PAM files of `config/pam.d`: what administrators are shown is what the tests use.

use std::fs;

/// A file that administrators are shown, word by word.
pub(crate) struct Example(pub(crate) &'static str);

macro_rules! example {
    ($name:literal) => {
        Example(include_str!(concat!(
            "../../config/pam.d/",
            $name,
            ".example"
        )))
    };
}

pub(crate) const SSHD_KEYS_AND_CODE: Example = example!("sshd-keys-and-code");
pub(crate) const SSHD_ONE_ANSWER: Example = example!("sshd-one-answer");
pub(crate) const SSHD_PASSWORD_AND_CODE: Example = example!("sshd-password-and-code");
pub(crate) const SUDO_CODE: Example = example!("sudo-code");
pub(crate) const LOGIN_PASSWORD_AND_CODE: Example = example!("login-password-and-code");
pub(crate) const EVERYTHING: Example = example!("everything");

#[test]
fn every_shown_pam_file_is_used_by_a_test() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/pam.d");
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.strip_suffix(".example").expect("only examples");
        // A constant that no test uses is a warning of the compiler.
        let constant = format!(" = example!(\"{name}\");");
        assert!(include_str!("examples.rs").contains(&constant), "{file}");
    }
}
