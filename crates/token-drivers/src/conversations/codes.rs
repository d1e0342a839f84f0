//! The codes of the conversations are those that a login would compute.

use super::yubico::{MOMENT, secret};
use crate::script::bytes;
use crate::{Kind, oath};
use otp_core::{
    CodeGenerator, Digits, HashAlgorithm, MovingFactor, TimeStep, UnixTime, step_number,
};
use proptest::prelude::*;

fn credential() -> crate::Credential {
    let list = bytes("7205 21 6A6F65 00");
    let list = oath::parse_list(&list, oath::ListForm::WithProperties).unwrap();
    list[0].clone()
}

fn recorded(answer: &str) -> String {
    let computed = oath::parse_code(&bytes(answer)).unwrap();
    (*oath::code_of(&computed, &credential(), None).unwrap().text).clone()
}

fn at_login(algorithm: HashAlgorithm, digits: u64, step_seconds: u64) -> String {
    let step = TimeStep::from_seconds(step_seconds).unwrap();
    let factor = step_number(MOMENT.0, UnixTime(0), step).unwrap();
    let generator = CodeGenerator::new(&secret(), algorithm, Digits::new(digits).unwrap());
    (*generator.code(factor).expose_digits()).clone()
}

#[test]
fn recorded_codes_are_those_of_a_login() {
    let counter = CodeGenerator::new(&secret(), HashAlgorithm::Sha1, Digits::new(8).unwrap());
    let counter = counter.code(MovingFactor(1)).expose_digits();
    let whole = "751508 75A48A19D4CBE100644E8AC1397EEA747A2D33AB";
    assert_eq!(recorded(whole), *counter);
    assert_eq!(recorded("760508 41397EEA"), *counter);
    let minute = at_login(HashAlgorithm::Sha256, 8, 60);
    assert_eq!(recorded("760508 0E51BC8E"), minute);
    let usual = at_login(HashAlgorithm::Sha256, 8, 30);
    assert_eq!(recorded("760508 7A39FD0A"), usual);
}

proptest! {
    #[test]
    fn a_token_is_asked_for_the_step_that_a_login_computes(
        now in 0_u64..1 << 40,
        seconds in 1_u64..=120,
    ) {
        let mut credential = credential();
        assert_eq!(credential.kind, Some(Kind::Totp));
        credential.time_step_seconds = Some(seconds);
        let moment = crate::Moment(UnixTime(now));

        let (command, valid) = oath::calculate_command(&credential, moment);

        let step = TimeStep::from_seconds(seconds).unwrap();
        let factor = step_number(UnixTime(now), UnixTime(0), step).unwrap();
        assert!(command.data().ends_with(&factor.0.to_be_bytes()));
        let (from, until) = valid.unwrap();
        assert!(from.0 <= now && now < until.0);
        assert_eq!(until.0 - from.0, seconds);
    }
}
