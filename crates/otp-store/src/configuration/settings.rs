//! How a service asks: what may differ between `sshd`, `sudo` and `login`.

use super::impossible::Impossible;
use crate::toml_table::{FromTable, Table};
use otp_core::Unenrolled;

/// Who checks the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordMode {
    /// An earlier module of the stack; only the code is asked for.
    #[default]
    Stack,
    /// This module: it asks for password and code, always both, and answers once.
    Verify,
    /// A later module: one question for both, the code is the tail, and what is before it
    /// goes on as the password. For programs that can ask only once.
    Combined,
}

const PASSWORD_MODES: &[(&str, PasswordMode)] = &[
    ("stack", PasswordMode::Stack),
    ("verify", PasswordMode::Verify),
    ("combined", PasswordMode::Combined),
];

impl PasswordMode {
    /// Reads the word as the policy and the module's arguments write it.
    pub fn parse(word: &str) -> Option<Self> {
        let mut modes = PASSWORD_MODES.iter();
        modes.find(|(name, _)| *name == word).map(|(_, mode)| *mode)
    }
}

/// How a service asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSettings {
    /// Who checks the password; a module argument may say otherwise.
    pub password: PasswordMode,
    /// What happens to users without an account.
    pub unenrolled: Unenrolled,
    /// How long a refusal is held back, in milliseconds; 0 = not at all.
    pub failure_delay_milliseconds: u32,
    /// How many codes may be tried in one conversation, 1 to 5.
    pub tries: u32,
    /// Whether the code appears on the screen while it is typed.
    pub echo: bool,
    /// The question for the code.
    pub code_prompt: String,
    /// The question for the password, with `verify`.
    pub password_prompt: String,
    /// The question for both, with `combined`.
    pub combined_prompt: String,
    /// After a right code, for how long none is asked from the same place, seconds; 0 = always
    /// asked.
    pub remember_seconds: u32,
    /// Ask for no password after sshd has accepted a key; service `sshd` only.
    pub skip_password_after_key: bool,
}

impl Default for LoginSettings {
    fn default() -> Self {
        Self {
            password: PasswordMode::default(),
            unenrolled: Unenrolled::default(),
            failure_delay_milliseconds: 2000,
            tries: 1,
            echo: false,
            code_prompt: "One-time code: ".into(),
            password_prompt: "Password: ".into(),
            combined_prompt: "Password and code: ".into(),
            remember_seconds: 0,
            skip_password_after_key: false,
        }
    }
}

/// A `[login]` or `[service.NAME]` table; what is absent keeps the value below it.
#[derive(Default)]
pub(super) struct LoginTable {
    password: Option<PasswordMode>,
    unenrolled: Option<Unenrolled>,
    failure_delay_milliseconds: Option<u32>,
    tries: Option<u32>,
    echo: Option<bool>,
    code_prompt: Option<String>,
    password_prompt: Option<String>,
    combined_prompt: Option<String>,
    remember: Option<String>,
    skip_password_after_key: Option<bool>,
}

impl<'text> FromTable<'text> for LoginTable {
    const KEYS: &'static [&'static str] = &[
        "password",
        "unenrolled",
        "failure_delay_milliseconds",
        "tries",
        "echo",
        "code_prompt",
        "password_prompt",
        "combined_prompt",
        "remember",
        "skip_password_after_key",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            password: table.word("password", PASSWORD_MODES),
            unenrolled: table.word("unenrolled", UNENROLLED),
            failure_delay_milliseconds: table.number("failure_delay_milliseconds"),
            tries: table.number("tries"),
            echo: table.flag("echo"),
            code_prompt: table.owned("code_prompt"),
            password_prompt: table.owned("password_prompt"),
            combined_prompt: table.owned("combined_prompt"),
            remember: table.owned("remember"),
            skip_password_after_key: table.flag("skip_password_after_key"),
        }
    }
}

const UNENROLLED: &[(&str, Unenrolled)] =
    &[("deny", Unenrolled::Deny), ("ignore", Unenrolled::Ignore)];

/// Prompts must fit what programs show; libpam's own limit is 512 bytes.
const LONGEST_PROMPT_BYTES: usize = 200;

impl LoginTable {
    /// These settings laid over others. `table` is its name, for the error.
    pub(super) fn over(
        self,
        below: &LoginSettings,
        table: &str,
    ) -> Result<LoginSettings, Impossible> {
        let settings = LoginSettings {
            password: self.password.unwrap_or(below.password),
            unenrolled: self.unenrolled.unwrap_or(below.unenrolled),
            failure_delay_milliseconds: self
                .failure_delay_milliseconds
                .unwrap_or(below.failure_delay_milliseconds),
            tries: self.tries.unwrap_or(below.tries),
            echo: self.echo.unwrap_or(below.echo),
            code_prompt: self
                .code_prompt
                .unwrap_or_else(|| below.code_prompt.clone()),
            password_prompt: self
                .password_prompt
                .unwrap_or_else(|| below.password_prompt.clone()),
            combined_prompt: self
                .combined_prompt
                .unwrap_or_else(|| below.combined_prompt.clone()),
            remember_seconds: match &self.remember {
                None => below.remember_seconds,
                Some(text) => remember_seconds(text).ok_or_else(|| {
                    let what = "remember must be \"never\", or 1m to 30d, such as \"8h\"";
                    Impossible::at("remember", what).saying(&format!("{table}."))
                })?,
            },
            skip_password_after_key: self
                .skip_password_after_key
                .unwrap_or(below.skip_password_after_key),
        };
        settings
            .check()
            .map_err(|impossible| impossible.saying(&format!("{table}.")))?;
        Ok(settings)
    }
}

fn remember_seconds(text: &str) -> Option<u32> {
    match text {
        "never" => Some(0),
        span => seconds_of_span(span),
    }
}

/// The seconds of a span of time such as "30m", "8h" or "2d"; from a minute to 30 days.
pub fn seconds_of_span(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = number.parse::<u32>().ok().filter(|_| digits)?;
    let seconds = seconds.checked_mul(unit)?;
    (60..=2_592_000).contains(&seconds).then_some(seconds)
}

impl LoginSettings {
    fn check(&self) -> Result<(), Impossible> {
        let impossible = |key, what| Err(Impossible::at(key, what));
        if self.failure_delay_milliseconds > 60_000 {
            let key = "failure_delay_milliseconds";
            return impossible(key, format!("{key} must be between 0 and 60000"));
        }
        if !(1..=5).contains(&self.tries) {
            return impossible("tries", "tries must be between 1 and 5".into());
        }
        if self.echo && self.password == PasswordMode::Combined {
            let what = "echo must be false with password = \"combined\"";
            return impossible("echo", what.into());
        }
        for (key, prompt) in [
            ("code_prompt", &self.code_prompt),
            ("password_prompt", &self.password_prompt),
            ("combined_prompt", &self.combined_prompt),
        ] {
            let fits = !prompt.is_empty() && prompt.len() <= LONGEST_PROMPT_BYTES;
            if !fits || prompt.chars().any(char::is_control) {
                let what = format!("{key} must be 1 to {LONGEST_PROMPT_BYTES} bytes on one line");
                return impossible(key, what);
            }
        }
        Ok(())
    }
}
