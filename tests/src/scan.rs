//! What a scanner reads in a QR code that was drawn with characters.

use std::io::Write;
use std::process::Command;

/// Pixels along the side of half a character cell.
const SCALE: usize = 6;

/// Photographs a drawing on a black terminal and scans it with zbarimg; empty if it finds
/// nothing. Understands half blocks, full blocks and number signs.
///
/// # Panics
///
/// If zbarimg is not installed.
pub fn scanned(drawing: &str) -> String {
    let lines: Vec<Vec<(bool, bool)>> = drawing
        .lines()
        .map(|line| line.chars().map(halves).collect())
        .collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    // A cell is twice as high as it is wide; a black margin is the terminal around it.
    let margin = 8;
    let (width, height) = (
        (columns + 2 * margin) * SCALE,
        (lines.len() + margin) * 2 * SCALE,
    );
    let mut pixels = vec![0_u8; width * height];
    for (line, cells) in lines.iter().enumerate() {
        for (column, (upper, lower)) in cells.iter().enumerate() {
            for (half, lit) in [upper, lower].into_iter().enumerate() {
                let top = ((line + margin / 2) * 2 + half) * SCALE;
                let left = (column + margin) * SCALE;
                for row in top..top + SCALE {
                    pixels[row * width + left..][..SCALE].fill(if *lit { 255 } else { 0 });
                }
            }
        }
    }
    let path = "/tmp/drawing.pgm";
    let mut file = std::fs::File::create(path).expect("/tmp is writable");
    write!(file, "P5\n{width} {height}\n255\n").expect("it has room");
    file.write_all(&pixels).expect("it has room");
    let output = Command::new("zbarimg")
        .args(["--quiet", "--raw", path])
        .output();
    let output = output.expect("zbarimg is installed");
    String::from_utf8_lossy(&output.stdout).trim().into()
}

/// Upper and lower half of a cell: lit or dark.
fn halves(character: char) -> (bool, bool) {
    match character {
        '█' | '#' => (true, true),
        '▀' => (true, false),
        '▄' => (false, true),
        _ => (false, false),
    }
}
