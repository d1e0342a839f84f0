//! Kills and errors at every step of a command and of a login: nobody is locked out, nobody
//! is let in, no code is good twice.

mod all_at_once;
mod coming_and_going;
mod commands;
mod counted_guesses;
mod damaged_accounts;
mod door;
mod every_step_of_a_login;
mod failing_commands;
mod failing_logins;
mod interleaved;
mod killed_commands;
mod no_openat2;
mod scene;
mod step;
mod strace;
