# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by start, test, check and fuzz: installs what is missing, configures and builds preset dev in build/dev. With
# --help, prints the head of the script that sources it.
case " $* " in *" --help "*)
    sed -n '3,/^[^#]/s/^# //p' "$0"
    exit 0
    ;;
esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
preset=dev
build=build/$preset

# fail TEXT: one line on standard error, status 1.
fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# install_packages GROUP...: with apt, and only what is missing.
install_packages() {
    local group package reason missing=()
    while read -r group package reason; do
        case " $* " in
        *" $group "*) ;;
        *) continue ;;
        esac
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done <packaging/packages.txt
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "apt-get is not here: install the packages of packaging/packages.txt by hand."
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "Run as root, or install sudo, so that these can be installed: ${missing[*]}"
        sudo=(sudo)
    fi
    echo "Installing with apt: ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { "${sudo[@]}" apt-get -qq update &&
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 \
            install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt could not install them; the lines above say why."
    fi
    rm -f "$log"
}

# As many compilers as there are cores, but no more than memory allows: LibTorch's headers take up to 2 GB each.
build_jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable/ { print int($2 / 2000000) }' /proc/meminfo)
    [ "$memory" -ge 1 ] || memory=1
    echo $((cores < memory ? cores : memory))
}

# build_targets [TARGET...]: configures and builds them, or everything. Unless a person watches, says only that a first
# build takes long.
build_targets() {
    local log=$build/configure.log quiet=(--quiet) targets=()
    mkdir -p "$build"
    if ! cmake --preset "$preset" -Wno-dev >"$log" 2>&1; then
        cat "$log" >&2
        fail "CMake could not configure the build; the lines above say why."
    fi
    if [ -t 1 ]; then
        quiet=()
    elif [ ! -x "$build/bin/bitprism-cli" ]; then
        echo "Building in $build (the first time takes up to 15 minutes)"
    fi
    [ $# -eq 0 ] || targets=(--target "$@")
    cmake --build --preset "$preset" "${targets[@]}" --parallel "$(build_jobs)" -- "${quiet[@]}" || fail "The build failed."
}
