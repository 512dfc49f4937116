"""A TDS server that fails in the middle: a proxy before a real one, which holds or cuts what it answers.

A fault says after which message of the client, and after how many bytes of the answer to it:
    hold    nothing comes any more, the connection stays
    cut     the connection is closed
    reset   likewise, by a RST
    drip    the rest comes one byte at a time
    flood   tokens without an end, none of which is a row
Messages are counted by kind: "connect", "prelogin", "tls" (handshake), "login", "request" (a batch or a call),
"attention", and "byte" (so many bytes of the server's, whatever they are: the only way in encrypted traffic).
"""
import contextlib
import socket
import struct
import threading
import time

KINDS = {1: "request", 3: "request", 6: "attention", 14: "request", 16: "login"}
# ENVCHANGE, the language from "a" to "b": what a client takes at any point and waits on after.
FLOOD = bytes([0xE3, 7, 0, 2, 1, 0x61, 0, 1, 0x62, 0])


class Fault:
    """What goes wrong on one connection."""

    def __init__(self, kind="byte", nth=1, after=0, action="hold"):
        self.kind, self.nth, self.after, self.action = kind, nth, after, action

    def __str__(self):
        return f"{self.action} {self.after} bytes into the answer to {self.kind} {self.nth}"


class Connection:
    """One client and its connection to the server."""

    def __init__(self, client, target, fault):
        self.client, self.fault = client, fault
        self.server = socket.create_connection(target)
        self.lock = threading.Lock()
        self.seen = {}  # kind → messages of the client
        self.armed = fault is not None and fault.kind in ("connect", "byte")
        self.left = fault.after if self.armed else 0
        self.done = threading.Event()  # the fault has happened
        self.held, self.released = threading.Event(), threading.Event()
        self.happened_at = None
        self.client_gone_at = None
        self.hello = self.sends = 0  # bytes of the server's before the client spoke again, times the client spoke
        self.pending = self.rest = b""
        self.threads = [threading.Thread(target=run, daemon=True) for run in (self.up, self.down)]
        for thread in self.threads:
            thread.start()

    def note(self, kind):
        with self.lock:
            n = self.seen[kind] = self.seen.get(kind, 0) + 1
            if self.fault and self.fault.kind == kind and self.fault.nth == n:
                self.armed, self.left = True, self.fault.after

    def parse(self, data):
        """Count the client's messages: those that are not encrypted are seen."""
        self.pending += data
        while len(self.pending) >= 8:
            kind, status, length = self.pending[0], self.pending[1], struct.unpack(">H", self.pending[2:4])[0]
            if kind == 0x17 or length < 8:  # TLS of its own: nothing is seen from here on
                self.pending = b""
                return
            if len(self.pending) < length:
                return
            if status & 1:
                if kind == 18:
                    self.note("prelogin" if not self.seen.get("prelogin") else "tls")
                elif kind in KINDS:
                    self.note(KINDS[kind])
            self.pending = self.pending[length:]

    def up(self):
        with contextlib.suppress(OSError):
            while data := self.client.recv(65536):
                self.sends += 1
                self.parse(data)
                if self.released.is_set() or not self.done.is_set() or self.fault.action in ("cut", "reset"):
                    self.server.sendall(data)
        self.client_gone_at = time.monotonic()
        with contextlib.suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)

    def down(self):
        with contextlib.suppress(OSError):
            while data := self.server.recv(65536):
                self.hello += len(data) if self.sends == 1 else 0
                with self.lock:
                    armed, left = self.armed, self.left
                    if armed and len(data) >= left:
                        self.happened_at = time.monotonic()
                        self.done.set()
                    elif armed:
                        self.left -= len(data)
                if not self.done.is_set():
                    self.client.sendall(data)
                    continue
                if self.released.is_set():
                    self.client.sendall(data)
                    continue
                self.client.sendall(data[:left])
                if not self.fail(data[left:]):
                    return
        self.end()

    def nudge(self, count=10):
        """A few bytes more of what is held back."""
        self.client.sendall(self.rest[:count])
        self.rest = self.rest[count:]

    def fail(self, rest):
        """True: it goes on after all."""
        action = self.fault.action
        self.rest = rest
        self.held.set()
        if action == "hold":
            self.released.wait()
            self.client.sendall(self.rest)
            return True
        if action == "reset":
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if action in ("cut", "reset"):
            self.end()
            self.client.close()
        for byte in rest if action == "drip" else b"":
            self.client.sendall(bytes([byte]))
            time.sleep(0.3)
        while action == "flood":
            body = FLOOD * 400
            self.client.sendall(struct.pack(">BBHHBB", 4, 0, len(body) + 8, 0, 1, 0) + body)
        return False

    def release(self):
        """What was held back comes, and all behind it."""
        self.released.set()

    def end(self):
        for s in (self.client, self.server):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)


class Proxy:
    """Listens on a port of its own; `fault` is what the next connections suffer."""

    def __init__(self, target_port, fault=None, once=False):
        self.target = ("127.0.0.1", target_port)
        self.fault, self.once = fault, once
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                fault = self.fault
                if fault and self.once:
                    self.fault = None
                with contextlib.suppress(OSError):
                    self.connections.append(Connection(client, self.target, fault))

    def close(self):
        self.listener.close()
        for c in self.connections:
            c.released.set()
            c.end()
