//! What was put on which token: whom it serves, and what its buttons type.
//!
//! A slot does not tell what it holds, and a token does not know whose it is. So it is kept
//! beside the accounts (`token/` in the store, JSON, for root only). It is a note, not the
//! truth: a button that somebody else has programmed since is not known here, and what cannot
//! be written is said and undoes nothing.

use crate::new_account::now;
use otp_core::hexadecimal;
use otp_store::{Store, StoreError, TokenName};
use serde::{Deserialize, Serialize};
use token_drivers::Identity;
use token_drivers::slots::{Slot, SlotRecord};

/// What is kept of one token.
#[derive(Serialize, Deserialize, Default, Clone)]
pub(crate) struct Note {
    pub(crate) version: u32,
    pub(crate) family: String,
    pub(crate) serial: String,
    /// The accounts that `provision` has put on it.
    #[serde(default)]
    pub(crate) accounts: Vec<NotedAccount>,
    /// What its buttons do.
    #[serde(default)]
    pub(crate) buttons: Vec<NotedButton>,
}

/// One account on a token.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct NotedAccount {
    /// Its name on the token.
    pub(crate) name: String,
    /// Whose login it is.
    pub(crate) user: String,
    pub(crate) since_unix_seconds: u64,
    /// Begun and not known to be finished: what the token holds of this name opens nothing.
    pub(crate) begun_only: bool,
}

/// What one button does.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct NotedButton {
    /// Whose login it is.
    pub(crate) user: Option<String>,
    pub(crate) content: SlotRecord,
}

/// The name of the file of a token; `None` if the token has no serial number.
pub(crate) fn file_name(identity: &Identity) -> Option<TokenName> {
    let serial = identity.serial.as_deref()?;
    let family: String = identity.family.name().to_lowercase();
    let family: String = family
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    TokenName::parse(&format!("{family}-{serial}"))
        // A serial number of other characters.
        .or_else(|| TokenName::parse(&format!("{family}-{}", *hexadecimal(serial.as_bytes()))))
}

impl Note {
    /// What is kept of a token; an empty note if nothing is, or if it cannot be understood.
    pub(crate) fn of(store: &Store, identity: &Identity) -> Result<Self, StoreError> {
        let kept = match file_name(identity) {
            Some(name) => store.token(&name)?,
            None => None,
        };
        let kept = kept.and_then(|text| serde_json::from_str::<Self>(&text).ok());
        Ok(Self {
            version: 1,
            family: identity.family.name().into(),
            serial: identity.serial.clone().unwrap_or_default(),
            ..kept.unwrap_or_default()
        })
    }

    /// Keeps it; a token without a serial number is not kept.
    pub(crate) fn keep(&self, store: &Store, identity: &Identity) -> Result<(), StoreError> {
        let Some(name) = file_name(identity) else {
            return Ok(());
        };
        if self.accounts.is_empty() && self.buttons.is_empty() {
            return store.forget_token(&name);
        }
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        store.keep_token(&name, &text)
    }

    /// Notes an account, in place of one of the same name.
    pub(crate) fn account(&mut self, name: &str, user: &str, begun_only: bool) {
        self.forget_account(name);
        self.accounts.push(NotedAccount {
            name: name.into(),
            user: user.into(),
            since_unix_seconds: now().0,
            begun_only,
        });
    }

    pub(crate) fn forget_account(&mut self, name: &str) {
        self.accounts.retain(|one| one.name != name);
    }

    /// Whether an account of this name was begun here for nobody in the end.
    pub(crate) fn was_only_begun(&self, name: &str) -> bool {
        let mut accounts = self.accounts.iter();
        accounts.any(|one| one.name == name && one.begun_only)
    }

    /// Notes what a button does, in place of what it did before.
    pub(crate) fn note_button(&mut self, button: NotedButton) {
        self.forget_button(button.content.slot);
        self.buttons.push(button);
        self.buttons.sort_by_key(|one| one.content.slot.number());
    }

    pub(crate) fn forget_button(&mut self, slot: Slot) {
        self.buttons.retain(|one| one.content.slot != slot);
    }

    /// For whom an account of this name was put there.
    pub(crate) fn user_of(&self, name: &str) -> Option<&str> {
        let mut accounts = self.accounts.iter();
        accounts
            .find(|one| one.name == name)
            .map(|one| one.user.as_str())
    }

    /// Whether this user logs in with a button of the token, and with nothing else on it.
    pub(crate) fn serves_by_button_only(&self, user: &str) -> bool {
        let mut buttons = self.buttons.iter();
        let mut accounts = self.accounts.iter();
        buttons.any(|one| one.user.as_deref() == Some(user))
            && !accounts.any(|one| one.user == user)
    }

    /// What is known of a button.
    pub(crate) fn button(&self, slot: Slot) -> Option<&NotedButton> {
        self.buttons.iter().find(|one| one.content.slot == slot)
    }

    /// The two presses have changed places.
    pub(crate) fn swap_buttons(&mut self) {
        for button in &mut self.buttons {
            button.content.slot = match button.content.slot {
                Slot::Short => Slot::Long,
                Slot::Long => Slot::Short,
            };
        }
        self.buttons.sort_by_key(|one| one.content.slot.number());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use token_drivers::Family;
    use token_drivers::slots::SlotKind;

    fn identity(serial: Option<&str>) -> Identity {
        Identity {
            family: Family::Nitrokey,
            version: None,
            serial: serial.map(String::from),
            protected: false,
        }
    }

    #[test]
    fn every_serial_number_has_a_file_of_its_own() {
        assert!(file_name(&identity(Some("deadbeef"))).is_some());
        // Not usable as it is, so in hexadecimal.
        assert!(file_name(&identity(Some("../x"))).is_some());
        assert!(file_name(&identity(None)).is_none());
    }

    #[test]
    fn buttons_change_places_with_what_is_known_of_them() {
        let button = |slot, kind| NotedButton {
            user: None,
            content: SlotRecord {
                slot,
                kind,
                friendly_name: None,
                layout: None,
                token_identifier: None,
                access_code: false,
                written_at: now(),
            },
        };
        let mut note = Note::default();
        note.note_button(button(Slot::Long, SlotKind::StaticPassword));
        note.note_button(button(Slot::Short, SlotKind::Hotp6));
        note.note_button(button(Slot::Short, SlotKind::ChallengeResponse));
        note.swap_buttons();
        let kind = |slot| note.button(slot).map(|one| one.content.kind);
        assert_eq!(kind(Slot::Short), Some(SlotKind::StaticPassword));
        assert_eq!(kind(Slot::Long), Some(SlotKind::ChallengeResponse));
    }
}
