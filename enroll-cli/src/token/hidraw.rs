//! The keyboard interface of a YubiKey as Linux shows it: `/dev/hidrawN`.
//!
//! Finds the devices, reads and writes feature reports of eight bytes; what they mean is
//! `token_drivers::slots`. One of the rooms of this crate with unsafe code: neither `nix` nor
//! the standard library offers the two calls. Sources: the kernel's `hid/hidraw.rst` and
//! `linux/hidraw.h`.
//!
//! Who may open the device is decided by udev (`uaccess`): whoever sits at the machine, and
//! root.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;
use token_drivers::CardError;
use token_drivers::slots::FeatureReports;
use zeroize::Zeroizing;

/// Where the kernel lists the devices.
pub(crate) const LIST: &str = "/sys/class/hidraw";
/// Yubico, as USB counts vendors.
const VENDOR: u32 = 0x1050;
/// How the description of a keyboard begins: usage page 1, usage 6.
const KEYBOARD: [u8; 4] = [0x05, 0x01, 0x09, 0x06];
/// HIDIOCSFEATURE(9): a report of eight bytes behind its number.
const SET_FEATURE: libc::Ioctl = 0xC009_4806_u32 as libc::Ioctl;
/// HIDIOCGFEATURE(9).
const GET_FEATURE: libc::Ioctl = 0xC009_4807_u32 as libc::Ioctl;
/// Between two looks at a token.
const PAUSE: Duration = Duration::from_millis(50);

/// The devices that are keyboards of Yubico, as `/dev/hidrawN`, in order. `list` is [`LIST`].
/// A list that is not there has none: the kernel has no HID, as in a container.
pub(crate) fn devices(list: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(list) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        // One that was unplugged in between has no files any more, and is none of them.
        if is_of_yubico(&entry.path()) && is_keyboard(&entry.path()) {
            found.push(Path::new("/dev").join(entry.file_name()));
        }
    }
    found.sort();
    Ok(found)
}

/// `HID_ID=0003:00001050:00000407`: bus, vendor, product.
fn is_of_yubico(device: &Path) -> bool {
    let text = fs::read_to_string(device.join("device/uevent")).unwrap_or_default();
    let ids = text.lines().find_map(|line| line.strip_prefix("HID_ID="));
    let vendor = ids.and_then(|ids| ids.split(':').nth(1));
    vendor.and_then(|vendor| u32::from_str_radix(vendor, 16).ok()) == Some(VENDOR)
}

fn is_keyboard(device: &Path) -> bool {
    let description = fs::read(device.join("device/report_descriptor"));
    description.is_ok_and(|bytes| bytes.starts_with(&KEYBOARD))
}

/// An open device.
pub(crate) struct HidRaw(File);

impl HidRaw {
    /// Opens a device. Permission and absence are two errors for two sentences.
    pub(crate) fn open(device: &Path) -> io::Result<Self> {
        let mut options = File::options();
        options.read(true).write(true).open(device).map(Self)
    }
}

impl FeatureReports for HidRaw {
    fn read(&mut self) -> Result<[u8; 8], CardError> {
        // The first byte is the number of the report, 0: the token has one only.
        let mut buffer = Zeroizing::new([0_u8; 9]);
        // SAFETY: the kernel writes at most the nine bytes that the request's number names,
        // into a buffer of nine that lives until the call returns.
        let length = unsafe { libc::ioctl(self.0.as_raw_fd(), GET_FEATURE, buffer.as_mut_ptr()) };
        // Eight bytes, or nine where the kernel counts the number.
        if length < 0 {
            return Err(failure(&io::Error::last_os_error()));
        }
        if length < 8 {
            return Err(CardError::NotAnAnswer {
                bytes: usize::try_from(length).unwrap_or_default(),
            });
        }
        let [_, report @ ..] = *buffer;
        Ok(report)
    }

    fn write(&mut self, report: &[u8; 8]) -> Result<(), CardError> {
        let mut buffer = Zeroizing::new([0_u8; 9]);
        for (to, from) in buffer.iter_mut().skip(1).zip(report) {
            *to = *from;
        }
        // SAFETY: the kernel reads the nine bytes that the request's number names, from a
        // buffer of nine that lives until the call returns.
        let length = unsafe { libc::ioctl(self.0.as_raw_fd(), SET_FEATURE, buffer.as_mut_ptr()) };
        if length < 0 {
            return Err(failure(&io::Error::last_os_error()));
        }
        Ok(())
    }

    fn pause(&mut self) {
        thread::sleep(PAUSE);
    }
}

fn failure(error: &io::Error) -> CardError {
    match error.raw_os_error() {
        Some(libc::ENODEV | libc::ENXIO | libc::ESHUTDOWN) => CardError::Removed,
        Some(libc::ETIMEDOUT) => CardError::TimedOut,
        _ => CardError::Reader(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A device as the kernel lists it.
    fn listed(list: &Path, name: &str, ids: &str, description: &[u8]) {
        let device = list.join(format!("devices-{name}"));
        fs::create_dir_all(device.join("device")).unwrap();
        let uevent = format!("DRIVER=hid-generic\nHID_ID={ids}\nHID_NAME=x\n");
        fs::write(device.join("device/uevent"), uevent).unwrap();
        fs::write(device.join("device/report_descriptor"), description).unwrap();
        let names = list.join("class");
        fs::create_dir_all(&names).unwrap();
        symlink(device, names.join(name)).unwrap();
    }

    #[test]
    fn keyboards_of_yubico_are_found_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("hidraw-{}", std::process::id()));
        let keyboard = [0x05, 0x01, 0x09, 0x06, 0xA1, 0x01];
        let fido = [0x06, 0xD0, 0xF1, 0x09, 0x01];
        listed(&folder, "hidraw3", "0003:00001050:00000407", &keyboard);
        listed(&folder, "hidraw1", "0003:00001050:00000110", &keyboard);
        listed(&folder, "hidraw2", "0003:00001050:00000407", &fido);
        listed(&folder, "hidraw0", "0003:0000046D:0000C31C", &keyboard);
        listed(&folder, "hidraw4", "rubbish", &keyboard);
        symlink("gone", folder.join("class/hidraw5")).unwrap();

        let found = devices(&folder.join("class")).unwrap();

        fs::remove_dir_all(&folder).unwrap();
        let expected = ["/dev/hidraw1", "/dev/hidraw3"].map(PathBuf::from);
        assert_eq!(found, expected);
        assert_eq!(devices(&folder).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_is_no_hid_device_says_so_and_does_nothing() {
        let mut device = HidRaw::open(Path::new("/dev/null")).unwrap();
        assert!(matches!(device.read(), Err(CardError::Reader(_))));
        assert!(matches!(device.write(&[0; 8]), Err(CardError::Reader(_))));
        assert!(HidRaw::open(Path::new("/dev/hidraw-none")).is_err());
    }

    #[test]
    fn an_unplugged_token_is_told_from_a_failing_one() {
        let of = |code| failure(&io::Error::from_raw_os_error(code));
        assert_eq!(of(libc::ENODEV), CardError::Removed);
        assert_eq!(of(libc::ETIMEDOUT), CardError::TimedOut);
        assert!(matches!(of(libc::EPIPE), CardError::Reader(_)));
    }
}
