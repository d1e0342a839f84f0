//! What must be known of an account before its user is asked anything.
//!
//! Of most accounts: that a code is asked for, and whether a PIN, found in the text that `otpctl`
//! wrote without reading the rest. The whole is read under the lock in any case, and reading it
//! twice was a quarter of what a login computes. Whatever is spelled in another way, and an
//! account that asks for nothing, is left to the strict reader. Nothing is decided by this.

use otp_core::UserName;

/// What an account asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    /// It is enabled.
    pub(crate) enabled: bool,
    /// A PIN belongs in front of each code.
    pub(crate) has_pin: bool,
}

/// `None` if the text is not spelled as [`print`](super::print()) spells it, or no code is asked
/// for: who is asked for nothing shall have an account without a fault.
pub(super) fn glance(text: &str, user: &UserName) -> Option<Glance> {
    let (top, tables) = text.split_once("\n\n")?;
    let mut lines = top.lines();
    let mut value = |key: &str| lines.next()?.strip_prefix(key)?.strip_prefix(" = ");
    value("format")?;
    let name = value("user")?.strip_prefix('"')?.strip_suffix('"')?;
    value("uid")?;
    let enabled = value("enabled")? == "true";
    let has_pin = tables.starts_with("[pin]\n");
    // It could stand somewhere else, or be spelled with an escape.
    let may_hide_one = !has_pin && (text.contains("pin") || text.contains('\\'));
    if name != user.as_str() || !enabled || may_hide_one {
        return None;
    }
    Some(Glance { enabled, has_pin })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "format = 1\nuser = \"alice\"\nuid = 1000\nenabled = true\n\
                         enrolment = \"00\"\nenrolled_at_unix_seconds = 0\n\n";
    const DEVICE: &str = "[[authenticator]]\nid = 1\n";

    fn seen(text: &str) -> Option<(bool, bool)> {
        let glance = glance(text, &UserName::parse("alice").unwrap());
        glance.map(|it| (it.enabled, it.has_pin))
    }

    #[test]
    fn an_account_that_asks_for_a_code_is_known_at_a_glance() {
        let without = format!("{PLAIN}{DEVICE}");
        assert_eq!(seen(&without), Some((true, false)));
        let disabled = without.replace("enabled = true", "enabled = false");
        assert_eq!(seen(&disabled), None);
        let with = format!("{PLAIN}[pin]\nlength = 4\n\n{DEVICE}");
        assert_eq!(seen(&with), Some((true, true)));
    }

    #[test]
    fn other_spellings_are_left_to_the_strict_reader() {
        for text in [
            "",
            &format!("# a remark\n{PLAIN}{DEVICE}"),
            &format!("{PLAIN}{DEVICE}").replace("enabled = true", "enabled=true"),
            &format!("{PLAIN}{DEVICE}").replace("enabled = true", "enabled = true # yes"),
            &format!("{PLAIN}{DEVICE}").replace("alice", "bob"),
            &format!("{PLAIN}{DEVICE}").replace("uid = 1000\n", ""),
            &format!("{PLAIN}{DEVICE}\n[pin]\nlength = 4\n"),
            &format!("{PLAIN}[ pin ]\nlength = 4\n\n{DEVICE}"),
            &format!("{PLAIN}[\"\\u0070in\"]\nlength = 4\n\n{DEVICE}"),
            &format!("pin.length = 4\n{PLAIN}{DEVICE}"),
        ] {
            assert_eq!(seen(text), None, "{text}");
        }
    }
}
