//! Everything that reads what a token answers, as functions of bytes: for the fuzz targets
//! here, and for the run over random and damaged answers in tests/parsers.
//!
//! Whatever a token answers, nothing may panic, run without end, or be read past its end; and
//! text that comes out has no control characters a terminal would obey.

use std::collections::VecDeque;
use token_drivers::apdu::Reply;
use token_drivers::crescendo::{self, Crescendo};
use token_drivers::management::Management;
use token_drivers::nitrokey::{HmacSlot, Nitrokey};
use token_drivers::oath::{
    ListForm, parse_all_codes, parse_code, parse_list, parse_proof, parse_select,
};
use token_drivers::slots::{Challenge, FeatureReports, Slot, SlotStatus, Slots};
use token_drivers::token2::{self, Molto2, Token2};
use token_drivers::{
    Card, CardError, CodeOf, Credential, Holder, Moment, Patience, Token, Unlock, open, recognise,
    tlv,
};
use zeroize::Zeroizing;

/// A function that reads an answer.
pub type Entry = fn(&[u8]);

/// All of them, by the name of their fuzz target.
pub const ENTRIES: &[(&str, Entry)] = &[
    ("answer", answer),
    ("fields", fields),
    ("oath_select", oath_select),
    ("oath_list", oath_list),
    ("oath_code", oath_code),
    ("oath_all_codes", oath_all_codes),
    ("oath_proof", oath_proof),
    ("slots_status", slots_status),
    ("slots_conversation", slots_conversation),
    ("slots_reports", slots_reports),
    ("management", management),
    ("crescendo_select", crescendo_select),
    ("crescendo_code", crescendo_code),
    ("crescendo_conversation", crescendo_conversation),
    ("token2_info", token2_info),
    ("token2_profile", token2_profile),
    ("token2_conversation", token2_conversation),
    ("nitrokey_conversation", nitrokey_conversation),
    ("any_conversation", any_conversation),
];

/// An answer with its status word.
pub fn answer(bytes: &[u8]) {
    if let Ok(reply) = Reply::parse(Zeroizing::new(bytes.to_vec())) {
        assert_eq!(reply.data.len() + 2, bytes.len());
    }
}

/// Tags, lengths, values.
pub fn fields(bytes: &[u8]) {
    if let Ok(found) = tlv::fields(bytes) {
        let inside: usize = found.iter().map(|field| field.value.len()).sum();
        assert!(inside <= bytes.len());
    }
}

/// What SELECT of an OATH application says.
pub fn oath_select(bytes: &[u8]) {
    let _ = parse_select(bytes);
}

/// A list of accounts, in both forms.
pub fn oath_list(bytes: &[u8]) {
    for form in [ListForm::Plain, ListForm::WithProperties] {
        parse_list(bytes, form)
            .unwrap_or_default()
            .iter()
            .for_each(looked_at);
    }
}

/// One code.
pub fn oath_code(bytes: &[u8]) {
    let _ = parse_code(bytes);
}

/// All codes.
pub fn oath_all_codes(bytes: &[u8]) {
    let _ = parse_all_codes(bytes);
}

/// The proof that the token knows the password.
pub fn oath_proof(bytes: &[u8]) {
    let _ = parse_proof(bytes);
}

/// The status of the buttons.
pub fn slots_status(bytes: &[u8]) {
    let _ = SlotStatus::parse(bytes);
}

/// A conversation with the buttons over PC/SC.
pub fn slots_conversation(bytes: &[u8]) {
    if let Ok(mut slots) = Slots::over_card(&mut Answers::of(bytes)) {
        used(&mut slots);
    }
}

/// The same over HID.
pub fn slots_reports(bytes: &[u8]) {
    let mut reports = Reports(bytes.chunks_exact(8));
    if let Ok(mut slots) = Slots::over_reports(&mut reports) {
        used(&mut slots);
    }
}

fn used(slots: &mut Slots<'_>) {
    let _ = slots.serial();
    let challenge = Challenge::new(b"Hello").expect("short enough");
    let _ = slots.respond(Slot::Long, &challenge, &mut Impatient(0));
    let _ = slots.delete(Slot::Short, None);
    let _ = slots.swap(None);
}

/// What a YubiKey's management says.
pub fn management(bytes: &[u8]) {
    let mut answers = Answers::of(bytes);
    if let Ok(mut management) = Management::select(&mut answers)
        && let Ok(info) = management.info()
    {
        let sentences = info.contact_and_contactless();
        sentences.iter().for_each(|line| printable(line));
    }
}

/// What a Crescendo's SELECT says.
pub fn crescendo_select(bytes: &[u8]) {
    if let Ok(facts) = crescendo::parse_select(bytes) {
        printable(&facts.configuration_hexadecimal());
    }
}

/// A Crescendo's codes.
pub fn crescendo_code(bytes: &[u8]) {
    let codes = [
        crescendo::parse_bcd(bytes),
        crescendo::parse_challenge_answer(bytes),
    ];
    for code in codes.into_iter().flatten() {
        assert!(code.bytes().all(|digit| digit.is_ascii_digit()), "{code:?}");
    }
}

/// A conversation with a Crescendo.
pub fn crescendo_conversation(bytes: &[u8]) {
    if let Ok(mut token) = Crescendo::open(&mut Answers::of(bytes)) {
        everything(
            &mut token,
            Some(Unlock::Pin(Zeroizing::new("00000000".into()))),
        );
    }
}

/// Who a Token2 says it is.
pub fn token2_info(bytes: &[u8]) {
    if let Ok(info) = token2::parse_info(bytes) {
        printable(&info.serial);
    }
}

/// A profile of a Molto2.
pub fn token2_profile(bytes: &[u8]) {
    let _ = token2::parse_profile(0, bytes);
}

/// Conversations with both kinds of Token2.
pub fn token2_conversation(bytes: &[u8]) {
    if let Ok(mut token) = Token2::open(&mut Answers::of(bytes)) {
        everything(&mut token, None);
    }
    if let Ok(mut token) = Molto2::open(&mut Answers::of(bytes)) {
        everything(
            &mut token,
            Some(Unlock::Password(Zeroizing::new("key".into()))),
        );
    }
}

/// A conversation with a Nitrokey.
pub fn nitrokey_conversation(bytes: &[u8]) {
    if let Ok(mut token) = Nitrokey::open(&mut Answers::of(bytes)) {
        let _ = token.hmac(HmacSlot::One, b"Hello");
        everything(
            &mut token,
            Some(Unlock::Pin(Zeroizing::new("12345678".into()))),
        );
    }
}

/// A conversation with whatever it is.
pub fn any_conversation(bytes: &[u8]) {
    let _ = recognise(&mut Answers::of(bytes));
    if let Ok(mut token) = open(&mut Answers::of(bytes)) {
        everything(
            &mut *token,
            Some(Unlock::Password(Zeroizing::new("secret".into()))),
        );
    }
}

fn everything(token: &mut dyn Token, unlock: Option<Unlock>) {
    let holder = &mut Impatient(0);
    let random = &mut |bytes: &mut [u8]| bytes.fill(7);
    if let Some(serial) = &token.identity().serial {
        printable(serial);
    }
    if let Some(unlock) = unlock {
        let _ = token.unlock(unlock, random, holder);
    }
    let moment = Moment(otp_core::UnixTime(59));
    let found = token.calculate_all(moment, holder).unwrap_or_default();
    for (credential, code) in found.iter().take(4) {
        looked_at(credential);
        if let CodeOf::Code(code) = code {
            printable(&code.text);
        }
        let _ = token.calculate(credential, moment, holder);
        let _ = token.delete(credential, holder);
    }
    let _ = token.set_password(None, random, holder);
    let _ = token.reset(holder);
}

fn looked_at(credential: &Credential) {
    printable(&credential.name.to_string());
}

fn printable(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

/// A card whose answers are cut out of the bytes: two of length, then as many. When they are
/// used up it is pulled out.
pub struct Answers(VecDeque<Vec<u8>>);

impl Answers {
    /// From bytes.
    pub fn of(mut bytes: &[u8]) -> Self {
        let mut answers = VecDeque::new();
        while let [high, low, rest @ ..] = bytes {
            let length = usize::from(u16::from_be_bytes([*high, *low]) % 600);
            let (one, rest) = rest.split_at(length.min(rest.len()));
            answers.push_back(one.to_vec());
            bytes = rest;
        }
        Self(answers)
    }
}

impl Card for Answers {
    fn exchange(&mut self, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let next = self.0.pop_front().ok_or(CardError::Removed)?;
        Ok(Zeroizing::new(next))
    }
}

/// A keyboard interface whose reports are cut out of the bytes.
struct Reports<'a>(std::slice::ChunksExact<'a, u8>);

impl FeatureReports for Reports<'_> {
    fn read(&mut self) -> Result<[u8; 8], CardError> {
        let next = self.0.next().and_then(|report| report.try_into().ok());
        next.ok_or(CardError::Removed)
    }

    fn write(&mut self, _: &[u8; 8]) -> Result<(), CardError> {
        Ok(())
    }

    fn pause(&mut self) {}
}

/// Somebody who gives up soon.
struct Impatient(usize);

impl Holder for Impatient {
    fn asked_to_touch(&mut self) -> Patience {
        self.0 += 1;
        if self.0 > 50 {
            Patience::GiveUp
        } else {
            Patience::Wait
        }
    }

    fn touch_is_over(&mut self) {}
}
