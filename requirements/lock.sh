#!/usr/bin/env bash
# Renews the two lock files from pyproject.toml (hashes, no index lines).
# One universal resolution covers CPython 3.11 to 3.13. Needs `uv`.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
           --no-annotate --custom-compile-command requirements/lock.sh "$@"; }
lock pyproject.toml --extra build --extra semantic -o requirements/run.txt
lock pyproject.toml --extra build --extra browser --extra ocr --extra onnx --extra semantic --extra test -c requirements/run.txt -o requirements/test.txt
