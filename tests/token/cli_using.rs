//! What a person does with a token from day to day: codes, accounts, password, reset.

use crate::cli_support::{names, token, token_with};
use pam_otp_tests::{Login, Machine, TokenRig, Ykman, sandboxed};

/// "12345678901234567890", the secret of RFC 4226, and a longer one of RFC 6238.
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";

sandboxed! {
    fn codes_are_those_of_rfc_4226() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token_with(&machine, &["add", "-o", "HOTP", "-i", "ACME", "joe"], SECRET)
            .ends(0, "\"ACME:joe\" is on the token");

        for value in ["755224", "287082", "359152", "969429"] {
            let said = token(&machine, &["code", "-s", "joe"]).ends(0, "");
            assert_eq!(said.out, format!("{value}\n"));
        }
        let said = token(&machine, &["code", "ACME:joe", "--json"]).ends(0, "");
        let codes = said.json();
        assert_eq!(codes["codes"][0]["name"], "ACME:joe");
        assert_eq!(codes["codes"][0]["code"], "338314");
        assert_eq!(codes["codes"][0]["valid_until_unix_seconds"], serde_json::Value::Null);
        let quiet = token(&machine, &["code", "joe", "--quiet"]).ends(0, "");
        assert_eq!(quiet.out, "254676\n");
    }

    fn all_codes_are_shown_that_cost_nothing() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        token_with(&machine, &["add", "web:clock", "-d", "8", "-P", "60", "-a", "sha256"], SECRET)
            .ends(0, "");
        token_with(&machine, &["add", "web:counter", "-o", "hotp"], SECRET).ends(0, "");
        token_with(&machine, &["add", "web:finger", "-t"], SECRET).ends(0, "");
        card.touch("no");

        let said = token(&machine, &["code"]).ends(0, "(by a counter: name it)");

        let said = said.ends(0, "(after a touch: name it)");
        let first = said.out.lines().next().unwrap();
        let code = first.strip_prefix("web:clock").unwrap().split_whitespace().next().unwrap();
        assert_eq!(code.len(), 8, "{first}");
        let codes = token(&machine, &["code", "--json"]).ends(0, "").json();
        assert_eq!(codes["codes"][1]["missing"], "counter");
        assert_eq!(codes["codes"][2]["missing"], "touch");
        let accounts = token(&machine, &["accounts", "--json"]).ends(0, "").json();
        let clock = &accounts["accounts"][0];
        assert_eq!(clock["issuer"], "web");
        assert_eq!(clock["account"], "clock");
        assert_eq!(clock["kind"], "totp");
        assert_eq!(clock["algorithm"], "SHA256");
        assert_eq!(clock["digits"], 8);
        assert_eq!(clock["time_step_seconds"], 60);
        assert_eq!(clock["touch"], false);
        assert_eq!(accounts["accounts"][1]["touch"], serde_json::Value::Null);
        assert_eq!(accounts["accounts"][2]["touch"], true);
        assert_eq!(accounts["serial"], "12345678");
        let table = token(&machine, &["accounts"]).ends(0, "");
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = table.out.lines().map(words).collect();
        assert_eq!(lines[1], "web:clock totp SHA256 8 60 s nothing");
        assert_eq!(lines[3], "web:finger totp SHA1 6 30 s touch");
        let plain = token(&machine, &["accounts", "--plain"]).ends(0, "");
        let first = plain.out.lines().next().unwrap();
        assert_eq!(first, "web:clock: totp, SHA256, 8 digits, 60 s, nothing before a code");
        token(&machine, &["info", "--plain"]).ends(0, "token: YubiKey firmware: 5.4.3");
    }

    fn a_touch_is_asked_for_with_a_line_and_its_absence_is_an_error() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &["--touch-timeout", "1500"]);
        token_with(&machine, &["add", "finger", "-t"], SECRET).ends(0, "");
        card.touch("1000");
        let said = token(&machine, &["code", "-s", "finger", "--plain"]).ends(0, "");
        assert!(said.err.starts_with("Touch the token now"), "{said:?}");
        assert_eq!(said.out.trim().len(), 6);
        card.touch("no");
        let said = token(&machine, &["code", "-s", "finger"]);
        let said = said.ends(4, "nobody touched the token in time");
        assert_eq!(said.out, "");
    }

    fn an_account_is_deleted_only_when_somebody_says_so() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token_with(&machine, &["add", "web:joe"], SECRET).ends(0, "");
        token(&machine, &["delete", "web:joe"]).ends(1, "Nobody is there to say yes");
        // A part of a name is enough for a code, and not for this.
        token(&machine, &["delete", "joe", "--yes"]).ends(1, "no account \"joe\"");
        assert_eq!(names(&machine), ["web:joe"]);
        token_with(&machine, &["add", "web:joe"], SECRET).ends(1, "has an account \"web:joe\" already");
        token_with(&machine, &["add", "web:joe", "-f"], SECRET).ends(0, "");
        token(&machine, &["rename", "web:joe", "web:jane"]).ends(0, "is called \"web:jane\"");
        token(&machine, &["rename", "web:joe", "x"]).ends(1, "There are: web:jane");
        token(&machine, &["delete", "web:jane", "-f"]).ends(0, "is deleted");
        token(&machine, &["delete", "web:jane", "-f"]).ends(1, "It holds none at all");
        token(&machine, &["code", "x"]).ends(1, "It holds none at all");
    }

    fn parameters_are_checked_before_the_token_is_written() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        for (words, status, why) in [
            (&["add", "a", "-d", "9"][..], 2, "digits"),
            (&["add", "a", "-a", "MD5"], 2, "SHA1, SHA256 or SHA512"),
            (&["add", "a", "-c", "5"], 2, "--counter makes no sense with TOTP"),
            (&["add", "a", "-o", "hotp", "-P", "60"], 2, "--period makes no sense with HOTP"),
            (&["add", "a", "-P", "0"], 2, ""),
            (&["add", "a", "--access", "never"], 1, "No \"never\""),
            (&["add", "a", "--pin"], 1, "one password for the whole"),
            (&["add", "a\u{7}b"], 2, "control character"),
            (&["add"], 2, "required"),
        ] {
            token_with(&machine, words, SECRET).ends(status, why);
        }
        for (secret, why) in [("", "no line for the secret"), ("GEZDGNB1\n", "not base32"), ("GEZDGNBV\n", "")] {
            let said = token_with(&machine, &["add", "a"], secret).ends(2, why);
            assert!(!said.err.contains("GEZD"), "{said:?}");
        }
        let long = "n".repeat(65);
        token_with(&machine, &["add", &long], SECRET).ends(4, "");
        assert_eq!(names(&machine), [""; 0]);
    }

    fn a_key_uri_says_everything() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        let uri = "otpauth://hotp/ACME:joe?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME&digits=8&counter=1\n";
        token_with(&machine, &["add", "--uri-stdin"], uri).ends(0, "\"ACME:joe\" is on the token");
        token(&machine, &["code", "-s", "joe"]).ends(0, "94287082");
        token_with(&machine, &["add", "--uri-stdin", "-d", "6"], uri).ends(2, "cannot be used with");
        token_with(&machine, &["add", "--uri-stdin"], SECRET).ends(2, "not a key URI");
        token_with(&machine, &["add", "other", "--uri-stdin"], uri).ends(0, "\"other\" is on the token");
    }

    fn a_password_is_set_wanted_and_removed() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token_with(&machine, &["password", "set"], "one\n").ends(0, "wants its password");
        token(&machine, &["list"]).ends(0, "password or PIN set");
        token(&machine, &["accounts"]).ends(1, "nobody is there to type it");
        token_with(&machine, &["accounts", "--unlock-stdin"], "wrong\n").ends(4, "the password is wrong");
        let words = ["add", "joe", "--unlock-stdin"];
        token_with(&machine, &words, &format!("one\n{SECRET}")).ends(0, "");
        let words = ["password", "set", "--unlock-stdin"];
        token_with(&machine, &words, "one\ntwo\n").ends(0, "");
        token_with(&machine, &["accounts", "--unlock-stdin"], "one\n").ends(4, "wrong");
        token_with(&machine, &["accounts", "--unlock-stdin"], "two\n").ends(0, "joe");
        token_with(&machine, &["password", "remove", "--unlock-stdin"], "two\n").ends(0, "no password");
        assert_eq!(names(&machine), ["joe"]);
        token(&machine, &["pin", "set"]).ends(1, "a password for everything, not a PIN");
    }

    fn a_reset_wants_to_be_meant_and_no_password() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token_with(&machine, &["add", "joe"], SECRET).ends(0, "");
        token_with(&machine, &["password", "set"], "forgotten\n").ends(0, "");
        token(&machine, &["reset"]).ends(1, "Nobody is there to say yes");
        token(&machine, &["reset", "--yes"]).ends(0, "No account is on the YubiKey");
        assert_eq!(names(&machine), [""; 0]);
    }

    fn ykman_reads_what_otpctl_writes_and_the_other_way_round() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        let ykman = Ykman::four(&card);
        token_with(&machine, &["add", "-o", "hotp", "-d", "8", "-c", "1", "Iss:ours"], SECRET).ends(0, "");
        let secret = SECRET.trim();
        ykman.ok(&["oath", "accounts", "add", "-f", "-o", "HOTP", "-i", "Iss", "theirs", secret]);

        assert_eq!(ykman.ok(&["oath", "accounts", "code", "-s", "ours"]).trim(), "94287082");
        token(&machine, &["code", "-s", "theirs"]).ends(0, "755224");
        token(&machine, &["provision", "alice", "--hotp"]).ends(0, "");
        let code = ykman.ok(&["oath", "accounts", "code", "-s", "sandbox:alice"]);
        let login = Login::new("door", "alice").answers(&[code.trim()]).run();
        assert_eq!(login.code, "PAM_SUCCESS");
    }
}
