//! Hardware tokens behind the real pcscd: the tokens in software against clients of others,
//! our drivers against both.
//!
//! [`visible`] is the rig alone.

mod visible;
