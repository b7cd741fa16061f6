#!/bin/sh
# The quality figures of `zoned process` on a corpus of PDFs with known answers: run.sh CORPUS
# CORPUS holds dpbench/, synth/ and tools/ (the scorers). A table goes to standard error, the figures as JSON to standard output.
set -eu
cd "$(dirname "$0")/../.."
[ $# -eq 1 ] && [ -n "$1" ] || { echo "bench-quality: say where the corpus is: make bench-quality CORPUS=DIR" >&2; exit 2; }
[ -f "$1/tools/score_md.py" ] || { echo "bench-quality: $1 has no tools/score_md.py: CORPUS is the folder that holds dpbench, synth and tools" >&2; exit 2; }

venv=.cache/bench-quality
pins=bench/quality/requirements.txt
if [ ! -f "$venv/stamp" ] || [ "$(cat "$venv/stamp")" != "$(cksum <"$pins")" ]; then
    echo "bench-quality: installing the scorers' packages" >&2
    rm -rf "$venv"
    python3 -m venv "$venv" || { echo "bench-quality: install Python's venv module, on Debian with 'apt-get install python3-venv'" >&2; exit 1; }
    "$venv/bin/python" -m pip install --quiet --require-hashes --only-binary :all: --disable-pip-version-check -r "$pins"
    cksum <"$pins" >"$venv/stamp"
fi
exec "$venv/bin/python" bench/quality/measure.py "$1" target/release/zoned
