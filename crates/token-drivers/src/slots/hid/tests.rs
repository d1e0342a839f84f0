//! Feature reports against a device in memory, with frames that Yubico's library sends.

use super::*;
use crate::script::{Finger, bytes};
use crate::slots::{Challenge, Slot, Slots};
use std::collections::VecDeque;

/// A device that shows what was prepared, one report per look, and keeps what was written.
/// Behind the last one it shows its status.
#[derive(Default)]
struct Device {
    shows: VecDeque<Result<[u8; 8], CardError>>,
    written: Vec<[u8; 8]>,
    /// What it shows once a whole message has arrived.
    answers: VecDeque<Vec<[u8; 8]>>,
    status: [u8; 8],
    pauses: usize,
    /// Removed after so many reports in and out.
    removed_after: Option<usize>,
    exchanges: usize,
    /// Never takes a piece.
    stuck: bool,
}

impl Device {
    fn exchange(&mut self) -> Result<(), CardError> {
        self.exchanges += 1;
        match self.removed_after {
            Some(most) if self.exchanges > most => Err(CardError::Removed),
            _ => Ok(()),
        }
    }

    fn status(sequence: u8, touch_level: u8) -> [u8; 8] {
        [0, 5, 2, 7, sequence, touch_level, 0, 0]
    }
}

impl FeatureReports for Device {
    fn read(&mut self) -> Result<[u8; 8], CardError> {
        self.exchange()?;
        if self.stuck {
            let [front @ .., _] = self.status;
            let mut report = [0x80; 8];
            report[..7].copy_from_slice(&front);
            return Ok(report);
        }
        self.shows.pop_front().unwrap_or(Ok(self.status))
    }

    fn write(&mut self, report: &[u8; 8]) -> Result<(), CardError> {
        self.exchange()?;
        self.written.push(*report);
        if report[7] == 0x89 {
            let answer = self.answers.pop_front().expect("a message is expected");
            self.shows.extend(answer.into_iter().map(Ok));
        }
        Ok(())
    }

    fn pause(&mut self) {
        self.pauses += 1;
    }
}

fn reports(text: &[&str]) -> Vec<[u8; 8]> {
    let one = |text: &&str| <[u8; 8]>::try_from(bytes(text)).expect("eight bytes");
    text.iter().map(one).collect()
}

/// An answer with its checksum, in pieces, and the report that ends it.
fn pieces(answer: &str) -> Vec<[u8; 8]> {
    let answer = bytes(answer);
    let mut found = Vec::new();
    for (piece, number) in answer.chunks(7).zip(0_u8..) {
        let mut report = [0; 8];
        report[..piece.len()].copy_from_slice(piece);
        report[7] = 0x40 | number;
        found.push(report);
    }
    found.push([0, 0, 0, 0, 0, 0, 0, 0x40]);
    found
}

const HELLO: &str = "bbb868871fb08ef67db893010e42d2120a476d99f71a";

#[test]
fn asking_for_the_serial_number_is_what_yubicos_library_sends() {
    let mut device = Device {
        answers: [pieces("00bc614ec804")].into(),
        status: Device::status(1, 0x05),
        ..Device::default()
    };

    let serial = Slots::over_reports(&mut device).unwrap().serial();

    assert_eq!(serial, Ok(Some(12_345_678)));
    let expected = reports(&["0000000000000080", "00106b5b00000089", "00000000000000ff"]);
    assert_eq!(device.written, expected);
}

#[test]
fn a_challenge_is_what_yubicos_library_sends_and_its_answer_is_put_together() {
    let mut device = Device {
        answers: [pieces(HELLO)].into(),
        status: Device::status(1, 0x01),
        ..Device::default()
    };
    let mut finger = Finger::default();

    let mut slots = Slots::over_reports(&mut device).unwrap();
    let challenge = Challenge::new(b"Hello").unwrap();
    let response = slots.respond(Slot::Short, &challenge, &mut finger);
    drop(slots);

    let expected = bytes("bbb868871fb08ef67db893010e42d2120a476d99");
    assert_eq!(response.unwrap().to_vec(), expected);
    let expected = reports(&["48656c6c6f000080", "0030f2e000000089", "00000000000000ff"]);
    assert_eq!(device.written, expected);
    assert_eq!((finger.asked, finger.over), (0, 0));
}

#[test]
fn an_answer_has_as_many_bytes_as_were_asked_for_and_no_checksum() {
    let mut device = Device {
        answers: [pieces("00bc614ec804")].into(),
        ..Device::default()
    };
    let mut finger = Finger::default();
    let mut transport = HidTransport::new(&mut device);
    let answer = transport.ask(SlotCommand::Serial, &[], 4, false, &mut finger);
    assert_eq!(answer.unwrap().to_vec(), bytes("00bc614e"));
}

#[test]
fn a_message_of_64_bytes_goes_in_ten_pieces() {
    let message = frame(SlotCommand::ChallengeLong, &[0xAA; 64]);
    assert_eq!(message[..64], [0xAA; 64]);
    assert_eq!(message[64], 0x38);
    assert_eq!(crc::checksum(&message[..64]).to_le_bytes(), message[65..67]);
    assert_eq!(message[67..], [0; 3]);
    let mut device = Device {
        answers: [pieces(HELLO)].into(),
        status: Device::status(1, 0x02),
        ..Device::default()
    };
    let mut slots = Slots::over_reports(&mut device).unwrap();
    let challenge = Challenge::new(&[0xAA; 63]).unwrap();
    slots
        .respond(Slot::Long, &challenge, &mut Finger::default())
        .unwrap();
    drop(slots);
    let marks: Vec<u8> = device.written.iter().map(|report| report[7]).collect();
    let expected = [
        0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0xFF,
    ];
    assert_eq!(marks, expected);
}

#[test]
fn a_touch_is_waited_for_and_its_end_is_said() {
    let mut answer = reports(&["000000000000002f", "000000000000002e", "000000000000002d"]);
    answer.extend(pieces(HELLO));
    let mut device = Device {
        answers: [answer].into(),
        status: Device::status(1, 0x05),
        ..Device::default()
    };
    let mut finger = Finger::default();

    let mut slots = Slots::over_reports(&mut device).unwrap();
    let challenge = Challenge::new(b"Hello").unwrap();
    let response = slots.respond(Slot::Short, &challenge, &mut finger);

    assert!(response.is_ok());
    assert_eq!((finger.asked, finger.over), (3, 1));
}

#[test]
fn a_touch_that_does_not_come_ends_by_the_token_or_by_the_holder() {
    let waiting = reports(&["000000000000002f", "0000000000000021"]);
    for patience in [None, Some(1)] {
        let mut device = Device {
            answers: [waiting.clone()].into(),
            status: Device::status(1, 0x05),
            ..Device::default()
        };
        let mut finger = Finger {
            patience,
            ..Finger::default()
        };
        let mut slots = Slots::over_reports(&mut device).unwrap();
        let challenge = Challenge::new(b"Hello").unwrap();
        let response = slots.respond(Slot::Short, &challenge, &mut finger);
        assert_eq!(response.err(), Some(TokenError::NotTouched));
        drop(slots);
        assert_eq!((finger.asked, finger.over), (2, 1));
        // The holder's patience ended first: the token is told to stop waiting.
        let told = device.written.last() == Some(&RESET);
        assert_eq!(told, patience.is_some());
    }
}

#[test]
fn a_change_is_seen_by_the_count_and_otherwise_refused() {
    let deleted = |after: [u8; 8]| {
        let busy = reports(&["0000000000000080", "0000000000000080"]);
        let mut device = Device {
            answers: [[busy, vec![after, after]].concat()].into(),
            status: Device::status(7, 0x05),
            ..Device::default()
        };
        let result = Slots::over_reports(&mut device)
            .unwrap()
            .delete(Slot::Short, None);
        let marks: Vec<u8> = device.written.iter().map(|report| report[7]).collect();
        // 58 zeros: nothing between the first piece and the last.
        assert_eq!(marks, [0x80, 0x89]);
        result
    };
    assert_eq!(deleted(Device::status(0, 0x00)), Ok(()));
    assert_eq!(deleted(Device::status(8, 0x0A)), Ok(()));
    let refused = Err(TokenError::NotTaken {
        what: "the change of a button",
    });
    assert_eq!(deleted(Device::status(7, 0x05)), refused);
    // Only PC/SC forgets to count.
    assert_eq!(deleted(Device::status(7, 0x00)), refused);
}

#[test]
fn a_token_that_never_takes_or_never_answers_is_given_up() {
    let mut device = Device {
        stuck: true,
        ..Device::default()
    };
    let timed_out = Some(TokenError::Card(CardError::TimedOut));
    assert_eq!(Slots::over_reports(&mut device).err(), timed_out);
    assert_eq!(device.pauses, LOOKS_FOR_ROOM);

    let busy = [[0, 0, 0, 0, 0, 0, 0, 0x80]; 200];
    let mut device = Device {
        answers: [busy.to_vec()].into(),
        status: Device::status(1, 0x01),
        ..Device::default()
    };
    let serial = Slots::over_reports(&mut device).unwrap().serial();
    assert_eq!(serial.err(), timed_out);
    assert_eq!(device.pauses, LOOKS_FOR_ANSWER);
}

#[test]
fn a_piece_that_is_seen_twice_counts_once() {
    let mut answer = pieces(HELLO);
    answer.insert(2, answer[1]);
    answer.insert(2, answer[1]);
    let ask = |answer: Vec<[u8; 8]>| {
        let mut device = Device {
            answers: [answer].into(),
            ..Device::default()
        };
        let mut transport = HidTransport::new(&mut device);
        let mut finger = Finger::default();
        transport.ask(
            SlotCommand::ChallengeShort,
            b"Hello",
            20,
            false,
            &mut finger,
        )
    };
    let expected = bytes("bbb868871fb08ef67db893010e42d2120a476d99");
    assert_eq!(ask(answer.clone()).unwrap().to_vec(), expected);
    // But not for ever.
    let again = [answer[1]; 200];
    answer.splice(2..2, again);
    assert!(ask(answer).is_err());
}

#[test]
fn a_damaged_answer_is_not_believed() {
    let wrong_sum = pieces("00bc614fc804");
    let mut shuffled = pieces(HELLO);
    shuffled.swap(1, 2);
    let cut_off = vec![pieces(HELLO)[0], Device::status(1, 1)];
    let endless = (0..40_u8).map(|number| [1, 1, 1, 1, 1, 1, 1, 0x40 | (number & 0x1F)]);
    for answer in [wrong_sum, shuffled, cut_off, endless.collect()] {
        let mut device = Device {
            answers: [answer].into(),
            status: Device::status(1, 0x01),
            ..Device::default()
        };
        let serial = Slots::over_reports(&mut device).unwrap().serial();
        let unintelligible = matches!(serial, Err(TokenError::Unintelligible { .. }));
        assert!(unintelligible, "{serial:?}");
    }
}

#[test]
fn a_token_without_a_visible_serial_number_has_none() {
    let mut device = Device {
        answers: [vec![]].into(),
        status: Device::status(1, 0x01),
        ..Device::default()
    };
    let serial = Slots::over_reports(&mut device).unwrap().serial();
    assert_eq!(serial, Ok(None));
}

#[test]
fn unplugging_at_any_report_is_an_ordinary_error() {
    let attempt = |removed_after| {
        let mut answer = reports(&["0000000000000080", "000000000000002f"]);
        answer.extend(pieces(HELLO));
        let mut device = Device {
            answers: [answer].into(),
            status: Device::status(1, 0x05),
            removed_after,
            ..Device::default()
        };
        let mut finger = Finger::default();
        let result = Slots::over_reports(&mut device).and_then(|mut slots| {
            let challenge = Challenge::new(b"Hello").unwrap();
            slots.respond(Slot::Short, &challenge, &mut finger)
        });
        assert_eq!(finger.over, usize::from(finger.asked > 0));
        (result.map(|_| ()), device.exchanges)
    };
    let (whole, exchanges) = attempt(None);
    assert_eq!(whole, Ok(()));
    for removed_after in 0..exchanges {
        let (result, _) = attempt(Some(removed_after));
        let removed = Err(TokenError::Card(CardError::Removed));
        assert_eq!(result, removed, "after {removed_after}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_a_token_shows_ends_without_a_panic(
        shown in proptest::collection::vec(proptest::array::uniform8(proptest::num::u8::ANY), 0..80),
    ) {
        let mut device = Device {
            answers: [shown].into(),
            status: Device::status(1, 0x05),
            ..Device::default()
        };
        let mut finger = Finger { patience: Some(20), ..Finger::default() };
        let mut slots = Slots::over_reports(&mut device).unwrap();
        let challenge = Challenge::new(b"Hello").unwrap();
        let response = slots.respond(Slot::Short, &challenge, &mut finger);
        // A checksum of 16 bits over noise: never by chance in so few cases.
        proptest::prop_assert!(response.is_err());
    }
}
