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

sandboxed! {
    fn each_trap_in_sshds_configuration_is_found() {
        let machine = Machine::with_alice();
        machine.enrol("alice", &[]);
        // sshd gives its rights up to it.
        machine.add_user("sshd", "*");
        machine.stack("sshd", "auth required /tmp/pam_otp.so password=verify\naccount required pam_permit.so\n");
        symlink(built("libpam_otp.so"), "/tmp/pam_otp.so").unwrap();
        fs::create_dir_all("/etc/ssh").unwrap();
        fs::create_dir_all("/run/sshd").unwrap();
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/ssh_host_ed25519_key"])
            .status()
            .expect("ssh-keygen is installed");
        assert!(made.success());
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
}
