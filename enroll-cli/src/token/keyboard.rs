//! A password as key presses, from the keyboard's own device.
//!
//! Characters depend on the layout of this machine, key presses do not: what is recorded here
//! is pressed by the button just so. The terminal hears the same keys, when the keyboard is its
//! own; it shows nothing meanwhile, and forgets them afterwards. Source: the kernel's
//! `input/input.rst` and `linux/input.h`.

use crate::error::CommandError;
use crate::hidden_input::HiddenInput;
use nix::sys::termios::{FlushArg, tcflush};
use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::time::Duration;
use token_drivers::slots::{Recorded, Recording, ScanCodes};
use zeroize::Zeroizing;

/// Type, code and value behind the time (bytes).
const EVENT_BYTES: usize = size_of::<libc::timeval>() + 8;
const TIME_BYTES: usize = size_of::<libc::timeval>();
/// The type of an event that is about a key.
const KEY: u16 = 1;
/// The terminal hears of a key a little later than the device tells.
const AFTERWARDS: Duration = Duration::from_millis(200);

/// An open keyboard.
pub(crate) struct Keyboard(File);

impl Keyboard {
    pub(crate) fn open(device: &Path) -> Result<Self, CommandError> {
        File::open(device).map(Self).map_err(|error| {
            CommandError::device(
                format!(
                    "the keyboard {} cannot be opened: {error}",
                    device.display()
                ),
                "As root, name one of /dev/input/by-path/...-kbd; over ssh there is none to record",
            )
        })
    }

    /// What is pressed until Enter.
    pub(crate) fn record(&mut self) -> Result<ScanCodes, CommandError> {
        let hidden = match std::io::stdin().is_terminal() {
            true => Some(HiddenInput::begin()?),
            false => None,
        };
        let recorded = self.until_enter();
        if hidden.is_some() {
            std::thread::sleep(AFTERWARDS);
            let _ = tcflush(std::io::stdin(), FlushArg::TCIFLUSH);
        }
        drop(hidden);
        recorded
    }

    fn until_enter(&mut self) -> Result<ScanCodes, CommandError> {
        let unusable = |what: String| CommandError::usage(what, "Begin again");
        let mut recording = Recording::default();
        loop {
            let mut event = Zeroizing::new([0; EVENT_BYTES]);
            self.0.read_exact(&mut *event).map_err(|error| {
                CommandError::device(
                    format!("the keyboard tells no more: {error}"),
                    "Is it a keyboard (/dev/input/by-path/...-kbd), and still plugged in?",
                )
            })?;
            let Some((kind, code, value)) = key_of(&*event) else {
                continue;
            };
            if kind != KEY {
                continue;
            }
            let more = recording.key(code, value);
            if more.map_err(|error| unusable(error.to_string()))? == Recorded::Finished {
                return recording
                    .finish()
                    .map_err(|error| unusable(error.to_string()));
            }
        }
    }
}

/// Type, code and value of an event.
fn key_of(event: &[u8]) -> Option<(u16, u16, i32)> {
    let behind = event.get(TIME_BYTES..)?;
    let (kind, behind) = behind.split_first_chunk::<2>()?;
    let (code, behind) = behind.split_first_chunk::<2>()?;
    let value = behind.first_chunk::<4>()?;
    Some((
        u16::from_ne_bytes(*kind),
        u16::from_ne_bytes(*code),
        i32::from_ne_bytes(*value),
    ))
}
