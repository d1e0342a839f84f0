//! The documented conversations, and what may come in between.

use super::*;
use crate::script::{Finger, ScriptedCard, bytes};
use crate::{
    Card, CardError, CredentialName, Moment, NewCredential, NewMoving, Protection, StatusWord,
    Token, TokenError, Unlock,
};
use otp_core::{Digits, MovingFactor, Secret, TimeStep, UnixTime};
use zeroize::Zeroizing;

const NOW: UnixTime = UnixTime(0x6543_2100);
const INFO: &str = "80410000020211";
// Three bytes, the length of the serial, the serial, two bytes, the clock.
const SINGLE: &str = "00 00 00 0D 38363539363232303030303031 0000 65432100 9000";
const MOLTO_INFO: &str = "8041000000";
const MOLTO: &str = "00 00 00 08 3132333435363738 0000 65432100 9000";

fn new(digits: u64, step: u64, algorithm: HashAlgorithm, secret: &[u8]) -> NewCredential {
    NewCredential {
        name: CredentialName::parse("web1:alice").unwrap(),
        secret: Secret::new(secret.to_vec().into()).unwrap(),
        algorithm,
        digits: Digits::new(digits).unwrap(),
        moving: NewMoving::Time(TimeStep::from_seconds(step).unwrap()),
        protection: Protection::default(),
        now: NOW,
    }
}

fn seed() -> Vec<u8> {
    (0x01..=0x14).collect()
}

/// The exchanges of writing the one profile, with the maker's documented bytes.
fn written() -> [(&'static str, &'static str); 5] {
    [
        (INFO, SINGLE),
        ("804B08000100", "1122334455667788 9000"),
        ("80CE000010 8B7450F22721BC29985C2C460B65045D", "9000"),
        (
            "84D4000017 81111F01020F04654321008606 0A01020D013C 37A18BF9",
            "9000",
        ),
        (
            "84C5010024 6EEAD21474BBF3A0A2B4C18F489E543CF48725A71EE9C3A65963E88BE9405E3D 5F6EA0C1",
            "9000",
        ),
    ]
}

#[test]
fn the_one_profile_is_written_clock_first_then_the_seed() {
    let mut card = ScriptedCard::new();
    for (command, answer) in written() {
        card = card.answers(command, answer);
    }
    let mut token = Token2::open(&mut card).unwrap();
    assert_eq!(token.identity().serial.as_deref(), Some("8659622000001"));
    let new = new(6, 60, HashAlgorithm::Sha256, &seed());
    token.put(&new, &mut Finger::default()).unwrap();
}

#[test]
fn a_token_pulled_out_at_any_exchange_of_writing_is_an_error_and_no_panic() {
    let steps = written();
    for gone in 0..steps.len() {
        let mut card = ScriptedCard::new();
        for (command, answer) in &steps[..gone] {
            card = card.answers(command, answer);
        }
        card = card.fails(steps[gone].0, CardError::Removed);
        let new = new(6, 60, HashAlgorithm::Sha256, &seed());
        let result =
            Token2::open(&mut card).and_then(|mut token| token.put(&new, &mut Finger::default()));
        assert_eq!(result, Err(TokenError::Card(CardError::Removed)), "{gone}");
    }
}

#[test]
fn what_the_token_cannot_show_is_refused_before_anything_is_sent() {
    let refused = [
        new(8, 30, HashAlgorithm::Sha1, &seed()),
        new(6, 45, HashAlgorithm::Sha1, &seed()),
        new(6, 30, HashAlgorithm::Sha512, &seed()),
        new(6, 30, HashAlgorithm::Sha1, &[7; 64]),
        NewCredential {
            moving: NewMoving::Counter(MovingFactor(0)),
            ..new(6, 30, HashAlgorithm::Sha1, &seed())
        },
        NewCredential {
            protection: Protection {
                touch: true,
                pin: false,
            },
            ..new(6, 30, HashAlgorithm::Sha1, &seed())
        },
    ];
    for new in refused {
        let mut card = ScriptedCard::new().answers(INFO, SINGLE);
        let mut token = Token2::open(&mut card).unwrap();
        let result = token.put(&new, &mut Finger::default());
        assert!(matches!(result, Err(TokenError::Unsupported { .. })));
    }
}

#[test]
fn any_other_card_is_no_token2() {
    for answer in [
        "6D00",
        "6A82",
        "9000",
        "0102030405 9000",
        "0000000400000000000000000000 9000",
    ] {
        let mut card = ScriptedCard::new().answers(INFO, answer);
        let refused = read_single_info(&mut card);
        assert!(
            matches!(refused, Err(TokenError::NoApplication { .. })),
            "{answer}"
        );
    }
}

#[test]
fn a_wrong_key_and_a_locked_token_are_told_apart() {
    let answers = [
        ("6983", "blocked"),
        ("63C5", "the key is wrong"),
        ("6A80", "refused"),
    ];
    for (status, word) in answers {
        let steps = written();
        let mut card = ScriptedCard::new()
            .answers(steps[0].0, steps[0].1)
            .answers(steps[1].0, steps[1].1)
            .answers(steps[2].0, status);
        let mut token = Token2::open(&mut card).unwrap();
        let new = new(6, 60, HashAlgorithm::Sha256, &seed());
        let error = token.put(&new, &mut Finger::default()).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
}

/// A Molto2 that keeps titles and seeds; what it is told is taken apart by hand.
#[derive(Default)]
struct Molto {
    written: Vec<Option<(String, u8, u8)>>,
    configured: Vec<(u8, u8)>,
    log: Vec<[u8; 4]>,
}

impl Card for Molto {
    fn exchange(&mut self, sent: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        self.written.resize(100, None);
        self.configured.resize(100, (0, 0));
        let header = [sent[0], sent[1], sent[2], sent[3]];
        let profile = usize::from(sent[3]);
        let mut answer = Vec::new();
        match header {
            _ if sent == bytes(MOLTO_INFO) => answer = bytes(MOLTO)[..18].to_vec(),
            [0x80, 0x41, 0, _] => {
                assert_eq!(sent[4..], [1, 0x70], "no Le behind this one");
                answer = bytes("951F701D00");
                let entry = self.written[profile].clone();
                let (title, digits, step) = entry.clone().unwrap_or_default();
                let mut field = title.into_bytes();
                field.resize(16, 0);
                answer.extend(field);
                answer.extend([0; 8]);
                answer.extend([1, step, digits, u8::from(entry.is_some())]);
            }
            [0x80, 0x4B, 8, 0] => answer = vec![1, 2, 3, 4, 5, 6, 7, 8],
            [0x80, 0xCE, 0, 0] => {
                let key = sealing::SealingKey::of_customer_key(b"TOKEN2MOLTO1-KEY");
                assert_eq!(sent[5..21], key.answer([1, 2, 3, 4, 5, 6, 7, 8]));
                self.log.push(header);
            }
            [0x84, 0xD4, 1, _] => {
                // 81 14 1F 01 display 0F 04 time 86 09 0A 01 hash 0B 01 digits 0D 01 step
                assert_eq!(sent[5..7], [0x81, 0x14]);
                assert_eq!(sent[12..16], [0x65, 0x43, 0x21, 0x00]);
                self.configured[profile] = (sent[23], sent[26]);
                self.log.push(header);
            }
            [0x84, 0xD5, 0, _] | [0x84, 0xC5, 1, _] => {
                self.log.push(header);
                let (digits, step) = self.configured[profile];
                self.written[profile] = Some(("alice".into(), digits, step));
            }
            [0x80, 0xE6, 0, _] => {
                if self.written[profile].take().is_none() {
                    return Ok(Zeroizing::new(bytes("6A83")));
                }
            }
            [0x80, 0x56, 0, 0] => {
                self.written.clear();
                return Ok(Zeroizing::new(bytes("9060")));
            }
            other => panic!("{other:02X?}"),
        }
        answer.extend([0x90, 0]);
        Ok(Zeroizing::new(answer))
    }
}

#[test]
fn a_profile_of_a_molto2_is_configured_titled_and_seeded_in_this_order() {
    let mut card = Molto::default();
    let mut token = Molto2::open(&mut card).unwrap();
    let new = new(8, 60, HashAlgorithm::Sha1, &seed());
    token.put(&new, &mut Finger::default()).unwrap();
    let held = token.list(&mut Finger::default()).unwrap();
    let [held] = held.as_slice() else {
        panic!("{held:?}")
    };
    assert_eq!(held.name.to_string(), "alice");
    assert_eq!((held.digits, held.time_step_seconds), (Some(8), Some(60)));
    let again = token.put(&new, &mut Finger::default());
    assert_eq!(again, Err(TokenError::NameTaken));
    token.delete(held, &mut Finger::default()).unwrap();
    let twice = token.delete(held, &mut Finger::default());
    assert_eq!(twice, Err(TokenError::NotThere));
    let order = [
        [0x80, 0xCE, 0, 0],
        [0x84, 0xD4, 1, 0],
        [0x84, 0xD5, 0, 0],
        [0x84, 0xC5, 1, 0],
    ];
    assert_eq!(card.log, order);
}

#[test]
fn a_title_that_the_display_cannot_hold_is_refused_before_anything_is_sent() {
    let mut card = ScriptedCard::new().answers(MOLTO_INFO, MOLTO);
    let mut token = Molto2::open(&mut card).unwrap();
    let long = NewCredential {
        name: CredentialName::parse("administrator").unwrap(),
        ..new(6, 30, HashAlgorithm::Sha1, &seed())
    };
    let refused = token.put(&long, &mut Finger::default());
    assert!(matches!(refused, Err(TokenError::Unsupported { .. })));
    let code = token.calculate(
        &crate::Credential {
            name: CredentialName::parse("alice").unwrap(),
            handle: vec![0],
            kind: None,
            algorithm: None,
            digits: None,
            time_step_seconds: None,
            protection: Protection::default(),
        },
        Moment(NOW),
        &mut Finger::default(),
    );
    assert!(matches!(code, Err(TokenError::Unsupported { .. })));
}

#[test]
fn a_reset_and_a_new_customer_key_wait_for_the_button_on_the_token() {
    let mut card = Molto::default();
    let mut finger = Finger::default();
    Molto2::open(&mut card).unwrap().reset(&mut finger).unwrap();
    assert_eq!(finger.asked, 1);

    let mut card = ScriptedCard::new()
        .answers(MOLTO_INFO, MOLTO)
        .answers("804B080000", "6A80");
    let mut token = Molto2::open(&mut card).unwrap();
    let password = Unlock::Password(Zeroizing::new("other".into()));
    let refused = token.unlock(password, &mut |_| {}, &mut finger);
    let error = TokenError::Refused {
        operation: "challenge",
        status: StatusWord(0x6A80),
    };
    assert_eq!(refused, Err(error));
}

#[test]
fn a_profile_cut_short_is_none() {
    let mut whole = bytes("951F701D00");
    whole.extend([0x41; 16]);
    whole.extend([0; 8]);
    whole.extend([1, 30, 6, 1]);
    assert!(parse_profile(0, &whole).unwrap().written);
    for length in 0..whole.len() {
        assert!(parse_profile(0, &whole[..length]).is_err(), "{length}");
    }
}
