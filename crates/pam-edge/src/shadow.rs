//! Is this the user's password? Asked of the shadow database and libcrypt.
//!
//! Only for `password = verify`. Ageing, expiry and locking of accounts stay with the
//! account phase of the stack. A user without a password hash, or unknown, costs the same
//! hashing as one with, so that time does not tell: hashed is as for the first user in
//! `/etc/shadow` who has a hash. Where users have hashes of several kinds, time tells them apart.
//!
//! Sources: `getspnam_r(3)`, `crypt(3)`, `crypt(5)`.

use crate::libcrypt::{self, CryptR};
use crate::wiped::WipedCString;
use libc::c_char;
use std::ffi::{CStr, CString};
use std::fmt;
use std::fs::File;
use std::io::Read;
use zeroize::Zeroizing;

/// The size of `struct crypt_data` in glibc's former libcrypt, the largest there is; in
/// libxcrypt it is 32,768 bytes.
const CRYPT_DATA_BYTES: usize = 131_232;
/// The part of `/etc/shadow` in which a hash is looked for, in bytes; every login of a stranger
/// reads it.
const SHADOW_BYTES: u64 = 1 << 16;
/// Shorter than any real hash with a method (`$1$`, an empty salt, 22 letters).
const SHORTEST_HASH: usize = 26;
/// What is hashed with if no user has a hash: yescrypt at Debian's default cost.
const NOBODY: &CStr = c"$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7";
/// The longest shadow entry that is read, in bytes.
const LONGEST_ENTRY: usize = 1 << 16;

/// The password could not be checked, which says nothing about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShadowError {
    /// The shadow database cannot be read.
    Database {
        /// As in errno(3).
        errno: i32,
    },
    /// libcrypt is not installed.
    NoLibcrypt,
}

impl fmt::Display for ShadowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database { errno } => {
                let error = std::io::Error::from_raw_os_error(*errno);
                write!(f, "the shadow database cannot be read: {error}")
            }
            Self::NoLibcrypt => f.write_str("libcrypt.so.1 cannot be loaded"),
        }
    }
}

impl std::error::Error for ShadowError {}

/// Whether `password` is the password of `user`; `None` for nobody, at the same cost.
///
/// # Errors
///
/// [`ShadowError`] if the database cannot be read.
pub fn password_is_right(user: Option<&str>, password: &[u8]) -> Result<bool, ShadowError> {
    let crypt_r = libcrypt::crypt_r().ok_or(ShadowError::NoLibcrypt)?;
    let hash = match user {
        Some(user) => hash_of(user)?,
        None => None,
    };
    // A hash that begins with '!' or '*' is a locked password; an empty one is none at all,
    // and none is never right.
    let usable = hash.filter(|hash| !hash.is_empty() && !hash.starts_with(b"!"));
    let usable = usable.filter(|hash| !hash.starts_with(b"*"));
    // The password comes from C, so a NUL inside cannot happen; if it did, it is not right.
    let Some(phrase) = WipedCString::new(password) else {
        return Ok(false);
    };
    let stand_in = match &usable {
        Some(_) => None,
        None => somebodys_hash(),
    };
    let setting = usable.as_ref().or(stand_in.as_ref());
    let setting = setting.and_then(|hash| WipedCString::new(hash));
    let computed = crypt(
        crypt_r,
        &phrase,
        setting
            .as_ref()
            .map_or(NOBODY, |hash| hash.as_c_string().as_c_str()),
    );
    Ok(match (usable, computed) {
        (Some(hash), Some(computed)) => same(&hash, &computed),
        _ => false,
    })
}

/// The first hash in the shadow file, also of a locked account.
fn somebodys_hash() -> Option<Zeroizing<Vec<u8>>> {
    let file = File::open("/etc/shadow").ok()?;
    let room = usize::try_from(SHADOW_BYTES).ok()?;
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    file.take(SHADOW_BYTES).read_to_end(&mut text).ok()?;
    first_hash(&text).map(|hash| Zeroizing::new(hash.to_vec()))
}

fn first_hash(shadow: &[u8]) -> Option<&[u8]> {
    let mut hashes = shadow.split(|byte| *byte == b'\n').filter_map(|line| {
        let hash = line.split(|byte| *byte == b':').nth(1)?;
        let start = hash.iter().position(|byte| *byte != b'!')?;
        hash.get(start..)
    });
    hashes.find(|hash| hash.starts_with(b"$") && hash.len() >= SHORTEST_HASH)
}

/// Equal, compared without stopping at the first difference.
fn same(left: &[u8], right: &[u8]) -> bool {
    let differences = left.iter().zip(right).map(|(left, right)| left ^ right);
    left.len() == right.len() && differences.fold(0, |all, one| all | one) == 0
}

/// The password hash of a user; `None` if there is no entry.
fn hash_of(user: &str) -> Result<Option<Zeroizing<Vec<u8>>>, ShadowError> {
    let Ok(user) = CString::new(user) else {
        return Ok(None);
    };
    let mut room = 2048;
    loop {
        let mut buffer: Zeroizing<Vec<c_char>> = Zeroizing::new(vec![0; room]);
        let mut entry = std::mem::MaybeUninit::<libc::spwd>::uninit();
        let mut found: *mut libc::spwd = std::ptr::null_mut();
        // SAFETY: name, entry, buffer with its length, and the place for the result are ours
        // and live until the call returns (getspnam_r(3)).
        let errno = unsafe {
            libc::getspnam_r(
                user.as_ptr(),
                entry.as_mut_ptr(),
                buffer.as_mut_ptr(),
                buffer.len(),
                &raw mut found,
            )
        };
        match errno {
            libc::ERANGE if room < LONGEST_ENTRY => room = room.saturating_mul(2),
            0 | libc::ENOENT if found.is_null() => return Ok(None),
            0 => {
                // SAFETY: `found` points to our `entry`, which the call has filled.
                let hash = unsafe { (*found).sp_pwdp };
                return Ok(copied_c_string(hash));
            }
            errno => return Err(ShadowError::Database { errno }),
        }
    }
}

fn crypt(crypt_r: CryptR, phrase: &WipedCString, setting: &CStr) -> Option<Zeroizing<Vec<u8>>> {
    // 64-bit words, because the structure wants to be aligned.
    let words = CRYPT_DATA_BYTES.div_ceil(8);
    let mut data: Zeroizing<Vec<u64>> = Zeroizing::new(vec![0; words]);
    // SAFETY: two C strings and a zeroed structure of the full size, all ours (crypt(3)).
    let hash = unsafe {
        crypt_r(
            phrase.as_c_string().as_ptr(),
            setting.as_ptr(),
            data.as_mut_ptr().cast(),
        )
    };
    // libxcrypt answers a failure with a string that begins with '*'.
    copied_c_string(hash).filter(|hash| !hash.starts_with(b"*"))
}

fn copied_c_string(text: *const c_char) -> Option<Zeroizing<Vec<u8>>> {
    if text.is_null() {
        return None;
    }
    // SAFETY: both callers pass a C string that lies in a buffer of theirs.
    let text = unsafe { CStr::from_ptr(text) };
    Some(Zeroizing::new(text.to_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::first_hash;

    #[test]
    fn the_first_real_hash_stands_in_also_that_of_a_locked_account() {
        let shadow = b"root:*:19000:0:99999:7:::\ndaemon:!:1::::::\nbroken:$6$:1::::::\n\
            alice:!$6$saltsalt$0123456789abcdef0123456789abcdef:19000::::::\n\
            bob:$y$j9T$other:1::::::\n";
        let expected = b"$6$saltsalt$0123456789abcdef0123456789abcdef";
        assert_eq!(first_hash(shadow), Some(&expected[..]));
        assert_eq!(first_hash(b"root:*:19000:0:99999:7:::\nx"), None);
        assert_eq!(first_hash(b""), None);
    }
}
