//! A QR code in a terminal: two modules in one character, with half blocks.
//!
//! Error correction L and as narrow a margin as is needed, so that an ordinary key URI fits
//! 80 columns and 24 lines with the secret and a question below it.

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// The margin that scanners are content with on screens, in modules (the standard says 4).
const MARGIN: usize = 2;
/// The margin on a terminal that is a little too small.
const NARROW_MARGIN: usize = 1;

/// Lines that stand below the code: the secret, a hint, a question.
const LINES_BELOW: usize = 3;

/// How to draw.
#[derive(Clone, Copy)]
pub(crate) struct Canvas {
    /// Whether black on white can be asked for. Without, the background is taken to be dark.
    pub(crate) colours: bool,
    /// Columns and lines, if known.
    pub(crate) size: Option<(usize, usize)>,
}

/// Draws `text`; `None` if it does not fit, or is too long for any QR code.
pub(crate) fn draw(text: &str, canvas: Canvas) -> Option<Zeroizing<String>> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::L).ok()?;
    let width = code.width();
    let modules = code.to_colors();
    let margin = [MARGIN, NARROW_MARGIN]
        .into_iter()
        .find(|margin| fits(width, *margin, canvas.size))?;
    let side = width.saturating_add(margin.saturating_mul(2));
    let is_dark = |column: usize, line: usize| {
        let inside = |place: usize| place.checked_sub(margin).filter(|place| *place < width);
        let place = inside(line)
            .zip(inside(column))
            .and_then(|(line, column)| modules.get(line.checked_mul(width)?.checked_add(column)?));
        place == Some(&Color::Dark)
    };
    let mut drawing = Zeroizing::new(String::with_capacity(
        side.saturating_mul(side).saturating_mul(4),
    ));
    for line in (0..side).step_by(2) {
        if canvas.colours {
            drawing.push_str("\x1b[30;47m");
        }
        for column in 0..side {
            let below = line.saturating_add(1);
            // On a dark background the light modules are drawn; in black on white, the dark
            // ones. A line below the last one is margin.
            let upper = is_dark(column, line) == canvas.colours;
            let lower = (is_dark(column, below) && below < side) == canvas.colours;
            drawing.push(match (upper, lower) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        if canvas.colours {
            drawing.push_str("\x1b[0m");
        }
        drawing.push('\n');
    }
    Some(drawing)
}

fn fits(width: usize, margin: usize, size: Option<(usize, usize)>) -> bool {
    let side = width.saturating_add(margin.saturating_mul(2));
    let lines = side.div_ceil(2).saturating_add(LINES_BELOW);
    size.is_none_or(|(columns, rows)| side <= columns && lines <= rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str =
        "otpauth://totp/web1:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=web1";

    fn drawn(text: &str, colours: bool, size: (usize, usize)) -> Option<Zeroizing<String>> {
        let size = Some(size);
        draw(text, Canvas { colours, size })
    }

    #[test]
    fn an_ordinary_uri_fits_80_by_24_with_three_lines_below() {
        let drawing = drawn(URI, false, (80, 24)).unwrap();
        assert!(drawing.lines().count() + 3 <= 24);
        assert!(drawing.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn colours_and_no_colours_are_negatives_of_each_other() {
        let plain = drawn(URI, false, (80, 24)).unwrap();
        let coloured = drawn(URI, true, (80, 24)).unwrap();
        let stripped = coloured.replace("\x1b[30;47m", "").replace("\x1b[0m", "");
        let negative: String = stripped
            .chars()
            .map(|c| match c {
                '█' => ' ',
                ' ' => '█',
                '▀' => '▄',
                '▄' => '▀',
                other => other,
            })
            .collect();
        assert_eq!(*plain, negative);
    }

    #[test]
    fn a_terminal_that_is_too_small_gets_no_half_picture() {
        assert!(drawn(URI, false, (40, 24)).is_some());
        assert!(drawn(URI, false, (80, 20)).is_none());
        assert!(drawn(URI, false, (30, 50)).is_none());
        assert!(drawn(&"x".repeat(5000), false, (10_000, 10_000)).is_none());
    }
}
