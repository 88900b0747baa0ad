#!/bin/sh
# Runs schemathesis against a running instance, as whoever the name and password belong to:
#
#   node tools/with-service.mjs tools/run-schemathesis.sh '{url}' '{username}' '{password}'
#
# It sends what the document allows and what it does not, and fails at a 5xx, a status that the document does not have,
# a header or a body that is not as it says, input that is taken though the document forbids it, a method that is not
# refused, a token that nobody asks for, and what can still be read after it was deleted. Needs Python 3 with venv;
# schemathesis comes from PyPI at the first call.
set -eu

url=$1 username=$2 password=$3
root=$(cd "$(dirname "$0")/.." && pwd)
bin=$("$root/tools/install-from-pypi.sh" schemathesis schemathesis==4.32.5)

token=$(node -e '
const [url, username, password] = process.argv.slice(1);
const headers = { "content-type": "application/json" };
const body = JSON.stringify({ username, password });
const answer = await fetch(`${url}/token/`, { method: "POST", headers, body });
if (!answer.ok) throw new Error(`no token: ${answer.status}`);
process.stdout.write((await answer.json()).access);
' --input-type=module "$url" "$username" "$password")

# The stream of events never ends, so it stays out. `positive_data_acceptance` stays out as well: what a schema cannot say
# (a cursor that was given out, a name of 255 bytes, the password of now) is refused by right. The rest takes a minute.
exec "$bin/schemathesis" --config-file "$root/tools/schemathesis.toml" run "$url/openapi.json" \
  --url "$url" \
  --header "Authorization: Bearer $token" \
  --checks all --exclude-checks positive_data_acceptance \
  --exclude-path /image/events \
  --max-time 55 --max-examples 30 --request-timeout 20 --seed "${SEED:-1}" --generation-database none \
  --continue-on-failure --suppress-health-check all --warnings off --no-color
