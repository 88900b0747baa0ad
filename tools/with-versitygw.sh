#!/bin/sh
# Runs a command against a real S3 server: VersityGW, with its POSIX backend in a temporary folder.
#
#   tools/with-versitygw.sh npx jest tests/contract/s3
#
# Needs Go for the first run, or a `versitygw` in the PATH. The command finds S3_TEST_ENDPOINT, S3_TEST_REGION,
# S3_TEST_ACCESS_KEY_ID, S3_TEST_SECRET_ACCESS_KEY, S3_TEST_ORIGINALS_BUCKET and S3_TEST_THUMBNAILS_BUCKET; and in
# S3_TEST_SERVER the program itself, for tests that start one of their own.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tools/on-loopback.sh"
# The one of docker-compose.yml.
version=v1.8.0
cache="$root/build/versitygw"
server=$(command -v versitygw || true)

mkdir -p "$cache"
if [ -z "$server" ]; then
  server="$cache/$version/versitygw"
  if [ ! -x "$server" ]; then
    echo 'Building VersityGW (once)' >&2
    GOBIN="$cache/$version" go install "github.com/versity/versitygw/cmd/versitygw@$version"
  fi
fi

# Beside the project, not in /tmp: it keeps metadata in extended attributes, which not every tmpfs has.
folder=$(mktemp -d "$cache/data.XXXXXX")
clean_up_at_end "$folder"

mkdir -p "$folder/data/darkroom-originals" "$folder/data/darkroom-thumbnails"
port=$(free_port)

export S3_TEST_SERVER="$server"
export S3_TEST_ENDPOINT="http://127.0.0.1:$port"
export S3_TEST_REGION=us-east-1
export S3_TEST_ACCESS_KEY_ID=contract-test
export S3_TEST_SECRET_ACCESS_KEY=contract-test-secret
export S3_TEST_ORIGINALS_BUCKET=darkroom-originals
export S3_TEST_THUMBNAILS_BUCKET=darkroom-thumbnails

"$server" --port "127.0.0.1:$port" --region "$S3_TEST_REGION" \
  --access "$S3_TEST_ACCESS_KEY_ID" --secret "$S3_TEST_SECRET_ACCESS_KEY" \
  posix "$folder/data" >"$folder/log" 2>&1 &
pid=$!

await_port VersityGW "$port" 15 "$folder/log"

"$@"
