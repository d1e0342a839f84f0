//! Checking a code without spending it, and finding a device again.

use pam_otp_tests::{Device, Login, Machine, sandboxed};

fn enrolled(more: &[&str]) -> (Machine, Device) {
    let machine = Machine::with_alice();
    machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n");
    machine.code_only_stack("door");
    let device = machine.enrol("alice", more);
    (machine, device)
}

fn login(code: &str) -> String {
    Login::new("door", "alice").answers(&[code]).run().code
}

fn verify(machine: &Machine, code: &str) -> Option<i32> {
    machine
        .otpctl_with_input(&["verify", "alice"], &format!("{code}\n"))
        .status
        .code()
}

fn resync(machine: &Machine, first: &str, second: &str) -> Option<i32> {
    let input = format!("{first}\n{second}\n");
    machine
        .otpctl_with_input(&["resync", "alice"], &input)
        .status
        .code()
}

sandboxed! {
    fn a_code_can_be_verified_many_times_and_still_logs_in_once() {
        let (machine, mut fob) = enrolled(&["--hotp"]);
        let code = fob.next_code();
        for _ in 0..5 {
            assert_eq!(verify(&machine, &code), Some(0));
        }
        assert_eq!(login(&code), "PAM_SUCCESS");
        assert_eq!(verify(&machine, &code), Some(1));
        assert_eq!(login(&code), "PAM_AUTH_ERR");
    }

    fn wrong_codes_at_verify_are_not_charged_to_the_user() {
        let (machine, mut fob) = enrolled(&["--hotp"]);
        let wrong = fob.wrong_code();
        for _ in 0..12 {
            assert_eq!(verify(&machine, &wrong), Some(1));
        }
        assert_eq!(machine.failures_of("alice"), 0);
        assert_eq!(login(&fob.next_code()), "PAM_SUCCESS");
    }

    fn verify_and_the_login_agree_on_every_counter_in_reach() {
        let (machine, fob) = enrolled(&["--hotp"]);
        // From the farthest to the nearest, so that no login moves the counter first.
        for counter in (0..=14).rev() {
            let code = fob.code_at(counter);
            let promised = verify(&machine, &code) == Some(0);
            assert_eq!(promised, (1..=11).contains(&counter), "{counter}");
            if !promised {
                assert_eq!(login(&code), "PAM_AUTH_ERR", "{counter}");
            }
        }
        assert_eq!(login(&fob.code_at(11)), "PAM_SUCCESS");
    }

    fn a_fob_whose_button_was_pressed_five_hundred_times_is_found_again() {
        let (machine, fob) = enrolled(&["--hotp"]);
        let (first, second, third) = (fob.code_at(501), fob.code_at(502), fob.code_at(503));
        assert_eq!(login(&first), "PAM_AUTH_ERR");
        assert_eq!(resync(&machine, &first, &second), Some(0));
        assert_eq!(login(&first), "PAM_AUTH_ERR");
        assert_eq!(login(&second), "PAM_AUTH_ERR");
        assert_eq!(login(&third), "PAM_SUCCESS");
    }

    fn a_fob_is_never_turned_back() {
        let (machine, fob) = enrolled(&["--hotp"]);
        assert_eq!(resync(&machine, &fob.code_at(500), &fob.code_at(501)), Some(0));
        for counter in [1, 2, 250, 498, 499, 500, 501] {
            let (first, second) = (fob.code_at(counter), fob.code_at(counter + 1));
            assert_eq!(resync(&machine, &first, &second), Some(1), "{counter}");
            assert_eq!(login(&second), if counter == 501 { "PAM_SUCCESS" } else { "PAM_AUTH_ERR" });
        }
    }

    fn a_clock_half_an_hour_off_is_found_and_remembered() {
        let (machine, phone) = enrolled(&[]);
        let late = |step: i64| phone.code_at(60 + step);
        assert_eq!(login(&late(0)), "PAM_AUTH_ERR");
        assert_eq!(resync(&machine, &late(0), &late(1)), Some(0));
        assert_eq!(login(&late(1)), "PAM_AUTH_ERR");
        assert_eq!(login(&late(2)), "PAM_SUCCESS");
        // The host's own time is another device's now.
        assert_eq!(login(&phone.code_at(1)), "PAM_AUTH_ERR");
    }

    fn a_clock_that_was_ahead_is_not_turned_back_to_used_codes() {
        let (machine, phone) = enrolled(&[]);
        assert_eq!(resync(&machine, &phone.code_at(60), &phone.code_at(61)), Some(0));
        assert_eq!(resync(&machine, &phone.code_at(20), &phone.code_at(21)), Some(1));
        assert_eq!(login(&phone.code_at(21)), "PAM_AUTH_ERR");
        assert_eq!(login(&phone.code_at(62)), "PAM_SUCCESS");
    }

    fn a_device_a_day_off_is_not_found_by_guessing_far() {
        let (machine, phone) = enrolled(&[]);
        assert_eq!(resync(&machine, &phone.code_at(2880), &phone.code_at(2881)), Some(1));
        assert_eq!(login(&phone.code_at(2882)), "PAM_AUTH_ERR");
    }
}
