//! What a scanner reads in a QR code that was drawn with characters.

use std::io::Write;
use std::process::Command;

/// Pixels along the side of half a character cell. zbarimg misses a picture now and then at one
/// of them; a telephone takes many pictures, too.
const SCALES: [usize; 4] = [6, 5, 8, 4];

/// Photographs a drawing on a black terminal and scans it with zbarimg; empty if it finds
/// nothing from any distance. Understands half blocks, full blocks and number signs.
///
/// # Panics
///
/// If zbarimg is not installed.
pub fn scanned(drawing: &str) -> String {
    let mut found = SCALES.into_iter().map(|scale| scanned_at(drawing, scale));
    found.find(|text| !text.is_empty()).unwrap_or_default()
}

fn scanned_at(drawing: &str, scale: usize) -> String {
    let lines: Vec<Vec<(bool, bool)>> = drawing
        .lines()
        .map(|line| line.chars().map(halves).collect())
        .collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    // A cell is twice as high as it is wide; a black margin is the terminal around it.
    let margin = 8;
    let (width, height) = (
        (columns + 2 * margin) * scale,
        (lines.len() + margin) * 2 * scale,
    );
    let mut pixels = vec![0_u8; width * height];
    for (line, cells) in lines.iter().enumerate() {
        for (column, (upper, lower)) in cells.iter().enumerate() {
            for (half, lit) in [upper, lower].into_iter().enumerate() {
                let top = ((line + margin / 2) * 2 + half) * scale;
                let left = (column + margin) * scale;
                for row in top..top + scale {
                    pixels[row * width + left..][..scale].fill(if *lit { 255 } else { 0 });
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
    // 4: there is nothing to be found in it.
    assert!(matches!(output.status.code(), Some(0 | 4)), "{output:?}");
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
