"""Words of a SQL Server: what it says when it refuses is what people read, with a remedy each; a certificate is blamed
when its verification failed, and for nothing else; what passes by itself is asked again after seconds."""
import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time

from harness import SOURCE, Skip, check, equal, house, run_tests

GENERAL = "18456 14 Login failed for user 'sa'."
TLS_WORDS = ("certificate", "erp.tls_")
NETWORK_WORDS = ("firewall", "Nothing listens")


def table():
    """number → severity, rank, status, code, of the table in messages.c"""
    with open(os.path.join(SOURCE, "src", "tds", "messages.c"), encoding="utf-8") as file:
        rows = re.findall(r'\{(\d+),\s*(\d+),\s*MESSAGE_(\w+),\s*STATUS_(\w+),\s*"(\w*)"', file.read())
    check(len(rows) > 100, "the table was found")
    return {int(r[0]): (int(r[1]), r[2], r[3].lower().replace("_", "-"), r[4]) for r in rows}


class Server:
    """A sandbox whose logins and statements are answered as a file says."""

    def __init__(self, h, *extra, **erp):
        self.h = h
        self.login, self.batch = h.path("login"), h.path("batch")
        self.say(self.login)
        self.say(self.batch)
        h.start_sandbox("--login-messages", self.login, "--batch-messages", self.batch, *extra)
        h.panel_port = 1
        h.configure(erp=erp)

    @staticmethod
    def say(file, *lines):
        with open(file + ".new", "w", encoding="utf-8") as new:
            new.write("".join(line + "\n" for line in lines))
        os.replace(file + ".new", file)

    def error(self):
        """What a user is told who asks for a list; None: it works."""
        done = self.h.ctl("lookup", "warehouses", "--json", expect=None)
        answer = json.loads(done.stdout)
        return None if isinstance(answer, list) else answer["error"]

    def refused(self, *lines):
        self.say(self.login, *lines)
        e = self.error()
        self.say(self.login)
        check(e is not None, f"refused: {lines}")
        return e


def told_by_server(e, words):
    for word in words:
        check(word in e["text"], f"the server's words {word!r} in {e}")
    for word in TLS_WORDS + NETWORK_WORDS:
        check(word not in e["text"] + e["remedy"], f"{word!r} has nothing to do with it: {e}")
    check(e["remedy"], f"a remedy: {e}")


@house(rows=30)
def every_number(h):
    """each message of the table, beside the general one and in both orders, at the login and for a statement"""
    s = Server(h)
    equal(s.error(), None, "without messages it works")
    turn = 0
    for number, (severity, rank, status, code) in sorted(table().items()):
        if rank == "ECHO":
            continue
        own = f"{number} {severity} The server's own words of {number}."
        words = (f"own words of {number}.",)
        turn += 1
        if number > 900 and number not in (2601, 2627, 2628, 8152):
            order = (own, GENERAL) if turn % 2 else (GENERAL, own)
            e = s.refused(*(order if number != 18456 else (own,)), "deny")
            if code not in ("erp_encryption",):
                told_by_server(e, words)
            check("database FIRMA" in e["text"], f"what was tried: {e}")
        else:
            s.say(s.batch, own, "3621 10 The statement has been terminated.", "deny")
            e = s.error()
            s.say(s.batch)
            check(e is not None and words[0] in e["text"] and e["remedy"], str(e))
        equal((e["code"], e["status"]), (code, status), f"message {number}")
    equal(s.error(), None, "and it works again")


@house(rows=30)
def not_in_the_table(h):
    """a refusal with a number that nobody knows, and a cut: never a certificate, never a firewall, the words stay"""
    s = Server(h)
    for lines in (("31415 16 Nobody knows this one.", "deny"), (GENERAL, "31415 16 Nobody knows this one.", "deny"),
                  ("31415 20 Nobody knows this one.", "cut")):
        e = s.refused(*lines)
        told_by_server(e, ("Nobody knows this one.",))
        check("31415" in e["remedy"], str(e))
    for lines in (("cut",), ("5701 10 Changed database context to 'FIRMA'.", "cut")):
        e = s.refused(*lines)
        equal((e["code"], e["status"]), ("erp_unreachable", "unreachable"), str(lines))
        for word in TLS_WORDS + NETWORK_WORDS:
            check(word not in e["text"] + e["remedy"], str(e))
        check("during the login" in e["remedy"], str(e))
    # The certificate is what is wrong: then it is said, whatever else happens.
    h.configure(erp={"tls_verify": "system", "tls_ca": None})
    for lines in ((), ("cut",)):
        e = s.refused(*lines)
        equal(e["code"], "tls_untrusted", str(e))
        check("unable to get local issuer certificate" in e["text"] and "erp.tls_pin" in e["remedy"], str(e))
    h.configure(erp={"database": "NIE_MA"})
    e = s.error()
    equal(e["code"], "erp_database", "of two messages of a real refusal")
    h.stop("sandbox")
    h.configure()
    e = s.error()
    equal(e["status"], "unreachable", str(e))
    check("Connection refused" in e["text"], str(e))


@house(rows=30, every="24h")
def back_within_seconds(h):
    """an ERP that was starting, stopping or cutting is read again within seconds, however seldom the schedule"""
    s = Server(h)
    h.start_panel()
    h.configure()
    h.register()
    h.add_plugin("stock", every="24h")
    h.start_daemon()
    h.until_in_step()
    for number, lines in enumerate((("6005 10 SHUTDOWN is in progress.", "cut"), ("cut",),
                                    ("31415 20 Whatever this is.", "922 14 Database 'FIRMA' is being recovered.",
                                     GENERAL, "deny"))):
        s.say(s.login, *lines)
        h.ctl("sync", "stock", expect=1)
        h.until(lambda: h.status()["erp"]["away"] == "stock", "the ERP is red in status")
        s.say(s.login)
        h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = st_Stan + {number + 1} WHERE st_MagId = 1")
        began = time.monotonic()
        h.until_in_step(25)
        h.until(lambda: h.status()["erp"]["away"] is None, "and green again")
        check(time.monotonic() - began < 25, "seconds")


def answers_tls_only(h):
    """The port of a server that closes on a clear word and answers TLS with "tds/8.0"."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(h.path("erp-tls", "server.pem"), h.path("erp-tls", "server.key"))
    context.set_alpn_protocols(["tds/8.0"])
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection = listener.accept()[0]
                with contextlib.suppress(OSError), connection:
                    connection.settimeout(5)
                    if connection.recv(1, socket.MSG_PEEK) == b"\x16":
                        with context.wrap_socket(connection, server_side=True) as tls:
                            tls.recv(1)
    threading.Thread(target=serve, daemon=True).start()
    return listener


@house(rows=30)
def before_the_login(h):
    """strict encryption, a server that hangs up, and what is no SQL Server are told apart"""
    s = Server(h)
    listener = answers_tls_only(h)
    h.configure(erp={"port": listener.getsockname()[1]})
    e = s.error()
    equal((e["code"], e["status"]), ("tds_strict", "denied"), str(e))
    check("Force Strict Encryption" in e["remedy"], str(e))
    tls = {c["code"]: c for c in json.loads(h.ctl("test", "connection", "--json", expect=1).stdout)["checks"]}["erp.tls"]
    equal(tls["result"], "fail", "the check of encryption says so")
    check("TDS 8.0" in tls["text"], str(tls))
    listener.close()
    with socket.create_server(("127.0.0.1", 0)) as closes:
        def hang_up():
            with contextlib.suppress(OSError):
                while True:
                    closes.accept()[0].close()
        threading.Thread(target=hang_up, daemon=True).start()
        h.configure(erp={"port": closes.getsockname()[1]})
        e = s.error()
        equal((e["code"], e["status"]), ("tds_closed", "unreachable"), str(e))


@house(rows=30)
def names_of_servers(h):
    """tcp: is understood; ways that are not TCP, and a port behind a colon, are refused with the reason"""
    s = Server(h, server="tcp:localhost")
    equal(s.error(), None, "tcp:")
    h.configure(erp={"server": f"TCP:localhost,{h.erp_port}", "port": None})
    equal(s.error(), None, "tcp: with a port")
    for server, word in (("np:localhost", "named pipes"), ("\\\\localhost\\pipe\\sql\\query", "named pipes"),
                         ("lpc:localhost", "shared memory"), ("admin:localhost", "dedicated administrator connection"),
                         ("localhost:1433", "after a comma")):
        h.configure(erp={"server": server})
        e = s.error()
        check(word in e["text"] and e["remedy"], f"{server}: {e}")
        equal(e["status"], "invalid", server)


@house(rows=30)
def readable_secondary(h):
    """a readable secondary refuses without erp.read_intent and says so; with it, it is read"""
    s = Server(h, "--fault", "secondary")
    e = s.error()
    equal(e["code"], "erp_replica", str(e))
    check("erp.read_intent = true" in e["remedy"], str(e))
    h.configure(erp={"read_intent": True})
    equal(s.error(), None, "with the intent")


def certificate(h, name, subject):
    """server.pem and server.key for localhost, signed by itself; its fingerprint"""
    where = h.write_dir(name)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "300", "-subj", subject,
                    "-keyout", f"{where}/server.key", "-out", f"{where}/server.pem"], check=True, capture_output=True)
    text = subprocess.run(["openssl", "x509", "-in", f"{where}/server.pem", "-noout", "-fingerprint", "-sha256"],
                          check=True, capture_output=True, text=True).stdout
    return text.split("=")[1].strip().replace(":", "").lower()


FALLBACK = "/CN=SSL_Self_Signed_Fallback"


@house(rows=30)
def pins(h):
    """a certificate of each start is named before it is pinned and when the pin broke; a changed one is red everywhere"""
    if not shutil.which("openssl"):
        raise Skip("no openssl here")
    first, lasting = certificate(h, "erp-tls", FALLBACK), certificate(h, "own", "/CN=localhost")
    s = Server(h, tls_verify="pin", tls_ca=None, tls_pin=first)

    def tls():
        done = h.ctl("test", "connection", "--json", expect=None)
        return {c["code"]: c for c in json.loads(done.stdout)["checks"]}["erp.tls"]

    shown = h.ctl("erp", "certificate").stdout
    check("a new one at each start" in shown and "SQL Server Configuration Manager" in shown, shown)
    equal(json.loads(h.ctl("erp", "certificate", "--json").stdout)["lasting"], False, "for programs")
    equal(s.error(), None, "the pin works as long as the server runs")
    c = tls()
    check(c["result"] == "warn" and "at each start" in c["text"] and "lasting certificate" in c["remedy"], str(c))
    h.configure(erp={"tls_verify": "none", "tls_ca": None})
    check("lasting certificate" in tls()["remedy"], "a pin is not recommended on what will not last")
    h.start_panel()
    h.configure(erp={"tls_verify": "pin", "tls_ca": None, "tls_pin": first})
    h.register()
    h.add_plugin("stock")
    h.start_daemon()
    h.until_in_step()
    # The server starts again and makes another one.
    port = h.erp_port
    h.stop("sandbox")
    second = certificate(h, "erp-tls", FALLBACK)
    h.start_sandbox("--login-messages", s.login, port=port)
    e = s.error()
    equal(e["code"], "tls_pin", str(e))
    check(second in e["text"] and "at each start" in e["text"] and "lasting certificate" in e["remedy"], str(e))
    h.until(lambda: h.status()["erp"]["away"] == "stock", "status")
    check("[FAIL] ERP" in h.ctl("status", expect=1).stdout, "the ERP's line is red")
    c = tls()
    check(c["result"] == "fail" and second in c["text"], f"the check of encryption: {c}")
    # A lasting one: pinned, it is green.
    h.stop("sandbox")
    shutil.copy(h.path("own", "server.pem"), h.path("erp-tls", "server.pem"))
    shutil.copy(h.path("own", "server.key"), h.path("erp-tls", "server.key"))
    h.start_sandbox("--login-messages", s.login, port=port)
    h.configure(erp={"tls_verify": "pin", "tls_ca": None, "tls_pin": first})
    e = s.error()
    check("renewed on purpose" in e["remedy"] and "at each start" not in e["text"], str(e))
    h.configure(erp={"tls_verify": "pin", "tls_ca": None, "tls_pin": lasting})
    equal((s.error(), tls()["result"]), (None, "ok"), "green")
    equal(json.loads(h.ctl("erp", "certificate", "--json").stdout)["lasting"], True, "for programs")


@house(rows=30)
def login_that_may_write(h):
    """a login that may change the ERP's data is amber where only reading is wanted, green where rows are inserted"""
    h.start_sandbox()
    h.panel_port = 1
    h.configure()

    def writes():
        return {c["code"]: c for c in json.loads(h.ctl("test", "--json", expect=None).stdout)["checks"]}["erp.writes"]

    c = writes()
    check(c["result"] == "warn" and "sysadmin" in c["text"] and "endpointctl erp grants" in c["remedy"], str(c))
    h.configure(more='orders : { writer = "sql"; };\n')
    equal(writes()["result"], "ok", "rows are inserted")
    h.stop("sandbox")
    h.start_sandbox("--read-only")
    h.configure()
    c = writes()
    check(c["result"] == "ok" and "may only read" in c["text"], str(c))


if __name__ == "__main__":
    run_tests([every_number, not_in_the_table, back_within_seconds, before_the_login, names_of_servers,
               readable_secondary, pins, login_that_may_write])
