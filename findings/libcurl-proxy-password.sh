#!/bin/sh
# libcurl undoes %XX in CURLOPT_PROXYPASSWORD, but not in CURLOPT_PASSWORD.
#
# Version:   Debian's libcurl4-openssl-dev 7.88.1
# Expected:  both options take the password as it is; the documentation of CURLOPT_PROXYPASSWORD names no encoding
#            (that of CURLOPT_PROXYUSERPWD and of a proxy's URL does).
# Seen:      with the password "p%40x" the proxy gets "p@x", the server gets "p%40x". A password that holds "%" and
#            two hex digits is refused by the proxy, though it was typed right.
# Follows:   hand the login over inside the proxy's URL, %-encoded, which is documented and the same everywhere
#            (src/net/proxy.c; tests/e2e/proxy_test.py signs in with such a password).
#
# Needs apt, gcc and python3; installs nothing outside a temporary directory, talks to loopback only.
set -eu
version=7.88.1
work=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
pid=
cd "$work"
apt-get -qq download libcurl4-openssl-dev libcurl4 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
found=$(sed -n 's/^#define LIBCURL_VERSION "\(.*\)"/\1/p' root/usr/include/*/curl/curlver.h)
[ "$found" = "$version" ] || { echo "FAIL: libcurl is $found, this finding is about $version"; exit 1; }
cat >ask.c <<'C'
#include <curl/curl.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    CURL *c = curl_easy_init();
    int proxy = argc > 2;
    curl_easy_setopt(c, CURLOPT_URL, argv[1]);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "");
    if (proxy)
        curl_easy_setopt(c, CURLOPT_PROXY, argv[2]);
    curl_easy_setopt(c, proxy ? CURLOPT_PROXYUSERNAME : CURLOPT_USERNAME, "user");
    curl_easy_setopt(c, proxy ? CURLOPT_PROXYPASSWORD : CURLOPT_PASSWORD, "p%40x");
    return curl_easy_perform(c) != CURLE_OK;
}
C
library=$(dirname "$(find root -name libcurl.so.4 | head -n 1)")
# The headers may stand in a directory of the machine's architecture.
gcc -I"$(dirname "$(dirname "$(find root -name curlver.h)")")" ask.c -o ask "$library/libcurl.so.4" -Wl,--allow-shlib-undefined
cat >serve.py <<'PY'
import base64, http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        for name in ("Authorization", "Proxy-Authorization"):
            if self.headers[name]:
                with open("seen", "a") as file:
                    print(name + ":", base64.b64decode(self.headers[name].split()[1]).decode(), file=file)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *words):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open("port.new", "w") as file:
    print(server.server_port, file=file)
os.rename("port.new", "port")
server.serve_forever()
PY
python3 serve.py & pid=$!
tries=0
until [ -f port ]; do tries=$((tries + 1)); [ $tries -lt 100 ]; sleep 0.1; done
port=$(cat port)
export LD_LIBRARY_PATH="$PWD/$library"
./ask "http://127.0.0.1:$port/"
./ask "http://127.0.0.1:$port/" "http://127.0.0.1:$port"
cat seen
printf 'Authorization: user:p%%40x\nProxy-Authorization: user:p@x\n' >wanted
cmp -s seen wanted || { echo "FAIL: the behaviour has changed"; exit 1; }
echo "as described: libcurl $version decodes CURLOPT_PROXYPASSWORD"
