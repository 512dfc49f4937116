"""An SFTP server for tests: ROOT PORT_FILE (two further arguments are not used). As OpenSSH's in protocol 3 it does not
rename over a file that is there. Says "auth" when somebody tries to log in. The port file has the port and the
fingerprint of the host key."""
import base64
import hashlib
import os
import socket
import sys
import threading

import paramiko

root, port_file = sys.argv[1:3]


class Files(paramiko.SFTPServerInterface):
    def at(self, path):
        return root + self.canonicalize(path)

    def list_folder(self, path):
        return [paramiko.SFTPAttributes.from_stat(os.stat(os.path.join(self.at(path), n)), n) for n in os.listdir(self.at(path))]

    def stat(self, path):
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(self.at(path)))
        except OSError as why:
            return paramiko.SFTPServer.convert_errno(why.errno)

    lstat = stat

    def open(self, path, flags, attr):
        try:
            handle = paramiko.SFTPHandle(flags)
            handle.writefile = os.fdopen(os.open(self.at(path), flags, 0o644), "wb")
            return handle
        except OSError as why:
            return paramiko.SFTPServer.convert_errno(why.errno)

    def remove(self, path):
        try:
            os.remove(self.at(path))
        except OSError as why:
            return paramiko.SFTPServer.convert_errno(why.errno)
        return paramiko.SFTP_OK

    def rename(self, old, new):
        if os.path.exists(self.at(new)):
            return paramiko.SFTP_FAILURE
        os.rename(self.at(old), self.at(new))
        return paramiko.SFTP_OK


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
    transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
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
