//! The unit files: understood by systemd, strict by its own measure, and not too strict for what
//! the service does.

use crate::service::{ALICE, Service, furnish, locker_of};
use pam_otp_tests::{built, sandboxed};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

const SOCKET: &str = include_str!("../../config/systemd/pam-otp-verifier.socket");
const SERVICE: &str = include_str!("../../config/systemd/pam-otp-verifier.service");

/// Both units in /tmp, with a program that is there.
fn write_units() {
    let program = built("pam-otp-verifier").display().to_string();
    let service = SERVICE.replace("/usr/libexec/pam-otp-verifier", &program);
    assert_ne!(service, SERVICE);
    fs::write("/tmp/pam-otp-verifier.service", service).unwrap();
    fs::write("/tmp/pam-otp-verifier.socket", SOCKET).unwrap();
}

fn analyze(words: &[&str]) -> String {
    let output = Command::new("systemd-analyze").args(words).output();
    let output = output.expect("systemd-analyze is installed; run: make test");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}");
    said
}

/// The names in a group of system calls, groups inside it resolved.
fn calls_in(group: &str) -> BTreeSet<String> {
    let listed = analyze(&["syscall-filter", group]);
    let names = listed.lines().skip(1).map(str::trim);
    let names = names.filter(|name| !name.is_empty() && !name.starts_with('#'));
    let mut calls = BTreeSet::new();
    for name in names {
        if name.starts_with('@') {
            calls.extend(calls_in(name));
        } else {
            calls.insert(name.to_string());
        }
    }
    calls
}

/// What the `SystemCallFilter=` lines of the unit let through.
fn allowed() -> BTreeSet<String> {
    let mut allowed = calls_in("@default");
    let lines = SERVICE.lines();
    for value in lines.filter_map(|line| line.strip_prefix("SystemCallFilter=")) {
        let (forbids, groups) = match value.strip_prefix('~') {
            Some(groups) => (true, groups),
            None => (false, value),
        };
        for call in groups.split(' ').flat_map(calls_in) {
            if forbids {
                allowed.remove(&call);
            } else {
                allowed.insert(call);
            }
        }
    }
    allowed
}

sandboxed! {
    fn systemd_understands_them_and_finds_little_to_say() {
        write_units();
        let units = ["/tmp/pam-otp-verifier.service", "/tmp/pam-otp-verifier.socket"];
        let said = analyze(&["verify", "--man=no", units[0], units[1]]);
        assert_eq!(said.trim(), "");
        let judged = analyze(&["security", "--offline=true", "--no-pager", units[0]]);
        let level = judged.lines().find_map(|line| line.split("service: ").nth(1));
        let level = level.and_then(|rest| rest.split(' ').next()).expect(&judged);
        assert!(level.parse::<f32>().expect(level) < 2.0, "{judged}");
    }

    fn every_system_call_that_it_makes_passes_its_filter() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        machine.otpctl_with_input(&["pin", "set", "alice"], "2580\n");
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-o", "/tmp/calls"]);
        let service = Service::started({
            traced.arg(built("pam-otp-verifier")).arg("--listen");
            traced
        });
        for code in ["000000".to_string(), format!("2580{}", fob.next_code())] {
            locker_of(ALICE, &code);
        }
        service.kill();
        let trace = fs::read_to_string("/tmp/calls").unwrap();
        let calls = trace.lines().filter_map(|line| {
            let call = line.split_whitespace().nth(1)?.split('(').next()?;
            (line.contains('(') && !line.contains("resumed>")).then(|| call.to_string())
        });
        let calls: BTreeSet<String> = calls.collect();
        assert!(calls.contains("fdatasync") && calls.contains("accept4"), "{calls:?}");
        // What only --listen does: the socket comes from systemd otherwise.
        let by_hand = ["bind", "listen", "umask", "mkdir", "chmod", "execve"].map(String::from);
        let allowed = allowed();
        let stopped: Vec<_> = calls
            .iter()
            .filter(|call| !allowed.contains(*call) && !by_hand.contains(call))
            .collect();
        assert_eq!(stopped, [""; 0]);
    }
}
