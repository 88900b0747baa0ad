#!/bin/sh
# Prints the folder of what AWS Lambda itself runs a function with: its runtime interface client, and Node in the
# version of the template. Installed from npm into build/lambda-runtime at the first call; the client is C++ in part and
# is compiled then, which takes a minute: it needs cmake, g++, make and Python 3.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
folder="$root/build/lambda-runtime"
wanted='aws-lambda-ric@4.0.2 node@24.9.0'

if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$wanted" ]; then
  for program in cmake g++ make python3; do
    command -v "$program" >/dev/null || { echo "$program is missing: apt-get install cmake g++ make python3" >&2; exit 1; }
  done
  # Its headers stand beside Node where Node was installed whole; without them node-gyp fetches them.
  prefix=$(node -p 'path.dirname(path.dirname(process.execPath))')
  if [ -e "$prefix/include/node/node_api.h" ]; then export npm_config_nodedir="$prefix"; fi
  echo "Building AWS Lambda's runtime interface client (once)" >&2
  rm -rf "$folder"
  mkdir -p "$folder"
  printf '{"private": true, "allowScripts": {"aws-lambda-ric": true, "node": true}}\n' >"$folder/package.json"
  # The project lets no package run a script; these two are made by theirs.
  # shellcheck disable=SC2086 # one word a package
  npm install --prefix "$folder" --ignore-scripts=false --no-save --no-audit --no-fund --loglevel=error $wanted \
    >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
  printf '%s\n' "$wanted" >"$folder/installed"
fi
printf '%s\n' "$folder"
