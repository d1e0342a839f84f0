//! Who is refused, and how little that tells.

use pam_otp_tests::{Login, Machine, sandboxed};

sandboxed! {
    fn all_refusals_look_alike_when_both_are_asked() {
        let machine = Machine::with_alice();
        machine.verify_stack("door");
        machine.add_user("bob", "builder");
        let mut phone = machine.enrol("alice", &[]);
        let used = phone.next_code();
        let spent = Login::new("door", "alice").answers(&["wonderland", &used]).run();
        assert_eq!(spent.code, "PAM_SUCCESS");
        let right = phone.next_code();
        let wrong = phone.wrong_code();

        let mut shapes = Vec::new();
        for (case, user, password, code) in [
            ("wrong code", "alice", "wonderland", wrong.as_str()),
            ("wrong password", "alice", "looking glass", &right),
            ("both wrong", "alice", "looking glass", &wrong),
            ("replay", "alice", "wonderland", &used),
            ("no code", "alice", "wonderland", ""),
            ("empty password", "alice", "", &right),
            ("not enrolled", "bob", "builder", &wrong),
            ("not enrolled, wrong password", "bob", "x", &wrong),
            ("unknown user", "mallory", "x", &wrong),
            ("root without a password", "root", "", &wrong),
            ("a name that is a path", "../../etc/shadow", "x", &wrong),
        ] {
            let result = Login::new("door", user).answers(&[password, code]).run();
            assert_eq!(result.code, "PAM_AUTH_ERR", "{case}");
            assert_eq!(result.noise, "", "{case}");
            shapes.push((result.prompts, result.setcred));
        }
        assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:?}");
        assert_eq!(shapes[0].0, ["off:Password: ", "off:One-time code: "]);
        // And after all that the right pair still opens the door.
        let welcome = Login::new("door", "alice").answers(&["wonderland", &right]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }

    fn after_a_checked_password_a_stranger_to_pam_otp_is_asked_all_the_same() {
        let machine = Machine::with_alice();
        machine.ordinary_stack("door");
        let enrolled = machine.enrol("alice", &[]);
        machine.add_user("bob", "builder");
        let wrong = enrolled.wrong_code();
        let alice = Login::new("door", "alice").answers(&["wonderland", &wrong]).run();
        let bob = Login::new("door", "bob").answers(&["builder", &wrong]).run();
        assert_eq!(alice, bob);
        assert_eq!(alice.code, "PAM_AUTH_ERR");
    }

    fn what_cannot_be_a_code_is_refused_and_not_charged() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let long = "1".repeat(600);
        for answer in [
            "wonderland",
            "\u{8}\n\r\u{7f}INCORRECT\u{8}\n\r\u{7f}",
            "",
            "   ",
            "12345",
            "123456789",
            "12345678", // Alice's codes have six digits.
            "12345a",
            "%n%n%s",
            long.as_str(),
        ] {
            let result = Login::new("door", "alice").answers(&[answer]).run();
            assert_eq!(result.code, "PAM_AUTH_ERR", "{answer:?}");
            assert_eq!(machine.failures_of("alice"), 0, "{answer:?}");
        }
        let result = Login::new("door", "alice").answers(&[&phone.wrong_code()]).run();
        assert_eq!(result.code, "PAM_AUTH_ERR");
        assert_eq!(machine.failures_of("alice"), 1);
        let welcome = Login::new("door", "alice").answers(&[&phone.next_code()]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
        assert_eq!(machine.failures_of("alice"), 0);
    }

    fn a_program_that_answers_every_question_with_the_password_is_not_charged() {
        let machine = Machine::with_alice();
        machine.ordinary_stack("behind-pam_unix");
        machine.verify_stack("verify");
        // A password that looks like a code.
        machine.add_user("bob", "202406");
        let mut phone = machine.enrol("bob", &[]);
        for service in ["behind-pam_unix", "verify"] {
            let blind = Login::new(service, "bob").answers(&["202406", "202406"]).run();
            assert_eq!(blind.code, "PAM_AUTH_ERR", "{service}");
            assert_eq!(machine.failures_of("bob"), 0, "{service}");
        }
        let code = phone.next_code();
        let welcome = Login::new("verify", "bob").answers(&["202406", &code]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }

    fn a_wrong_password_is_never_charged_and_spends_no_code() {
        let machine = Machine::with_alice();
        machine.verify_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();
        for number in 0..50 {
            let guess = format!("guess {number}");
            let result = Login::new("door", "alice").answers(&[&guess, &code]).run();
            assert_eq!(result.code, "PAM_AUTH_ERR");
        }
        assert_eq!(machine.failures_of("alice"), 0);
        let welcome = Login::new("door", "alice").answers(&["wonderland", &code]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }

    fn wrong_guesses_never_move_a_counter() {
        let machine = Machine::with_alice();
        machine.policy(
            "[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n",
        );
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let wrong = fob.wrong_code();
        for _ in 0..60 {
            let result = Login::new("door", "alice").answers(&[&wrong]).run();
            assert_eq!(result.code, "PAM_AUTH_ERR");
        }
        let welcome = Login::new("door", "alice").answers(&[&fob.next_code()]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }

    fn a_password_with_no_hash_or_a_locked_one_is_never_right() {
        let machine = Machine::with_alice();
        machine.verify_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let shadow = std::fs::read_to_string("/etc/shadow").unwrap();
        let line = shadow.lines().find(|line| line.starts_with("alice:")).unwrap();
        let hash = line.split(':').nth(1).unwrap();
        for changed in ["", "!", "*", &format!("!{hash}"), "$6$"] {
            let text = shadow.replace(hash, changed);
            std::fs::write("/etc/shadow", text).unwrap();
            for password in ["wonderland", ""] {
                let code = phone.next_code();
                let login = Login::new("door", "alice").answers(&[password, &code]);
                assert_eq!(login.run().code, "PAM_AUTH_ERR", "{changed:?} {password:?}");
                phone.give_back();
            }
        }
        std::fs::write("/etc/shadow", &shadow).unwrap();
        let code = phone.next_code();
        let welcome = Login::new("door", "alice").answers(&["wonderland", &code]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }
}
