//! Each format, printed on each paper: one page, nothing cut off, and a scanner reads it.

use crate::contents::Contents;
use crate::printer::{AS_ASKED, Desk, Pdf};
use enrolment_sheet::{Steps, html, png, svg};

/// 10 mm, which every printer leaves free, in points.
const UNPRINTABLE: f64 = 28.0;

fn all_contents() -> Vec<(&'static str, Contents)> {
    vec![
        ("ordinary", Contents::ordinary()),
        ("recovery", Contents::with_recovery_codes()),
        ("largest-ascii", Contents::largest('w')),
        ("largest-cyrillic", Contents::largest('Щ')),
        ("largest-chinese", Contents::largest('鍵')),
    ]
}

fn check(name: &str, printed: &Pdf, contents: &Contents) {
    assert_eq!(printed.pages(), 1, "{name}");
    let ([left, top, right, bottom], [width, height]) = printed.extent();
    assert!(
        left >= UNPRINTABLE && top >= UNPRINTABLE,
        "{name}: {left} {top}"
    );
    assert!(right <= width - UNPRINTABLE, "{name}: {right} of {width}");
    assert!(
        bottom <= height - UNPRINTABLE,
        "{name}: {bottom} of {height}"
    );
    assert_eq!(printed.scan(), contents.uri(), "{name}");
    let text = printed.text();
    for code in &contents.codes {
        assert!(text.contains(code.as_str()), "{name}: {text}");
    }
    let copied: String = text.split_whitespace().collect();
    assert!(copied.contains(&contents.secret), "{name}: {text}");
}

#[test]
fn html_is_one_page_on_a4_and_on_letter_and_can_be_scanned() {
    for (name, contents) in all_contents() {
        let desk = Desk::new(&format!("html-{name}"));
        let page = contents.sheet(html);
        // DejaVu is as wide as fonts for reading become.
        for (paper, font) in [
            ("A4", AS_ASKED),
            ("letter", AS_ASKED),
            ("letter", "DejaVu Sans"),
        ] {
            let printed = desk.print(&page, paper, font);
            check(&format!("{name} on {paper} in {font}"), &printed, &contents);
        }
    }
}

#[test]
fn svg_is_one_page_and_can_be_scanned() {
    for (name, contents) in all_contents() {
        let desk = Desk::new(&format!("svg-{name}"));
        let page = contents.sheet(svg);
        check(name, &desk.print_svg(&page), &contents);
        let wide = page.replace("Helvetica", "DejaVu Sans");
        check(name, &desk.print_svg(&wide), &contents);
    }
}

#[test]
fn the_picture_can_be_scanned() {
    for (name, contents) in all_contents() {
        let desk = Desk::new(&format!("png-{name}"));
        let picture = contents.sheet(png).expect("it fits a code");
        assert_eq!(desk.scan_png(&picture), contents.uri(), "{name}");
    }
}

#[test]
fn more_than_is_allowed_becomes_smaller_and_not_two_pages() {
    let mut contents = Contents::largest('w');
    contents.codes.extend(Contents::with_recovery_codes().codes);
    contents.secret = "MWMWQGZD".repeat(26)[..205].into();

    let desk = Desk::new("svg-too-much");
    let page = contents.sheet(svg);

    check("too much", &desk.print_svg(&page), &contents);
}

#[test]
fn the_sheet_says_how_the_next_login_goes() {
    let mut contents = Contents::ordinary();
    let mut text = |steps| {
        contents.steps = steps;
        let said = contents.sheet(html);
        let (_, body) = said.split_once("<body").expect("a body");
        body.to_string()
    };
    let pending = |grace_logins| Steps::Pending {
        grace_logins,
        ends: "2026-11-30",
    };
    assert!(text(pending(Some(0))).contains("You need a code from the next login on."));
    assert!(text(pending(Some(1))).contains("only once"));
    assert!(text(pending(Some(3))).contains("3 times at most"));
    assert!(text(pending(None)).contains("by 2026-11-30"));
    let activated = text(Steps::Activated);
    assert!(activated.contains("at each login") && !activated.contains("press Enter"));
}

#[test]
fn nothing_lies_in_the_quiet_zone_however_full_the_sheet_is() {
    for (name, contents) in all_contents() {
        let page = contents.sheet(svg);
        let number = |before: &str, after: &str| -> f64 {
            let (_, rest) = page.split_once(before).expect(before);
            let (number, _) = rest.split_once(after).expect(after);
            number.parse().expect("a number")
        };
        let rule = number("stroke=\"#bbb\" d=\"M0 ", "H");
        let code = number("transform=\"translate(0 ", ")");
        let module = number(") scale(", ")");
        assert!(rule < code - 4.0 * module, "{name}: {rule} {code} {module}");
    }
}
