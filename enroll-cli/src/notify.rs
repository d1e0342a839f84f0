//! Runs the administrator's program of `[administration] notify` with a change on its standard
//! input.
//!
//! It runs as root, so it must be root's alone. It has ten seconds, a process group of its own
//! (Ctrl-C is not meant for it), and nothing of the caller's environment.

use crate::only_roots::open_to_others;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why it was not told.
pub(crate) struct NotTold {
    pub(crate) what: String,
    /// Whether it took too long, so that asking it again would, too.
    pub(crate) hangs: bool,
}

impl From<String> for NotTold {
    fn from(what: String) -> Self {
        Self { what, hangs: false }
    }
}

/// Tells the program, and waits for its end.
///
/// # Errors
///
/// Why it was not told, in words.
pub(crate) fn tell(program: &Path, text: &str) -> Result<(), NotTold> {
    if let Some(place) = open_to_others(program) {
        let what = format!("others than root can change {}", place.display());
        return Err(what.into());
    }
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .current_dir("/")
        .process_group(0)
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut input) = child.stdin.take() {
        // A program that does not read is no fault; its status tells. Less than a pipe holds, so
        // that this never waits.
        let _ = input.write_all(format!("{text}\n").as_bytes());
    }
    wait_for(&mut child)
}

fn wait_for(child: &mut Child) -> Result<(), NotTold> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(status.to_string().into()),
            Ok(None) if started.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(None) => {
                // With whatever it has started.
                if let Ok(group) = i32::try_from(child.id()) {
                    let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
                }
                let _ = child.wait();
                return Err(NotTold {
                    what: format!("no end after {} s", PATIENCE.as_secs()),
                    hangs: true,
                });
            }
            Err(error) => return Err(error.to_string().into()),
        }
    }
}
