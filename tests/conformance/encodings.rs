//! The ways a secret is written: what we write, programs that are not ours read, and back.

use crate::{Random, oathtool};
use otp_core::{
    Digits, HashAlgorithm, KeyUri, KeyUriKind, MovingFactor, TimeStep, base32, decode_base32,
    decode_typed_base32, decode_typed_hex, hexadecimal,
};
use std::io::Write;
use std::process::{Command, Stdio};

/// What `base32` of coreutils writes: with padding, on one line.
fn coreutils_base32(bytes: &[u8]) -> String {
    let mut child = Command::new("base32")
        .arg("--wrap=0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("base32 is installed");
    let mut stdin = child.stdin.take().expect("it was piped");
    stdin.write_all(bytes).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("ASCII")
}

/// What oathtool takes a base32 secret for, in hexadecimal.
fn oathtool_decodes(secret: &str) -> String {
    let arguments = ["--base32", "--verbose", "--hotp", secret].map(String::from);
    let lines = oathtool(&arguments);
    let found = lines
        .iter()
        .find_map(|line| line.strip_prefix("Hex secret: "));
    found.expect("it says so").into()
}

#[test]
fn base32_agrees_with_coreutils_at_every_length() {
    let mut random = Random(4648);
    for length in 1..=128 {
        let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        let theirs = coreutils_base32(&bytes);

        let ours = base32(&bytes);
        assert_eq!(*ours, theirs.trim_end_matches('='), "{length} bytes");
        assert_eq!(decode_base32(&ours).expect("our own").as_slice(), bytes);
        // As a person copies it: small letters, in groups, with the padding.
        let letters: Vec<char> = theirs.to_ascii_lowercase().chars().collect();
        let groups: Vec<String> = letters
            .chunks(4)
            .map(|four| four.iter().collect())
            .collect();
        let typed = decode_typed_base32(&groups.join(" ")).expect("base32");
        assert_eq!(typed.as_slice(), bytes, "{length} bytes");
        if theirs.contains('=') {
            assert!(decode_base32(&theirs).is_err(), "a file has one spelling");
        }
    }
}

#[test]
fn oathtool_reads_our_base32_as_the_bytes_of_our_hexadecimal() {
    let mut random = Random(3548);
    for _ in 0..50 {
        let secret = random.secret();
        let bytes = secret.expose_bytes();
        let theirs = oathtool_decodes(&base32(bytes));

        assert_eq!(*hexadecimal(bytes), theirs);
        let typed = decode_typed_hex(&theirs.to_ascii_uppercase()).expect("hexadecimal");
        assert_eq!(typed.as_slice(), bytes);
    }
}

#[test]
fn a_key_uri_is_read_as_it_was_written() {
    let mut random = Random(4326);
    let names = [
        "alice",
        "alice@example.com",
        "Zoë 💚",
        "a+b & c=d",
        "100%?#/",
        "Ключ",
    ];
    let algorithms = [
        HashAlgorithm::Sha1,
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha512,
    ];
    for round in 0..300 {
        let pick = |random: &mut Random| names[random.within(0, 5) as usize].to_string();
        let uri = KeyUri {
            issuer: (round % 3 != 0).then(|| pick(&mut random)),
            account_name: pick(&mut random),
            kind: if round % 2 == 0 {
                let time_step = TimeStep::from_seconds(random.within(1, 120));
                KeyUriKind::Totp {
                    time_step: time_step.expect("allowed"),
                }
            } else {
                let counter = MovingFactor(random.next() >> random.within(0, 63));
                KeyUriKind::Hotp { counter }
            },
            algorithm: algorithms[random.within(0, 2) as usize],
            digits: Digits::new(random.within(6, 8)).expect("allowed"),
            secret: random.secret(),
        };
        let text = uri.expose_uri();
        // Nothing in it needs more than the letters that every scanner passes on.
        assert!(
            text.bytes().all(|byte| byte.is_ascii_graphic()),
            "{}",
            *text
        );

        let read = KeyUri::parse(&text, false).expect("our own URI");
        assert_eq!(read.issuer, uri.issuer, "{}", *text);
        assert_eq!(read.account_name, uri.account_name, "{}", *text);
        assert_eq!(read.kind, uri.kind, "{}", *text);
        assert_eq!(
            (read.algorithm, read.digits),
            (uri.algorithm, uri.digits),
            "{}",
            *text
        );
        assert_eq!(
            read.secret.expose_bytes(),
            uri.secret.expose_bytes(),
            "{}",
            *text
        );
        if round < 30 {
            let (_, secret) = text
                .split_once("?secret=")
                .expect("it begins with the secret");
            let secret = secret.split('&').next().unwrap_or_default();
            assert_eq!(
                oathtool_decodes(secret),
                *hexadecimal(uri.secret.expose_bytes())
            );
        }
    }
}
