//! `otpctl token provision`, and what is left when it fails.

use crate::cli_support::{code, names, otpctl, token, token_with};
use pam_otp_tests::{Login, Machine, TokenRig, VirtualToken, sandboxed};

/// What `provision alice` puts on a token of the private machine.
const NAME: &str = "sandbox:alice";

fn machine() -> Machine {
    let machine = Machine::with_alice();
    machine.code_only_stack("door");
    machine
}

fn login(user: &str, code: &str) -> String {
    Login::new("door", user).answers(&[code]).run().code
}

/// Takes back what a successful `provision` has done.
fn begin_anew(machine: &Machine) {
    otpctl(machine, &["revoke", "alice", "--yes"]).ends(0, "");
    token(machine, &["delete", NAME, "--yes"]).ends(0, "");
}

/// Breaks provisioning at every exchange in turn. Whatever happened, nobody has an account
/// that the token does not serve, and the same command, run again, gives one that it does.
fn at_every_exchange(breaks: impl Fn(&VirtualToken, usize)) {
    let machine = machine();
    let rig = TokenRig::start();
    let card = rig.insert("yubikey", &[]);
    let before = card.exchanges();
    token(&machine, &["provision", "alice"]).ends(0, "is enrolled");
    let needed = card.exchanges() - before;
    assert!(needed > 10, "{needed}");
    begin_anew(&machine);
    let (mut enrolled, mut clean, mut dirty) = (0, 0, 0);
    for exchange in 1..=needed {
        breaks(&card, exchange);

        let said = token(&machine, &["provision", "alice"]);

        card.insert();
        card.has_no_faults();
        let has_account = otpctl(&machine, &["status", "alice"]).status == 0;
        assert_eq!(has_account, said.status == 0, "{exchange}: {said:?}");
        if has_account {
            // The last exchange gave the code; all that came after it was ours.
            enrolled += 1;
        } else {
            assert_eq!(said.status, 4, "{exchange}: {said:?}");
            match names(&machine).as_slice() {
                [] => clean += 1,
                [name] => {
                    assert_eq!(name, NAME);
                    let words = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
                    assert!(
                        words.contains("the token may hold \"sandbox:alice\", which opens nothing"),
                        "{exchange}: {words}"
                    );
                    dirty += 1;
                }
                many => panic!("{exchange}: {many:?}"),
            }
            token(&machine, &["provision", "alice"]).ends(0, "is enrolled");
        }
        assert_eq!(names(&machine), [NAME]);
        begin_anew(&machine);
    }
    assert!(clean > 0 && dirty > 0, "{enrolled}, {clean}, {dirty}");
}

sandboxed! {
    fn a_token_pulled_out_at_any_exchange_leaves_nobody_locked_out() {
        at_every_exchange(VirtualToken::is_removed_at);
    }

    fn a_token_whose_answer_is_lost_at_any_exchange_leaves_nobody_locked_out() {
        at_every_exchange(VirtualToken::loses_answer);
    }

    fn codes_by_the_clock_from_a_provisioned_token_log_in() {
        let machine = machine();
        // Steps of a second, so that nobody waits; and a busy machine is slow.
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[window]\npast_steps = 10\n");
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);

        let said = token(&machine, &["provision", "alice", "--period", "1", "--json"]);

        let done = said.ends(0, "").json();
        assert_eq!(done["serial"], "12345678");
        assert_eq!(done["result"], "enrolled");
        assert_eq!(done["name_on_token"], NAME);
        assert_eq!(done["kind"], "totp");
        let status = otpctl(&machine, &["status", "alice", "--json"]).ends(0, "").json();
        let device = &status["accounts"][0]["authenticators"][0];
        assert_eq!(device["serial"], "12345678");
        assert_eq!(device["activated"], true);
        // The proving code is used up, and that of the next second is not.
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let next = code(&machine, NAME);
        assert_eq!(login("alice", &next), "PAM_SUCCESS");
        assert_eq!(login("alice", &next), "PAM_AUTH_ERR");
    }

    fn codes_by_a_counter_from_a_provisioned_token_log_in() {
        let machine = machine();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);

        token(&machine, &["provision", "alice", "--hotp", "--digits", "8"]).ends(0, "is enrolled");

        for _ in 0..3 {
            let next = code(&machine, NAME);
            assert_eq!(next.len(), 8);
            assert_eq!(login("alice", &next), "PAM_SUCCESS");
            assert_eq!(login("alice", &next), "PAM_AUTH_ERR");
        }
    }

    fn a_token_whose_counter_runs_ahead_logs_in_as_well() {
        let machine = machine();
        let rig = TokenRig::start();
        let _card = rig.insert("canokey", &[]);

        token(&machine, &["provision", "alice", "--hotp"]).ends(0, "is enrolled");

        // No window is used up by the token's own beginning.
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[window]\nlook_ahead_counters = 0\n");
        assert_eq!(login("alice", &code(&machine, NAME)), "PAM_SUCCESS");
    }

    fn a_touch_and_a_password_do_not_stand_in_the_way() {
        let machine = machine();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        token_with(&machine, &["password", "set"], "secret\n").ends(0, "wants its password");
        card.touch("300");

        let words = ["provision", "alice", "--hotp", "--touch", "--unlock-stdin"];
        let said = token_with(&machine, &words, "secret\n").ends(0, "is enrolled");

        assert!(said.err.contains("Touch the token now"), "{said:?}");
        let words = ["code", "--single", NAME, "--unlock-stdin"];
        let next = token_with(&machine, &words, "secret\n").ends(0, "").out;
        assert_eq!(login("alice", next.trim()), "PAM_SUCCESS");
        token(&machine, &["provision", "alice", "--add"]).ends(1, "--unlock-stdin");
    }

    fn nobody_touching_leaves_token_and_account_as_they_were() {
        let machine = machine();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &["--touch-timeout", "300"]);
        card.touch("no");

        let said = token(&machine, &["provision", "alice", "--touch"]);

        said.ends(4, "nobody touched").ends(4, "nothing has changed, on the token or here");
        assert_eq!(names(&machine), [""; 0]);
        otpctl(&machine, &["status", "alice"]).ends(1, "");
    }

    fn a_full_token_is_said_to_be_full() {
        let machine = machine();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        for number in 0..32 {
            let name = format!("filler:{number}");
            token_with(&machine, &["add", &name], "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n").ends(0, "");
        }

        token(&machine, &["provision", "alice"]).ends(4, "the token is full");

        assert_eq!(names(&machine).len(), 32);
        otpctl(&machine, &["status", "alice"]).ends(1, "");
    }

    fn a_store_that_cannot_be_written_is_found_before_the_token_is_touched() {
        let machine = machine();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        otpctl(&machine, &["enroll", "alice", "--pending", "--uri-only"]).ends(0, "");
        otpctl(&machine, &["revoke", "alice", "--yes"]).ends(0, "");
        let before = card.exchanges();
        let full = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4k,mode=0700", "full", "/var/lib/pam-otp"])
            .status();
        assert!(full.expect("mount is there").success());

        let said = token(&machine, &["provision", "alice"]);

        assert_eq!(said.status, 3, "{said:?}");
        assert_eq!(card.exchanges(), before);
    }

    fn an_account_that_is_there_is_added_to_or_replaced_only_when_told_so() {
        let machine = machine();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        let mut phone = machine.enrol("alice", &[]);
        let before = card.exchanges();

        let said = token(&machine, &["provision", "alice"]);

        said.ends(1, "alice has an account already").ends(1, "--replace");
        assert_eq!(card.exchanges(), before);
        token(&machine, &["provision", "bob", "--add"]).ends(1, "no user \"bob\"");

        let words = ["provision", "alice", "--add", "--hotp", "--label", "blue"];
        token(&machine, &words).ends(0, "one more device, \"blue\"");
        assert_eq!(login("alice", &phone.next_code()), "PAM_SUCCESS");
        assert_eq!(login("alice", &code(&machine, NAME)), "PAM_SUCCESS");
        token(&machine, &words).ends(1, "has a device \"blue\" already");

        let words = ["provision", "alice", "--replace", "--hotp", "--name", "new", "--yes"];
        token(&machine, &words).ends(0, "All else is dead");
        assert_eq!(login("alice", &code(&machine, NAME)), "PAM_AUTH_ERR");
        assert_eq!(login("alice", &code(&machine, "new")), "PAM_SUCCESS");
    }

    fn one_token_serves_two_users_only_when_told_so() {
        let machine = machine();
        machine.add_user("bob", "builder");
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token(&machine, &["provision", "alice"]).ends(0, "");

        let said = token(&machine, &["provision", "bob"]);

        said.ends(1, "the token with serial number 12345678 is alice's already");
        assert_eq!(names(&machine), [NAME]);
        token(&machine, &["provision", "bob", "--hotp", "--shared"]).ends(0, "bob is enrolled");
        assert_eq!(login("bob", &code(&machine, "sandbox:bob")), "PAM_SUCCESS");
    }

    fn what_the_token_cannot_do_is_refused_with_the_reason() {
        let machine = machine();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &["--version", "4.2.0"]);
        let before = card.exchanges();
        for (words, why) in [
            (&["provision", "alice", "--touch"][..], "No touch"),
            (&["provision", "alice", "--pin"], "one password for the whole"),
            (&["provision", "alice", "--access", "never"], "No \"never\""),
            (&["provision", "alice", "--algorithm", "SHA512"], "not SHA512"),
        ] {
            token(&machine, words).ends(if words.contains(&"SHA512") { 4 } else { 1 }, why);
        }
        assert!(card.exchanges() > before);
        assert_eq!(names(&machine), [""; 0]);
    }
}
