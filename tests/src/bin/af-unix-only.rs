//! Runs a program that can open local sockets only, as `RestrictAddressFamilies=AF_UNIX` makes
//! it: `af-unix-only PROGRAM [ARGUMENT]...`.

use std::os::unix::process::CommandExt;
use std::process::Command;

const LOAD: u16 = 0x20;
const JUMP_IF_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
const ALLOW: u32 = 0x7fff_0000;
const FAIL: u32 = 0x0005_0000;

/// If the call is socket(2) and its first argument is not `AF_UNIX`: `EAFNOSUPPORT`.
fn filter() -> [libc::sock_filter; 6] {
    let socket = u32::try_from(libc::SYS_socket).expect("a small number");
    let local = u32::try_from(libc::AF_UNIX).expect("a small number");
    let refusal = FAIL | u32::try_from(libc::EAFNOSUPPORT).expect("a small number");
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    [
        // struct seccomp_data: the number of the call, then at 16 its first argument.
        step(LOAD, 0, 0, 0),
        // Another call goes on to ALLOW.
        step(JUMP_IF_EQUAL, 0, 2, socket),
        step(LOAD, 0, 0, 16),
        step(JUMP_IF_EQUAL, 0, 1, local),
        step(RETURN, 0, 0, ALLOW),
        step(RETURN, 0, 0, refusal),
    ]
}

fn main() {
    let mut filter = filter();
    let program = libc::sock_fprog {
        len: 6,
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: the filter lives until it is installed; it changes this process only.
    let failed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(
                libc::PR_SET_SECCOMP,
                libc::SECCOMP_MODE_FILTER,
                &raw const program,
            ) != 0
    };
    assert!(!failed, "{}", std::io::Error::last_os_error());
    // SAFETY: takes numbers; the descriptor would be closed at the exec.
    let refused = unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) };
    assert_eq!(refused, -1, "the filter lets everything through");
    let mut words = std::env::args().skip(1);
    let program = words.next().expect("a program");
    let error = Command::new(program).args(words).exec();
    panic!("{error}");
}
