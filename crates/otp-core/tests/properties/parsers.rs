//! No text and no bytes make a parser panic, and what is printed is read back.

use otp_core::{
    Digits, HashAlgorithm, KeyUri, KeyUriKind, Label, MovingFactor, Response, Secret, TimeStep,
    Typed, UserName, decode_base32, decode_typed_base32, decode_typed_hex,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// For proptest's reports; a `KeyUri` has no `Debug`, because it holds a secret.
struct Printable(KeyUri);

impl std::fmt::Debug for Printable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.expose_uri())
    }
}

fn key_uri() -> impl Strategy<Value = Printable> {
    let name = "[^:\\p{C}\\s]([^:\\p{C}]{0,20}[^:\\p{C}\\s])?";
    let kind = prop_oneof![
        (1..=120_u64).prop_map(|seconds| KeyUriKind::Totp {
            time_step: TimeStep::from_seconds(seconds).unwrap()
        }),
        any::<u64>().prop_map(|counter| KeyUriKind::Hotp {
            counter: MovingFactor(counter)
        }),
    ];
    let algorithm = prop_oneof![
        Just(HashAlgorithm::Sha1),
        Just(HashAlgorithm::Sha256),
        Just(HashAlgorithm::Sha512)
    ];
    let secret = vec(any::<u8>(), 16..=64);
    (
        proptest::option::of(name),
        name,
        kind,
        algorithm,
        6..=8_u64,
        secret,
    )
        .prop_map(|(issuer, account_name, kind, algorithm, digits, secret)| {
            Printable(KeyUri {
                issuer,
                account_name,
                kind,
                algorithm,
                digits: Digits::new(digits).unwrap(),
                secret: Secret::new(secret.into()).ok().unwrap(),
            })
        })
}

proptest! {
    #[test]
    fn a_key_uri_is_read_as_it_was_printed(Printable(uri) in key_uri()) {
        let text = uri.expose_uri();
        let again = KeyUri::parse(&text, false).map_err(|e| TestCaseError::fail(format!("{e} {}", *text)))?;
        prop_assert_eq!(&again.issuer, &uri.issuer);
        prop_assert_eq!(&again.account_name, &uri.account_name);
        prop_assert_eq!(again.kind, uri.kind);
        prop_assert_eq!(again.algorithm, uri.algorithm);
        prop_assert_eq!(again.digits, uri.digits);
        prop_assert_eq!(again.secret.expose_bytes(), uri.secret.expose_bytes());
        prop_assert_eq!(&*again.expose_uri(), &*text);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,200}", bytes in vec(any::<u8>(), 0..600)) {
        let _ = KeyUri::parse(&text, true);
        let _ = KeyUri::parse(&format!("otpauth://{text}"), true);
        let _ = KeyUri::parse(&format!("otpauth://totp/{text}?secret={text}&{text}"), true);
        let _ = UserName::parse(&text);
        let _ = Label::parse(&text);
        let _ = decode_base32(&text);
        let _ = decode_typed_base32(&text);
        let _ = decode_typed_hex(&text);
        let _ = Response::parse(&bytes);
        let _ = Typed::parse(&bytes);
        let _ = Typed::parse_combined(&bytes);
    }

    #[test]
    fn a_code_may_be_grouped_in_any_way(digits in "[0-9]{6,8}", blanks in vec("[ -]{0,3}", 9)) {
        let mut grouped = blanks[8].clone();
        for (digit, blank) in digits.chars().zip(&blanks) {
            grouped.push(digit);
            grouped.push_str(blank);
        }
        let response = Response::parse(grouped.as_bytes()).ok().unwrap();
        prop_assert_eq!(response.expose_symbols(), digits.as_bytes());
    }
}
