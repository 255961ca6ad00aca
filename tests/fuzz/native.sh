#!/usr/bin/env bash
# Runs libFuzzer over the loader of packages and the engine, with the address and undefined behaviour sanitizers, and prints its
# executions and coverage. What it found stays in build/fuzz-native/findings; the corpus grows in build/fuzz-native/corpus.
# Usage: native.sh [seconds]   (600 where left out)
set -euo pipefail
cd "$(dirname "$0")/../.."
compiler=${CLANGXX:-$(command -v clang++-14 || command -v clang++ || true)}
if [ -z "$compiler" ]; then
  echo "skipped: libFuzzer needs clang; CLANGXX names it"
  exit 77
fi

build=build/fuzz-native
cmake -S . -B $build -DEDGEC_FUZZ=ON -DCMAKE_CXX_COMPILER="$compiler" >/dev/null
cmake --build $build --parallel 2 --target package_fuzz >/dev/null
mkdir -p $build/corpus $build/findings
node tests/fuzz/write-corpus.mjs $build/seeds
$build/package_fuzz -max_total_time="${1:-600}" -timeout=10 -rss_limit_mb=1024 -max_len=16384 -print_final_stats=1 \
  -artifact_prefix=$build/findings/ $build/corpus $build/seeds 2>&1 |
  grep -E "(INITED|DONE|pulse).*cov:|^stat::|ERROR|SUMMARY|runtime error|Test unit written|^    #[0-9] " | tail -40
