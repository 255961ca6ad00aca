#!/usr/bin/env bash
# ONNX's backend node tests, as Debian's python3-onnx makes them, on the native engine and in ONNX Runtime.
set -euo pipefail
cd "$(dirname "$0")/../.."
for python in python3 /usr/bin/python3; do
  "$python" -c 'import onnx' 2>/dev/null && break
  python=
done
if [ -z "$python" ]; then
  echo "skipped onnx-backend: no python3 has onnx; install python3-onnx"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -W ignore tests/wider/onnx-backend.py "$folder"
npm run --silent build
node tests/wider/onnx-backend.mjs "$folder" --verbose --at-least 0.85 | grep -v '^not supported'
