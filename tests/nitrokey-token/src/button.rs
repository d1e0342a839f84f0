//! The touch button of the token, pressed by [`Touch`].

use std::thread::sleep;
use std::time::{Duration, Instant};
use trussed::platform::UserInterface;
use trussed::types::ui::Status;
use trussed::virt::UptimeOffset;
use trussed_core::types::consent::Level;
use virtual_token::touch::{Look, Touch};

/// More than the firmware waits (15 seconds).
const PAST_THE_END: Duration = Duration::from_secs(20);

pub(crate) struct Button {
    touch: Touch,
    uptime: UptimeOffset,
    asked_at: Instant,
}

impl Button {
    pub(crate) fn new(touch: Touch, uptime: UptimeOffset) -> Self {
        let asked_at = Instant::now();
        Self {
            touch,
            uptime,
            asked_at,
        }
    }
}

impl UserInterface for Button {
    fn check_user_presence(&mut self) -> Level {
        match self.touch.look(self.asked_at.elapsed()) {
            Look::Touched => return Level::Normal,
            // The firmware asks without a pause until its own time is over.
            Look::NotYet => sleep(Duration::from_millis(2)),
            Look::TooLate => self.uptime.add(PAST_THE_END),
        }
        Level::None
    }

    fn set_status(&mut self, status: Status) {
        if matches!(status, Status::WaitingForUserPresence) {
            self.asked_at = Instant::now();
        }
    }
}
