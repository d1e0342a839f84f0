//! A QR code made of characters.
//!
//! Error correction L and as narrow a margin as is needed, so that an ordinary key URI, drawn
//! with half blocks, fits 80 columns and 24 lines with the secret and a question below it.

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// The margin that scanners are content with on screens, in modules (the standard says 4).
const MARGIN: usize = 2;
/// The margin on a terminal that is a little too small.
const NARROW_MARGIN: usize = 1;

/// Lines that stand below the code: the secret, a hint, a question.
const LINES_BELOW: usize = 3;

/// What modules are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pencil {
    /// Half blocks, two modules in a character, for dark backgrounds.
    HalfBlocks,
    /// Half blocks in black on white, asked for by escape codes.
    ColouredHalfBlocks,
    /// Full blocks, two characters a module: the Linux console has no half blocks.
    FullBlocks,
    /// Number signs, two characters a module: for lines that carry ASCII only.
    Ascii,
}

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// With what.
    pub pencil: Pencil,
    /// Columns and lines of the terminal, if known.
    pub size: Option<(usize, usize)>,
    /// What the way to the terminal takes in one piece, bytes, if that is limited. A picture
    /// in full blocks has up to six for each module, and how many are lit is chance.
    pub most_bytes: Option<usize>,
}

/// Draws `text`; `None` if it does not fit, or is too long for any QR code.
pub fn draw(text: &str, canvas: Canvas) -> Option<Zeroizing<String>> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::L).ok()?;
    let modules = code.to_colors();
    let margins = [MARGIN, NARROW_MARGIN].into_iter();
    let mut drawings = margins
        .filter(|margin| fits(code.width(), *margin, canvas))
        .map(|margin| {
            let picture = Picture {
                width: code.width(),
                modules: &modules,
                margin,
            };
            match canvas.pencil {
                Pencil::HalfBlocks => picture.in_half_blocks(false),
                Pencil::ColouredHalfBlocks => picture.in_half_blocks(true),
                Pencil::FullBlocks => picture.in_pairs("██"),
                Pencil::Ascii => picture.in_pairs("##"),
            }
        });
    drawings.find(|drawing| canvas.most_bytes.is_none_or(|most| drawing.len() <= most))
}

fn fits(width: usize, margin: usize, canvas: Canvas) -> bool {
    let side = width.saturating_add(margin.saturating_mul(2));
    let (wide, high) = match canvas.pencil {
        Pencil::HalfBlocks | Pencil::ColouredHalfBlocks => (side, side.div_ceil(2)),
        Pencil::FullBlocks | Pencil::Ascii => (side.saturating_mul(2), side),
    };
    let high = high.saturating_add(LINES_BELOW);
    canvas
        .size
        .is_none_or(|(columns, lines)| wide <= columns && high <= lines)
}

struct Picture<'a> {
    width: usize,
    modules: &'a [Color],
    margin: usize,
}

impl Picture<'_> {
    fn side(&self) -> usize {
        self.width.saturating_add(self.margin.saturating_mul(2))
    }

    /// The margin, and everything outside, is light.
    fn is_dark(&self, column: usize, line: usize) -> bool {
        let inside = |place: usize| place.checked_sub(self.margin).filter(|at| *at < self.width);
        let place = inside(line).zip(inside(column)).and_then(|(line, column)| {
            let place = line.checked_mul(self.width)?.checked_add(column)?;
            self.modules.get(place)
        });
        place == Some(&Color::Dark)
    }

    fn canvas(&self) -> Zeroizing<String> {
        let side = self.side();
        let room = side.saturating_mul(side).saturating_mul(6);
        Zeroizing::new(String::with_capacity(room.saturating_add(1024)))
    }

    fn in_half_blocks(&self, coloured: bool) -> Zeroizing<String> {
        let mut drawing = self.canvas();
        for line in (0..self.side()).step_by(2) {
            if coloured {
                drawing.push_str("\x1b[30;47m");
            }
            for column in 0..self.side() {
                // On a dark background the light modules are drawn; in black on white, the
                // dark ones.
                let upper = self.is_dark(column, line) == coloured;
                let lower = self.is_dark(column, line.saturating_add(1)) == coloured;
                drawing.push(match (upper, lower) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            if coloured {
                drawing.push_str("\x1b[0m");
            }
            drawing.push('\n');
        }
        drawing
    }

    /// Two characters a module, so that it is about square; light ones drawn.
    fn in_pairs(&self, light: &str) -> Zeroizing<String> {
        let mut drawing = self.canvas();
        for line in 0..self.side() {
            for column in 0..self.side() {
                drawing.push_str(if self.is_dark(column, line) {
                    "  "
                } else {
                    light
                });
            }
            drawing.push('\n');
        }
        drawing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str =
        "otpauth://totp/web1:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=web1";

    fn drawn(text: &str, pencil: Pencil, size: (usize, usize)) -> Option<Zeroizing<String>> {
        let size = Some(size);
        draw(
            text,
            Canvas {
                pencil,
                size,
                most_bytes: None,
            },
        )
    }

    #[test]
    fn an_ordinary_uri_fits_80_by_24_with_three_lines_below() {
        let drawing = drawn(URI, Pencil::HalfBlocks, (80, 24)).unwrap();
        assert!(drawing.lines().count() + 3 <= 24);
        assert!(drawing.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn colours_and_no_colours_are_negatives_of_each_other() {
        let plain = drawn(URI, Pencil::HalfBlocks, (80, 24)).unwrap();
        let coloured = drawn(URI, Pencil::ColouredHalfBlocks, (80, 24)).unwrap();
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
    fn ascii_is_ascii_and_full_blocks_are_the_same_picture() {
        let ascii = draw(
            URI,
            Canvas {
                pencil: Pencil::Ascii,
                size: None,
                most_bytes: None,
            },
        )
        .unwrap();
        let blocks = draw(
            URI,
            Canvas {
                pencil: Pencil::FullBlocks,
                size: None,
                most_bytes: None,
            },
        )
        .unwrap();
        assert!(ascii.is_ascii());
        assert_eq!(*ascii, blocks.replace('█', "#"));
        let side = ascii.lines().count();
        assert!(ascii.lines().all(|line| line.len() == side * 2));
    }

    #[test]
    fn what_must_be_short_gets_a_narrow_margin_before_it_gets_nothing() {
        let within = |most| {
            let canvas = Canvas {
                pencil: Pencil::FullBlocks,
                size: None,
                most_bytes: Some(most),
            };
            draw(URI, canvas).map(|drawing| (drawing.len(), drawing.lines().count()))
        };
        let (wide, lines) = within(usize::MAX).unwrap();
        assert_eq!(within(wide), Some((wide, lines)));
        let (narrow, fewer) = within(wide - 1).unwrap();
        assert_eq!(fewer, lines - 2);
        assert_eq!(within(narrow - 1), None);
    }

    #[test]
    fn a_terminal_that_is_too_small_gets_no_half_picture() {
        assert!(drawn(URI, Pencil::HalfBlocks, (40, 24)).is_some());
        assert!(drawn(URI, Pencil::HalfBlocks, (80, 20)).is_none());
        assert!(drawn(URI, Pencil::HalfBlocks, (30, 50)).is_none());
        assert!(drawn(URI, Pencil::Ascii, (80, 24)).is_none());
        let long = "x".repeat(5000);
        assert!(drawn(&long, Pencil::HalfBlocks, (10_000, 10_000)).is_none());
    }
}
