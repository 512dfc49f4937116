"""SSH for tests, with OpenSSH's own sftp-server behind it: ROOT PORT_FILE (two further arguments are not used). Says "auth" when
somebody tries to log in. The port file has the port and the fingerprint of the host key."""
import base64
import hashlib
import socket
import subprocess
import sys
import threading

import paramiko

SERVER = "/usr/lib/openssh/sftp-server"
port_file = sys.argv[2]


def pump(read, write, end):
    while piece := read(32768):
        write(piece)
    end()


class Files(paramiko.server.SubsystemHandler):
    """Bytes go to sftp-server and come back from it."""

    def start_subsystem(self, name, transport, channel):
        with subprocess.Popen([SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as server:
            thread = threading.Thread(target=pump, args=(channel.recv, server.stdin.write, server.stdin.close))
            thread.start()
            pump(server.stdout.read, channel.sendall, channel.close)
            thread.join()


class Users(paramiko.ServerInterface):
    def get_allowed_auths(self, username):
        return "password"

    def check_auth_password(self, username, password):
        print("auth", flush=True)
        good = (username, password) == ("sklep", "Hasło 123")
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


def serve(connection):
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    transport.set_subsystem_handler("sftp", Files)
    try:
        transport.start_server(server=Users())
    except (paramiko.SSHException, EOFError):
        return
    transport.join()


key = paramiko.RSAKey.generate(2048)
listener = socket.create_server(("127.0.0.1", 0))
fingerprint = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
with open(port_file, "w", encoding="ascii") as file:
    file.write(f"{listener.getsockname()[1]} {fingerprint}\n")
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
