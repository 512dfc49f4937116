#!/bin/sh
# libcurl's SFTP command "rename" does not replace a file on an OpenSSH server, though OpenSSH's own sftp does.
#
# Version:   Debian's curl 7.88.1 with libssh2 1.10.0, against sftp-server of OpenSSH 9.2p1 (Debian 12)
# Expected:  upload under another name and rename, as with rename(2) and OpenSSH's sftp(1): the new file takes the old
#            one's place at once, and a reader never meets half a file or none.
# Seen:      the first rename works. When the name is taken the server answers "Failure", curl ends with 21, and the upload
#            stays under the other name: a job that worked on the day of its test fails from the second file on. The server
#            offers posix-rename@openssh.com, which sftp(1) uses and this libssh2 does not. (The connection here is
#            paramiko's, as an sshd needs root; the files are served by OpenSSH's program.)
# Follows:   src/net/upload.c removes the old file first and endpoint-file(7) says that the name is missing for a moment
#            (tests/e2e/files_test.py, sftp).
#
# Needs apt, sftp(1), and python3; installs nothing outside a temporary directory, talks to loopback only.
set -eu
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
for package in curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libssh2-1=1.10.0-3+b1 openssh-sftp-server=1:9.2p1-2+deb12u10 \
    python3-paramiko=2.12.0-2 python3-cryptography python3-cffi-backend python3-bcrypt python3-nacl python3-six; do
    apt-get -qq download "$package" 2>/dev/null
done
for package in ./*.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name 'libcurl.so.4.*')")
curl() { LD_LIBRARY_PATH="$work/$libraries" "$work/root/usr/bin/curl" "$@"; }
curl --version | sed 1q

cat >server.py <<'P'
import base64, hashlib, socket, subprocess, sys, threading
import paramiko

def pump(read, write, end):
    while piece := read(32768):
        write(piece)
    end()

class Files(paramiko.server.SubsystemHandler):
    def start_subsystem(self, name, transport, channel):
        with subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as server:
            threading.Thread(target=pump, args=(channel.recv, server.stdin.write, server.stdin.close)).start()
            pump(server.stdout.read, channel.sendall, channel.close)

class Users(paramiko.ServerInterface):
    def get_allowed_auths(self, username):
        return "password"
    def check_auth_password(self, username, password):
        return paramiko.AUTH_SUCCESSFUL
    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

def serve(connection):
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    transport.set_subsystem_handler("sftp", Files)
    transport.start_server(server=Users())
    transport.join()

key = paramiko.RSAKey.generate(2048)
listener = socket.create_server(("127.0.0.1", 0))
with open("port", "w") as file:
    file.write("%d %s\n" % (listener.getsockname()[1], base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
P
PYTHONPATH="$work/root/usr/lib/python3/dist-packages" /usr/bin/python3 server.py "$work/root/usr/lib/openssh/sftp-server" >log 2>&1 &
pid=$!
tries=0
until [ -s port ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { cat log; exit 1; }
    sleep 0.1
done
read -r port key <port
mkdir in
echo one >first
echo two >second
put()
{
    code=0
    curl -s --max-time 30 --hostpubsha256 "$key" -u user:word -T "$1" "sftp://127.0.0.1:$port$work/in/.stock.tmp" \
        -Q "-rename $work/in/.stock.tmp $work/in/stock" || code=$?
    echo "$1: curl ends with $code; in the directory: $(ls -A in | tr '\n' ' ')" | tee -a seen
}
put first
put second
printf 'rename %s %s\n' "$work/in/.stock.tmp" "$work/in/stock" >batch
code=0
sftp -q -b batch -D "$work/root/usr/lib/openssh/sftp-server" >/dev/null 2>&1 || code=$?
echo "sftp(1): ends with $code; in the directory: $(ls -A in | tr '\n' ' ')" | tee -a seen
cat >wanted <<'W'
first: curl ends with 0; in the directory: stock 
second: curl ends with 21; in the directory: .stock.tmp stock 
sftp(1): ends with 0; in the directory: stock 
W
if cmp -s seen wanted && [ "$(cat in/stock)" = two ]; then
    echo "as stated"
else
    echo "FAIL: the behaviour has changed"
    exit 1
fi
