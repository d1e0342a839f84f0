//! The built module under the real libpam.

mod accepting;
mod broken_files;
mod clocks;
mod conversations;
mod full_disk;
mod logging;
mod misconfigured;
mod parallel;
mod policies;
mod refusing;
mod secret_in_prompt;
mod sessions;
mod switching;
mod throttling;
mod whole_table;
