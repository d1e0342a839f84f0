# pam-otp for people: "make demo" shows it, "make test" proves it.

# What building needs, and what tests, demo and benchmark use besides.
BUILD_NEEDS := gcc make libc6-dev libpam0g-dev libcrypt-dev libpcsclite-dev pkg-config
DEMO_NEEDS := $(BUILD_NEEDS) util-linux passwd pamtester oathtool
# Hardware tokens in software, and the clients of others that prove them.
TOKEN_NEEDS := pcscd vsmartcard-vpcd libclang-dev yubikey-manager python3-venv
TEST_NEEDS := $(DEMO_NEEDS) git binutils faketime strace zbar-tools e2fsprogs iproute2 fail2ban mandoc \
	fonts-dejavu-core librsvg2-bin poppler-utils weasyprint \
	openssh-server openssh-client sudo login tmux systemd xkb-data zsh fish $(TOKEN_NEEDS) \
	xvfb imagemagick xclip
# For the Debian packages, and for trying them in fresh Debians.
PACKAGE_NEEDS := $(BUILD_NEEDS) debhelper dpkg-dev fakeroot git lintian xz-utils python3 util-linux
PACKAGE_TEST_NEEDS := $(PACKAGE_NEEDS) mmdebstrap debian-archive-keyring binutils iproute2 \
	checkpolicy semodule-utils
BENCH_NEEDS := $(DEMO_NEEDS) e2fsprogs mount libpam-google-authenticator libpam-oath $(TOKEN_NEEDS)

.PHONY: help build demo demo-token test check bench install uninstall dist source-package package \
	package-test debian-copyright

help:
	@echo "make demo   a real login with password and code, in a private machine"
	@echo "make demo-token   the same with codes of a hardware token in software, behind pcscd"
	@echo "make test   every test"
	@echo "make check  formatting, lints, documentation, licences"
	@echo "make bench  speed beside the peers, as ratios"
	@echo "make build  everything that is installed, in target/release"
	@echo "make install, make uninstall   as root, after make build (DESTDIR, PREFIX, SECURITYDIR)"
	@echo "make dist   the sources as one file"
	@echo "make package          Debian packages, in target/package"
	@echo "make package-test     the same twice, compared, and tried in fresh Debians (root)"
	@echo "make source-package   their sources with all crates"

build:
	@tools/needs $(BUILD_NEEDS)
	tools/build-module
	cargo build --release --package enroll-cli --package pam-otp-verifier

install uninstall:
	@tools/install $@

# What is committed, and nothing else; into DIST.
DIST ?= .
dist:
	@version=$$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1); \
	git archive --prefix="pam-otp-$$version/" -o "$(DIST)/pam-otp-$$version.tar.gz" HEAD && \
	sha256sum "$(DIST)/pam-otp-$$version.tar.gz"

source-package:
	@tools/needs $(PACKAGE_NEEDS)
	@rm -rf target/package/source
	tools/source-package target/package/source

# -d: cargo may be rustup's, which no Debian package provides.
package: source-package
	cd target/package/source/pam-otp-*/ && dpkg-buildpackage -d -us -uc

package-test:
	@tools/needs $(PACKAGE_TEST_NEEDS)
	@tools/package-test

# After a change of Cargo.lock.
debian-copyright:
	@tools/needs $(PACKAGE_NEEDS)
	@rm -rf target/package/vendor
	tools/vendor target/package/vendor
	tools/debian-copyright target/package/vendor > debian/copyright

demo:
	@tools/needs $(DEMO_NEEDS)
	@tools/demo

demo-token:
	@tools/needs $(DEMO_NEEDS) pcscd vsmartcard-vpcd
	@tools/demo-token

# Everything is built before, because tests from outside start the built programs.
test:
	@tools/needs $(TEST_NEEDS)
	tools/token-peers
	cargo build --workspace --all-targets
	cargo test --workspace --no-fail-fast

check:
	@tools/needs $(BUILD_NEEDS)
	cargo fmt --all --check
	cargo fmt --manifest-path tests/nitrokey-token/Cargo.toml --check
	cargo fmt --manifest-path tests/fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
	tools/deny

bench:
	@tools/needs $(BENCH_NEEDS)
	tools/build-module
	cargo build --release --package enroll-cli --package pam-otp-bench
	tests/bench/run
	tools/token-peers
	cargo build --release --package virtual-token --package pam-otp-tests --bin virtual-token --bin token-bench
	tests/bench/tokens
