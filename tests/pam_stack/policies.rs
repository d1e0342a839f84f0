//! Services, rules, several tries, and password and code in one answer.

use pam_otp_tests::{Login, Machine, sandboxed};

const NO_DELAY: &str = "[login]\nfailure_delay_milliseconds = 0\n";

sandboxed! {
    fn a_service_can_ask_in_its_own_way() {
        let machine = Machine::with_alice();
        machine.policy(&format!(
            "{NO_DELAY}[service.sudo]\ncode_prompt = \"Code for sudo: \"\necho = true\n\
             [service.sshd]\npassword = \"verify\"\npassword_prompt = \"Secret word: \"\n"
        ));
        for service in ["sudo", "sshd", "login"] {
            machine.code_only_stack(service);
        }
        let phone = machine.enrol("alice", &[]);
        let prompts = |service| {
            let wrong = phone.wrong_code();
            Login::new(service, "alice").answers(&[&wrong, &wrong]).run().prompts
        };
        assert_eq!(prompts("sudo"), ["on:Code for sudo: "]);
        assert_eq!(prompts("sshd"), ["off:Secret word: ", "off:One-time code: "]);
        assert_eq!(prompts("login"), ["off:One-time code: "]);
    }

    fn several_tries_in_one_conversation_are_each_charged() {
        let machine = Machine::with_alice();
        machine.policy(&format!("{NO_DELAY}tries = 3\n"));
        machine.code_only_stack("door");
        let mut phone = machine.enrol("alice", &[]);
        let (wrong, right) = (phone.wrong_code(), phone.next_code());
        let third = Login::new("door", "alice").answers(&[&wrong, "oops", &right]).run();
        assert_eq!(third.code, "PAM_SUCCESS");
        assert_eq!(third.prompts.len(), 3);
        let none = Login::new("door", "alice").answers(&[&wrong, &wrong, &wrong, &wrong]).run();
        assert_eq!(none.code, "PAM_AUTH_ERR");
        assert_eq!(none.prompts.len(), 3);
        assert_eq!(machine.failures_of("alice"), 3);
    }

    fn rules_decide_in_order_who_needs_a_code() {
        let machine = Machine::with_alice();
        machine.policy(&format!(
            "{NO_DELAY}\
             [[rule]]\nname = \"no guests\"\naction = \"deny\"\nusers = [\"guest\"]\n\
             [[rule]]\nname = \"office\"\naction = \"exempt\"\nfrom = [\"192.0.2.0/24\"]\n\
             [[rule]]\nname = \"console\"\naction = \"exempt\"\ngroups = [\"alice\"]\nterminals = [\"tty1\"]\n"
        ));
        machine.ordinary_stack("door");
        machine.add_user("guest", "guest");
        let mut phone = machine.enrol("alice", &[]);
        let password_only = |more: &[&str]| {
            let login = Login::new("door", "alice").answers(&["wonderland"]);
            login.with(more).run().code
        };
        assert_eq!(password_only(&["--rhost", "192.0.2.9"]), "PAM_SUCCESS");
        assert_eq!(password_only(&["--rhost", "::ffff:192.0.2.9"]), "PAM_SUCCESS");
        assert_eq!(password_only(&["--tty", "/dev/tty1"]), "PAM_SUCCESS");
        for outside in [
            &["--rhost", "198.51.100.1"][..],
            &["--rhost", "192.0.2.9.evil.example"],
            &["--tty", "tty2"],
            &[],
        ] {
            assert_eq!(password_only(outside), "PAM_CONV_ERR", "{outside:?}");
        }
        let right = phone.next_code();
        let required = Login::new("door", "alice").answers(&["wonderland", &right]).run();
        assert_eq!(required.code, "PAM_SUCCESS");
        let guest = Login::new("door", "guest").answers(&["guest", "123456"]);
        let guest = guest.with(&["--rhost", "192.0.2.9"]).run();
        assert_eq!(guest.code, "PAM_AUTH_ERR");
        assert_eq!(guest.prompts, ["off:Password: ", "off:One-time code: "]);
    }

    fn an_exemption_is_no_yes_without_a_password() {
        let machine = Machine::with_alice();
        machine.policy(&format!(
            "{NO_DELAY}[[rule]]\nname = \"all\"\naction = \"exempt\"\n"
        ));
        machine.code_only_stack("alone");
        machine.verify_stack("verify");
        machine.enrol_pending("alice", &[]);
        assert_eq!(Login::new("alone", "alice").run().code, "PAM_PERM_DENIED");
        let verify = |password| Login::new("verify", "alice").answers(&[password]).run();
        assert_eq!(verify("wonderland").code, "PAM_SUCCESS");
        assert_eq!(verify("wonderland").prompts, ["off:Password: "]);
        assert_eq!(verify("x").code, "PAM_AUTH_ERR");
        // Nobody the machine knows: asked as little, so that it does not tell, and refused.
        let unknown = Login::new("verify", "mallory").answers(&["x", "123456"]).run();
        assert_eq!(unknown.code, "PAM_AUTH_ERR");
        assert_eq!(unknown.prompts, ["off:Password: "]);
    }

    fn one_answer_can_hold_password_and_code() {
        let machine = Machine::with_alice();
        machine.stack(
            "door",
            "auth required {otp} password=combined\nauth required pam_unix.so try_first_pass\n",
        );
        // A password that ends in digits, as people like them.
        machine.add_user("bob", "builder2024");
        let mut fob = machine.enrol("bob", &["--hotp"]);
        let login = |both: &str| Login::new("door", "bob").answers(&[both]).run();

        let both = format!("builder2024{}", fob.next_code());
        let welcome = login(&both);
        assert_eq!(welcome.code, "PAM_SUCCESS");
        assert_eq!(welcome.prompts, ["off:Password and code: "]);
        for (case, both) in [
            ("replay", both.clone()),
            ("password alone", "builder2024".into()),
            ("code alone", fob.next_code()),
            ("wrong code", format!("builder2024{}", fob.wrong_code())),
            ("wrong password", format!("builder{}", fob.next_code())),
            ("code first", format!("{}builder2024", fob.next_code())),
            ("nothing", String::new()),
        ] {
            let refused = login(&both);
            assert_eq!(refused.code, "PAM_AUTH_ERR", "{case}");
            assert_eq!(refused.prompts, welcome.prompts, "{case}");
        }
        let again = login(&format!("builder2024{}", fob.next_code()));
        assert_eq!(again.code, "PAM_SUCCESS");
    }

    fn a_combined_answer_for_a_pending_account_may_be_the_password_alone() {
        let machine = Machine::with_alice();
        machine.stack(
            "door",
            "auth required {otp} password=combined\nauth required pam_unix.so try_first_pass\n",
        );
        machine.add_user("bob", "builder123456");
        let mut phone = machine.enrol_pending("bob", &[]);
        let login = |both: &str| Login::new("door", "bob").answers(&[both]).run().code;
        assert_eq!(login("builder123456"), "PAM_SUCCESS");
        assert_eq!(login("builder"), "PAM_AUTH_ERR");
        assert_eq!(login(&format!("builder123456{}", phone.next_code())), "PAM_SUCCESS");
        assert_eq!(login("builder123456"), "PAM_AUTH_ERR");
    }
}
