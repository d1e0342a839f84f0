//! Asking the person in front of the program, and leaving nothing of the answer behind.
//!
//! The program that called libpam supplies a function; what it answers lies in memory that
//! it allocated with `malloc` and that we must free. Programs get this wrong in every way:
//! they answer success without an array, an array without a text, a megabyte. All of that is
//! an answer of ours here, never a crash.
//!
//! Source: `pam_conv(3)`.

use crate::wiped::WipedCString;
use libc::{c_char, c_int, c_void};
use zeroize::{Zeroize, Zeroizing};

/// `PAM_CONV` of `_pam_types.h`.
pub(crate) const PAM_CONV: c_int = 5;
const PAM_SUCCESS: c_int = 0;
const PAM_PROMPT_ECHO_OFF: c_int = 1;
const PAM_PROMPT_ECHO_ON: c_int = 2;
const PAM_TEXT_INFO: c_int = 4;

/// More than this is not copied (it is wiped all the same): one byte more than the longest
/// answer anybody looks at, so that "too long" can be told.
const MOST_COPIED_BYTES: usize = 513;

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
    function: Option<
        unsafe extern "C" fn(
            count: c_int,
            messages: *mut *const Message,
            responses: *mut *mut Response,
            appdata: *mut c_void,
        ) -> c_int,
    >,
    appdata: *mut c_void,
}

/// Whether the person sees what he types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// The screen stays as it is.
    Off,
    /// The characters appear.
    On,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationError {
    /// The program gave libpam no function to ask with.
    NobodyThere,
    /// The function failed, or the person gave up.
    Failed {
        /// What it returned, as in `_pam_types.h`.
        code: i32,
    },
    /// The function says that all is well, but there is no answer.
    NoAnswer,
    /// The question contains a NUL byte and cannot be asked.
    Question,
}

impl std::fmt::Display for ConversationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NobodyThere => f.write_str("the program gave no way to ask"),
            Self::Failed { code } => write!(f, "the program could not ask (code {code})"),
            Self::NoAnswer => f.write_str("the program brought no answer"),
            Self::Question => f.write_str("the prompt contains a NUL byte"),
        }
    }
}

impl std::error::Error for ConversationError {}

/// Asks one question. `conversation` is the item `PAM_CONV`, not null.
pub(crate) fn ask(
    conversation: *const c_void,
    question: &str,
    echo: Echo,
) -> Result<Zeroizing<Vec<u8>>, ConversationError> {
    let style = match echo {
        Echo::Off => PAM_PROMPT_ECHO_OFF,
        Echo::On => PAM_PROMPT_ECHO_ON,
    };
    let array = exchange(conversation, style, question)?.ok_or(ConversationError::NoAnswer)?;
    // SAFETY: after PAM_SUCCESS a non-null array has one element for each message, and there
    // was one (pam_conv(3)).
    let text = unsafe { array.pointer.read() }.text;
    let text = Allocated::new(text).ok_or(ConversationError::NoAnswer)?;
    Ok(text.take_string())
}

/// Shows one text. `conversation` is the item `PAM_CONV`, not null.
pub(crate) fn tell(conversation: *const c_void, text: &str) -> Result<(), ConversationError> {
    let array = exchange(conversation, PAM_TEXT_INFO, text)?;
    // There is nothing to answer; some programs answer with an empty string.
    if let Some(array) = array {
        // SAFETY: as in `ask`.
        let text = unsafe { array.pointer.read() }.text;
        drop(Allocated::new(text));
    }
    Ok(())
}

/// One message there, and perhaps an array back.
fn exchange(
    conversation: *const c_void,
    style: c_int,
    text: &str,
) -> Result<Option<Allocated<Response>>, ConversationError> {
    let text = WipedCString::new(text.as_bytes()).ok_or(ConversationError::Question)?;
    let message = Message {
        style,
        text: text.as_c_string().as_ptr(),
    };
    // SAFETY: PAM_CONV is a `struct pam_conv` (pam_get_item(3)) that libpam keeps for as
    // long as the handle lives; it is read once.
    let conversation = unsafe { conversation.cast::<Conversation>().read() };
    let function = conversation
        .function
        .ok_or(ConversationError::NobodyThere)?;

    let mut messages: *const Message = &raw const message;
    let mut responses: *mut Response = std::ptr::null_mut();
    // SAFETY: one message, one pointer to it, and a place for the answer, all of which live
    // until the call returns (pam_conv(3)).
    let code = unsafe {
        function(
            1,
            &raw mut messages,
            &raw mut responses,
            conversation.appdata,
        )
    };
    // After a failure the place is not ours to look at: some programs free what they had
    // begun and leave the pointer.
    if code != PAM_SUCCESS {
        return Err(ConversationError::Failed { code });
    }
    Ok(Allocated::new(responses))
}

/// Memory from the program's `malloc`, given back to `free` when dropped.
struct Allocated<T> {
    pointer: *mut T,
}

impl<T> Allocated<T> {
    fn new(pointer: *mut T) -> Option<Self> {
        (!pointer.is_null()).then_some(Self { pointer })
    }
}

impl Allocated<c_char> {
    /// Copies the beginning of the string and wipes all of it.
    fn take_string(self) -> Zeroizing<Vec<u8>> {
        // SAFETY: the answer is a C string (pam_conv(3)).
        let length = unsafe { libc::strlen(self.pointer) };
        // SAFETY: `length` bytes before its NUL are initialised, and nobody else has them:
        // the program gave the memory to us.
        let bytes = unsafe { std::slice::from_raw_parts_mut(self.pointer.cast::<u8>(), length) };
        let copied = bytes.get(..MOST_COPIED_BYTES).unwrap_or(bytes);
        let answer = Zeroizing::new(copied.to_vec());
        bytes.zeroize();
        answer
    }
}

impl<T> Drop for Allocated<T> {
    fn drop(&mut self) {
        // SAFETY: pam_conv(3) hands the memory over to us, to be freed with free(3), and it
        // is freed nowhere else.
        unsafe { libc::free(self.pointer.cast()) };
    }
}
