//! The words of the command line, for the tokens here and for the one with real firmware.

use crate::touch::{Finger, Touch};
use std::net::SocketAddr;
use std::time::Duration;

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which kind of token.
    pub kind: String,
    /// Where vpcd listens.
    pub reader: SocketAddr,
    /// Version of the firmware.
    pub version: Option<(u8, u8, u8)>,
    /// Serial number.
    pub serial: u32,
    /// Over NFC rather than USB.
    pub nfc: bool,
    /// The finger at the beginning.
    pub finger: Finger,
    /// How long the token waits for it.
    pub patience: Duration,
}

/// How the words are written.
pub const USAGE: &str = "[--reader ADDRESS:PORT] [--version 5.4.3] [--serial NUMBER] [--nfc] \
    [--touch yes|no|MILLISECONDS] [--touch-timeout MILLISECONDS]";

impl Options {
    /// Reads the words after the program's name: the kind, then options.
    ///
    /// # Errors
    ///
    /// A sentence on the first word that is none of them.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            kind: words.next().ok_or("which kind of token?")?,
            // The port that Debian's vsmartcard-vpcd configures.
            reader: SocketAddr::from(([127, 0, 0, 1], 35963)),
            version: None,
            serial: 12_345_678,
            nfc: false,
            finger: Finger::Yes,
            patience: Duration::from_secs(15),
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            match word.as_str() {
                "--reader" => options.reader = parsed(&value()?)?,
                "--version" => options.version = Some(version(&value()?)?),
                "--serial" => options.serial = parsed(&value()?)?,
                "--nfc" => options.nfc = true,
                "--touch" => options.finger = Finger::parse(&value()?)?,
                "--touch-timeout" => {
                    options.patience = Duration::from_millis(parsed(&value()?)?);
                }
                _ => return Err(format!("unknown word: {word}")),
            }
        }
        Ok(options)
    }

    /// The place that is touched.
    pub fn touch(&self) -> Touch {
        Touch::new(self.finger, self.patience)
    }
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("cannot read {text}"))
}

fn version(text: &str) -> Result<(u8, u8, u8), String> {
    let parts: Result<Vec<u8>, _> = text.split('.').map(parsed).collect();
    match parts?.as_slice() {
        [major, minor, patch] => Ok((*major, *minor, *patch)),
        _ => Err(format!("a version is three numbers, not {text}")),
    }
}
