//! What a camera would see of a terminal: half blocks and colours as black and white.
//!
//! Knows as much of a terminal as `otpctl` may use: text, CR, LF, and `ESC [ ... m` for
//! black (30, 40), white (37, 47) and "as usual" (0). Everything else fails the test. An
//! untouched cell is black: the terminals of most administrators are dark.

use std::fs::File;
use std::io::Write;
use std::process::Command;

const COLUMNS: usize = 80;
const LINES: usize = 24;
/// Pixels along the side of one module, which is the upper or lower half of a cell.
const SCALE: usize = 8;

const BLACK: u8 = 0;
const WHITE: u8 = 255;
/// Letters are neither, and nothing that a scanner should find.
const LETTER: u8 = 128;

/// Upper and lower half of each cell, line by line.
pub(crate) struct Picture(Vec<Vec<(u8, u8)>>);

impl Picture {
    /// Takes the picture of what a program has written to an empty terminal of 80 columns
    /// and 24 lines. Fails if it does not fit.
    pub(crate) fn of(written: &str) -> Self {
        let lines = written.split('\n').count();
        assert!(lines <= LINES, "{lines} lines:\n{written}");
        Self::after_scrolling(written)
    }

    /// The same, but what does not fit has scrolled out at the top.
    pub(crate) fn after_scrolling(written: &str) -> Self {
        let mut lines = vec![Vec::new()];
        let (mut ink, mut paper) = (WHITE, BLACK);
        let mut characters = written.chars();
        while let Some(character) = characters.next() {
            let line = lines.last_mut().unwrap();
            match character {
                '\n' => lines.push(Vec::new()),
                '\r' => {}
                '\x1b' => {
                    let sequence: String = characters.by_ref().take_while(|c| *c != 'm').collect();
                    let numbers = sequence.strip_prefix('[').expect("only ESC [ ... m");
                    for number in numbers.split(';') {
                        match number {
                            "" | "0" => (ink, paper) = (WHITE, BLACK),
                            "30" => ink = BLACK,
                            "37" => ink = WHITE,
                            "40" => paper = BLACK,
                            "47" => paper = WHITE,
                            other => panic!("an unexpected rendition: {other}"),
                        }
                    }
                }
                ' ' => line.push((paper, paper)),
                '█' => line.push((ink, ink)),
                '▀' => line.push((ink, paper)),
                '▄' => line.push((paper, ink)),
                other => {
                    assert!(!other.is_control(), "an unexpected {other:?}");
                    line.push((LETTER, paper));
                }
            }
        }
        let scrolled = lines.len().saturating_sub(LINES);
        lines.drain(..scrolled);
        let widest = lines.iter().map(Vec::len).max().unwrap_or(0);
        assert!(widest <= COLUMNS, "{widest} columns:\n{written}");
        lines.resize(LINES, Vec::new());
        for line in &mut lines {
            line.resize(COLUMNS, (BLACK, BLACK));
        }
        Self(lines)
    }

    /// What a scanner reads in it; empty if it finds nothing.
    pub(crate) fn scanned(&self) -> String {
        let path = "/tmp/screen.pgm";
        let (width, height) = (COLUMNS * SCALE, LINES * 2 * SCALE);
        let mut pixels = Vec::with_capacity(width * height);
        for line in &self.0 {
            for half in [0, 1] {
                let shade = |cell: &(u8, u8)| if half == 0 { cell.0 } else { cell.1 };
                let row: Vec<u8> = line.iter().flat_map(|cell| [shade(cell); SCALE]).collect();
                pixels.extend(row.repeat(SCALE));
            }
        }
        let mut file = File::create(path).unwrap();
        write!(file, "P5\n{width} {height}\n255\n").unwrap();
        file.write_all(&pixels).unwrap();
        let output = Command::new("zbarimg")
            .args(["--raw", "-q", path])
            .output()
            .expect("zbarimg is installed");
        String::from_utf8(output.stdout).unwrap().trim_end().into()
    }
}
