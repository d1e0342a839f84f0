//! Tokens that show their codes, and a Crescendo's published exchanges, over the real reader.

use crate::oracle::{KEY, hotp, is_right_now};
use crate::person::{Person, code, counter, find, moment, new, password, pin, random, time};
use otp_core::HashAlgorithm::{Sha1, Sha256};
use otp_core::{Digits, OcraInput, OcraSuite, UnixTime};
use pam_otp_tests::{PcscCard, TokenRig, sandboxed};
use token_drivers::crescendo::Crescendo;
use token_drivers::{CredentialName, Family, Kind, Moment, Token, TokenError, open, recognise};

sandboxed! {
    fn a_token2_shows_the_codes_of_the_secret_that_it_was_given() {
        let rig = TokenRig::start();
        let token = rig.insert("token2", &[]);
        let mut card = PcscCard::connect(token.reader());
        let found = recognise(&mut card).unwrap();
        assert_eq!(found.family, Some(Family::Token2));
        assert_eq!(found.serial.as_deref(), Some("865961212345678"));
        let mut driver = open(&mut card).unwrap();
        assert!(token.display(0).is_err());

        // 32 bytes are padded in a way of their own.
        let long = [7; 32];
        for (key, algorithm, step) in [(&KEY[..], Sha1, 30), (&long[..], Sha256, 60)] {
            let mut credential = new("alice", key, time(step));
            credential.algorithm = algorithm;
            driver.put(&credential, &mut Person::default()).unwrap();
            let shown = || token.display(0).unwrap();
            assert!(is_right_now(key, algorithm, 6, step, shown), "{algorithm:?}");
        }
    }

    fn a_molto2_shows_titles_and_codes_of_its_profiles() {
        let rig = TokenRig::start();
        let token = rig.insert("molto2", &[]);
        let mut card = PcscCard::connect(token.reader());
        assert_eq!(recognise(&mut card).unwrap().family, Some(Family::Molto2));
        let mut person = Person::default();
        let mut driver = open(&mut card).unwrap();
        let mut alice = new("alice", KEY, time(30));
        alice.digits = Digits::new(8).unwrap();
        driver.put(&alice, &mut person).unwrap();
        driver.put(&new("bob", &[9; 20], time(60)), &mut person).unwrap();

        assert!(is_right_now(KEY, Sha1, 8, 30, || token.display(0).unwrap()));
        assert!(is_right_now(&[9; 20], Sha1, 6, 60, || token.display(1).unwrap()));
        let bob = find(&mut *driver, "bob");
        let robert = CredentialName::parse("robert").unwrap();
        driver.rename(&bob, &robert, &mut person).unwrap();
        let robert = find(&mut *driver, "robert");
        driver.delete(&robert, &mut person).unwrap();
        assert_eq!(driver.delete(&robert, &mut person), Err(TokenError::NotThere));

        driver.set_password(Some(password("our own key")), &mut random, &mut person).unwrap();
        token.press(1).unwrap();
        driver.put(&new("carol", KEY, time(30)), &mut person).unwrap();
        drop(driver);
        let mut driver = open(&mut card).unwrap();
        let refused = driver.put(&new("dave", KEY, time(30)), &mut person);
        assert!(matches!(refused, Err(TokenError::WrongPassword { .. })), "{refused:?}");
    }

    fn a_crescendo_answers_the_published_exchanges() {
        let rig = TokenRig::start();
        let token = rig.insert("crescendo", &["--touch", "100"]);
        let mut card = PcscCard::connect(token.reader());
        assert_eq!(recognise(&mut card).unwrap().family, Some(Family::Crescendo));
        let mut person = Person::default();
        let mut driver = Crescendo::open(&mut card).unwrap();

        assert_eq!(code(&mut driver, "slot 1"), hotp(KEY, Sha1, 6, 0));
        let mut second = find(&mut driver, "slot 2");
        second.kind = Some(Kind::Totp);
        let then = Moment(UnixTime(0x5E84_A802));
        let locked = driver.calculate(&second, then, &mut person).map(|_| ());
        let wrong = driver.unlock(pin("00000001"), &mut random, &mut person);
        driver.unlock(pin("00000000"), &mut random, &mut person).unwrap();
        let shown = driver.calculate(&second, then, &mut person).unwrap();
        let mut third = find(&mut driver, "slot 3");
        third.kind = Some(Kind::Ocra);
        let suite = OcraSuite::parse("OCRA-1:HOTP-SHA1-6:QN08").unwrap();
        let input = OcraInput {
            suite: &suite,
            challenge: "44444444",
            counter: None,
            own_challenge: None,
            password: None,
            session: None,
            now: None,
        };
        let answer = driver.challenge(&third, &input, &mut person).unwrap();

        assert_eq!(locked, Err(TokenError::Locked { wants: "PIN" }));
        let expected = TokenError::WrongPassword { what: "PIN", tries_left: Some(7) };
        assert_eq!(wrong, Err(expected));
        assert_eq!(*shown.text, "340909");
        // RFC 6287, appendix C.1.
        assert_eq!(*answer, "608993");
        assert!(person.asked > 0 && person.over == 2, "{}, {}", person.asked, person.over);
    }

    fn the_hotp_secret_of_a_crescendo_is_written_as_an_experiment_only() {
        let rig = TokenRig::start();
        let token = rig.insert("crescendo", &[]);
        let mut card = PcscCard::connect(token.reader());
        let mut person = Person::default();
        let mut driver = Crescendo::open(&mut card).unwrap();
        let alice = new("OATH HOTP", &[3; 20], counter(41));
        let refused = driver.put(&alice, &mut person);
        let mut driver = driver.with_experiments();
        driver.unlock(pin("00000000"), &mut random, &mut person).unwrap();
        driver.put(&alice, &mut person).unwrap();

        assert!(matches!(refused, Err(TokenError::Unsupported { .. })), "{refused:?}");
        assert_eq!(code(&mut driver, "slot 1"), hotp(&[3; 20], Sha1, 6, 41));
        let first = find(&mut driver, "slot 1");
        driver.delete(&first, &mut person).unwrap();
        assert!(driver.calculate(&first, moment(), &mut person).is_err());
    }
}
