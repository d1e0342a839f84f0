//! Whole conversations with tokens, played back: as they are, with the token pulled out at
//! every exchange, with every status word, with every answer cut short or garbled.
//!
//! The bytes of Yubico's dialect were recorded from ykman and those of Nitrokey from its
//! firmware where they exist; the others are written after the protocol's pages.

mod codes;
mod nitrokey;
mod openings;
mod passwords;
mod player;
mod yubico;

use crate::script::bytes;
use crate::{CardError, StatusWord, TokenError};
use player::{Fault, Player};
use proptest::prelude::*;

/// One conversation: what is said, and what comes of it.
struct Conversation {
    name: &'static str,
    answer_to_reset: &'static str,
    steps: Vec<(String, String)>,
    /// What was done, and its result as text.
    run: fn(&mut Player) -> Result<String, TokenError>,
    outcome: &'static str,
    /// Goes on after a refusal, because it asks several things.
    lenient: bool,
}

fn conversation(
    name: &'static str,
    steps: &[(&str, &str)],
    run: fn(&mut Player) -> Result<String, TokenError>,
    outcome: &'static str,
) -> Conversation {
    let steps = steps.iter();
    Conversation {
        name,
        answer_to_reset: "3B8D80018073C021C057597562694B6579F9",
        steps: steps.map(|(c, a)| ((*c).into(), (*a).into())).collect(),
        run,
        outcome,
        lenient: false,
    }
}

fn all() -> Vec<Conversation> {
    [
        yubico::conversations(),
        passwords::conversations(),
        openings::conversations(),
        nitrokey::conversations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The random bytes of a recording.
fn recorded_random(buffer: &mut [u8]) {
    for (place, byte) in buffer.iter_mut().zip(0xA0..) {
        *place = byte;
    }
}

#[test]
fn every_conversation_goes_as_it_was_recorded() {
    for one in all() {
        let mut player = Player::new(&one, None);
        let outcome = match (one.run)(&mut player) {
            Ok(outcome) => outcome,
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(outcome, one.outcome, "{}", one.name);
        assert!(player.is_over(), "{}: not everything was said", one.name);
    }
}

#[test]
fn a_token_pulled_out_at_any_exchange_is_an_error_that_says_so() {
    for one in all() {
        for at in 0..one.steps.len() {
            let mut player = Player::new(&one, Some((at, Fault::Removed)));
            let result = (one.run)(&mut player);
            let removed = TokenError::Card(CardError::Removed);
            assert_eq!(result, Err(removed), "{}, exchange {at}", one.name);
            assert_eq!(player.after_fault(), 0, "{}, exchange {at}", one.name);
        }
    }
}

#[test]
fn no_refusal_at_any_exchange_is_taken_for_a_yes() {
    let words = [
        0x6300, 0x63C2, 0x6581, 0x6700, 0x6982, 0x6983, 0x6984, 0x6985, 0x6A80, 0x6A81, 0x6A82,
        0x6A84, 0x6B00, 0x6D00, 0x6E00, 0x6F00, 0x9060, 0x0000, 0xFFFF,
    ];
    for one in all().into_iter().filter(|one| !one.lenient) {
        for at in 0..one.steps.len() {
            for word in words {
                let answer = StatusWord(word).0.to_be_bytes().to_vec();
                let mut player = Player::new(&one, Some((at, Fault::Answer(answer))));
                let result = (one.run)(&mut player);
                if let Ok(outcome) = result {
                    // Only where no is an answer, or another application is asked instead.
                    let no = outcome == "wrong code" && word == 0x6300;
                    assert!(no, "{}, exchange {at}, {word:04X}: {outcome}", one.name);
                }
            }
        }
    }
}

#[test]
fn an_answer_cut_short_anywhere_panics_nowhere() {
    for one in all() {
        for at in 0..one.steps.len() {
            let whole = bytes(&one.steps[at].1);
            for length in 0..whole.len() {
                // Without its status word, and with one.
                let raw = whole[..length].to_vec();
                let ended = [&raw[..], &[0x90, 0x00]].concat();
                for answer in [raw, ended] {
                    let mut player = Player::new(&one, Some((at, Fault::Answer(answer))));
                    let _ = (one.run)(&mut player);
                }
            }
        }
    }
}

#[test]
fn an_answer_without_end_is_given_up() {
    for one in all() {
        for at in 0..one.steps.len() {
            for piece in ["6100", "61FF", "0102036110"] {
                let mut player = Player::new(&one, Some((at, Fault::Forever(bytes(piece)))));
                let result = (one.run)(&mut player);
                assert!(
                    result.is_err() || one.lenient,
                    "{}, exchange {at}",
                    one.name
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_garbled_answer_panics_nowhere(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        insertion in prop::option::of((any::<prop::sample::Index>(), any::<Vec<u8>>())),
    ) {
        let all = all();
        let one = which.get(&all);
        let at = at.index(one.steps.len());
        let mut answer = bytes(&one.steps[at].1);
        for (place, byte) in changes {
            let place = place.index(answer.len());
            answer[place] = byte;
        }
        if let Some((place, more)) = insertion {
            let place = place.index(answer.len());
            answer.splice(place..place, more);
        }
        let mut player = Player::new(one, Some((at, Fault::Answer(answer))));
        let _ = (one.run)(&mut player);
    }

    #[test]
    fn no_bytes_make_a_parser_panic(answer: Vec<u8>) {
        use crate::oath;
        let _ = oath::parse_select(&answer);
        let _ = oath::parse_list(&answer, oath::ListForm::Plain);
        let _ = oath::parse_list(&answer, oath::ListForm::WithProperties);
        let _ = oath::parse_code(&answer);
        let _ = oath::parse_all_codes(&answer);
        let _ = oath::parse_proof(&answer);
        let _ = crate::parse_management_serial(&answer);
        let _ = crate::token2::parse_info(&answer);
    }
}
