//! Every field that a script can read from `otpctl token` stands in docs/json.md.

use crate::cli_support::{token, token_with};
use pam_otp_tests::{Machine, TokenRig, sandboxed};
use serde_json::Value;
use std::collections::BTreeSet;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";

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

/// The part of the documentation under a heading.
fn section(heading: &str) -> &'static str {
    let all = include_str!("../../docs/json.md");
    let found = all.split("\n## ").find(|part| part.starts_with(heading));
    found.unwrap_or_else(|| panic!("no section \"{heading}\""))
}

sandboxed! {
    fn every_field_is_documented_under_its_command() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token_with(&machine, &["button", "hotp", "short"], SECRET).ends(0, "");
        for (words, heading) in [
            (&["provision", "alice", "--json"][..], "otpctl token provision USER --json"),
            (&["list", "--json"], "otpctl token list --json"),
            (&["info", "--json"], "otpctl token info --json"),
            (&["access", "--json"], "otpctl token access --json"),
            (&["accounts", "--json"], "otpctl token accounts --json"),
            (&["code", "--json"], "otpctl token code [NAME] --json"),
            (&["button", "show", "--json"], "otpctl token button show --json"),
        ] {
            let document = token(&machine, words).ends(0, "").json();

            assert_eq!(document["version"], 1, "{words:?}");
            let mut keys = BTreeSet::new();
            keys_of(&document, &mut keys);
            keys.remove("version");
            assert!(keys.len() >= 3, "{keys:?}");
            let words: BTreeSet<&str> = section(heading)
                .split('`')
                .skip(1)
                .step_by(2)
                .flat_map(|code| code.split(['.', '[', ']']))
                .collect();
            let missing: Vec<_> = keys.iter().filter(|key| !words.contains(key.as_str())).collect();
            assert!(missing.is_empty(), "{heading}: {missing:?}");
        }
    }
}
