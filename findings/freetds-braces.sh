#!/bin/sh
# FreeTDS' ODBC driver reads a value in braces in two ways, and which one cannot be asked for.
#
# Version:   Debian's tdsodbc 1.3.17 (Debian 12 and 13) and 1.5.5 (sid); it changed in 1.4
# Expected:  as Microsoft says ([MS-ODBCSTR]): in {…} a closing brace of the value is doubled, and one that is
#            not ends it.
# Seen:      PWD={a}}b}; is the password "a}}b" with 1.3.17 and "a}b" with 1.5.5; PWD={a}b}; is "a}b" with 1.3.17 and
#            a syntax error with 1.5.5. PWD=a}b; is "a}b" with both. So an upgrade of the system, or doubling the brace
#            as documented, makes a right password a wrong one, and a few of those lock a login.
# Follows:   no braces where a value has no ";", else the driver is asked by a string that goes nowhere
#            (src/tds/connect_string.c; tests/erp/login_test.py).
#
# Needs apt, gcc and python3; installs nothing outside a temporary directory, talks to loopback only.
set -eu
work=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
pid=
cd "$work"
mirror=$(apt-cache policy | sed -n 's/.*500 \(http[^ ]*debian\) .*/\1/p' | head -n 1)

cat >connect.c <<'C'
#include <stddef.h>
#include <stdio.h>
/* Of sql.h, which need not be installed. */
short SQLAllocHandle(short, void *, void **), SQLSetEnvAttr(void *, int, void *, int);
short SQLDriverConnect(void *, void *, const char *, short, char *, short, short *, unsigned short);
short SQLGetDiagRec(short, void *, short, char *, int *, char *, short, short *);
int main(int argc, char **argv)
{
    void *env, *dbc;
    char state[6] = "", text[300] = "";
    int native;
    SQLAllocHandle(1, NULL, &env);
    SQLSetEnvAttr(env, 200, (void *)3UL, 0);
    SQLAllocHandle(2, env, &dbc);
    if (argc > 1 && SQLDriverConnect(dbc, NULL, argv[1], -3, NULL, 0, NULL, 0) < 0 &&
        SQLGetDiagRec(2, dbc, 1, state, &native, text, sizeof text, NULL) >= 0 && state[0] == 'H')
        printf("%s\n", text);
    return 0;
}
C
cat >serve.py <<'PY'
import os, socket, struct
def exactly(c, n):
    data = b""
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data
def answer(c, data):
    c.sendall(struct.pack(">BBHHBB", 4, 1, len(data) + 8, 0, 1, 0) + data)
listener = socket.create_server(("127.0.0.1", 0))
with open("port.new", "w") as file:
    print(listener.getsockname()[1], file=file)
os.rename("port.new", "port")
while True:
    c = listener.accept()[0]
    try:
        while True:
            kind, _, length = struct.unpack(">BBH4x", exactly(c, 8))
            data = exactly(c, length - 8)
            if kind == 0x12:  # PRELOGIN: no encryption
                answer(c, bytes.fromhex("00000b000601001100 01ff".replace(" ", "")) + b"\x0f\0\x07\xd0\0\0\2")
            if kind == 0x10:  # LOGIN7
                at, units = struct.unpack_from("<HH", data, 44)
                secret = bytes((b ^ 0xA5) << 4 & 0xFF | (b ^ 0xA5) >> 4 for b in data[at:at + 2 * units])
                with open("seen", "a") as file:
                    print(secret.decode("utf-16-le"), file=file)
                break
    except EOFError:
        pass
    c.close()
PY
python3 serve.py &
pid=$!
while [ ! -s port ]; do kill -0 $pid; done
port=$(cat port)

# $1: a release of Debian; $2: the package's version. Everything that the driver needs, with its own C library.
get()
{
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
    : >"$1/status"
    echo "deb [trusted=yes] $mirror $1 main" >"$1/sources"
    own="-o Dir::Etc::sourcelist=$work/$1/sources -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists=$work/$1/lists
        -o Dir::Cache=$work/$1/cache -o Dir::State::status=$work/$1/status -o Acquire::Check-Valid-Until=false
        -o APT::Sandbox::User=root -o Debug::NoLocking=true"
    # shellcheck disable=SC2086
    apt-get $own -qq update
    # shellcheck disable=SC2086
    apt-get $own -qq -y --no-install-recommends --download-only install "tdsodbc=$2" libodbc2 >/dev/null 2>&1 ||
        { echo "FAIL: $1 has no tdsodbc $2"; exit 1; }
    for package in "$1"/cache/archives/*.deb; do dpkg -x "$package" "$1/root"; done
}

fail=0
# $1: the release, $2: a connection string's PWD, $3: what must come of it.
judge()
{
    : >seen
    lib=$(dirname "$(find "$1/root" -name libodbc.so.2 | head -n 1)")
    [ -x connect ] || gcc connect.c -o connect "$lib/libodbc.so.2" -Wl,--allow-shlib-undefined
    loader=$(find "$1/root" -name 'ld-linux*.so.*' | head -n 1)
    said=$(GCONV_PATH=$work/$lib/gconv "$loader" --library-path "$work/$lib" ./connect \
        "DRIVER=$work/$lib/odbc/libtdsodbc.so;Server=127.0.0.1;Port=$port;TDS_Version=7.4;Encryption=off;UID=sa;$2")
    came=$(sort -u seen)$said
    echo "    $2  →  $came"
    [ "$came" = "$3" ] || { echo "FAIL: the behaviour has changed, it was: $3"; fail=1; }
}

get bookworm 1.3.17+ds-2
echo "tdsodbc 1.3.17:"
judge bookworm 'PWD={a}}b};' 'a}}b'
judge bookworm 'PWD={a}b};' 'a}b'
judge bookworm 'PWD=a}b;' 'a}b'
get sid 1.5.5+ds-1+b2
echo "tdsodbc 1.5.5:"
judge sid 'PWD={a}}b};' 'a}b'
judge sid 'PWD={a}b};' '[FreeTDS][SQL Server]Syntax error in connection string'
judge sid 'PWD=a}b;' 'a}b'
exit $fail
