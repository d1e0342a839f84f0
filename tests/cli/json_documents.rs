//! Every field that a script can read stands in docs/json.md.

use pam_otp_tests::{Login, Machine, sandboxed};
use serde_json::Value;
use std::collections::BTreeSet;

fn keys_of(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                keys.insert(name.clone());
                keys_of(value, keys);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys_of(value, keys)),
        _ => {}
    }
}

sandboxed! {
    fn every_field_is_documented_and_every_document_has_a_version() {
        let machine = Machine::with_alice();
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n");
        machine.code_only_stack("door");
        let phone = machine.enrol("alice", &[]);
        machine.otpctl_ok(&["bypass", "alice", "--for", "8h"]);
        Login::new("door", "alice").answers(&[&phone.wrong_code()]).run();
        machine.add_user("bob", "builder");
        let mut keys = BTreeSet::new();
        let documents: [(&[&str], &str); 16] = [
            (&["status", "--json"], ""),
            (&["list", "--json"], ""),
            (&["history", "alice", "--json"], ""),
            (&["explain", "alice", "--json"], ""),
            (&["doctor", "--service", "door", "--service", "sshd", "--user", "alice", "--json"], ""),
            (&["test", "door", "alice", "--dry-run", "--json"], "1\n"),
            (&["enroll", "--from", "-", "--json", "--dry-run"], "bob\n"),
            (&["enroll", "--from", "-", "--json", "--uri-only", "--sheets", "/tmp/sheets"], "bob\n"),
            (&["status", "bob", "--json"], ""),
            (&["show", "bob", "--json"], ""),
            (&["add", "bob", "--label", "fob", "--hotp", "--pending", "--json"], ""),
            (&["verify", "alice", "--json"], "123456\n"),
            (&["bypass", "alice", "--for", "8h", "--json"], ""),
            (&["recovery", "new", "alice", "--json"], ""),
            (&["reset", "alice", "--yes", "--json"], ""),
            (&["gc", "--dry-run", "--json"], ""),
        ];
        for (arguments, input) in documents {
            let output = machine.otpctl_with_input(arguments, input);
            let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            assert_eq!(document["version"], 1, "{arguments:?}: {document}");
            keys_of(&document, &mut keys);
        }
        assert!(keys.len() > 60, "{keys:?}");
        let documented = include_str!("../../docs/json.md");
        // `a`, or `a[].b`
        let words: BTreeSet<&str> = documented
            .split('`')
            .skip(1)
            .step_by(2)
            .flat_map(|code| code.split(['.', '[', ']', '…']))
            .collect();
        let missing: Vec<&String> = keys.iter().filter(|key| !words.contains(key.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
