use super::*;
use crate::toml_text::TomlText;
use proptest::prelude::*;

#[derive(Debug, PartialEq)]
struct Thing {
    small: u16,
    signed: Option<i64>,
    large: Option<u64>,
    flag: Option<bool>,
    text: Option<String>,
    texts: Option<Vec<String>>,
    colour: Option<u8>,
    inner: Option<Inner>,
    named: Vec<(String, Inner)>,
    list: Option<Vec<Inner>>,
}

#[derive(Debug, PartialEq)]
struct Inner {
    secret: Option<String>,
}

impl<'text> FromTable<'text> for Thing {
    const KEYS: &'static [&'static str] = &[
        "small",
        "signed",
        "large",
        "flag",
        "text",
        "texts",
        "colour",
        "inner",
        "named",
        "list",
        "forgotten",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            small: table.need("small", Table::number),
            signed: table.number("signed"),
            large: table.number("large"),
            flag: table.flag("flag"),
            text: table.owned("text"),
            texts: table.texts("texts"),
            colour: table.word("colour", &[("red", 1), ("green", 2)]),
            inner: table.table("inner"),
            named: table.named("named"),
            list: table.tables("list"),
        }
    }
}

impl<'text> FromTable<'text> for Inner {
    const KEYS: &'static [&'static str] = &["secret"];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            secret: table.secret("secret").map(|secret| secret.to_string()),
        }
    }
}

fn refused(text: &str) -> (String, (usize, usize)) {
    let fault = read::<Thing>(text).expect_err(text);
    (fault.to_string(), fault.place_in(text))
}

#[test]
fn what_is_there_is_taken() {
    let text = "small = 0xff_ff\nsigned = -9223372036854775808\nlarge = 18446744073709551615\n\
                flag = true\ntext = 'a'\ntexts = [\"b\", \"\\u0063\"]\ncolour = \"green\"\n\
                [inner]\nsecret = \"\\u0041BC\"\n[named.x]\n[named.\"a.b\"]\nsecret = \"D\"\n\
                [[list]]\n[[list]]\nsecret = 'E'\n";
    let inner = |secret: &str| Inner {
        secret: Some(secret.into()),
    };
    let expected = Thing {
        small: u16::MAX,
        signed: Some(i64::MIN),
        large: Some(u64::MAX),
        flag: Some(true),
        text: Some("a".into()),
        texts: Some(vec!["b".into(), "c".into()]),
        colour: Some(2),
        inner: Some(inner("ABC")),
        named: vec![
            ("a.b".into(), inner("D")),
            ("x".into(), Inner { secret: None }),
        ],
        list: Some(vec![Inner { secret: None }, inner("E")]),
    };
    assert_eq!(read::<Thing>(text).unwrap(), expected);
}

#[test]
fn whatever_is_wrong_is_refused_with_its_words_and_its_place() {
    for (text, what, place) in [
        ("", "missing field `small`", (1, 1)),
        (
            "small = 1\n# ä\nflag =",
            "string values must be quoted",
            (3, 7),
        ),
        ("small = 1\nsmall = 2", "duplicate key", (2, 1)),
        (
            "small = -1",
            "invalid value: integer `-1`, expected u16",
            (1, 9),
        ),
        (
            "small = 65536",
            "invalid value: integer `65536`, expected u16",
            (1, 9),
        ),
        (
            "small = 1.5",
            "invalid type: floating point `1.5`, expected u16",
            (1, 9),
        ),
        (
            "small = \"1\"",
            "invalid type: string \"1\", expected u16",
            (1, 9),
        ),
        (
            "small = 1\nlarge = -1",
            "invalid value: integer `-1`, expected u64",
            (2, 9),
        ),
        (
            "small = 1\nsigned = 9223372036854775808",
            "invalid value: integer `9223372036854775808`, expected i64",
            (2, 10),
        ),
        (
            "small = 1\nlarge = 18446744073709551616",
            "invalid value: integer `18446744073709551616`, expected u64",
            (2, 9),
        ),
        (
            "small = 1\nflag = 1",
            "invalid type: integer `1`, expected a boolean",
            (2, 8),
        ),
        (
            "small = 1\ntext = true",
            "invalid type: boolean `true`, expected a string",
            (2, 8),
        ),
        (
            "small = 1\ntexts = \"a\"",
            "invalid type: string \"a\", expected a sequence",
            (2, 9),
        ),
        (
            "small = 1\ntexts = [\"a\", 1]",
            "invalid type: integer `1`, expected a string",
            (2, 15),
        ),
        (
            "small = 1\ncolour = \"blue\"",
            "unknown variant `blue`, expected `red` or `green`",
            (2, 10),
        ),
        (
            "small = 1\ncolour = []",
            "invalid type: sequence, expected a string",
            (2, 10),
        ),
        (
            "small = 1\ninner = 1979-05-27",
            "invalid type: date, expected a table",
            (2, 9),
        ),
        (
            "small = 1\nlist = [1]",
            "invalid type: integer `1`, expected a table",
            (2, 9),
        ),
        (
            "small = 1\nnamed.x = 1",
            "invalid type: integer `1`, expected a table",
            (2, 11),
        ),
        (
            "small = 1\n[inner]\nsecrets = \"x\"",
            "unknown field `secrets`, expected `secret`",
            (3, 1),
        ),
        (
            "small = 1\n[[list]]\n[[list]]\n  \"se cret\" = 1",
            "unknown field `se cret`, expected `secret`",
            (4, 3),
        ),
        // Values without names fill no table, and a table is no word.
        (
            "small = 1\ninner = [\"x\"]",
            "invalid type: sequence, expected a table",
            (2, 9),
        ),
        (
            "small = 1\ncolour = { red = {} }",
            "invalid type: table, expected a string",
            (2, 10),
        ),
        // Known, and not taken: a mistake of ours opens nothing.
        (
            "small = 1\nforgotten = 1",
            "unknown field `forgotten`",
            (2, 1),
        ),
        // Of two faults the first that is looked for.
        ("small = -1\nother = 1", "unknown field `other`", (2, 1)),
    ] {
        let (words, where_it_is) = refused(text);
        assert!(words.contains(what), "{text}: {words}");
        assert_eq!(where_it_is, place, "{text}: {words}");
    }
}

#[test]
fn all_keys_that_may_stand_there_are_named() {
    let (words, _) = refused("other = 1");
    let known: Vec<&str> = words.split('`').skip(3).step_by(2).collect();
    assert!(
        words.contains(", expected one of `small`, `signed`, "),
        "{words}"
    );
    assert_eq!(known, Thing::KEYS);
}

proptest! {
    #[test]
    fn any_text_is_read_as_it_was_written(text in any::<String>(), many in 0_usize..200) {
        let written = {
            let mut written = TomlText::new();
            written.number("small", 7_u16);
            written.text("text", &text);
            written.texts("texts", &vec![text.clone(); many]);
            written.flag("flag", true);
            written.table("inner");
            written.text("secret", &text);
            written.finish().unwrap()
        };

        let thing = read::<Thing>(&written).unwrap();
        prop_assert_eq!(thing.text.as_ref(), Some(&text));
        prop_assert_eq!(thing.texts, Some(vec![text.clone(); many]));
        prop_assert_eq!(thing.inner.unwrap().secret, Some(text));
        prop_assert_eq!((thing.small, thing.flag), (7, Some(true)));
    }

    #[test]
    fn any_number_is_read_as_it_was_written_or_not_written(number in any::<u64>()) {
        let mut written = TomlText::new();
        written.number("small", 1_u8);
        written.number("large", number);
        let written = written.finish();

        prop_assert_eq!(written.is_some(), i64::try_from(number).is_ok());
        if let Some(written) = written {
            prop_assert_eq!(read::<Thing>(&written).unwrap().large, Some(number));
        }
    }

    #[test]
    fn no_text_makes_the_reader_stumble(text in "[a-z=\"\\[\\]{}\\.\n', 0-9-]{0,60}") {
        if let Err(fault) = read::<Thing>(&text) {
            let (line, column) = fault.place_in(&text);
            prop_assert!(line >= 1 && column >= 1 && !fault.to_string().is_empty());
        }
    }
}
