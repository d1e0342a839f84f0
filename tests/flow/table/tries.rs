//! Several codes in one conversation: each is an attempt of its own, with its own line in
//! the log; the person waits once.

use super::played::{Line, Played};
use super::row::CODE_PROMPT;
use super::scene::{self, CODE, DELAY_MILLISECONDS, WRONG_CODE, state_now};
use pam_otp::{ConversationError, Echo, authenticate};
use pam_otp_tests::sandboxed;

const WRONG: Line = (CODE_PROMPT, Ok(WRONG_CODE));
const RIGHT: Line = (CODE_PROMPT, Ok(CODE));
const GIVES_UP: Line = (CODE_PROMPT, Err(ConversationError::Failed { code: 19 }));
const JUNK: Line = (CODE_PROMPT, Ok("what code?"));

/// Three tries; returns the PAM code, the words of the log, and how many questions there were.
fn alice_tries(dialogue: &'static [Line], rule: &str) -> (String, Vec<String>, usize) {
    scene::write_policy(&format!("tries = 3\necho = true\n{rule}"));
    scene::enrol(scene::activated);
    let mut played = Played::new("alice", dialogue);
    played.echo = Echo::On;
    // sshd is asked once more without echo, for its password method.
    played.items = [Some("login"), None, Some("tty1")];

    let code = format!("{:?}", authenticate(&played, &played, &[]).pam_code());

    let delays: &[u32] = if code == "SUCCESS" {
        &[]
    } else {
        &[DELAY_MILLISECONDS]
    };
    assert_eq!(*played.delays.borrow(), delays);
    let word = |line: &str| {
        let (_, rest) = line.split_once(" outcome=").expect("an outcome");
        rest.split(' ').next().unwrap_or_default().to_string()
    };
    let words = played
        .log
        .borrow()
        .iter()
        .map(|(_, line)| word(line))
        .collect();
    (code, words, played.asked.get())
}

sandboxed! {
    fn a_code_that_was_mistyped_twice_may_be_typed_again() {
        let (code, words, asked) = alice_tries(&[WRONG, JUNK, RIGHT], "");

        assert_eq!((code.as_str(), asked), ("SUCCESS", 3));
        assert_eq!(words, ["no-match", "malformed", "accepted"]);
        assert_eq!(state_now().failures, 0);
    }

    fn after_the_third_try_it_is_over_and_each_was_charged() {
        let (code, words, asked) = alice_tries(&[WRONG, WRONG, WRONG, RIGHT], "");

        assert_eq!((code.as_str(), asked), ("AUTH_ERR", 3));
        assert_eq!(words, ["no-match"; 3]);
        assert_eq!(state_now().failures, 3);
    }

    fn whoever_gives_up_is_not_asked_again() {
        let (code, words, asked) = alice_tries(&[WRONG, GIVES_UP, RIGHT], "");

        assert_eq!((code.as_str(), asked), ("CONV_ERR", 2));
        assert_eq!(words, ["no-match", "conversation-failed"]);
    }

    fn tries_do_not_lead_around_the_waiting() {
        let (code, words, asked) = alice_tries(&[WRONG, RIGHT, RIGHT], "[throttle]\nfree_failures = 0");

        assert_eq!((code.as_str(), asked), ("AUTH_ERR", 3));
        assert_eq!(words, ["no-match", "throttled", "throttled"]);
        assert_eq!(state_now().failures, 1);
    }
}
