//! Links the unwinder statically, so that no program here has loaded libgcc_s.so before a
//! module is measured; and exports the two functions with which the benchmark gives the modules its own clock, so
//! that the modules it loads find them before those of libc.

use std::path::Path;

fn main() {
    if let Some(out) = std::env::var_os("OUT_DIR") {
        // As in pam-module/build.rs.
        let script = Path::new(&out).join("libgcc_s.so");
        if std::fs::write(&script, "INPUT(-lgcc_eh -lgcc)\n").is_ok() {
            println!(
                "cargo::rustc-link-search=native={}",
                Path::new(&out).display()
            );
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
    for symbol in ["time", "clock_gettime"] {
        println!("cargo::rustc-link-arg-bins=-Wl,--export-dynamic-symbol={symbol}");
    }
}
