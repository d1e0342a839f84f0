//! The firmware: a thread in which trussed and the application live, and the way there.

use crate::backend::{BACKENDS, Dispatch};
use crate::button::Button;
use apdu_dispatch::dispatch::ApduDispatch;
use apdu_dispatch::interchanges::{Channel, Data};
use secrets_app::{Authenticator, Options};
use std::sync::mpsc::{Receiver, Sender, channel};
use trussed::platform::Platform as _;
use trussed::virt::{self, StoreConfig};
use trussed_core::types::Location;
use virtual_token::card::VirtualCard;
use virtual_token::touch::Touch;

/// What a Nitrokey 3 answers to a reset over USB.
const ATR: &[u8] = &[
    0x3B, 0x8F, 0x01, 0x80, 0x5D, 0x4E, 0x69, 0x74, 0x72, 0x6F, 0x6B, 0x65, 0x79, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x6A,
];
/// As many credentials as the firmware allows itself.
const ROOM: u16 = 50;

enum Event {
    PowerUp,
    Command(Vec<u8>),
}

/// The card in front of the firmware.
pub(crate) struct Nitrokey {
    events: Sender<Event>,
    answers: Receiver<Vec<u8>>,
}

impl Nitrokey {
    /// Starts the firmware with an empty memory.
    pub(crate) fn start(serial: u32, touch: Touch) -> Self {
        let (events, waiting) = channel();
        let (answering, answers) = channel();
        std::thread::spawn(move || run(serial, touch, &waiting, &answering));
        Self { events, answers }
    }
}

impl VirtualCard for Nitrokey {
    fn answer_to_reset(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn power_up(&mut self) {
        self.events.send(Event::PowerUp).expect("the firmware runs");
    }

    fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        let event = Event::Command(command.to_vec());
        self.events.send(event).expect("the firmware runs");
        self.answers.recv().expect("the firmware runs")
    }
}

fn run(serial: u32, touch: Touch, events: &Receiver<Event>, answers: &Sender<Vec<u8>>) {
    virt::with_platform(StoreConfig::ram(), |mut platform| {
        let interface = platform.user_interface();
        let button = Button::new(touch, interface.uptime_offset());
        interface.set_inner(Box::new(button));
        platform.run_client_with_backends("secrets", Dispatch::new(), BACKENDS, |client| {
            let serial = serial.to_be_bytes();
            let options = Options::new(Location::Internal, 0, 1, serial, ROOM);
            let mut application = Authenticator::new(client, options);
            // The dispatcher knows what is selected; with the power that is gone.
            while powered(&mut application, events, answers) {}
        });
    });
}

/// From one power-up to the next. Whether there is a next one.
fn powered(
    application: &mut dyn apdu_dispatch::App,
    events: &Receiver<Event>,
    answers: &Sender<Vec<u8>>,
) -> bool {
    let (contact, contactless) = (Channel::new(), Channel::new());
    let (mut reader, contact) = contact.split().expect("split once");
    let (_, contactless) = contactless.split().expect("split once");
    let mut dispatch = ApduDispatch::new(contact, contactless);
    loop {
        match events.recv() {
            Err(_) => return false,
            Ok(Event::PowerUp) => return true,
            Ok(Event::Command(command)) => {
                // Longer than its buffer: wrong length.
                let answer = match Data::try_from(command.as_slice()) {
                    Err(_) => vec![0x67, 0x00],
                    Ok(command) => {
                        reader.request(command).expect("the last one was answered");
                        dispatch.poll(&mut [&mut *application]);
                        let answer = reader.take_response().expect("every command is answered");
                        answer.as_slice().to_vec()
                    }
                };
                if answers.send(answer).is_err() {
                    return false;
                }
            }
        }
    }
}
