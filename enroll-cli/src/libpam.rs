//! libpam, for `otpctl test`: a PAM application of a hundred lines.
//!
//! A room with unsafe code. The library is opened when it is needed, so that every other
//! command works where there is none, and starts as fast as without. Sources: pam_start(3),
//! pam_conv(3), pam_authenticate(3), pam_acct_mgmt(3).

use libc::{c_char, c_int, c_void};
use std::ffi::{CStr, CString};
use std::ptr::null_mut;
use zeroize::Zeroize;

/// Asks a person: the text, and how it is meant.
pub(crate) trait Asker {
    /// The answer to a question; `None` to give up.
    fn answer(&mut self, question: &str, hidden: bool) -> Option<zeroize::Zeroizing<String>>;
    /// A text that wants no answer.
    fn show(&mut self, text: &str, is_error: bool);
}

/// What a login came to.
pub(crate) struct Outcome {
    /// The number that `pam_authenticate` returned.
    pub(crate) auth: u8,
    /// The number that `pam_acct_mgmt` returned; `None` if it was not asked.
    pub(crate) account: Option<u8>,
}

/// Who logs in, and from where.
pub(crate) struct Visit<'a> {
    pub(crate) service: &'a str,
    pub(crate) user: &'a str,
    pub(crate) terminal: Option<&'a str>,
    pub(crate) remote_host: Option<&'a str>,
}

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

type Callback = extern "C" fn(c_int, *mut *const Message, *mut *mut Response, *mut c_void) -> c_int;

#[repr(C)]
struct Conversation {
    callback: Callback,
    data: *mut c_void,
}

type Start = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const Conversation,
    *mut *mut c_void,
) -> c_int;
type WithNumber = unsafe extern "C" fn(*mut c_void, c_int) -> c_int;
type SetItem = unsafe extern "C" fn(*mut c_void, c_int, *const c_void) -> c_int;

const TERMINAL: c_int = 3;
const REMOTE_HOST: c_int = 4;
const HIDDEN_QUESTION: c_int = 1;
const QUESTION: c_int = 2;
const ERROR_TEXT: c_int = 3;
const CONVERSATION_FAILED: c_int = 19;
const NO_MEMORY: c_int = 5;

/// Runs the real stack of a service.
///
/// # Errors
///
/// A sentence, if libpam cannot be used at all.
pub(crate) fn log_in(visit: &Visit<'_>, asker: &mut dyn Asker) -> Result<Outcome, String> {
    // SAFETY: a constant name; libpam has no initialisers that need anything of us.
    let library = unsafe { libc::dlopen(c"libpam.so.0".as_ptr(), libc::RTLD_NOW) };
    if library.is_null() {
        return Err("this machine has no libpam.so.0".into());
    }
    let symbol = |name: &CStr| {
        // SAFETY: an open library, and a constant name.
        let found = unsafe { libc::dlsym(library, name.as_ptr()) };
        match found.is_null() {
            true => Err(format!("libpam has no {}", name.to_string_lossy())),
            false => Ok(found),
        }
    };
    // SAFETY: the signature of pam_start(3).
    let start = unsafe { std::mem::transmute::<*mut c_void, Start>(symbol(c"pam_start")?) };
    // SAFETY: the signature of pam_set_item(3).
    let set_item = unsafe { std::mem::transmute::<*mut c_void, SetItem>(symbol(c"pam_set_item")?) };
    let [authenticate, account, end] =
        [c"pam_authenticate", c"pam_acct_mgmt", c"pam_end"].map(symbol);
    let with_number = |found: *mut c_void| {
        // SAFETY: the signature of pam_authenticate(3), pam_acct_mgmt(3) and pam_end(3).
        unsafe { std::mem::transmute::<*mut c_void, WithNumber>(found) }
    };
    let (authenticate, account, end) = (
        with_number(authenticate?),
        with_number(account?),
        with_number(end?),
    );

    let text = |text: &str| CString::new(text).map_err(|_| "a name with a NUL".to_string());
    let (service, user) = (text(visit.service)?, text(visit.user)?);
    let terminal = visit.terminal.map(text).transpose()?;
    let remote_host = visit.remote_host.map(text).transpose()?;
    // A pointer to a pointer: one to a trait is two words wide, and libpam passes on one.
    let mut asker: &mut dyn Asker = asker;
    let conversation = Conversation {
        callback: converse,
        data: (&raw mut asker).cast(),
    };
    let mut handle = null_mut();
    // SAFETY: texts and conversation live until pam_end.
    let started = unsafe {
        start(
            service.as_ptr(),
            user.as_ptr(),
            &raw const conversation,
            &raw mut handle,
        )
    };
    if started != 0 || handle.is_null() {
        return Err("libpam refuses the service as a whole (pam_start fails)".into());
    }
    for (item, value) in [(TERMINAL, &terminal), (REMOTE_HOST, &remote_host)] {
        if let Some(value) = value {
            // SAFETY: libpam copies the text.
            let _ = unsafe { set_item(handle, item, value.as_ptr().cast()) };
        }
    }
    // SAFETY: a handle that pam_start has made.
    let auth = unsafe { authenticate(handle, 0) };
    let account = match auth {
        // SAFETY: as above.
        0 => Some(unsafe { account(handle, 0) }),
        _ => None,
    };
    // SAFETY: as above; it is not used afterwards.
    let _ = unsafe { end(handle, account.unwrap_or(auth)) };
    let number = |code: c_int| u8::try_from(code).unwrap_or(u8::MAX);
    Ok(Outcome {
        auth: number(auth),
        account: account.map(number),
    })
}

extern "C" fn converse(
    count: c_int,
    messages: *mut *const Message,
    responses: *mut *mut Response,
    data: *mut c_void,
) -> c_int {
    // A panic must not cross into C.
    let said = std::panic::catch_unwind(|| {
        // SAFETY: `data` is what log_in has passed and still owns; libpam calls in its thread.
        let asker = unsafe { &mut **data.cast::<&mut dyn Asker>() };
        let count = usize::try_from(count)
            .ok()
            .filter(|count| (1..=64).contains(count))?;
        let mut answers = Vec::with_capacity(count);
        // SAFETY: libpam passes `count` pointers to messages (pam_conv(3)).
        let messages = unsafe { std::slice::from_raw_parts(messages, count) };
        for message in messages {
            // SAFETY: each leads to a message that lives until this call returns.
            let Message { style, text } = unsafe { &**message };
            let text = match text.is_null() {
                true => String::new(),
                // SAFETY: a C string of the module's.
                false => unsafe { CStr::from_ptr(*text) }
                    .to_string_lossy()
                    .into_owned(),
            };
            let style = *style;
            answers.push(match style {
                HIDDEN_QUESTION | QUESTION => {
                    let answer = asker.answer(&text, style == HIDDEN_QUESTION)?;
                    Some(answer)
                }
                style => {
                    asker.show(&text, style == ERROR_TEXT);
                    None
                }
            });
        }
        Some(answers)
    });
    let Ok(Some(answers)) = said else {
        return CONVERSATION_FAILED;
    };
    // SAFETY: calloc of a positive size, checked; whoever receives it frees it with free(3).
    let memory = unsafe { libc::calloc(answers.len(), size_of::<Response>()) }.cast::<Response>();
    if memory.is_null() {
        return NO_MEMORY;
    }
    for (place, answer) in answers.into_iter().enumerate() {
        let text = match answer {
            None => null_mut(),
            Some(answer) => {
                let line = answer.trim_end_matches(['\n', '\r']);
                let mut bytes = line.as_bytes().to_vec();
                bytes.retain(|byte| *byte != 0);
                bytes.push(0);
                // SAFETY: the bytes end with a NUL; strdup copies them.
                let copy = unsafe { libc::strdup(bytes.as_ptr().cast()) };
                bytes.zeroize();
                copy
            }
        };
        let place = memory.wrapping_add(place);
        // SAFETY: `memory` has room for as many responses as there are answers.
        unsafe { place.write(Response { text, unused: 0 }) };
    }
    // SAFETY: libpam's place for the answers.
    unsafe { responses.write(memory) };
    0
}
