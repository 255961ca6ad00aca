#!/usr/bin/env bash
# Tables over the real models of the zoo.
set -euo pipefail
zoo=${EDGEC_ZOO:-../shared/zoo}
if [ ! -d "$zoo" ]; then
  echo "skipped zoo: no folder $zoo; set EDGEC_ZOO"
  exit 77
fi
npm run --silent test:zoo
