#![no_main]
#![allow(dead_code, reason = "one function of many")]

#[path = "../entries.rs"]
mod entries;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::any_conversation(bytes));
