//! The flow of a login against a scripted session: one row for each row of the outcome
//! table, with the prompts, the delay, the line of the log, and the state afterwards.

mod rows;
mod script;
mod table;
