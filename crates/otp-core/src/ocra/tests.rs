//! The vectors of RFC 6287 appendix C, and what lies beside them.

use super::*;
use crate::{MovingFactor, UnixTime};
use alloc::string::ToString;

const DIGITS: &[u8] = b"1234567890123456789012345678901234567890123456789012345678901234";
/// 2008-03-25 12:06:30 UTC, minute 132d0b6 (hexadecimal).
const NOON: UnixTime = UnixTime(0x0132_D0B6 * 60 + 30);

fn key(bytes: usize) -> Secret {
    Secret::new(DIGITS[..bytes].to_vec().into()).unwrap()
}

fn answers(suite: &str, key_bytes: usize, cases: &[(Option<u64>, &str, &str)]) {
    let suite = OcraSuite::parse(suite).unwrap();
    for (counter, challenge, expected) in cases {
        // The vectors of mutual authentication are two challenges of eight characters.
        let (first, second) = match challenge.len() {
            16 => (&challenge[..8], Some(&challenge[8..])),
            _ => (*challenge, None),
        };
        let input = OcraInput {
            suite: &suite,
            counter: counter.map(MovingFactor),
            challenge: first,
            own_challenge: second,
            password: suite.password.map(|_| b"1234".as_slice()),
            session: None,
            now: suite.time_step_seconds.map(|_| NOON),
        };
        let response = input.response(&key(key_bytes)).unwrap();
        assert_eq!(*response, *expected, "{} {challenge}", suite.as_str());
    }
}

#[test]
fn the_one_way_values_of_rfc_6287_appendix_c_1() {
    let suite = "OCRA-1:HOTP-SHA1-6:QN08";
    let values = [
        "237653", "243178", "653583", "740991", "608993", "388898", "816933", "224598", "750600",
        "294470",
    ];
    for (digit, value) in (0..10).zip(values) {
        let challenge = digit.to_string().repeat(8);
        answers(suite, 20, &[(None, &challenge, value)]);
    }
    let values = [
        "65347737", "86775851", "78192410", "71565254", "10104329", "65983500", "70069104",
        "91771096", "75011558", "08522129",
    ];
    for (counter, value) in (0..).zip(values) {
        let suite = "OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1";
        answers(suite, 32, &[(Some(counter), "12345678", value)]);
    }
    answers(
        "OCRA-1:HOTP-SHA256-8:QN08-PSHA1",
        32,
        &[
            (None, "00000000", "83238735"),
            (None, "11111111", "01501458"),
            (None, "22222222", "17957585"),
            (None, "33333333", "86776967"),
            (None, "44444444", "86807031"),
        ],
    );
    let values = [
        "07016083", "63947962", "70123924", "25341727", "33203315", "34205738", "44343969",
        "51946085", "20403879", "31409299",
    ];
    for (counter, value) in (0..10_u64).zip(values) {
        let challenge = counter.to_string().repeat(8);
        let suite = "OCRA-1:HOTP-SHA512-8:C-QN08";
        answers(suite, 64, &[(Some(counter), &challenge, value)]);
    }
    answers(
        "OCRA-1:HOTP-SHA512-8:QN08-T1M",
        64,
        &[
            (None, "00000000", "95209754"),
            (None, "11111111", "55907591"),
            (None, "22222222", "22048402"),
            (None, "33333333", "24218844"),
            (None, "44444444", "36209546"),
        ],
    );
}

#[test]
fn the_mutual_values_of_rfc_6287_appendix_c_2() {
    answers(
        "OCRA-1:HOTP-SHA256-8:QA08",
        32,
        &[
            (None, "CLI22220SRV11110", "28247970"),
            (None, "CLI22221SRV11111", "01984843"),
            (None, "CLI22222SRV11112", "65387857"),
            (None, "CLI22223SRV11113", "03351211"),
            (None, "CLI22224SRV11114", "83412541"),
            (None, "SRV11110CLI22220", "15510767"),
            (None, "SRV11111CLI22221", "90175646"),
            (None, "SRV11112CLI22222", "33777207"),
            (None, "SRV11113CLI22223", "95285278"),
            (None, "SRV11114CLI22224", "28934924"),
        ],
    );
    answers(
        "OCRA-1:HOTP-SHA512-8:QA08",
        64,
        &[
            (None, "CLI22220SRV11110", "79496648"),
            (None, "CLI22221SRV11111", "76831980"),
            (None, "CLI22222SRV11112", "12250499"),
            (None, "CLI22223SRV11113", "90856481"),
            (None, "CLI22224SRV11114", "12761449"),
        ],
    );
    answers(
        "OCRA-1:HOTP-SHA512-8:QA08-PSHA1",
        64,
        &[
            (None, "SRV11110CLI22220", "18806276"),
            (None, "SRV11111CLI22221", "70020315"),
            (None, "SRV11112CLI22222", "01600026"),
            (None, "SRV11113CLI22223", "18951020"),
            (None, "SRV11114CLI22224", "32528969"),
        ],
    );
}

#[test]
fn the_signatures_of_rfc_6287_appendix_c_3() {
    answers(
        "OCRA-1:HOTP-SHA256-8:QA08",
        32,
        &[
            (None, "SIG10000", "53095496"),
            (None, "SIG11000", "04110475"),
            (None, "SIG12000", "31331128"),
            (None, "SIG13000", "76028668"),
            (None, "SIG14000", "46554205"),
        ],
    );
    answers(
        "OCRA-1:HOTP-SHA512-8:QA10-T1M",
        64,
        &[
            (None, "SIG1000000", "77537423"),
            (None, "SIG1100000", "31970405"),
            (None, "SIG1200000", "10235557"),
            (None, "SIG1300000", "95213541"),
            (None, "SIG1400000", "65360607"),
        ],
    );
}

#[test]
fn a_decimal_challenge_becomes_hexadecimal_digits_from_the_left() {
    let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN64").unwrap();
    let first = |challenge: &str| {
        let field = OcraInput::to_challenge(&suite, challenge).challenge_field();
        data_encoding::HEXLOWER.encode(&field.unwrap()[..8])
    };
    assert_eq!(first("11111111"), "a98ac70000000000");
    assert_eq!(first("10"), "a000000000000000");
    assert_eq!(first("00000000"), "0000000000000000");
    assert_eq!(first("44444444"), "2a62b1c000000000");
    // 2^64 - 1 and one more.
    assert_eq!(first("18446744073709551615"), "ffffffffffffffff");
    assert_eq!(first("18446744073709551616"), "1000000000000000");
}

#[test]
fn a_challenge_that_the_suite_does_not_know_is_refused() {
    let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN08").unwrap();
    let refused = |challenge| {
        let field = OcraInput::to_challenge(&suite, challenge).challenge_field();
        field.err()
    };
    assert_eq!(refused(""), Some(ChallengeError::Count));
    assert_eq!(
        refused("123456789"),
        Some(ChallengeError::TooLong { longest: 8 })
    );
    assert_eq!(refused("12a4"), Some(ChallengeError::Alphabet));
    assert_eq!(refused("12345678"), None);
    let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QH08").unwrap();
    let field = OcraInput::to_challenge(&suite, "abcDe").challenge_field();
    assert_eq!(field.unwrap()[..4], [0xAB, 0xCD, 0xE0, 0]);
    let field = OcraInput::to_challenge(&suite, "xyz").challenge_field();
    assert_eq!(field.err(), Some(ChallengeError::Alphabet));
}

#[test]
fn what_the_suite_wants_and_what_is_given_must_agree() {
    let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1-S064-T1M").unwrap();
    let whole = OcraInput {
        suite: &suite,
        counter: Some(MovingFactor(1)),
        challenge: "1234",
        own_challenge: None,
        password: Some(b"1234"),
        session: Some(b"session"),
        now: Some(NOON),
    };
    assert!(whole.response(&key(20)).is_ok());
    let without = [
        OcraInput {
            counter: None,
            ..whole
        },
        OcraInput {
            password: None,
            ..whole
        },
        OcraInput {
            session: None,
            ..whole
        },
        OcraInput { now: None, ..whole },
    ];
    for input in without {
        let refused = input.response(&key(20)).err();
        assert!(matches!(refused, Some(ChallengeError::Mismatch { .. })));
    }
    let plain = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN08").unwrap();
    let more = OcraInput {
        suite: &plain,
        ..whole
    };
    assert!(more.response(&key(20)).is_err());
    let long = [7; 65];
    let refused = OcraInput {
        session: Some(&long),
        ..whole
    }
    .response(&key(20));
    assert_eq!(
        refused.err(),
        Some(ChallengeError::SessionTooLong { longest: 64 })
    );
}

#[test]
fn session_data_is_filled_up_on_the_left() {
    let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN08-S008").unwrap();
    let input = OcraInput {
        session: Some(b"abc"),
        ..OcraInput::to_challenge(&suite, "1234")
    };
    let field = input.session_field().unwrap().unwrap();
    assert_eq!(*field, *b"\0\0\0\0\0abc");
}

#[test]
fn ten_digits_are_the_whole_number_and_none_the_whole_hmac() {
    let ten = OcraSuite::parse("OCRA-1:HOTP-SHA1-10:QN08").unwrap();
    let response = OcraInput::to_challenge(&ten, "1")
        .response(&key(20))
        .unwrap();
    assert_eq!(response.len(), 10);
    assert!(response.parse::<u64>().unwrap() < 1 << 31);
    let none = OcraSuite::parse("OCRA-1:HOTP-SHA256-0:QN08").unwrap();
    let response = OcraInput::to_challenge(&none, "1")
        .response(&key(32))
        .unwrap();
    assert_eq!(response.len(), 64);
}
