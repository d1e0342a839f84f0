//! Who is in the reader: the same question to different tokens.

use super::player::Player;
use super::yubico::{LIST, SELECT, new, steps};
use super::{Conversation, conversation, recorded_random};
use crate::script::Finger;
use crate::{TokenError, Unlock, open, recognise};
use zeroize::Zeroizing;

const SELECT_APEX: &str = "00A404000C A0000007470061FC54D50101 00";
const SELECT_MANAGEMENT: &str = "00A4040008 A000000527471117 00";
const SELECT_SLOTS: &str = "00A4040007 A0000005272001 00";
const SELECT_CRESCENDO: &str = "00A4040007 A0000000792300 00";
const SOLO: &str = "7903040404 71080102030405060708 9000";
const CANOKEY: &str = "7903060000 71080102030405060708 9000";

fn opened(card: &mut Player) -> Result<String, TokenError> {
    let token = open(card)?;
    let identity = token.identity();
    Ok(format!("{} {:?}", identity.family, identity.version))
}

fn recognised(card: &mut Player) -> Result<String, TokenError> {
    let found = recognise(card)?;
    let has = found.applications;
    Ok(format!(
        "{:?} {:?} {:?} {}{}{}{}{}",
        found.family,
        found.version,
        found.serial,
        u8::from(has.oath),
        u8::from(has.slots),
        u8::from(has.management),
        u8::from(has.crescendo),
        u8::from(has.token2)
    ))
}

fn from(answer_to_reset: &'static str, lenient: bool, conversation: Conversation) -> Conversation {
    Conversation {
        answer_to_reset,
        lenient,
        ..conversation
    }
}

pub(super) fn conversations() -> Vec<Conversation> {
    let mut all = openings();
    all.extend(recognitions());
    all.extend(canokey());
    all
}

fn openings() -> Vec<Conversation> {
    fn count(card: &mut Player) -> Result<String, TokenError> {
        Ok(open(card)?.list(&mut Finger::default())?.len().to_string())
    }
    vec![
        from(
            "",
            true,
            conversation(
                "a long list of a token with a dispatcher in front",
                &[
                    (SELECT, "7903010000 71080102030405060708 9000"),
                    (LIST, "7204 21 6A6F65 6107"),
                    ("00A5000000", "6985"),
                    (LIST, "7204 21 6A6F65 6107"),
                    ("00C0000007", "7205 21 616E6E31 9000"),
                ],
                count,
                "2",
            ),
        ),
        from(
            "",
            false,
            conversation(
                "a long list of an applet that nobody knows",
                &[
                    (SELECT, "7903010000 71080102030405060708 9000"),
                    (LIST, "7205 21 6A6F6531 6107"),
                    ("00A5000000", "7205 21 616E6E31 9000"),
                ],
                count,
                "2",
            ),
        ),
        from(
            "3BFC1300008131FE15597562696B65794E454F7233E1",
            false,
            conversation(
                "an early NEO tells its name in small letters",
                &[(SELECT, "7903000203 71080102030405060708 9000")],
                opened,
                "YubiKey Some((0, 2, 3))",
            ),
        ),
        from(
            "3B8C8001",
            true,
            conversation(
                "a YubiKey whose answer to reset says nothing",
                &[
                    (SELECT, SOLO),
                    (SELECT_MANAGEMENT, "56322E302E30 9000"),
                    (SELECT, SOLO),
                ],
                opened,
                "YubiKey Some((4, 4, 4))",
            ),
        ),
        from(
            "3B8C8001",
            true,
            conversation(
                "a token that imitates a YubiKey",
                &[(SELECT, SOLO), (SELECT_MANAGEMENT, "6A82"), (SELECT, SOLO)],
                opened,
                "OATH token Some((4, 4, 4))",
            ),
        ),
        from(
            "",
            true,
            conversation(
                "an Apex",
                &[
                    (SELECT, "6A82"),
                    (SELECT_APEX, "7903050403 71080102030405060708 9000"),
                ],
                opened,
                "OATH token Some((5, 4, 3))",
            ),
        ),
        from(
            "",
            true,
            conversation(
                "nothing that makes codes",
                &[
                    (SELECT, "6A82"),
                    (SELECT_APEX, "6A82"),
                    (SELECT_CRESCENDO, "6A82"),
                    ("8041000002 0211", "6D00"),
                    ("8041000000", "6D00"),
                ],
                opened,
                "NoApplication { application: \"OTP application\" }",
            ),
        ),
    ]
}

fn recognitions() -> Vec<Conversation> {
    let all = [
        conversation(
            "a YubiKey tells everything",
            &[
                (SELECT, "7903050403 71080102030405060708 9000"),
                (SELECT_SLOTS, "050403010A00 9000"),
                ("0001100000", "00BC614E 9000"),
                (SELECT_MANAGEMENT, "56322E302E30 9000"),
                ("001D000000", "0C 0102023F 020400BC614E 040101 9000"),
                (SELECT_CRESCENDO, "6A82"),
            ],
            recognised,
            "Some(YubiKey) Some((5, 4, 3)) Some(\"12345678\") 11100",
        ),
        conversation(
            "a Nitrokey with a PIN, one try used",
            &[
                (SELECT, "7903041000 820107 8F04DEADBEEF 9000"),
                (SELECT_SLOTS, "6A82"),
                (SELECT_MANAGEMENT, "6A82"),
                (SELECT_CRESCENDO, "6A82"),
            ],
            |card| {
                let found = recognise(card)?;
                let tries = found.pin_tries;
                Ok(format!("{:?} {:?} {tries:?}", found.family, found.serial))
            },
            "Some(Nitrokey) Some(\"deadbeef\") Some(7)",
        ),
        conversation(
            "a Crescendo Key",
            &[
                (SELECT, "6A82"),
                (SELECT_APEX, "6A82"),
                (SELECT_SLOTS, "6A82"),
                (SELECT_MANAGEMENT, "6A82"),
                (SELECT_CRESCENDO, "6F2F8407A0000000792300 9000"),
            ],
            recognised,
            "Some(Crescendo) None None 00010",
        ),
        conversation(
            "a card of Token2",
            &[
                (SELECT, "6D00"),
                (SELECT_APEX, "6D00"),
                (SELECT_SLOTS, "6D00"),
                (SELECT_MANAGEMENT, "6D00"),
                (SELECT_CRESCENDO, "6D00"),
                (
                    "8041000002 0211",
                    "000000 0D 38363539363132303030303031 0000 5E84A802 9000",
                ),
            ],
            recognised,
            "Some(Token2) None Some(\"8659612000001\") 00001",
        ),
        conversation(
            "a bank card",
            &[
                (SELECT, "6A82"),
                (SELECT_APEX, "6A82"),
                (SELECT_SLOTS, "6A82"),
                (SELECT_MANAGEMENT, "6A82"),
                (SELECT_CRESCENDO, "6A82"),
                ("8041000002 0211", "6D00"),
                ("8041000000", "6D00"),
            ],
            recognised,
            "None None None 00000",
        ),
    ];
    let all = all.into_iter();
    all.map(|one| Conversation {
        lenient: true,
        ..one
    })
    .collect()
}

fn canokey() -> Vec<Conversation> {
    fn reset(card: &mut Player) -> Result<String, TokenError> {
        let mut token = open(card)?;
        let finger = &mut Finger::default();
        let pin = Unlock::Pin(Zeroizing::new("123456".into()));
        token.unlock(pin, &mut recorded_random, finger)?;
        token.reset(finger)?;
        Ok("empty".into())
    }
    let select_administration = "00A4040005 F000000000 00";
    let verify = "0020000006 313233343536 00";
    let all = [
        conversation(
            "a CanoKey that has the name already, though its list did not say so",
            &[
                (SELECT, CANOKEY),
                (LIST, "9000"),
                (
                    "0001000020 7106746F75636831 \
                     731621063132333435363738393031323334353637383930 00",
                    "6985",
                ),
            ],
            |card| {
                open(card)?.put(&new("touch1", steps(30)), &mut Finger::default())?;
                Ok("written".into())
            },
            "NameTaken",
        ),
        conversation(
            "a CanoKey is reset by its administration",
            &[
                (SELECT, CANOKEY),
                (select_administration, "9000"),
                (verify, "9000"),
                ("0005000000", "9000"),
                (SELECT, CANOKEY),
                (LIST, "9000"),
            ],
            reset,
            "empty",
        ),
        conversation(
            "a wrong PIN of the administration",
            &[
                (SELECT, CANOKEY),
                (select_administration, "9000"),
                (verify, "63C2"),
                (SELECT, CANOKEY),
            ],
            reset,
            "WrongPassword { what: \"administration PIN\", tries_left: Some(2) }",
        ),
        conversation(
            "a CanoKey without its administration",
            &[
                (SELECT, CANOKEY),
                (select_administration, "6A82"),
                (SELECT, CANOKEY),
            ],
            reset,
            "NoApplication { application: \"administration of a CanoKey, which resets it\" }",
        ),
        conversation(
            "a CanoKey is not reset without the PIN of its administration",
            &[(SELECT, CANOKEY)],
            |card| {
                open(card)?.reset(&mut Finger::default())?;
                Ok("empty".into())
            },
            "Locked { wants: \"administration PIN\" }",
        ),
    ];
    let all = all.into_iter();
    all.map(|one| from("3BF711008131FE6543616E6F6B657999", false, one))
        .collect()
}
