#!/bin/sh
# libcurl sends a POST a second time by itself when a connection that it kept ends without a byte of an answer.
#
# Version:   Debian's curl 7.88.1
# Expected:  a POST whose answer is lost is an error of whoever asked: only he knows whether it may be done twice.
# Seen:      over a kept connection the server gets the same POST twice, the second one over a new connection, and
#            curl reports success. Over a connection of its own the POST is sent once, and curl reports exit 52.
# Follows:   what must not be done twice (a note, a new product) goes over a connection of its own: `once` of
#            net/http.h, which sets CURLOPT_FRESH_CONNECT and CURLOPT_FORBID_REUSE.
#
# Needs apt and python3; installs nothing outside a temporary directory, talks to loopback only.
set -eu
work=$(mktemp -d)
pid=
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
(cd "$work" && apt-get -qq download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 2>/dev/null &&
    for package in ./*.deb; do dpkg -x "$package" root; done)
libraries=$(dirname "$(find "$work/root" -name 'libcurl.so.4.*')")
curl() { LD_LIBRARY_PATH="$libraries" "$work/root/usr/bin/curl" "$@"; }
cat >"$work/server.py" <<'PY'
import http.server, sys
seen = open(sys.argv[1], "a", buffering=1)
dropped = False
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_):
        pass
    def do_POST(self):
        global dropped
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        seen.write(body + "\n")
        if body == "second" and not dropped:  # the work is done, the answer never comes
            dropped = self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
open(sys.argv[2], "w").write(str(server.server_address[1]))
server.serve_forever()
PY
# One round: POSTs "first" and "second"; $1: what curl gets for the second one. Prints how often "second" arrived.
round()
{
    rm -f "$work/seen" "$work/port"
    python3 "$work/server.py" "$work/seen" "$work/port" &
    pid=$!
    while [ ! -s "$work/port" ]; do sleep 0.1; done
    url=http://127.0.0.1:$(cat "$work/port")/
    code=0
    if [ "$1" = kept ]; then
        curl -s -d first "$url" --next -s -d second "$url" || code=$?
    else
        curl -s -d first "$url"
        curl -s -d second "$url" || code=$?
    fi
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    echo "$(grep -c second "$work/seen") $code"
}
kept=$(round kept) own=$(round own)
echo "kept connection: arrived, exit code: $kept"
echo "its own:         arrived, exit code: $own"
[ "$kept" = "2 0" ] && [ "$own" = "1 52" ] || { echo "FAIL: curl does otherwise now"; exit 1; }
echo "ok: libcurl repeats a POST over a kept connection only"
