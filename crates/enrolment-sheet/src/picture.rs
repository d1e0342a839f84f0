//! The QR code as a picture, for a screen or a label printer.

use crate::Sheet;
use crate::code::{Code, QUIET_ZONE};
use zeroize::Zeroizing;

/// Pixels along the side of a module. With 8, each module is a byte a row.
const SCALE: usize = 8;
const DARK: u8 = 0x00;
const LIGHT: u8 = 0xff;

/// What a PNG file has besides its pixels, in bytes; generously.
const OVERHEAD: usize = 4096;

/// The QR code with its quiet zone: PNG, black and white, 8 pixels a module.
///
/// The picture carries no name; that would be one more thing to tell whose secret it is.
/// `None` if the URI is too long for any QR code.
pub fn png(sheet: &Sheet<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let pixels = pixels(&Code::of(sheet.uri)?);
    let side = pixels.width.saturating_mul(SCALE);
    let side = u32::try_from(side).ok()?;
    // Compressing makes it smaller, so this does not grow.
    let room = pixels.bits.len().saturating_add(OVERHEAD);
    let mut file = Zeroizing::new(Vec::with_capacity(room));
    let mut encoder = png::Encoder::new(&mut *file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels.bits).ok()?;
    writer.finish().ok()?;
    Some(file)
}

struct Pixels {
    /// Modules along a side, and bytes in a row.
    width: usize,
    bits: Zeroizing<Vec<u8>>,
}

fn pixels(code: &Code) -> Pixels {
    let width = code.full_width();
    let size = width.saturating_mul(width).saturating_mul(SCALE);
    let mut bits = Zeroizing::new(Vec::with_capacity(size));
    let margin = width.saturating_mul(SCALE).saturating_mul(QUIET_ZONE);
    bits.extend(std::iter::repeat_n(LIGHT, margin));
    for row in code.rows() {
        for _ in 0..SCALE {
            bits.extend([LIGHT; QUIET_ZONE]);
            bits.extend(row.iter().map(|dark| if *dark { DARK } else { LIGHT }));
            bits.extend([LIGHT; QUIET_ZONE]);
        }
    }
    bits.extend(std::iter::repeat_n(LIGHT, margin));
    Pixels { width, bits }
}
