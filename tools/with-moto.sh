#!/bin/sh
# Runs a command against AWS's APIs on loopback: moto, which keeps everything in memory and forgets it at the end.
#
#   tools/with-moto.sh npm run test:sqs
#
# Needs Python 3 with venv. The command finds the address in AWS_ENDPOINT_URL, which AWS's SDKs read by themselves, and
# credentials that open nothing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bin=$("$here/python-tools.sh")

log=$(mktemp)
pid=''
finish() {
  status=$?
  trap - EXIT INT TERM
  if [ -n "$pid" ]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -f "$log"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")

export AWS_ENDPOINT_URL="http://127.0.0.1:$port"
export AWS_REGION=eu-central-1
export AWS_DEFAULT_REGION=eu-central-1
export AWS_ACCESS_KEY_ID=contract-test
export AWS_SECRET_ACCESS_KEY=contract-test-secret
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
unset AWS_SESSION_TOKEN AWS_PROFILE

"$bin/moto_server" --host 127.0.0.1 --port "$port" >"$log" 2>&1 &
pid=$!

node -e '
const net = require("node:net");
const until = Date.now() + 60000;
(function knock() {
  const socket = net.connect(Number(process.argv[1]), "127.0.0.1");
  socket.once("connect", () => process.exit(0));
  socket.once("error", () => (Date.now() > until ? process.exit(1) : setTimeout(knock, 100)));
})();
' "$port" || { echo 'moto did not start:' >&2; cat "$log" >&2; exit 1; }

"$@"
