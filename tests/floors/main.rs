//! The drawing of the floors in ARCHITECTURE.md, checked against what cargo and the linker
//! really do.

mod allow_list;
mod dependencies;
mod dist;
mod install;
mod installed_module;
mod linkage;
mod loopholes;
mod manual;
mod members;
mod module_file;
mod rust_version;
mod sources;
