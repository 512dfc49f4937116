"""Who logs in where, as it arrives at the server: every text of the settings, whatever the release of FreeTDS."""
import json
import os
import socket
import struct
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, house, program, run_tests  # noqa: E402

# Two release lines of FreeTDS disagree about braces, unixODBC has a third opinion.
AWKWARD = [
    "plain", "}", "{", "{}", "a}", "}a", "a}b", "a}}b", "a}}", "{a", "{a}", "{{a}}", "a{b", ";", ";a", "a;", "a;b", "a;b}",
    "{a;b", "a}b;c", "a}}b;c}", "{a}b", "{a}b;c", "{;}", "}{;", "=", "a=b", "=a;b=c", "PWD=x;UID=y", "a}DRIVER=nothing;b",
    "a;DSN=x", "{a}DSN=x", "'", '"', "'a\"b'", " ", " a", "a ", "  a  ", "a b", "{ a }", " {a;b} ", "zażółć GĘŚLĄ jaźń", "ż;}",
    "%", "%s%n%d", "100%;", "\\", "a\\", "\\;", "a\\}b", "{}\\", "😀", "a😀;}b", "#", "a#b", "!@$^&*()[]|/?<>,.~`", "a,b:c",
    "x" * 128, "ż" * 127 + "}", "{" + ";" * 126 + "}"]
# What the string of a FreeTDS before 1.4 cannot say: it goes beside the string, and the program's name is not told.
BESIDE = ["a};b", "};", "{a};", "};DRIVER=nothing;", " ż};😀 "]


class Server:
    """Says what a SQL Server says before a login, notes the login, and refuses it."""

    def __init__(self):
        self.logins = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            with connection:
                connection.settimeout(20)
                try:
                    self.serve(connection)
                except (OSError, EOFError):
                    pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(30)

    @staticmethod
    def exactly(connection, length):
        data = b""
        while len(data) < length:
            more = connection.recv(length - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def message(self, connection):
        data = b""
        while True:
            kind, last, length = struct.unpack(">BBH4x", self.exactly(connection, 8))
            data += self.exactly(connection, length - 8)
            if last & 1:
                return kind, data

    @staticmethod
    def answer(connection, data):
        connection.sendall(struct.pack(">BBHHBB", 4, 1, len(data) + 8, 0, 1, 0) + data)

    def serve(self, connection):
        while True:
            kind, data = self.message(connection)
            if kind == 0x12:
                self.answer(connection, bytes.fromhex("00000b000601001100 01ff".replace(" ", "")) + b"\x0f\x00\x07\xd0\x00\x00\x02")
            elif kind == 0x10:
                self.logins.append(login7(data))
                text = "no".encode("utf-16-le")
                error = struct.pack("<iBBH", 18456, 1, 14, 2) + text + b"\0\0" + struct.pack("<i", 1)
                self.answer(connection, b"\xaa" + struct.pack("<H", len(error)) + error + b"\xfd" + struct.pack("<HHQ", 2, 0, 0))
                return


def login7(data):
    """MS-TDS 2.2.6.4: offsets and lengths in UTF-16 units from byte 36 on."""
    def text(slot, secret=False):
        offset, units = struct.unpack_from("<HH", data, slot)
        raw = data[offset:offset + 2 * units]
        if secret:
            raw = bytes(((b ^ 0xA5) << 4 | (b ^ 0xA5) >> 4) & 0xFF for b in raw)
        return raw.decode("utf-16-le")
    return {"user": text(40), "password": text(44, True), "app": text(48), "database": text(68),
            "read_only": bool(data[26] & 0x20)}


class Endpoint:
    """Sessions of this configuration, one after the other."""

    def __init__(self, h, server):
        self.h, self.server = h, server

    def login(self, password, within=30, **erp):
        settings = {"type": self.h.mapping, "server": "127.0.0.1", "port": self.server.port, "database": "FIRMA",
                    "user": "sa", "password": "sealed:erp.password", "encryption": "off", "tls_verify": "none"}
        settings.update(erp)
        self.h.write("etc/endpoint.conf", "erp : {\n%s};\n" % "".join(
            "    %s = %s;\n" % (key, json.dumps(value, ensure_ascii=False)) for key, value in settings.items()))
        self.h.ctl("config", "set", "erp.password", stdin=password + "\n")
        del self.server.logins[:]
        done = self.h.run([program("session_driver"), self.h.path("etc/endpoint.conf"), self.h.path("state"),
                           self.h.write_dir("work"), "query", "SELECT 1 AS one"], within=within)
        check(done.stdout, f"the driver of the test said nothing, {done.returncode}: {done.stderr}")
        return json.loads(done.stdout.splitlines()[-1]), self.server.logins[:]


@house()
def passwords(h):
    """every password arrives as it was typed"""
    server = Server()
    endpoint = Endpoint(h, server)
    try:
        for password in AWKWARD:
            answer, logins = endpoint.login(password)
            equal({x["password"] for x in logins}, {password}, f"arrived for {password!r} ({answer['text']})")
            equal({(x["user"], x["database"], x["app"]) for x in logins}, {("sa", "FIRMA", "endpoint test")},
                  f"the others beside {password!r}")
        for password in BESIDE:
            answer, logins = endpoint.login(password)
            equal({(x["password"], x["user"], x["database"]) for x in logins}, {(password, "sa", "FIRMA")},
                  f"arrived for {password!r} ({answer['text']})")
            check({x["app"] for x in logins} <= {"endpoint test", ""}, logins)
    finally:
        server.close()


@house()
def names(h):
    """user and database arrive as they were typed, and the read-only intent with them"""
    server = Server()
    endpoint = Endpoint(h, server)
    try:
        for name in AWKWARD + BESIDE:
            if "\\" in name or name != name.strip() or len(name.encode()) > 128:
                continue  # an account of Windows; no name; longer than the setting takes
            answer, logins = endpoint.login("p}w;", user=name, database=name, read_intent=True)
            equal({(x["user"], x["database"], x["password"], x["read_only"]) for x in logins}, {(name, name, "p}w;", True)},
                  f"arrived for {name!r} ({answer['text']})")
    finally:
        server.close()


def authority(h, path):
    """The session of an ERP whose certificate's authority lies at this path."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(h.path("erp-tls", "ca.pem"), encoding="ascii") as file, open(path, "w", encoding="ascii") as copy:
        copy.write(file.read())
    h.panel_port = 1
    h.configure(erp={"tls_ca": path})
    done = h.run([program("session_driver"), h.path("etc/endpoint.conf"), h.path("state"), h.write_dir("work"), "query",
                  "SELECT 1 AS one"])
    return json.loads(done.stdout.splitlines()[-1])


@house(rows=20)
def paths(h):
    """an authority's file is found whatever its path is: FreeTDS' own file ends a value at # and ; and a line at 255"""
    h.start_sandbox()
    for name in ["CA #1.pem", "a;b.pem", "two  blanks.pem", "ż.pem", " .pem", os.path.join(*["long" * 20] * 4, "ca.pem")]:
        answer = authority(h, h.path("authorities", name))
        equal((answer["status"], answer["rows"]), ("ok", 1), f"{name!r}: {answer['text']}")


@house(rows=20)
def beside(h):
    """a session whose password no string of an older FreeTDS can say: it reads from the ERP like any other"""
    for encrypt, password in (("off", "a};b"), ("required", "Żółć};{=😀 ")):
        h.encrypt, h.password = encrypt, password
        h.write("erp-password", password)
        h.start_sandbox()
        h.panel_port = 1
        h.configure()
        done = h.run([program("session_driver"), h.path("etc/endpoint.conf"), h.path("state"), h.write_dir("work"), "query",
                      "SELECT DB_NAME() AS name"])
        answer = json.loads(done.stdout.splitlines()[-1])
        equal((answer["status"], answer["rows"]), ("ok", 1), f"{password!r}: {answer['text']}")
        h.stop("sandbox")


run_tests([passwords, names, paths, beside])
