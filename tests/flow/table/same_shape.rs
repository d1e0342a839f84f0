//! Refusals have one shape, whatever they are for: as many questions, and as many writes.

use super::played::{Line, Played};
use super::row::CODE_PROMPT;
use super::scene::{self, CODE, POLICY, STORE, WRONG_CODE};
use pam_otp::authenticate;
use pam_otp_tests::{put, sandboxed};
use std::fs;
use std::time::{Duration, SystemTime};

const THREE_CODES: &[Line] = &[
    (CODE_PROMPT, Ok(WRONG_CODE)),
    (CODE_PROMPT, Ok(WRONG_CODE)),
    (CODE_PROMPT, Ok(WRONG_CODE)),
];
const DENY: &str = "[[rule]]\nname = \"nobody\"\naction = \"deny\"";

fn pam_code(played: &Played) -> String {
    format!("{:?}", authenticate(played, played, &[]).pam_code())
}

/// Lets the files of the store look as if they had been written long ago; returns them.
fn aged(files: &[String]) -> Vec<fs::File> {
    let opened = files.iter().map(|name| {
        let file = fs::File::options()
            .write(true)
            .open(format!("{STORE}/{name}"));
        let file = file.expect("there is one");
        file.set_modified(SystemTime::UNIX_EPOCH).expect("root may");
        file
    });
    opened.collect()
}

sandboxed! {
    fn a_denied_login_is_asked_as_often_as_one_with_wrong_codes() {
        scene::enrol(scene::activated);
        scene::write_policy("tries = 3");
        let wrong = Played::new("alice", THREE_CODES);
        assert_eq!(pam_code(&wrong), "AUTH_ERR");

        scene::write_policy(&format!("tries = 3\n{DENY}"));
        let denied = Played::new("alice", THREE_CODES);
        assert_eq!(pam_code(&denied), "AUTH_ERR");

        assert_eq!(denied.asked.get(), wrong.asked.get());
    }

    fn with_a_broken_store_everybody_is_asked_as_often_as_ever() {
        scene::write_policy("tries = 3");
        let broken = Played::new("alice", THREE_CODES);
        assert_eq!(pam_code(&broken), "AUTHINFO_UNAVAIL");

        assert_eq!(broken.asked.get(), 3);
    }

    fn a_denied_login_writes_like_every_other_refusal() {
        scene::enrol(scene::activated);
        scene::write_policy(DENY);
        let blanks = (1..16).map(|number| format!("state/.blank.{number}"));
        let names = ["state/alice".into(), "state/.blank".into()].into_iter();
        let files = aged(&names.chain(blanks).collect::<Vec<_>>());

        let denied = Played::new("alice", &[(CODE_PROMPT, Ok(CODE))]);
        assert_eq!(pam_code(&denied), "AUTH_ERR");

        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let written = |file: &fs::File| {
            let metadata = file.metadata().expect("still there");
            metadata.modified().expect("known") > later
        };
        assert!(files.iter().any(written));
    }

    fn a_policy_that_leads_through_dot_dot_is_a_wrong_policy() {
        scene::enrol(scene::activated);
        scene::write_policy("");
        put(POLICY, b"store = \"/var/lib/../lib/pam-otp\"\n", 0o644);

        let alice = Played::new("alice", &[(CODE_PROMPT, Ok(CODE))]);

        assert_eq!(pam_code(&alice), "SERVICE_ERR");
    }
}
