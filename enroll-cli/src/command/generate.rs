//! `otpctl generate otpctl.8|otp.toml.5|bash|zsh|fish`: what a package ships, made from the same
//! definitions as `--help` and the policy.

use crate::arguments::{Arguments, Generate};
use crate::error::CommandError;
use crate::manual;
use crate::screen::Screen;
use clap::CommandFactory;
use clap_complete::{Shell, generate};

pub(crate) fn run(screen: &mut Screen, wanted: &Generate) -> Result<(), CommandError> {
    let text = match wanted.what.as_str() {
        "otpctl.8" => manual::of_the_command(),
        "otp.toml.5" => manual::of_the_policy(),
        "bash" => completions(Shell::Bash),
        "zsh" => completions(Shell::Zsh),
        "fish" => completions(Shell::Fish),
        other => {
            let what = format!("\"{}\" is nothing that can be made", other.escape_debug());
            let known = "One of: otpctl.8, otp.toml.5, bash, zsh, fish";
            return Err(CommandError::usage(what, known));
        }
    };
    screen.print(text.trim_end_matches('\n'))
}

fn completions(shell: Shell) -> String {
    let mut bytes = Vec::new();
    generate(shell, &mut Arguments::command(), "otpctl", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
