//! Exact conversations with the management application.

use super::*;
use crate::CardError;
use crate::script::{ScriptedCard, bytes};

const SELECT: &str = "00a4040008a00000052747111700";
/// "Virtual mgr - FW version 5.4.3"
const SELECTED: &str = "5669727475616c206d6772202d2046572076657273696f6e20352e342e33 9000";
const READ_PAGE: &str = "001d000000";
/// Serial number 12345678, USB-C with NFC, everything on.
const ALL_ON: &str = "22 0102033b 020400bc614e 0302033b 040103 0503050403 0a0100 0d02033b 0e02033b";

fn card() -> ScriptedCard {
    ScriptedCard::new().answers(SELECT, SELECTED)
}

fn page(text: &str) -> String {
    let content = bytes(text);
    let rest: String = content[1..]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{:02x}{rest}9000", content.len() - 1)
}

/// All on, but over NFC only this.
fn nfc_enabled(set: &str) -> String {
    page(&ALL_ON.replace("0e02033b", &format!("0e02{set}")))
}

fn info_of(answer: &str) -> Result<DeviceInfo, TokenError> {
    let mut card = card().answers(READ_PAGE, answer);
    Management::select(&mut card)?.info()
}

#[test]
fn a_token_says_what_it_is_and_what_is_on() {
    let info = info_of(&page(ALL_ON)).unwrap();
    assert_eq!(info.version, (5, 4, 3));
    assert_eq!(info.serial, Some(12_345_678));
    assert_eq!(info.form.name(), "USB-C, keychain");
    assert!(!info.form.is_fips() && !info.form.is_security_key());
    assert!(!info.is_locked && !info.is_nfc_restricted);
    assert!(info.contact.enabled.contains(Applications::OATH));
    assert_eq!(info.contactless, Some(info.contact));
    let names = info.contact.enabled.to_string();
    let expected = "OATH, buttons (OTP), FIDO U2F, FIDO2, PIV, OpenPGP, YubiHSM Auth";
    assert_eq!(names, expected);
}

#[test]
fn contact_and_contactless_are_said_in_words() {
    let sentences = |answer: &str| info_of(answer).unwrap().contact_and_contactless();
    let off = sentences(&nfc_enabled("031b"));
    assert_eq!(off[0], "contact (USB): codes always, buttons always.");
    let expected = "contactless (NFC): codes never (switched off), buttons always.";
    assert_eq!(off[1], expected);
    assert!(off[2].contains("not for single ones"), "{off:?}");

    let without_nfc = page(&ALL_ON.replace("0d02033b 0e02033b", ""));
    let none = sentences(&without_nfc);
    assert_eq!(none[1], "contactless (NFC): this token has none.");

    let security_key = page(&ALL_ON.replace("040103", "040143").replace("033b", "0202"));
    let info = info_of(&security_key).unwrap();
    assert!(info.form.is_security_key());
    let cannot = "contact (USB): codes never (it cannot), buttons never (it cannot).";
    assert_eq!(info.contact_and_contactless()[0], cannot);

    let locked = page(&format!("{} 170101", ALL_ON.replace("0a0100", "0a0101")));
    let locked = sentences(&locked);
    assert!(locked[2].contains("plugged in"), "{locked:?}");
    assert!(locked[4].contains("lock code"), "{locked:?}");
}

#[test]
fn all_pages_are_read_and_unknown_fields_are_passed_over() {
    let mut card = card()
        .answers(READ_PAGE, &page("00 0102033b 0302033b 7f03aabbcc 100101"))
        .answers("001d010000", &page("00 020400bc614e 0503050701"));
    let info = Management::select(&mut card).unwrap().info().unwrap();
    assert_eq!(info.serial, Some(12_345_678));
    assert_eq!(info.version, (5, 7, 1));
    assert_eq!(info.contactless, None);
}

#[test]
fn a_token_that_promises_pages_without_end_is_read_to_a_bound() {
    let mut card = card();
    for number in 0..MOST_PAGES {
        card = card.answers(&format!("001d{number:02x}0000"), &page("00 100101"));
    }
    assert!(Management::select(&mut card).unwrap().info().is_ok());
}

#[test]
fn firmware_4_is_not_believed_about_what_is_on_and_a_neo_says_nothing() {
    let four = page("00 01013f 030100 0503040303");
    let info = info_of(&four).unwrap();
    assert_eq!(info.contact.enabled, info.contact.supported);
    assert_eq!(info.serial, None);

    // "FW version 3.4.0"
    let neo = "46572076657273696f6e20332e342e30 9000";
    let mut card = ScriptedCard::new().answers(SELECT, neo);
    let refused = Management::select(&mut card).unwrap().info();
    assert!(matches!(refused, Err(TokenError::Unsupported { .. })));
}

#[test]
fn contactless_never_switches_one_application_off_and_looks_whether_it_is() {
    let mut card = card()
        .answers(READ_PAGE, &page(ALL_ON))
        .answers("001c000005 04 0e02031b 00", "9000")
        .answers(READ_PAGE, &nfc_enabled("031b"));
    let mut management = Management::select(&mut card).unwrap();
    let off = management.switch(Interface::Contactless, Applications::OATH, false, None);
    assert_eq!(off, Ok(Switched::Now));
}

#[test]
fn a_token_that_says_yes_and_does_nothing_is_not_believed() {
    let mut card = card()
        .answers(READ_PAGE, &page(ALL_ON))
        .answers("001c000005 04 0e02031b 00", "9000")
        .answers(READ_PAGE, &page(ALL_ON));
    let mut management = Management::select(&mut card).unwrap();
    let off = management.switch(Interface::Contactless, Applications::OATH, false, None);
    assert!(matches!(off, Err(TokenError::NotDone { .. })));
}

#[test]
fn what_is_so_already_is_not_written() {
    let mut card = card().answers(READ_PAGE, &nfc_enabled("031b"));
    let mut management = Management::select(&mut card).unwrap();
    let off = management.switch(Interface::Contactless, Applications::OATH, false, None);
    assert_eq!(off, Ok(Switched::WasSo));
}

#[test]
fn a_change_for_usb_restarts_the_token_and_gives_the_lock_code() {
    let lock = LockCode::parse("000102030405060708090A0b0c0d0e0f").unwrap();
    let locked = page(&ALL_ON.replace("0a0100", "0a0101"));
    let write = "001c000019 18 0c00 0b10 000102030405060708090a0b0c0d0e0f 0302031b 00";
    let attempt = |lock: Option<&LockCode>, answer: Option<&str>| {
        let mut card = card().answers(READ_PAGE, &locked);
        if let Some(answer) = answer {
            card = card.answers(write, answer);
        }
        let mut management = Management::select(&mut card).unwrap();
        management.switch(Interface::Contact, Applications::OATH, false, lock)
    };
    assert_eq!(
        attempt(Some(&lock), Some("9000")),
        Ok(Switched::AndRestarts)
    );
    let wrong = attempt(Some(&lock), Some("6982"));
    assert!(matches!(wrong, Err(TokenError::WrongPassword { .. })));
    let other = attempt(Some(&lock), Some("6f00"));
    assert!(matches!(other, Err(TokenError::Refused { .. })));
    // Without it nothing is sent.
    assert!(matches!(
        attempt(None, None),
        Err(TokenError::Locked { .. })
    ));
    for wrong in [
        "",
        "00",
        "+00102030405060708090A0b0c0d0e0f",
        "zz0102030405060708090A0b0c0d0e0f",
    ] {
        assert!(LockCode::parse(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn what_a_token_cannot_is_refused_before_anything_is_sent() {
    let attempt = |answer: &str, interface, applications, on| {
        let mut card = card().answers(READ_PAGE, answer);
        let mut management = Management::select(&mut card).unwrap();
        match management.switch(interface, applications, on, None) {
            Err(TokenError::Unsupported { why }) => why,
            other => panic!("{other:?}"),
        }
    };
    let without_nfc = page(&ALL_ON.replace("0d02033b 0e02033b", ""));
    let why = attempt(
        &without_nfc,
        Interface::Contactless,
        Applications::OATH,
        false,
    );
    assert!(why.contains("no NFC"), "{why}");
    let old = page(&ALL_ON.replace("0503050403", "0503040303"));
    let why = attempt(&old, Interface::Contactless, Applications::OATH, false);
    assert!(why.contains("firmware 5"), "{why}");
    let alone = page(&ALL_ON.replace("0302033b", "03020020"));
    let why = attempt(&alone, Interface::Contact, Applications::OATH, false);
    assert!(why.contains("stay on over USB"), "{why}");
    let security_key = page(&ALL_ON.replace("033b", "0202"));
    let why = attempt(
        &security_key,
        Interface::Contactless,
        Applications::OATH,
        true,
    );
    assert_eq!(why, "this token has no OATH over contactless (NFC)");
}

#[test]
fn a_card_pulled_out_at_any_exchange_is_an_ordinary_error() {
    let conversation = [
        (SELECT, SELECTED.to_owned()),
        (READ_PAGE, page(ALL_ON)),
        ("001c000005 04 0e02031b 00", "9000".to_owned()),
        (READ_PAGE, nfc_enabled("031b")),
    ];
    for removed_at in 0..conversation.len() {
        let mut card = ScriptedCard::new();
        for (command, answer) in &conversation[..removed_at] {
            card = card.answers(command, answer);
        }
        let mut card = card.fails(conversation[removed_at].0, CardError::Removed);
        let result = Management::select(&mut card).and_then(|mut management| {
            management.switch(Interface::Contactless, Applications::OATH, false, None)
        });
        let removed = Err(TokenError::Card(CardError::Removed));
        assert_eq!(result, removed, "{removed_at}");
    }
}

#[test]
fn a_version_is_found_in_its_sentence() {
    for (text, version) in [
        ("Virtual mgr - FW version 5.4.3", Some((5, 4, 3))),
        ("YubiKey 4 version 4.3.7 ", Some((4, 3, 7))),
        ("5.4", None),
        ("5.4.3.2", None),
        ("300.1.1", None),
        ("", None),
    ] {
        assert_eq!(version_in(text.as_bytes()), version, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn an_answer_cut_off_or_of_noise_is_an_error_or_an_answer(
        cut in 0..34_usize,
        noise in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
    ) {
        let whole = bytes(&page(ALL_ON));
        let text: String = whole[..cut].iter().map(|byte| format!("{byte:02x}")).collect();
        let cut_off = info_of(&format!("{text}9000"));
        proptest::prop_assert!(cut_off.is_err());
        let text: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = info_of(&format!("{text}9000")).map(|info| info.contact_and_contactless());
        let _ = version_in(&noise);
    }
}
