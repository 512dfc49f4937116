"""doc/panel-api.yaml against the panel that runs: every answer fits it, and every answer in it was seen."""
import json
import os
import re
import sys

import yaml
from jsonschema import Draft202012Validator

sys.path.insert(0, os.path.dirname(__file__))
from harness import SOURCE, check, equal, house, run_tests  # noqa: E402
from panel_client import Client, database, joined, order, stock_row  # noqa: E402

with open(os.path.join(SOURCE, "doc", "panel-api.yaml"), encoding="utf-8") as stream:
    API = yaml.safe_load(stream)

METHODS = ("get", "post", "put", "patch", "delete")


def resolved(node):
    while "$ref" in node:
        target = API
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def faults(schema, value):
    validator = Draft202012Validator({**schema, "components": API["components"]})
    return [f"{'/'.join(map(str, f.absolute_path))}: {f.message[:300]}" for f in validator.iter_errors(value)]


def schema_of(name):
    return {"$ref": "#/components/schemas/" + name}


def check_answer(method, path, answer, body):
    """An answer against the document; for one that was accepted, the request too."""
    where = f"{method} {path} → {answer.code}"
    operation = API["paths"][path][method.lower()]
    responses = operation["responses"]
    check(str(answer.code) in responses, f"{where} is not in the document: {answer}")
    response = resolved(responses[str(answer.code)])
    check("date" in answer.headers, f"{where} has no Date")
    for name, header in response.get("headers", {}).items():
        check(not header.get("required") or name.lower() in answer.headers, f"{where} has no {name}")
    content = response.get("content")
    if not content:
        equal(answer.raw, b"", where + ": no body")
    else:
        kind = answer.headers["content-type"]
        check(kind in content, f"{where}: content type {kind}")
        equal(faults(content[kind]["schema"], answer.json), [], where + f": {answer}")
        if kind == "application/problem+json":
            equal(answer.json["status"], answer.code, where + ": its status")
    if answer.code < 300 and "requestBody" in operation:
        sent = operation["requestBody"]["content"]
        if "application/json" in sent:
            equal(faults(sent["application/json"]["schema"], json.loads(body)), [], where + ": what was sent")


def documented(_):
    """the document is sound: schemas valid, references found, the same calls as in the program"""
    text = json.dumps(API)
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', text)):
        check(reference.startswith("#/"), reference)
        resolved({"$ref": reference})
    for name, schema in API["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        check(f"schemas/{name}\"" in text or name in ("Change", "JournalEntry", "Product", "Stock", "Price",
                                                      "Customer", "OrderState"), f"{name} is used")
    calls = {(m.upper(), re.sub(r"\{\w+\}", "{}", p)) for p, item in API["paths"].items() for m in item
             if m in METHODS}
    with open(os.path.join(SOURCE, "src", "panel", "api", "api.c"), encoding="utf-8") as file:
        routes = set(re.findall(r'\{"([A-Z]+)", "/api/v1(/[^"]+)"', file.read()))
    equal(calls, routes, "calls in the document and in the program")
    for path, item in API["paths"].items():
        named = set(re.findall(r"\{(\w+)\}", path))
        given = {resolved(p)["name"] for p in item.get("parameters", [])}
        equal(given, named, f"parameters of {path}")


def identity_calls(h, c):
    token = h.panel("token", "new").stdout.strip()
    other = Client(h.panel_url, h.path("panel-tls", "ca.pem"))
    equal([other.register(token).code for _ in range(2)], [201, 200], "registered, and repeated")
    equal(c.register(token).json["code"], "token_used", "by another")
    equal(other.register("EP1-nix").json["code"], "token_unknown", "unknown")
    stale = h.panel("token", "new").stdout.strip()
    database(h, "UPDATE tokens SET expires_ms = expires_ms - 3600001 WHERE endpoint_id IS NULL")
    equal(other.register(stale).json["code"], "token_expired", "expired")
    equal(other.send("POST", "/register", b"{", signed=False).code, 400, "no JSON")
    equal(other.send("POST", "/register", b'{"token":"' + b"x" * 20000 + b'"}', signed=False).code, 413, "long")
    equal(other.register("x", public_key="abc").code, 422, "no key")
    for _ in range(12):
        last = other.register("EP1-nix")
    equal((last.code, last.json["code"]), (429, "too_many_requests"), "guessing tokens")
    check(1 <= int(last.headers["retry-after"]) <= 60, f"when to try again: {last.headers}")
    equal(c.get("/endpoint").json["id"], c.id, "who am I")
    equal(c.post("/endpoint/key", {"public_key": "x"}).code, 422, "no key")
    equal(c.send("POST", "/endpoint/key", b"[").code, 400, "no JSON")
    equal(c.post("/endpoint/key", {"public_key": Client.public(c.key)}).code, 200, "the present key again")


def report_calls(h, c):
    h.panel("command", "add", c.id, "lookup", '{"name":"warehouses"}')
    config = c.config()
    equal((config.code, len(config.json["commands"])), (200, 1), "configuration")
    equal(c.config(after=config.json["rev"]).code, 204, "nothing new")
    equal(c.get("/endpoint/config?after=x").code, 400, "no revision")
    status = {"endpoint": {"version": "1"}, "plugins": [], "checks": []}
    equal(c.post("/endpoint/status", status).code, 200, "status")
    equal(c.send("POST", "/endpoint/status", b"no").code, 400, "no JSON")
    lines = b'{"id":1,"at":"2026-11-25T10:00:00Z","level":"info","text":"x"}\n'
    equal(c.send("POST", "/endpoint/journal", lines).code, 200, "journal")
    equal(c.send("POST", "/endpoint/journal", lines + b"{").code, 422, "half a line")
    later = b'{"id":1,"at":"2026-11-26T10:00:00Z","level":"info","text":"y"}\n'
    equal(c.send("POST", "/endpoint/journal", lines + later).code, 200, "once more, and its number once more")
    shown = [json.loads(line)["text"] for line in h.panel("journal", "--json").stdout.splitlines()]
    equal(shown, ["x", "y"], "an entry that came twice is one, another one under its id is kept")
    command = config.json["commands"][0]["id"]
    equal(c.result(command, {"ok": True, "rows": []}).code, 200, "result")
    equal(c.config().json["commands"], [], "the command is gone")
    equal(c.result("nix", {"ok": True}).code, 404, "unknown command")
    equal(c.send("POST", "/commands/x/result", b"", template="/commands/{command}/result").code, 400, "no result")


def data_calls(h, c):
    equal(c.changes("stany", [stock_row(1), stock_row(2)]).json, {"acked": 2}, "rows")
    equal(c.changes("stany", [stock_row(3)], batch="").code, 400, "no range")
    equal(c.changes("stany", [stock_row(3)], encoding="zstd").code, 400, "no zstd")
    equal(c.changes("nix", [stock_row(1)]).code, 404, "unknown plugin")
    hole = c.changes("stany", [stock_row(9)])
    equal((hole.code, hole.json["acked"]), (409, 2), "hole")
    equal(c.changes("stany", [stock_row(3)], encoding="gzip").code, 415, "unknown encoding")
    equal(c.changes("stany", [stock_row(3, stream="x")]).code, 422, "bad row")
    h.panel("order", "add", "-", stdin=json.dumps([order("a/b"), order("c", cancelled=True)]))
    equal(len(c.orders("zam").json["orders"]), 2, "orders")
    equal(c.orders("zam", limit=0).code, 400, "limit")
    equal(c.orders("nix").code, 404, "unknown plugin")
    at = "2026-11-25T10:00:00Z"
    for state in ("done", "rejected", "in-doubt", "waiting"):
        equal(c.outcome("zam", "a/b", {"state": state, "at": at, "reason": "?", "revision": 1}).code, 200, state)
    equal(c.outcome("zam", "nix", {"state": "done", "at": at}).code, 404, "unknown order")
    equal(c.outcome("zam", "c", {"state": "gone", "at": at}).code, 422, "bad outcome")
    equal(c.outcome("zam", "c", "x").code, 400, "no object")
    done = {"order": "a/b", "state": "done", "at": at, "revision": 1}
    equal(faults(schema_of("OutcomeOf"), done), [], "an outcome of a list")
    answer = c.outcomes("zam", [done, {"order": "nix", "state": "done", "at": at}, {"order": "c", "state": "gone", "at": at},
                                {"order": 7}, None])
    equal([r.get("code") for r in answer.json["results"]], [None, "order_unknown"] + 3 * ["outcome_invalid"], "each for itself")
    equal(c.outcomes("nix", [done]).code, 404, "unknown plugin")
    equal([c.outcomes("zam", x).code for x in ([], 501 * [done], {}, "x")], 4 * [422], "no list of outcomes")
    equal(c.send("POST", "/plugins/zam/orders/outcomes", b"{", template="/plugins/{plugin}/orders/outcomes").code, 400, "no JSON")


def start(c, life, place="here", **more):
    return c.post("/endpoint/start", {"life": life, "place": place, "host": "serwer", **more})


def start_calls(h, c):
    """which start speaks for the endpoint"""
    first = start(c, "a").json
    equal((first["state"], first["incarnation"], first["orders_in_ms"]), ("go", 1, 0), "the first start")
    equal(start(c, "a").json["incarnation"], 1, "its answer got lost")
    equal(c.config().json["code"], "start_missing", "a call that does not say which start it is of")
    equal(c.get("/endpoint/config?after=&wait=0", token=c.token(inc=1)).code, 200, "the first start's call")
    equal(start(c, "b", last=1).json["incarnation"], 2, "started again at the same place")
    equal(start(c, "c", last=1).json["incarnation"], 3, "started again before its number was remembered")
    stale = c.get("/endpoint/config?after=&wait=0", token=c.token(inc=2))
    equal((stale.code, stale.json["code"]), (403, "endpoint_superseded"), "an older start's call")
    equal(c.get("/endpoint/config?after=&wait=0", token=c.token(inc=3)).code, 200, "the newest one's")
    # Elsewhere: the newest one is called upon.
    equal(start(c, "d", place="there", last=3).json, {"state": "wait", "retry_s": 1}, "elsewhere")
    equal(c.get("/endpoint/config?after=&wait=0", token=c.token(inc=3)).code, 200, "the newest one answers")
    twin = start(c, "d", place="there", last=3)
    equal((twin.code, twin.json["code"]), (403, "endpoint_twin"), "so the other is a copy")
    equal(c.get("/endpoint/config?after=&wait=0", token=c.token(inc=3)).json["twin"]["host"], "serwer", "it is told")
    equal(start(c, "d", place="here", last=3, held=True).json["code"], "endpoint_twin", "held stays held")
    # A person lets it in, from the panel; then another by itself, once the one before has said that it stops.
    h.panel("endpoint", "take-over", c.id)
    taken = start(c, "d", place="there", last=3, held=True).json
    equal((taken["incarnation"], taken["orders_in_ms"] > 200000), (4, True), "it takes over; orders wait")
    equal(start(c, "c", last=3, held=True).json["code"], "endpoint_twin", "the one before stops")
    equal(start(c, "d", place="there", last=3).json["orders_in_ms"], 0, "orders wait no more")
    equal(h.panel("endpoint", "take-over", c.id).returncode, 0, "the other way")
    equal(start(c, "e", last=3, held=True, take_over=True).json["incarnation"], 5, "by the endpoint's own person")
    equal(c.send("POST", "/endpoint/stop", b"{}", token=c.token(b"{}", inc=5)).code, 200, "it stops")
    moved = start(c, "f", place="elsewhere", last=5).json
    equal((moved["state"], moved["incarnation"], moved["orders_in_ms"]), ("go", 6, 0), "moved")
    # A panel that was restored from a copy knows less than the endpoint.
    equal(c.get("/endpoint/config?after=&wait=0", token=c.token(inc=9)).code, 200, "a number that the panel forgot")
    equal(c.get("/endpoint/config?after=&wait=0", token=c.token(inc=6)).code, 403, "the ones before it")
    equal(start(c, "").code, 422, "no life")
    equal(c.send("POST", "/endpoint/start", b"[").code, 400, "no JSON")
    database(h, "DELETE FROM starts")


def every_signed_call(c, **more):
    at = {"state": "done", "at": "2026-11-25T10:00:00Z"}
    return [c.post("/endpoint/start", {"life": "x", "place": "y"}, **more), c.send("POST", "/endpoint/stop", b"{}", **more),
            c.get("/endpoint", **more), c.post("/endpoint/key", {"public_key": "x"}, **more), c.config(**more),
            c.post("/endpoint/status", {}, **more), c.send("POST", "/endpoint/journal", b"{}", **more),
            c.result("x", {}, **more), c.changes("stany", [stock_row(1)], **more), c.orders("zam", **more),
            c.outcome("zam", "c", at, **more), c.outcomes("zam", [dict(at, order="c")], **more)]


def every_long_call(c):
    """A body of more than 16 MiB, with a good signature over it."""
    body = b" " * (17 << 20)
    codes = []
    for path, template in (("/endpoint/start", None), ("/endpoint/stop", None), ("/endpoint/key", None), ("/endpoint/status", None), ("/endpoint/journal", None),
                           ("/commands/x/result", "/commands/{command}/result"),
                           ("/plugins/stany/changes", "/plugins/{plugin}/changes"),
                           ("/plugins/zam/orders/outcomes", "/plugins/{plugin}/orders/outcomes"),
                           ("/plugins/zam/orders/c/outcome", "/plugins/{plugin}/orders/{order}/outcome")):
        codes.append(c.send("POST", path, body, template=template).code)
    return codes


class Superseded:
    """The client, with every token of an older start."""

    def __init__(self, client):
        self.client, self.original = client, client.token

    def __getattr__(self, name):
        def call(*arguments, **more):
            self.client.token = lambda *a, **k: self.original(*a, **{"inc": 3, **k})
            try:
                return getattr(self.client, name)(*arguments, **more)
            finally:
                self.client.token = self.original
        return call


def answers(h):
    """every answer of the panel fits the document, and so does every request that it took"""
    c = joined(h)
    identity_calls(h, c)
    report_calls(h, c)
    data_calls(h, c)
    start_calls(h, c)
    equal(set(every_long_call(c)), {413}, "longer than 16 MiB")
    for bad in ("x.y.z", c.token(aud="https://elsewhere")):
        equal({a.code for a in every_signed_call(c, token=bad)}, {401}, "not signed for this panel")
    for other in ("GET /endpoint/config?after=&wait=0", "POST /endpoint", "GET /endpoint?", "GET /endpoin%74"):
        answer = c.get("/endpoint", token=c.token(request=other))
        equal((answer.code, answer.json["code"]), (401, "signature_invalid"), "signed for " + other)
        check("another request" in answer.json["detail"], f"why: {answer}")
    equal(c.get("/endpoint", token=c.token()).code, 200, "an older endpoint signs the body alone")
    check("signs the bodies" in h.read("panel.log") and c.id in h.read("panel.log"), "and the panel's log tells of it")
    database(h, "INSERT INTO starts(endpoint_id,incarnation) VALUES(?,7)", c.id)
    equal({a.code for a in every_signed_call(Superseded(c))}, {403}, "of an older start")
    database(h, "DELETE FROM starts")
    for answer in (c.get("/nix"), c.get("/register"), c.send("DELETE", "/endpoint")):
        equal(faults(schema_of("Problem"), answer.json), [], "a problem document")
        check(answer.code == 404 or answer.headers["allow"] in ("GET", "POST"), f"405 says what goes: {answer}")
    for _ in range(3):
        Client.seen.pop()
    for method, path, answer, body in Client.seen:
        check_answer(method, path, answer, body)


def for_now(h):
    """every call may be asked to come later, and is told when"""
    c = joined(h, "--fault", "busy=12", "--fault", "too-many=12")
    equal({a.code for a in every_signed_call(c)}, {503}, "busy")
    equal({a.code for a in every_signed_call(c)}, {429}, "too many")
    equal(c.get("/endpoint").code, 200, "and then it works")
    for method, path, answer, body in Client.seen:
        check_answer(method, path, answer, body)


def complete(h):
    """every path, method and status of the document was seen"""
    seen = {(method, path, str(answer.code)) for method, path, answer, _ in Client.seen}
    wanted = {(method.upper(), path, code) for path, item in API["paths"].items() for method in item
              if method in METHODS for code in item[method]["responses"] if code != "default"}
    equal(sorted(wanted - seen), [], "never seen")
    equal(sorted(seen - wanted), [], "seen, but not in the document")


@house(plugins=("products", "stock", "prices", "customers"))
def real_endpoint(h):
    """what the real endpoint sends fits the document: status, journal, rows of every stream"""
    h.up()
    h.until(lambda: h.panel_count("customers") and h.panel_count("prices") and h.in_step(), "first sync", 60)
    h.until(lambda: h.panel("journal").stdout, "a journal", 30)
    for name, schema in (("products", "Product"), ("stock", "Stock"), ("prices", "Price"),
                         ("customers", "Customer")):
        for data in list(h.panel_rows(name).values())[:200]:
            equal(faults(schema_of(schema), data), [], f"{name}: {data}")
            known = API["components"]["schemas"][schema]["properties"]
            equal(set(data) - set(known), set(), f"members of {name} that are not in the document")
    status = json.loads(h.panel("status").stdout)
    equal(faults(schema_of("Status"), status), [], "status")
    for line in h.panel("journal", "--json").stdout.splitlines():
        equal(faults(schema_of("JournalEntry"), json.loads(line)), [], "journal: " + line)


if __name__ == "__main__":
    run_tests([documented, answers, for_now, complete, real_endpoint])
