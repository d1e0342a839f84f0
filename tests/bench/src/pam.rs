//! One login through libpam, as short as an application can make it.

use libc::{c_char, c_int, c_void};
use std::ffi::CStr;
use std::ptr::null_mut;
use std::time::{Duration, Instant};

#[repr(C)]
struct Response {
    text: *mut c_char,
    unused: c_int,
}

#[repr(C)]
struct Conversation {
    function: extern "C" fn(c_int, *mut *const c_void, *mut *mut Response, *mut c_void) -> c_int,
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
    fn pam_authenticate(handle: *mut c_void, flags: c_int) -> c_int;
    fn pam_end(handle: *mut c_void, status: c_int) -> c_int;
}

/// Answers every prompt with the code, which `appdata` points to.
extern "C" fn converse(
    count: c_int,
    _messages: *mut *const c_void,
    responses: *mut *mut Response,
    appdata: *mut c_void,
) -> c_int {
    let count = usize::try_from(count).unwrap_or(1);
    // SAFETY: calloc of a small array; the module frees it.
    let array = unsafe { libc::calloc(count, size_of::<Response>()) }.cast::<Response>();
    for index in 0..count {
        // SAFETY: `appdata` is the C string of `log_in`, which outlives the call.
        let text = unsafe { libc::strdup(appdata.cast()) };
        // SAFETY: `array` has `count` elements.
        unsafe { array.add(index).write(Response { text, unused: 0 }) };
    }
    // SAFETY: the caller's place.
    unsafe { responses.write(array) };
    0
}

/// Answers and how many of them have been given.
struct Script<'a> {
    answers: &'a [&'a CStr],
    given: usize,
}

/// Answers each prompt with the next answer of the `Script` that `appdata` points to.
extern "C" fn converse_by_script(
    count: c_int,
    _messages: *mut *const c_void,
    responses: *mut *mut Response,
    appdata: *mut c_void,
) -> c_int {
    // SAFETY: `refused` passes its own script, which nobody else uses meanwhile.
    let script = unsafe { &mut *appdata.cast::<Script<'_>>() };
    let (1, Some(answer)) = (count, script.answers.get(script.given)) else {
        // PAM_CONV_ERR
        return 19;
    };
    script.given += 1;
    // SAFETY: calloc of one; the module frees it.
    let array = unsafe { libc::calloc(1, size_of::<Response>()) }.cast::<Response>();
    // SAFETY: a C string.
    let text = unsafe { libc::strdup(answer.as_ptr()) };
    // SAFETY: `array` has one element, and `responses` is the caller's place.
    unsafe {
        array.write(Response { text, unused: 0 });
        responses.write(array);
    }
    0
}

/// The time from `pam_start` to `pam_end` of one attempt, which must be refused as a wrong code
/// is, after exactly so many questions.
#[allow(dead_code, reason = "one-login does not need it")]
pub fn refused(service: &CStr, user: &CStr, answers: &[&CStr]) -> Duration {
    let mut script = Script { answers, given: 0 };
    let conversation = Conversation {
        function: converse_by_script,
        appdata: (&raw mut script).cast(),
    };
    let mut handle = null_mut();
    let start = Instant::now();
    // SAFETY: C strings and a structure that live until pam_end.
    let started = unsafe {
        pam_start_confdir(
            service.as_ptr(),
            user.as_ptr(),
            &raw const conversation,
            c"/bench/pam.d".as_ptr(),
            &raw mut handle,
        )
    };
    // SAFETY: the handle of pam_start.
    let result = unsafe { pam_authenticate(handle, 0) };
    // SAFETY: the handle is not used afterwards.
    unsafe { pam_end(handle, result) };
    let taken = start.elapsed();
    // PAM_AUTH_ERR
    assert_eq!(
        (started, result, script.given),
        (0, 7, answers.len()),
        "{service:?} {user:?}"
    );
    taken
}

/// The time from `pam_start` to `pam_end` of one login, which must succeed.
pub fn log_in(service: &CStr, user: &CStr, code: &CStr) -> Duration {
    let conversation = Conversation {
        function: converse,
        appdata: code.as_ptr().cast_mut().cast(),
    };
    let mut handle = null_mut();
    let start = Instant::now();
    // SAFETY: C strings and a structure that live until pam_end.
    let started = unsafe {
        pam_start_confdir(
            service.as_ptr(),
            user.as_ptr(),
            &raw const conversation,
            c"/bench/pam.d".as_ptr(),
            &raw mut handle,
        )
    };
    // SAFETY: the handle of pam_start.
    let result = unsafe { pam_authenticate(handle, 0) };
    // SAFETY: the handle is not used afterwards.
    let ended = unsafe { pam_end(handle, result) };
    let taken = start.elapsed();
    assert_eq!((started, result, ended), (0, 0, 0), "{service:?} {user:?}");
    taken
}
