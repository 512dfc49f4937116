"""An HTTP proxy that only knows CONNECT, in this process: open, or with a login by Basic or Digest (RFC 7616, MD5,
qop=auth), or unwilling. As real ones do, it answers a first request without a login with 407 and closes."""
import base64
import hashlib
import re
import secrets
import socket
import threading


class Proxy:
    def __init__(self, mode="open", user="magazyn", password="p%40 \"ź:x", realm="Biuro"):
        self.mode, self.user, self.password, self.realm = mode, user, password, realm
        self.nonce = secrets.token_hex(16)
        self.asked, self.passed = [], 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def close(self):
        # A thread that waits in accept keeps the socket: only a shutdown ends that.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def challenge(self):
        if self.mode == "digest":
            return f'Digest realm="{self.realm}", nonce="{self.nonce}", qop="auth", algorithm=MD5'
        return f'Basic realm="{self.realm}"'

    def signed_in(self, head, target):
        given = re.search(r"^Proxy-Authorization: (\w+) (.*?)\r$", head, re.M)
        if not given:
            return False
        scheme, rest = given.groups()
        if self.mode == "basic":
            return scheme == "Basic" and base64.b64decode(rest).decode() == f"{self.user}:{self.password}"
        part = dict((k, v.strip('"')) for k, v in re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|[^,\s]+)', rest))

        def md5(*words):
            return hashlib.md5(":".join(words).encode()).hexdigest()
        wanted = md5(md5(self.user, self.realm, self.password), self.nonce, part.get("nc", ""), part.get("cnonce", ""),
                     part.get("qop", ""), md5("CONNECT", target))
        return scheme == "Digest" and part.get("nonce") == self.nonce and part.get("response") == wanted

    def serve(self, client):
        with client:
            try:
                self.converse(client)
            except OSError:
                pass

    def converse(self, client):
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(4096)
                if not piece or len(head) > 65536:
                    return
                head += piece
            text = head.decode("latin-1")
            target = text.split(" ")[1]
            self.asked.append(text)
            if self.mode in ("basic", "digest") and not self.signed_in(text, target):
                client.sendall(f"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: {self.challenge()}\r\n"
                               "Content-Length: 5\r\n\r\nlogin".encode())
                continue
            if self.mode.isdigit():
                client.sendall(f"HTTP/1.1 {self.mode} No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno".encode())
                return
            host, port = target.rsplit(":", 1)
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self.passed += 1
                back = threading.Thread(target=self.pump, args=(server, client), daemon=True)
                back.start()
                self.pump(client, server)
                back.join()
            return

    @staticmethod
    def pump(source, target):
        try:
            while True:
                piece = source.recv(65536)
                if not piece:
                    break
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
