//! A C string that leaves nothing behind.

use std::ffi::CString;
use zeroize::{Zeroize, Zeroizing};

/// A C string that is wiped when dropped.
pub(crate) struct WipedCString(CString);

impl WipedCString {
    /// A copy of these bytes; `None` if there is a NUL among them.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        // With room for the NUL, so that no copy is left behind by a reallocation.
        let mut copy = Zeroizing::new(Vec::with_capacity(bytes.len().saturating_add(1)));
        copy.extend_from_slice(bytes);
        if copy.contains(&0) {
            return None;
        }
        CString::new(std::mem::take(&mut *copy)).ok().map(Self)
    }

    pub(crate) fn as_c_string(&self) -> &CString {
        &self.0
    }
}

impl Drop for WipedCString {
    fn drop(&mut self) {
        std::mem::take(&mut self.0).into_bytes_with_nul().zeroize();
    }
}
