//! Programs of the desktop that hand a picture over: of the clipboard, or of the screen.
//!
//! Which one is there depends on the desktop; the first that is installed and works is taken.
//! What they print is read up to a bound, and they are given ten seconds.

use super::picture::MOST_BYTES;
use crate::error::CommandError;
use std::io::{ErrorKind, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;
use zeroize::Zeroizing;

/// A person may have to choose a part of the screen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a picture is to come from.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// What was copied.
    ClipboardPicture,
    /// What is on the screen.
    Screen,
}

impl Source {
    /// The programs, with the variable that must be set for each.
    fn programs(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::ClipboardPicture => &[
                ("WAYLAND_DISPLAY", &["wl-paste", "--type", "image/png"]),
                (
                    "DISPLAY",
                    &[
                        "xclip",
                        "-selection",
                        "clipboard",
                        "-target",
                        "image/png",
                        "-out",
                    ],
                ),
            ],
            Self::Screen => &[
                ("WAYLAND_DISPLAY", &["grim", "-"]),
                ("DISPLAY", &["maim"]),
                ("DISPLAY", &["scrot", "-"]),
                ("DISPLAY", &["import", "-window", "root", "png:-"]),
            ],
        }
    }

    fn nothing_works(self) -> CommandError {
        match self {
            Self::ClipboardPicture => CommandError::refused(
                "no picture can be had from the clipboard",
                "Copy the picture first. It needs wl-paste (package wl-clipboard) or xclip, and \
                 the desktop's own user; otherwise save it, and use --qr FILE",
            ),
            Self::Screen => CommandError::refused(
                "no picture can be taken of the screen",
                "It needs grim (Wayland), or maim, scrot or ImageMagick (X11), and the desktop's \
                 own user; otherwise save a picture, and use --qr FILE",
            ),
        }
    }
}

/// What the first program that works prints.
pub(crate) fn output_of(source: Source) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    for (variable, words) in source.programs() {
        if std::env::var_os(variable).is_none_or(|value| value.is_empty()) {
            continue;
        }
        match run(words) {
            Ok(Some(bytes)) if !bytes.is_empty() => return Ok(bytes),
            _ => {}
        }
    }
    Err(source.nothing_works())
}

/// What a program prints; `None` if it fails or takes too long.
fn run(words: &[&str]) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(ErrorKind::NotFound.into());
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let Some(output) = child.stdout.take() else {
        return Ok(None);
    };
    let (done, finished) = channel();
    std::thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        let read = output
            .take(MOST_BYTES.saturating_add(1))
            .read_to_end(&mut bytes);
        let _ = done.send(read.map(|_| bytes));
    });
    let read = finished.recv_timeout(PATIENCE);
    if read.is_err() {
        let _ = child.kill();
    }
    let status = child.wait()?;
    Ok(match read {
        Ok(bytes) if status.success() => Some(bytes?),
        _ => None,
    })
}
