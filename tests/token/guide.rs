//! What the guide for administrators and the page for users do with a hardware token, in their
//! order, with a token in software behind the real pcscd. Their other commands:
//! `tests/programs/guide.rs`.

use crate::cli_support::otpctl;
use pam_otp_tests::{Machine, TokenRig, sandboxed};

const PAGES: [(&str, &str); 2] = [
    ("guide.md", include_str!("../../docs/guide.md")),
    ("for-users.md", include_str!("../../docs/for-users.md")),
];

/// The lines of the blocks that are marked, without the prompt and the program's name.
fn commands(page: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    let mut marked = false;
    for line in page.lines().map(str::trim) {
        if line.starts_with("```") {
            marked = line == "```console hardware";
        } else if marked {
            let mut words = line.split_whitespace().skip(1);
            let program = words.next().expect("a prompt and a program");
            assert!(program.ends_with("otpctl"), "{line}");
            found.push(words.collect());
        }
    }
    found
}

sandboxed! {
    fn every_command_for_a_token_works_in_its_order() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let mut token = rig.insert("yubikey", &[]);
        for (name, page) in PAGES {
            let commands = commands(page);
            assert!(!commands.is_empty(), "{name}");
            for words in commands {
                if words.contains(&"--replace") || words.contains(&"--add") {
                    token.remove();
                    drop(token);
                    token = rig.insert("yubikey", &["--serial", &words.len().to_string()]);
                }
                let said = otpctl(&machine, &words);
                assert_eq!(said.status, 0, "{name}: {words:?}\n{}\n{}", said.out, said.err);
            }
        }
    }
}
