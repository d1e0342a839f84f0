//! Links the unwinder into the module instead of loading libgcc_s.so beside it.
//!
//! Loading libgcc_s was measured to be four fifths of the time a Rust module takes to load.
//! rustc asks the linker for `-lgcc_s`; a linker script of that name, found before the real
//! library, points to the static `libgcc_eh.a` of the same compiler. `catch_unwind` works as
//! before (a test throws a panic through the real libpam).

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let Some(out) = std::env::var_os("OUT_DIR") else {
        return;
    };
    let folder = Path::new(&out).join("unwinder");
    let script = "INPUT(-lgcc_eh -lgcc)\n";
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join("libgcc_s.so"), script));
    if let Err(error) = written {
        println!("cargo::error=cannot write the linker script: {error}");
        return;
    }
    println!("cargo::rustc-link-search=native={}", folder.display());

    // pam-edge then has _Unwind_Backtrace in place of the unwinder's own: the first one that the
    // linker meets counts, and it meets the archives last. (It is the only name that is there
    // twice: without this the linker says so.)
    if std::env::var_os("CARGO_FEATURE_WITHOUT_BACKTRACES").is_some() {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,muldefs");
    }

    // Resolve everything when loading, then make the tables read-only.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,relro,-z,now");
    // libpam unloads modules at pam_end. Ours stays: its standard library may have
    // registered per-thread destructors, and staying is faster for programs that start
    // several transactions. The price: a running daemon keeps the old module after an
    // upgrade until it is restarted, as with every library.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,pam_otp.so");
}
