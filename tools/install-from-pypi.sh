#!/bin/sh
# Installs programs that only checks need, once, and prints the folder that they are in:
#
#   bin=$(tools/install-from-pypi.sh NAME PACKAGE==VERSION...)
#
# They are in build/NAME. Needs Python 3 with venv.
set -eu

folder="$(cd "$(dirname "$0")/.." && pwd)/build/$1"
shift

if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$*" ]; then
  echo "Installing $* (once)" >&2
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
  printf '%s\n' "$*" >"$folder/installed"
fi
printf '%s\n' "$folder/bin"
