use super::*;
use alloc::format;

fn digits(answer: &str) -> Result<alloc::vec::Vec<u8>, NotACode> {
    Response::parse(answer.as_bytes()).map(|response| response.expose_symbols().to_vec())
}

#[test]
fn codes_may_be_grouped_and_full_width() {
    for answer in [
        "123456",
        " 123 456 ",
        "123-456\r\n",
        "12 34 56",
        "\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}",
        "123\u{a0}456",
    ] {
        assert_eq!(digits(answer).unwrap(), b"123456", "{answer:?}");
    }
    assert_eq!(digits("0123 4567").unwrap(), b"01234567");
}

#[test]
fn what_no_authenticator_could_show_is_not_a_code() {
    for (answer, why) in [
        ("12345", NotACode::WrongLength),
        (
            "1234567890123456789012345678901234567",
            NotACode::WrongLength,
        ),
        ("correct horse", NotACode::NotDigits),
        ("\u{8}\n\r\u{7f}INCORRECT", NotACode::NotDigits),
        ("+123456", NotACode::NotDigits),
        ("%n%n%s", NotACode::NotDigits),
        ("١٢٣٤٥٦", NotACode::NotDigits),
        ("123456\u{0}", NotACode::NotDigits),
    ] {
        assert_eq!(digits(answer).err(), Some(why), "{answer:?}");
    }
    assert_eq!(Response::parse(&[0xff; 6]).err(), Some(NotACode::NotDigits));
    assert_eq!(Response::parse(&[b'1'; 513]).err(), Some(NotACode::TooLong));
}

#[test]
fn enter_alone_is_nothing_typed() {
    for answer in ["", " ", "\r\n"] {
        assert!(matches!(Typed::parse(answer.as_bytes()), Typed::Nothing));
    }
    let blanks = [b' '; 513];
    assert!(matches!(
        Typed::parse(&blanks),
        Typed::Unusable(NotACode::TooLong)
    ));
}

/// PIN and code as an authenticator of so many digits would have them.
fn read<'a>(
    typed: &'a Typed,
    digits: u64,
    identifier: Option<&str>,
    pin_length: usize,
) -> Option<(&'a str, &'a str)> {
    let identifier = identifier.map(|text| TokenIdentifier::parse(text).unwrap());
    let digits = Digits::new(digits).unwrap();
    let reading = typed.reading(digits, identifier.as_ref(), pin_length)?;
    let text = |bytes| core::str::from_utf8(bytes).unwrap();
    Some((text(reading.pin), text(reading.code)))
}

#[test]
fn a_code_has_exactly_the_digits_of_its_authenticator() {
    let typed = Typed::parse(b"1234 567");
    assert_eq!(read(&typed, 7, None, 0), Some(("", "1234567")));
    assert_eq!(read(&typed, 6, None, 0), None);
    assert_eq!(read(&typed, 8, None, 0), None);
}

#[test]
fn a_pin_stands_before_the_code() {
    let typed = Typed::parse(b"2580 123 456");
    assert_eq!(read(&typed, 6, None, 4), Some(("2580", "123456")));
    for (digits, pin_length) in [(6, 0), (6, 5), (7, 4)] {
        assert_eq!(read(&typed, digits, None, pin_length), None);
    }
    let letters = Typed::parse(b"25b0123456");
    assert_eq!(read(&letters, 6, None, 4), None);
}

#[test]
fn what_a_token_types_by_itself_is_recognised() {
    let id = Some("ubhe00000001");
    let typed = Typed::parse(b"UBHE00000001123456");
    assert_eq!(read(&typed, 6, id, 0), Some(("", "123456")));
    // Another token's, or none that this account knows.
    assert_eq!(read(&typed, 6, Some("ubhe00000002"), 0), None);
    assert_eq!(read(&typed, 6, None, 0), None);
    // The digits alone, read from a display.
    assert_eq!(
        read(&Typed::parse(b"123456"), 6, id, 0),
        Some(("", "123456"))
    );
    // The PIN, and then the button.
    let with_pin = Typed::parse(b"2580ubhe00000001123456");
    assert_eq!(read(&with_pin, 6, id, 4), Some(("2580", "123456")));
    assert_eq!(read(&with_pin, 6, id, 0), None);
}

#[test]
fn the_tail_of_a_combined_answer_can_be_of_three_lengths() {
    let possible = |answer: &str| -> alloc::vec::Vec<u64> {
        let typed = Typed::parse_combined(answer.as_bytes());
        let fits = |digits: &u64| read(&typed, *digits, None, 0).is_some();
        [6, 7, 8].into_iter().filter(fits).collect()
    };
    assert_eq!(possible("wonderland123456"), [6]);
    assert_eq!(possible("wonderland99123456"), [6, 7, 8]);
    assert_eq!(possible("123456"), [6]);
    assert_eq!(possible("wonderland12345"), []);
    assert_eq!(possible("123456wonderland"), []);
    assert_eq!(possible("wonderland1234 56"), []);
    // No password is one, too: whether it is right is found out later.
    assert_eq!(
        Typed::parse_combined(b"").expose(),
        (TypedKind::Tail, &b""[..])
    );
    let long = format!("{}123456", "\u{e4}".repeat(16));
    let tail = Typed::parse_combined(long.as_bytes());
    assert_eq!(tail.expose(), (TypedKind::Tail, &b"123456"[..]));
    let typed = Typed::parse_combined(b"secret2123456");
    assert_eq!(read(&typed, 6, None, 0), Some(("", "123456")));
}

#[test]
fn password_pin_identifier_and_code_are_told_apart_from_the_end() {
    let typed = Typed::parse_combined(b"a very long password 42580Ubhe00000001123456");
    let id = Some("ubhe00000001");
    assert_eq!(read(&typed, 6, id, 4), Some(("2580", "123456")));
    assert_eq!(read(&typed, 6, id, 0), Some(("", "123456")));
    assert_eq!(read(&typed, 6, None, 4), Some(("0001", "123456")));
    let digits = Digits::SIX;
    let id = TokenIdentifier::parse("ubhe00000001").unwrap();
    assert_eq!(typed.reading(digits, Some(&id), 4).unwrap().length, 22);
}
