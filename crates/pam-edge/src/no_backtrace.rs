//! The walk along the stack that a panic could print, cut off: here nobody takes it.
//!
//! The standard library brings, for its own panic hook, a reader of ELF, DWARF and compressed
//! sections, and takes orders about it from `RUST_BACKTRACE` in the environment. Our hook is
//! another one ([`guard()`](crate::guard())) and walks nowhere; but that nobody ever will, no
//! optimizer can know, and so a sixth of the module was that reader. With the first step
//! answered here by "the stack ends", it sees that the rest is never reached, and leaves it
//! away. Unwinding itself is another function, and the compiler's.
//!
//! Only in the module as it is installed: tests want their backtraces. Source: the Itanium C++
//! ABI, Exception Handling, 1.2 (`_Unwind_Reason_Code`); `_Unwind_Backtrace` in gcc's unwind.h.

use libc::{c_int, c_void};

/// `_URC_END_OF_STACK`
const END_OF_STACK: c_int = 5;

/// Takes no step.
// Taking this name is sound: it has the signature of gcc's unwind.h, by which the standard library
// calls it, and uses neither argument. `pam-module/build.rs` says to the linker that ours counts.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Backtrace(_step: *const c_void, _argument: *mut c_void) -> c_int {
    END_OF_STACK
}

// It is for this module alone; the program that loads it may want its own.
std::arch::global_asm!(".hidden _Unwind_Backtrace");
