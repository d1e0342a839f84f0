//! What the sheets of these tests say: little, much, and all that is allowed.

use enrolment_sheet::{Sheet, Steps};
use zeroize::Zeroizing;

/// A sheet's texts, which it borrows.
pub(crate) struct Contents {
    pub(crate) user: String,
    pub(crate) host: String,
    pub(crate) label: String,
    pub(crate) secret: String,
    pub(crate) parameters: Vec<(&'static str, String)>,
    pub(crate) codes: Vec<Zeroizing<String>>,
    pub(crate) steps: Steps<'static>,
}

impl Contents {
    pub(crate) fn ordinary() -> Self {
        Self {
            user: "alice".into(),
            host: "web1.example.org".into(),
            label: "phone".into(),
            secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into(),
            parameters: Vec::new(),
            codes: Vec::new(),
            steps: Steps::Pending {
                grace_logins: Some(3),
                ends: "2026-11-30",
            },
        }
    }

    pub(crate) fn with_recovery_codes() -> Self {
        let code = |number: usize| format!("7K3M-Q2ZD-9XVB-4TRN-{number:04}-HJ5C-PA6E").into();
        Self {
            codes: (0..10).map(code).collect(),
            steps: Steps::Activated,
            ..Self::ordinary()
        }
    }

    /// The longest name, issuer, label and secret that are stored, in `letter`s.
    pub(crate) fn largest(letter: char) -> Self {
        let text = |bytes: usize| letter.to_string().repeat(bytes / letter.len_utf8());
        Self {
            user: "w".repeat(32),
            host: text(64),
            label: text(64),
            // 64 bytes in base32.
            secret: "MWMWQGZD".repeat(13)[..103].into(),
            parameters: vec![
                ("Kind", "counter based".into()),
                ("Counter", u64::MAX.to_string()),
                ("Algorithm", "SHA512".into()),
                ("Digits", "8".into()),
            ],
            steps: Steps::Pending {
                grace_logins: Some(u32::MAX),
                ends: "2026-11-30",
            },
            ..Self::with_recovery_codes()
        }
    }

    pub(crate) fn uri(&self) -> String {
        let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let host = if self.host.is_ascii() && !self.host.contains(['<', '&', ' ']) {
            self.host.clone()
        } else {
            escaped(&self.host)
        };
        format!(
            "otpauth://totp/{host}:{}?secret={}&issuer={host}&algorithm=SHA512&digits=8",
            self.user
                .replace(['<', '>', '"', '\'', '&', '\n', '/', ' '], "_"),
            self.secret
        )
    }

    /// Hands the sheet to `look`.
    pub(crate) fn sheet<Seen>(&self, look: impl FnOnce(&Sheet<'_>) -> Seen) -> Seen {
        let groups: Vec<&str> = (0..self.secret.len())
            .step_by(4)
            .map(|place| &self.secret[place..self.secret.len().min(place + 4)])
            .collect();
        look(&Sheet {
            user: &self.user,
            host_or_issuer: &self.host,
            device_label: &self.label,
            uri: &self.uri(),
            grouped_secret: &groups.join(" "),
            parameters: &self.parameters,
            recovery_codes: &self.codes,
            steps: self.steps,
            created: "2026-11-23",
        })
    }
}
