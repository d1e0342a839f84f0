//! Texts that would like to be markup.

use crate::contents::Contents;
use crate::printer::{AS_ASKED, Desk};
use enrolment_sheet::{html, png, svg};

/// A name that tries everything.
const HOSTILE: &str = "\"'><script>alert(1)</script><img src=//evil onerror=x>&lt;\n]]>--><!--";

fn hostile() -> Contents {
    Contents {
        user: HOSTILE.into(),
        host: HOSTILE.into(),
        label: format!("{HOSTILE}\u{0}\u{1b}\u{202e}"),
        parameters: vec![("Digits", HOSTILE.into())],
        codes: vec![HOSTILE.to_string().into()],
        ..Contents::ordinary()
    }
}

/// The names of all elements of a document.
fn elements(document: &str) -> Vec<String> {
    let mut names: Vec<String> = document
        .split('<')
        .skip(1)
        .map(|after| {
            after
                .split([' ', '>', '\n', '/'])
                .next()
                .unwrap_or_default()
                .into()
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn no_name_becomes_markup() {
    let innocent = Contents {
        parameters: vec![("Digits", "8".into())],
        codes: vec!["AAAA-BBBB".to_string().into()],
        ..Contents::ordinary()
    };
    for make in [html, svg] {
        let (page, plain) = (hostile().sheet(make), innocent.sheet(make));
        assert!(
            !page.contains("<script") && !page.contains("<img"),
            "{}",
            *page
        );
        assert_eq!(elements(&page), elements(&plain));
        assert!(page.contains("&lt;script&gt;"));
        assert!(!page.contains(['\0', '\u{1b}', '\u{202e}']));
    }
}

#[test]
fn a_hostile_name_leaves_a_page_that_prints_and_scans() {
    let contents = hostile();
    let desk = Desk::new("hostile");
    let printed = desk.print(&contents.sheet(html), "A4", AS_ASKED);
    assert_eq!((printed.pages(), printed.scan()), (1, contents.uri()));
    // A picture of ill-formed XML would not be made at all.
    let printed = desk.print_svg(&contents.sheet(svg));
    assert_eq!((printed.pages(), printed.scan()), (1, contents.uri()));
}

#[test]
fn a_sheet_loads_nothing_and_runs_nothing() {
    for contents in [Contents::with_recovery_codes(), hostile()] {
        for make in [html, svg] {
            let page = contents
                .sheet(make)
                .replace("http://www.w3.org/2000/svg", "");
            let tags = page
                .split('<')
                .map(|tag| tag.split('>').next().unwrap_or_default());
            for tag in tags {
                for word in ["href", "src", "http:", "https:", "<script", " on"] {
                    let allowed = tag.contains("default-src");
                    assert!(allowed || !tag.contains(word), "{tag}");
                }
            }
            assert!(!page.contains("url(") && !page.contains("@import"));
        }
    }
}

#[test]
fn a_uri_too_long_for_any_code_is_said_in_words() {
    let contents = Contents {
        secret: "A".repeat(5000),
        ..Contents::ordinary()
    };
    assert!(contents.sheet(png).is_none());
    for make in [html, svg] {
        let page = contents.sheet(make);
        assert!(page.contains("too much to say") && page.contains("Type the secret"));
    }
}
