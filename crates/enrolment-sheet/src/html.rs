//! The whole sheet as a page of HTML, for printing from any browser.

use crate::Sheet;
use crate::code::{Code, QUIET_ZONE};
use crate::fit::{BOLD, grouped_lines, sized};
use crate::layout::{self, CODE_WIDTH, CONTENT_HEIGHT, CONTENT_WIDTH, GROUPS_IN_A_LINE};
use crate::markup::Markup;
use crate::words;
use zeroize::Zeroizing;

const STYLE: &str = include_str!("style.css");
const POINTS_IN_A_MILLIMETRE: f64 = 72.0 / 25.4;

/// The head: nothing is loaded from anywhere and nothing runs, even if a text got through as
/// markup; and no service is given the secret to translate.
const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\" translate=\"no\">\n<head>\n\
    <meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" \
    content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n\
    <meta name=\"google\" content=\"notranslate\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n<title>";

/// The sheet as HTML: one page on A4 and on Letter, complete in itself, without scripts.
pub fn html(sheet: &Sheet<'_>) -> Zeroizing<String> {
    let code = Code::of(sheet.uri);
    let room = layout::room(sheet, code.as_ref());
    let mut page = Markup::with_room(room.saturating_add(STYLE.len()));
    page.raw(HEAD)
        .text(&words::title(sheet))
        .raw("</title>\n<style>\n");
    page.raw(STYLE).raw("</style>\n</head>\n<body");
    page.raw(if is_long(sheet, code.as_ref()) {
        " class=\"long\""
    } else {
        ""
    })
    .raw(">\n");
    header(sheet, &mut page);
    page.raw("<div class=\"main\">\n<div class=\"picture\">");
    picture(code.as_ref(), &mut page);
    page.raw("</div>\n<div class=\"steps\">\n<ol role=\"list\">\n");
    for step in words::steps(sheet, code.is_some()) {
        page.raw("<li><b>").text(step.heading).raw("</b> ");
        page.text(&step.body).raw("</li>\n");
    }
    page.raw("</ol>\n</div>\n</div>\n");
    by_hand(sheet, &mut page);
    let (warning, rest) = words::keep_secret(sheet);
    page.raw("<p class=\"warning\"><b>")
        .text(warning)
        .raw("</b> ")
        .text(rest)
        .raw("</p>\n");
    if !sheet.recovery_codes.is_empty() {
        recovery(sheet, &mut page);
    }
    page.raw("</body>\n</html>\n");
    page.finish()
}

/// Whether white space has to give way. The other format's layout has the same content.
fn is_long(sheet: &Sheet<'_>, code: Option<&Code>) -> bool {
    let mut scratch = Markup::with_room(layout::room(sheet, code));
    layout::draw(sheet, code, 1.0, &mut scratch) > CONTENT_HEIGHT + 0.1
}

fn header(sheet: &Sheet<'_>, page: &mut Markup) {
    page.raw("<p class=\"top\"><time>")
        .text(sheet.created)
        .raw("</time><b>");
    page.text(words::EYEBROW)
        .raw("</b></p>\n<h1 style=\"font-size:");
    let (size, _) = sized(sheet.user, CONTENT_WIDTH / BOLD, 11.0, 6.5);
    page.number(size * POINTS_IN_A_MILLIMETRE).raw("pt\"><bdi>");
    page.text(sheet.user)
        .raw("</bdi></h1>\n<p class=\"place\"><bdi>");
    page.text(&words::place(sheet)).raw("</bdi></p>\n");
}

fn picture(code: Option<&Code>, page: &mut Markup) {
    let Some(code) = code else {
        page.raw("<p>").text(words::NO_PICTURE).raw("</p>");
        return;
    };
    let number = |modules: usize| f64::from(u32::try_from(modules).unwrap_or(u32::MAX));
    let module = CODE_WIDTH / number(code.width());
    let (side, margin) = (number(code.full_width()), number(QUIET_ZONE));
    // The quiet zone lies in the page's white space, so that the code stands flush.
    page.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"");
    page.text(words::PICTURE).raw("\" viewBox=\"");
    page.number(-margin).raw(" ").number(-margin).raw(" ");
    page.number(side)
        .raw(" ")
        .number(side)
        .raw("\" style=\"width:");
    page.number(side * module)
        .raw("mm;height:")
        .number(side * module)
        .raw("mm;margin:");
    page.number(-margin * module)
        .raw("mm\"><title>")
        .text(words::PICTURE)
        .raw("</title>");
    code.outline(page);
    page.raw("</svg>");
}

fn by_hand(sheet: &Sheet<'_>, page: &mut Markup) {
    page.raw("<div class=\"hand\">\n<h2>")
        .text(words::TYPE_IT)
        .raw("</h2>\n<table>\n");
    row(words::NAME, page)
        .raw("<bdi>")
        .text(sheet.host_or_issuer)
        .raw("</bdi>");
    row(words::SECRET, page).raw("<code>");
    for (place, line) in grouped_lines(sheet.grouped_secret, GROUPS_IN_A_LINE)
        .iter()
        .enumerate()
    {
        page.raw(if place > 0 { "\n" } else { "" }).text(line);
    }
    page.raw("</code>");
    let parameters = words::parameters(sheet);
    if !parameters.is_empty() {
        row(words::SET_TO, page)
            .raw("<b>")
            .text(&parameters)
            .raw("</b>");
    }
    page.raw("</td></tr>\n</table>\n</div>\n");
}

/// Ends a row, if there is one, and begins the next. HTML lets the end tags go.
fn row<'a>(name: &str, page: &'a mut Markup) -> &'a mut Markup {
    page.raw("<tr><th scope=\"row\">")
        .text(name)
        .raw("</th><td>")
}

fn recovery(sheet: &Sheet<'_>, page: &mut Markup) {
    page.raw("<p class=\"cut\"><span>")
        .text(words::CUT_HERE)
        .raw("</span></p>\n");
    page.raw("<div class=\"codes\">\n<h2>")
        .text(words::RECOVERY)
        .raw("</h2>\n<p class=\"whose\"><bdi>");
    page.text(sheet.user)
        .raw("</bdi> at <bdi>")
        .text(sheet.host_or_issuer);
    page.raw("</bdi></p>\n<p>")
        .text(words::RECOVERY_HINT)
        .raw("</p>\n<table>\n");
    let rows = sheet.recovery_codes.len().div_ceil(2).max(1);
    // The first half is in the left column, as people read lists.
    for place in 0..rows {
        page.raw("<tr>");
        let pair = [Some(place), place.checked_add(rows)].into_iter().flatten();
        for code in pair.filter_map(|place| sheet.recovery_codes.get(place)) {
            page.raw("<td><span class=\"box\" aria-hidden=\"true\"></span><code>");
            page.text(code).raw("</code></td>");
        }
        page.raw("</tr>\n");
    }
    page.raw("</table>\n</div>\n");
}
