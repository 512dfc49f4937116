"""A panel that misbehaves: TLS, the protocol's paths, and any answer that a test wants.

It checks no signature and believes what it hears. What it got is kept for the test to look at. A behaviour is a
function of the request (Request) that gives an answer (Answer), or None for what a good panel would say.
"""
import contextlib
import datetime
import email.utils
import ipaddress
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certificate(folder):
    """A self-made authority that is the server's own certificate; paths of it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bad panel")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(True, None), True)
            .add_extension(x509.SubjectAlternativeName(names), False).sign(key, hashes.SHA256()))
    pem, secret = f"{folder}/ca.pem", f"{folder}/server.key"
    with open(pem, "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    with open(secret, "wb") as file:
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption()))
    return pem, secret


class Request:
    def __init__(self, method, target, headers, body):
        parts = urlsplit(target)
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.path = parts.path.removeprefix("/api/v1")
        self.query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.at = time.monotonic()
        names = self.path.strip("/").split("/")
        # "config", "status", "journal", "result", "changes", "orders", "outcomes", "register", "endpoint"
        self.kind = names[-1]
        self.ids = [unquote(n) for n in names[1:-1]]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def lines(self):
        return [json.loads(line) for line in self.body.splitlines() if line]


class Answer:
    def __init__(self, code=200, body=b"", kind="application/json", headers=None):
        self.code, self.kind, self.headers = code, kind, headers or {}
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()


def html(code, text="<html><h1>Nope</h1></html>", **headers):
    return Answer(code, text.encode(), "text/html; charset=utf-8", headers)


def problem(code, name, detail="it is so"):
    return Answer(code, {"type": "about:blank", "title": "Refused", "status": code, "code": name, "detail": detail},
                  "application/problem+json")


class BadPanel:
    def __init__(self, folder, port=0):
        self.ca, key = certificate(folder)
        self.lock = threading.Condition()
        self.requests = []
        self.rev, self.plugins, self.commands, self.orders = 1, [], [], []
        self.mark = "0"
        self.results, self.journal, self.statuses = {}, {}, []
        self.acked = {}
        self.behave = {}   # kind → function of a Request
        self.ahead = 0     # seconds that its clock is wrong
        panel = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(time.time() + panel.ahead, usegmt=True)

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.serve(b"")

            def do_POST(self):
                self.serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def serve(self, body):
                answer = panel.answer(Request(self.command, self.path, self.headers, body))
                self.send_response(answer.code)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.kind and answer.code != 204:
                    self.send_header("Content-Type", answer.kind)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # a client that went away

        self.server = Server(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, key)
        # The handshake is the connection's own thread's, so that a silent one holds nobody up.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.server.server_address[1]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        with self.lock:
            self.lock.notify_all()

    # ---- what a test says and sees --------------------------------------------------------------
    def changed(self, **values):
        """Set members and wake who waits for news."""
        with self.lock:
            for name, value in values.items():
                setattr(self, name, value)
            self.rev += 1
            self.lock.notify_all()

    def command(self, identifier, what, **with_):
        self.changed(commands=self.commands + [{"id": identifier, "do": what, "with": with_}])

    def of(self, kind):
        with self.lock:
            return [r for r in self.requests if r.kind == kind]

    # ---- what it says ---------------------------------------------------------------------------
    def answer(self, request):
        with self.lock:
            self.requests.append(request)
            behave = self.behave.get(request.kind)
        said = behave(request) if behave else None
        if said is None:
            said = getattr(self, "take_" + request.kind, lambda _: problem(404, "path_unknown"))(request)
        return said

    def take_register(self, _):
        return Answer(201, {"endpoint_id": "zły-panel-1", "account": {"id": "konto", "name": "Sklep"},
                            "time": "2026-11-25T10:00:00Z"})

    def take_endpoint(self, _):
        return Answer(200, {"id": "zły-panel-1", "name": "x", "last_seen": "2026-11-25T10:00:00Z",
                            "account": {"id": "konto", "name": "Sklep"}})

    def config(self):
        return {"rev": self.rev, "plugins": self.plugins, "commands": self.commands, "orders_mark": self.mark,
                "orders": {p["id"]: self.mark for p in self.plugins if p["kind"] == "orders" and self.orders}}

    def take_config(self, request):
        deadline = time.monotonic() + min(int(request.query.get("wait") or 0), 50)
        with self.lock:
            def news():
                return str(self.rev) != request.query.get("after") or request.query.get("orders", self.mark) != self.mark
            while not news() and time.monotonic() < deadline:
                self.lock.wait(min(1, deadline - time.monotonic()))
            return Answer(200, self.config()) if news() else Answer(204)

    def take_status(self, request):
        with self.lock:
            self.statuses.append(request.json)
        return Answer(200, {"ok": True})

    def take_journal(self, request):
        with self.lock:
            for entry in request.lines:
                self.journal.setdefault(entry["id"], entry)
        return Answer(200, {"ok": True})

    def take_result(self, request):
        with self.lock:
            self.results[request.ids[0]] = request.json
            self.commands = [c for c in self.commands if c["id"] != request.ids[0]]
        return Answer(200, {"ok": True})

    def take_changes(self, request):
        last = int(request.headers["Endpoint-Batch"].split("-")[1])
        self.acked[request.ids[0]] = last
        return Answer(200, {"acked": last})

    def take_orders(self, request):
        after = int(request.query.get("after") or 0)
        return Answer(200, {"orders": self.orders[after:after + 100], "cursor": str(min(len(self.orders), after + 100))})

    def take_outcomes(self, request):
        return Answer(200, {"results": [{"order": o["order"], "ok": True, "latest": True}
                                        for o in request.json["outcomes"]]})


@contextlib.contextmanager
def bad_panel(h, plugins=(), erp=True, more=""):
    """A House whose panel is a BadPanel, with a registered endpoint and its daemon running."""
    panel = BadPanel(h.write_dir("bad-panel"))
    panel.plugins = list(plugins)
    try:
        if erp:
            h.start_sandbox()
        else:
            h.erp_port = 1
        h.panel_port = panel.port
        h.configure(panel={"ca": panel.ca}, more=more, erp=None if erp else {"tls_verify": "none", "tls_ca": None})
        h.write("token", "x")
        h.ctl("register", "--token-file", h.path("token"))
        h.start_daemon()
        yield panel
    finally:
        h.stop("endpointd")
        panel.close()


def plugin(identifier, kind="stock", every="1s", **more):
    return {"id": identifier, "kind": kind, "name": identifier, "enabled": True, "channel": {"type": "panel"},
            "schedule": {"manual": True} if every == "manual" else {"every": every}, **more}
