//! pam-otp-verifier: decides logins for programs that cannot open the store themselves.
//!
//! Screen lockers run as the person who is to be asked, and newer helpers of polkit see a
//! read-only `/var`. Their `pam_otp.so` asks here, over a socket on which the kernel says who
//! asks: root may ask about anybody, everybody else about himself. The service does what
//! `Store::decide` does and nothing else; it has no other input and starts no program.
//!
//! Begin with `conversation.rs`. What is said on the socket: `otp_store::verifier`.

mod conversation;
mod guests;
mod listening;
mod log;

use clap::Parser;
use guests::Guests;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Decides logins of pam-otp for programs that cannot open the store themselves.
///
/// Mostly started by systemd (pam-otp-verifier.socket). By hand, as root:
/// pam-otp-verifier --listen
#[derive(Parser)]
#[command(name = "pam-otp-verifier", version)]
struct Arguments {
    /// Make the socket /run/pam-otp/verifier.sock, instead of taking it from systemd
    #[arg(long)]
    listen: bool,
    /// Policy file, if not /etc/pam-otp/otp.toml
    #[arg(long, value_name = "PATH")]
    config: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let listener = if arguments.listen {
        listening::by_hand()
    } else {
        listening::from_systemd()
    };
    let listener = match listener {
        Ok(listener) => listener,
        Err(what) => {
            log::say(log::ERROR, &what);
            return ExitCode::from(1);
        }
    };
    let guests = Arc::new(Guests::default());
    let policy = Arc::new(arguments.config);
    for connection in listener.incoming() {
        let connection = match connection {
            Ok(connection) => connection,
            Err(error) => {
                log::say(
                    log::ERROR,
                    &format!("a connection could not be taken: {error}"),
                );
                // Out of descriptors, most likely: the others need a moment to end.
                std::thread::sleep(std::time::Duration::from_millis(50));
                continue;
            }
        };
        conversation::begin(connection, &guests, &policy);
    }
    ExitCode::from(1)
}
