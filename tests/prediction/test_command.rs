//! `otpctl test`: the real stack, question by question.

use pam_otp_tests::{Machine, built, sandboxed};
use std::os::unix::fs::symlink;

fn furnish() -> (Machine, pam_otp_tests::Device) {
    let machine = Machine::with_alice();
    symlink(built("libpam_otp.so"), "/tmp/pam_otp.so").unwrap();
    machine.policy("[login]\nfailure_delay_milliseconds = 0\n");
    machine.stack(
        "door",
        "auth requisite pam_unix.so nodelay\nauth required /tmp/pam_otp.so\naccount required pam_permit.so\n",
    );
    let device = machine.enrol("alice", &["--hotp"]);
    (machine, device)
}

fn tried(machine: &Machine, more: &[&str], answers: &str) -> (Option<i32>, String, String) {
    let arguments = [&["test", "door", "alice"], more].concat();
    let output = machine.otpctl_with_input(&arguments, answers);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

sandboxed! {
    fn a_dry_run_uses_no_code_up_and_counts_no_failure() {
        let (machine, mut device) = furnish();
        let code = device.next_code();
        for _ in 0..3 {
            let (status, said, remarks) =
                tried(&machine, &["--dry-run"], &format!("wonderland\n{code}\n"));
            assert_eq!(status, Some(0), "{said}{remarks}");
            assert!(said.contains("auth: PAM_SUCCESS; account: PAM_SUCCESS; 2 questions"), "{said}");
            assert!(said.contains("alice would get in by door."), "{said}");
        }
        let (status, said, complained) =
            tried(&machine, &["--dry-run"], &format!("wonderland\n{}\n", device.wrong_code()));
        assert_eq!(status, Some(1));
        assert!(said.contains("auth: PAM_AUTH_ERR; account: not asked"), "{said}");
        assert!(complained.contains("alice would not get in by door"), "{complained}");
        assert_eq!(machine.failures_of("alice"), 0);
        // And then it counts.
        let (status, ..) = tried(&machine, &[], &format!("wonderland\n{code}\n"));
        assert_eq!(status, Some(0));
        let (status, ..) = tried(&machine, &[], &format!("wonderland\n{code}\n"));
        assert_eq!(status, Some(1));
        assert_eq!(machine.failures_of("alice"), 1);
    }

    fn the_report_as_json_names_every_question() {
        let (machine, mut device) = furnish();
        let answers = format!("wonderland\n{}\n", device.next_code());
        let (status, said, _) = tried(&machine, &["--json"], &answers);
        assert_eq!(status, Some(0));
        let report: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!(report["questions"], serde_json::json!(["Password: ", "One-time code: "]));
        assert_eq!((&report["auth"], &report["lets_in"]), (&"PAM_SUCCESS".into(), &true.into()));
    }

    fn what_goes_wrong_is_said() {
        let (machine, _) = furnish();
        let (status, _, complained) = tried(&machine, &["--dry-run"], "");
        assert_eq!(status, Some(1), "{complained}");
        machine.stack("door", "@include nowhere\n");
        let (status, _, complained) = tried(&machine, &[], "");
        assert_eq!(status, Some(1));
        assert!(complained.contains("libpam refuses the service as a whole"), "{complained}");
        machine.stack("door", "auth required {panicking}\n");
        let (status, said, _) = tried(&machine, &[], "");
        assert_eq!(status, Some(1));
        assert!(said.contains("auth: PAM_ABORT"), "{said}");
        let output = machine.otpctl(&["test", "../door", "alice"]);
        assert_eq!(output.status.code(), Some(2));
    }
}
