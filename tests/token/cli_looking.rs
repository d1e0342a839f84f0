//! Finding readers and tokens, and what is said where there are none.

use crate::cli_support::{Said, otpctl, token, token_with};
use pam_otp_tests::{Machine, READERS, TokenRig, built, sandboxed};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::Command;

sandboxed! {
    fn without_the_daemon_package_and_unit_are_named() {
        let machine = Machine::with_alice();
        for words in [&["list"][..], &["info"], &["accounts"], &["provision", "alice"]] {
            let said = token(&machine, words);
            let said = said.ends(4, "pcscd, the daemon for readers, is not running");
            said.ends(4, "package pcscd").ends(4, "systemctl enable --now pcscd.socket");
        }
        // And not even a store was needed to say so.
        otpctl(&machine, &["token", "list", "--quiet"]).ends(4, "pcscd");
    }

    fn a_socket_that_is_shut_is_a_matter_of_permission() {
        let _machine = Machine::with_alice();
        fs::create_dir_all("/run/pcscd").unwrap();
        let _socket = UnixListener::bind("/run/pcscd/pcscd.comm").unwrap();
        fs::set_permissions("/run/pcscd/pcscd.comm", fs::Permissions::from_mode(0o600)).unwrap();
        if !pam_otp_tests::has_other_users() {
            println!("skipped: there are no other users in this machine");
            return;
        }

        let output = Command::new("setpriv")
            .args(["--reuid=1000", "--regid=1000", "--clear-groups"])
            .arg(built("otpctl"))
            .args(["token", "list"])
            .output()
            .unwrap();

        Said::from(output).ends(4, "you may not speak to pcscd").ends(4, "polkit");
    }

    fn a_daemon_without_readers_and_a_reader_without_card_are_two_things() {
        let machine = Machine::with_alice();
        let _rig = TokenRig::start();

        let list = token(&machine, &["list"]).ends(0, "(empty)");
        assert_eq!(list.out.lines().count(), 2, "{list:?}");
        token(&machine, &["info"]).ends(4, "there is no card in any reader");
        token(&machine, &["info", "--reader", "2"])
            .ends(4, "there is no card in the reader \"Virtual PCD 00 01\"");
        token(&machine, &["info", "--serial", "1"]).ends(4, "there is no card");
    }

    fn what_is_in_the_readers_is_listed() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _one = rig.insert_at(0, "yubikey", &["--version", "5.7.1", "--serial", "7654321"]);
        let _other = rig.insert_at(1, "canokey", &[]);

        let list = token(&machine, &["list"]).ends(0, "YubiKey 5.7.1, serial 7654321");
        assert!(list.out.lines().nth(1).unwrap().contains("CanoKey"), "{list:?}");
        let readers = token(&machine, &["list", "--json"]).ends(0, "").json();
        assert_eq!(readers["version"], 1);
        let first = &readers["readers"][0];
        assert_eq!(first["number"], 1);
        assert_eq!(first["name"], READERS[0]);
        assert_eq!(first["family"], "YubiKey");
        assert_eq!(first["firmware"], "5.7.1");
        assert_eq!(first["protected"], false);
        assert_eq!(first["problem"], serde_json::Value::Null);
        assert_eq!(first["applications"], serde_json::json!(["oath", "slots", "management"]));
    }

    fn with_two_tokens_one_has_to_be_named() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let one = rig.insert_at(0, "yubikey", &["--serial", "111"]);
        let other = rig.insert_at(1, "yubikey", &["--serial", "222"]);
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";
        let (before_one, before_other) = (one.exchanges(), other.exchanges());

        for words in [&["accounts"][..], &["provision", "alice"], &["reset", "--yes"]] {
            let said = token(&machine, words).ends(2, "2 tokens are connected");
            said.ends(2, "1 \"Virtual PCD 00 00\", 2 \"Virtual PCD 00 01\"").ends(2, "--reader");
        }
        assert_eq!((one.exchanges(), other.exchanges()), (before_one, before_other));

        token_with(&machine, &["add", "a", "--reader", "2"], secret).ends(0, "");
        token_with(&machine, &["add", "b", "-r", "00 00"], secret).ends(0, "");
        token_with(&machine, &["add", "c", "--serial", "222"], secret).ends(0, "");
        let second = token(&machine, &["accounts", "-r", "PCD 00 01"]).ends(0, "");
        assert!(second.out.contains("\na ") && second.out.contains("\nc "), "{second:?}");
        assert!(!second.out.contains("\nb "), "{second:?}");
        token(&machine, &["accounts", "-r", "3"]).ends(2, "there is no reader number 3");
        token(&machine, &["accounts", "-r", "ACME"]).ends(2, "no reader is called \"ACME\"");
        token(&machine, &["accounts", "--serial", "333"]).ends(4, "Connected: 111, 222");
    }

    fn a_card_that_another_program_has_to_itself_names_the_usual_ones() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let token_in_use = rig.insert("yubikey", &[]);
        let _other_program = pam_otp_tests::PcscCard::connect(token_in_use.reader());

        let said = token(&machine, &["accounts"]);

        said.ends(4, "another program has the token to itself").ends(4, "gpgconf --kill scdaemon");
        // The list shows it all the same.
        token(&machine, &["list"]).ends(0, "another program has the token to itself");
    }

    fn info_says_what_a_token_cannot_do_and_why() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &["--version", "4.2.0"]);

        let said = token(&machine, &["info"]).ends(0, "No touch: YubiKeys ask for it from");
        assert!(said.out.contains("firmware      4.2.0"), "{said:?}");
        let info = token(&machine, &["info", "--json"]).ends(0, "").json();
        assert_eq!(info["can"]["algorithms"], serde_json::json!(["SHA1", "SHA256"]));
        assert_eq!(info["can"]["most_digits"], 8);
        assert_eq!(info["can"]["renames"], false);
        assert!(info["cannot"].as_array().unwrap().len() > 3);
        let access = token(&machine, &["access", "--json"]).ends(0, "").json();
        assert_eq!(access["access"][1]["access"], "touch");
        assert_eq!(access["access"][1]["kept_for"], "no");
        assert_eq!(access["access"][2]["kept_for"], "token");
    }

    fn codes_are_switched_off_for_contactless_and_on_again() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        let shown = token(&machine, &["access"]).ends(0, "contactless (NFC): codes always");
        assert!(shown.out.contains("contact (USB): codes always, buttons always"), "{shown:?}");

        let words = ["access", "--never", "codes", "--over", "contactless"];
        token(&machine, &words).ends(1, "Nobody is there to say yes");
        let words = ["access", "--never", "codes", "--over", "nfc", "--yes"];
        token(&machine, &words).ends(0, "All codes are off now: contactless (NFC)");
        token(&machine, &words).ends(0, "were off already");

        let shown = token(&machine, &["access", "--json"]).ends(0, "").json();
        let sentences = shown["contact_and_contactless"].to_string();
        assert!(sentences.contains("contactless (NFC): codes never (switched off)"), "{sentences}");
        token(&machine, &["access", "--always", "codes", "--over", "contactless"]).ends(0, "are on now");
        token(&machine, &["access", "--never", "codes"]).ends(2, "");
        token(&machine, &["access", "--over", "nfc"]).ends(2, "");
    }
}
