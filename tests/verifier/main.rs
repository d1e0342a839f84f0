//! The verifier: the built service, asked by the built module in programs that run as the
//! person himself, and by whoever thinks he can speak its language.

mod asking;
mod crowding;
mod hostile;
mod service;
mod starting;
mod throttling;
mod units;
