//! A card in the virtual reader: the protocol of vpcd, and what can go wrong on the way.
//!
//! vpcd listens; the card connects. Each message is a length of two bytes, most significant
//! first, and as many bytes: one byte is a signal, more are an APDU that wants an answer.
//! Source: vsmartcard's description of its "virtual smart card" protocol.

use crate::card::VirtualCard;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::linux::net::TcpStreamExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

const POWER_OFF: [u8; 1] = [0];
const POWER_ON: [u8; 1] = [1];
const RESET: [u8; 1] = [2];
const ANSWER_TO_RESET: [u8; 1] = [4];

/// What goes wrong at an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The card is pulled out before it has seen the command.
    Removed,
    /// The card does what it is told and is pulled out before its answer arrives.
    AnswerLost,
    /// The card does nothing and answers this status word.
    Answer(u16),
}

/// One exchange that has been.
pub struct Exchange {
    /// What was sent to the card.
    pub command: Vec<u8>,
    /// What it answered; empty when it was pulled out.
    pub answer: Vec<u8>,
}

struct State {
    exchanges: Vec<Exchange>,
    faults: Vec<(usize, Fault)>,
    stream: Option<TcpStream>,
    restarts: usize,
}

/// The reader and the card in it; a handle that can be cloned.
#[derive(Clone)]
pub struct Reader {
    address: SocketAddr,
    card: Arc<Mutex<Box<dyn VirtualCard>>>,
    state: Arc<Mutex<State>>,
}

impl Reader {
    /// A card that is not put into its reader yet.
    pub fn new(address: SocketAddr, card: Box<dyn VirtualCard>) -> Self {
        let state = State {
            exchanges: Vec::new(),
            faults: Vec::new(),
            stream: None,
            restarts: 0,
        };
        Self {
            address,
            card: Arc::new(Mutex::new(card)),
            state: Arc::new(Mutex::new(state)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The card itself.
    pub fn card(&self) -> MutexGuard<'_, Box<dyn VirtualCard>> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong at which exchange, counted from now; 1 is the next one.
    pub fn fail_at(&self, exchange: usize, fault: Fault) {
        let mut state = self.state();
        let at = state.exchanges.len() + exchange;
        state.faults.push((at, fault));
    }

    /// Nothing goes wrong any more.
    pub fn fail_never(&self) {
        self.state().faults.clear();
    }

    /// How many exchanges there have been.
    pub fn exchanges(&self) -> usize {
        self.state().exchanges.len()
    }

    /// Calls `look` with every exchange from the `first` on.
    pub fn each_exchange(&self, first: usize, look: impl FnMut(&Exchange)) {
        self.state().exchanges.iter().skip(first).for_each(look);
    }

    /// Takes the card out. It keeps what is written on it.
    pub fn remove(&self) {
        if let Some(stream) = self.state().stream.take() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Puts the card in; a thread of its own answers from now on.
    ///
    /// # Errors
    ///
    /// When the reader cannot be reached, or there is a card in it already.
    pub fn insert(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.stream.is_some() {
            return Err(io::Error::other("the card is in its reader already"));
        }
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        state.stream = Some(stream.try_clone()?);
        drop(state);
        let this = self.clone();
        std::thread::spawn(move || {
            this.card().power_up();
            // It ends with an error whenever the card is pulled out or pcscd goes away.
            let _ = this.serve(&stream);
            let _ = stream.shutdown(Shutdown::Both);
            let mut state = this.state();
            let is_this_one = |one: &TcpStream| one.local_addr().ok() == stream.local_addr().ok();
            if state.stream.as_ref().is_some_and(is_this_one) {
                state.stream = None;
            }
        });
        Ok(())
    }

    /// Out of the reader once the answer has arrived, and in again when pcscd has seen that.
    fn restart(&self) {
        sleep(Duration::from_millis(200));
        self.remove();
        sleep(Duration::from_millis(1000));
        // Somebody may have been quicker.
        let _ = self.insert();
        self.state().restarts += 1;
    }

    /// How often the card has restarted by itself.
    pub fn restarts(&self) -> usize {
        self.state().restarts
    }

    /// Whether the card is in its reader.
    pub fn is_inserted(&self) -> bool {
        self.state().stream.is_some()
    }

    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        loop {
            let message = receive(stream)?;
            match <[u8; 1]>::try_from(message.as_slice()) {
                Ok(POWER_OFF) => {}
                Ok(POWER_ON | RESET) => self.card().power_up(),
                Ok(ANSWER_TO_RESET) => send(stream, &self.card().answer_to_reset())?,
                Ok(_) => return Err(io::Error::other("an unknown signal of the reader")),
                Err(_) => match self.exchange(message) {
                    Some(answer) => send(stream, &answer)?,
                    None => return Ok(()),
                },
            }
        }
    }

    /// `None`: the card was pulled out.
    fn exchange(&self, command: Vec<u8>) -> Option<Vec<u8>> {
        let fault = {
            let mut state = self.state();
            let number = state.exchanges.len() + 1;
            let due = state.faults.iter().position(|(at, _)| *at == number);
            due.map(|at| state.faults.remove(at).1)
        };
        let answer = match fault {
            Some(Fault::Removed) => None,
            Some(Fault::Answer(status)) => Some(status.to_be_bytes().to_vec()),
            Some(Fault::AnswerLost) => {
                self.card().answer(&command);
                None
            }
            None => Some(self.card().answer(&command)),
        };
        if self.card().restarts() {
            let this = self.clone();
            std::thread::spawn(move || this.restart());
        }
        self.state().exchanges.push(Exchange {
            command,
            answer: answer.clone().unwrap_or_default(),
        });
        answer
    }
}

fn receive(mut stream: &TcpStream) -> io::Result<Vec<u8>> {
    // vpcd sends length and body apart; without this the second waits 44 ms for the
    // acknowledgement of the first. Linux forgets it after a while, so each time anew.
    stream.set_quickack(true)?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.set_quickack(true)?;
    stream.read_exact(&mut message)?;
    Ok(message)
}

fn send(mut stream: &TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat())
}
