//! One card in one reader, for one task: connected, in a transaction of our own, and let go.
//!
//! Other programs (gpg's scdaemon, browsers, ykman) use the same readers. A transaction keeps
//! them out from the first command to the last; without it one of them could select its own
//! application in between.

use super::readers::Reader;
use super::trouble::{for_a_driver, in_words};
use crate::error::CommandError;
use pcsc::{Card as Connected, Context, Disposition, Error, Protocols, ShareMode, Transaction};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use token_drivers::{Card, CardError};
use zeroize::{Zeroize, Zeroizing};

/// How long another program may keep the card.
const PATIENCE: Duration = Duration::from_secs(3);
const ROUND: Duration = Duration::from_millis(100);
/// After this long somebody is told that another program is waited for.
const SILENCE: Duration = Duration::from_secs(2);
/// And after this long it is given up.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The longest answer (bytes): an extended APDU's 65,536, and the status word.
const LONGEST_ANSWER: usize = 65_538;

/// Does one task with the card in a reader.
pub(crate) fn with_card<T>(
    service: &Context,
    reader: &Reader,
    task: impl FnOnce(&mut dyn Card) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    // Both calls wait while another program has a transaction.
    let waiting = Waiting::begin();
    let mut connected = connect(service, reader)?;
    let begun = begin(&mut connected);
    drop(waiting);
    let transaction = begun?;
    let mut card = PcscCard {
        transaction,
        answer: Zeroizing::new(vec![0; LONGEST_ANSWER]),
        answer_to_reset: reader.answer_to_reset.clone(),
    };
    let result = task(&mut card);
    // What a password has unlocked stays unlocked until the card is reset or another
    // application selected; nobody after us shall find it open. If the card is gone, so is that.
    let _ = card.transaction.end(Disposition::ResetCard);
    result
}

fn connect(service: &Context, reader: &Reader) -> Result<Connected, CommandError> {
    let since = Instant::now();
    loop {
        match service.connect(&reader.name, ShareMode::Shared, Protocols::ANY) {
            Ok(connected) => return Ok(connected),
            Err(Error::SharingViolation) if since.elapsed() < PATIENCE => {
                std::thread::sleep(ROUND);
            }
            Err(error) => return Err(in_words(error)),
        }
    }
}

fn begin(connected: &mut Connected) -> Result<Transaction<'_>, CommandError> {
    let mut connected = connected;
    // Another program may have reset the card since we connected, even twice.
    for _ in 0..3 {
        match connected.transaction2() {
            Ok(transaction) => return Ok(transaction),
            Err((again, Error::ResetCard)) => {
                connected = again;
                connected
                    .reconnect(ShareMode::Shared, Protocols::ANY, Disposition::LeaveCard)
                    .map_err(in_words)?;
            }
            Err((_, error)) => return Err(in_words(error)),
        }
    }
    Err(in_words(Error::SharingViolation))
}

/// pcscd lets us wait without end for another program's transaction. This says so, and ends the
/// command when it has taken too long; nothing was sent to the card by then.
struct Waiting {
    over: Option<Sender<()>>,
}

impl Waiting {
    fn begin() -> Self {
        let (over, waits) = channel::<()>();
        std::thread::spawn(move || {
            if waits.recv_timeout(SILENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            say("Another program is using the token; waiting for it (Ctrl-C to stop) ...");
            if waits.recv_timeout(LONGEST_WAIT) == Err(RecvTimeoutError::Timeout) {
                say("otpctl: another program does not let go of the token");
                say("        Close it (gpgconf --kill scdaemon; browsers, ykman) and try again");
                std::process::exit(i32::from(crate::error::DEVICE));
            }
        });
        Self { over: Some(over) }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.over.take();
    }
}

fn say(line: &str) {
    use std::io::Write;
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// A card that answers through PC/SC.
struct PcscCard<'a> {
    transaction: Transaction<'a>,
    answer: Zeroizing<Vec<u8>>,
    answer_to_reset: Vec<u8>,
}

impl PcscCard<'_> {
    /// Why an answer was empty: most often because the card was pulled out, which pcscd finds
    /// out a moment later.
    fn why_silent(&self) -> CardError {
        for _ in 0..10 {
            if let Err(error) = self.transaction.status2_owned() {
                return for_a_driver(error);
            }
            std::thread::sleep(ROUND);
        }
        CardError::NotAnAnswer { bytes: 0 }
    }
}

impl Card for PcscCard<'_> {
    fn exchange(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let length = self
            .transaction
            .transmit(command, &mut self.answer)
            .map_err(for_a_driver)?
            .len();
        if length == 0 {
            return Err(self.why_silent());
        }
        let Some(answer) = self.answer.get_mut(..length) else {
            return Err(CardError::NotAnAnswer { bytes: length });
        };
        let copy = Zeroizing::new(answer.to_vec());
        answer.zeroize();
        Ok(copy)
    }

    fn answer_to_reset(&self) -> Option<Vec<u8>> {
        Some(self.answer_to_reset.clone())
    }
}
