//! What happens while a person types: nobody is locked out by it, and it counts.

use super::played::Played;
use super::row::{CODE_PROMPT, PASSWORD};
use super::scene::{self, CODE, NOW, STATE, STORE, alice};
use super::system::{bytes_of, lock_now};
use otp_core::{EnrolmentId, State};
use otp_store::Store;
use pam_otp::authenticate;
use pam_otp_tests::sandboxed;
use std::fs::{File, FileTimes};
use std::path::Path;
use std::time::{Duration, SystemTime};

fn alice_tries(words: &[&str], played: &Played) -> String {
    let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
    format!("{:?}", authenticate(played, played, &words).pam_code())
}

/// Alice with an activated account; she types a right code.
fn alice_types_a_right_code() -> Played {
    scene::write_policy("");
    scene::enrol(scene::activated);
    Played::new("alice", &[(CODE_PROMPT, Ok(CODE))])
}

fn nobody_holds_the_lock(_: &Played) {
    assert!(
        lock_now(STATE).is_some(),
        "the account is locked while alice types"
    );
}

sandboxed! {
    fn the_account_is_not_locked_while_a_code_is_typed() {
        let mut played = alice_types_a_right_code();
        played.while_typing = nobody_holds_the_lock;

        assert_eq!(alice_tries(&[], &played), "SUCCESS");
    }

    fn the_account_is_not_locked_while_a_password_is_typed() {
        let mut played = alice_types_a_right_code();
        played.dialogue = &[(PASSWORD, Ok("wonderland")), (CODE_PROMPT, Ok(CODE))];
        played.while_typing = nobody_holds_the_lock;

        assert_eq!(alice_tries(&["password=verify"], &played), "SUCCESS");
    }

    fn the_lock_is_given_back_with_the_answer() {
        let played = alice_types_a_right_code();

        alice_tries(&[], &played);

        assert!(lock_now(STATE).is_some());
    }

    /// A person who sits at the prompt for ten minutes types the code of then.
    fn the_clock_is_read_when_the_answer_is_there() {
        let mut played = alice_types_a_right_code();
        played.clock.set(NOW - 600);
        played.while_typing = |played| played.clock.set(NOW);

        assert_eq!(alice_tries(&[], &played), "SUCCESS");
    }

    fn a_code_that_grew_old_at_the_prompt_is_refused() {
        let mut played = alice_types_a_right_code();
        played.while_typing = |played| played.clock.set(NOW + 600);

        assert_eq!(alice_tries(&[], &played), "AUTH_ERR");
    }

    /// What stands on disk when the account is locked decides, not what was looked at before.
    fn an_account_reset_while_its_old_code_is_typed_does_not_take_it() {
        let mut played = alice_types_a_right_code();
        played.while_typing = |_| {
            let mut anew = scene::account();
            anew.enrolment = EnrolmentId([0xcd; 16]);
            anew.enabled = true;
            let mut state = State::fresh(&anew);
            // As a reset with a device that has shown this very code already.
            scene::activated(&mut anew, &mut state);
            state.authenticators[0].last_accepted = Some(otp_core::MovingFactor(scene::STEP));
            let store = Store::open(Path::new(STORE)).expect("whole");
            store.start_over(anew, state).expect("changed");
        };

        assert_eq!(alice_tries(&[], &played), "AUTH_ERR");
    }

    fn an_account_revoked_while_its_code_is_typed_does_not_take_it() {
        let mut played = alice_types_a_right_code();
        played.while_typing = |_| {
            let store = Store::open(Path::new(STORE)).expect("whole");
            store.revoke(&alice()).expect("removed");
        };

        assert_eq!(alice_tries(&[], &played), "AUTH_ERR");
    }

    fn the_same_code_typed_by_two_people_at_once_lets_one_in() {
        let mut played = alice_types_a_right_code();
        played.while_typing = |_| {
            let faster = Played::new("alice", &[(CODE_PROMPT, Ok(CODE))]);
            assert_eq!(alice_tries(&[], &faster), "SUCCESS");
        };

        assert_eq!(alice_tries(&[], &played), "AUTH_ERR");
    }

    /// Time must not tell who is enrolled: strangers cost a write as well.
    fn an_attempt_without_an_account_writes_as_well() {
        alice_types_a_right_code();
        for user in ["bob", "nobody-here"] {
            // Each process begins with another one of sixteen.
            let nobody = match std::process::id() % 16 {
                0 => "/var/lib/pam-otp/state/.blank".to_string(),
                number => format!("/var/lib/pam-otp/state/.blank.{number}"),
            };
            let blank = File::options().write(true).open(&nobody);
            let blank = blank.expect("there is one");
            let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
            let times = FileTimes::new().set_modified(long_ago);
            blank.set_times(times).expect("root may");
            let before = bytes_of(&nobody);

            let played = Played::new(user, &[(CODE_PROMPT, Ok(CODE))]);
            assert_eq!(alice_tries(&[], &played), "AUTH_ERR");

            let metadata = blank.metadata().expect("still there");
            assert_ne!(metadata.modified().expect("known"), long_ago, "{user}");
            // One record more, as with an account; what it says is the same.
            assert_ne!(bytes_of(&nobody), before, "{user}");
        }
    }
}
