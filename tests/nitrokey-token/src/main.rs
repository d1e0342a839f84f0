//! A Nitrokey 3 in the virtual reader: Nitrokey's own application (crate `secrets-app`) on its
//! own operating system (crate `trussed`), with RAM for its memory.
//!
//! What is ours is between them and the reader: [`firmware`] runs them, [`button`] is the
//! finger, [`backend`] names the part of trussed that keeps PINs. Options and orders are those
//! of tests/virtual-token.

mod backend;
mod button;
mod firmware;

use std::process::ExitCode;
use virtual_token::options::{Options, USAGE};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("nitrokey-token: {why}\nusage: nitrokey-token nitrokey {USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let options = Options::parse(std::env::args().skip(1))?;
    if options.kind != "nitrokey" || options.version.is_some() || options.nfc {
        return Err("the kind is nitrokey; its firmware has one version".to_owned());
    }
    let touch = options.touch();
    let card = firmware::Nitrokey::start(options.serial, touch.clone());
    virtual_token::control::serve(options.reader, Box::new(card), &touch)
}
