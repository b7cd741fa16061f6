#!/bin/sh
# Compares a fresh stand-in with recorded answers of the real services: local/contract.sh DIR, where DIR holds
# verify.mjs. Fails on any answer that differs, and lists what was declined (501) in local/README.md.
set -eu
recordings="$(cd "$1" && pwd)"
cd "$(dirname "$0")/.."

fail() {
    echo "contract: $1" >&2
    exit 1
}

[ -f "$recordings/verify.mjs" ] || fail "$recordings holds no verify.mjs: name a directory of recordings with CONTRACT=DIR"
[ -d .cache/contract/node_modules ] || fail "the verifier's packages are missing: run 'make setup'"

# A copy, as modules are looked for beside the program that imports them.
work=target/contract
rm -rf "$work"
mkdir -p "$work"
cp -R "$recordings" "$work/recordings"
rm -rf "$work/recordings/node_modules"
ln -s "$PWD/.cache/contract/node_modules" "$work/recordings/node_modules"

target/debug/local-supabase --port 0 --database-port 0 --file-size-limit 524288000 >"$work/env" 2>"$work/log" &
stand_in=$!
trap 'kill "$stand_in" 2>/dev/null || true; wait "$stand_in" || true' EXIT
trap 'exit 130' INT TERM
waited=0
until grep -q '^S3_SECRET_ACCESS_KEY=' "$work/env"; do
    kill -0 "$stand_in" 2>/dev/null || fail "the stand-in did not start: $(cat "$work/log")"
    [ "$waited" -lt 3600 ] || fail "the stand-in did not start within six minutes"
    waited=$((waited + 1))
    sleep 0.1
done
set -a
. "$work/env"
set +a

outcome=0
node "$work/recordings/verify.mjs" --quiet >"$work/result" || outcome=$?
cat "$work/result"

sed -n 's/^declined \([^ ]*\) .*/- `\1`/p' "$work/result" >"$work/declined"
[ -s "$work/declined" ] || echo none >"$work/declined"
awk -v list="$work/declined" '
    /^<!-- declined: end -->$/ { listing = 0 }
    !listing { print }
    /^<!-- declined: begin/ { listing = 1; while ((getline line < list) > 0) print line }
' local/README.md >"$work/README.md"
cmp -s "$work/README.md" local/README.md || cp "$work/README.md" local/README.md
exit "$outcome"
