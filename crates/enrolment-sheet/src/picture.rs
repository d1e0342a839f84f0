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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Steps;

    const SHEET: Sheet<'_> = Sheet {
        user: "alice",
        host_or_issuer: "web1",
        device_label: "phone",
        uri: "otpauth://totp/web1:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=web1",
        grouped_secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
        parameters: &[],
        recovery_codes: &[],
        steps: Steps::Activated,
        created: "2026-11-23",
    };

    #[test]
    fn a_module_is_eight_pixels_in_black_and_white_with_the_whole_quiet_zone() {
        let file = png(&SHEET).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file.as_slice()))
            .read_info()
            .unwrap();
        let mut bits = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bits).unwrap();

        let modules = Code::of(SHEET.uri).unwrap().width() + 2 * 4;
        assert_eq!(usize::try_from(frame.width).unwrap(), modules * 8);
        assert_eq!(
            (frame.width, frame.bit_depth),
            (frame.height, png::BitDepth::One)
        );
        let row = |number: usize| &bits[number * modules..][..modules];
        assert!((0..32).all(|number| row(number).iter().all(|byte| *byte == LIGHT)));
        // The upper edge of a finder pattern.
        assert_eq!(
            row(32)[..12],
            [[LIGHT; 4], [DARK; 4], [DARK, DARK, DARK, LIGHT]].concat()
        );
    }

    #[test]
    fn the_file_stays_in_the_room_it_was_given() {
        let file = png(&SHEET).unwrap();
        assert_eq!(
            file.capacity(),
            pixels(&Code::of(SHEET.uri).unwrap()).bits.len() + OVERHEAD
        );
    }
}
