//! Clocks that run backward, forward, or are simply wrong.

use pam_otp_tests::{Login, Machine, now, sandboxed};

sandboxed! {
    fn a_clock_set_back_revives_no_used_code() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let phone = machine.enrol("alice", &[]);
        let noon = now() + 3600;
        let code = phone.code_at_time(noon);
        let at = |code: &str, time| {
            Login::new("door", "alice").answers(&[code]).at(time).run().code
        };
        assert_eq!(at(&code, noon), "PAM_SUCCESS");
        assert_eq!(at(&code, noon), "PAM_AUTH_ERR");
        // Later, another code is used; then the clock goes back to noon.
        assert_eq!(at(&phone.code_at_time(noon + 300), noon + 300), "PAM_SUCCESS");
        assert_eq!(at(&code, noon), "PAM_AUTH_ERR");
        // Nor does a code that was never used become good.
        assert_eq!(at(&phone.code_at_time(noon + 60), noon + 60), "PAM_AUTH_ERR");
        // And time goes on as before.
        assert_eq!(at(&phone.code_at_time(noon + 330), noon + 330), "PAM_SUCCESS");
    }

    fn a_device_that_drifts_slowly_is_followed() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let phone = machine.enrol_pending("alice", &[]);
        let start = now() + 3600;
        // The device gains a step a day.
        for day in 0..=6 {
            let host = start + day * 86_400;
            let code = phone.code_at_time(host + day * 30);
            let result = Login::new("door", "alice").answers(&[&code]).at(host).run();
            assert_eq!(result.code, "PAM_SUCCESS", "day {day}");
        }
        let status = machine.otpctl_ok(&["status", "alice"]);
        assert!(status.contains("its clock is 6 steps ahead"), "{status}");
    }

    fn a_year_beyond_2038_is_a_year_like_any_other() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let phone = machine.enrol("alice", &[]);
        let late = 4_102_444_800; // 2100-01-01
        let code = phone.code_at_time(late);
        let result = Login::new("door", "alice").answers(&[&code]).at(late).run();
        assert_eq!(result.code, "PAM_SUCCESS");
    }
}
