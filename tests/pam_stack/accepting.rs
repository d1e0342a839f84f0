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
    }
}
