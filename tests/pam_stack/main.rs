//! The built module under the real libpam.

mod accepting;
mod broken_files;
mod clocks;
mod conversations;
mod fail2ban;
mod full_disk;
mod journal;
mod logging;
mod misconfigured;
mod parallel;
mod policies;
mod refusing;
mod remembering;
mod secret_in_prompt;
mod sessions;
mod several_devices;
mod switching;
mod throttling;
mod whole_table;
