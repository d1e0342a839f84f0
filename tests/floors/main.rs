//! The drawing of the floors in ARCHITECTURE.md, checked against what cargo and the linker
//! really do.

mod dependencies;
mod module_file;
mod sources;
