#!/bin/sh
# The function's own tests, type-checked, with the very packages that its lock file names.
set -eu
cd "$(dirname "$0")/../../.."
export DENO_DIR="$PWD/.cache/deno" DENO_NO_PACKAGE_JSON=1
exec node_modules/.bin/deno test --quiet --cached-only --frozen --node-modules-dir=none \
    --lock supabase/functions/api/deno.lock --config supabase/functions/api/deno.json \
    --allow-env --allow-read --allow-net=127.0.0.1,localhost --cert supabase/functions/tests/tls/authority.pem "$@" supabase/functions/tests
