//! `otpctl status --json` is for machines, and no secret gets there in any spelling.

use pam_otp_tests::{Login, Machine, put, sandboxed};
use serde_json::Value;

const ACCOUNT: &str = "/var/lib/pam-otp/account/alice";

/// The secret of alice as her account file has it: base32, and what that encodes.
fn spellings_of_the_secret() -> Vec<String> {
    let text = std::fs::read_to_string(ACCOUNT).unwrap();
    let secret = text
        .split("base32:")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let bytes = otp_core::decode_base32(secret).unwrap();
    let hexadecimal = otp_core::hexadecimal(&bytes);
    vec![
        secret.into(),
        secret.to_lowercase(),
        hexadecimal.to_string(),
        hexadecimal.to_uppercase(),
    ]
}

/// All that status prints of alice, in every form.
fn everything_said(machine: &Machine) -> String {
    let mut said = String::new();
    for arguments in [
        &["status"][..],
        &["status", "alice"],
        &["status", "--json"],
        &["status", "alice", "--json"],
    ] {
        let output = machine.otpctl(arguments);
        said += &String::from_utf8_lossy(&output.stdout);
        said += &String::from_utf8_lossy(&output.stderr);
    }
    said.split_whitespace().collect()
}

fn json(machine: &Machine, user: &str) -> Value {
    let output = machine.otpctl(&["status", user, "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!(report["version"], 1);
    assert_eq!(report["accounts"].as_array().unwrap().len(), 1);
    report["accounts"][0].clone()
}

sandboxed! {
    fn no_form_of_status_ever_prints_a_secret() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut fob = machine.enrol_pending("alice", &["--hotp"]);
        let secrets = spellings_of_the_secret();
        let clean = |case: &str| {
            let said = everything_said(&machine);
            assert!(said.contains("alice"), "{case}");
            for secret in &secrets {
                assert!(!said.contains(secret.as_str()), "{case}: {said}");
            }
        };
        clean("pending");
        let welcome = Login::new("door", "alice").answers(&[&fob.next_code()]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
        clean("activated");
        Login::new("door", "alice").answers(&[&fob.wrong_code()]).run();
        clean("failed");
        machine.otpctl_ok(&["disable", "alice"]);
        clean("disabled");
        let text = std::fs::read_to_string(ACCOUNT).unwrap();
        for (case, broken) in [
            ("another key", text.replace("secret =", "sekret =")),
            ("no quotation mark", text.replace("base32:", "base32:\"")),
            ("another scheme", text.replace("base32:", "")),
            ("small letters", text.replace(&secrets[0], &secrets[1])),
            ("in the label", text.replace("phone", &secrets[0]).replace("digits = 6", "digits = 5")),
            ("as a number", text.replace("digits = 6", &format!("digits = \"{}\"", secrets[0]))),
            ("as a key", format!("{text}{} = 1\n", secrets[1])),
            ("cut", text[..text.find("base32:").unwrap() + 20].into()),
        ] {
            put(ACCOUNT, broken.as_bytes(), 0o600);
            assert_eq!(machine.otpctl(&["status"]).status.code(), Some(3), "{case}");
            clean(case);
        }
    }

    fn the_json_says_what_a_machine_wants_to_know() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let before = pam_otp_tests::now();
        let fob = machine.enrol_pending("alice", &["--hotp", "--digits", "8", "--label", "Ключ"]);
        let pending = json(&machine, "alice");
        assert_eq!(pending["user"], "alice");
        assert_eq!(pending["error"], Value::Null);
        assert_eq!(pending["uid"], 1000);
        assert_eq!(pending["enabled"], true);
        assert_eq!(pending["activated"], false);
        assert!(pending["enrolled_at_unix_seconds"].as_u64().unwrap() >= before);
        let device = &pending["authenticators"][0];
        assert_eq!(device["label"], "Ключ");
        assert_eq!(device["kind"], "hotp");
        assert_eq!(device["digits"], 8);
        assert_eq!(device["last_used_unix_seconds"], Value::Null);

        Login::new("door", "alice").answers(&[""]).run();
        Login::new("door", "alice").answers(&[&fob.wrong_code()]).run();
        let failed = json(&machine, "alice");
        assert_eq!((&failed["pending_logins"], &failed["consecutive_failures"]), (&1.into(), &1.into()));

        Login::new("door", "alice").answers(&[&fob.code_at(0)]).run();
        machine.otpctl_ok(&["disable", "alice"]);
        let disabled = json(&machine, "alice");
        assert_eq!((&disabled["activated"], &disabled["enabled"]), (&true.into(), &false.into()));
        assert!(disabled["authenticators"][0]["last_used_unix_seconds"].as_u64().unwrap() >= before);
    }

    fn a_broken_account_is_json_too() {
        let machine = Machine::with_alice();
        machine.enrol_pending("alice", &[]);
        put(ACCOUNT, b"oops", 0o600);
        let broken = json(&machine, "alice");
        assert!(broken["error"].as_str().unwrap().contains("damaged"), "{broken}");
        assert_eq!(machine.otpctl(&["status", "alice", "--json"]).status.code(), Some(3));
    }
}
