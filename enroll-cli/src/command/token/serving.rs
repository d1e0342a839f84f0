//! Who logs in with a token, as the accounts know it: by its serial number.

use crate::error::CommandError;
use otp_core::{Label, UserName};
use otp_store::Store;

/// Everybody who has a device with this serial number.
pub(super) fn users_of(store: &Store, serial: &str) -> Result<Vec<UserName>, CommandError> {
    let mut found = Vec::new();
    for user in store.users()? {
        // A broken account is the doctor's business; it lets nobody in.
        let Ok(Some(account)) = store.account_alone(&user) else {
            continue;
        };
        let mut devices = account.authenticators.iter();
        if devices.any(|one| one.serial.as_ref().map(Label::as_str) == Some(serial)) {
            found.push(user);
        }
    }
    Ok(found)
}
