//! A token that is pulled out, or refuses, at each single exchange of a task.

use crate::oracle::KEY;
use crate::person::{Person, counter, find, new, password, random};
use pam_otp_tests::{PcscCard, TokenRig, VirtualToken, sandboxed};
use token_drivers::slots::{AccessCodes, Layout, Replace, Slot, SlotContent, Slots, Typing};
use token_drivers::{CardError, TokenError, open};

/// Opens the token and writes an account, as a provisioning does.
fn write_account(token: &VirtualToken) -> Result<(), TokenError> {
    let mut card = PcscCard::connect(token.reader());
    let mut driver = open(&mut card)?;
    driver.put(&new("alice", KEY, counter(0)), &mut Person::default())
}

fn holds_account(token: &VirtualToken) -> bool {
    let mut card = PcscCard::connect(token.reader());
    let mut driver = open(&mut card).unwrap();
    let listed = driver.list(&mut Person::default()).unwrap();
    listed.iter().any(|one| one.name.account == "alice")
}

fn delete_account(token: &VirtualToken) {
    let mut card = PcscCard::connect(token.reader());
    let mut driver = open(&mut card).unwrap();
    let alice = find(&mut *driver, "alice");
    driver.delete(&alice, &mut Person::default()).unwrap();
}

/// How many exchanges a task takes that goes well.
fn exchanges_of(token: &VirtualToken, task: impl FnOnce()) -> usize {
    let before = token.exchanges();
    task();
    token.exchanges() - before
}

const REMOVED: Result<(), TokenError> = Err(TokenError::Card(CardError::Removed));

fn removal_at_every_exchange(kind: &str) {
    let rig = TokenRig::start();
    let token = rig.insert(kind, &[]);
    let exchanges = exchanges_of(&token, || write_account(&token).unwrap());
    delete_account(&token);
    assert!(exchanges >= 3, "{exchanges}");

    for exchange in 1..=exchanges {
        token.is_removed_at(exchange);
        assert_eq!(write_account(&token), REMOVED, "at exchange {exchange}");
        token.insert();
        assert!(!holds_account(&token), "at exchange {exchange}");
    }
    // The last one was done, and nobody has heard of it.
    token.loses_answer(exchanges);
    assert_eq!(write_account(&token), REMOVED);
    token.insert();
    assert!(holds_account(&token));
    assert_eq!(write_account(&token), Err(TokenError::NameTaken));
}

sandboxed! {
    fn a_yubikey_that_is_pulled_out_at_any_exchange_is_no_success() {
        removal_at_every_exchange("yubikey");
    }

    fn a_nitrokey_that_is_pulled_out_at_any_exchange_is_no_success() {
        removal_at_every_exchange("nitrokey");
    }

    fn a_status_word_out_of_place_is_never_a_success() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let exchanges = exchanges_of(&token, || write_account(&token).unwrap());
        delete_account(&token);
        let words = [
            0x6300, 0x63C2, 0x6400, 0x6581, 0x6700, 0x6982, 0x6983, 0x6984, 0x6985, 0x6A80,
            0x6A82, 0x6A84, 0x6B00, 0x6D00, 0x6E00, 0x6F00,
        ];
        for word in words {
            for exchange in 1..=exchanges {
                token.answers_at(exchange, word);
                let done = write_account(&token);
                token.has_no_faults();
                // A SELECT that is refused may end in another application's question; whatever
                // is said to be done, is done, and what is refused is not there.
                assert_eq!(done.is_ok(), holds_account(&token), "{word:04X} at {exchange}: {done:?}");
                if done.is_ok() {
                    delete_account(&token);
                }
            }
        }
    }

    fn a_password_that_may_not_have_been_set_is_not_said_to_be() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let set = |text| {
            let mut card = PcscCard::connect(token.reader());
            let mut driver = open(&mut card)?;
            driver.set_password(Some(password(text)), &mut random, &mut Person::default())
        };
        // SELECT comes first, then SET CODE, then the look whether it was done.
        let exchanges = exchanges_of(&token, || set("first").unwrap());
        let mut card = PcscCard::connect(token.reader());
        let mut driver = open(&mut card).unwrap();
        driver.unlock(password("first"), &mut random, &mut Person::default()).unwrap();
        driver.set_password(None, &mut random, &mut Person::default()).unwrap();
        drop(driver);
        drop(card);

        // The answer that is believed of a token that did nothing (a Nitrokey, for one).
        for exchange in 2..exchanges {
            token.answers_at(exchange, 0x9000);
            let done = set("second");
            token.has_no_faults();
            assert!(done.is_err(), "at {exchange}");
        }
    }

    fn a_button_that_was_not_written_is_not_said_to_be() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let content = SlotContent::StaticPassword {
            codes: Layout::of_name("us").unwrap().scan_codes("typed").unwrap(),
            typing: Typing::default(),
        };
        let write = || {
            let mut card = PcscCard::connect(token.reader());
            let mut slots = Slots::over_card(&mut card)?;
            slots.write(Slot::Short, &content, AccessCodes::default(), Replace::Never)
        };
        let delete = || {
            let mut card = PcscCard::connect(token.reader());
            let mut slots = Slots::over_card(&mut card).unwrap();
            slots.delete(Slot::Short, None).unwrap();
        };
        let exchanges = exchanges_of(&token, || write().unwrap());
        delete();
        for word in [0x9000, 0x6982, 0x6985, 0x6A80, 0x6D00] {
            for exchange in 1..=exchanges {
                token.answers_at(exchange, word);
                let done = write();
                token.has_no_faults();
                let is_there = token.press(1).is_ok();
                assert!(done.is_err() || is_there, "{word:04X} at {exchange}");
                if is_there {
                    delete();
                }
            }
        }
    }
}
