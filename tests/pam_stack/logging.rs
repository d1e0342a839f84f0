//! What the log is told, and what it is never told.

use pam_otp_tests::{Login, Machine, SystemLog, sandboxed};

sandboxed! {
    fn each_attempt_leaves_one_line_with_fixed_fields() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let log = SystemLog::listen();
        let code = phone.next_code();
        let from = ["--rhost", "192.0.2.7", "--tty", "ssh"];
        let login = Login::new("door", "alice").answers(&[&code]).with(&from);
        login.run();
        login.run();
        let lines = log.lines();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for (line, outcome) in lines.iter().zip(["accepted", "replay"]) {
            assert_eq!(line.facility, 10, "AUTHPRIV: {line:?}");
            let fields = format!(
                "pam_otp(door:auth): user=\"alice\" service=\"door\" rhost=\"192.0.2.7\" \
                 tty=\"ssh\" outcome={outcome} authenticator=\"phone\" rule=- id="
            );
            assert!(line.text.contains(&fields), "{line:?}");
        }
        assert_eq!((lines[0].level, lines[1].level), (6, 5), "info, notice");
    }

    fn every_refusal_has_its_word() {
        let machine = Machine::with_alice();
        machine.verify_stack("door");
        machine.add_user("bob", "builder");
        let phone = machine.enrol("alice", &[]);
        let wrong = phone.wrong_code();
        let log = SystemLog::listen();
        for (user, password, code, word) in [
            ("alice", "wonderland", wrong.as_str(), "no-match"),
            ("alice", "x", &wrong, "wrong-password"),
            ("alice", "wonderland", "abc", "malformed"),
            ("bob", "builder", &wrong, "not-enrolled"),
            ("mallory", "x", &wrong, "unknown-user"),
        ] {
            Login::new("door", user).answers(&[password, code]).run();
            let lines = log.lines();
            let expected = format!(" outcome={word} ");
            assert!(lines.len() == 1 && lines[0].text.contains(&expected), "{lines:?}");
        }
        std::fs::remove_file("/var/lib/pam-otp/state/alice").unwrap();
        Login::new("door", "alice").answers(&["wonderland", &wrong]).run();
        let lines = log.lines();
        assert_eq!(lines[0].level, 1, "alert: {lines:?}");
        assert!(lines[0].text.contains("outcome=store-missing "), "{lines:?}");
        assert!(lines[0].text.contains("remedy="), "{lines:?}");
    }

    fn nothing_typed_and_no_secret_reaches_the_log() {
        let machine = Machine::with_alice();
        machine.stack("door", "auth required {otp} password=verify debug\n");
        let mut phone = machine.enrol("alice", &[]);
        let account = std::fs::read_to_string("/var/lib/pam-otp/account/alice").unwrap();
        let secret = account.split("base32:").nth(1).unwrap()[..16].to_string();
        let (right, wrong) = (phone.next_code(), phone.wrong_code());
        let log = SystemLog::listen();
        Login::new("door", "alice").answers(&["wonderland", &wrong]).run();
        Login::new("door", "alice").answers(&["looking glass", &right]).run();
        Login::new("door", "hunter2-typed-as-name").answers(&["x", &right]).run();
        Login::new("door", "alice").answers(&["wonderland", "wonderland"]).run();
        let damaged = account.replace("digits = 6", &format!("digits = \"{secret}\""));
        std::fs::write("/var/lib/pam-otp/account/alice", damaged).unwrap();
        Login::new("door", "alice").answers(&["wonderland", &right]).run();
        let lines = log.lines();
        assert!(lines.len() >= 5, "{lines:?}");
        for line in lines {
            for private in ["wonderland", "looking glass", &right, &wrong, "hunter2", &secret] {
                assert!(!line.text.contains(private), "{private}: {line:?}");
            }
        }
    }

    fn nothing_from_outside_forges_a_line() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        machine.enrol("alice", &[]);
        let log = SystemLog::listen();
        let evil = "192.0.2.1\" outcome=accepted user=\"root\nuser=\"root\u{1b}[2J";
        Login::new("door", "alice").answers(&["x"]).with(&["--rhost", evil]).run();
        let lines = log.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(!lines[0].text.contains('\n') && !lines[0].text.contains('\u{1b}'));
        assert!(lines[0].text.contains(r#"rhost="192.0.2.1\" outcome"#), "{lines:?}");
    }

    fn a_device_with_a_wrong_clock_is_noticed() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let phone = machine.enrol("alice", &[]);
        let log = SystemLog::listen();
        let time = pam_otp_tests::now() + 3600;
        // Enrolling may have taught a drift of one step.
        let code = phone.code_at_time(time + 20 * 30);
        Login::new("door", "alice").answers(&[&code]).at(time).run();
        let lines = log.lines();
        let noticed = ["+19", "+20", "+21"].iter().any(|steps| {
            lines[0].text.contains("outcome=no-match ")
                && lines[0].text.contains(&format!("clock_off_steps={steps}"))
        });
        assert!(noticed, "{lines:?}");
    }

    fn a_refusal_is_held_back() {
        let machine = Machine::with_alice();
        machine.policy("[login]\nfailure_delay_milliseconds = 1000\n");
        machine.code_only_stack("door");
        machine.enrol("alice", &[]);
        let start = std::time::Instant::now();
        Login::new("door", "alice").answers(&["x"]).run();
        // libpam spreads the delay by up to a half.
        assert!(start.elapsed() >= std::time::Duration::from_millis(400));
    }
}
