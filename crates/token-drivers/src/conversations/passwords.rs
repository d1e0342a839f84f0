//! The password of a YubiKey's OATH application: given, set, removed, and the traps of it.

use super::player::Player;
use super::yubico::{LIST, LOCKED, OPEN, SELECT, THREE};
use super::{Conversation, conversation, recorded_random};
use crate::script::Finger;
use crate::{TokenError, Unlock, open};
use zeroize::Zeroizing;

const UNLOCK: &str = "00A3000020 7514 0BA9814BDEFCEA2EDE1230644424AEC1078C0025 \
                      7408 A0A1A2A3A4A5A6A7 00";
const UNLOCKED: &str = "7514 EEAA208DEFDBD1D524CEFA0D5E386D52DD4A7EAB 9000";
const SET: &str = "0003000033 7311 21 4BEDFD8ACF389E1479E15D99A0AF7A50 7408 A0A1A2A3A4A5A6A7 \
                   7514 EEAA208DEFDBD1D524CEFA0D5E386D52DD4A7EAB 00";

fn password(text: &str) -> Unlock {
    Unlock::Password(Zeroizing::new(text.to_owned()))
}

pub(super) fn conversations() -> Vec<Conversation> {
    fn set(card: &mut Player) -> Result<String, TokenError> {
        let mut token = open(card)?;
        let new = Some(password("secret"));
        token.set_password(new, &mut recorded_random, &mut Finger::default())?;
        Ok(format!("protected: {}", token.identity().protected))
    }
    fn unlock(card: &mut Player) -> Result<String, TokenError> {
        let mut token = open(card)?;
        let finger = &mut Finger::default();
        token.unlock(password("secret"), &mut recorded_random, finger)?;
        Ok(token.list(finger)?.len().to_string())
    }
    vec![
        conversation(
            "unlocked with the password",
            &[(SELECT, LOCKED), (UNLOCK, UNLOCKED), (LIST, THREE)],
            unlock,
            "3",
        ),
        conversation(
            "a wrong password",
            &[(SELECT, LOCKED), (UNLOCK, "6A80")],
            unlock,
            "WrongPassword { what: \"password\", tries_left: None }",
        ),
        conversation(
            "a token that only pretends to know the password",
            &[
                (SELECT, LOCKED),
                (UNLOCK, "7514 EEAA208DEFDBD1D524CEFA0D5E386D52DD4A7EAC 9000"),
            ],
            unlock,
            "NotDone { what: \"it does not know the password itself: this may be another token\" }",
        ),
        conversation(
            "locked, nothing is asked",
            &[(SELECT, LOCKED)],
            |card| Ok(open(card)?.list(&mut Finger::default())?.len().to_string()),
            "Locked { wants: \"password\" }",
        ),
        conversation(
            "a password is set, seen and proved",
            &[
                (SELECT, OPEN),
                (SET, "9000"),
                (SELECT, LOCKED),
                (UNLOCK, UNLOCKED),
            ],
            set,
            "protected: true",
        ),
        conversation(
            "a password that was not set",
            &[(SELECT, OPEN), (SET, "050403010A00 9000"), (SELECT, OPEN)],
            set,
            "NotDone { what: \"it has no password all the same\" }",
        ),
        conversation(
            "a password that another salt would make useless is taken back",
            &[
                (SELECT, OPEN),
                (SET, "9000"),
                (
                    SELECT,
                    "7903050403 71085152535455565758 74081112131415161718 9000",
                ),
                (UNLOCK, UNLOCKED),
                ("0003000002 7300 00", "9000"),
                (SELECT, OPEN),
            ],
            set,
            "NotDone { what: \"no password could open it again: it was taken back\" }",
        ),
        conversation(
            "a password is removed",
            &[
                (SELECT, LOCKED),
                (UNLOCK, UNLOCKED),
                ("0003000002 7300 00", "9000"),
                (SELECT, OPEN),
            ],
            |card| {
                let mut token = open(card)?;
                let finger = &mut Finger::default();
                token.unlock(password("secret"), &mut recorded_random, finger)?;
                token.set_password(None, &mut recorded_random, finger)?;
                Ok(format!("protected: {}", token.identity().protected))
            },
            "protected: false",
        ),
    ]
}
