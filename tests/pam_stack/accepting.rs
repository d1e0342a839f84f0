//! Who is let in, and how often.

use pam_otp_tests::{Login, Machine, sandboxed};

sandboxed! {
    fn password_and_right_code_open_the_door_once() {
        let machine = Machine::with_alice();
        machine.ordinary_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();
        let login = Login::new("door", "alice").answers(&["wonderland", &code]);

        let first = login.run();
        let again = login.run();

        assert_eq!(first.code, "PAM_SUCCESS");
        assert_eq!(first.setcred, "PAM_SUCCESS");
        assert_eq!(first.prompts, ["off:Password: ", "off:One-time code: "]);
        assert_eq!(first.noise, "");
        assert_eq!(again.code, "PAM_AUTH_ERR");
        assert_eq!(again.noise, "");
    }

    fn one_line_of_pam_d_is_a_whole_two_factor_login() {
        let machine = Machine::with_alice();
        machine.verify_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();

        let first = Login::new("door", "alice").answers(&["wonderland", &code]).run();
        let again = Login::new("door", "alice").answers(&["wonderland", &code]).run();

        assert_eq!(first.code, "PAM_SUCCESS");
        assert_eq!(first.prompts, ["off:Password: ", "off:One-time code: "]);
        assert_eq!(again.code, "PAM_AUTH_ERR");
        assert_eq!(again.prompts, first.prompts);
    }

    fn every_kind_of_authenticator_logs_in() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        for (place, kind) in [
            &["--algorithm", "SHA256", "--digits", "8"][..],
            &["--algorithm", "SHA512", "--digits", "7", "--time-step", "60"],
            &["--hotp"],
            &["--hotp", "--counter", "4711", "--digits", "8"],
        ]
        .into_iter()
        .enumerate()
        {
            let user = format!("user{place}");
            machine.add_user(&user, "wonderland");
            let mut device = machine.enrol(&user, kind);
            let code = device.next_code();
            let result = Login::new("door", &user).answers(&[&code]).run();
            assert_eq!(result.code, "PAM_SUCCESS", "{kind:?}");
        }
    }

    fn codes_may_be_typed_in_groups_and_in_full_width() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let spellings: [fn(&str) -> String; 4] = [
            |code| format!("{} {}", &code[..3], &code[3..]),
            |code| format!("{}-{}", &code[..3], &code[3..]),
            |code| format!(" {code}\r\n"),
            |code| {
                let wide = |digit: u8| char::from_u32(0xff10 + u32::from(digit - b'0'));
                code.bytes().filter_map(wide).collect()
            },
        ];
        for spell in spellings {
            let typed = spell(&fob.next_code());
            let result = Login::new("door", "alice").answers(&[&typed]).run();
            assert_eq!(result.code, "PAM_SUCCESS", "{typed:?}");
        }
    }

    fn a_fob_may_run_ten_counters_ahead_and_not_eleven() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        // Enrolling activates with counter 0, so counter 1 is expected.
        let fob = machine.enrol("alice", &["--hotp"]);
        let far = Login::new("door", "alice").answers(&[&fob.code_at(12)]).run();
        let near = Login::new("door", "alice").answers(&[&fob.code_at(11)]).run();
        assert_eq!(far.code, "PAM_AUTH_ERR");
        assert_eq!(near.code, "PAM_SUCCESS");
    }

    fn a_code_used_at_one_service_is_used_at_all() {
        let machine = Machine::with_alice();
        machine.code_only_stack("sudo");
        machine.verify_stack("sshd");
        let mut phone = machine.enrol("alice", &[]);
        let code = phone.next_code();
        let sudo = Login::new("sudo", "alice").answers(&[&code]).run();
        let sshd = Login::new("sshd", "alice").answers(&["wonderland", &code]).run();
        assert_eq!(sudo.code, "PAM_SUCCESS");
        assert_eq!(sshd.code, "PAM_AUTH_ERR");
    }

    fn an_older_code_is_refused_after_a_newer_one() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let fob = machine.enrol("alice", &["--hotp"]);
        let newer = Login::new("door", "alice").answers(&[&fob.code_at(5)]).run();
        let older = Login::new("door", "alice").answers(&[&fob.code_at(4)]).run();
        assert_eq!(newer.code, "PAM_SUCCESS");
        assert_eq!(older.code, "PAM_AUTH_ERR");
    }
}
