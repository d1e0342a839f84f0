//! The exchanges that HID has published, and what may come in between.

use super::*;
use crate::CardError;
use crate::script::{Finger, ScriptedCard};
use otp_core::{MovingFactor, OcraSuite, Secret};

const SELECT_ACA: &str = "00A4040007A0000000791000";
const ACA: &str = "6F12 8407A0000000791000 A507 0105 10 03000301 9000";
const VERIFY: &str = "0020000008 3030303030303030";
const SELECT_1: &str = "00A4040007A0000000792300";
const SLOT_1: &str = "6F2F 8407A0000000792300 A524 0105 23 03000302 26 02 0101 \
                      4A17 000000000000000000000000 06 00 10 1E 000000000000 06 9000";
const SELECT_2: &str = "00A4040007A0000000792301";
const SELECT_3: &str = "00A4040007A0000000792302";
const TIME: UnixTime = UnixTime(0x5E84_A802);

fn no_random(_: &mut [u8]) {}

fn pin() -> Unlock {
    Unlock::Pin(Zeroizing::new("00000000".into()))
}

fn slot(number: u8, kind: Kind) -> Credential {
    Credential {
        name: CredentialName::parse("slot").unwrap(),
        handle: vec![number],
        kind: Some(kind),
        algorithm: None,
        digits: None,
        time_step_seconds: None,
        protection: Protection::default(),
    }
}

fn new_hotp() -> NewCredential {
    NewCredential {
        name: CredentialName::parse("OATH HOTP").unwrap(),
        secret: Secret::new(b"12345678901234567890".to_vec().into()).unwrap(),
        algorithm: HashAlgorithm::Sha1,
        digits: Digits::SIX,
        moving: NewMoving::Counter(MovingFactor(0)),
        protection: Protection::default(),
        now: TIME,
    }
}

#[test]
fn it_says_which_version_it_is_and_shows_what_it_does_not_explain() {
    let mut card = ScriptedCard::new()
        .answers(SELECT_ACA, ACA)
        .answers(SELECT_1, SLOT_1)
        .answers(SELECT_2, "6A82")
        .answers(SELECT_3, "6A82");
    let mut token = Crescendo::open(&mut card).unwrap();
    assert_eq!(token.identity().version, Some((3, 0, 3)));
    let slots = token.slots().unwrap();
    let [(0, facts)] = slots.as_slice() else {
        panic!("{slots:?}")
    };
    let shown = "0000000000000000000000000600101E00000000000006";
    assert_eq!(facts.configuration_hexadecimal(), shown);
}

#[test]
fn an_hotp_code_waits_for_the_button() {
    let mut card = ScriptedCard::new()
        .answers(SELECT_ACA, ACA)
        .answers(SELECT_1, SLOT_1)
        .answers("8088000000", "6985")
        .answers("8088000000", "6985")
        .answers("8088000000", "755224 9000");
    let mut finger = Finger::default();
    let mut token = Crescendo::open(&mut card).unwrap();
    let code = token.calculate(&slot(0, Kind::Hotp), Moment(TIME), &mut finger);
    assert_eq!(*code.unwrap().text, "755224");
    assert_eq!((finger.asked, finger.over), (2, 1));
}

#[test]
fn patience_ends_without_a_code() {
    let mut card = ScriptedCard::new()
        .answers(SELECT_ACA, ACA)
        .answers(SELECT_1, SLOT_1)
        .answers("8088000000", "6985")
        .answers("8088000000", "6985");
    let mut finger = Finger {
        patience: Some(1),
        ..Finger::default()
    };
    let mut token = Crescendo::open(&mut card).unwrap();
    let refused = token.calculate(&slot(0, Kind::Hotp), Moment(TIME), &mut finger);
    assert_eq!(refused.err(), Some(TokenError::NotTouched));
    assert_eq!(finger.over, 1);
}

#[test]
fn a_totp_code_needs_the_pin_and_the_time() {
    let mut card = ScriptedCard::new()
        .answers(SELECT_ACA, ACA)
        .answers(SELECT_ACA, ACA)
        .answers(VERIFY, "9000")
        .answers(SELECT_ACA, ACA)
        .answers(VERIFY, "9000")
        .answers(SELECT_2, SLOT_1)
        .answers("8088110004 5E84A802", "340909 9000");
    let mut finger = Finger::default();
    let mut token = Crescendo::open(&mut card).unwrap();
    let locked = token.calculate(&slot(1, Kind::Totp), Moment(TIME), &mut finger);
    assert_eq!(locked.err(), Some(TokenError::Locked { wants: "PIN" }));
    token.unlock(pin(), &mut no_random, &mut finger).unwrap();
    let code = token.calculate(&slot(1, Kind::Totp), Moment(TIME), &mut finger);
    assert_eq!(*code.unwrap().text, "340909");
}

#[test]
fn a_challenge_is_answered_as_rfc_6287_says() {
    let question = format!("7C8185 8200 818180 2A62B1C0{}", "00".repeat(124));
    let mut card = ScriptedCard::new()
        .answers(SELECT_ACA, ACA)
        .answers(SELECT_ACA, ACA)
        .answers(VERIFY, "9000")
        .answers(SELECT_ACA, ACA)
        .answers(VERIFY, "9000")
        .answers(SELECT_3, SLOT_1)
        .answers(&format!("80872200 88 {question}"), "6985")
        .answers(&format!("80872200 88 {question}"), "7C05 8203 608993 9000");
    let mut finger = Finger::default();
    let mut token = Crescendo::open(&mut card).unwrap();
    token.unlock(pin(), &mut no_random, &mut finger).unwrap();
    let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN08").unwrap();
    let input = OcraInput::to_challenge(&suite, "44444444");
    let answer = token.challenge(&slot(2, Kind::Ocra), &input, &mut finger);
    let secret = Secret::new(b"12345678901234567890".to_vec().into()).unwrap();
    assert_eq!(*answer.unwrap(), *input.response(&secret).unwrap());
}

#[test]
fn a_long_challenge_is_sent_in_pieces() {
    let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN08-PSHA512-S512-T1M").unwrap();
    let input = OcraInput {
        password: Some(b"1234"),
        session: Some(b"abc"),
        now: Some(TIME),
        ..OcraInput::to_challenge(&suite, "1")
    };
    let template = ocra_template(&input).unwrap();
    assert!(template.ends_with(&[0x83, 4, 0x5E, 0x84, 0xA8, 0x02]));
    let hexadecimal = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<String>()
    };
    let pieces: Vec<String> = template.chunks(255).map(hexadecimal).collect();
    let [first, second, third] = pieces.as_slice() else {
        panic!("{} pieces", pieces.len())
    };
    let last = format!("80872200{:02X}{third}", third.len() / 2);
    let mut card = ScriptedCard::new()
        .answers(SELECT_ACA, ACA)
        .answers(SELECT_ACA, ACA)
        .answers(VERIFY, "9000")
        .answers(SELECT_ACA, ACA)
        .answers(VERIFY, "9000")
        .answers(SELECT_3, SLOT_1)
        .answers(&format!("90872200FF{first}"), "9000")
        .answers(&format!("90872200FF{second}"), "9000")
        .answers(&last, "7C06 8204 12345678 9000");
    let mut finger = Finger::default();
    let mut token = Crescendo::open(&mut card).unwrap();
    token.unlock(pin(), &mut no_random, &mut finger).unwrap();
    let answer = token.challenge(&slot(2, Kind::Ocra), &input, &mut finger);
    assert_eq!(*answer.unwrap(), "12345678");
}

#[test]
fn an_hotp_secret_is_written_with_the_published_bytes_and_only_as_an_experiment() {
    let mut card = ScriptedCard::new().answers(SELECT_ACA, ACA);
    let refused = Crescendo::open(&mut card)
        .unwrap()
        .put(&new_hotp(), &mut Finger::default());
    assert!(matches!(refused, Err(TokenError::Unsupported { .. })));
    drop(card);

    let mut card = ScriptedCard::new()
        .answers(SELECT_ACA, ACA)
        .answers(SELECT_ACA, ACA)
        .answers(VERIFY, "9000")
        .answers(SELECT_ACA, ACA)
        .answers(VERIFY, "9000")
        .answers(SELECT_1, SLOT_1)
        .answers(
            "80D8050027 00002322 0000000000000000 0000060010 000000000000000000000000 \
             4F41544820484F5450 00",
            "9000",
        )
        .answers(
            "80D8040019 00001514 3132333435363738393031323334353637383930 00",
            "9000",
        );
    let mut finger = Finger::default();
    let mut token = Crescendo::open(&mut card).unwrap().with_experiments();
    token.unlock(pin(), &mut no_random, &mut finger).unwrap();
    token.put(&new_hotp(), &mut finger).unwrap();
}

#[test]
fn a_wrong_pin_says_how_many_tries_are_left() {
    for (status, error) in [
        (
            "63C2",
            TokenError::WrongPassword {
                what: "PIN",
                tries_left: Some(2),
            },
        ),
        (
            "6983",
            TokenError::Blocked {
                remedy: "Unblock it with the Crescendo Manager of HID",
            },
        ),
    ] {
        let mut card = ScriptedCard::new()
            .answers(SELECT_ACA, ACA)
            .answers(SELECT_ACA, ACA)
            .answers(VERIFY, status);
        let mut token = Crescendo::open(&mut card).unwrap();
        let refused = token.unlock(pin(), &mut no_random, &mut Finger::default());
        assert_eq!(refused, Err(error));
    }
}

#[test]
fn a_pin_of_another_length_is_not_guessed_at() {
    let mut card = ScriptedCard::new().answers(SELECT_ACA, ACA);
    let mut token = Crescendo::open(&mut card).unwrap();
    let short = Unlock::Pin(Zeroizing::new("1234".into()));
    let refused = token.unlock(short, &mut no_random, &mut Finger::default());
    assert!(matches!(refused, Err(TokenError::Unsupported { .. })));
}

#[test]
fn a_token_pulled_out_at_any_exchange_is_an_error_and_no_panic() {
    let steps = [
        (SELECT_ACA, ACA),
        (SELECT_ACA, ACA),
        (VERIFY, "9000"),
        (SELECT_ACA, ACA),
        (VERIFY, "9000"),
        (SELECT_2, SLOT_1),
    ];
    for gone in 0..steps.len() {
        let mut card = ScriptedCard::new();
        for (command, answer) in &steps[..gone] {
            card = card.answers(command, answer);
        }
        card = card.fails(steps[gone].0, CardError::Removed);
        let mut finger = Finger::default();
        let result = Crescendo::open(&mut card).and_then(|mut token| {
            token.unlock(pin(), &mut no_random, &mut finger)?;
            token.calculate(&slot(1, Kind::Totp), Moment(TIME), &mut finger)
        });
        assert_eq!(
            result.err(),
            Some(TokenError::Card(CardError::Removed)),
            "{gone}"
        );
    }
}

#[test]
fn no_beginning_of_an_answer_is_taken_for_the_whole() {
    let whole = crate::script::bytes("6F12 8407A0000000791000 A507 0105 10 03000301");
    for length in 0..whole.len() {
        assert!(parse_select(&whole[..length]).is_err(), "{length}");
    }
    let whole = crate::script::bytes("7C05 8203 608993");
    for length in 0..whole.len() {
        assert!(
            parse_challenge_answer(&whole[..length]).is_err(),
            "{length}"
        );
    }
    assert!(parse_bcd(&[0x7A, 0x52, 0x24]).is_err());
    assert!(parse_bcd(&[0x75]).is_err());
}
