//! A YubiKey 5.4.3: every operation, as ykman and we do it. Secrets are those of RFC 4226.

use super::player::Player;
use super::{Conversation, conversation};
use crate::script::Finger;
use crate::{
    CodeOf, Credential, CredentialName, Moment, NewCredential, NewMoving, Protection, Token,
    TokenError, open,
};
use otp_core::{Digits, HashAlgorithm, MovingFactor, Secret, TimeStep, UnixTime};
use zeroize::Zeroizing;

pub(super) const SELECT: &str = "00A4040007 A0000005272101 00";
pub(super) const OPEN: &str = "7903050403 71080102030405060708 9000";
pub(super) const LOCKED: &str = "7903050403 71080102030405060708 74081112131415161718 7B0101 9000";
pub(super) const LIST: &str = "00A1000000";
pub(super) const THREE: &str = "720A 11 4973733A686F747031 720C 22 36302F41434D453A6A6F65 \
                     7207 21 746F75636831 9000";
/// The moment of the recorded codes: step 01C89A21 of a minute, 03913442 of 30 seconds.
pub(super) const MOMENT: Moment = Moment(UnixTime(0x01C8_9A21 * 60));

pub(super) fn secret() -> Secret {
    Secret::new(Zeroizing::new(b"12345678901234567890".to_vec()))
        .ok()
        .unwrap()
}

pub(super) fn new(name: &str, moving: NewMoving) -> NewCredential {
    NewCredential {
        name: CredentialName::parse(name).unwrap(),
        secret: secret(),
        algorithm: HashAlgorithm::Sha1,
        digits: Digits::SIX,
        moving,
        protection: Protection::default(),
        now: MOMENT.0,
    }
}

pub(super) fn steps(seconds: u64) -> NewMoving {
    NewMoving::Time(TimeStep::from_seconds(seconds).unwrap())
}

fn find(token: &mut dyn Token, account: &str) -> Result<Credential, TokenError> {
    let all = token.list(&mut Finger::default())?;
    let mut all = all.into_iter();
    all.find(|one| one.name.account == account)
        .ok_or(TokenError::NotThere)
}

pub(super) fn code(
    token: &mut dyn Token,
    account: &str,
    finger: &mut Finger,
) -> Result<String, TokenError> {
    let credential = find(token, account)?;
    let code = token.calculate(&credential, MOMENT, finger);
    assert_eq!(finger.asked, finger.over, "a touch is over in the end");
    Ok((*code?.text).clone())
}

pub(super) fn line((credential, code): &(Credential, CodeOf)) -> String {
    let name = &credential.name;
    let digits = credential.digits.unwrap_or(0);
    match code {
        CodeOf::Code(code) => format!("{name} {digits} {}", *code.text),
        CodeOf::WantsTouch => format!("{name} {digits} touch"),
        CodeOf::WantsPin => format!("{name} {digits} PIN"),
        CodeOf::Counter => format!("{name} {digits} counter"),
        CodeOf::None => format!("{name} {digits} none"),
        CodeOf::Failed(error) => format!("{name} {digits} {error:?}"),
    }
}

fn put(card: &mut Player, new: &NewCredential) -> Result<String, TokenError> {
    open(card)?.put(new, &mut Finger::default())?;
    Ok("written".into())
}

pub(super) fn conversations() -> Vec<Conversation> {
    let mut all = writing();
    all.extend(reading());
    all.extend(changing());
    all
}

fn writing() -> Vec<Conversation> {
    let put_hotp = "0001000029 71094973733A686F747031 \
                    7316110831323334353637383930313233343536373839307A0400000001 00";
    let put_totp = "0001000025 710B36302F41434D453A6A6F65 \
                    731622083132333435363738393031323334353637383930 00";
    let put_touch = "0001000022 7106746F75636831 \
                     7316210631323334353637383930313233343536373839307802 00";
    vec![
        conversation(
            "a counter from 1",
            &[(SELECT, OPEN), (LIST, "9000"), (put_hotp, "9000")],
            |card| {
                let mut new = new("Iss:hotp1", NewMoving::Counter(MovingFactor(1)));
                new.digits = Digits::new(8).unwrap();
                put(card, &new)
            },
            "written",
        ),
        conversation(
            "a minute and SHA-256",
            &[(SELECT, OPEN), (LIST, "9000"), (put_totp, "9000")],
            |card| {
                let mut new = new("ACME:joe", steps(60));
                new.digits = Digits::new(8).unwrap();
                new.algorithm = HashAlgorithm::Sha256;
                put(card, &new)
            },
            "written",
        ),
        conversation(
            "a touch",
            &[(SELECT, OPEN), (LIST, "9000"), (put_touch, "9000")],
            |card| {
                let mut new = new("touch1", steps(30));
                new.protection.touch = true;
                put(card, &new)
            },
            "written",
        ),
        conversation(
            "a name that is there, with another time step",
            &[(SELECT, OPEN), (LIST, THREE)],
            |card| put(card, &new("ACME:joe", steps(30))),
            "NameTaken",
        ),
    ]
}

fn reading() -> Vec<Conversation> {
    let hotp = "00A200010D 71094973733A686F747031 7400 00";
    let totp = "00A2000117 710B36302F41434D453A6A6F65 74080000000001C89A21 00";
    let touch = "00A2000112 7106746F75636831 74080000000003913442 00";
    let every = "00A400010A 74080000000003913442 00";
    let every_answer = "71094973733A686F747031 770108 710B36302F41434D453A6A6F65 \
                        7605087A39FD0A 7106746F75636831 7C0106 9000";
    let steam = "00A2000117 710B 537465616D3A67616D6572 74080000000003913442 00";
    let mut all = vec![
        conversation(
            "a code of a counter",
            &[
                (SELECT, OPEN),
                (LIST, THREE),
                (hotp, "760508 41397EEA 9000"),
            ],
            |card| code(&mut *open(card)?, "hotp1", &mut Finger::default()),
            "94287082",
        ),
        conversation(
            "a code of the clock",
            &[
                (SELECT, OPEN),
                (LIST, THREE),
                (totp, "760508 0E51BC8E 9000"),
            ],
            |card| code(&mut *open(card)?, "joe", &mut Finger::default()),
            "40237710",
        ),
        conversation(
            "nobody touches it",
            &[(SELECT, OPEN), (LIST, THREE), (touch, "6982")],
            |card| code(&mut *open(card)?, "touch1", &mut Finger::default()),
            "NotTouched",
        ),
        conversation(
            "patience ends before it is asked",
            &[(SELECT, OPEN), (LIST, THREE)],
            |card| {
                let mut finger = Finger {
                    patience: Some(0),
                    ..Finger::default()
                };
                code(&mut *open(card)?, "touch1", &mut finger)
            },
            "NotTouched",
        ),
        conversation(
            "Steam",
            &[
                (SELECT, OPEN),
                (LIST, "720C 21 537465616D3A67616D6572 9000"),
                (steam, "760505 FCF894FA 9000"),
            ],
            |card| code(&mut *open(card)?, "gamer", &mut Finger::default()),
            "8PD5G",
        ),
        conversation(
            "a list in three pieces",
            &[
                (SELECT, OPEN),
                (LIST, "720A 11 4973733A686F7470 610C"),
                ("00A5000000", "31 720C 22 36302F41434D 6112"),
                ("00A5000000", "453A6A6F65 7207 21 746F75636831 9000"),
                (totp, "760508 0E51BC8E 9000"),
            ],
            |card| code(&mut *open(card)?, "joe", &mut Finger::default()),
            "40237710",
        ),
    ];
    let mut everything = conversation(
        "all codes at once",
        &[
            (SELECT, OPEN),
            (LIST, THREE),
            (every, every_answer),
            (totp, "760508 0E51BC8E 9000"),
        ],
        |card| {
            let all = open(card)?.calculate_all(MOMENT, &mut Finger::default())?;
            Ok(all.iter().map(line).collect::<Vec<_>>().join(", "))
        },
        "Iss:hotp1 8 counter, ACME:joe 8 40237710, touch1 6 touch",
    );
    everything.lenient = true;
    all.push(everything);
    let mut damaged = conversation(
        "one of all is damaged: each is asked for alone",
        &[
            (SELECT, OPEN),
            (LIST, "720C 22 36302F41434D453A6A6F65 7204 21 626164 9000"),
            (every, "6581"),
            (totp, "760508 0E51BC8E 9000"),
            ("00A200010F 7103626164 74080000000003913442 00", "6581"),
        ],
        |card| {
            let all = open(card)?.calculate_all(MOMENT, &mut Finger::default())?;
            Ok(all.iter().map(line).collect::<Vec<_>>().join(", "))
        },
        "ACME:joe 0 40237710, bad 0 Refused { operation: \"calculate\", status: 6581 }",
    );
    damaged.lenient = true;
    all.push(damaged);
    let mut woken = conversation(
        "a YubiKey 4.2.5 is woken before a touch, after a long answer",
        &[
            (SELECT, "7903040205 71080102030405060708 9000"),
            (
                LIST,
                "7207 21 746F75636831 7239 21 7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878 9000",
            ),
            ("0000000000", "6D00"),
            (touch, "760506 FCF894FA 9000"),
        ],
        |card| code(&mut *open(card)?, "touch1", &mut Finger::default()),
        "665850",
    );
    // Whatever it says to the waking is of no matter.
    woken.lenient = true;
    all.push(woken);
    all
}

fn changing() -> Vec<Conversation> {
    vec![
        conversation(
            "one less",
            &[
                (SELECT, OPEN),
                (LIST, THREE),
                ("0002000008 7106746F75636831 00", "9000"),
            ],
            |card| {
                let mut token = open(card)?;
                let touch1 = find(&mut *token, "touch1")?;
                token.delete(&touch1, &mut Finger::default())?;
                Ok("deleted".into())
            },
            "deleted",
        ),
        conversation(
            "another name, the time step stays",
            &[
                (SELECT, OPEN),
                (LIST, THREE),
                (LIST, THREE),
                (
                    "0005000015 710B36302F41434D453A6A6F65 7106 36302F616E6E 00",
                    "9000",
                ),
            ],
            |card| {
                let mut token = open(card)?;
                let joe = find(&mut *token, "joe")?;
                let ann = CredentialName::parse("ann").unwrap();
                token.rename(&joe, &ann, &mut Finger::default())?;
                Ok("renamed".into())
            },
            "renamed",
        ),
        conversation(
            "a reset",
            &[
                (SELECT, LOCKED),
                ("0004DEAD00", "9000"),
                (SELECT, "7903050403 71085152535455565758 9000"),
                (LIST, "9000"),
            ],
            |card| {
                open(card)?.reset(&mut Finger::default())?;
                Ok("empty".into())
            },
            "empty",
        ),
        conversation(
            "a reset that was none",
            &[
                (SELECT, OPEN),
                ("0004DEAD00", "9000"),
                (SELECT, OPEN),
                (LIST, THREE),
            ],
            |card| {
                open(card)?.reset(&mut Finger::default())?;
                Ok("empty".into())
            },
            "NotDone { what: \"it holds accounts still\" }",
        ),
    ]
}
