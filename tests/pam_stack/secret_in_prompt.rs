//! A pending user is shown his secret inside the question for the code, where an administrator
//! wants it there.

use pam_otp_tests::{Device, Login, LoginResult, Machine, SystemLog, sandboxed};

const POLICY: &str = "[login]\nfailure_delay_milliseconds = 0\n[pending]\ndisplay = \"prompt\"\n";

fn pending(policy: &str) -> (Machine, Device) {
    let machine = Machine::with_alice();
    machine.stack(
        "sshd",
        "auth required {otp} password=verify\nsession required {otp}\n",
    );
    let device = machine.enrol_pending("alice", &[]);
    machine.policy(policy);
    (machine, device)
}

fn enter(answers: &[&str], more: &[&str]) -> LoginResult {
    Login::new("sshd", "alice")
        .answers(answers)
        .with(more)
        .run()
}

const AT_A_TERMINAL: &[&str] = &["--tty", "pts/0", "--session"];

sandboxed! {
    fn after_the_right_password_the_question_holds_the_picture() {
        let (_machine, mut phone) = pending(POLICY);
        let log = SystemLog::listen();
        let result = enter(&["wonderland", ""], AT_A_TERMINAL);
        assert_eq!(result.code, "PAM_SUCCESS");
        let [password, code] = result.prompts.as_slice() else {
            panic!("two questions and no other text: {:?}", result.prompts);
        };
        assert!(password.ends_with("Password: "), "{password}");
        assert!(code.ends_with("or just Enter. 14 days left.\nOne-time code: "), "{code}");
        assert!(!code.contains('\u{1b}') && code.len() <= 8000, "{code}");
        let (picture, rest) = code.split_once("Secret: ").expect("the secret as text");
        let (_, picture) = picture.split_once('\n').expect("it begins with a line of its own");
        let secret = rest.lines().next().expect("a line").replace(' ', "");
        let uri = format!("otpauth://totp/sandbox:alice?secret={secret}&issuer=sandbox");
        assert_eq!(pam_otp_tests::scanned(picture), uri);
        let lines = log.lines();
        assert!(lines[0].text.contains("user=\"alice\" tty=\"pts/0\" outcome=secret-offered"), "{lines:?}");
        assert!(!lines.iter().any(|line| line.text.contains(&secret[..8])), "{lines:?}");

        // The code may be given at once, and then nothing is shown any more.
        let activated = enter(&["wonderland", &phone.next_code()], AT_A_TERMINAL);
        assert_eq!(activated.code, "PAM_SUCCESS");
        let again = enter(&["wonderland", &phone.next_code()], AT_A_TERMINAL);
        assert!(again.prompts[1].ends_with("One-time code: "), "{:?}", again.prompts);
        assert!(!again.prompts[1].contains("Secret"), "{:?}", again.prompts);
    }

    fn nobody_else_sees_it() {
        let (machine, _phone) = pending(POLICY);
        let hides = |result: &LoginResult| {
            assert_eq!(result.prompts.len(), 2, "{:?}", result.prompts);
            assert!(!result.prompts.iter().any(|text| text.contains("Secret")), "{:?}", result.prompts);
        };
        hides(&enter(&["looking glass", ""], AT_A_TERMINAL));
        hides(&enter(&["wonderland", ""], &["--session"]));
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[pending]\ndisplay = \"prompt\"\nenrolment = \"admin\"\n");
        hides(&enter(&["wonderland", ""], AT_A_TERMINAL));
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[pending]\nenrolment = \"admin\"\n");
        hides(&enter(&["wonderland", ""], AT_A_TERMINAL));
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[pending]\ndisplay = \"prompt\"\nshow_secret_in = [\"su\"]\n");
        hides(&enter(&["wonderland", ""], AT_A_TERMINAL));
        let denied = format!("{POLICY}[[rule]]\nname = \"nobody\"\naction = \"deny\"\n");
        machine.policy(&denied);
        hides(&enter(&["wonderland", ""], AT_A_TERMINAL));
    }
}
