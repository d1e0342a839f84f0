//! What sshd and pam_otp write down of a login, at the highest level that sshd has.

use crate::examples::SSHD_PASSWORD_AND_CODE;
use crate::journal::Journal;
use crate::pending::{by_ssh, visit};
use crate::scene::{furnish, protect};
use crate::sshd::{CODES, PASSWORDS, Sshd, tries};
use otp_core::{decode_base32, hexadecimal};
use pam_otp_tests::sandboxed;
use std::fs;

/// The secret, in the ways in which it could be written down.
fn secret_of(user: &str) -> Vec<String> {
    let account = fs::read_to_string(format!("/var/lib/pam-otp/account/{user}")).unwrap();
    let base32: String = account.split("base32:").nth(1).unwrap()[..32].into();
    let hex = hexadecimal(&decode_base32(&base32).unwrap()).to_lowercase();
    let upper = hex.to_uppercase();
    let grouped = format!("{} {}", &base32[..4], &base32[4..8]);
    // Half of it would be a leak as well.
    [
        grouped.as_str(),
        &base32[..16],
        &base32[16..],
        &hex[..20],
        &hex[20..],
        &upper[..20],
        &upper[20..],
    ]
    .map(String::from)
    .into()
}

sandboxed! {
    fn nothing_typed_and_no_secret_reaches_the_logs_even_at_sshds_highest_level() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let stack = fs::read_to_string("/etc/pam.d/sshd").unwrap();
        machine.stack("sshd", &stack.replace("password=verify", "password=verify debug"));
        let mut phone = machine.enrol("alice", &["--digits", "8"]);
        let log = Journal::listen();
        let sshd = Sshd::start(&format!("{PASSWORDS}LogLevel DEBUG3\n"));
        let (right, unused) = (phone.next_code(), phone.next_code());
        // Not one of many zeros, which stand in every log.
        let wrong = phone.code_at(5000);
        let mut screens = String::new();
        let password = "PreferredAuthentications=password";
        let interactive = "PreferredAuthentications=keyboard-interactive";
        for (user, first, second) in [
            ("alice", "wonderland", &right),
            ("alice", "wonderland", &right),
            ("alice", "wonderland", &wrong),
            ("alice", "looking glass", &unused),
            ("mallory", "looking glass", &unused),
        ] {
            let dialogue = [("Password: ", first), ("One-time code: ", second)];
            screens += &tries(user, &[interactive], &dialogue);
            screens += &tries(user, &[password], &[("password: ", first)]);
        }
        sshd.waits_to_say("Connection closed by invalid user mallory");

        let journal = log.lines().join("\n");
        assert_eq!(screens.matches("inside").count(), 1, "{screens}");
        // The words would be there, were they written.
        assert!(Sshd::log().contains("debug3: "));
        assert_eq!(journal.matches(" outcome=").count(), 10, "{journal}");
        assert!(journal.contains("pam_otp(sshd:auth): debug "), "{journal}");
        let typed = ["wonderland", "looking glass", &right, &wrong, &unused];
        let private = typed.map(String::from).into_iter().chain(secret_of("alice"));
        for private in private {
            for (place, text) in [("sshd", &Sshd::log()), ("syslog", &journal), ("screen", &screens)] {
                let line = text.lines().find(|line| line.contains(&private));
                assert_eq!(line, None, "{private} in {place}");
            }
        }
    }

    fn a_secret_that_is_shown_reaches_no_log_even_at_sshds_highest_level() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        machine.enrol_pending("alice", &[]);
        let log = Journal::listen();
        let _sshd = Sshd::start(&format!("{CODES}LogLevel DEBUG3\n"));

        let screen = visit(by_ssh("C.UTF-8"), "");
        let command = tries("alice", &[], &[("Password: ", "wonderland"), ("One-time code: ", "")]);

        assert!(command.ends_with("code: \ninside\n"), "{command}");
        let (sshds, journal) = (Sshd::log(), log.lines().join("\n"));
        assert!(screen.contains(&secret_of("alice")[0]), "{screen}");
        assert!(journal.contains("outcome=secret-offered"), "{journal}");
        assert!(sshds.contains("debug3: "));
        for private in secret_of("alice") {
            let mut lines = sshds.lines().chain(journal.lines());
            assert_eq!(lines.find(|line| line.contains(&private)), None, "{private}");
        }
        for text in [sshds, journal] {
            let picture = text.contains("▀▀") || text.contains("\\342\\226");
            assert!(!picture, "{text}");
        }
    }
}
