//! The smallest PAM application: asks libpam to authenticate somebody, answers its prompts
//! from the command line, and reports in JSON what happened.
//!
//! ```text
//! login-client --service S --user U [--answer A]... [--answer-to Q=A]... [--rhost H] [--tty T] [--ruser U]
//!              [--conversation fail|null|no-array|megabyte|nul] [--session]
//!              [--tries N] [--wait-for FILE] [--confdir DIR]
//! ```

use libc::{c_char, c_int, c_void};
use serde_json::json;
use std::ffi::{CStr, CString};
use std::ptr::{null, null_mut};

#[repr(C)]
struct Message {
    style: c_int,
    text: *const c_char,
}

#[repr(C)]
struct Response {
    text: *mut c_char,
    unused: c_int,
}

#[repr(C)]
struct Conversation {
    function: extern "C" fn(c_int, *mut *const Message, *mut *mut Response, *mut c_void) -> c_int,
    appdata: *mut c_void,
}

#[link(name = "pam")]
unsafe extern "C" {
    fn pam_start_confdir(
        service: *const c_char,
        user: *const c_char,
        conversation: *const Conversation,
        confdir: *const c_char,
        handle: *mut *mut c_void,
    ) -> c_int;
    fn pam_set_item(handle: *mut c_void, item: c_int, value: *const c_void) -> c_int;
    fn pam_authenticate(handle: *mut c_void, flags: c_int) -> c_int;
    fn pam_setcred(handle: *mut c_void, flags: c_int) -> c_int;
    fn pam_acct_mgmt(handle: *mut c_void, flags: c_int) -> c_int;
    fn pam_open_session(handle: *mut c_void, flags: c_int) -> c_int;
    fn pam_close_session(handle: *mut c_void, flags: c_int) -> c_int;
    fn pam_end(handle: *mut c_void, status: c_int) -> c_int;
}

const PAM_TTY: c_int = 3;
const PAM_RHOST: c_int = 4;
const PAM_RUSER: c_int = 8;
const PAM_ESTABLISH_CRED: c_int = 2;
const PAM_CONV_ERR: c_int = 19;

/// The names of the codes, by number (`_pam_types.h`).
const CODES: [&str; 32] = [
    "PAM_SUCCESS",
    "PAM_OPEN_ERR",
    "PAM_SYMBOL_ERR",
    "PAM_SERVICE_ERR",
    "PAM_SYSTEM_ERR",
    "PAM_BUF_ERR",
    "PAM_PERM_DENIED",
    "PAM_AUTH_ERR",
    "PAM_CRED_INSUFFICIENT",
    "PAM_AUTHINFO_UNAVAIL",
    "PAM_USER_UNKNOWN",
    "PAM_MAXTRIES",
    "PAM_NEW_AUTHTOK_REQD",
    "PAM_ACCT_EXPIRED",
    "PAM_SESSION_ERR",
    "PAM_CRED_UNAVAIL",
    "PAM_CRED_EXPIRED",
    "PAM_CRED_ERR",
    "PAM_NO_MODULE_DATA",
    "PAM_CONV_ERR",
    "PAM_AUTHTOK_ERR",
    "PAM_AUTHTOK_RECOVERY_ERR",
    "PAM_AUTHTOK_LOCK_BUSY",
    "PAM_AUTHTOK_DISABLE_AGING",
    "PAM_TRY_AGAIN",
    "PAM_IGNORE",
    "PAM_ABORT",
    "PAM_AUTHTOK_EXPIRED",
    "PAM_MODULE_UNKNOWN",
    "PAM_BAD_ITEM",
    "PAM_CONV_AGAIN",
    "PAM_INCOMPLETE",
];

fn name_of(code: c_int) -> &'static str {
    usize::try_from(code)
        .ok()
        .and_then(|code| CODES.get(code).copied())
        .unwrap_or("?")
}

/// The open descriptors, each with what it is.
fn descriptors() -> Vec<(c_int, String)> {
    let folder = std::fs::read_dir("/proc/self/fd").expect("there is /proc");
    let names = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let numbers: Vec<c_int> = names.filter_map(|name| name.parse().ok()).collect();
    // Without the folder's own, which is closed by now.
    let named = numbers.into_iter().filter_map(|number| {
        let what = std::fs::read_link(format!("/proc/self/fd/{number}")).ok()?;
        Some((number, what.display().to_string()))
    });
    named.collect()
}

/// Those that were not there before, and that a program started now would inherit.
fn inheritable(before: &[(c_int, String)]) -> Vec<String> {
    let mut found = descriptors();
    found.retain(|(number, _)| {
        // SAFETY: a number, which need not be open.
        let flags = unsafe { libc::fcntl(*number, libc::F_GETFD) };
        let known = before.iter().any(|(known, _)| known == number);
        !known && flags & libc::FD_CLOEXEC == 0
    });
    found.into_iter().map(|(_, what)| what).collect()
}

/// Those that were not there before; libc keeps one socket to the system log.
fn left_open(before: &[(c_int, String)]) -> Vec<String> {
    let mut found = descriptors();
    found.retain(|one| !before.contains(one));
    let log = found
        .iter()
        .position(|(_, what)| what.starts_with("socket:"));
    if let Some(log) = log {
        found.remove(log);
    }
    found.into_iter().map(|(_, what)| what).collect()
}

/// How the conversation behaves when asked.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Answer,
    Fail,
    NullText,
    NoArray,
    Megabyte,
    Nul,
}

struct Script {
    before: Vec<(c_int, String)>,
    leaks: Vec<String>,
    answers: std::vec::IntoIter<CString>,
    /// Answers to questions that begin so, the first that fits.
    by_question: Vec<(String, CString)>,
    prompts: Vec<String>,
    manner: Manner,
}

/// Memory as an application allocates it: with malloc, freed by the module.
fn allocated(bytes: &[u8]) -> *mut c_char {
    // SAFETY: malloc of a positive size.
    let memory = unsafe { libc::malloc(bytes.len() + 1) }.cast::<u8>();
    assert!(!memory.is_null());
    // SAFETY: `memory` has room for the bytes and a NUL, and does not overlap them.
    unsafe {
        memory.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        memory.add(bytes.len()).write(0);
    }
    memory.cast()
}

extern "C" fn converse(
    count: c_int,
    messages: *mut *const Message,
    responses: *mut *mut Response,
    appdata: *mut c_void,
) -> c_int {
    // SAFETY: `appdata` is the script that main passed and still owns; libpam calls back in
    // the same thread.
    let script = unsafe { &mut *appdata.cast::<Script>() };
    let count = usize::try_from(count).expect("libpam counts from 1");
    let mut array = Vec::new();
    for index in 0..count {
        // SAFETY: libpam passes `count` pointers to messages with C strings (pam_conv(3)).
        let (style, text) = unsafe {
            let message = &**messages.add(index);
            (
                message.style,
                CStr::from_ptr(message.text).to_string_lossy().into_owned(),
            )
        };
        let kind = match style {
            1 => "off",
            2 => "on",
            3 => "error",
            _ => "info",
        };
        script.prompts.push(format!("{kind}:{text}"));
        let inheritable = inheritable(&script.before);
        script.leaks.extend(inheritable);
        let answer = match (style, script.manner) {
            (1 | 2, Manner::Answer) => {
                let mut fitting = script.by_question.iter();
                let fitting = fitting.find(|(question, _)| text.starts_with(question.as_str()));
                let fitting = fitting.map(|(_, answer)| answer.clone());
                match fitting.or_else(|| script.answers.next()) {
                    Some(answer) => allocated(answer.as_bytes()),
                    None => return PAM_CONV_ERR,
                }
            }
            (1 | 2, Manner::Fail) => return PAM_CONV_ERR,
            (1 | 2, Manner::NoArray) => return 0,
            (1 | 2, Manner::Megabyte) => allocated(&vec![b'1'; 1 << 20]),
            (1 | 2, Manner::Nul) => allocated(b"\x00123456"),
            _ => null_mut(),
        };
        array.push(Response {
            text: answer,
            unused: 0,
        });
    }
    let size = size_of::<Response>() * count;
    // SAFETY: malloc of a positive size; the module frees it.
    let memory = unsafe { libc::malloc(size) }.cast::<Response>();
    // SAFETY: `memory` has room for `count` responses, and `responses` is libpam's place.
    unsafe {
        memory.copy_from_nonoverlapping(array.as_ptr(), count);
        responses.write(memory);
    }
    0
}

fn main() {
    let mut words = std::env::args().skip(1);
    let before = descriptors();
    let mut script = Script {
        before: before.clone(),
        leaks: Vec::new(),
        answers: Vec::new().into_iter(),
        by_question: Vec::new(),
        prompts: Vec::new(),
        manner: Manner::Answer,
    };
    let mut answers = Vec::new();
    let (mut service, mut user, mut confdir) = (None, None, "/etc/pam.d".to_string());
    let (mut rhost, mut tty, mut ruser, mut wait_for) = (None, None, None, None);
    let (mut session, mut account, mut tries) = (false, false, 1);
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .unwrap_or_else(|| panic!("{word} needs a value"))
        };
        match word.as_str() {
            "--service" => service = Some(value()),
            "--user" => user = Some(value()),
            "--answer" => answers.push(CString::new(value()).expect("no NUL")),
            "--answer-to" => {
                let pair = value();
                let (question, answer) = pair.split_once('=').expect("QUESTION=ANSWER");
                let answer = CString::new(answer).expect("no NUL");
                script.by_question.push((question.to_string(), answer));
            }
            "--rhost" => rhost = Some(value()),
            "--tty" => tty = Some(value()),
            "--ruser" => ruser = Some(value()),
            "--confdir" => confdir = value(),
            "--wait-for" => wait_for = Some(value()),
            "--session" => session = true,
            "--account" => account = true,
            "--tries" => tries = value().parse().expect("a number"),
            "--conversation" => {
                script.manner = match value().as_str() {
                    "fail" => Manner::Fail,
                    "null" => Manner::NullText,
                    "no-array" => Manner::NoArray,
                    "megabyte" => Manner::Megabyte,
                    "nul" => Manner::Nul,
                    other => panic!("unknown conversation: {other}"),
                }
            }
            other => panic!("unknown word: {other}"),
        }
    }
    script.answers = answers.into_iter();
    let c = |text: String| CString::new(text).expect("no NUL");
    let (service, user) = (c(service.expect("--service")), c(user.expect("--user")));
    let confdir = c(confdir);
    let conversation = Conversation {
        function: converse,
        appdata: (&raw mut script).cast(),
    };
    let mut handle = null_mut();
    // SAFETY: C strings and structures that live until pam_end.
    let started = unsafe {
        pam_start_confdir(
            service.as_ptr(),
            user.as_ptr(),
            &raw const conversation,
            confdir.as_ptr(),
            &raw mut handle,
        )
    };
    assert_eq!(started, 0, "pam_start: {}", name_of(started));
    for (item, value) in [(PAM_RHOST, rhost), (PAM_TTY, tty), (PAM_RUSER, ruser)] {
        if let Some(value) = value {
            let value = c(value);
            // SAFETY: libpam copies the string.
            let code = unsafe { pam_set_item(handle, item, value.as_ptr().cast()) };
            assert_eq!(code, 0);
        }
    }
    if let Some(file) = wait_for {
        while !std::path::Path::new(&file).exists() {
            std::hint::spin_loop();
        }
    }
    let mut authenticated = -1;
    for _ in 0..tries {
        // SAFETY: a handle from pam_start; the conversation still lives.
        authenticated = unsafe { pam_authenticate(handle, 0) };
        if authenticated == 0 {
            break;
        }
    }
    // SAFETY: as above.
    let accounted = account.then(|| unsafe { pam_acct_mgmt(handle, 0) });
    // SAFETY: as above.
    let credited = unsafe { pam_setcred(handle, PAM_ESTABLISH_CRED) };
    let mut opened = null::<c_int>();
    let open_code;
    if session {
        // SAFETY: as above.
        open_code = unsafe { pam_open_session(handle, 0) };
        opened = &raw const open_code;
        // SAFETY: as above.
        let _ = unsafe { pam_close_session(handle, 0) };
    }
    // SAFETY: as above; the handle is not used again.
    let ended = unsafe { pam_end(handle, authenticated) };
    assert_eq!(ended, 0);
    // SAFETY: null, or a variable of this function.
    let opened = unsafe { opened.as_ref() }.map(|code| name_of(*code));
    script.leaks.extend(inheritable(&before));
    script.leaks.extend(left_open(&before));
    let report = json!({
        "leaks": script.leaks,
        "authenticate": name_of(authenticated),
        "account": accounted.map(name_of),
        "setcred": name_of(credited),
        "session": opened,
        "prompts": script.prompts,
    });
    println!("{report}");
}
