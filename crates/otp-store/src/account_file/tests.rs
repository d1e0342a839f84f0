use super::*;
use otp_core::{Bypass, BypassId, Label, Method, MovingFactor};
use proptest::prelude::*;

const TEXT: &str = r#"format = 1
user = "alice"
uid = 1000
enabled = true
enrolment = "000102030405060708090a0b0c0d0e0f"
enrolled_at_unix_seconds = 1790000000

[pin]
hash = "argon2id:0102030405060708090a0b0c0d0e0f100102030405060708090a0b0c0d0e0f10"
length = 6
memory_kibibytes = 19456
passes = 2
salt = "000102030405060708090a0b0c0d0e0f"

[recovery]
set = "0001020304050607"
hashes = ["sha256:0102030405060708090a0b0c0d0e0f100102030405060708090a0b0c0d0e0f10", "sha256:1102030405060708090a0b0c0d0e0f100102030405060708090a0b0c0d0e0f10"]

[[authenticator]]
id = 1
label = "phone"
kind = "totp"
algorithm = "SHA1"
digits = 6
time_step_seconds = 30
secret = "base32:GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
created_at_unix_seconds = 1790000000

[[authenticator]]
id = 2
label = "blue fob"
kind = "hotp"
algorithm = "SHA256"
digits = 8
initial_counter = 7
secret = "base32:JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
token_identifier = "ubhe00000001"
serial = "A-1234"
created_at_unix_seconds = 1790000001
"#;

fn read_as(text: &str, user: &str) -> Result<Account, StoreError> {
    parse(
        text,
        Path::new("/account/alice"),
        &UserName::parse(user).unwrap(),
    )
}

fn refusal(text: &str) -> String {
    read_as(text, "alice").err().expect(text).to_string()
}

#[test]
fn an_account_is_written_as_it_was_read() {
    let account = read_as(TEXT, "alice").ok().unwrap();
    assert_eq!(*print(&account, Path::new("x")).ok().unwrap(), TEXT);
}

#[test]
fn every_fault_is_named_with_its_place() {
    let cases = [
        (
            "format = 1",
            "format = 2",
            "format 2, but this version reads format 1",
        ),
        (
            "uid = 1000",
            "uid = -1",
            "line 3 (\"uid\") does not follow the format",
        ),
        (
            "digits = 8",
            "digits = 9",
            "authenticator number 2: digits must be 6, 7 or 8, not 9",
        ),
        (
            "digits = 6",
            "digit = 6",
            "line 24 does not follow the format",
        ),
        ("enabled = true\n", "", "does not follow the format"),
        (
            "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "\"phone\" and \"blue fob\" have the same secret",
        ),
        (
            "id = 2",
            "id = 1",
            "authenticator number 1 is 0 or used twice",
        ),
        (
            "_step_seconds = 30",
            "_step_seconds = 121",
            "the time step must be 1 to 120 seconds",
        ),
        (
            "initial_counter = 7",
            "time_step_seconds = 30",
            "belongs to totp only",
        ),
        ("argon2id:", "scrypt:", "pin: the hash has no scheme"),
        ("sha256:11", "md5:11", "recovery: a hash has no scheme"),
        (
            "\"0001020304050607\"",
            "\"00010203040506\"",
            "recovery: set must be 16 hexadecimal digits",
        ),
        ("length = 6", "length = 3", "pin: a PIN has 4 to 16 digits"),
        ("passes = 2", "passes = 0", "passes 1 to 16"),
        ("ubhe0", "ubha0", "a token identifier has 12 characters"),
        ("base32:", "sealed:", "no scheme that this version knows"),
        (
            "0c0d0e0f",
            "0c0d0e",
            "enrolment must be 32 hexadecimal digits",
        ),
        ("kind = \"totp\"", "kind = \"yotp\"", "line 22 (\"kind\")"),
    ];
    for (right, wrong, expected) in cases {
        let refused = refusal(&TEXT.replace(right, wrong));
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn an_account_copied_to_another_name_is_refused() {
    let refused = read_as(TEXT, "bob").err().unwrap().to_string();
    assert!(refused.ends_with("it is the account of another user"));
}

#[test]
fn no_error_repeats_a_secret_that_stands_in_the_wrong_place() {
    for (right, wrong) in [
        ("digits = 6", "digits = \"GEZDGNBVGY3TQOJQ\""),
        ("kind = \"totp\"", "kind = \"GEZDGNBVGY3TQOJQ\""),
        ("label = \"phone\"", "GEZDGNBVGY3TQOJQ = 1"),
        ("algorithm = \"SHA1\"", "algorithm = \"GEZDGNBVGY3TQOJQ\""),
        ("\"base32:GEZDGNBV", "base32:GEZDGNBV"),
    ] {
        let refused = refusal(&TEXT.replacen(right, wrong, 1));
        assert!(!refused.contains("GEZDGNBV"), "{refused}");
    }
}

#[test]
fn a_glance_sees_what_the_strict_reader_reads() {
    let start = TEXT.find("[pin]").unwrap();
    let end = TEXT.find("[recovery]").unwrap();
    let without_pin = format!("{}{}", &TEXT[..start], &TEXT[end..]);
    let alice = UserName::parse("alice").unwrap();
    for text in [TEXT, &without_pin] {
        let account = read_as(text, "alice").unwrap();
        let printed = print(&account, Path::new("")).unwrap();
        let seen = glance(&printed, &alice).expect("it is what otpctl writes");
        assert_eq!(seen.enabled, account.enabled, "{}", *printed);
        assert_eq!(seen.has_pin, account.pin.is_some(), "{}", *printed);
    }
}

#[test]
fn a_secret_that_is_spelled_with_escapes_is_the_same_secret() {
    let escaped = TEXT.replace("\"base32:GEZDGNBV", "\"base32:\\u0047EZDGNB\\U00000056");
    assert_ne!(escaped, TEXT);
    let account = read_as(&escaped, "alice").unwrap();
    assert_eq!(*print(&account, Path::new("")).unwrap(), TEXT);
}

proptest! {
    #[test]
    fn any_account_is_written_as_it_was_read(
        label in "[^\\p{Cc}]{1,40}",
        serial in proptest::option::of("[ -~]{1,30}"),
        counter in any::<u64>(),
        times in (any::<u32>(), any::<u32>(), 1_u64..u64::from(u32::MAX)),
        uses in 1_u16..1000,
    ) {
        let mut account = read_as(TEXT, "alice").unwrap();
        let mut devices: Vec<_> = account.authenticators.iter().cloned().collect();
        let (Ok(label), Ok(serial)) = (
            Label::parse(&label),
            serial.map(|serial| Label::parse(&serial)).transpose(),
        ) else {
            return Ok(());
        };
        let (created, from, lasts) = (u64::from(times.0), u64::from(times.1), times.2);
        devices[0].label = label;
        devices[0].validity.from = Some(UnixTime(from));
        devices[0].validity.until = Some(UnixTime(from + lasts));
        devices[1].serial = serial;
        devices[1].method = Method::Hotp { initial_counter: MovingFactor(counter) };
        let Ok(devices) = Authenticators::new(devices) else {
            return Ok(());
        };
        account.authenticators = devices;
        account.bypass = Some(Bypass {
            id: BypassId([7; 8]),
            hash: [9; 32],
            created_at: UnixTime(created),
            expires_at: UnixTime(created + lasts.min(Bypass::LONGEST_SECONDS)),
            uses,
        });

        match print(&account, Path::new("")) {
            Ok(text) => {
                prop_assert!(i64::try_from(counter).is_ok());
                let again = read_as(&text, "alice").unwrap();
                prop_assert_eq!(&*print(&again, Path::new("")).unwrap(), &*text);
                for (one, other) in again.authenticators.iter().zip(account.authenticators.iter()) {
                    prop_assert_eq!(&one.label, &other.label);
                    prop_assert_eq!(&one.serial, &other.serial);
                    prop_assert_eq!(&one.validity, &other.validity);
                    prop_assert_eq!(&one.method, &other.method);
                }
            }
            Err(error) => {
                prop_assert!(i64::try_from(counter).is_err());
                prop_assert!(error.to_string().contains("9223372036854775807"));
            }
        }
    }
}
