//! Configurations against bytes that Yubico's own library makes.

use super::*;
use crate::script::bytes;
use crate::slots::{Layout, identifier_in_any_form};
use proptest::prelude::*;

const RFC_KEY: &[u8] = b"12345678901234567890";

fn hotp(digits: u64, first: u64, identifier: Option<&str>) -> Result<SlotContent, HotpSlotError> {
    let identifier = identifier.map(|text| TokenIdentifier::parse(text).unwrap());
    let slot = HotpSlot::new(
        SlotKey::new(RFC_KEY).unwrap(),
        Digits::new(digits).unwrap(),
        MovingFactor(first),
        identifier.as_ref(),
        Typing::default(),
    );
    slot.map(SlotContent::Hotp)
}

fn written(content: &SlotContent) -> Vec<u8> {
    content.configuration(None).to_vec()
}

#[test]
fn an_hotp_slot_is_what_ykman_writes() {
    let six = bytes(
        "0000000000000000000000000000000037383930 0000 31323334353637383930313233343536
         000000000000 00 34 60 00 0000 29c6",
    );
    assert_eq!(written(&hotp(6, 0, None).unwrap()), six);
}

#[test]
fn an_identifier_is_what_yubicos_library_writes() {
    // Its flag for "first byte in modhex": this token types ub6312345678.
    let with_identifier = bytes(
        "e1631234567800000000000000000000 37383930 0000 31323334353637383930313233343536
         000000000000 06 34 60 10 0000 1162",
    );
    let slot = hotp(6, 0, Some("ub6312345678")).unwrap();
    assert_eq!(written(&slot), with_identifier);
}

#[test]
fn eight_digits_and_a_later_beginning_are_what_yubicos_library_writes() {
    // Its default has one flag more, which says how an identifier would be typed that is not
    // there (42 instead of 02); checksum and all, the rest is the same.
    let theirs = bytes(
        "0000000000000000000000000000000037383930 0001 31323334353637383930313233343536
         000000000000 00 34 60 42 0000 d68c",
    );
    let ours = written(&hotp(8, 16, None).unwrap());
    assert_eq!(ours[..47], theirs[..47]);
    assert_eq!((ours[47], theirs[47]), (0x02, 0x42));
    assert!(crc::is_intact(&ours) && crc::is_intact(&theirs));
}

#[test]
fn the_flag_of_an_identifier_that_is_not_there_changes_the_checksum_as_it_should() {
    let theirs = bytes(
        "0000000000000000000000000000000037383930 0000 31323334353637383930313233343536
         000000000000 00 34 60 40 0000 5fc0",
    );
    let slot = SlotKey::new(RFC_KEY).unwrap();
    let [front @ .., _, _, _, _] = slot.bytes();
    let parts: [&[u8]; 4] = [&[0; 16], b"7890", &[0; 2], front];
    let ours = assemble(&parts, None, 0, [0x34, 0x60, 0x40]);
    assert_eq!(ours.to_vec(), theirs);
}

#[test]
fn every_mixture_of_an_identifier_sets_its_flag() {
    for (text, flag) in [
        ("016312345678", 0x00),
        ("ub6312345678", 0x10),
        ("ubhe12345678", 0x40),
        ("ubhecbdefghi", 0x50),
    ] {
        let configuration = written(&hotp(8, 0, Some(text)).unwrap());
        assert_eq!(configuration[47], 0x02 | flag, "{text}");
        assert_eq!(configuration[44], 6, "{text}");
    }
    let serial = identifier_in_any_form("-", Some(12_345_678)).unwrap();
    let configuration = written(&hotp(6, 0, Some(&serial.to_string())).unwrap());
    assert_eq!(configuration[..6], bytes("e16312345678"));
}

#[test]
fn a_static_password_is_what_yubicos_library_writes() {
    let expected = bytes(
        "8405062d1e1f209e0000000000000000 000000000000 00000000000000000000000000000000
         000000000000 10 34 20 02 0000 0e82",
    );
    let content = SlotContent::StaticPassword {
        codes: Layout::Us.scan_codes("Abc-123!").unwrap(),
        typing: Typing::default(),
    };
    assert_eq!(written(&content), expected);
}

#[test]
fn the_longest_password_fills_all_three_fields() {
    let codes: Vec<u8> = (4..42).collect();
    let content = SlotContent::StaticPassword {
        codes: ScanCodes::new(&codes).unwrap(),
        typing: Typing::default(),
    };
    assert_eq!(written(&content)[..38], codes);
}

#[test]
fn a_challenge_response_is_what_yubicos_library_writes() {
    let content = |touch| SlotContent::ChallengeResponse {
        key: SlotKey::new(RFC_KEY).unwrap(),
        touch,
    };
    let front = "0000000000000000000000000000000037383930 0000 31323334353637383930313233343536
                 000000000000 00 24 40";
    let without = bytes(&format!("{front} 26 0000 d828"));
    assert_eq!(written(&content(false)), without);
    let with = bytes(&format!("{front} 2e 0000 1aee"));
    assert_eq!(written(&content(true)), with);
}

#[test]
fn settings_are_what_yubicos_library_writes() {
    let code = AccessCode::parse("010203040506").unwrap();
    let zeros = "00".repeat(38);
    let without_enter = Typing {
        enter: false,
        ..Typing::default()
    };
    let expected = bytes(&format!("{zeros} 010203040506 10 34 00 00 0000 335e"));
    let settings = Settings::Typing(without_enter);
    assert_eq!(settings.configuration(Some(&code)).to_vec(), expected);
    let expected = bytes(&format!("{zeros} 010203040506 10 34 20 00 0000 60d1"));
    let settings = Settings::Typing(Typing::default());
    assert_eq!(settings.configuration(Some(&code)).to_vec(), expected);
}

#[test]
fn an_access_code_is_what_yubicos_library_writes() {
    // A slot of the kind "Yubico OTP", which is not written here, shows the field and the sum.
    let expected = bytes(
        "000000bc614e00000000000000000000 010203040506 000102030405060708090a0b0c0d0e0f
         a1a2a3a4a5a6 06 34 20 00 0000 8890",
    );
    let code = AccessCode::parse("a1a2a3a4a5a6").unwrap();
    let ours = assemble(&[&expected[..38]], Some(&code), 6, [0x34, 0x20, 0]);
    assert_eq!(ours.to_vec(), expected);
}

#[test]
fn settings_touch_only_what_an_update_may_change() {
    let typings = [true, false].into_iter().flat_map(|on| {
        [
            Pacing::None,
            Pacing::Milliseconds20,
            Pacing::Milliseconds40,
            Pacing::Milliseconds60,
        ]
        .map(|pacing| {
            Settings::Typing(Typing {
                enter: on,
                numeric_keypad: on,
                fast_trigger: on,
                pacing,
            })
        })
    });
    let challenges = [true, false].map(|touch| Settings::ChallengeResponse { touch });
    for settings in typings.chain(challenges) {
        let configuration = settings.configuration(None);
        assert_eq!(configuration[46] & !0x3F, 0, "{settings:?}");
        assert_eq!(configuration[47] & !0x0C, 0, "{settings:?}");
    }
    // Without this bit, what was answered to short challenges would be another answer.
    let touch = Settings::ChallengeResponse { touch: true };
    assert_eq!(touch.configuration(None)[47], 0x0C);
}

#[test]
fn seven_digits_and_moving_factors_between_are_refused() {
    let error = |digits, first| hotp(digits, first, None).err();
    assert_eq!(error(7, 0), Some(HotpSlotError::Digits { digits: 7 }));
    assert_eq!(error(6, 0xF_FFF0), None);
    for moving_factor in [1, 15, 17, 0xF_FFF1, 0x10_0000, u64::MAX, u64::MAX - 15] {
        let expected = Some(HotpSlotError::MovingFactor { moving_factor });
        assert_eq!(error(6, moving_factor), expected);
    }
    let mixed = hotp(6, 0, Some("12he12345678")).err();
    let expected = HotpSlotError::Identifier(IdentifierError::Mixed);
    assert_eq!(mixed, Some(expected));
}

proptest! {
    #[test]
    fn every_configuration_is_52_intact_bytes_with_the_access_code_in_its_place(
        key in proptest::collection::vec(any::<u8>(), 1..=20),
        sixteenth in any::<u16>(),
        eight in any::<bool>(),
        code in proptest::array::uniform6(1_u8..),
    ) {
        let slot = HotpSlot::new(
            SlotKey::new(&key).unwrap(),
            Digits::new(if eight { 8 } else { 6 }).unwrap(),
            MovingFactor(u64::from(sixteenth) * 16),
            None,
            Typing::default(),
        );
        let content = SlotContent::Hotp(slot.unwrap());
        let code = AccessCode::new(code).unwrap();
        let configuration = content.configuration(Some(&code));
        prop_assert!(crc::is_intact(&*configuration));
        prop_assert_eq!(&configuration[38..44], code.bytes());
        prop_assert_eq!(&configuration[20..22], &sixteenth.to_be_bytes());
        prop_assert_eq!(&configuration[48..50], &[0, 0]);
    }
}
