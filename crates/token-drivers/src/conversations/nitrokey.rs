//! A Nitrokey 3: the PIN before the operation, touches, its own requests.

use super::player::Player;
use super::yubico::{MOMENT, SELECT, code, line, new, steps};
use super::{Conversation, conversation, recorded_random};
use crate::nitrokey::{HmacSlot, Nitrokey};
use crate::script::Finger;
use crate::{CredentialName, NewMoving, Token, TokenError, Unlock, open};
use otp_core::MovingFactor;
use zeroize::Zeroizing;

const NO_PIN: &str = "7903041000 71083AD3B5303BC4BA81 8F04DEADBEEF 9000";
const WITH_PIN: &str = "7903041000 820108 8F04DEADBEEF 9000";
const LIST: &str = "00A1000001 01 00";
/// `joe` behind the PIN, `touch1` behind a touch, both bits for `both`, `rev` verifies.
const FOUR: &str = "7205 21 6A6F65 02 7208 21 746F75636831 01 7206 21 626F7468 03 \
                    7205 31 726576 00 9000";
const VERIFY: &str = "00B2000006 8004 31323334 00";
const PUT_BOTH: &str = "0001000022 7106746F75636831 \
                        731621063132333435363738393031323334353637383930 7806 00";
const JOE: &str = "00A200010F 71036A6F65 74080000000003913442 00";

fn pin(text: &str) -> Unlock {
    Unlock::Pin(Zeroizing::new(text.to_owned()))
}

/// Opened, with the PIN where there is one.
fn unlocked(card: &mut Player) -> Result<Nitrokey<'_>, TokenError> {
    let mut token = Nitrokey::open(card)?;
    token.unlock(pin("1234"), &mut recorded_random, &mut Finger::default())?;
    Ok(token)
}

fn touches(finger: &Finger) -> String {
    assert_eq!(finger.asked, finger.over, "a touch is over in the end");
    format!("{} touches", finger.asked)
}

pub(super) fn conversations() -> Vec<Conversation> {
    let mut all = using();
    all.extend(changing());
    all.extend(pins());
    all.extend(extras());
    all
}

fn using() -> Vec<Conversation> {
    let select = (SELECT, "6115");
    let rest = ("00C0000015", NO_PIN);
    vec![
        conversation(
            "an answer in pieces, and what is behind touch or PIN",
            &[select, rest, (LIST, FOUR)],
            |card| {
                let mut token = open(card)?;
                let all = token.calculate_all(MOMENT, &mut Finger::default())?;
                let serial = token.identity().serial.clone().unwrap_or_default();
                let lines: Vec<_> = all.iter().map(line).collect();
                Ok(format!("{serial}: {}", lines.join(", ")))
            },
            "deadbeef: joe 0 PIN, touch1 0 touch, both 0 PIN, rev 0 none",
        ),
        conversation(
            "a code behind the PIN",
            &[
                (SELECT, WITH_PIN),
                (VERIFY, "9000"),
                (LIST, FOUR),
                (VERIFY, "9000"),
                (JOE, "760506 FCF894FA 9000"),
            ],
            |card| {
                let mut token = open(card)?;
                let finger = &mut Finger::default();
                token.unlock(pin("1234"), &mut recorded_random, finger)?;
                let code = code(&mut *token, "joe", finger)?;
                Ok(format!("{code}, {}", touches(finger)))
            },
            "665850, 1 touches",
        ),
        conversation(
            "a code behind the PIN, which nobody gave",
            &[(SELECT, WITH_PIN), (LIST, FOUR)],
            |card| code(&mut *open(card)?, "joe", &mut Finger::default()),
            "Locked { wants: \"PIN\" }",
        ),
        conversation(
            "nobody touches it",
            &[
                (SELECT, NO_PIN),
                (LIST, FOUR),
                (
                    "00A2000112 7106746F75636831 74080000000003913442 00",
                    "6982",
                ),
            ],
            |card| code(&mut *open(card)?, "touch1", &mut Finger::default()),
            "NotTouched",
        ),
        conversation(
            "what it verifies it does not compute",
            &[(SELECT, NO_PIN), (LIST, FOUR)],
            |card| code(&mut *open(card)?, "rev", &mut Finger::default()),
            "Unsupported { why: \"what the token keeps under this name computes no codes\" }",
        ),
    ]
}

fn changing() -> Vec<Conversation> {
    vec![
        conversation(
            "a PIN and a touch for one credential",
            &[
                (SELECT, WITH_PIN),
                (LIST, "9000"),
                (VERIFY, "9000"),
                (PUT_BOTH, "9000"),
            ],
            |card| {
                let mut new = new("touch1", steps(30));
                new.protection.touch = true;
                new.protection.pin = true;
                let finger = &mut Finger::default();
                unlocked(card)?.put(&new, finger)?;
                Ok(touches(finger))
            },
            "1 touches",
        ),
        conversation(
            "a name that is hidden behind the PIN",
            &[
                (SELECT, NO_PIN),
                (LIST, "9000"),
                (
                    "0001000022 7106746F75636831 \
                     731621063132333435363738393031323334353637383930 7800 00",
                    "6983",
                ),
            ],
            |card| {
                open(card)?.put(&new("touch1", steps(30)), &mut Finger::default())?;
                Ok("written".into())
            },
            "NameTaken",
        ),
        conversation(
            "one less, with PIN and touch",
            &[
                (SELECT, WITH_PIN),
                (VERIFY, "9000"),
                (LIST, FOUR),
                (VERIFY, "9000"),
                ("0002000005 71036A6F65 00", "9000"),
            ],
            |card| {
                let mut token = unlocked(card)?;
                let finger = &mut Finger::default();
                let all = token.list(finger)?;
                let joe = all.first().ok_or(TokenError::NotThere)?;
                token.delete(joe, finger)?;
                Ok(touches(finger))
            },
            "3 touches",
        ),
        conversation(
            "another name",
            &[
                (SELECT, NO_PIN),
                (LIST, FOUR),
                (LIST, FOUR),
                ("00B700000D 7106746F75636831 7103616E6E 00", "9000"),
            ],
            |card| {
                let mut token = open(card)?;
                let finger = &mut Finger::default();
                let all = token.list(finger)?;
                let touch1 = all.get(1).ok_or(TokenError::NotThere)?;
                let ann = CredentialName::parse("ann").unwrap();
                token.rename(touch1, &ann, finger)?;
                Ok(touches(finger))
            },
            "1 touches",
        ),
        conversation(
            "a reset",
            &[
                (SELECT, WITH_PIN),
                ("0004DEAD00", "9000"),
                (SELECT, NO_PIN),
                (LIST, "9000"),
            ],
            |card| {
                open(card)?.reset(&mut Finger::default())?;
                Ok("empty".into())
            },
            "empty",
        ),
    ]
}

fn pins() -> Vec<Conversation> {
    vec![
        conversation(
            "the first PIN",
            &[
                (SELECT, NO_PIN),
                ("00B4000006 8004 31323334 00", "9000"),
                (SELECT, WITH_PIN),
            ],
            |card| {
                let mut token = open(card)?;
                let finger = &mut Finger::default();
                token.set_password(Some(pin("1234")), &mut recorded_random, finger)?;
                Ok(format!("protected: {}", token.identity().protected))
            },
            "protected: true",
        ),
        conversation(
            "another PIN",
            &[
                (SELECT, WITH_PIN),
                ("00B300000C 8004 31323334 8104 35363738 00", "9000"),
                (SELECT, WITH_PIN),
            ],
            |card| {
                let mut token = unlocked(card)?;
                let finger = &mut Finger::default();
                token.set_password(Some(pin("5678")), &mut recorded_random, finger)?;
                Ok(touches(finger))
            },
            "1 touches",
        ),
        conversation(
            "a wrong PIN takes a try",
            &[
                (SELECT, WITH_PIN),
                (VERIFY, "6300"),
                (SELECT, "7903041000 820107 8F04DEADBEEF 9000"),
            ],
            |card| {
                let all = unlocked(card)?.list(&mut Finger::default())?;
                Ok(all.len().to_string())
            },
            "WrongPassword { what: \"PIN\", tries_left: Some(7) }",
        ),
        conversation(
            "the last wrong PIN blocks it",
            &[
                (SELECT, WITH_PIN),
                (VERIFY, "6300"),
                (SELECT, "7903041000 820100 8F04DEADBEEF 9000"),
            ],
            |card| {
                let all = unlocked(card)?.list(&mut Finger::default())?;
                Ok(all.len().to_string())
            },
            "Blocked { remedy: \"Only a reset helps, which deletes every account: \
             otpctl token reset\" }",
        ),
        conversation(
            "a blocked PIN is not sent",
            &[(SELECT, "7903041000 820100 8F04DEADBEEF 9000")],
            |card| unlocked(card).map(|_| String::new()),
            "Blocked { remedy: \"Only a reset helps, which deletes every account: \
             otpctl token reset\" }",
        ),
        conversation(
            "a password is never set: the token would say yes and do nothing",
            &[(SELECT, NO_PIN)],
            |card| {
                let password = Unlock::Password(Zeroizing::new("secret".into()));
                let finger = &mut Finger::default();
                open(card)?.set_password(Some(password), &mut recorded_random, finger)?;
                Ok("set".into())
            },
            "Unsupported { why: \"a Nitrokey 3 has a PIN per credential, and no password for \
             the whole application\" }",
        ),
    ]
}

fn extras() -> Vec<Conversation> {
    fn verify(card: &mut Player) -> Result<String, TokenError> {
        let mut token = Nitrokey::open(card)?;
        let finger = &mut Finger::default();
        let all = token.list(finger)?;
        let rev = all.last().ok_or(TokenError::NotThere)?;
        let right = token.verify_reverse(rev, "755224", finger)?;
        Ok(if right { "right code" } else { "wrong code" }.into())
    }
    let verify_code = "00B100000B 7103726576 7504 000B8618 00";
    let hmac_padded = format!("0001300040 48656C6C6F {} 00", "3B".repeat(59));
    vec![
        conversation(
            "a code that the token will verify",
            &[
                (SELECT, WITH_PIN),
                (LIST, "9000"),
                (VERIFY, "9000"),
                (
                    "0001000025 7103726576 \
                     731631063132333435363738393031323334353637383930 7800 7A0400000005 00",
                    "9000",
                ),
            ],
            |card| {
                let new = new("rev", NewMoving::Counter(MovingFactor(5)));
                unlocked(card)?.put_reverse(&new, &mut Finger::default())?;
                Ok("written".into())
            },
            "written",
        ),
        conversation(
            "the token says yes",
            &[(SELECT, NO_PIN), (LIST, FOUR), (verify_code, "7700 9000")],
            verify,
            "right code",
        ),
        conversation(
            "the token says no",
            &[(SELECT, NO_PIN), (LIST, FOUR), (verify_code, "6300")],
            verify,
            "wrong code",
        ),
        conversation(
            "the token refuses for five seconds",
            &[(SELECT, NO_PIN), (LIST, FOUR), (verify_code, "6982")],
            verify,
            "TryLater { seconds: 5 }",
        ),
        conversation(
            "a slot for challenges",
            &[
                (SELECT, NO_PIN),
                (
                    "0001000025 7109486D6163536C6F7431 \
                     73164106 3132333435363738393031323334353637383930 7800 00",
                    "9000",
                ),
                (
                    &hmac_padded,
                    "BBB868871FB08EF67DB893010E42D2120A476D99 9000",
                ),
            ],
            |card| {
                let mut token = Nitrokey::open(card)?;
                let secret = b"12345678901234567890";
                token.put_hmac(HmacSlot::One, secret, &mut Finger::default())?;
                let mac = token.hmac(HmacSlot::One, b"Hello")?;
                Ok(format!("{:02x}{:02x}", mac[0], mac[19]))
            },
            "bb99",
        ),
        conversation(
            "a list that the dispatcher has cut",
            &[(SELECT, NO_PIN), (LIST, "61FF")],
            |card| {
                let all = open(card)?.list(&mut Finger::default())?;
                Ok(all.len().to_string())
            },
            "Unintelligible { what: \"its list is longer than it can send through a reader\" }",
        ),
    ]
}
