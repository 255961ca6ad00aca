#!/usr/bin/env bash
# The README's two commands in a fresh clone of the last commit, with nothing beside it, on each Node that is supported;
# and an installed package that builds its native engine.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD arch=$(node -p process.arch)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset EDGEC_ZOO EDGEC_ADDON EDGEC_CPU

for version in 20 22 24; do
  npm install --silent --no-save --no-audit --no-fund --prefix "$folder/node-$version" "node-linux-$arch@$version" && continue
  echo "skipped clean clone: Node $version cannot be installed"
  exit 77
done

run() {
  echo "\$ $1"
  bash -euo pipefail -c "$1" >"$folder/log" 2>&1 || { tail -60 "$folder/log"; exit 1; }
  grep -E '^(→|precision|memory|float|int8|latency)| Tests ' "$folder/log" || true
}

for version in 20 22 24; do
  (
    export PATH=$folder/node-$version/node_modules/node-linux-$arch/bin:$PATH
    git clone --quiet "$root" "$folder/clone"
    cd "$folder/clone"
    echo "clean clone on Node $(node -v), npm $(npm -v)"
    mapfile -t commands < <(sed -n 's/^    \(npm ci && .*\)/\1/p' README.md)
    [ ${#commands[@]} = 2 ]
    for command in "${commands[@]}"; do run "$command"; done
    [ -z "$(git status --porcelain)" ] || { git status --porcelain; exit 1; }
  )
  [ $version = 24 ] || rm -rf "$folder/clone"
done

mkdir "$folder/app"
tarball=$(cd "$folder/clone" && npm pack --silent --pack-destination "$folder")
cd "$folder/app"
echo '{"name":"app","private":true}' >package.json  # or npm installs into a folder above that has one
npm install --silent --no-audit --no-fund "$folder/$tarball"
rm -r node_modules/edgec/build
run "node node_modules/edgec/native/build.mjs"
cp "$root/examples/glyphs/model.onnx" .
run "npx edgec compile model.onnx --target host -o out"
run "npx edgec run out/model.edgec --executor native"
echo "clean clone: both commands on Node 20, 22 and 24; an installed package builds its engine"
