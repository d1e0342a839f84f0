//! What administrators change is told the system's log, with who it was and without a secret.

use pam_otp_tests::{Machine, SystemLog, built, device_of, sandboxed, skip};
use std::process::Command;

sandboxed! {
    fn every_change_is_told_the_log_under_authpriv() {
        let machine = Machine::with_alice();
        let log = SystemLog::listen();
        let uri = machine.otpctl_ok(&["enroll", "alice", "--pending", "--uri-only"]);
        machine.otpctl_ok(&["bypass", "alice", "--for", "8h"]);
        machine.otpctl_ok(&["recovery", "new", "alice"]);
        machine.otpctl_ok(&["rename", "alice", "--label", "phone", "--to", "tablet é"]);
        machine.otpctl_ok(&["show", "alice"]);
        machine.otpctl_ok(&["disable", "alice"]);
        machine.otpctl_ok(&["enable", "alice"]);
        machine.otpctl_ok(&["reset", "alice", "--yes"]);
        machine.otpctl_ok(&["revoke", "alice", "--yes"]);
        let lines = log.lines();
        let actions: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.text.split("action=\"").nth(1)?.split('"').next())
            .collect();
        assert_eq!(
            actions,
            ["enroll", "bypass", "recovery new", "rename", "show", "disable", "enable", "reset", "revoke"]
        );
        // AUTHPRIV, notice.
        assert!(lines.iter().all(|line| (line.facility, line.level) == (10, 5)), "{lines:?}");
        assert!(lines.iter().all(|line| line.text.contains("user=\"alice\" action=")), "{lines:?}");
        assert!(lines.iter().all(|line| line.text.contains(" operator=\"root\" ")), "{lines:?}");
        // A device computes codes from it; no part of the secret is anywhere.
        let secret = uri.split("secret=").nth(1).unwrap().split('&').next().unwrap().trim();
        let _ = device_of(uri.trim());
        assert!(!lines.iter().any(|line| line.text.contains(&secret[..8])), "{lines:?}");
    }

    fn the_kernels_word_on_who_has_logged_in_goes_before_sudos() {
        let machine = Machine::with_alice();
        machine.add_user("bob", "builder");
        machine.enrol_pending("alice", &[]);
        let otpctl = built("otpctl");
        // As pam_loginuid does it at a login.
        let script = format!(
            "echo 1001 > /proc/self/loginuid && SUDO_USER=alice exec {} disable alice",
            otpctl.display()
        );
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        if !output.status.success() {
            return skip(&format!("this kernel keeps no login uid, or lets none be set: {output:?}"));
        }
        assert!(machine.otpctl_ok(&["history", "alice"]).contains("disable by bob"));
        let history = machine.otpctl_ok(&["history", "alice", "--json"]);
        let history: serde_json::Value = serde_json::from_str(&history).expect("JSON");
        let last = history["changes"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["login_uid"], &last["sudo_user"]), (&1001.into(), &"alice".into()));
    }
}
