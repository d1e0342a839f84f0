//! Programs that ask badly, panics, and the other entry points.

use pam_otp_tests::{Login, Machine, sandboxed, skip};

sandboxed! {
    fn a_broken_conversation_is_a_refusal_and_never_a_crash() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        for (manner, code) in [
            ("fail", "PAM_CONV_ERR"),
            ("null", "PAM_CONV_ERR"),
            ("no-array", "PAM_CONV_ERR"),
            ("megabyte", "PAM_AUTH_ERR"),
            ("nul", "PAM_AUTH_ERR"),
        ] {
            let result = Login::new("door", "alice").with(&["--conversation", manner]).run();
            assert_eq!(result.code, code, "{manner}");
            assert_eq!(result.noise, "", "{manner}");
        }
        assert_eq!(machine.failures_of("alice"), 0);
        let welcome = Login::new("door", "alice").answers(&[&phone.next_code()]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }

    fn a_password_without_an_answer_to_the_code_is_a_failed_conversation() {
        let machine = Machine::with_alice();
        machine.verify_stack("door");
        machine.enrol("alice", &[]);
        let result = Login::new("door", "alice").answers(&["wonderland"]).run();
        assert_eq!(result.code, "PAM_CONV_ERR");
    }

    fn a_panic_in_the_middle_is_an_abort_that_the_program_survives() {
        let machine = Machine::with_alice();
        machine.stack("door", "auth required {panicking}\n");
        let result = Login::new("door", "alice").answers(&["wonderland"]).with(&["--tries", "3"]);
        let result = result.run();
        assert_eq!(result.code, "PAM_ABORT");
        assert_eq!(result.prompts, ["off:Panic about: "; 3]);
        // Neither the message of the panic nor what was typed reaches the terminal.
        assert_eq!(result.noise, "");
    }

    fn even_a_sufficient_line_does_not_take_a_panic_for_a_yes() {
        let machine = Machine::with_alice();
        machine.stack("door", "auth sufficient {panicking}\nauth required pam_deny.so\n");
        let result = Login::new("door", "alice").answers(&["x"]).run();
        assert_ne!(result.code, "PAM_SUCCESS");
    }

    fn credentials_and_session_succeed_and_other_phases_are_said_to_be_wrong() {
        let machine = Machine::with_alice();
        machine.stack(
            "door",
            "auth required {otp}\naccount required {otp}\nsession required {otp}\n",
        );
        let mut phone = machine.enrol("alice", &[]);
        let result = Login::new("door", "alice")
            .answers(&[&phone.next_code()])
            .with(&["--account", "--session"])
            .run();
        assert_eq!(result.code, "PAM_SUCCESS");
        assert_eq!(result.setcred, "PAM_SUCCESS");
        assert_eq!(result.session.as_deref(), Some("PAM_SUCCESS"));
        assert_eq!(result.account.as_deref(), Some("PAM_SERVICE_ERR"));
    }

    fn a_caller_that_is_not_root_is_refused() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        if !pam_otp_tests::has_other_users() {
            return skip("this namespace has no second user");
        }
        let code = phone.next_code();
        let result = Login::new("door", "alice").answers(&[&code]).as_user(1000).run();
        assert_eq!(result.code, "PAM_AUTHINFO_UNAVAIL");
        assert_eq!(result.prompts, ["off:One-time code: "]);
    }
}
