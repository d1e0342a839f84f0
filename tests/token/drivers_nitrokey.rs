//! Our driver and Nitrokey's real firmware; and Nitrokey's own client after it.

use crate::oracle::{KEY, hotp, is_right_now};
use crate::person::{Person, code, counter, find, moment, new, pin, random, time};
use otp_core::Digits;
use otp_core::HashAlgorithm::{Sha1, Sha256};
use pam_otp_tests::{PcscCard, TokenRig, nitrokey_client, sandboxed};
use serde_json::json;
use token_drivers::nitrokey::{HmacSlot, Nitrokey};
use token_drivers::{CredentialName, Protection, Token, TokenError, open};

sandboxed! {
    fn what_we_write_into_a_nitrokey_its_own_client_reads_and_the_other_way_round() {
        let rig = TokenRig::start();
        let token = rig.insert("nitrokey", &[]);
        {
            let mut card = PcscCard::connect(token.reader());
            let mut driver = open(&mut card).unwrap();
            let mut person = Person::default();
            let mut joe = new("ACME:joe", KEY, time(30));
            (joe.algorithm, joe.digits) = (Sha256, Digits::new(8).unwrap());
            driver.put(&joe, &mut person).unwrap();
            driver.put(&new("Iss:counter", KEY, counter(5)), &mut person).unwrap();
            assert!(is_right_now(KEY, Sha256, 8, 30, || code(&mut *driver, "ACME:joe")));
            assert_eq!(code(&mut *driver, "Iss:counter"), hotp(KEY, Sha1, 6, 5));
            let taken = driver.put(&new("Iss:counter", KEY, counter(0)), &mut person);
            assert_eq!(taken, Err(TokenError::NameTaken));
        }

        let key = std::str::from_utf8(KEY).unwrap();
        let results = nitrokey_client(&json!([
            ["calculate", {"cred_id": "ACME:joe", "challenge": 7}],
            ["calculate", {"cred_id": "Iss:counter"}],
            ["register", {"credid": "theirs", "secret": key, "kind": "Hotp", "initial_counter_value": 9}],
        ]));

        assert_eq!(results[0], hotp(KEY, Sha256, 8, 7));
        assert_eq!(results[1], hotp(KEY, Sha1, 6, 6));
        let mut card = PcscCard::connect(token.reader());
        let mut driver = open(&mut card).unwrap();
        assert_eq!(code(&mut *driver, "theirs"), hotp(KEY, Sha1, 6, 9));
    }

    fn a_pin_protects_single_accounts_of_a_nitrokey() {
        let rig = TokenRig::start();
        let token = rig.insert("nitrokey", &[]);
        let mut card = PcscCard::connect(token.reader());
        let mut person = Person::default();
        let mut driver = Nitrokey::open(&mut card).unwrap();
        driver.set_password(Some(pin("12345678")), &mut random, &mut person).unwrap();
        let mut both = new("both", KEY, counter(0));
        both.protection = Protection { touch: true, pin: true };
        driver.put(&both, &mut person).unwrap();
        driver.put(&new("open", KEY, counter(0)), &mut person).unwrap();

        assert_eq!(code(&mut driver, "both"), hotp(KEY, Sha1, 6, 0));
        drop(driver);
        // Selected anew, the PIN is forgotten, and what it protects is not to be seen.
        let mut driver = Nitrokey::open(&mut card).unwrap();
        let listed = driver.list(&mut person).unwrap();
        let names: Vec<String> = listed.iter().map(|one| one.name.to_string()).collect();
        assert_eq!(names, ["open"]);
        assert_eq!(driver.pin_tries(), Some(8));

        driver.unlock(pin("87654321"), &mut random, &mut person).unwrap();
        let wrong = driver.list(&mut person);
        let expected = TokenError::WrongPassword { what: "PIN", tries_left: Some(7) };
        assert_eq!(wrong, Err(expected));
        driver.unlock(pin("12345678"), &mut random, &mut person).unwrap();
        driver.set_password(Some(pin("a longer one")), &mut random, &mut person).unwrap();
        assert_eq!(driver.pin_tries(), Some(8));
        let both = find(&mut driver, "both");
        assert_eq!(both.protection, Protection { touch: true, pin: true });
        let code = driver.calculate(&both, moment(), &mut person).unwrap();
        assert_eq!(*code.text, hotp(KEY, Sha1, 6, 1));
    }

    fn wrong_pins_block_a_nitrokey_and_a_reset_frees_it() {
        let rig = TokenRig::start();
        let token = rig.insert("nitrokey", &[]);
        let mut card = PcscCard::connect(token.reader());
        let mut person = Person::default();
        let mut driver = Nitrokey::open(&mut card).unwrap();
        driver.set_password(Some(pin("right")), &mut random, &mut person).unwrap();

        let mut last = None;
        for _ in 0..8 {
            driver.unlock(pin("wrong"), &mut random, &mut person).unwrap();
            last = driver.list(&mut person).err();
        }
        let blocked = driver.unlock(pin("right"), &mut random, &mut person);
        driver.reset(&mut person).unwrap();

        assert!(matches!(last, Some(TokenError::Blocked { .. })), "{last:?}");
        assert!(matches!(blocked, Err(TokenError::Blocked { .. })), "{blocked:?}");
        assert_eq!(driver.pin_tries(), None);
    }

    fn an_untouched_nitrokey_deletes_nothing() {
        let rig = TokenRig::start();
        let token = rig.insert("nitrokey", &["--touch-timeout", "200"]);
        let mut card = PcscCard::connect(token.reader());
        let mut driver = open(&mut card).unwrap();
        driver.put(&new("alice", KEY, counter(0)), &mut Person::default()).unwrap();
        let alice = find(&mut *driver, "alice");
        token.touch("no");

        let mut person = Person::default();
        let deleted = driver.delete(&alice, &mut person);
        let to = CredentialName::parse("bob").unwrap();
        let renamed = driver.rename(&alice, &to, &mut person);
        token.touch("yes");
        assert_eq!(code(&mut *driver, "alice"), hotp(KEY, Sha1, 6, 0));
        driver.rename(&alice, &to, &mut person).unwrap();
        let bob = find(&mut *driver, "bob");
        driver.delete(&bob, &mut person).unwrap();

        assert_eq!(deleted, Err(TokenError::NotTouched));
        assert_eq!(renamed, Err(TokenError::NotTouched));
        assert_eq!((person.asked, person.over), (4, 4));
        assert_eq!(driver.list(&mut person).unwrap(), []);
    }

    fn a_nitrokey_verifies_codes_and_answers_challenges() {
        let rig = TokenRig::start();
        let token = rig.insert("nitrokey", &[]);
        let mut card = PcscCard::connect(token.reader());
        let mut person = Person::default();
        let mut driver = Nitrokey::open(&mut card).unwrap();
        driver.set_password(Some(pin("12345678")), &mut random, &mut person).unwrap();
        driver.put_reverse(&new("boot", KEY, counter(0)), &mut person).unwrap();
        let boot = find(&mut driver, "boot");

        let mut verify = |counter| {
            let code = hotp(KEY, Sha1, 6, counter);
            driver.verify_reverse(&boot, &code, &mut person)
        };
        assert_eq!(verify(9), Ok(true));
        assert_eq!(verify(9), Ok(false));
        assert_eq!(verify(10), Err(TokenError::TryLater { seconds: 5 }));

        driver.put_hmac(HmacSlot::Two, KEY, &mut person).unwrap();
        let ours = driver.hmac(HmacSlot::Two, b"Hi There").unwrap();
        // The padding is for the way; the firmware takes it off.
        assert_eq!(*ours, crate::oracle::hmac_sha1(KEY, b"Hi There"));
    }

    fn a_long_list_of_a_nitrokey_arrives_whole() {
        let rig = TokenRig::start();
        let token = rig.insert("nitrokey", &[]);
        let mut card = PcscCard::connect(token.reader());
        let mut person = Person::default();
        let mut driver = open(&mut card).unwrap();
        let name = |number| format!("{number:02}:{}", "n".repeat(60));
        for number in 0..20 {
            driver.put(&new(&name(number), KEY, counter(0)), &mut person).unwrap();
        }

        let mut names: Vec<String> =
            driver.list(&mut person).unwrap().iter().map(|one| one.name.to_string()).collect();
        names.sort_unstable();

        assert_eq!(names, (0..20).map(name).collect::<Vec<_>>());
    }
}
