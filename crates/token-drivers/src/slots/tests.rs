//! Exact conversations with a token over PC/SC.

use super::*;
use crate::CardError;
use crate::script::{Finger, ScriptedCard};
use otp_core::{Digits, MovingFactor};

const SELECT: &str = "00a4040007a000000527200100";
const LOOK: &str = "0003000000";
const HOTP: &str = "0000000000000000000000000000000037383930 0000 31323334353637383930313233343536
    000000000000 00 34 60 00 0000 29c6";
const NO_CODE: &str = "000000000000";

/// An answer with a status: 5.4.3 where nothing else is said.
fn status(sequence: u8, touch_level: u8) -> String {
    format!("050403{sequence:02x}{touch_level:02x}00 9000")
}

fn selected(sequence: u8, touch_level: u8) -> ScriptedCard {
    ScriptedCard::new().answers(SELECT, &status(sequence, touch_level))
}

/// Selected and looked at once more, as before each change.
fn looked(sequence: u8, touch_level: u8) -> ScriptedCard {
    selected(sequence, touch_level).answers(LOOK, &status(sequence, touch_level))
}

fn hotp() -> SlotContent {
    let slot = HotpSlot::new(
        SlotKey::new(b"12345678901234567890").unwrap(),
        Digits::SIX,
        MovingFactor(0),
        None,
        Typing::default(),
    );
    SlotContent::Hotp(slot.unwrap())
}

fn code(text: &str) -> AccessCode {
    AccessCode::parse(text).unwrap()
}

#[test]
fn writing_slot_2_is_the_conversation_of_ykman() {
    // ykman otp hotp 2 ... -d 6, and the answer it got; Le is ours.
    let mut card = looked(2, 0x05).answers(
        &format!("000103003a {HOTP} {NO_CODE} 00"),
        "05040303 0a00 9000",
    );
    let mut slots = Slots::over_card(&mut card).unwrap();

    let written = slots.write(Slot::Long, &hotp(), AccessCodes::none(), Replace::Never);

    assert_eq!(written, Ok(()));
    assert_eq!(slots.status().is_configured(Slot::Long), Some(true));
}

#[test]
fn a_slot_in_use_is_left_alone_unless_it_may_be_lost() {
    let mut card = looked(2, 0x05);
    let mut slots = Slots::over_card(&mut card).unwrap();
    let refused = slots.write(Slot::Short, &hotp(), AccessCodes::none(), Replace::Never);
    assert_eq!(refused, Err(TokenError::SlotInUse { slot: Slot::Short }));

    let apdu = format!("000101003a {HOTP} {NO_CODE} 00");
    let mut card = looked(2, 0x05).answers(&apdu, &status(3, 0x05));
    let mut slots = Slots::over_card(&mut card).unwrap();
    let replace = Replace::WhateverIsThere;
    let written = slots.write(Slot::Short, &hotp(), AccessCodes::none(), replace);
    assert_eq!(written, Ok(()));
}

#[test]
fn the_new_access_code_goes_into_the_configuration_and_the_current_one_behind_it() {
    let (one, other) = (code("010203040506"), code("a1a2a3a4a5a6"));
    let conversation = |codes: AccessCodes<'_>, new: &str, sum: &str, current: &str| {
        let front = "00".repeat(38);
        let apdu = format!("000104003a {front} {new} 10 34 20 00 0000 {sum} {current} 00");
        let mut card = looked(2, 0x05).answers(&apdu, &status(3, 0x05));
        let settings = Settings::Typing(Typing::default());
        let mut slots = Slots::over_card(&mut card).unwrap();
        slots.update(Slot::Short, settings, codes).unwrap();
    };
    // ykman otp settings 1 -A 010203040506
    let set = AccessCodes {
        current: None,
        afterwards: Afterwards::Set(&one),
    };
    conversation(set, "010203040506", "60d1", NO_CODE);
    // What is not mentioned stays.
    conversation(
        AccessCodes::keeping(&one),
        "010203040506",
        "60d1",
        "010203040506",
    );
    let removed = AccessCodes {
        current: Some(&one),
        afterwards: Afterwards::None,
    };
    conversation(removed, NO_CODE, &sum_of(NO_CODE), "010203040506");
    let changed = AccessCodes {
        current: Some(&one),
        afterwards: Afterwards::Set(&other),
    };
    conversation(
        changed,
        "a1a2a3a4a5a6",
        &sum_of("a1a2a3a4a5a6"),
        "010203040506",
    );
}

/// The checksum of settings as ykman leaves them, with this access code.
fn sum_of(access_code: &str) -> String {
    let zeros = "00".repeat(38);
    let before = crate::script::bytes(&format!("{zeros} {access_code} 10 34 20 00 0000"));
    let [low, high] = (!crc::checksum(&before)).to_le_bytes();
    format!("{low:02x}{high:02x}")
}

#[test]
fn a_missing_and_a_wrong_access_code_are_told_apart() {
    let attempt = |current: Option<&AccessCode>, bytes: &str, answer: &str| {
        let apdu = format!("000101003a {} {bytes} 00", "00".repeat(52));
        let mut card = looked(2, 0x05).answers(&apdu, answer);
        if answer.ends_with("9000") {
            card = card.answers(LOOK, &status(2, 0x05));
        }
        let mut slots = Slots::over_card(&mut card).unwrap();
        slots.delete(Slot::Short, current).unwrap_err()
    };
    let wrong = code("a1a2a3a4a5a6");
    let locked = TokenError::Locked {
        wants: "access code",
    };
    assert_eq!(attempt(None, NO_CODE, "6982"), locked);
    let error = attempt(Some(&wrong), "a1a2a3a4a5a6", "6982");
    let expected = TokenError::WrongPassword {
        what: "access code",
        tries_left: None,
    };
    assert_eq!(error, expected);
    // A token that answers "done" and has not counted did nothing.
    let unchanged = attempt(Some(&wrong), "a1a2a3a4a5a6", &status(2, 0x05));
    let expected = TokenError::NotTaken {
        what: "the change of a button",
    };
    assert_eq!(unchanged, expected);
    assert!(unchanged.remedy().contains("access code"));
    for other in ["6700", "6985", "6a80", "6d00", "6f00"] {
        let error = attempt(Some(&wrong), "a1a2a3a4a5a6", other);
        let refused = matches!(error, TokenError::Refused { .. });
        assert!(refused, "{other}: {error:?}");
    }
}

#[test]
fn deleting_sends_zeros_and_an_empty_slot_is_not_deleted() {
    let apdu = format!("000103003a {} 00", "00".repeat(58));
    let mut card = looked(2, 0x0F).answers(&apdu, &status(3, 0x05));
    let mut slots = Slots::over_card(&mut card).unwrap();
    assert_eq!(slots.delete(Slot::Long, None), Ok(()));

    let mut card = looked(2, 0x05);
    let mut slots = Slots::over_card(&mut card).unwrap();
    let empty = slots.delete(Slot::Long, None);
    assert_eq!(empty, Err(TokenError::SlotEmpty { slot: Slot::Long }));
}

#[test]
fn firmware_that_answers_a_deletion_with_the_past_is_asked_again() {
    let apdu = format!("000101003a {} 00", "00".repeat(58));
    let mut card = ScriptedCard::new()
        .answers(SELECT, "050207 09 0f00 9000")
        .answers(LOOK, "050207 09 0f00 9000")
        .answers(&apdu, "050207 09 0f00 9000")
        .answers(LOOK, "050207 09 0a00 9000");
    let mut slots = Slots::over_card(&mut card).unwrap();
    assert_eq!(slots.delete(Slot::Short, None), Ok(()));
}

#[test]
fn a_change_that_is_answered_with_nothing_is_looked_at() {
    let apdu = format!("000103003a {HOTP} {NO_CODE} 00");
    let mut card = looked(2, 0x05)
        .answers(&apdu, "9000")
        .answers(LOOK, &status(3, 0x0F));
    let mut slots = Slots::over_card(&mut card).unwrap();
    let written = slots.write(Slot::Long, &hotp(), AccessCodes::none(), Replace::Never);
    assert_eq!(written, Ok(()));
}

#[test]
fn a_token_that_counts_a_change_and_shows_none_is_not_believed() {
    let apdu = format!("000103003a {HOTP} {NO_CODE} 00");
    let mut card = looked(2, 0x05)
        .answers(&apdu, &status(3, 0x05))
        .answers(LOOK, &status(3, 0x05));
    let mut slots = Slots::over_card(&mut card).unwrap();
    let written = slots.write(Slot::Long, &hotp(), AccessCodes::none(), Replace::Never);
    assert!(matches!(written, Err(TokenError::NotDone { .. })));
}

#[test]
fn swapping_sends_the_access_code_and_needs_something_to_swap() {
    let mut card = looked(2, 0x05).answers(&format!("0001060006 {NO_CODE} 00"), &status(3, 0x0A));
    let mut slots = Slots::over_card(&mut card).unwrap();
    assert_eq!(slots.swap(None), Ok(()));

    let shared = code("010203040506");
    let mut card = looked(2, 0x0F).answers("0001060006 010203040506 00", &status(3, 0x0F));
    let mut slots = Slots::over_card(&mut card).unwrap();
    assert_eq!(slots.swap(Some(&shared)), Ok(()));

    let mut card = looked(0, 0x00);
    let mut slots = Slots::over_card(&mut card).unwrap();
    assert!(matches!(
        slots.swap(None),
        Err(TokenError::Unsupported { .. })
    ));
}

#[test]
fn a_challenge_goes_out_as_64_bytes_and_comes_back_as_20() {
    let apdu = format!("0001300040 48656c6c6f {} 00", "00".repeat(59));
    let mut card =
        selected(2, 0x01).answers(&apdu, "bbb868871fb08ef67db893010e42d2120a476d99 9000");
    let mut slots = Slots::over_card(&mut card).unwrap();
    let mut finger = Finger::default();
    let challenge = Challenge::new(b"Hello").unwrap();

    let response = slots.respond(Slot::Short, &challenge, &mut finger);

    let expected = crate::script::bytes("bbb868871fb08ef67db893010e42d2120a476d99");
    assert_eq!(response.unwrap().to_vec(), expected);
    assert_eq!(finger.asked, 0);
}

#[test]
fn a_slot_that_waits_for_touch_asks_its_holder_first() {
    let apdu = format!("0001380040 48656c6c6f {} 00", "00".repeat(59));
    let attempt = |answer: &str| {
        let mut card = selected(2, 0x0A).answers(&apdu, answer);
        let mut slots = Slots::over_card(&mut card).unwrap();
        let mut finger = Finger::default();
        let challenge = Challenge::new(b"Hello").unwrap();
        let response = slots.respond(Slot::Long, &challenge, &mut finger);
        assert_eq!((finger.asked, finger.over), (1, 1));
        response.map(|_| ())
    };
    assert_eq!(
        attempt("bbb868871fb08ef67db893010e42d2120a476d99 9000"),
        Ok(())
    );
    assert_eq!(attempt("6985"), Err(TokenError::NotTouched));
    let short = attempt("bbb868871fb08ef67db893010e42d2120a476d 9000");
    assert!(matches!(short, Err(TokenError::Unintelligible { .. })));

    let mut card = selected(2, 0x0A);
    let mut slots = Slots::over_card(&mut card).unwrap();
    let mut impatient = Finger {
        patience: Some(0),
        ..Finger::default()
    };
    let challenge = Challenge::new(b"Hello").unwrap();
    let response = slots.respond(Slot::Long, &challenge, &mut impatient);
    assert_eq!(response.err(), Some(TokenError::NotTouched));
    let empty = slots.respond(Slot::Short, &challenge, &mut impatient);
    assert_eq!(
        empty.err(),
        Some(TokenError::SlotEmpty { slot: Slot::Short })
    );
}

#[test]
fn settings_that_would_change_the_answers_of_a_slot_are_refused_before_anything_is_sent() {
    let mut card = looked(2, 0x01);
    let mut slots = Slots::over_card(&mut card).unwrap();
    let typing = Settings::Typing(Typing::default());
    let refused = slots.update(Slot::Short, typing, AccessCodes::none());
    assert!(matches!(refused, Err(TokenError::Unsupported { .. })));

    let mut card = looked(2, 0x05);
    let mut slots = Slots::over_card(&mut card).unwrap();
    let empty = slots.update(Slot::Long, typing, AccessCodes::none());
    assert_eq!(empty, Err(TokenError::SlotEmpty { slot: Slot::Long }));
}

#[test]
fn what_a_firmware_cannot_do_is_refused_before_anything_is_sent() {
    let open = |version: &str| {
        let answer = format!("{version} 02 0500 9000");
        ScriptedCard::new().answers(SELECT, &answer)
    };
    let mut card = open("020104");
    let mut slots = Slots::over_card(&mut card).unwrap();
    let old = slots.write(Slot::Long, &hotp(), AccessCodes::none(), Replace::Never);
    let Err(TokenError::Unsupported { why }) = old else {
        panic!("{old:?}");
    };
    assert!(why.contains("2.2") && why.contains("2.1.4"), "{why}");
    assert!(slots.swap(None).is_err());

    let new = code("010203040506");
    let set = AccessCodes {
        current: None,
        afterwards: Afterwards::Set(&new),
    };
    let mut card = open("040303").answers(LOOK, "040303 02 0500 9000");
    let mut slots = Slots::over_card(&mut card).unwrap();
    let refused = slots.update(Slot::Short, Settings::Typing(Typing::default()), set);
    assert!(matches!(refused, Err(TokenError::Unsupported { .. })));
}

#[test]
fn a_neo_is_woken_before_its_count_is_believed() {
    let mut card = ScriptedCard::new()
        .answers(SELECT, "030405 01 0500 0007 0f00 9000")
        .answers(&format!("0001120033 {} 00", "63".repeat(51)), "6a80")
        .answers(LOOK, "030405 04 0500 9000");
    let slots = Slots::over_card(&mut card).unwrap();
    assert_eq!(slots.status().sequence, 4);
}

#[test]
fn a_card_without_slots_says_so() {
    let mut card = ScriptedCard::new().answers(SELECT, "6a82");
    let none = Slots::over_card(&mut card).err();
    assert!(matches!(none, Some(TokenError::NoApplication { .. })));
    for answer in ["9000", "0504030105 9000", "6999"] {
        let mut card = ScriptedCard::new().answers(SELECT, answer);
        assert!(Slots::over_card(&mut card).is_err(), "{answer}");
    }
}

#[test]
fn a_serial_number_is_told_or_hidden() {
    let serial = |answer: &str| {
        let mut card = selected(2, 0x05).answers("0001100000", answer);
        Slots::over_card(&mut card).unwrap().serial()
    };
    assert_eq!(serial("00bc614e 9000"), Ok(Some(12_345_678)));
    assert_eq!(serial("00000000 9000"), Ok(None));
    assert_eq!(serial("6d00"), Ok(None));
    assert!(serial("00bc61 9000").is_err());
}

#[test]
fn a_card_pulled_out_at_any_exchange_is_an_ordinary_error() {
    let write = format!("000103003a {HOTP} {NO_CODE} 00");
    let conversation = [
        (SELECT, status(2, 0x05)),
        (LOOK, status(2, 0x05)),
        (write.as_str(), "9000".to_owned()),
        (LOOK, status(3, 0x0F)),
    ];
    for removed_at in 0..conversation.len() {
        for error in [
            CardError::Removed,
            CardError::TakenOver,
            CardError::TimedOut,
        ] {
            let mut card = ScriptedCard::new();
            for (command, answer) in &conversation[..removed_at] {
                card = card.answers(command, answer);
            }
            let mut card = card.fails(conversation[removed_at].0, error.clone());
            let result = Slots::over_card(&mut card).and_then(|mut slots| {
                slots.write(Slot::Long, &hotp(), AccessCodes::none(), Replace::Never)
            });
            assert_eq!(result, Err(TokenError::Card(error)), "{removed_at}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn a_status_cut_off_anywhere_or_of_noise_is_an_error_or_a_status(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..20),
    ) {
        let parsed = SlotStatus::parse(&bytes);
        proptest::prop_assert_eq!(parsed.is_ok(), bytes.len() >= 6);
        let _ = parsed.map(|status| {
            Slot::BOTH.map(|slot| (status.is_configured(slot), status.waits_for_touch(slot)))
        });
    }
}
