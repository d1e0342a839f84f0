//! What the file system asks for keeping one record, and nothing else.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

pub const IN_PLACE: &str = "floor: flock + pwrite + fdatasync";
pub const REPLACE: &str = "flock + write aside, fsync, rename, fsync";

/// A bare way to keep a record.
pub struct Floor {
    pub name: &'static str,
    write: fn(u64),
    turn: u64,
}

impl Floor {
    /// Keeps the record once more.
    pub fn write(&mut self) -> Duration {
        self.turn += 1;
        let start = Instant::now();
        (self.write)(self.turn);
        start.elapsed()
    }
}

/// Both ways, with their files in place.
pub fn prepare() -> [Floor; 2] {
    let file = File::create("/bench/floor").expect("the disk is writable");
    file.write_all_at(&[b' '; 8192], 0).expect("it has room");
    file.sync_all().expect("it can be synced");
    [
        Floor {
            name: IN_PLACE,
            write: in_place,
            turn: 0,
        },
        Floor {
            name: REPLACE,
            write: replace,
            turn: 0,
        },
    ]
}

fn in_place(turn: u64) {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/bench/floor")
        .expect("it is there");
    file.lock().expect("it can be locked");
    let offset = (turn % 2) * 4096;
    file.write_all_at(&[b'x'; 4096], offset)
        .expect("it has room");
    file.sync_data().expect("it can be synced");
}

fn replace(_turn: u64) {
    let lock = File::open("/bench/floor").expect("it is there");
    lock.lock().expect("it can be locked");
    let mut aside = File::create("/bench/aside").expect("the disk is writable");
    aside.write_all(&[b'x'; 64]).expect("it has room");
    aside.sync_all().expect("it can be synced");
    std::fs::rename("/bench/aside", "/bench/kept").expect("it can be renamed");
    File::open("/bench")
        .and_then(|folder| folder.sync_all())
        .expect("it can be synced");
}
