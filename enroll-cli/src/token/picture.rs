//! A key URI from a QR code on a picture: a file, what was copied, or the screen.
//!
//! Pictures come from anywhere, so their size is bounded before they are unpacked. Screens
//! show codes small, dark on light or light on dark; what is not read at once is tried larger,
//! smaller, inverted, turned and with its contrast stretched.

use super::programs::{Source, output_of};
use crate::error::CommandError;
use image::imageops::{self, FilterType};
use image::{GrayImage, ImageError, ImageReader, Limits};
use rqrr::PreparedImage;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;
use zeroize::{Zeroize, Zeroizing};

/// A larger file is no picture of a QR code (bytes).
pub(crate) const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// The longest side (pixels): two of the largest screens side by side.
const LONGEST_SIDE: u32 = 16_384;
/// The most pixels: 16,384 by 4,096. Each way of looking makes a copy.
const MOST_PIXELS: u64 = 67_108_864;
/// A picture made for it keeps the search busy for hours: its time grows with the third power
/// of how many corners of QR codes there seem to be.
const PATIENCE: Duration = Duration::from_secs(15);
/// What unpacking may take (bytes): 16,384 by 4,096 pixels with four bytes each.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// A picture above this is not tried enlarged (pixels).
const ENLARGED_BELOW: u64 = 8_000_000;

/// The key URI in a picture file; `-` is standard input.
pub(crate) fn key_uri_in_file(path: &Path) -> Result<Zeroizing<String>, CommandError> {
    let unreadable = |error: std::io::Error| {
        CommandError::usage(
            format!("the picture cannot be read: {error}"),
            "Name a PNG or JPEG file, or - for standard input",
        )
    };
    let mut bytes = Zeroizing::new(Vec::new());
    let most = MOST_BYTES.saturating_add(1);
    if path == Path::new("-") {
        let input = std::io::stdin().lock();
        input.take(most).read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(most).read_to_end(&mut bytes)
    }
    .map_err(unreadable)?;
    key_uri(&bytes)
}

/// The key URI in the picture that was copied.
pub(crate) fn key_uri_in_clipboard() -> Result<Zeroizing<String>, CommandError> {
    key_uri(&output_of(Source::ClipboardPicture)?)
}

/// The key URI on the screen.
pub(crate) fn key_uri_on_screen() -> Result<Zeroizing<String>, CommandError> {
    key_uri(&output_of(Source::Screen)?)
}

/// The one key URI in a picture.
fn key_uri(bytes: &[u8]) -> Result<Zeroizing<String>, CommandError> {
    let texts = texts_in_time(unpack(bytes)?)?;
    let is = |text: &str, scheme: &str| {
        let start = text.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    let mut uris = texts.iter().filter(|text| is(text, "otpauth://"));
    match (uris.next(), uris.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(_), Some(_)) => Err(CommandError::usage(
            "there are several key URIs in the picture",
            "Cut it so that only one QR code is left",
        )),
        (None, _) if texts.iter().any(|text| is(text, "otpauth-migration://")) => {
            Err(CommandError::usage(
                "the QR code is an export of several accounts (otpauth-migration), not of one",
                "Show the QR code of the one account, or type its secret",
            ))
        }
        (None, _) if texts.is_empty() => Err(CommandError::usage(
            "no QR code was found in the picture",
            "Make it larger and sharper, with a light margin around it; or type the secret",
        )),
        (None, _) => Err(CommandError::usage(
            "the QR code in the picture is no key URI",
            "It has to begin with otpauth://, as authenticator apps are given it",
        )),
    }
}

/// What is found in a picture, if that does not take too long.
fn texts_in_time(mut picture: GrayImage) -> Result<Vec<Zeroizing<String>>, CommandError> {
    let (done, finished) = channel();
    // The library that searches panics at some pictures; that is for `texts` to catch, and
    // nobody has to read it.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::spawn(move || {
        let found = texts(&picture);
        picture.as_flat_samples_mut().samples.zeroize();
        // If nobody waits any more, the command is at its end.
        let _ = done.send(found);
    });
    match finished.recv_timeout(PATIENCE) {
        Ok(found) => {
            std::panic::set_hook(hook);
            Ok(found)
        }
        // The search goes on until the command ends, which is at once.
        Err(_) => Err(CommandError::usage(
            "there is too much in the picture to find a QR code in time",
            "Cut it so that only the QR code is left; or type the secret",
        )),
    }
}

/// The grey values of a picture.
fn unpack(bytes: &[u8]) -> Result<GrayImage, CommandError> {
    let remedy = "Give a PNG or JPEG picture of up to 64 MiB, 67 million pixels, and 16384 a side";
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
        return Err(CommandError::usage("the picture is too large", remedy));
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let (width, height) = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()?
        .into_dimensions()
        .unwrap_or_default();
    if u64::from(width).saturating_mul(u64::from(height)) > MOST_PIXELS {
        return Err(CommandError::usage("the picture is too large", remedy));
    }
    let unpacked = reader.decode().map_err(|error| {
        let what = match error {
            ImageError::Limits(_) => "the picture is too large",
            ImageError::Unsupported(_) => "the picture is neither PNG nor JPEG",
            _ => "the picture is damaged",
        };
        CommandError::usage(what, remedy)
    })?;
    Ok(unpacked.into_luma8())
}

/// Every text in a QR code on the picture, each once. The first way of looking that finds one
/// ends the search.
fn texts(picture: &GrayImage) -> Vec<Zeroizing<String>> {
    let (width, height) = picture.dimensions();
    let area = u64::from(width).saturating_mul(u64::from(height));
    let scaled = |numerator: u32, denominator: u32| {
        let side = |length: u32| {
            let wanted = length.saturating_mul(numerator).checked_div(denominator);
            wanted.unwrap_or(length).max(1)
        };
        imageops::resize(picture, side(width), side(height), FilterType::Triangle)
    };
    let enlarged = |factor| (area <= ENLARGED_BELOW).then(|| scaled(factor, 1));
    let inverted = || {
        let mut copy = picture.clone();
        imageops::invert(&mut copy);
        copy
    };
    let ways: [&dyn Fn() -> Option<GrayImage>; 9] = [
        &|| Some(picture.clone()),
        &|| Some(inverted()),
        &|| enlarged(2),
        &|| enlarged(3),
        &|| Some(scaled(1, 2)),
        &|| Some(imageops::rotate90(picture)),
        &|| Some(stretched(picture)),
        &|| Some(imageops::fast_blur(picture, 1.0)),
        &|| enlarged(2).map(|large| imageops::rotate90(&large)),
    ];
    for way in ways {
        let Some(mut seen) = way() else { continue };
        let search = AssertUnwindSafe(|| texts_at_once(&seen));
        let found = catch_unwind(search).unwrap_or_default();
        seen.as_flat_samples_mut().samples.zeroize();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// What a single look finds.
fn texts_at_once(picture: &GrayImage) -> Vec<Zeroizing<String>> {
    let (width, height) = picture.dimensions();
    let (Ok(wide), Ok(high)) = (usize::try_from(width), usize::try_from(height)) else {
        return Vec::new();
    };
    let value = |x: usize, y: usize| {
        let place = y.checked_mul(wide).and_then(|row| row.checked_add(x));
        let value = place.and_then(|place| picture.as_raw().get(place));
        value.copied().unwrap_or(u8::MAX)
    };
    let mut prepared = PreparedImage::prepare_from_greyscale(wide, high, value);
    let mut found: Vec<Zeroizing<String>> = Vec::new();
    for grid in prepared.detect_grids() {
        // What cannot be corrected is no text.
        let Ok((_, text)) = grid.decode() else {
            continue;
        };
        let text = Zeroizing::new(text);
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// The darkest grey becomes black and the lightest white.
fn stretched(picture: &GrayImage) -> GrayImage {
    let darkest = picture.as_raw().iter().min().copied().unwrap_or(0);
    let lightest = picture.as_raw().iter().max().copied().unwrap_or(u8::MAX);
    let range = u32::from(lightest.saturating_sub(darkest)).max(1);
    let mut copy = picture.clone();
    for value in copy.iter_mut() {
        let above = u32::from(value.saturating_sub(darkest)).saturating_mul(255);
        let wider = above.checked_div(range).unwrap_or(255);
        *value = u8::try_from(wider).unwrap_or(u8::MAX);
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A side in pixels, and the checksum of a head that says so.
    const SIDES: [(u32, u32); 2] = [(65_535, 0x936e_868c), (16_384, 0x8ca3_4f58)];

    #[test]
    fn what_is_no_picture_is_said_to_be_none() {
        for (bytes, what) in [
            (&b"otpauth://totp/a?secret=GEZDGNBV"[..], "neither PNG nor"),
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "damaged"),
            (&b""[..], "neither PNG nor JPEG"),
        ] {
            let error = key_uri(bytes).err().unwrap();
            assert_eq!(error.exit_status(), 2);
            assert!(error.what().contains(what), "{}", error.what());
        }
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked() {
        // Honest heads of PNGs, 65,535 pixels a side, and 16,384; and next to nothing behind.
        for (side, sum) in SIDES {
            let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            head.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
            head.extend(b"\x08\0\0\0\0");
            head.extend(u32::to_be_bytes(sum));
            head.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
            let error = key_uri(&head).err().unwrap();
            assert_eq!(error.what(), "the picture is too large", "{side}");
        }
    }

    #[test]
    fn a_white_picture_has_no_qr_code() {
        let mut bytes = Cursor::new(Vec::new());
        let white = GrayImage::from_pixel(80, 80, image::Luma([255]));
        white.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let error = key_uri(bytes.get_ref()).err().unwrap();
        assert!(error.what().contains("no QR code"), "{}", error.what());
    }
}
