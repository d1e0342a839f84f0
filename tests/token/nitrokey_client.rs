//! Nitrokey's real firmware application and Nitrokey's own client, in our reader: the way
//! between them is ours, and has to carry everything.

use crate::oracle::{KEY, hotp};
use otp_core::HashAlgorithm::{Sha1, Sha256};
use pam_otp_tests::{TokenRig, nitrokey_client, sandboxed};
use serde_json::json;

sandboxed! {
    fn nitrokeys_client_writes_reads_and_computes() {
        let rig = TokenRig::start();
        let _token = rig.insert("nitrokey", &[]);
        let key = std::str::from_utf8(KEY).unwrap();

        let results = nitrokey_client(&json!([
            ["register", {"credid": "h", "secret": key, "digits": 8, "kind": "Hotp"}],
            ["register", {"credid": "t", "secret": key, "kind": "Totp", "algo": "Sha256"}],
            ["register", {"credid": "h", "secret": key, "kind": "Hotp"}],
            ["calculate", {"cred_id": "h"}],
            ["calculate", {"cred_id": "h"}],
            ["calculate", {"cred_id": "t", "challenge": 1}],
            ["update_credential", {"cred_id": "t", "new_name": "renamed"}],
            ["list_with_properties", {}],
            ["delete", {"cred_id": "h"}],
            ["calculate", {"cred_id": "h"}],
            ["reset", {}],
            ["list_with_properties", {}],
        ]));

        let blocked = json!({"error": "6983"});
        assert_eq!(results[..3], [json!(null), json!(null), blocked]);
        assert_eq!(results[3], hotp(KEY, Sha1, 8, 0));
        assert_eq!(results[4], hotp(KEY, Sha1, 8, 1));
        assert_eq!(results[5], hotp(KEY, Sha256, 6, 1));
        let items = results[7].as_array().unwrap();
        let mut names: Vec<_> = items.iter().filter_map(|one| one["label"].as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["h", "renamed"]);
        assert_eq!(results[9], json!({"error": "6a82"}));
        assert_eq!(results[11], json!([]));
    }

    fn nitrokeys_client_sets_and_uses_a_pin() {
        let rig = TokenRig::start();
        let token = rig.insert("nitrokey", &["--touch-timeout", "300"]);
        let key = std::str::from_utf8(KEY).unwrap();

        let results = nitrokey_client(&json!([
            ["set_pin_raw", {"password": "12345678"}],
            ["verify_pin_raw", {"password": "12345678"}],
            ["register", {"credid": "p", "secret": key, "kind": "Hotp", "pin_based_encryption": true}],
            ["calculate", {"cred_id": "p"}],
            ["verify_pin_raw", {"password": "12345678"}],
            ["calculate", {"cred_id": "p"}],
            ["verify_pin_raw", {"password": "wrong"}],
            ["select", {}],
            ["change_pin_raw", {"password": "12345678", "new_password": "87654321"}],
            ["select", {}],
        ]));
        token.touch("no");
        let untouched = nitrokey_client(&json!([["verify_pin_raw", {"password": "87654321"}]]));

        assert_eq!(results[..3], [json!(null), json!(null), json!(null)]);
        assert_eq!(results[3], json!({"error": "6a82"}));
        assert_eq!(results[5], hotp(KEY, Sha1, 6, 0));
        assert!(results[6]["error"].is_string(), "{results:?}");
        assert_eq!(results[7]["pin_attempt_counter"], 7);
        assert_eq!(results[9]["pin_attempt_counter"], 8);
        assert!(untouched[0]["error"].is_string(), "{untouched:?}");
    }

    fn nitrokeys_client_verifies_codes_and_answers_challenges() {
        let rig = TokenRig::start();
        let _token = rig.insert("nitrokey", &[]);
        let key = std::str::from_utf8(KEY).unwrap();
        let right: u32 = hotp(KEY, Sha1, 6, 3).parse().unwrap();

        let results = nitrokey_client(&json!([
            ["set_pin_raw", {"password": "12345678"}],
            ["verify_pin_raw", {"password": "12345678"}],
            ["register", {"credid": "r", "secret": key, "kind": "HotpReverse"}],
            ["verify_code", {"cred_id": "r", "code": right}],
            ["verify_code", {"cred_id": "r", "code": right}],
            ["register_yk_hmac", {"slot": 1, "secret": key}],
            ["register", {"credid": "pw", "login": "alice", "password": "wonderland"}],
            ["get_credential", {"cred_id": "pw"}],
        ]));

        assert_eq!(results[3], json!(true));
        assert_eq!(results[4], json!({"error": "6300"}));
        assert_eq!(results[5], json!(null));
        assert_eq!(results[7]["login"], "alice");
        assert_eq!(results[7]["password"], "wonderland");
    }
}
