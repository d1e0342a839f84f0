//! From enrolment to login, with nothing but the command and the device.

use pam_otp_tests::{Device, Login, Machine, device_of, sandboxed};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn code_of(user: &str, answers: &[&str]) -> String {
    Login::new("door", user).answers(answers).run().code
}

/// A fob with the known secret.
fn fob() -> Device {
    device_of(&format!("otpauth://hotp/alice?secret={SECRET}&counter=0"))
}

/// Enrols alice's fob, with these lines typed after the secret.
fn enrol_fob(machine: &Machine, typed: &[&str]) -> std::process::Output {
    let input = [&[SECRET], typed].concat().join("\n");
    machine.otpctl_with_input(&["enroll", "alice", "--secret-stdin", "--hotp"], &input)
}

sandboxed! {
    fn the_code_that_enrols_is_used_up_and_the_next_one_logs_in() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let fob = fob();
        let output = enrol_fob(&machine, &[&fob.code_at(0)]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(code_of("alice", &[&fob.code_at(0)]), "PAM_AUTH_ERR");
        assert_eq!(code_of("alice", &[&fob.code_at(1)]), "PAM_SUCCESS");
        // Activated: nobody goes on without a code.
        assert_eq!(code_of("alice", &[""]), "PAM_AUTH_ERR");
    }

    fn enrolling_with_a_later_code_uses_up_the_earlier_ones() {
        let machine = Machine::with_alice();
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n");
        machine.code_only_stack("door");
        let fob = fob();
        let output = enrol_fob(&machine, &["000000", &fob.code_at(4)]);
        assert!(output.status.success(), "{output:?}");
        for counter in 0..=4 {
            assert_eq!(code_of("alice", &[&fob.code_at(counter)]), "PAM_AUTH_ERR", "{counter}");
        }
        assert_eq!(code_of("alice", &[&fob.code_at(5)]), "PAM_SUCCESS");
    }

    fn a_code_beyond_the_window_of_a_login_does_not_enrol() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let fob = fob();
        let output = enrol_fob(&machine, &[&fob.code_at(11)]);
        assert_eq!(output.status.code(), Some(1));
        let output = enrol_fob(&machine, &[&fob.code_at(10)]);
        assert!(output.status.success(), "{output:?}");
    }

    fn three_wrong_codes_leave_nothing_behind_that_opens_or_blocks_the_door() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let fob = fob();
        let output = enrol_fob(&machine, &["111111", "222222", "333333", &fob.code_at(0)]);
        assert_eq!(output.status.code(), Some(1));
        for folder in ["account", "state"] {
            let left = std::fs::read_dir(format!("/var/lib/pam-otp/{folder}")).unwrap();
            let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            // The account of nobody, with which strangers are compared.
            let left: Vec<_> = left.filter(|name| !name.starts_with(".blank")).collect();
            assert_eq!(left, [""; 0], "{folder}");
        }
        assert_eq!(code_of("alice", &[&fob.code_at(0)]), "PAM_AUTH_ERR");
        assert_eq!(code_of("alice", &[""]), "PAM_AUTH_ERR");
        // Nothing was charged to anybody: the next try works at once.
        let output = enrol_fob(&machine, &[&fob.code_at(0)]);
        assert!(output.status.success(), "{output:?}");
    }

    fn a_pending_account_is_activated_by_its_first_right_code_only() {
        let machine = Machine::with_alice();
        machine.stack("door", "auth requisite pam_unix.so nodelay\nauth required {otp}\n");
        let phone = machine.enrol_pending("alice", &["--digits", "8", "--algorithm", "SHA256"]);
        let activated = || machine.otpctl_ok(&["status", "alice"]).contains("activated  yes");
        assert_eq!(code_of("alice", &["wonderland", ""]), "PAM_SUCCESS");
        assert_eq!(code_of("alice", &["wonderland", &phone.wrong_code()]), "PAM_AUTH_ERR");
        assert!(!activated());
        assert_eq!(code_of("alice", &["wonderland", &phone.code_at(0)]), "PAM_SUCCESS");
        assert!(activated());
        assert_eq!(code_of("alice", &["wonderland", ""]), "PAM_AUTH_ERR");
        assert_eq!(code_of("alice", &["wonderland", &phone.code_at(1)]), "PAM_SUCCESS");
    }

    fn every_kind_of_device_that_can_be_enrolled_logs_in() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        for kind in ["totp", "hotp"] {
            for algorithm in ["SHA1", "SHA256", "SHA512"] {
                for digits in ["6", "7", "8"] {
                    let mut arguments = vec!["--algorithm", algorithm, "--digits", digits];
                    if kind == "hotp" {
                        arguments.push("--hotp");
                    }
                    let device = machine.enrol_pending("alice", &arguments);
                    let code = device.code_at(0);
                    assert_eq!(code_of("alice", &[&code]), "PAM_SUCCESS", "{arguments:?}");
                    machine.otpctl_ok(&["revoke", "alice", "--yes"]);
                }
            }
        }
    }

    fn two_who_enrol_the_same_user_at_once_end_in_one_whole_enrolment() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        machine.add_user("bob", "builder");
        machine.enrol_pending("bob", &[]);
        let outputs = std::thread::scope(|scope| {
            let at_work: Vec<_> = (0..6).map(|_| scope.spawn(|| {
                std::process::Command::new(pam_otp_tests::built("otpctl"))
                    .args(["enroll", "alice", "--pending", "--uri-only", "--hotp"])
                    .output()
                    .unwrap()
            })).collect();
            at_work.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        });
        let (done, refused): (Vec<_>, Vec<_>) = outputs.iter().partition(|o| o.status.success());
        assert_eq!(done.len(), 1, "{outputs:?}");
        assert!(refused.iter().all(|o| o.status.code() == Some(1)), "{outputs:?}");
        let uri = String::from_utf8_lossy(&done[0].stdout);
        assert_eq!(code_of("alice", &[&device_of(&uri).code_at(0)]), "PAM_SUCCESS");
        // Who was refused holds no secret that he might take for a good one.
        assert!(refused.iter().all(|o| o.stdout.is_empty()), "{refused:?}");
    }
}
