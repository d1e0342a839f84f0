//! `--help` at a terminal as it is.

use crate::terminal::Terminal;
use pam_otp_tests::{Machine, sandboxed};

/// Every command, in words: those of the manual page's headings.
fn commands(page: &str) -> Vec<Vec<&str>> {
    let headings = page
        .lines()
        .filter_map(|line| line.strip_prefix(".SS otpctl "));
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase());
    headings
        .map(|heading| heading.split(' ').take_while(is_word).collect())
        .collect()
}

/// Characters that are seen: without those that make bold.
fn seen(line: &str) -> String {
    let mut parts = line.split('\x1b');
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| {
        text + part.split_once('m').map_or("", |(_, rest)| rest)
    })
}

sandboxed! {
    fn every_page_of_help_fits_eighty_columns_and_begins_with_what_the_command_does() {
        let machine = Machine::with_alice();
        let page = machine.otpctl_ok(&["generate", "otpctl.8"]);
        let commands = commands(&page);
        assert!(commands.len() > 25, "{commands:?}");
        for words in [Vec::new()].iter().chain(&commands) {
            let arguments = [&words[..], &["--help"]].concat();
            let ended = Terminal::otpctl_with(&arguments, &[], (80, 24)).ends();
            assert!(ended.status.success(), "{words:?}: {}", ended.screen);
            let lines: Vec<String> = ended.screen.lines().map(seen).collect();
            let wide = lines.iter().find(|line| line.trim_end().chars().count() > 80);
            assert_eq!(wide, None, "{words:?}");
            assert!(lines.iter().any(|line| line.starts_with("Usage: otpctl")), "{words:?}");
            assert!(lines[0].len() > 10, "{words:?}: {}", ended.screen);
        }
    }

    fn without_colour_help_has_none() {
        let _machine = Machine::with_alice();
        let ended = Terminal::otpctl_with(&["--help"], &[("NO_COLOR", "1")], (80, 24)).ends();
        assert!(ended.screen.contains("Commands:"), "{}", ended.screen);
        for colour in 30..48 {
            assert!(!ended.screen.contains(&format!("\x1b[{colour}m")), "{}", ended.screen);
        }
    }
}
