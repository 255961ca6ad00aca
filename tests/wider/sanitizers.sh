#!/usr/bin/env bash
# Builds the native part with the address and undefined behaviour sanitizers and runs it: kernels against scalar, damaged
# packages, and sessions in Node that compile and run models on every instruction set.
set -euo pipefail
cd "$(dirname "$0")/../.."
runtime=$(c++ -print-file-name=libasan.so)
if [ ! -e "$runtime" ]; then
  echo "skipped sanitizers: the C++ compiler has no libasan"
  exit 77
fi

build=build/sanitized
cmake -S . -B $build -DEDGEC_SANITIZE=ON >/dev/null
cmake --build $build --parallel 2 --target edgec kernels_test load_fuzz >/dev/null
export EDGEC_LEDGER=build/variants.tsv
EDGEC_MACHINE=$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)
export EDGEC_MACHINE
$build/kernels_test 1 500
# Where the CPU has no AVX-VNNI, the test emulates what it adds; 2 tells that it cannot.
$build/kernels_test 1 100 x86_avxvnni || [ $? = 2 ]

# Node frees little of its own at exit, so leaks are looked for in the programs above and below alone.
in_node() { ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=$runtime EDGEC_ADDON=$build/edgec.node node "$@"; }
packages=$build/packages
rm -rf $packages $build/hashes.json
in_node tests/wider/make-packages.mjs $packages
in_node tests/wider/output-hashes.mjs $packages $build/hashes.json
in_node tests/wider/op-samples.mjs
in_node dist/cli/main.js compile examples/glyphs/model.onnx --float --target host -o $packages -q
$build/load_fuzz 1 500 $packages/glyphs.edgec $packages/model.edgec
node tests/fuzz/write-corpus.mjs $build/seeds
$build/load_fuzz 1 0 tests/fuzz/corpus/*.edgec
$build/load_fuzz 1 20 $build/seeds/*.edgec
echo "sanitizers: clean"
