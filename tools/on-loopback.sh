# Sourced by the scripts that run a command beside a server of their own; no program by itself.

# A port of 127.0.0.1 that nobody has.
free_port() {
  node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"
}

# await_port NAME PORT SECONDS LOG: until it answers; else shows the log and ends the script.
await_port() {
  node -e '
const net = require("node:net");
const until = Date.now() + Number(process.argv[2]) * 1000;
(function knock() {
  const socket = net.connect(Number(process.argv[1]), "127.0.0.1");
  socket.once("connect", () => process.exit(0));
  socket.once("error", () => (Date.now() > until ? process.exit(1) : setTimeout(knock, 50)));
})();
' "$2" "$3" || { echo "$1 did not start:" >&2; cat "$4" >&2; exit 1; }
}

# clean_up_at_end FOLDER: however the script ends, the server in $pid ends with it and the folder goes.
clean_up_at_end() {
  pid=''
  leftover=$1
  finish() {
    status=$?
    trap - EXIT INT TERM
    if [ -n "$pid" ]; then
      kill "$pid" 2>/dev/null || true
      wait "$pid" 2>/dev/null || true
    fi
    rm -rf "$leftover"
    exit "$status"
  }
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}
