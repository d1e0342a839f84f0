//! What `ykman` of any generation does with our YubiKey: everything that it offers for one-time
//! passwords. It was written by the maker of the real one; so this is the proof that the
//! token of [`pam_otp_tests::TokenRig`] behaves like it.

use crate::oracle::{KEY, KEY_BASE32, is_right_now};
use otp_core::HashAlgorithm::{Sha1, Sha256, Sha512};
use pam_otp_tests::{PcscCard, VirtualToken, Ykman};
use token_drivers::Card;

pub(crate) fn accounts(ykman: &Ykman, token: &VirtualToken) {
    assert!(ykman.ok(&["oath", "info"]).contains("5.4.3"));
    let add = ["oath", "accounts", "add", "-f"];
    let add = |more: &[&str]| ykman.ok(&[&add[..], more].concat());
    add(&[
        "-o",
        "HOTP",
        "-d",
        "8",
        "-c",
        "1",
        "Iss:counter",
        KEY_BASE32,
    ]);
    add(&[
        "-a", "SHA256", "-d", "8", "-P", "60", "-i", "ACME", "joe", KEY_BASE32,
    ]);
    add(&["-t", "touched", KEY_BASE32]);
    let uri = format!(
        "otpauth://totp/Big:corp@example.org?secret={KEY_BASE32}&issuer=Big&algorithm=SHA512"
    );
    ykman.ok(&["oath", "accounts", "uri", "-f", &uri]);

    let list = ykman.ok(&["oath", "accounts", "list", "-o", "-P"]);
    let mut lines: Vec<&str> = list.lines().collect();
    lines.sort_unstable();
    let expected = [
        // With -P it shows the name as it is on the card.
        "60/ACME:joe, TOTP, 60",
        "Big:corp@example.org, TOTP, 30",
        "Iss:counter, HOTP, 0",
        "touched, TOTP, 30",
    ];
    assert_eq!(lines, expected);

    let code = |name| {
        ykman
            .ok(&["oath", "accounts", "code", "-s", name])
            .trim()
            .to_owned()
    };
    // RFC 4226, appendix D, counters 1 and 2, with eight digits.
    assert_eq!(code("counter"), "94287082");
    assert_eq!(code("counter"), "37359152");
    assert!(is_right_now(KEY, Sha256, 8, 60, || code("joe")));
    assert!(is_right_now(KEY, Sha512, 6, 30, || code("corp")));
    // Its "Touch your YubiKey" goes to standard error.
    assert!(is_right_now(KEY, Sha1, 6, 30, || code("touched")));
    let all = ykman.ok(&["oath", "accounts", "code"]);
    assert!(
        all.contains("[HOTP Account]") && all.contains("[Requires Touch]"),
        "{all}"
    );

    token.touch("no");
    ykman.fails(&["oath", "accounts", "code", "-s", "touched"]);
    token.touch("100");
    assert!(is_right_now(KEY, Sha1, 6, 30, || code("touched")));

    ykman.ok(&[
        "oath",
        "accounts",
        "rename",
        "-f",
        "Iss:counter",
        "New:name",
    ]);
    ykman.ok(&["oath", "accounts", "delete", "-f", "touched"]);
    let list = ykman.ok(&["oath", "accounts", "list"]);
    assert!(
        list.contains("New:name") && !list.contains("touched"),
        "{list}"
    );
}

pub(crate) fn password_and_long_answers(ykman: &Ykman, token: &VirtualToken) {
    // As many as answer in several pieces; written by hand, which is quicker.
    let mut card = PcscCard::connect(token.reader());
    card.exchange(&[0, 0xA4, 4, 0, 7, 0xA0, 0, 0, 5, 0x27, 0x21, 1, 0])
        .unwrap();
    for number in 0..20 {
        let name = format!("{number:02}:{}", "long name ".repeat(6).trim_end());
        let key = [&[0x73, 22, 0x21, 6][..], KEY].concat();
        let length = u8::try_from(name.len()).unwrap();
        let data = [&[0x71, length][..], name.as_bytes(), &key].concat();
        let length = u8::try_from(data.len()).unwrap();
        let put = [&[0, 1, 0, 0, length][..], &data, &[0]].concat();
        assert_eq!(*card.exchange(&put).unwrap(), [0x90, 0]);
    }
    drop(card);
    let before = token.exchanges();
    let list = ykman.ok(&["oath", "accounts", "list"]);
    assert_eq!(list.lines().count(), 20);
    let pieces = token.trace(before + 1);
    let rest = |(command, _): &(String, String)| command.starts_with("00a5");
    assert!(pieces.iter().any(rest), "{pieces:?}");
    let codes = ykman.ok(&["oath", "accounts", "code"]);
    assert_eq!(codes.lines().count(), 20);

    ykman.ok(&["oath", "access", "change", "-n", "secret"]);
    assert!(ykman.ok(&["oath", "info"]).contains("enabled"));
    ykman.fails(&["oath", "accounts", "list", "-p", "wrong"]);
    assert_eq!(
        ykman
            .ok(&["oath", "accounts", "list", "-p", "secret"])
            .lines()
            .count(),
        20
    );
    ykman.ok(&["oath", "access", "change", "-p", "secret", "-c"]);
    assert!(ykman.ok(&["oath", "info"]).contains("disabled"));
    ykman.ok(&["oath", "access", "change", "-n", "forgotten"]);
    ykman.ok(&["oath", "reset", "-f"]);
    assert_eq!(ykman.ok(&["oath", "accounts", "list"]).trim(), "");
}

pub(crate) fn buttons(ykman: &Ykman, token: &VirtualToken) {
    let typed = |button| token.press(button).unwrap().text;
    ykman.ok(&["otp", "hotp", "1", "-f", KEY_BASE32]);
    // RFC 4226, appendix D.
    assert_eq!(
        ["755224\n", "287082\n", "359152\n"],
        [typed(1), typed(1), typed(1)]
    );
    ykman.ok(&[
        "otp",
        "hotp",
        "1",
        "-f",
        "-d",
        "8",
        "-c",
        "16",
        "--no-enter",
        KEY_BASE32,
    ]);
    assert_eq!(typed(1), crate::oracle::hotp(KEY, Sha1, 8, 16));

    ykman.ok(&["otp", "static", "2", "-f", "-k", "US", "Abc-123!"]);
    assert_eq!(typed(2), "Abc-123!\n");
    ykman.ok(&[
        "otp",
        "static",
        "2",
        "-f",
        "--generate",
        "--length",
        "38",
        "--no-enter",
    ]);
    let generated = typed(2);
    assert_eq!(generated.len(), 38, "{generated}");
    let is_modhex = |letter: char| "cbdefghijklnrtuv".contains(letter.to_ascii_lowercase());
    assert!(generated.chars().all(is_modhex), "{generated}");
    ykman.ok(&["otp", "static", "2", "-f", "-k", "US", "Abc-123!"]);
    ykman.ok(&["otp", "swap", "-f"]);
    assert_eq!(typed(1), "Abc-123!\n");
    ykman.ok(&[
        "otp",
        "settings",
        "1",
        "-f",
        "--no-enter",
        "-A",
        "010203040506",
    ]);
    assert_eq!(typed(1), "Abc-123!");
    ykman.fails(&["otp", "delete", "1", "-f"]);
    ykman.fails(&["otp", "--access-code", "010203040507", "delete", "1", "-f"]);
    ykman.ok(&["otp", "--access-code", "010203040506", "delete", "1", "-f"]);

    ykman.ok(&["otp", "chalresp", "2", "-f", "6b6579"]);
    let response = ykman.ok(&["otp", "calculate", "2", "48656c6c6f"]);
    // HMAC-SHA1 of "Hello" under "key".
    assert_eq!(response.trim(), "bbb868871fb08ef67db893010e42d2120a476d99");
    assert_eq!(
        token.press(2),
        Err("the slot answers challenges and types nothing".into())
    );
    let info = ykman.ok(&["otp", "info"]);
    assert!(
        info.contains("Slot 1: empty") && info.contains("Slot 2: programmed"),
        "{info}"
    );
}

pub(crate) fn yubico_otp(ykman: &Ykman, token: &VirtualToken) {
    let key = "000102030405060708090a0b0c0d0e0f";
    let private = "010203040506";
    ykman.ok(&[
        "otp",
        "yubiotp",
        "1",
        "-f",
        "-P",
        "vvccccbcdefg",
        "-p",
        private,
        "-k",
        key,
    ]);
    let (first, second) = (token.press(1).unwrap().text, token.press(1).unwrap().text);
    assert_ne!(first, second);
    for text in [&first, &second] {
        let ticket = text.strip_prefix("vvccccbcdefg").unwrap().trim_end();
        let opened = opened(ticket, std::array::from_fn(|at| u8::try_from(at).unwrap()));
        assert_eq!(opened[..6], [1, 2, 3, 4, 5, 6]);
    }
    let device = ykman.ok(&["info"]);
    assert!(device.contains("Serial number: 12345678"), "{device}");
}

/// Decrypts the moving half of a Yubico OTP.
fn opened(modhex: &str, key: [u8; 16]) -> [u8; 16] {
    use aes::cipher::{BlockCipherDecrypt, KeyInit};
    let nibble = |letter| "cbdefghijklnrtuv".find(letter).expect("modhex");
    let nibbles: Vec<usize> = modhex.chars().map(nibble).collect();
    let bytes = nibbles
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap());
    let bytes: Vec<u8> = bytes.collect();
    let mut block = aes::Block::try_from(bytes.as_slice()).expect("sixteen bytes");
    aes::Aes128::new(&key.into()).decrypt_block(&mut block);
    block.into()
}
