//! Hardware tokens behind the real pcscd: the tokens in software against clients of others,
//! our drivers against both.
//!
//! [`visible`] is the rig alone. [`ykman4`], [`ykman5`] and [`nitrokey_client`] prove the
//! tokens by their makers' programs; `drivers_*` is our drivers, with both; `cli_*` is `otpctl token`.

mod cli_button;
mod cli_consequences;
mod cli_hostile;
mod cli_json;
mod cli_looking;
mod cli_many;
mod cli_nitrokey;
mod cli_picture;
mod cli_provision;
mod cli_support;
mod cli_terminal;
mod cli_using;
mod drivers_displays;
mod drivers_faults;
mod drivers_management;
mod drivers_nitrokey;
mod drivers_oath;
mod drivers_slots;
mod guide;
mod keyboard_interface;
mod nitrokey_client;
mod oracle;
mod person;
mod visible;
mod ykman;
mod ykman4;
mod ykman5;
