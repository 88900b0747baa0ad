#!/bin/sh
# Runs a command against AWS's APIs on loopback: moto, which keeps everything in memory and forgets it at the end.
#
#   tools/with-moto.sh npm run test:aws
#
# Needs Python 3 with venv. The command finds the address in AWS_ENDPOINT_URL, which AWS's SDKs read by themselves, and
# credentials that open nothing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/on-loopback.sh"
bin=$("$here/python-tools.sh")

log=$(mktemp)
clean_up_at_end "$log"

port=$(free_port)

export AWS_ENDPOINT_URL="http://127.0.0.1:$port"
export AWS_REGION=eu-central-1
export AWS_DEFAULT_REGION=eu-central-1
export AWS_ACCESS_KEY_ID=contract-test
export AWS_SECRET_ACCESS_KEY=contract-test-secret
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
unset AWS_SESSION_TOKEN AWS_PROFILE

"$bin/moto_server" --host 127.0.0.1 --port "$port" >"$log" 2>&1 &
pid=$!

await_port moto "$port" 60 "$log"

"$@"
