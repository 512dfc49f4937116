"""An FTP server that takes logins and files over TLS only, for tests: ROOT PORT_FILE CERT KEY. It renames over a file that is
there no more than many do. Says "auth" when somebody tries to log in."""
import os
import socket
import ssl
import sys
import threading

root, port_file, cert, key = sys.argv[1:]
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(cert, key)


class Session:
    """One connection: each command is a method, and gives the answer."""

    def __init__(self, connection):
        self.connection, self.file = connection, connection.makefile("rb")
        self.secure, self.private, self.user, self.cwd, self.old, self.passive = False, False, None, "/", None, None

    def at(self, name):
        return root + os.path.normpath(os.path.join(self.cwd, name))

    def answer(self, text):
        self.connection.sendall((text + "\r\n").encode())

    def run(self):
        self.answer("220 hello")
        while line := self.file.readline():
            word, _, rest = line.decode().rstrip("\r\n").partition(" ")
            command = getattr(self, "do_" + word.upper(), None)
            allowed = word.upper() in ("AUTH", "USER", "PASS", "PBSZ", "PROT", "QUIT") or self.user == "in"
            try:
                self.answer(command(rest) if command and allowed else "530 no" if command else "502 unknown")
            except OSError as why:
                self.answer(f"550 {why.strerror}")
            if word.upper() == "AUTH":
                self.connection = tls.wrap_socket(self.connection, server_side=True)
                self.file, self.secure = self.connection.makefile("rb"), True
            if word.upper() == "QUIT":
                return

    def do_AUTH(self, _):
        return "234 go on"

    def do_USER(self, name):
        self.user = name
        return "331 and the password?" if self.secure else "534 not in the clear"

    def do_PASS(self, password):
        print("auth", flush=True)
        good = (self.user, password) == ("sklep", "Hasło 123") and self.secure
        self.user = "in" if good else None
        return "230 welcome" if good else "530 no"

    def do_PBSZ(self, _):
        return "200 ok"

    def do_PROT(self, level):
        self.private = level == "P"
        return "200 ok"

    def do_PWD(self, _):
        return f'257 "{self.cwd}"'

    def do_CWD(self, name):
        if not os.path.isdir(self.at(name)):
            return "550 no such directory"
        self.cwd = os.path.normpath(os.path.join(self.cwd, name))
        return "250 ok"

    def do_TYPE(self, _):
        return "200 ok"

    def do_EPSV(self, _):
        self.passive = socket.create_server(("127.0.0.1", 0))
        return f"229 go (|||{self.passive.getsockname()[1]}|)"

    def do_STOR(self, name):
        if not self.private:
            return "521 not in the clear"
        with open(self.at(name), "wb") as file:
            self.answer("150 send it")
            with self.passive, tls.wrap_socket(self.passive.accept()[0], server_side=True) as data:
                for piece in iter(lambda: data.recv(65536), b""):
                    file.write(piece)
        return "226 stored"

    def do_DELE(self, name):
        os.remove(self.at(name))
        return "250 ok"

    def do_RNFR(self, name):
        self.old = name
        return "350 to?" if os.path.exists(self.at(name)) else "550 no such file"

    def do_RNTO(self, name):
        if os.path.exists(self.at(name)):
            return "553 it is there"
        os.rename(self.at(self.old), self.at(name))
        return "250 ok"

    def do_QUIT(self, _):
        return "221 bye"


listener = socket.create_server(("127.0.0.1", 0))
with open(port_file, "w", encoding="ascii") as file:
    file.write(f"{listener.getsockname()[1]} -\n")
while True:
    threading.Thread(target=Session(listener.accept()[0]).run, daemon=True).start()
