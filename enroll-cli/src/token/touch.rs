//! Telling a person to touch the token, and how long is left, while the token waits.
//!
//! The exchange that waits for a touch returns when it is touched or when the token gives up,
//! after some 15 seconds; meanwhile a thread counts down on standard error. With `--plain` it
//! is one line and nothing moves.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use token_drivers::{Holder, Patience};

/// How long tokens wait for a touch, as far as they say so (seconds).
const TOUCH_SECONDS: u64 = 15;
/// A token that is asked again and again is asked no longer than this.
const LONGEST: Duration = Duration::from_secs(20);
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(250);
/// Where it is not known whether a touch is wanted, nothing is said of one until the token has
/// been silent for so long.
const SILENCE: Duration = Duration::from_millis(600);

/// The person who holds the token.
pub(crate) struct Person {
    moves: bool,
    asked: Option<Asked>,
}

struct Asked {
    since: Instant,
    over: Option<Sender<()>>,
    counting: Option<JoinHandle<()>>,
}

impl Person {
    /// `plain`: no lines that move.
    pub(crate) fn new(plain: bool) -> Self {
        Self {
            moves: !plain && io::stderr().is_terminal(),
            asked: None,
        }
    }
}

impl Person {
    fn begin(&mut self, silence: Duration) {
        let (over, ends) = channel::<()>();
        let moves = self.moves;
        self.asked = Some(Asked {
            since: Instant::now(),
            over: Some(over),
            counting: Some(std::thread::spawn(move || {
                if silence.is_zero() || still_waits(&ends, silence) {
                    ask(moves, &ends);
                }
            })),
        });
    }
}

impl Holder for Person {
    fn asked_to_touch(&mut self) -> Patience {
        if let Some(asked) = &self.asked {
            if asked.since.elapsed() >= LONGEST {
                return Patience::GiveUp;
            }
            std::thread::sleep(BETWEEN_QUESTIONS);
            return Patience::Wait;
        }
        self.begin(Duration::ZERO);
        Patience::Wait
    }

    fn may_be_asked_to_touch(&mut self) -> Patience {
        if self.asked.is_some() {
            return self.asked_to_touch();
        }
        self.begin(SILENCE);
        Patience::Wait
    }

    fn touch_is_over(&mut self) {
        let Some(mut asked) = self.asked.take() else {
            return;
        };
        asked.over.take();
        if let Some(counting) = asked.counting.take() {
            let _ = counting.join();
        }
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.touch_is_over();
    }
}

fn still_waits(ends: &Receiver<()>, time: Duration) -> bool {
    ends.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
}

/// Says it; where lines may move, shows the seconds that are left, then takes the line away.
fn ask(moves: bool, ends: &Receiver<()>) {
    let show = |text: String| {
        let _ = io::stderr().write_all(text.as_bytes());
    };
    if !moves {
        return show(format!(
            "Touch the token now (it waits {TOUCH_SECONDS} seconds).\n"
        ));
    }
    for left in (0..=TOUCH_SECONDS).rev() {
        show(format!("\rTouch the token now: {left:2} s \x1b[K"));
        if !still_waits(ends, Duration::from_secs(1)) {
            break;
        }
    }
    show("\r\x1b[K".into());
}
