//! Our driver of Yubico's OATH protocol and ykman look after the same card.

use crate::oracle::{KEY, KEY_BASE32, hotp, is_right_now};
use crate::person::{Person, code, counter, find, moment, new, password, random, time};
use otp_core::Digits;
use otp_core::HashAlgorithm::{Sha1, Sha256, Sha512};
use pam_otp_tests::{PcscCard, TokenRig, VirtualToken, Ykman, sandboxed};
use token_drivers::{CodeOf, CredentialName, Family, Protection, TokenError, open, recognise};

const TOUCH: Protection = Protection {
    touch: true,
    pin: false,
};

/// Writes one credential of each sort with our driver.
fn write_some(token: &VirtualToken) {
    let mut card = PcscCard::connect(token.reader());
    let mut driver = open(&mut card).unwrap();
    let mut person = Person::default();
    let mut put = |new| driver.put(&new, &mut person).unwrap();
    put(new("Iss:counter", KEY, counter(1)));
    let mut joe = new("ACME:joe", KEY, time(60));
    (joe.algorithm, joe.digits) = (Sha256, Digits::new(8).unwrap());
    put(joe);
    let mut corp = new("corp@example.org", KEY, time(30));
    corp.algorithm = Sha512;
    put(corp);
    let mut touched = new("touched", KEY, time(30));
    touched.protection = TOUCH;
    put(touched);
}

fn what_we_write_ykman_reads(ykman: &Ykman, token: &VirtualToken) {
    write_some(token);
    let list = ykman.ok(&["oath", "accounts", "list", "-o"]);
    let mut lines: Vec<&str> = list.lines().collect();
    lines.sort_unstable();
    let expected = [
        "60/ACME:joe, TOTP",
        "Iss:counter, HOTP",
        "corp@example.org, TOTP",
        "touched, TOTP",
    ];
    assert_eq!(lines, expected);
    let code = |name| {
        ykman
            .ok(&["oath", "accounts", "code", "-s", name])
            .trim()
            .to_owned()
    };
    assert_eq!(code("Iss:counter"), hotp(KEY, Sha1, 6, 1));
    assert!(is_right_now(KEY, Sha256, 8, 60, || code("joe")));
    assert!(is_right_now(KEY, Sha512, 6, 30, || code("corp")));
    assert!(is_right_now(KEY, Sha1, 6, 30, || code("touched")));
}

fn what_ykman_writes_we_read(ykman: &Ykman, token: &VirtualToken) {
    let add = ["oath", "accounts", "add", "-f"];
    let add = |more: &[&str]| ykman.ok(&[&add[..], more].concat());
    add(&[
        "-o",
        "HOTP",
        "-d",
        "8",
        "-c",
        "5",
        "Iss:counter",
        KEY_BASE32,
    ]);
    add(&["-a", "SHA256", "-P", "60", "-i", "ACME", "joe", KEY_BASE32]);
    add(&["-t", "touched", KEY_BASE32]);

    let mut card = PcscCard::connect(token.reader());
    let mut driver = open(&mut card).unwrap();
    let driver = &mut *driver;
    assert_eq!(driver.identity().family, Family::YubiKey);
    assert_eq!(driver.identity().version, Some((5, 4, 3)));
    assert_eq!(code(driver, "Iss:counter"), hotp(KEY, Sha1, 8, 5));
    assert_eq!(find(driver, "ACME:joe").time_step_seconds, Some(60));
    assert!(is_right_now(KEY, Sha256, 6, 60, || code(
        driver, "ACME:joe"
    )));
    assert!(is_right_now(KEY, Sha1, 6, 30, || code(driver, "touched")));
    let all = driver
        .calculate_all(moment(), &mut Person::default())
        .unwrap();
    let mut sorts: Vec<&str> = all
        .iter()
        .map(|(_, code)| match code {
            CodeOf::Counter => "counter",
            CodeOf::WantsTouch => "touch",
            CodeOf::Code(_) => "code",
            _ => "something else",
        })
        .collect();
    sorts.sort_unstable();
    assert_eq!(sorts, ["code", "counter", "touch"]);
}

fn a_password_of_one_opens_for_the_other(ykman: &Ykman, token: &VirtualToken) {
    let mut person = Person::default();
    {
        let mut card = PcscCard::connect(token.reader());
        let mut driver = open(&mut card).unwrap();
        driver
            .put(&new("alice", KEY, time(30)), &mut person)
            .unwrap();
        let set = driver.set_password(Some(password("sésame")), &mut random, &mut person);
        assert_eq!(set, Ok(()));
    }
    ykman.fails(&["oath", "accounts", "list", "-p", "sesame"]);
    assert_eq!(
        ykman
            .ok(&["oath", "accounts", "list", "-p", "sésame"])
            .trim(),
        "alice"
    );
    ykman.ok(&["oath", "access", "change", "-p", "sésame", "-n", "second"]);

    let mut card = PcscCard::connect(token.reader());
    let mut driver = open(&mut card).unwrap();
    assert!(driver.identity().protected);
    let locked = driver.list(&mut person);
    assert!(
        matches!(locked, Err(TokenError::Locked { .. })),
        "{locked:?}"
    );
    let wrong = driver.unlock(password("sésame"), &mut random, &mut person);
    assert!(
        matches!(wrong, Err(TokenError::WrongPassword { .. })),
        "{wrong:?}"
    );
    driver
        .unlock(password("second"), &mut random, &mut person)
        .unwrap();
    assert!(is_right_now(KEY, Sha1, 6, 30, || code(
        &mut *driver,
        "alice"
    )));
    driver.set_password(None, &mut random, &mut person).unwrap();
    drop(driver);
    drop(card);
    assert!(ykman.ok(&["oath", "info"]).contains("disabled"));
}

fn with(words: &[&str], ykman: fn(&VirtualToken) -> Ykman, check: fn(&Ykman, &VirtualToken)) {
    let rig = TokenRig::start();
    let token = rig.insert("yubikey", words);
    check(&ykman(&token), &token);
}

sandboxed! {
    fn ykman_4_reads_what_we_write() {
        with(&[], Ykman::four, what_we_write_ykman_reads);
    }

    fn ykman_5_reads_what_we_write() {
        with(&["--nfc"], Ykman::five, what_we_write_ykman_reads);
    }

    fn we_read_what_ykman_4_writes() {
        with(&[], Ykman::four, what_ykman_writes_we_read);
    }

    fn we_read_what_ykman_5_writes() {
        with(&["--nfc"], Ykman::five, what_ykman_writes_we_read);
    }

    fn a_password_of_ours_opens_for_ykman_4_and_the_other_way_round() {
        with(&[], Ykman::four, a_password_of_one_opens_for_the_other);
    }

    fn a_password_of_ours_opens_for_ykman_5_and_the_other_way_round() {
        with(&["--nfc"], Ykman::five, a_password_of_one_opens_for_the_other);
    }

    fn a_full_yubikey_is_written_listed_and_emptied() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let mut card = PcscCard::connect(token.reader());
        let mut person = Person::default();
        let mut driver = open(&mut card).unwrap();
        let name = |number| format!("{number:02}:{}", "n".repeat(60));
        for number in 0..32 {
            driver.put(&new(&name(number), KEY, counter(0)), &mut person).unwrap();
        }

        let full = driver.put(&new("one more", KEY, counter(0)), &mut person);
        let taken = driver.put(&new(&name(7), KEY, counter(0)), &mut person);
        let listed = driver.list(&mut person).unwrap().len();
        let seventh = find(&mut *driver, &name(7));
        let renamed = CredentialName::parse("seventh").unwrap();
        driver.rename(&seventh, &renamed, &mut person).unwrap();
        let again = driver.rename(&seventh, &renamed, &mut person);
        let seventh = find(&mut *driver, "seventh");
        driver.delete(&seventh, &mut person).unwrap();
        let gone = driver.delete(&seventh, &mut person);
        let left = driver.list(&mut person).unwrap().len();
        driver.reset(&mut person).unwrap();

        assert_eq!(full, Err(TokenError::Full));
        assert_eq!(taken, Err(TokenError::NameTaken));
        assert!(again.is_err());
        assert_eq!(gone, Err(TokenError::NotThere));
        assert_eq!((listed, left), (32, 31));
        assert_eq!(driver.list(&mut person).unwrap(), []);
    }

    fn an_untouched_token_gives_no_code_and_the_holder_is_told() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &["--touch", "no", "--touch-timeout", "200"]);
        let mut card = PcscCard::connect(token.reader());
        let mut driver = open(&mut card).unwrap();
        let mut touched = new("touched", KEY, counter(0));
        touched.protection = TOUCH;
        driver.put(&touched, &mut Person::default()).unwrap();
        let touched = find(&mut *driver, "touched");

        let mut person = Person::default();
        let untouched = driver.calculate(&touched, moment(), &mut person).map(|_| ());
        token.touch("100");
        let code = driver.calculate(&touched, moment(), &mut person).unwrap();

        assert_eq!(untouched, Err(TokenError::NotTouched));
        assert_eq!(*code.text, hotp(KEY, Sha1, 6, 0));
        assert_eq!((person.asked, person.over), (2, 2));
    }

    fn every_family_is_recognised_behind_the_real_reader() {
        let rig = TokenRig::start();
        let expected = [
            ("yubikey", Family::YubiKey, Some("12345678")),
            ("canokey", Family::CanoKey, None),
            ("oath", Family::Oath, None),
            ("apex", Family::Oath, None),
            ("nitrokey", Family::Nitrokey, Some("00bc614e")),
        ];
        for (at, (kind, family, serial)) in expected.into_iter().enumerate() {
            let token = rig.insert_at(at % 2, kind, &[]);
            let found = recognise(&mut PcscCard::connect(token.reader())).unwrap();
            assert_eq!(found.family, Some(family), "{kind}: {found:?}");
            assert_eq!(found.serial.as_deref(), serial, "{kind}");
            token.remove();
        }
    }

    fn the_first_code_of_a_canokey_is_the_one_that_is_announced() {
        let rig = TokenRig::start();
        let token = rig.insert("canokey", &[]);
        let mut card = PcscCard::connect(token.reader());
        let mut driver = open(&mut card).unwrap();
        driver.put(&new("alice", KEY, counter(4)), &mut Person::default()).unwrap();
        let ahead = driver.capabilities().first_counter_ahead;

        let first = code(&mut *driver, "alice");

        assert_eq!(ahead, 1);
        assert_eq!(first, hotp(KEY, Sha1, 6, 4 + ahead));
    }
}
