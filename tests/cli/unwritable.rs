//! Who cannot write is told so before a secret is shown that would lead nowhere.

use crate::shell::snapshot;
use pam_otp_tests::{Machine, sandboxed};
use std::process::Command;

const STORE: &str = "/var/lib/pam-otp";

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

/// A machine whose store lies on a small disk of its own, with alice and bob enrolled.
fn on_a_disk_of_its_own() -> Machine {
    let machine = Machine::with_alice();
    std::fs::create_dir(STORE).unwrap();
    run(
        "mount",
        &["-t", "tmpfs", "-o", "size=256k,mode=700", "none", STORE],
    );
    machine.enrol_pending("alice", &["--hotp"]);
    machine.add_user("bob", "builder");
    machine.enrol_pending("bob", &[]);
    machine.otpctl_ok(&["disable", "bob"]);
    machine.add_user("carol", "carroll");
    machine
}

/// Each command that writes, its input, and whether it shows a secret when it works.
const WRITING: [(&[&str], &str); 8] = [
    (&["enroll", "carol"], "123456\n"),
    (&["enroll", "carol", "--pending"], ""),
    (&["enroll", "carol", "--pending", "--uri-only"], ""),
    (&["disable", "alice"], ""),
    (&["enable", "bob", "--uri-only"], ""),
    (&["enable", "bob", "--keep-secret"], ""),
    (&["reset", "alice", "--yes"], ""),
    (&["revoke", "alice", "--yes"], ""),
];

/// Tries all of them; each must refuse, in two parts, and show no secret.
fn all_refuse(machine: &Machine, commands: &[(&[&str], &str)]) {
    let before = snapshot(STORE);
    let mut faults = String::new();
    for (arguments, input) in commands {
        let output = machine.otpctl_with_input(arguments, input);
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let mut must = |holds: bool, what: &str| {
            if !holds {
                faults += &format!("\n{arguments:?}: {what}: {stderr}");
            }
        };
        must(output.status.code() == Some(3), "another exit status");
        must(
            stderr.contains("otpctl: ") && stderr.contains("\n        "),
            "not two parts",
        );
        must(
            !stdout.contains("Secret:") && !stdout.contains("otpauth:"),
            "a secret is shown",
        );
        must(snapshot(STORE) == before, "something has changed");
    }
    assert!(faults.is_empty(), "{faults}");
}

sandboxed! {
    fn on_a_read_only_disk_no_command_shows_a_secret_or_changes_anything() {
        let machine = on_a_disk_of_its_own();
        run("mount", &["-o", "remount,bind,ro", STORE]);
        all_refuse(&machine, &WRITING);
        // Looking works.
        machine.otpctl_ok(&["status", "alice"]);
        let output = machine.otpctl_with_input(&["verify", "alice"], "111111\n");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    }

    fn on_a_full_disk_no_command_shows_a_secret_or_loses_an_account() {
        let machine = on_a_disk_of_its_own();
        let filler = "of=/var/lib/pam-otp/filler";
        // Ends with "no space left", which is what it is for.
        let _ = Command::new("dd").args(["if=/dev/zero", filler, "bs=512"]).output().unwrap();
        // The person proves the code first; to remove needs no room.
        all_refuse(&machine, &WRITING[1..7]);
        let before = snapshot(STORE);
        let input = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n755224\n";
        let arguments = ["enroll", "carol", "--secret-stdin", "--hotp", "--no-qr"];
        let output = machine.otpctl_with_input(&arguments, input);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert_eq!(snapshot(STORE), before);
        machine.otpctl_ok(&["revoke", "alice", "--yes"]);
    }

    fn a_limit_on_the_size_of_files_kills_no_account() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        for command in ["reset", "disable"] {
            let otpctl = pam_otp_tests::built("otpctl");
            let mut limited = Command::new("prlimit");
            limited.arg("--fsize=0").arg(otpctl).args([command, "alice"]);
            if command == "reset" {
                limited.arg("--yes");
            }
            let output = limited.output().unwrap();
            assert!(!output.status.success(), "{output:?}");
            let code = fob.next_code();
            let login = pam_otp_tests::Login::new("door", "alice").answers(&[&code]).run();
            assert_eq!(login.code, "PAM_SUCCESS", "after {command}");
        }
        machine.otpctl_ok(&["disable", "alice"]);
    }
}
