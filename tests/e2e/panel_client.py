"""A client of the panel's protocol, written from doc/panel-api.yaml and endpoint-panel-api(7) alone.

It shares nothing with the endpoint's own code: what it can do, a stranger's endpoint can.
"""
import base64
import contextlib
import hashlib
import http.client
import json
import sqlite3
import ssl
import time
import uuid
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Lost(Exception):
    """The connection ended without an answer."""


class Answer:
    def __init__(self, code, headers, body):
        self.code, self.headers, self.raw = code, headers, body
        self.json = json.loads(body) if body else None

    def __repr__(self):
        return f"{self.code} {self.raw[:300]!r}"


class Client:
    """One endpoint's side of the protocol. Every request may be bent out of shape by keywords."""

    seen = []  # (method, path, answer, body sent) of every answer of every client

    def __init__(self, url, ca):
        parts = urlsplit(url)
        self.url, self.host, self.port = url, parts.hostname, parts.port
        self.tls = ssl.create_default_context(cafile=ca)
        self.key = Ed25519PrivateKey.generate()
        self.id = None
        self.connection = None

    # ---- identity -------------------------------------------------------------------------------
    @staticmethod
    def public(key):
        return b64(key.public_key().public_bytes(serialization.Encoding.Raw,
                                                 serialization.PublicFormat.Raw))

    def register(self, token, name="test", **more):
        answer = self.send("POST", "/register", compact(
            {"token": token, "public_key": self.public(self.key), "name": name, "version": "0.1.0",
             "platform": "test", "erp": "subiekt-gt", **more}), signed=False)
        if answer.code in (200, 201):
            self.id = answer.json["endpoint_id"]
        return answer

    def token(self, body=b"", request=None, key=None, header=None, sign=None, **claims):
        """request: "METHOD /path?query" below /api/v1; None: the body alone is signed, as older endpoints do."""
        now = int(time.time())
        head = {"alg": "EdDSA", "typ": "JWT", "kid": self.id}
        head.update(header or {})
        payload = {"iss": self.id, "aud": self.url, "iat": now, "exp": now + 60,
                   "jti": uuid.uuid4().hex, "bh": b64(hashlib.sha256(body).digest())}
        if request:
            method, path = request.split(" ", 1)
            payload["rh"] = b64(hashlib.sha256(f"{method} /api/v1{path}".encode()).digest())
        payload.update(claims)
        payload = {k: v for k, v in payload.items() if v is not None}
        text = b64(compact(head)) + "." + b64(compact(payload))
        signature = sign(text.encode()) if sign else (key or self.key).sign(text.encode())
        return text + "." + b64(signature)

    # ---- requests -------------------------------------------------------------------------------
    def send(self, method, path, body=b"", signed=True, headers=None, token=None, timeout=60,
             template=None):
        """One request; path below /api/v1. template: the path's name in the YAML."""
        sent = dict(headers or {})
        if signed:
            sent["Authorization"] = "Bearer " + (token or self.token(body, f"{method} {path}"))
        if body and "Content-Type" not in sent:
            sent["Content-Type"] = "application/json"
        if not self.connection:
            self.connection = http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=timeout)
        try:
            self.connection.request(method, "/api/v1" + path, body or None, sent)
            reply = self.connection.getresponse()
            answer = Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        except (http.client.HTTPException, ConnectionError, ssl.SSLError) as error:
            self.close()
            raise Lost(str(error)) from error
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        Client.seen.append((method, template or path.partition("?")[0], answer, body))
        return answer

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def get(self, path, **more):
        return self.send("GET", path, **more)

    def post(self, path, value, **more):
        return self.send("POST", path, compact(value), **more)

    # ---- the calls ------------------------------------------------------------------------------
    def config(self, after="", wait=0, orders=None, **more):
        mark = "" if orders is None else f"&orders={quote(orders, safe='')}"
        return self.get(f"/endpoint/config?after={after}&wait={wait}{mark}", **more)

    def changes(self, plugin, rows, encoding=None, batch=None, body=None, **more):
        if body is None:
            body = b"".join(compact(row) + b"\n" for row in rows)
        headers = {"Content-Type": "application/x-ndjson"}
        if rows and batch is None:
            batch = f"{rows[0]['seq']}-{rows[-1]['seq']}"
        if batch:
            headers["Endpoint-Batch"] = batch
        if encoding:
            headers["Content-Encoding"] = encoding
        return self.send("POST", f"/plugins/{quote(plugin, safe='')}/changes", body, headers=headers,
                         template="/plugins/{plugin}/changes", **more)

    def orders(self, plugin, after="", wait=0, limit=100, **more):
        return self.get(f"/plugins/{quote(plugin, safe='')}/orders?after={quote(after, safe='')}"
                        f"&limit={limit}&wait={wait}", template="/plugins/{plugin}/orders", **more)

    def result(self, command, value, **more):
        return self.post(f"/commands/{quote(command, safe='')}/result", value,
                         template="/commands/{command}/result", **more)

    def outcome(self, plugin, order, value, **more):
        return self.post(f"/plugins/{quote(plugin, safe='')}/orders/{quote(order, safe='')}/outcome",
                         value, template="/plugins/{plugin}/orders/{order}/outcome", **more)

    def outcomes(self, plugin, values, **more):
        return self.post(f"/plugins/{quote(plugin, safe='')}/orders/outcomes", {"outcomes": values},
                         template="/plugins/{plugin}/orders/outcomes", **more)


def database(house, statement, *values):
    """One statement in the panel's own database: what time or an attacker would do to it."""
    with contextlib.closing(sqlite3.connect(house.path("panel", "panel.db"), timeout=30)) as db, db:
        return db.execute(statement, values).fetchall()


def stock_row(seq, key="1/1", on_hand="5", **more):
    return {"seq": seq, "stream": "stock", "op": "upsert", "key": key,
            "data": {"sku": "A-1", "warehouse": "MAG", "on_hand": on_hand, "reserved": "0",
                     "available": on_hand}, **more}


def order(identifier="1001", revision=1, **more):
    """An order in the protocol's form."""
    return {"id": identifier, "number": "2026/1001", "revision": revision,
            "placed_at": "2026-11-25T10:00:00Z", "confirmed_at": None, "source": "sklep",
            "buyer": {"name": "Żaneta Ćwikła", "company": None, "email": "z@example.pl", "phone": ""},
            "invoice": {"wanted": False},
            "delivery": {"method": "Kurier", "price_gross": "14.99", "name": "Żaneta Ćwikła",
                         "street": "Długa 1", "city": "Łódź", "postcode": "90-001", "country": "PL"},
            "lines": [{"id": "1", "sku": "A-1", "name": "Młotek", "quantity": "2.0000",
                       "price_gross": "12.3000", "vat_rate": "23"}],
            "currency": "PLN", "total_gross": "39.59", "paid": "0", "payment_method": "pobranie",
            "cash_on_delivery": True, "note": "", **more}


PLUGIN = {"id": "zam", "kind": "orders", "name": "Zamówienia", "channel": {"type": "panel"},
          "schedule": {"every": "5s"}}
STOCK = {"id": "stany", "kind": "stock", "name": "Stany", "channel": {"type": "panel"},
         "schedule": {"every": "60s"}}


def joined(house, *extra, plugins=(PLUGIN, STOCK)):
    """A panel with a registered client that has these plugins."""
    house.start_panel(*extra)
    house.panel("account", "add", "Sklep Testowy")
    client = Client(house.panel_url, house.path("panel-tls", "ca.pem"))
    answer = client.register(house.panel("token", "new").stdout.strip())
    assert answer.code == 201, answer
    for plugin in plugins:
        house.panel("plugin", "add", "--endpoint", client.id, "-", stdin=json.dumps(plugin))
    return client
