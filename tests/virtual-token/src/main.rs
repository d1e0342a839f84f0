//! A hardware token in software, put into a virtual reader (vpcd).
//!
//! Orders come on standard input: see `control`. When it ends, so does the token.

use std::process::ExitCode;
use virtual_token::kinds::{self, KINDS};
use virtual_token::options::{Options, USAGE};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("virtual-token: {why}\nusage: virtual-token KIND {USAGE}");
            for (name, what) in KINDS {
                eprintln!("  {name:<10} {what}");
            }
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let options = Options::parse(std::env::args().skip(1))?;
    let touch = options.touch();
    let card = kinds::make(&options, &touch)?;
    virtual_token::control::serve(options.reader, card, &touch)
}
