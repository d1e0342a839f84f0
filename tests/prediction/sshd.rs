//! sshd's configuration, as the real sshd understands it.

use pam_otp_tests::{Machine, built, sandboxed};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

/// A configuration, and what the doctor must find in it.
const CONFIGURATIONS: &[(&str, &[&str])] = &[
    (
        "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\nAuthenticationMethods publickey,keyboard-interactive\n",
        &[],
    ),
    // Keys alone go around the code.
    (
        "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\n",
        &["sshd-around-the-code"],
    ),
    (
        "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\nPubkeyAuthentication no\n",
        &[],
    ),
    // Debian's defaults.
    (
        "UsePAM yes\nKbdInteractiveAuthentication no\n",
        &[
            "sshd-around-the-code",
            "sshd-password-cannot-ask",
            "sshd-cannot-ask",
        ],
    ),
    ("UsePAM no\n", &["sshd-without-pam"]),
    // What holds for one user does not hold for another.
    (
        "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\nAuthenticationMethods publickey,keyboard-interactive\nMatch User alice\n  AuthenticationMethods publickey\n",
        &["sshd-around-the-code"],
    ),
    (
        "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\nAuthenticationMethods publickey,keyboard-interactive\nMatch User bob\n  AuthenticationMethods publickey\n",
        &[],
    ),
    ("UsePAM perhaps\n", &["sshd-not-understood"]),
];

/// Alice, enrolled, and what sshd needs to read its configuration.
fn furnish() -> Machine {
    let machine = Machine::with_alice();
    machine.enrol("alice", &[]);
    // sshd gives its rights up to it.
    machine.add_user("sshd", "*");
    symlink(built("libpam_otp.so"), "/tmp/pam_otp.so").unwrap();
    fs::create_dir_all("/etc/ssh").unwrap();
    fs::create_dir_all("/run/sshd").unwrap();
    let made = Command::new("ssh-keygen")
        .args([
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-f",
            "/etc/ssh/ssh_host_ed25519_key",
        ])
        .status()
        .expect("ssh-keygen is installed");
    assert!(made.success());
    machine
}

sandboxed! {
    fn each_way_in_is_predicted() {
        let machine = furnish();
        let lines = "auth required /tmp/pam_otp.so\naccount required pam_permit.so\n";
        machine.stack("sshd", lines);
        let text = "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\nPermitRootLogin no\nAuthenticationMethods publickey,keyboard-interactive\nMatch User bob\n  AuthenticationMethods publickey\n";
        fs::write("/etc/ssh/sshd_config", text).unwrap();
        machine.add_user("bob", "builder");
        machine.add_user("carol", "singer");
        let pending = machine.otpctl(&["enroll", "carol", "--pending", "--uri-only"]);
        assert!(pending.status.success(), "{pending:?}");
        let users = ["alice", "bob", "carol", "root"].map(|user| ["--user", user]);
        let users = users.concat();
        let output = machine.otpctl(&[&["doctor", "--service", "sshd"], &users[..]].concat());
        let said = String::from_utf8_lossy(&output.stdout);
        let squeezed: Vec<String> = said
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        for line in [
            "alice sshd by publickey,keyboard-interactive: after the key, a code",
            "carol sshd by publickey,keyboard-interactive: after the key, a code or just Enter (pending; the first right code activates)",
            "bob sshd by publickey: neither password nor code: PAM is not asked",
            "root sshd sshd lets this user in by no method",
        ] {
            assert!(squeezed.iter().any(|one| one == line), "{line}\n{said}");
        }
        assert!(!said.contains("[code-alone]"), "{said}");
    }

    fn each_trap_in_sshds_configuration_is_found() {
        let machine = furnish();
        machine.stack("sshd", "auth required /tmp/pam_otp.so password=verify\naccount required pam_permit.so\n");
        let mut wrong = Vec::new();
        for (configuration, expected) in CONFIGURATIONS {
            fs::write("/etc/ssh/sshd_config", configuration).unwrap();
            let arguments = ["doctor", "--service", "sshd", "--user", "alice", "--json"];
            let output = machine.otpctl(&arguments);
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let ids = report["findings"].as_array().unwrap().iter();
            let ids = ids.filter_map(|finding| finding["id"].as_str());
            let ids: BTreeSet<&str> = ids.filter(|id| id.starts_with("sshd-")).collect();
            if ids != expected.iter().copied().collect() {
                wrong.push(format!("{ids:?} instead of {expected:?}:\n{configuration}{report}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn where_a_login_comes_from_counts_for_match_blocks_and_rules() {
        let machine = furnish();
        machine.stack("sshd", "auth required /tmp/pam_otp.so password=verify\naccount required pam_permit.so\n");
        machine.policy("[[rule]]\nname = \"home\"\naction = \"exempt\"\nfrom = [\"192.0.2.0/24\"]\n");
        let text = "UsePAM yes\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\nPubkeyAuthentication no\nMatch Address 198.51.100.0/24\n  PubkeyAuthentication yes\n";
        fs::write("/etc/ssh/sshd_config", text).unwrap();
        let ways = |more: &[&str]| -> Vec<(String, String)> {
            let arguments = [&["doctor", "--service", "sshd", "--user", "alice", "--json"], more].concat();
            let output = machine.otpctl(&arguments);
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
            let predictions = report["predictions"].as_array().unwrap().iter();
            predictions.map(|one| (text(&one["by"]), text(&one["need"]))).collect()
        };
        let keyboard = |need: &str| ("keyboard-interactive".to_string(), need.to_string());
        let key = ("publickey".to_string(), "key-only".to_string());
        assert_eq!(ways(&[]), [keyboard("both")]);
        assert_eq!(ways(&["--rhost", "203.0.113.5"]), [keyboard("both")]);
        assert_eq!(ways(&["--rhost", "198.51.100.5"]), [key, keyboard("both")]);
        assert_eq!(ways(&["--rhost", "192.0.2.7"]), [keyboard("password-only")]);
        let output = machine.otpctl(&["doctor", "--rhost", "home"]);
        assert_eq!(output.status.code(), Some(2));
    }
}
