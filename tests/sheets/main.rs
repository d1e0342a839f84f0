//! The sheet for a user, printed and photographed.
//!
//! With `SHEETS_KEPT_IN=folder` the pages stay there, to be looked at.

#![allow(missing_docs)]

mod contents;
mod hostile;
mod printed;
mod printer;
