"""Orders in the panel: delivered until known, revised, cancelled; outcomes kept, the last one standing."""
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import SLOW, check, equal, run_tests  # noqa: E402
from panel_client import PLUGIN, STOCK, Client, Lost, joined, order  # noqa: E402

ODD = "żółć/ab%2F?#&=+ \"'\\" + "x" * 59
AT = "2026-11-25T10:00:0%d.000Z"


def add(h, value, *options, expect=0):
    return h.panel("order", "add", "-", *options, stdin=json.dumps(value), expect=expect)


def shown(h, identifier):
    return json.loads(h.panel("order", "show", identifier, "--json").stdout)


def ids(answer):
    equal(answer.code, 200, "answer to GET orders")
    return [(o["id"], o["revision"]) for o in answer.json["orders"]]


def delivered(h):
    """an order is delivered as it was added, in order, page by page, and again to an old cursor"""
    c = joined(h)
    none = c.orders("zam")
    equal((none.json["orders"], none.json["cursor"]), ([], ""), "no orders yet")
    sent = [order(f"nr {i}", note="zażółć\n\"gęślą\" 🦔") for i in range(7)]
    add(h, sent[0])
    add(h, sent[1:])
    first = c.orders("zam", limit=3)
    equal(first.json["orders"], sent[:3], "the first page, whole")
    second = c.orders("zam", first.json["cursor"], limit=100)
    equal(second.json["orders"], sent[3:], "the rest")
    last = c.orders("zam", second.json["cursor"])
    equal((last.json["orders"], last.json["cursor"]), ([], second.json["cursor"]), "nothing more")
    equal(c.orders("zam", first.json["cursor"]).json["orders"], sent[3:], "an old cursor, again")
    equal(len(c.orders("zam", "").json["orders"]), 7, "from the start")
    for cursor in ("5", "7-00000000", "99999-" + second.json["cursor"].partition("-")[2], "x" * 500, "%"):
        equal(len(c.orders("zam", cursor).json["orders"]), 7, f"all again for a cursor that is not ours: {cursor}")
    for query in ("limit=0", "limit=1001", "limit=x", "wait=-1", "wait=1e3"):
        answer = c.get("/plugins/zam/orders?" + query)
        equal((answer.code, answer.json["code"]), (400, "bad_request"), query)
    answer = c.orders("nie ma")
    equal((answer.code, answer.json["code"]), (404, "plugin_unknown"), "another's plugin")


def revised(h):
    """a revised order is delivered again, the same one is not, a changed one without a new revision is refused"""
    c = joined(h)
    add(h, [order("a"), order("b")])
    cursor = c.orders("zam").json["cursor"]
    check("unchanged" in add(h, order("a")).stdout, "the same again is harmless")
    equal(ids(c.orders("zam", cursor)), [], "and not delivered again")
    refused = add(h, order("a", note="inna"), expect=1)
    check("higher revision" in refused.stderr, "says what to do: " + refused.stderr)
    check("revised" in add(h, order("a", 5, note="inna")).stdout, "a revision")
    equal(ids(c.orders("zam", cursor)), [("a", 5)], "only the new revision")
    equal(ids(c.orders("zam")), [("b", 1), ("a", 5)], "from the start: the newest of each, once")
    check("unchanged" in add(h, order("a", 1)).stdout, "the old revision again is harmless")
    older = add(h, order("a", 4), expect=1)
    check("older than 5" in older.stderr, "an older one is refused: " + older.stderr)
    equal([r["revision"] for r in shown(h, "a")["revisions"]], [1, 5], "both revisions are kept")
    add(h, [order("c"), order("b", note="inna")], expect=1)
    equal(len(h.panel("order", "list").stdout.splitlines()), 2, "a list goes in whole or not at all")


def cancelled(h):
    """a cancelled order is delivered again, saying so, with a higher revision"""
    c = joined(h)
    add(h, order(ODD))
    cursor = c.orders("zam").json["cursor"]
    equal(json.loads(h.panel("order", "cancel", ODD, "--json").stdout)["revision"], 2, "its revision")
    again = c.orders("zam", cursor).json
    equal([(o["id"], o["revision"], o["cancelled"]) for o in again["orders"]], [(ODD, 2, True)], "delivered")
    h.panel("order", "cancel", ODD)
    equal(ids(c.orders("zam", again["cursor"])), [], "cancelling twice delivers nothing more")
    check("cancelled" in h.panel("order", "show", ODD).stdout, "order show says so")
    equal(h.panel("order", "cancel", "nie ma", expect=3).stdout, "", "an unknown order")


def outcomes(h):
    """outcomes are kept, the last one by its time stands, the same one again changes nothing"""
    c = joined(h)
    add(h, [order(ODD), order("x" * 60 + "1"), order("x" * 60 + "2")])
    equal(shown(h, ODD)["state"], "new", "no outcome yet")
    waiting = {"state": "waiting", "at": AT % 1, "reason": "ERP śpi", "remedy": "Obudź go", "correlation": "k-1",
               "revision": 1, "document": None}
    done = {"state": "done", "at": AT % 5, "document": "ZK 12/2026", "correlation": "k-1", "revision": 1}
    late = {"state": "in-doubt", "at": AT % 3, "reason": "nie wiadomo", "remedy": "Sprawdź"}
    equal(c.outcome("zam", ODD, waiting).json, {"ok": True, "latest": True}, "first")
    equal((shown(h, ODD)["state"], shown(h, ODD)["remedy"]), ("waiting", "Obudź go"), "state and remedy")
    equal(c.outcome("zam", ODD, done).json["latest"], True, "newer")
    equal(c.outcome("zam", ODD, late).json["latest"], False, "older by its time: kept, does not stand")
    equal(c.outcome("zam", ODD, waiting).json["latest"], False, "repeated")
    equal(c.outcome("zam", ODD, done).json["latest"], True, "repeated, and it stands")
    now = shown(h, ODD)
    equal((now["state"], now["document"], now["outcome_revision"], now["correlation"]),
          ("done", "ZK 12/2026", 1, "k-1"), "what stands")
    equal([o["state"] for o in now["outcomes"]], ["waiting", "in-doubt", "done"], "all of them, by time")
    check("ZK 12/2026" in h.panel("order", "show", ODD).stdout, "for people too")
    c.outcome("zam", "x" * 60 + "2", {"state": "rejected", "at": AT % 1, "reason": "brak SKU"})
    listed = [json.loads(l) for l in h.panel("order", "list", "--json").stdout.splitlines()]
    equal({o["id"][-1]: o["state"] for o in listed}, {"x": "done", "1": "new", "2": "rejected"}, "ids that "
          "differ in the last character stay apart")
    equal(len(h.panel("order", "list", "--state", "rejected").stdout.splitlines()), 1, "--state")
    for body, code in (({"state": "lost", "at": AT % 1}, 422), ({"state": "done"}, 422),
                       ({"state": "done", "at": "gestern"}, 422), ({"state": "done", "at": AT % 1, "document": 7}, 422),
                       ([1], 400)):
        answer = c.outcome("zam", ODD, body)
        equal((answer.code, answer.headers["content-type"]), (code, "application/problem+json"), f"{body}")
    answer = c.outcome("zam", "nie ma", done)
    equal((answer.code, answer.json["code"]), (404, "order_unknown"), "an unknown order")
    stranger = Client(h.panel_url, h.path("panel-tls", "ca.pem"))
    stranger.register(h.panel("token", "new").stdout.strip())
    equal(stranger.outcome("zam", ODD, done).code, 404, "another endpoint's order")
    equal(stranger.orders("zam").code, 404, "another endpoint's orders")


def many_outcomes(h):
    """many outcomes in one request: each for itself, again without harm, all or nothing when the answer is lost"""
    c = joined(h, "--fault", "drop-outcome-reply=1")
    add(h, [order(ODD), order("b"), order("c")])
    waiting, done = ({"state": s, "at": AT % n, "document": d, "revision": 1} for s, n, d in
                     (("waiting", 1, None), ("done", 5, "ZK 12/2026")))
    batch = [dict(done, order=ODD), dict(waiting, order=ODD), dict(done, order="nie ma"), dict(waiting, order="c", at="gestern"),
             dict(waiting, order="x" * 201), "nic", dict(waiting, order="b")]
    try:
        c.outcomes("zam", batch)
        check(False, "the first answer is lost")
    except Lost:
        pass
    wanted = [(ODD, True, True), (ODD, True, False), ("nie ma", False, "order_unknown"), ("c", False, "outcome_invalid"),
              ("x" * 201, False, "outcome_invalid"), (None, False, "outcome_invalid"), ("b", True, True)]
    for what in ("again", "and again"):
        results = c.outcomes("zam", batch).json["results"]
        equal([(r["order"], r["ok"], r.get("latest", r.get("code"))) for r in results], wanted, what)
    check("gestern" in results[3]["detail"], f"the fault is named: {results[3]}")
    equal([shown(h, i)["state"] for i in (ODD, "b", "c")], ["done", "waiting", "new"], "what stands")
    equal([len(shown(h, i)["outcomes"]) for i in (ODD, "b", "c")], [2, 1, 0], "each once")
    stranger = Client(h.panel_url, h.path("panel-tls", "ca.pem"))
    stranger.register(h.panel("token", "new").stdout.strip())
    equal(stranger.outcomes("zam", batch).json["code"], "plugin_unknown", "another endpoint's orders")
    add(h, [order(f"m{i}") for i in range(500)])
    results = c.outcomes("zam", [dict(done, order=f"m{i}", reason="ó" * 4000) for i in range(500)]).json["results"]
    equal(sum(r["ok"] for r in results), 500, "as many, and as long, as there may be")


def form(h):
    """an order that is not in the form is refused with every fault named"""
    joined(h)
    bad = order(total_gross=39.59, currency="zł", placed_at="wczoraj")
    bad["lines"] += [{"sku": "B", "quantity": 1, "price_gross": "1,00"}, "x"]
    bad["delivery"]["price_gross"] = "1e2"
    del bad["id"], bad["revision"], bad["buyer"]
    done = add(h, bad, "--json", expect=1)
    faults = json.loads(done.stdout)["faults"]
    for name in ("id", "revision", "placed_at", "currency", "total_gross", "buyer", "delivery.price_gross",
                 "lines[1].quantity", "lines[1].price_gross", "lines[2]"):
        check(any(f.startswith(name + " is ") for f in faults), f"{name} is named in {faults}")
        check(name + " is " in done.stderr, f"{name} for people")
    equal(len(faults), 10, "and nothing else")
    check("[1].the number of lines is 0" in add(h, [order(), order("2", lines=[])], expect=1).stderr,
          "which of a list")
    equal(h.panel("order", "list").stdout, "", "nothing was added")
    add(h, order("5oo", lines=[dict(order()["lines"][0], id=str(i)) for i in range(500)]))
    add(h, order(note="x" * 30000), expect=1)
    h.panel("order", "add", "-", stdin="{", expect=1)
    add(h, order(), "--plugin", "nix", expect=3)


def woken(h):
    """a waiting endpoint hears of an order at once, and of a wait that ends"""
    c = joined(h)
    result = {}
    def wait():
        result["answer"] = c.orders("zam", wait=50)
        result["at"] = time.monotonic()
    before = len(h.read("panel.log"))
    thread = threading.Thread(target=wait)
    thread.start()
    # Its request is in once the panel has seen the endpoint anew.
    h.until(lambda: json.loads(h.panel("endpoint", "list", "--json").stdout)["last_seen"], "it waits")
    add(h, order("nowe"))
    added = time.monotonic()
    thread.join(30)
    equal(ids(result["answer"]), [("nowe", 1)], "what it got")
    check(result["at"] - added < 2 * SLOW, f"at once, not after {result['at'] - added:.1f} s")
    cursor = result["answer"].json["cursor"]
    began = time.monotonic()
    equal(ids(c.orders("zam", cursor, wait=1)), [], "nothing came")
    check(time.monotonic() - began >= 0.9, "it waited")
    equal(len(h.read("panel.log")), before, "nothing in the log")


def word_of_orders(h):
    """who waits for configuration hears of new orders, and whose they are, when it gives the mark that it had"""
    c = joined(h, plugins=(PLUGIN, dict(PLUGIN, id="inny"), STOCK))
    first = c.config().json
    equal((first["orders_mark"], first["orders"]), ("0", {}), "no orders yet")
    equal(c.config(after=first["rev"], orders="0").code, 204, "nothing new")
    result = {}
    thread = threading.Thread(target=lambda: result.update(c.config(after=first["rev"], orders="0", wait=50).json))
    thread.start()
    h.until(lambda: json.loads(h.panel("endpoint", "list", "--json").stdout)["last_seen"], "it waits")
    add(h, order("a"), "--plugin", "inny")
    thread.join(30)
    equal((result["rev"], list(result["orders"])), (first["rev"], ["inny"]), "whose orders")
    mark, known = result["orders_mark"], result["orders"]
    equal(c.config(after=first["rev"], orders=mark).code, 204, "known now")
    equal(c.config(after=first["rev"]).code, 204, "who gives no mark is not told")
    add(h, order("a"), "--plugin", "inny")
    equal(c.config(after=first["rev"], orders=mark).code, 204, "the same order again is no news")
    for change in (lambda: add(h, order("a", 2, note="inna"), "--plugin", "inny"),
                   lambda: h.panel("order", "cancel", "a", "--plugin", "inny"), lambda: add(h, order("b"), "--plugin", "zam")):
        change()
        news = c.config(after=first["rev"], orders=mark).json
        check(news["orders_mark"] != mark and news["orders"] != known, f"revised, cancelled, another plugin's: {news}")
        mark, known = news["orders_mark"], news["orders"]
    for strange in ("x" * 64, "%%&=", ""):
        equal(c.config(after=first["rev"], orders=strange).json["orders_mark"], mark, "a mark that is not the panel's")


def faults(h):
    """lost answers are repeated without loss, orders twice in an answer stay the same order"""
    c = joined(h, "--fault", "drop-order-reply=1", "--fault", "drop-outcome-reply=1", "--fault", "repeat-orders")
    add(h, [order("a"), order("b")])
    def lost(call):
        try:
            return call()
        except Lost:
            return None
    equal(lost(lambda: c.orders("zam")), None, "the first answer is lost")
    equal(ids(c.orders("zam")), [("a", 1), ("a", 1), ("b", 1), ("b", 1)], "each twice")
    done = {"state": "done", "at": AT % 1, "document": "ZK 1"}
    equal(lost(lambda: c.outcome("zam", "a", done)), None, "the answer to an outcome is lost")
    equal(shown(h, "a")["state"], "done", "but it was stored")
    equal(c.outcome("zam", "a", done).json["latest"], True, "and is repeated")
    equal(len(shown(h, "a")["outcomes"]), 1, "once")


def told(h):
    """retry and resolve go out as commands; what order-states says of the document is shown"""
    c = joined(h, plugins=({"id": "zam", "kind": "orders", "channel": {"type": "panel"}, "schedule": {"every": "5s"}},
                           {"id": "dok", "kind": "order-states", "channel": {"type": "panel"},
                            "schedule": {"every": "60s"}}))
    add(h, order(ODD))
    rev = c.config().json["rev"]
    h.panel("order", "retry", ODD)
    h.panel("order", "resolve", ODD, "--exists-as", "ZK 12/2026")
    h.panel("order", "resolve", ODD, "--does-not-exist")
    config = c.config(after=rev).json
    equal([(x["do"], x["with"]) for x in config["commands"]], [
        ("retry-order", {"plugin": "zam", "order": ODD}),
        ("resolve-order", {"plugin": "zam", "order": ODD, "exists_as": "ZK 12/2026"}),
        ("resolve-order", {"plugin": "zam", "order": ODD, "does_not_exist": True})], "the commands")
    for arguments in ((), ("--exists-as", "ZK 1", "--does-not-exist"), ("--exists-as", "")):
        h.panel("order", "resolve", ODD, *arguments, expect=2)
    h.panel("order", "retry", "nie ma", expect=3)
    row = {"seq": 1, "stream": "order-states", "op": "upsert", "key": "77", "data": {
        "external_id": ODD, "document": "ZK 12/2026", "state": "realised", "invoice": "FS 3/2026"}}
    equal(c.changes("dok", [row]).json, {"acked": 1}, "order-states is a stream")
    equal(shown(h, ODD)["documents"], [{"key": "77", **row["data"]}], "the document, by the order's id")
    check("FS 3/2026" in h.panel("order", "show", ODD).stdout, "for people too")
    answer = c.changes("dok", [dict(row, seq=2, stream="orders")])
    equal(answer.code, 422, "orders is no stream that goes out")


def restored(h):
    """a panel restored from an older copy delivers all orders again, rather than losing some"""
    c = joined(h)
    add(h, [order("a"), order("b")])
    cursor = c.orders("zam").json["cursor"]
    h.stop("panel")
    copy = {n: open(h.path("panel", n), "rb").read() for n in os.listdir(h.path("panel"))}
    h.start_panel(port=h.panel_port)
    c.close()
    add(h, [order("c"), order("d")])
    newer = c.orders("zam", cursor).json["cursor"]
    h.stop("panel")
    for name in os.listdir(h.path("panel")):
        os.unlink(h.path("panel", name))
    for name, data in copy.items():
        with open(h.path("panel", name), "wb") as file:
            file.write(data)
    h.start_panel(port=h.panel_port)
    add(h, [order(x) for x in "efgh"])
    c.close()
    equal([i for i, _ in ids(c.orders("zam", newer))], list("abefgh"), "all that it has")
    equal([i for i, _ in ids(c.orders("zam", cursor))], list("efgh"), "a cursor from before the copy goes on")


if __name__ == "__main__":
    run_tests([delivered, revised, cancelled, outcomes, many_outcomes, form, woken, word_of_orders, faults, told, restored])
