#!/bin/sh
# The speed of `zoned process` beside PDFium alone on the PDFs of a folder: run.sh FOLDER
set -eu
cd "$(dirname "$0")/../.."
[ $# -eq 1 ] && [ -d "$1" ] || { echo "bench-speed: say where the PDFs are: make bench-speed CORPUS=DIR" >&2; exit 2; }
pdfium=$(find .cache/pdfium -name libpdfium.so | head -n 1)
[ -n "$pdfium" ] || { echo "bench-speed: PDFium is missing; run 'make setup'" >&2; exit 1; }
mkdir -p .cache/bench-speed
cc -O2 -o .cache/bench-speed/floor bench/speed/floor.c -ldl
exec python3 bench/speed/measure.py "$1" tests/fixtures/long.pdf target/release/zoned .cache/bench-speed/floor "$pdfium"
