#!/usr/bin/env bash
# Makes this checkout ready: system packages, .venv with the locked dependencies, the project itself.
# Usage: tools/setup.sh run|test    (test needs more system packages than run)
# A second call only compares: one dpkg-query and one checksum. Calls that overlap wait for each other.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly purpose="${1:?run or test}"
readonly venv=.venv
readonly stamp="$venv/.ready"
readonly python="${PYTHON:-python3}"

say() { printf '%s\n' "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

# --- System packages ----------------------------------------------------------------------------------------------

wanted_packages() {
    local lists=(tools/packages/run.txt)
    [ "$purpose" = run ] || lists+=(tools/packages/test.txt)
    sed 's/#.*//; s/[[:space:]]//g; /^$/d' "${lists[@]}"
    [ -x "$venv/bin/python" ] || "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || echo python3-venv
}

missing_packages() { # prints, for each wanted package that is not installed, the name this system knows it by
    local wanted line name installed
    wanted="$(wanted_packages)"
    # shellcheck disable=SC2046  # one word a name is what dpkg-query wants; names hold no spaces
    installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $(tr '|' '\n' <<<"$wanted") 2>/dev/null |
        sed -n 's/^installed //p' | tr '\n' ' ') "
    while read -r line; do
        for name in ${line//|/ }; do
            [[ "$installed" == *" $name "* ]] && continue 2
        done
        known_name "$line"
    done <<<"$wanted"
}

known_name() { # of "old|new", the name that apt knows here; newer ones last
    local name chosen="${1%%|*}"
    if [[ "$1" == *"|"* ]]; then
        for name in ${1//|/ }; do
            apt-cache show --no-all-versions "$name" >/dev/null 2>&1 && chosen="$name"
        done
    fi
    echo "$chosen"
}

install_packages() {
    local install=(apt-get install --yes --no-install-recommends "$@")
    if [ "$(id -u)" = 0 ]; then
        say "installing system packages: $*"
        apt-get update --quiet=2 || say "apt-get update failed; trying with the lists that are here"
        DEBIAN_FRONTEND=noninteractive "${install[@]}" --quiet=2 >/dev/null
    elif sudo -n true 2>/dev/null; then
        say "installing system packages: $*"
        sudo -n apt-get update --quiet=2 || say "apt-get update failed; trying with the lists that are here"
        sudo -n env DEBIAN_FRONTEND=noninteractive "${install[@]}" --quiet=2 >/dev/null
    else
        say "system packages are missing, and only an administrator may install them. Please type:"
        printf '\n  sudo apt-get update && sudo %s\n\n' "${install[*]}" >&2
        fail "then run make again."
    fi
}

ensure_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "not a Debian or Ubuntu system: see tools/packages/*.txt for what the program needs"
        return
    fi
    local missing
    missing="$(missing_packages)"
    # shellcheck disable=SC2086  # one word a name
    [ -z "$missing" ] || install_packages ${missing//$'\n'/ }
}

# --- Python -------------------------------------------------------------------------------------------------------

fingerprint() { # of everything that decides what is in .venv; the folder, because the project is installed in place
    { pwd; "$python" -VV; cat requirements.lock pyproject.toml tools/setup.sh; } | sha256sum
}

ensure_environment() {
    local now
    now="$(fingerprint)"
    if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then
        return
    fi
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "VigInt needs Python 3.11 or newer; $("$python" -V) is here. Set PYTHON=... to another one."
    rm -f "$stamp"
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || { rm -rf "$venv"; "$python" -m venv "$venv"; }
    say "installing the locked dependencies into $venv (a minute or two the first time)"
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --require-hashes --requirement requirements.lock
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --no-deps --no-build-isolation --no-index --editable .
    printf '%s\n' "$now" >"$stamp"
}

exec 9>.setup.lock
flock 9
ensure_packages
ensure_environment
