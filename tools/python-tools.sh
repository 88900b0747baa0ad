#!/bin/sh
# Prints the folder of Python programs that only checks need (cfn-lint for the template, moto for AWS on loopback),
# installed from PyPI into build/python at the first call.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
folder="$root/build/python"
wanted='cfn-lint==1.58.0 moto[server,cloudformation]==5.2.5'

if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$wanted" ]; then
  echo 'Installing cfn-lint and moto (once)' >&2
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  python3 -m venv "$folder"
  # shellcheck disable=SC2086 # one word a package
  "$folder/bin/pip" install --quiet --disable-pip-version-check $wanted >&2
  printf '%s\n' "$wanted" >"$folder/installed"
fi
printf '%s\n' "$folder/bin"
