//! Whether a credential fits a device, asked before anything is sent.

use crate::{Access, AccessSupport, Capabilities, NewCredential, NewMoving, TokenError};
use otp_core::HashAlgorithm;

impl Capabilities {
    /// Whether the device can keep this credential as it is meant. Names, and a PIN where
    /// there is none for single credentials, are for the driver to judge.
    ///
    /// # Errors
    ///
    /// [`TokenError::Unsupported`] with the reason.
    pub fn check(&self, new: &NewCredential) -> Result<(), TokenError> {
        match self.misfit(new) {
            Some(why) => Err(TokenError::Unsupported { why }),
            None => Ok(()),
        }
    }

    fn misfit(&self, new: &NewCredential) -> Option<String> {
        if !self.kinds.contains(&new.moving.kind()) {
            return Some("the token does not compute codes of this kind".into());
        }
        if !self.algorithms.contains(&new.algorithm) {
            let names: Vec<_> = self.algorithms.iter().map(|one| one.as_str()).collect();
            let (asked, known) = (new.algorithm.as_str(), names.join(" and "));
            return Some(format!("the token computes {known}, not {asked}"));
        }
        let digits = new.digits.get();
        if !self.digits.contains(&digits) {
            let (least, most) = (self.digits.start(), self.digits.end());
            return Some(format!(
                "the token shows {least} to {most} digits, not {digits}"
            ));
        }
        if let NewMoving::Time(step) = new.moving {
            let seconds = step.seconds();
            if !self.time_steps.contains(u64::from(seconds)) {
                return Some(format!("the token knows no time step of {seconds} seconds"));
            }
        }
        let bytes = new.secret.expose_bytes().len();
        // A longer one is hashed first, and is then as long as its hash (RFC 2104 s.3).
        let block = if new.algorithm == HashAlgorithm::Sha512 {
            128
        } else {
            64
        };
        let kept = if bytes > block {
            new.algorithm.output_bytes()
        } else {
            bytes
        };
        if !self.secret_bytes.contains(&kept) {
            let (least, most) = (self.secret_bytes.start(), self.secret_bytes.end());
            return Some(format!(
                "the token keeps secrets of {least} to {most} bytes, not {bytes}"
            ));
        }
        if new.protection.touch {
            let access = if new.protection.pin {
                Access::PinAndTouch
            } else {
                Access::Touch
            };
            if let AccessSupport::No(why) = (self.access)(access) {
                return Some(why.into());
            }
        }
        None
    }
}
