# shellcheck shell=bash
# What the tests of the installed packages share: a user, his device, and logging in as a person
# would, through pamtester, sudo and sshd. Sourced by them.

set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

user=alice
password='correct horse'
secret=3132333435363738393031323334353637383930
work=$(mktemp -d)
here=$(dirname "$(readlink -f "$0")")

# The counter of the device, across the tests.
counter_file=/run/pam-otp-test.counter

trap 'status=$?; [ ! -e "$work/sshd.pid" ] || kill "$(cat "$work/sshd.pid")" || true
      rm -rf "$work"; exit $status' EXIT

step() { printf -- '-- %s (%s s)\n' "$*" "$SECONDS"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# A device with a button, so that no test has to wait for the next code.
next_code() {
    local counter
    counter=$(cat "$counter_file")
    code=$(oathtool --hotp --counter="$counter" "$secret")
    echo $((counter + 1)) > "$counter_file"
}
wrong_code() { # differs from the next ten
    code=$(oathtool --hotp --counter=5000 "$secret")
}

make_user() {
    # One try, as in the other programs; further ones would find no answer, and wait.
    echo 'Defaults passwd_tries=1' > /etc/sudoers.d/one-try
    chmod 0440 /etc/sudoers.d/one-try
    id "$1" > /dev/null 2>&1 || useradd --create-home --shell /bin/bash --groups sudo "$1"
    printf '%s:%s\n' "$1" "$password" | chpasswd
}

enrol() {
    printf 'hex:%s\n' "$secret" |
        otpctl enroll "$user" --hotp --secret-stdin --pending --no-qr > /dev/null
    echo 0 > "$counter_file"
    # A login over sshd proves nothing here yet: the first right code activates.
    next_code
    printf '%s\n' "$code" | pamtester_quiet pam-otp-alone "$user"
}

# A service that asks for the code only, to activate the account with.
service_for_codes() {
    printf 'auth required pam_otp.so\naccount required pam_permit.so\n' > /etc/pam.d/pam-otp-alone
}
no_service_for_codes() { rm -f /etc/pam.d/pam-otp-alone; }

pamtester_quiet() { pamtester "$1" "$2" authenticate acct_mgmt > "$work/screen" 2>&1; }

# Each: NAME answers...; whether the person was let in. A program of nobody's with Debian's common
# files; unlike "login", it does not wait three seconds after a refusal.
printf '@include common-auth\n@include common-account\n' > /etc/pam.d/test-common
by_pamtester() { printf '%s\n' "$@" | pamtester_quiet "${service:-test-common}" "$user"; }
by_sudo() {
    printf '%s\n' "$@" | setpriv --reuid "$user" --regid "$user" --init-groups --reset-env \
        sudo -S -k -p '' true > "$work/screen" 2>&1
}
by_ssh() {
    start_sshd
    printf '%s\n' "$@" > "$work/answers"
    SSH_ASKPASS=$work/askpass SSH_ASKPASS_REQUIRE=force setsid -w ssh -F none -p 2222 \
        -o UserKnownHostsFile="$work/known" -o StrictHostKeyChecking=no -o ConnectTimeout=20 \
        -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=keyboard-interactive \
        "$user@127.0.0.1" true > "$work/screen" 2>&1 < /dev/null
}

start_sshd() {
    [ ! -e "$work/sshd.pid" ] || return 0
    mkdir -p /run/sshd
    printf '#!/bin/sh\nhead -n 1 %s/answers\nsed -i 1d %s/answers\n' "$work" "$work" > "$work/askpass"
    chmod +x "$work/askpass"
    local options=(-o ListenAddress=127.0.0.1 -o UsePAM=yes -o KbdInteractiveAuthentication=yes
        -o PasswordAuthentication=no)
    # Newer ones keep somebody out for a while who was refused often, as happens here.
    if /usr/sbin/sshd -t -o PerSourcePenalties=no 2> /dev/null; then
        options+=(-o PerSourcePenalties=no)
    fi
    /usr/sbin/sshd -D -E "$work/sshd.log" -p 2222 "${options[@]}" &
    echo $! > "$work/sshd.pid"
    for _ in $(seq 100); do
        ! grep -q 'listening on 127.0.0.1' "$work/sshd.log" 2> /dev/null || return 0
        sleep 0.1
    done
    fail "sshd does not listen: $(cat "$work/sshd.log")"
}

ways="by_pamtester by_sudo by_ssh"

# Password alone suffices, and is needed.
logins_work_without_codes() {
    local way
    for way in $ways; do
        "$way" "$password" || fail "$way, password: refused ($1): $(cat "$work/screen")"
    done
    ! by_pamtester "not the password" || fail "wrong password: let in ($1)"
}

# Password and code are both needed. pam_unix holds every refusal back for about two seconds, so
# this one refuses no more than once for each way.
logins_need_codes() {
    local way
    for way in $ways; do
        ! "$way" "$password" "" || fail "$way, no code: let in ($1)"
        next_code
        "$way" "$password" "$code" || fail "$way, password and code: refused ($1): $(cat "$work/screen")"
    done
}

# And a wrong code is none, and neither is one that was used.
codes_count_once() {
    local way
    for way in $ways; do
        wrong_code
        ! "$way" "$password" "$code" || fail "$way, wrong code: let in ($1)"
        next_code
        "$way" "$password" "$code" || fail "$way, password and code: refused ($1): $(cat "$work/screen")"
        ! "$way" "$password" "$code" || fail "$way, the code once more: let in ($1)"
    done
}
