#!/usr/bin/env bash
# The ledger of kernel variants. It is kept by the suites for 64-bit ARM and AVX-512 and of the sanitizers, so it comes after them.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v qemu-aarch64-static >/dev/null || {
  echo "skipped variants: no qemu-aarch64-static, so that those for ARM ran nowhere"
  exit 77
}
node tests/wider/variants.mjs build/variants.tsv
