# shellcheck shell=bash
# What the scripts share; sourced. Sets `root` and goes there, and `cores`.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\n== %s\n' "$*"; }

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

need() {
    command -v "$1" > /dev/null || fail "$1 is not installed: run scripts/setup ${2:-}"
}

cores=$(nproc)

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    local targets=()
    if [ $# -gt 0 ]; then
        targets=(--target "$@")
    fi
    say "build, preset $preset${*:+: $*}"
    cmake --preset "$preset" > "build/configure-$preset.log" 2>&1 ||
        { cat "build/configure-$preset.log" >&2; fail "the configuration of preset $preset failed"; }
    cmake --build --preset "$preset" -j "$cores" "${targets[@]}" ||
        fail "the build of preset $preset failed"
}

mkdir -p build
