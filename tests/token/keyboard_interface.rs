//! The keyboard interface of a YubiKey, in memory: 8-byte feature reports on one side, the
//! slots of the virtual token on the other.
//!
//! Linux would need `uhid`, which a private machine does not have. So this is the device's
//! half of the framing, written from Yubico's `ykdef.h` and not from our driver; what happens
//! behind it, happens on the token. Source of the framing: Yubico, ykcore.c.

use pam_otp_tests::PcscCard;
use token_drivers::slots::FeatureReports;
use token_drivers::{Card, CardError};

const SELECT: &[u8] = &[0, 0xA4, 4, 0, 7, 0xA0, 0, 0, 5, 0x27, 0x20, 1, 0];
/// What is sent: 64 bytes, the command, a checksum, three more.
const FRAME: usize = 70;

pub(crate) struct KeyboardInterface {
    card: PcscCard,
    frame: [u8; FRAME],
    /// Pieces of an answer that wait to be read.
    answer: Vec<[u8; 8]>,
    pub(crate) pauses: usize,
}

impl KeyboardInterface {
    pub(crate) fn of(mut card: PcscCard) -> Self {
        card.exchange(SELECT).expect("it has slots");
        Self {
            card,
            frame: [0; FRAME],
            answer: Vec::new(),
            pauses: 0,
        }
    }

    /// Version, sequence of writes, state of the slots: always there when nothing else is.
    fn status(&mut self) -> Result<[u8; 8], CardError> {
        let status = self.card.exchange(&[0, 3, 0, 0, 0])?;
        let mut report = [0; 8];
        report[1..7].copy_from_slice(&status[..6]);
        Ok(report)
    }

    fn obey(&mut self) -> Result<(), CardError> {
        let (payload, rest) = self.frame.split_at(64);
        let sent = u16::from_le_bytes([rest[1], rest[2]]);
        let command = rest[0];
        // A frame that came apart is not obeyed, and nobody says so.
        if sent != crc(payload) {
            return Ok(());
        }
        let length = match command {
            0x01 | 0x03 | 0x04 | 0x05 => 58,
            0x06 => 6,
            0x12 => 51,
            0x30 | 0x38 => 64,
            _ => 0,
        };
        let mut apdu = vec![0, 1, command, 0];
        if length > 0 {
            apdu.push(u8::try_from(length).expect("short"));
            apdu.extend_from_slice(&payload[..length]);
        }
        apdu.push(0);
        let answer = self.card.exchange(&apdu)?;
        let (data, status) = answer.split_at(answer.len() - 2);
        // Writes are seen in the status report; a refusal is the status staying as it was.
        if status == [0x90, 0] && matches!(command, 0x10 | 0x13 | 0x30 | 0x38) {
            self.answer = pieces(data);
        }
        Ok(())
    }
}

fn pieces(data: &[u8]) -> Vec<[u8; 8]> {
    let mut whole = data.to_vec();
    whole.extend((!crc(data)).to_le_bytes());
    let mut reports: Vec<[u8; 8]> = (0..)
        .zip(whole.chunks(7))
        .map(|(number, piece)| {
            let mut report = [0; 8];
            report[..piece.len()].copy_from_slice(piece);
            report[7] = 0x40 | number;
            report
        })
        .collect();
    // Number 0 once more says that this was all.
    reports.push([0, 0, 0, 0, 0, 0, 0, 0x40]);
    reports.reverse();
    reports
}

impl FeatureReports for KeyboardInterface {
    fn read(&mut self) -> Result<[u8; 8], CardError> {
        match self.answer.pop() {
            Some(report) => Ok(report),
            None => self.status(),
        }
    }

    fn write(&mut self, report: &[u8; 8]) -> Result<(), CardError> {
        match report[7] {
            // "Stop": whatever was going on is forgotten.
            0x8F | 0xFF => {
                self.answer.clear();
                self.frame = [0; FRAME];
            }
            number @ 0x80..=0x89 => {
                let at = usize::from(number & 0x1F) * 7;
                if at == 0 {
                    self.frame = [0; FRAME];
                }
                self.frame[at..at + 7].copy_from_slice(&report[..7]);
                if number == 0x89 {
                    self.obey()?;
                }
            }
            other => panic!("a report that no host sends: {other:02X}"),
        }
        Ok(())
    }

    fn pause(&mut self) {
        self.pauses += 1;
    }
}

/// CRC-16 of ISO/IEC 13239, not inverted.
fn crc(bytes: &[u8]) -> u16 {
    let mut crc = 0xFFFF_u16;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            let carry = crc & 1;
            crc >>= 1;
            if carry == 1 {
                crc ^= 0x8408;
            }
        }
    }
    crc
}
