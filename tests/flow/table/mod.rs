//! One login attempt as a table: for each way it can end, what was asked, what libpam is
//! told, what the log says, whether the refusal is held back, and what is remembered.
//!
//! The program that calls libpam, the user database and the clock are played
//! (`played.rs`); the store and the policy file are the real ones, in a private machine
//! (`scene.rs`). The built module under the real libpam is the business of `pam_stack`.
//!
//! Begin with `row.rs`: it says what holds for every row. Then the rows, by how they end.

mod played;
mod row;
mod scene;
mod system;

mod accepting;
mod bypassing;
mod combined;
mod exempting;
mod misconfigured;
mod pending;
mod pin;
mod recovering;
mod refusing;
mod remembering;
mod rules;
mod store_out_of_reach;
mod store_spoiled;
mod throttling;
mod unanswered;
mod validity;

mod complete;
mod meanwhile;
mod same_shape;
mod tries;
