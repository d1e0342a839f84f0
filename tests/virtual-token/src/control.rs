//! What a test or a demonstration does to a token, line by line.
//!
//! Each line is an order; what it brings is printed, then a line `ok` or `error WHY`. When the
//! input ends, the token is gone: no token outlives the test that started it.
//!
//! | order | |
//! |---|---|
//! | `press 1`, `press 2` | a short, a long press: `typed "TEXT"` and `usages 27 1E ...` |
//! | `display N` | what the display shows of profile N |
//! | `touch yes`, `touch no`, `touch 300` | the finger: there, not there, after milliseconds |
//! | `waiting` | `yes` or `no`: whether the token waits for a touch just now |
//! | `fault remove N` | pulled out at the N-th exchange from now, before the command is done |
//! | `fault lose N` | the same, but the command is done and only the answer lost |
//! | `fault answer N 6581` | the N-th exchange from now is answered with this status word |
//! | `fault none` | nothing goes wrong any more |
//! | `remove`, `insert` | the card out of the reader, and in again |
//! | `restarts` | how often it has left its reader by itself and come back |
//! | `exchanges` | how many there have been |
//! | `trace N` | the exchanges from the N-th on: `> command`, `< answer` |

use crate::card::VirtualCard;
use crate::reader::{Fault, Reader};
use crate::touch::{Finger, Touch};
use std::fmt::Write as _;
use std::io::{BufRead, Write};
use std::net::SocketAddr;

/// Obeys orders until the input ends.
pub fn obey(reader: &Reader, touch: &Touch, orders: impl BufRead, mut answers: impl Write) {
    for order in orders.lines().map_while(Result::ok) {
        let said = match order_of(reader, touch, order.trim()) {
            Ok(text) => format!("{text}ok\n"),
            Err(why) => format!("error {why}\n"),
        };
        let written = answers.write_all(said.as_bytes());
        if written.and_then(|()| answers.flush()).is_err() {
            return;
        }
    }
}

fn order_of(reader: &Reader, touch: &Touch, order: &str) -> Result<String, String> {
    let words: Vec<&str> = order.split_whitespace().collect();
    let done = Ok(String::new());
    match words.as_slice() {
        ["press", button] => {
            let button = number(button)?;
            let button = u8::try_from(button).map_err(|_| "no such button".to_owned())?;
            let typed = reader.card().press(button)?;
            let usages = hexadecimal(&typed.usages, " ");
            Ok(format!("typed {:?}\nusages {usages}\n", typed.text))
        }
        ["display", profile] => {
            let shown = reader.card().display(number(profile)?)?;
            Ok(format!("{shown}\n"))
        }
        ["touch", finger] => {
            touch.set(Finger::parse(finger)?);
            done
        }
        ["waiting"] => {
            let word = if touch.is_waited_for() { "yes" } else { "no" };
            Ok(format!("{word}\n"))
        }
        ["fault", "none"] => {
            reader.fail_never();
            done
        }
        ["fault", "remove", at] => {
            reader.fail_at(number(at)?, Fault::Removed);
            done
        }
        ["fault", "lose", at] => {
            reader.fail_at(number(at)?, Fault::AnswerLost);
            done
        }
        ["fault", "answer", at, status] => {
            let status = u16::from_str_radix(status, 16).map_err(|error| error.to_string())?;
            reader.fail_at(number(at)?, Fault::Answer(status));
            done
        }
        ["remove"] => {
            reader.remove();
            done
        }
        ["insert"] => {
            reader.insert().map_err(|error| error.to_string())?;
            done
        }
        ["restarts"] => Ok(format!("{}\n", reader.restarts())),
        ["exchanges"] => Ok(format!("{}\n", reader.exchanges())),
        ["trace", first] => {
            let mut text = String::new();
            reader.each_exchange(number(first)?.saturating_sub(1), |exchange| {
                let command = hexadecimal(&exchange.command, "");
                let answer = hexadecimal(&exchange.answer, "");
                let _ = writeln!(text, "> {command}\n< {answer}");
            });
            Ok(text)
        }
        _ => Err(format!("unknown order: {order}")),
    }
}

fn number(text: &str) -> Result<usize, String> {
    let parsed = text.parse();
    parsed.map_err(|_| format!("not a number: {text}"))
}

fn hexadecimal(bytes: &[u8], between: &str) -> String {
    let each: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    each.join(between)
}

/// Puts the card into its reader, says `ready`, and obeys standard input.
///
/// # Errors
///
/// A sentence when there is no reader.
pub fn serve(address: SocketAddr, card: Box<dyn VirtualCard>, touch: &Touch) -> Result<(), String> {
    let reader = Reader::new(address, card);
    let inserted = reader.insert();
    inserted.map_err(|error| format!("no reader listens at {address}: {error}"))?;
    println!("ready");
    obey(&reader, touch, std::io::stdin().lock(), std::io::stdout());
    Ok(())
}
