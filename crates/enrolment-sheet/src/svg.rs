//! The whole sheet as an SVG: as large as A4 and Letter have in common.

use crate::Sheet;
use crate::code::Code;
use crate::layout::{self, CONTENT_HEIGHT, CONTENT_WIDTH};
use crate::markup::Markup;
use crate::words;
use zeroize::Zeroizing;

/// A4 is 210 mm wide and Letter 279 mm high; the other sides are longer.
const WIDTH: f64 = 210.0;
const HEIGHT: f64 = 279.0;

/// White space, as a factor.
const GENEROUS: f64 = 1.0;
const TIGHT: f64 = 0.5;

/// Fonts that most machines have one of, the narrower first.
const FONTS: &str = "Helvetica, Arial, 'Liberation Sans', 'Nimbus Sans', 'DejaVu Sans', sans-serif";

/// The sheet as an SVG of 210 mm by 279 mm, which fits A4 and Letter unscaled.
///
/// Where there is more to say than fits, white space gives way, and then all of it becomes
/// smaller.
pub fn svg(sheet: &Sheet<'_>) -> Zeroizing<String> {
    let code = Code::of(sheet.uri);
    let room = layout::room(sheet, code.as_ref());
    let (content, height) = drawn(sheet, code.as_ref(), room);
    let scale = (CONTENT_HEIGHT / height).min(1.0);
    let left = (WIDTH - CONTENT_WIDTH * scale) / 2.0;
    let top = (HEIGHT - CONTENT_HEIGHT) / 2.0;

    let mut page = Markup::with_room(room.saturating_add(2048));
    page.raw(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"",
    );
    page.raw(
        " width=\"210mm\" height=\"279mm\" viewBox=\"0 0 210 279\" xml:lang=\"en\" lang=\"en\"",
    );
    page.raw(" font-family=\"")
        .text(FONTS)
        .raw("\" fill=\"#111\">\n<title>");
    page.text(&words::title(sheet)).raw("</title>\n");
    page.raw("<rect width=\"210\" height=\"279\" fill=\"#fff\"/>\n<g transform=\"translate(");
    page.number(left).raw(" ").number(top);
    page.raw(") scale(")
        .raw(&format!("{scale:.4}"))
        .raw(")\">\n");
    page.append(&content);
    page.raw("</g>\n</svg>\n");
    page.finish()
}

/// What is on the sheet, and how high it is: with generous white space if that fits.
fn drawn(sheet: &Sheet<'_>, code: Option<&Code>, room: usize) -> (Markup, f64) {
    let drawn = |air| {
        let mut content = Markup::with_room(room);
        let height = layout::draw(sheet, code, air, &mut content);
        (content, height)
    };
    let (content, height) = drawn(GENEROUS);
    // Not a hair more, and rounding is not the reason.
    if height <= CONTENT_HEIGHT + 0.1 {
        return (content, height);
    }
    drawn(TIGHT)
}
