//! Our driver of the buttons: what the keyboard types, and what ykman makes of the slots.

use crate::keyboard_interface::KeyboardInterface;
use crate::oracle::{KEY, hotp, secret};
use crate::person::Person;
use otp_core::HashAlgorithm::Sha1;
use otp_core::{Digits, MovingFactor, TokenIdentifier};
use pam_otp_tests::{PcscCard, TokenRig, VirtualToken, Ykman, sandboxed};
use token_drivers::TokenError;
use token_drivers::slots::{
    AccessCode, AccessCodes, Afterwards, Challenge, HotpSlot, Layout, Replace, Settings, Slot,
    SlotContent, SlotKey, Slots, Typing,
};

fn slots_of<T>(token: &VirtualToken, task: impl FnOnce(&mut Slots<'_>) -> T) -> T {
    let mut card = PcscCard::connect(token.reader());
    task(&mut Slots::over_card(&mut card).unwrap())
}

fn hotp_slot(digits: u64, first: u64, identifier: Option<&TokenIdentifier>) -> SlotContent {
    let key = SlotKey::of(&secret(KEY)).unwrap();
    let digits = Digits::new(digits).unwrap();
    let first = MovingFactor(first);
    let slot = HotpSlot::new(key, digits, first, identifier, Typing::default());
    SlotContent::Hotp(slot.unwrap())
}

fn write(token: &VirtualToken, slot: Slot, content: &SlotContent) {
    let codes = AccessCodes::default();
    let written = slots_of(token, |slots| {
        slots.write(slot, content, codes, Replace::Never)
    });
    assert_eq!(written, Ok(()));
}

sandboxed! {
    fn a_button_types_the_codes_that_a_login_expects() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        write(&token, Slot::Short, &hotp_slot(6, 0, None));
        let identifier = TokenIdentifier::parse("ubhe12345678").unwrap();
        write(&token, Slot::Long, &hotp_slot(8, 32, Some(&identifier)));

        for counter in 0..4 {
            let typed = token.press(1).unwrap();
            assert_eq!(typed.text, format!("{}\n", hotp(KEY, Sha1, 6, counter)));
            let typed = token.press(2).unwrap();
            let code = hotp(KEY, Sha1, 8, 32 + counter);
            assert_eq!(typed.text, format!("ubhe12345678{code}\n"));
        }
    }

    fn a_static_password_is_typed_key_by_key() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let password = "Zyx, 9*_\"~?";
        let content = |layout: Layout, text| SlotContent::StaticPassword {
            codes: layout.scan_codes(text).unwrap(),
            typing: Typing { enter: false, ..Typing::default() },
        };
        write(&token, Slot::Short, &content(Layout::of_name("us").unwrap(), password));
        write(&token, Slot::Long, &content(Layout::of_name("de").unwrap(), "zy"));

        assert_eq!(token.press(1).unwrap().text, password);
        // A German z lies where a US y does.
        assert_eq!(token.press(2).unwrap().text, "yz");
    }

    fn the_slots_that_we_program_are_what_ykman_sees() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let ykman = Ykman::four(&token);
        let key = SlotKey::new(b"key").unwrap();
        write(&token, Slot::Long, &SlotContent::ChallengeResponse { key, touch: false });

        let theirs = ykman.ok(&["otp", "calculate", "2", "48656c6c6f"]);
        let challenge = Challenge::new(b"Hello").unwrap();
        let mut person = Person::default();
        let ours = slots_of(&token, |slots| slots.respond(Slot::Long, &challenge, &mut person));
        let info = ykman.ok(&["otp", "info"]);
        slots_of(&token, |slots| slots.swap(None)).unwrap();
        let swapped = ykman.ok(&["otp", "info"]);
        slots_of(&token, |slots| slots.delete(Slot::Short, None)).unwrap();
        let deleted = ykman.ok(&["otp", "info"]);

        let hexadecimal: String = ours.unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(theirs.trim(), hexadecimal);
        assert_eq!(hexadecimal, "bbb868871fb08ef67db893010e42d2120a476d99");
        let slots = |one: &str, two: &str| format!("Slot 1: {one}\nSlot 2: {two}");
        assert!(info.contains(&slots("empty", "programmed")), "{info}");
        assert!(swapped.contains(&slots("programmed", "empty")), "{swapped}");
        assert!(deleted.contains(&slots("empty", "empty")), "{deleted}");
    }

    fn an_access_code_of_ours_stops_ykman_and_the_other_way_round() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let ykman = Ykman::four(&token);
        write(&token, Slot::Short, &hotp_slot(6, 0, None));
        ykman.ok(&["otp", "settings", "1", "-f", "-A", "010203040506"]);

        let code = AccessCode::parse("010203040506").unwrap();
        let without = slots_of(&token, |slots| slots.delete(Slot::Short, None));
        let with = slots_of(&token, |slots| {
            let codes = AccessCodes { current: Some(&code), ..AccessCodes::default() };
            let typing = Typing { enter: false, ..Typing::default() };
            slots.update(Slot::Short, Settings::Typing(typing), codes)
        });
        let typed = token.press(1).unwrap().text;
        ykman.fails(&["otp", "delete", "1", "-f"]);
        ykman.ok(&["otp", "--access-code", "010203040506", "delete", "1", "-f"]);

        assert!(matches!(without, Err(TokenError::Locked { .. } | TokenError::WrongPassword { .. } | TokenError::NotTaken { .. })), "{without:?}");
        assert_eq!(with, Ok(()));
        assert_eq!(typed, hotp(KEY, Sha1, 6, 0));
    }

    fn a_slot_in_use_is_left_alone_unless_it_may_be_lost() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &["--version", "4.3.7"]);
        write(&token, Slot::Short, &hotp_slot(6, 0, None));
        let other = hotp_slot(6, 16, None);

        let (refused, replaced) = slots_of(&token, |slots| {
            let codes = AccessCodes::default;
            (
                slots.write(Slot::Short, &other, codes(), Replace::Never),
                slots.write(Slot::Short, &other, codes(), Replace::WhateverIsThere),
            )
        });

        assert_eq!(refused, Err(TokenError::SlotInUse { slot: Slot::Short }));
        assert_eq!(replaced, Ok(()));
        assert_eq!(token.press(1).unwrap().text.trim(), hotp(KEY, Sha1, 6, 16));
    }

    fn buttons_are_programmed_through_the_keyboard_interface_as_well() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let over_reports = |task: &mut dyn FnMut(&mut Slots<'_>)| {
            let mut keyboard = KeyboardInterface::of(PcscCard::connect(token.reader()));
            task(&mut Slots::over_reports(&mut keyboard).unwrap());
        };
        let code = AccessCode::parse("010203040506").unwrap();
        let wrong = AccessCode::parse("ff0203040506").unwrap();
        let protected = || AccessCodes { current: None, afterwards: Afterwards::Set(&code) };

        over_reports(&mut |slots| {
            assert_eq!(slots.serial(), Ok(Some(12_345_678)));
            let content = hotp_slot(6, 16, None);
            let written = slots.write(Slot::Short, &content, protected(), Replace::Never);
            assert_eq!(written, Ok(()));
            let key = SlotKey::new(b"key").unwrap();
            let content = SlotContent::ChallengeResponse { key, touch: false };
            let codes = AccessCodes::default();
            assert_eq!(slots.write(Slot::Long, &content, codes, Replace::Never), Ok(()));
        });
        assert_eq!(token.press(1).unwrap().text.trim(), hotp(KEY, Sha1, 6, 16));
        over_reports(&mut |slots| {
            let challenge = Challenge::new(b"Hello").unwrap();
            let answer = slots.respond(Slot::Long, &challenge, &mut Person::default()).unwrap();
            assert_eq!(*answer, crate::oracle::hmac_sha1(b"key", b"Hello"));
            assert!(slots.delete(Slot::Short, None).is_err());
            assert!(slots.delete(Slot::Short, Some(&wrong)).is_err());
            assert_eq!(slots.delete(Slot::Short, Some(&code)), Ok(()));
            assert_eq!(slots.status().is_configured(Slot::Short), Some(false));
        });
        assert!(token.press(1).is_err());
        let info = Ykman::four(&token).ok(&["otp", "info"]);
        assert!(info.contains("Slot 1: empty\nSlot 2: programmed"), "{info}");
    }
}
