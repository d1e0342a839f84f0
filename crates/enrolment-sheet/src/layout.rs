//! Where everything stands on the SVG's sheet, in millimetres from the upper left corner of
//! what may be printed on.

use crate::code::{Code, QUIET_ZONE};
use crate::fit::{BOLD, grouped_lines, lines, sized, width};
use crate::markup::Markup;
use crate::{Sheet, words};
use pen::{
    ACCENT, BASELINE, BODY, GREY, HEADING, INK, LEADING, MONOSPACED_FONT, Pen, SMALL, monospaced,
    style,
};

mod pen;

pub(crate) const CONTENT_WIDTH: f64 = 170.0;
pub(crate) const CONTENT_HEIGHT: f64 = 247.0;
/// The QR code without its quiet zone, which lies in the margins.
pub(crate) const CODE_WIDTH: f64 = 55.0;

/// Where headings and bodies of steps begin, and values for typing.
const STEPS_LEFT: f64 = 70.0;
const STEP_TEXT: f64 = 79.0;
const VALUE_LEFT: f64 = 22.0;
const SECRET_SIZE: f64 = 4.4;
pub(crate) const GROUPS_IN_A_LINE: usize = 8;

/// How many bytes [`draw`] writes at most.
pub(crate) fn room(sheet: &Sheet<'_>, code: Option<&Code>) -> usize {
    let texts = [
        sheet.user,
        sheet.host_or_issuer,
        sheet.device_label,
        sheet.grouped_secret,
        sheet.created,
    ];
    let texts = texts.into_iter().map(str::len);
    let codes = sheet.recovery_codes.iter().map(|code| code.len());
    let parameters = sheet
        .parameters
        .iter()
        .map(|(name, value)| name.len().saturating_add(value.len()));
    let letters: usize = texts.chain(codes).chain(parameters).sum();
    // Broken into lines of few letters and escaped, each letter may take this much.
    let letters = letters.saturating_mul(64);
    let codes = sheet.recovery_codes.len().saturating_mul(512);
    let picture = code.map_or(0, Code::room);
    [letters, codes, picture, 20_000]
        .into_iter()
        .fold(0, usize::saturating_add)
}

/// Writes everything; returns how high it is. White space is as wide as it should be where
/// `air` is 1.
pub(crate) fn draw(sheet: &Sheet<'_>, code: Option<&Code>, air: f64, page: &mut Markup) -> f64 {
    let mut pen = Pen { page, air, y: 0.0 };
    let rule = pen.header(sheet);
    // However little air there is, nothing lies in the quiet zone.
    pen.y = pen.y.max(rule + code.map_or(0.0, quiet_zone) + 0.5);
    let top = pen.y;
    pen.code(code);
    pen.y = top;
    pen.steps(&words::steps(sheet, code.is_some()));
    pen.y = pen.y.max(top + CODE_WIDTH);
    pen.gap(8.0);
    pen.by_hand(sheet);
    pen.warning(sheet);
    if !sheet.recovery_codes.is_empty() {
        pen.recovery(sheet);
    }
    pen.y
}

/// How wide one module of a code is.
fn module_width(code: &Code) -> f64 {
    // A code has 177 modules along a side at most.
    CODE_WIDTH / f64::from(u32::try_from(code.width()).unwrap_or(u32::MAX))
}

/// How wide the quiet zone of a code is.
fn quiet_zone(code: &Code) -> f64 {
    module_width(code) * f64::from(u32::try_from(QUIET_ZONE).unwrap_or(0))
}

impl Pen<'_> {
    /// Returns where the rule below it lies.
    fn header(&mut self, sheet: &Sheet<'_>) -> f64 {
        let top = self.y;
        let (size, date) = sized(sheet.created, 70.0, SMALL, 1.5);
        for line in date {
            let end = " text-anchor=\"end\"";
            self.line(CONTENT_WIDTH, style(size, false, GREY), end, line);
        }
        let below = self.y;
        self.y = top;
        let spaced = " letter-spacing=\"0.35\"";
        let capitals = words::EYEBROW.to_uppercase();
        self.line(0.0, style(SMALL, true, ACCENT), spaced, &capitals);
        self.y = self.y.max(below);
        self.gap(2.5);
        let (size, name) = sized(sheet.user, CONTENT_WIDTH / BOLD, 11.0, 6.5);
        for line in name {
            self.line(0.0, style(size, true, INK), "", line);
        }
        self.gap(0.5);
        let place = words::place(sheet);
        let (size, place) = sized(&place, CONTENT_WIDTH, HEADING, BODY);
        for line in place {
            self.line(0.0, style(size, false, GREY), "", line);
        }
        self.gap(4.5);
        let rule = self.y;
        self.rule(0.0, CONTENT_WIDTH, " stroke=\"#bbb\"");
        self.gap(8.0);
        rule
    }

    fn code(&mut self, code: Option<&Code>) {
        let Some(code) = code else {
            let look = style(BODY, false, GREY);
            return self.paragraph(0.0, CODE_WIDTH, look, words::NO_PICTURE);
        };
        // A code has 177 modules along a side at most.
        let modules = f64::from(u32::try_from(code.width()).unwrap_or(u32::MAX));
        let margin = f64::from(u32::try_from(QUIET_ZONE).unwrap_or(0));
        let page = self.page.raw("<g role=\"img\" aria-label=\"");
        page.text(words::PICTURE)
            .raw("\" transform=\"translate(0 ")
            .number(self.y);
        page.raw(") scale(")
            .raw(&format!("{:.5}", module_width(code)))
            .raw(")\">\n");
        page.raw("<title>")
            .text(words::PICTURE)
            .raw("</title>\n<rect fill=\"#fff\"");
        page.attribute("x", -margin).attribute("y", -margin);
        let side = modules + 2.0 * margin;
        page.attribute("width", side)
            .attribute("height", side)
            .raw("/>\n");
        code.outline(page);
        page.raw("\n</g>\n");
    }

    fn steps(&mut self, steps: &[words::Step]) {
        // The first heading's capitals are as high as the upper edge of the code.
        self.y -= HEADING * (BASELINE - 0.72);
        for (step, number) in steps.iter().zip(["1", "2", "3", "4"]) {
            if number != "1" {
                self.gap(3.6);
            }
            let top = self.y;
            self.line(STEPS_LEFT, style(HEADING, true, ACCENT), "", number);
            self.y = top;
            self.line(STEP_TEXT, style(HEADING, true, INK), "", step.heading);
            let room = CONTENT_WIDTH - STEP_TEXT;
            self.paragraph(STEP_TEXT, room, style(BODY, false, INK), &step.body);
        }
    }

    fn by_hand(&mut self, sheet: &Sheet<'_>) {
        self.line(0.0, style(HEADING, true, INK), "", words::TYPE_IT);
        self.gap(1.5);
        self.row(words::NAME, BODY, |pen| {
            let room = CONTENT_WIDTH - VALUE_LEFT;
            pen.paragraph(
                VALUE_LEFT,
                room,
                style(BODY, false, INK),
                sheet.host_or_issuer,
            );
        });
        self.row(words::SECRET, SECRET_SIZE, |pen| {
            for line in grouped_lines(sheet.grouped_secret, GROUPS_IN_A_LINE) {
                let size = monospaced(line, CONTENT_WIDTH - VALUE_LEFT, SECRET_SIZE);
                pen.line(VALUE_LEFT, style(size, false, INK), MONOSPACED_FONT, line);
            }
        });
        let parameters = words::parameters(sheet);
        if !parameters.is_empty() {
            self.row(words::SET_TO, BODY, |pen| {
                let room = CONTENT_WIDTH - VALUE_LEFT;
                pen.paragraph(VALUE_LEFT, room, style(BODY, true, INK), &parameters);
            });
        }
    }

    /// A name in grey, and what `value` draws beside it in letters of `size`.
    fn row(&mut self, name: &str, size: f64, value: impl FnOnce(&mut Self)) {
        let top = self.y;
        // Different letters, one baseline.
        self.y += (size - BODY) * BASELINE;
        self.line(0.0, style(BODY, false, GREY), "", name);
        let below = self.y;
        self.y = top;
        value(self);
        self.y = self.y.max(below);
        self.gap(1.2);
    }

    fn warning(&mut self, sheet: &Sheet<'_>) {
        self.gap(4.0);
        let top = self.y;
        let (warning, rest) = words::keep_secret(sheet);
        self.line(5.0, style(BODY, true, INK), "", warning);
        self.paragraph(5.0, CONTENT_WIDTH - 5.0, style(BODY, false, INK), rest);
        let page = self
            .page
            .raw("<rect x=\"0\" width=\"0.9\" fill=\"")
            .raw(ACCENT)
            .raw("\"");
        page.attribute("y", top + 0.6)
            .attribute("height", self.y - top)
            .raw("/>\n");
        self.gap(1.0);
    }

    fn recovery(&mut self, sheet: &Sheet<'_>) {
        let look = style(BODY, false, INK);
        let hint = lines(words::RECOVERY_HINT, CONTENT_WIDTH / look.size);
        let rows = sheet.recovery_codes.len().div_ceil(2).max(1);
        let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        let height = 20.0 + count(hint.len()) * BODY * LEADING + count(rows) * ROW;
        // At the lower end of the sheet, if there is that much room.
        self.gap(6.0);
        self.y = self.y.max(CONTENT_HEIGHT - height);
        self.cut();
        self.line(0.0, style(HEADING, true, INK), "", words::RECOVERY);
        let whose = format!("{} at {}", sheet.user, sheet.host_or_issuer);
        for line in lines(&whose, CONTENT_WIDTH / SMALL) {
            self.line(0.0, style(SMALL, false, GREY), "", line);
        }
        self.gap(1.0);
        for line in hint {
            self.line(0.0, look, "", line);
        }
        self.gap(2.0);
        let top = self.y;
        for (column, codes) in [0.0, 87.0]
            .into_iter()
            .zip(sheet.recovery_codes.chunks(rows))
        {
            self.y = top;
            for code in codes {
                self.recovery_code(column, code);
            }
        }
        self.y = top + count(rows) * ROW;
    }

    fn recovery_code(&mut self, x: f64, code: &str) {
        let page = self
            .page
            .raw("<rect width=\"3.8\" height=\"3.8\" fill=\"none\"");
        page.raw(" stroke=\"#111\" stroke-width=\"0.3\"");
        page.attribute("x", x + 0.2)
            .attribute("y", self.y + 1.1)
            .raw("/>\n");
        let size = monospaced(code, 76.0, 3.5);
        let baseline = self.y + 4.2;
        self.at(
            x + 7.0,
            baseline,
            style(size, false, INK),
            MONOSPACED_FONT,
            code,
        );
        self.y += ROW;
    }

    /// A dashed line from edge to edge, with a word in it.
    fn cut(&mut self) {
        let wide = width(words::CUT_HERE) * SMALL / 2.0 + 2.0;
        let (middle, baseline) = (CONTENT_WIDTH / 2.0, self.y + 1.0);
        let dashed = " stroke=\"#777\" stroke-dasharray=\"1.6 1.2\"";
        self.rule(-20.0, middle - wide, dashed);
        self.rule(middle + wide, CONTENT_WIDTH + 20.0, dashed);
        let centred = " text-anchor=\"middle\"";
        self.at(
            middle,
            baseline,
            style(SMALL, false, GREY),
            centred,
            words::CUT_HERE,
        );
        self.gap(5.0);
    }
}

/// A recovery code with the room around it.
const ROW: f64 = 6.6;
