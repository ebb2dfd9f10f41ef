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

missing_packages() { # prints the line of each wanted package that is installed under none of its names
    local wanted line name installed
    wanted="$(wanted_packages)"
    # shellcheck disable=SC2046  # one word a name is what dpkg-query wants; names hold no spaces
    installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $(tr '|' '\n' <<<"$wanted") 2>/dev/null |
        sed -n 's/^installed //p' | tr '\n' ' ') "
    while read -r line; do
        for name in ${line//|/ }; do
            [[ "$installed" == *" $name "* ]] && continue 2
        done
        echo "$line"
    done <<<"$wanted"
}

known_names() { # prints, for each line, the name that apt can install here, of several the last; else the first
    local line name chosen
    for line in "$@"; do
        chosen="${line%%|*}"
        if [[ "$line" == *"|"* ]]; then
            for name in ${line//|/ }; do
                # A name that other packages only mention is found without an error and without a word.
                [ -z "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ] || chosen="$name"
            done
        fi
        echo "$chosen"
    done
}

install_packages() { # takes lines of the lists
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            say "system packages are missing, and only an administrator may install them. Please type:"
            printf '\n  sudo apt-get update && sudo apt-get install --yes --no-install-recommends %s\n\n' \
                "$(known_names "$@" | paste -sd ' ')" >&2
            fail "then run make again."
        fi
        as_root=(sudo -n)
    fi
    # First the lists: a machine that has none yet knows no name.
    "${as_root[@]}" apt-get update --quiet=2 || say "apt-get update failed; trying with the lists that are here"
    local names
    mapfile -t names < <(known_names "$@")
    say "installing system packages: ${names[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${names[@]}" --quiet=2 >/dev/null
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
    # The lock is whole, so nothing is resolved again: pip 23 would look for "google-auth[requests]" among the newest.
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --no-deps --require-hashes --requirement requirements.lock
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --no-deps --no-build-isolation --no-index --editable .
    "$venv/bin/python" -m pip check --disable-pip-version-check >&2
    printf '%s\n' "$now" >"$stamp"
}

exec 9>.setup.lock
flock 9
ensure_packages
ensure_environment
