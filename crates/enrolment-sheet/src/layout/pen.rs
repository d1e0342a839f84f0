//! What the SVG's sheet is drawn with: lines of text, one below the other, and rules.

use crate::fit::{BOLD, MONOSPACED, lines};
use crate::markup::Markup;

/// Sizes of letters, in millimetres.
pub(super) const SMALL: f64 = 3.1;
pub(super) const BODY: f64 = 3.6;
pub(super) const HEADING: f64 = 4.3;
/// From one line to the next, in sizes.
pub(super) const LEADING: f64 = 1.4;
/// From the upper end of a line to where its letters stand, in sizes; capitals are about
/// 0.72 high.
pub(super) const BASELINE: f64 = 1.05;

pub(super) const ACCENT: &str = "#14505c";
pub(super) const GREY: &str = "#5a5a5a";
pub(super) const INK: &str = "#111";

pub(super) const MONOSPACED_FONT: &str =
    " font-family=\"'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace\"";

/// How letters look.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: &'static str,
}

pub(super) const fn style(size: f64, bold: bool, colour: &'static str) -> Style {
    Style { size, bold, colour }
}

pub(super) struct Pen<'a> {
    pub(super) page: &'a mut Markup,
    /// How much white space there is, 1 being generous.
    pub(super) air: f64,
    /// The lower end of what has been drawn.
    pub(super) y: f64,
}

impl Pen<'_> {
    pub(super) fn gap(&mut self, height: f64) {
        self.y += height * self.air;
    }

    /// Letters with their baseline at `y`.
    pub(super) fn at(&mut self, x: f64, y: f64, look: Style, more: &str, text: &str) {
        let page = self.page.raw("<text").attribute("x", x).attribute("y", y);
        page.attribute("font-size", look.size);
        page.raw(" fill=\"").raw(look.colour).raw("\"");
        page.raw(if look.bold {
            " font-weight=\"bold\""
        } else {
            ""
        });
        page.raw(more).raw(">").text(text).raw("</text>\n");
    }

    /// A line below what has been drawn.
    pub(super) fn line(&mut self, x: f64, look: Style, more: &str, text: &str) {
        let baseline = self.y + look.size * BASELINE;
        self.at(x, baseline, look, more, text);
        self.y += look.size * LEADING;
    }

    pub(super) fn paragraph(&mut self, x: f64, room: f64, look: Style, text: &str) {
        let wider = if look.bold { BOLD } else { 1.0 };
        for line in lines(text, room / look.size / wider) {
            self.line(x, look, "", line);
        }
    }

    pub(super) fn rule(&mut self, from: f64, to: f64, more: &str) {
        let page = self.page.raw("<path fill=\"none\" stroke-width=\"0.25\"");
        page.raw(more)
            .raw(" d=\"M")
            .number(from)
            .raw(" ")
            .number(self.y);
        page.raw("H").number(to).raw("\"/>\n");
    }
}

/// The size at which a line of monospaced letters fits.
pub(super) fn monospaced(line: &str, room: f64, largest: f64) -> f64 {
    let letters = u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
    (room / (f64::from(letters.max(1)) * MONOSPACED)).min(largest)
}
