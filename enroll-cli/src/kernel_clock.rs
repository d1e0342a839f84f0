//! Whether the kernel believes the machine's clock.
//!
//! The one room of this crate with unsafe code: neither `nix` nor the standard library offers
//! the call. What sets the clock (chrony, systemd-timesyncd, ntpd, a hypervisor's tools) tells
//! the kernel so, and the kernel forgets it when nothing has been heard for too long.

use crate::error::CommandError;
use crate::screen::Screen;
use std::mem::MaybeUninit;

/// What a person is told where something depends on a clock that nothing keeps right.
const WARNING: &str = "Warning: the kernel says that the clock is not synchronised, and\n\
                       time-based codes depend on it. Most often this helps:\n\
                       timedatectl set-ntp true";

/// Warns of a clock that nothing keeps right: one day it will refuse every device with a
/// clock of its own, or does already.
pub(crate) fn warn(screen: &mut Screen) -> Result<(), CommandError> {
    match is_synchronised() {
        Some(false) if !screen.is_quiet() => screen.remark(WARNING),
        Some(_) | None => Ok(()),
    }
}

/// Whether something keeps the clock right; `None` if the kernel does not tell, as in some
/// containers.
pub(crate) fn is_synchronised() -> Option<bool> {
    // All zeroes means: no mode, change nothing, only tell.
    let mut answer = MaybeUninit::<libc::timex>::zeroed();
    // SAFETY: a place for the answer that lives until the call returns (adjtimex(2)).
    let state = unsafe { libc::adjtimex(answer.as_mut_ptr()) };
    // SAFETY: all zeroes is a valid `timex`, whether or not the kernel has filled it in.
    let status = unsafe { answer.assume_init() }.status;
    match state {
        -1 => None,
        libc::TIME_ERROR => Some(false),
        _ => Some(status & libc::STA_UNSYNC == 0),
    }
}
