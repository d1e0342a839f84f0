//! The programs that people log in with: the real sshd, sudo, su and login of Debian, at real
//! terminals, with the PAM files that `config/pam.d` shows to administrators.
//!
//! `scene.rs` furnishes the private machine with `examples.rs`, `sshd.rs` runs a server and a
//! client in it, `journal.rs` reads its system log; everything else is tests.
//!
//! Programs that change users need real root; started by an ordinary user, these tests say
//! that they were skipped.

mod consoles;
mod examples;
mod guide;
mod journal;
mod locker;
mod login;
mod pending;
mod scene;
mod secret_in_question;
mod small_terminal;
mod somebody_elses_session;
mod ssh_at_once;
mod ssh_echo;
mod ssh_keys;
mod ssh_log;
mod ssh_one_answer;
mod ssh_password_and_code;
mod ssh_password_method;
mod ssh_predictions;
mod ssh_root;
mod ssh_second_try;
mod ssh_streams;
mod sshd;
mod su;
mod sudo;
mod sudo_tries;
mod sudo_unattended;
