//! The tables of keyboard layouts, typed back by somebody else's tables: those of
//! xkeyboard-config, which Linux desktops use (Debian package `xkb-data`).
//!
//! Its symbol files say which character a key types alone and with Shift; its key codes say
//! which input event the key is. Only the positions of keys, which are physical, are written
//! down here once more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::collections::BTreeMap;
use std::fs;
use token_drivers::slots::{Layout, MODHEX_ALPHABET, usage_of_key};

const XKB: &str = "/usr/share/X11/xkb";

/// Keys by xkb's name of their place, with the usage of the first of a run. `BKSL` is 31 and
/// 32: American keyboards have one, the others the other, and Linux takes both for one key.
const PLACES: [(&str, u8); 13] = [
    ("AE01 AE02 AE03 AE04 AE05 AE06 AE07 AE08 AE09 AE10", 0x1E),
    ("RTRN", 0x28),
    (
        "TAB SPCE AE11 AE12 AD11 AD12 BKSL BKSL AC10 AC11 TLDE AB08 AB09 AB10",
        0x2B,
    ),
    ("LSGT", 0x64),
    ("AC01 AB05 AB03 AC03 AD03", 0x04),
    ("AC04 AC05 AC06 AD08 AC07 AC08 AC09", 0x09),
    ("AB07 AB06 AD09 AD10", 0x10),
    ("AD01 AD04 AC02 AD05 AD07", 0x14),
    ("AB04", 0x19),
    ("AD02", 0x1A),
    ("AB02", 0x1B),
    ("AD06", 0x1C),
    ("AB01", 0x1D),
];

fn places() -> Vec<(&'static str, u8)> {
    let runs = PLACES.iter();
    runs.flat_map(|(names, first)| names.split_whitespace().zip(*first..))
        .collect()
}

fn read(path: &str) -> String {
    let path = format!("{XKB}/{path}");
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{path}: {error} (Debian package xkb-data)"))
}

/// The symbols of each key of a section, with what it includes. What comes later counts.
fn symbols(file: &str, section: Option<&str>, into: &mut BTreeMap<String, Vec<String>>) {
    let text = read(&format!("symbols/{file}"));
    let begin = match section {
        Some(section) => text.find(&format!("xkb_symbols \"{section}\"")),
        None => text.find("xkb_symbols \""),
    };
    let body = &text[begin.unwrap_or_else(|| panic!("{file}: no {section:?}"))..];
    let body = &body[..body.find("\n};").expect("a section ends")];
    let lines = body.lines().skip(1).map(|line| {
        let line = line.split("//").next().unwrap_or_default();
        line.trim()
    });
    // A statement may be broken over lines.
    let all = lines
        .collect::<Vec<_>>()
        .join(" ")
        .replace("include", ";include");
    for statement in all.split(';') {
        if let Some(included) = statement.trim().strip_prefix("include") {
            let included = included.split('"').nth(1).expect("a name in quotes");
            let (file, section) = match included.split_once('(') {
                Some((file, section)) => (file, Some(section.trim_end_matches(')'))),
                None => (included, None),
            };
            // Neither letters nor signs.
            let others = ["level3", "kpdl", "srvr_ctrl", "keypad", "altwin"];
            if !others.contains(&file) && included != "pc(editing)" {
                symbols(file, section, into);
            }
        } else if statement.trim().starts_with("key ") {
            let (_, rest) = statement.split_once('<').expect("a name begins");
            let (name, rest) = rest.split_once('>').expect("a key has a name");
            let rest = rest.rsplit_once('=').map_or(rest, |(_, behind)| behind);
            let list = rest
                .split_once('[')
                .and_then(|(_, rest)| rest.split_once(']'));
            let (list, _) = list.unwrap_or_else(|| panic!("{file}: {statement}"));
            let list = list.split(',').map(|one| one.trim().to_owned()).collect();
            into.insert(name.to_owned(), list);
        }
    }
}

/// The character of a symbol's name. `None`: it types nothing, or waits for
/// another key.
fn character(symbol: &str) -> Option<char> {
    let mut characters = symbol.chars();
    if let (Some(one), None) = (characters.next(), characters.next()) {
        return Some(one);
    }
    // Names and characters in turn; blanks would be no characters here.
    const NAMES: &str = "
        adiaeresis ä Adiaeresis Ä agrave à ampersand & apostrophe ' asciicircum ^ asciitilde ~
        asterisk * at @ backslash \\ bar | braceleft { braceright } bracketleft [
        bracketright ] ccedilla ç colon : comma , degree ° dollar $ eacute é egrave è equal =
        exclam ! grave ` greater > less < minus - mu µ notsign ¬ numbersign # odiaeresis ö
        Odiaeresis Ö parenleft ( parenright ) percent % period . plus + question ?
        quotedbl \" section § semicolon ; slash / ssharp ß sterling £ twosuperior ²
        udiaeresis ü Udiaeresis Ü ugrave ù underscore _";
    let words: Vec<&str> = NAMES.split_whitespace().collect();
    let named = words.chunks(2).find(|pair| pair[0] == symbol);
    let known = match (named, symbol) {
        (Some(pair), _) => pair[1].chars().next(),
        (None, "space") => Some(' '),
        (None, "Tab") => Some('\t'),
        (None, "Return") => Some('\n'),
        (None, _) => None,
    };
    assert!(
        known.is_some() || symbol.starts_with("dead_") || symbol == "ISO_Left_Tab",
        "what is {symbol}?"
    );
    known
}

/// What each usage types in a layout of xkb.
fn typed(file: &str) -> BTreeMap<u8, char> {
    let mut keys = BTreeMap::new();
    // Every keymap begins with this one.
    symbols("pc", Some("pc105"), &mut keys);
    symbols(file, Some("basic"), &mut keys);
    let mut typed = BTreeMap::new();
    for (name, usage) in places() {
        let Some(list) = keys.get(name) else { continue };
        for (symbol, shift) in list.iter().zip([0, 0x80]) {
            if let Some(character) = character(symbol) {
                typed.insert(usage | shift, character);
            }
        }
    }
    typed
}

const LAYOUTS: [(Layout, &str); 4] = [
    (Layout::Us, "us"),
    (Layout::Uk, "gb"),
    (Layout::De, "de"),
    (Layout::Fr, "fr"),
];

#[test]
fn every_character_of_a_table_is_typed_by_its_key_and_by_one_only() {
    for (layout, file) in LAYOUTS {
        let typed = typed(file);
        let mut seen = BTreeMap::new();
        for (character, key) in layout.keys() {
            let theirs = typed.get(&key);
            assert_eq!(theirs, Some(&character), "{layout} {key:02X}");
            let before = seen.insert(character, key);
            assert_eq!(before, None, "{layout} {character:?} is there twice");
        }
    }
}

#[test]
fn what_a_layout_types_without_altgr_is_in_its_table() {
    for (layout, file) in LAYOUTS {
        for (key, character) in typed(file) {
            // Windows has nothing there.
            let on_linux_only = (layout, character) == (Layout::Fr, '~');
            let found = layout.key(character);
            assert_eq!(
                found.is_some(),
                !on_linux_only,
                "{layout} {character:?} {key:02X}"
            );
        }
    }
}

#[test]
fn modhex_comes_out_the_same_in_all_of_them() {
    let letters = Layout::Modhex.keys();
    assert_eq!(letters.len(), 2 * MODHEX_ALPHABET.len());
    for file in ["us", "gb", "de", "fr"] {
        let typed = typed(file);
        for (letter, key) in &letters {
            assert!(MODHEX_ALPHABET.contains(letter.to_ascii_lowercase()));
            assert_eq!(typed.get(key), Some(letter), "{file}");
        }
    }
}

#[test]
fn an_input_event_is_the_usage_of_the_same_key() {
    // xkb counts keys from 8 where Linux counts from 0.
    let text = read("keycodes/evdev");
    let code = |name: &str| {
        let begin = format!("<{name}> =");
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with(&begin));
        let (_, number) = line.expect(name).split_once('=').expect("a number");
        let number = number.trim().trim_end_matches(';');
        number.parse::<u16>().expect("a number") - 8
    };
    let mut seen = 0;
    for (name, usage) in places() {
        // Enter ends a recording, and of the two usages of BKSL one is enough.
        if name == "RTRN" || usage == 0x31 {
            continue;
        }
        assert_eq!(usage_of_key(code(name), false), Some(usage), "{name}");
        assert_eq!(usage_of_key(code(name), true), Some(usage | 0x80), "{name}");
        seen += 1;
    }
    assert_eq!(seen, 50);
    // And no other event is a key that types.
    let types = |code: &u16| usage_of_key(*code, false).is_some();
    assert_eq!((0..=u16::MAX).filter(types).count(), seen);
}
