//! What was made to harm or mislead: pictures, key URIs, names; and options that mean nothing.

use crate::cli_support::{code, names, token, token_with};
use pam_otp_tests::{Machine, Pty, TokenRig, built, sandboxed};
use qrcode::{Color, QrCode};
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";
/// Pixels of a module of a QR code.
const SCALE: usize = 4;
/// Modules around one.
const MARGIN: usize = 4;

/// A picture (PNG) of dark and light modules.
fn picture(path: &str, rows: &[Vec<bool>]) {
    let width = rows[0].len() * SCALE;
    let mut text = format!("P1\n{width} {}\n", rows.len() * SCALE);
    for row in rows {
        let line: String = row
            .iter()
            .flat_map(|dark| [if *dark { "1 " } else { "0 " }; SCALE])
            .collect();
        for _ in 0..SCALE {
            text.push_str(&line);
            text.push('\n');
        }
    }
    let plain = format!("{path}.pbm");
    fs::write(&plain, text).unwrap();
    let made = Command::new("convert").args([&plain, path]).status();
    assert!(
        made.expect("imagemagick is installed; run: make test")
            .success()
    );
}

/// QR codes side by side.
fn codes(path: &str, texts: &[&str]) {
    let codes: Vec<QrCode> = texts
        .iter()
        .map(|text| QrCode::new(text).unwrap())
        .collect();
    let height = codes.iter().map(QrCode::width).max().unwrap() + 2 * MARGIN;
    let row = |y: usize| {
        let of_one = |code: &QrCode| {
            let width = code.width();
            let dark = |x: usize| {
                let inside =
                    (MARGIN..width + MARGIN).contains(&x) && (MARGIN..width + MARGIN).contains(&y);
                inside && code[(x - MARGIN, y - MARGIN)] == Color::Dark
            };
            (0..width + 2 * MARGIN).map(dark).collect::<Vec<bool>>()
        };
        codes.iter().flat_map(of_one).collect()
    };
    picture(path, &(0..height).map(row).collect::<Vec<_>>());
}

/// Nothing but corners of QR codes, `across` by `across`.
fn corners(path: &str, across: usize) {
    let dark = |x: usize, y: usize| {
        let ring = x.abs_diff(3).max(y.abs_diff(3));
        x < 7 && y < 7 && ring != 2
    };
    let row = |y: usize| (0..9 * across).map(|x| dark(x % 9, y % 9)).collect();
    picture(path, &(0..9 * across).map(row).collect::<Vec<_>>());
}

sandboxed! {
    fn a_picture_with_another_code_or_with_several_is_refused_with_the_reason() {
        let machine = Machine::with_alice();
        let one = "otpauth://totp/ACME:joe?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME";
        let other = "otpauth://totp/ACME:jane?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR&issuer=ACME";
        for (texts, why) in [
            (&["https://example.org/"][..], "the QR code in the picture is no key URI"),
            (&["otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8"], "an export of several accounts"),
            (&[one, other], "several key URIs in the picture"),
            (&["otpauth://steam/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "not a usable key URI"),
            (&["otpauth://totp/a?secret=GEZDGNBV"], "not a usable key URI"),
        ] {
            codes("/tmp/code.png", texts);
            let rig = TokenRig::start_as("pictures");
            let card = rig.insert("yubikey", &[]);
            let said = token(&machine, &["add", "--qr", "/tmp/code.png"]).ends(2, why);
            assert!(!format!("{said:?}").contains("GEZD"), "{said:?}");
            assert!(!card.trace(0).iter().any(|(command, _)| command.starts_with("00010000")));
        }
        // Beside a code of something else, the key URI is the one that is meant.
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        codes("/tmp/code.png", &["https://example.org/", one]);
        token(&machine, &["add", "--qr", "/tmp/code.png"]).ends(0, "\"ACME:joe\" is on the token");
    }

    fn a_picture_that_keeps_the_search_busy_is_given_up() {
        let machine = Machine::with_alice();
        corners("/tmp/corners.png", 30);
        let began = Instant::now();

        let said = token(&machine, &["add", "--qr", "/tmp/corners.png"]);

        said.ends(2, "there is too much in the picture to find a QR code in time");
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    }

    fn a_key_uri_that_the_token_cannot_honour_is_refused_before_it_is_written() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let old = rig.insert_at(0, "yubikey", &["--version", "4.2.0", "--serial", "1"]);
        let _display = rig.insert_at(1, "token2", &[]);
        for (reader, parameters, why) in [
            ("1", "algorithm=SHA512", "the token computes SHA1 and SHA256, not SHA512"),
            ("1", "digits=9", "digits"),
            ("1", "algorithm=MD5", "SHA1, SHA256 or SHA512"),
            ("1", "period=0", "not a usable key URI"),
            ("2", "period=45", "the token knows no time step of 45 seconds"),
            ("2", "digits=8", "digits, not 8"),
        ] {
            let uri = format!("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&{parameters}\n");
            let said = token_with(&machine, &["add", "--uri-stdin", "-f", "-r", reader], &uri);
            assert!([2, 4].contains(&said.status), "{parameters}: {said:?}");
            let words = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(why), "{parameters}: {words}");
        }
        assert!(!old.trace(0).iter().any(|(command, _)| command.starts_with("00010000")));
    }

    fn parameters_beside_a_key_uri_and_a_key_uri_for_a_slot_are_refused() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        let uri = "otpauth://totp/ACME:joe?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA256\n";
        for words in [&["add", "joe", "-d", "8"][..], &["add", "joe", "-o", "hotp"], &["add", "joe", "-P", "60"]] {
            token_with(&machine, words, uri).ends(2, "a key URI, which says all parameters itself");
        }
        for words in [&["button", "hotp", "long"][..], &["button", "challenge", "long"]] {
            token_with(&machine, words, uri).ends(2, "a key URI, and a slot takes a secret");
        }
        assert_eq!(names(&machine), [""; 0]);
        assert!(card.press(2).is_err());
        // As the name of a key URI may be told otherwise.
        token_with(&machine, &["add", "joe"], uri).ends(0, "\"joe\" is on the token");
    }

    fn what_unlocks_a_token_is_taken_only_where_it_is_used() {
        let machine = Machine::with_alice();
        for words in [
            &["info"][..], &["list"], &["access"], &["reset"], &["button", "show"],
            &["button", "delete", "long"], &["button", "swap"], &["button", "static", "long"],
        ] {
            for option in ["--unlock-stdin", "--experimental"] {
                token(&machine, &[words, &[option]].concat()).ends(2, "unexpected argument");
            }
        }
        for option in ["--unlock-stdin", "--experimental", "--pin", "--totp"] {
            token(&machine, &["provision", "alice", "--button", "long", option]).ends(2, "cannot be used with");
        }
    }

    fn names_of_every_script_are_kept_and_too_long_ones_are_said_to_be() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        for name in ["Bücher:zoë", "銀行:太郎", "🔑:joe", "a b:c d"] {
            token_with(&machine, &["add", name, "-o", "hotp"], SECRET).ends(0, name);
            assert_eq!(code(&machine, name), "755224");
            token(&machine, &["delete", name, "-f"]).ends(0, name);
        }
        // 64 bytes are the limit, not characters.
        let long = "ü".repeat(33);
        let before = card.exchanges();
        token_with(&machine, &["add", &long], SECRET).ends(4, "1 to 64 are possible");
        let put = card.trace(before);
        assert!(!put.iter().any(|(command, _)| command.starts_with("00010000")), "{put:?}");
        token_with(&machine, &["add", &"ü".repeat(32), "-o", "hotp"], SECRET).ends(0, "");
        for name in ["a\u{1b}[2Jb", "a\nb", "a\u{9b}b", ""] {
            token_with(&machine, &["add", name], SECRET).ends(2, "");
            token(&machine, &["rename", &"ü".repeat(32), name]).ends(2, "");
        }
        token(&machine, &["rename", &"ü".repeat(32), &long]).ends(4, "1 to 64 are possible");
        assert_eq!(names(&machine), ["ü".repeat(32)]);
    }

    fn a_counter_is_not_moved_on_for_a_clipboard_that_is_not_there() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token_with(&machine, &["add", "joe", "-o", "hotp"], SECRET).ends(0, "");

        let output = Command::new("setsid")
            .args(["--wait", built("otpctl").to_str().unwrap()])
            .args(["token", "code", "joe", "--copy"])
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .output()
            .unwrap();

        crate::cli_support::Said::from(output).ends(1, "there is no clipboard");
        token(&machine, &["code", "joe", "--totp"]).ends(2, "\"joe\" is hotp, and the token knows it");
        assert_eq!(code(&machine, "joe"), "755224");
    }

    fn a_new_access_code_is_typed_twice() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        let mut command = Command::new(built("otpctl"));
        command.args(["token", "button", "static", "long", "--generate", "--new-access-code"]);
        let mut pty = Pty::start(command);
        pty.expect("nothing resets it");
        pty.answer("New access code of the slot (12 hexadecimal digits): ", "a1a2a3a4a5a6");
        pty.answer("The same access code of the slot (12 hexadecimal digits) again: ", "a1a2a3a4a5a7");
        let ended = pty.ends();
        assert_eq!(ended.status.code(), Some(2), "{ended:?}");
        assert!(!ended.screen.contains("a1a2"), "{ended:?}");
        assert!(card.press(2).is_err());
        token(&machine, &["button", "show"]).ends(0, "long (nothing)");
    }
}
