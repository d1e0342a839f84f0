//! A clock that the benchmark moves on, so that each TOTP login has a fresh code.
//!
//! `time` and `clock_gettime` of this program are found before libc's by the modules it
//! loads (`build.rs` exports them). Only the time of day is invented.

use std::os::unix::net::UnixDatagram;
use std::sync::atomic::{AtomicI64, Ordering};

/// Seconds since 1970, as the modules see it.
static NOW: AtomicI64 = AtomicI64::new(1_790_000_000);

/// Moves the clock on.
pub fn advance(seconds: i64) {
    NOW.fetch_add(seconds, Ordering::Relaxed);
}

/// The invented time of day.
pub fn now() -> u64 {
    NOW.load(Ordering::Relaxed).unsigned_abs()
}

/// `time(2)`, for the modules.
///
/// # Safety
///
/// As `time(2)`: `place` is null or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn time(place: *mut libc::time_t) -> libc::time_t {
    let now = NOW.load(Ordering::Relaxed);
    if !place.is_null() {
        // SAFETY: the caller passes null or a place of its own.
        unsafe { place.write(now) };
    }
    now
}

/// `clock_gettime(2)`, for the modules and for this program.
///
/// # Safety
///
/// As `clock_gettime(2)`: `place` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: libc::clockid_t, place: *mut libc::timespec) -> i32 {
    if clock == libc::CLOCK_REALTIME {
        let invented = libc::timespec {
            tv_sec: NOW.load(Ordering::Relaxed),
            tv_nsec: 0,
        };
        // SAFETY: the caller passes a place of its own.
        unsafe { place.write(invented) };
        return 0;
    }
    // SAFETY: the same arguments as the caller's.
    let result = unsafe { libc::syscall(libc::SYS_clock_gettime, clock, place) };
    i32::try_from(result).unwrap_or(-1)
}

/// Listens where the journal of systemd does: at its own socket, and in the place of syslogd.
/// Without a listener one of the peers writes to the console, which takes milliseconds. Each
/// socket has a process of its own, which ends when the returned value is dropped.
pub fn drain_the_log() -> [Drain; 2] {
    std::fs::create_dir_all("/run/systemd/journal").expect("the sandbox's own");
    ["/dev/log", "/run/systemd/journal/socket"].map(drain)
}

fn drain(path: &str) -> Drain {
    let socket = UnixDatagram::bind(path).expect("nobody else listens");
    // SAFETY: this program has a single thread; the child only reads a socket.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "fork");
    if child == 0 {
        let mut line = [0; 8192];
        while socket.recv(&mut line).is_ok() {}
        std::process::exit(0);
    }
    Drain(child)
}

/// A process that drains a log.
pub struct Drain(libc::pid_t);

impl Drop for Drain {
    fn drop(&mut self) {
        // SAFETY: our own child.
        unsafe { libc::kill(self.0, libc::SIGKILL) };
    }
}
