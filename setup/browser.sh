#!/bin/sh
# Installs Chromium for the tests in a browser (apt, where root). Nothing to do where there is one.
set -eu

for name in chromium chromium-browser google-chrome; do
    if [ -x "/usr/bin/$name" ]; then exit 0; fi
done
if [ -n "${CHROMIUM:-}" ]; then exit 0; fi

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "setup: installing Chromium"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium fonts-liberation; } >/dev/null || {
        echo "setup: apt-get could not install chromium (its message is above); the network is needed once" >&2
        exit 1
    }
else
    echo "setup: Chromium is missing: install it, on Debian with 'apt-get install chromium', or set CHROMIUM to where it is" >&2
    exit 1
fi
