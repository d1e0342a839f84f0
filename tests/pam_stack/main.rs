//! The built module under the real libpam.

mod accepting;
