//! The local user database, read once, for commands that look at everybody.
//!
//! Asking the system for each of 100,000 users reads a file of 100,000 lines each time. Only a
//! shortcut for what is as it should be: whoever is not found here with the number that is
//! expected is asked for properly.

use std::collections::HashMap;

/// Names and numbers of `/etc/passwd`.
#[derive(Default)]
pub(crate) struct LocalUsers(HashMap<String, u32>);

impl LocalUsers {
    /// Reads them; nobody, if that cannot be done.
    pub(crate) fn read() -> Self {
        let text = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let mut users = HashMap::new();
        for line in text.lines() {
            let mut fields = line.split(':');
            let name = fields.next();
            let number = fields.nth(1).and_then(|number| number.parse().ok());
            if let (Some(name), Some(number)) = (name, number) {
                // The first entry of a name counts.
                users.entry(name.to_string()).or_insert(number);
            }
        }
        Self(users)
    }

    /// Whether there is a user of this name with this number.
    pub(crate) fn have(&self, name: &str, uid: u32) -> bool {
        self.0.get(name) == Some(&uid)
    }
}
