//! Which application answers over contact and contactless: our driver and ykman after the same
//! key.

use pam_otp_tests::{PcscCard, TokenRig, VirtualToken, Ykman, sandboxed};
use token_drivers::management::{Applications, Interface, LockCode, Management, Switched};
use token_drivers::{TokenError, recognise};

fn with_management<T>(token: &VirtualToken, task: impl FnOnce(&mut Management<'_>) -> T) -> T {
    let mut card = PcscCard::connect(token.reader());
    task(&mut Management::select(&mut card).unwrap())
}

/// What ykman says of OATH: over USB, over NFC.
fn oath_by(ykman: &Ykman) -> (bool, bool) {
    let info = ykman.ok(&["info"]);
    let line = info.lines().find(|line| line.starts_with("OATH"));
    let words: Vec<&str> = line.expect("a line").split_whitespace().collect();
    (words[1] == "Enabled", words[2] == "Enabled")
}

fn each_sees_what_the_other_switched(ykman: &Ykman, token: &VirtualToken) {
    let oath = Applications::OATH;
    let contactless = Interface::Contactless;
    assert_eq!(oath_by(ykman), (true, true));
    let off = with_management(token, |one| one.switch(contactless, oath, false, None));
    let again = with_management(token, |one| one.switch(contactless, oath, false, None));
    assert_eq!((off, again), (Ok(Switched::Now), Ok(Switched::WasSo)));
    assert_eq!(oath_by(ykman), (true, false));

    ykman.ok(&["config", "nfc", "-f", "-e", "OATH"]);
    let info = with_management(token, |one| one.info()).unwrap();
    assert!(info.contactless.unwrap().enabled.contains(oath));
    assert_eq!(info.serial, Some(12_345_678));

    ykman.ok(&[
        "config",
        "set-lock-code",
        "-f",
        "-n",
        "000102030405060708090a0b0c0d0e0f",
    ]);
    let switch = |code: Option<&str>| {
        let code = code.map(|text| LockCode::parse(text).unwrap());
        with_management(token, |one| {
            one.switch(contactless, oath, false, code.as_ref())
        })
    };
    assert!(matches!(switch(None), Err(TokenError::Locked { .. })));
    let wrong = switch(Some("ff0102030405060708090a0b0c0d0e0f"));
    assert!(
        matches!(wrong, Err(TokenError::WrongPassword { .. })),
        "{wrong:?}"
    );
    assert_eq!(
        switch(Some("000102030405060708090a0b0c0d0e0f")),
        Ok(Switched::Now)
    );
    assert_eq!(oath_by(ykman), (true, false));
}

sandboxed! {
    fn ykman_4_sees_what_we_switch_off_for_contactless_and_the_other_way_round() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        each_sees_what_the_other_switched(&Ykman::four(&token), &token);
    }

    fn an_application_that_is_off_over_nfc_is_not_found_there() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &["--nfc"]);
        let ykman = Ykman::five(&token);
        ykman.ok(&["config", "nfc", "-f", "-d", "OATH"]);

        let found = recognise(&mut PcscCard::connect(token.reader())).unwrap();

        assert!(!found.applications.oath && found.applications.slots, "{found:?}");
        assert_eq!(oath_by(&ykman), (true, false));
    }

    fn a_key_whose_contact_applications_are_switched_restarts_with_them() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let switch = |on| {
            let contact = Interface::Contact;
            with_management(&token, |one| one.switch(contact, Applications::OATH, on, None))
        };
        let off = switch(false);
        token.wait_until_restarted(1);
        let without = recognise(&mut PcscCard::connect(token.reader())).unwrap();
        let on = switch(true);
        token.wait_until_restarted(2);
        let with = recognise(&mut PcscCard::connect(token.reader())).unwrap();

        assert_eq!((off, on), (Ok(Switched::AndRestarts), Ok(Switched::AndRestarts)));
        assert_eq!((without.applications.oath, with.applications.oath), (false, true));
    }
}
