"""The panel under many connections: silent, slow and many ones keep no endpoint out, and the log tells of them."""
import contextlib
import os
import socket
import ssl
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import Failure, check, equal, run_tests  # noqa: E402
from panel_client import Client, Lost, joined  # noqa: E402


def silent(h, count, address):
    """So many connections from an address that say nothing."""
    made = []
    for _ in range(count):
        s = socket.create_connection(("127.0.0.1", h.panel_port), 5, (address, 0))
        s.setblocking(False)
        made.append(s)
    return made


def ended(s):
    try:
        return s.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def another(h, c):
    """A new connection of the same endpoint, that has an answer within seconds."""
    new = Client(h.panel_url, h.path("panel-tls", "ca.pem"))
    new.key, new.id = c.key, c.id
    began = time.monotonic()
    for _ in range(3):
        with contextlib.suppress(Lost, OSError):
            equal(new.get("/endpoint", timeout=5).code, 200, "an endpoint's answer")
            check(time.monotonic() - began < 10, "an answer in time")
            return new
    raise Failure("an endpoint is locked out")


def crowd(h):
    """silent connections from many addresses, and from the endpoint's own: it gets in, they are ended and told of"""
    c = joined(h, "--connections", "100", "--strangers", "20", "--begin-timeout", "3")
    equal(c.get("/endpoint").code, 200, "before")
    kept = c.connection
    others = [s for i in range(2, 9) for s in silent(h, 30, f"127.0.0.{i}")]
    own = silent(h, 40, "127.0.0.1")
    another(h, c).close()
    equal(c.get("/endpoint").code, 200, "the endpoint's own connection still works")
    check(c.connection is kept, "and is the same")
    h.until(lambda: all(ended(s) for s in others + own), "all silent ones are ended", 20)
    h.until(lambda: "ended for newer ones" in h.read("panel.log"), "the log tells of it", 20)
    check("127.0.0." in h.read("panel.log"), "and from where")
    for s in others + own:
        s.close()


def unread(port):
    """Bytes that lie in the sockets of a server."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [line.split() for line in file][1:]
    return sum(int(r[4].split(":")[1], 16) for r in rows if r[1].endswith(f":{port:04X}") and r[3] == "01")


def known(h):
    """endpoints that wait for news use all connections: nobody who asks is ended, newcomers are turned away and told of"""
    c = joined(h, "--connections", "10", "--begin-timeout", "3")
    rev = c.config().json["rev"]
    waiting = [another(h, c) for _ in range(9)]
    for w in waiting:
        w.connection.request("GET", f"/api/v1/endpoint/config?after={rev}&wait=50", None, {
            "Authorization": "Bearer " + c.token(request=f"GET /endpoint/config?after={rev}&wait=50")})
    c.connection.request("GET", f"/api/v1/endpoint/config?after={rev}&wait=50", None, {
        "Authorization": "Bearer " + c.token(request=f"GET /endpoint/config?after={rev}&wait=50")})
    h.until(lambda: unread(h.panel_port) == 0, "the panel has read them")
    strangers = silent(h, 5, "127.0.0.2")
    h.until(lambda: all(ended(s) for s in strangers), "turned away", 10)
    h.until(lambda: "turned away as all connections are in use" in h.read("panel.log"), "told of", 20)
    h.panel("command", "add", c.id, "lookup", "{}")
    for w in [c, *waiting]:
        reply = w.connection.getresponse()
        equal((reply.status, bool(reply.read())), (200, True), "each has its news")


def slow(h):
    """who sends a byte now and then has no more time than who sends none; so with a stranger's body"""
    c = joined(h, "--begin-timeout", "2")
    context = ssl.create_default_context(cafile=h.path("panel-tls", "ca.pem"))
    s = context.wrap_socket(socket.create_connection(("localhost", h.panel_port), 5), server_hostname="localhost")
    s.send(b"GET /api/v1/endpoint HTTP/1.1\r\nHost: x\r\n")
    began = time.monotonic()

    def cut():
        try:
            s.send(b"x")
            s.setblocking(False)
            return s.recv(1) == b""
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True

    h.until(cut, "it is ended", 15)
    check(time.monotonic() - began < 10, "within its time")
    another(h, c)


def guessing(h):
    """registrations that fail are limited for each address; another one registers meanwhile"""
    c = joined(h, "--registrations", "3")
    guess = Client(h.panel_url, h.path("panel-tls", "ca.pem"))
    codes = [guess.register("EP1-" + str(i)).code for i in range(5)]
    equal(codes, [401, 401, 401, 429, 429], "the fourth is not looked at")
    check("3 registrations from 127.0.0.1 failed" in h.read("panel.log"), "the log tells of it")
    equal(c.get("/endpoint").code, 200, "requests that are signed are not concerned")
    token = h.panel("token", "new").stdout.strip()
    equal(guess.register(token).code, 429, "a good one waits, too")
    other = Client(h.panel_url, h.path("panel-tls", "ca.pem"))
    import http.client
    other.connection = http.client.HTTPSConnection("127.0.0.1", h.panel_port, context=other.tls,
                                                   source_address=("127.0.0.9", 0), timeout=10)
    equal(other.register(token).code, 201, "from another address")


if __name__ == "__main__":
    run_tests([crowd, known, slow, guessing])
