"""Orders from the shop become documents in the ERP, and their numbers come back."""
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import Failure, check, equal, house, run_tests  # noqa: E402

MORE = """orders : {
    writer = "epp";
    epp_dir = %s;
};
"""


def now(days=0):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def order(identifier, *lines, revision=1, number=None, **more):
    """lines: (sku, quantity, gross price); all at 23 %."""
    total = sum(round(float(q) * float(p) * 100) for _, q, p in lines) / 100
    value = {"id": identifier, "number": number or "Z-" + identifier, "revision": revision,
             "placed_at": now(), "source": "sklep", "currency": "PLN", "total_gross": f"{total:.2f}",
             "buyer": {"name": "Żaneta Źdźbło", "email": "zaneta@example.com"},
             "delivery": {"name": "Żaneta Źdźbło", "street": "Długa 5/3", "city": "Kraków",
                          "postcode": "30-001", "country": "PL"},
             "lines": [{"id": str(i), "sku": sku, "name": sku, "quantity": q, "price_gross": p,
                        "vat_rate": "23"} for i, (sku, q, p) in enumerate(lines, 1)]}
    value.update(more)
    return value


def begin(h, operator=True, writer=True, daemon=True, kinds=("orders",), options=None, **start):
    """ERP, panel, endpoint; the sandbox plays the operator."""
    h.inbox = h.write_dir("import")
    h.start_sandbox(*(("--import-dir", h.inbox) if operator else ()))
    h.start_panel()
    h.configure(more=MORE % json.dumps(h.inbox) if writer else "")
    h.register()
    for kind in kinds:
        h.add_plugin(kind, options=options if kind == "orders" else None)
    if daemon:
        h.start_daemon(**start)
    h.goods = [row[0] for row in h.sql(
        "SELECT TOP (5) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp "
        "WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23' ORDER BY t.tw_Id")]
    h.until(lambda: not daemon or h.status().get("plugins"), "the plugin is there")


def place(h, *orders):
    h.panel("order", "add", "-", stdin=json.dumps(list(orders)))


def in_panel(h, identifier):
    """The newest outcome that the panel has of an order."""
    done = h.panel("order", "show", identifier, "--json", expect=None)
    if done.returncode:
        return {}
    return json.loads(done.stdout)


def mine(h, identifier):
    """What the endpoint says of an order."""
    done = h.ctl("order", "show", identifier, "--json", expect=None)
    return json.loads(done.stdout).get("order", {}) if done.returncode == 0 else {}


def state_of(h, identifier):
    return mine(h, identifier).get("state")


def until_state(h, identifier, *states, within=60):
    try:
        h.until(lambda: state_of(h, identifier) in states, f"{identifier} is {' or '.join(states)}", within)
    except Failure as why:
        raise Failure(f"{why}; it is {mine(h, identifier)}") from None
    return mine(h, identifier)


def until_told(h, identifier, state, within=60):
    """Wait until the panel was told this state; the outcome."""
    h.until(lambda: in_panel(h, identifier).get("state") == state, f"the panel knows that {identifier} is {state}", within)
    return in_panel(h, identifier)


def documents(h, marker):
    return [row[0] for row in h.sql("SELECT d.dok_NrPelny FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND "
                                    f"d.dok_NrPelnyOryg = N'{marker}' ORDER BY d.dok_Id")]


def number_comes_back(h):
    """an order becomes a ZK by way of a file, and its number returns to the panel"""
    begin(h)
    place(h, order("1001", (h.goods[0], "2", "19.99"), (h.goods[1], "1", "5.01"), note="Zażółć gęślą jaźń"))
    outcome = until_told(h, "1001", "done")
    o = mine(h, "1001")
    equal([o["document"]], documents(h, o["marker"]), "the one document with the marker")
    equal(outcome["document"], o["document"], "the number that the panel has")
    equal(h.value(f"SELECT d.dok_WartBrutto FROM dbo.dok__Dokument AS d WHERE d.dok_NrPelnyOryg = N'{o['marker']}'"),
          "44.9900", "its total")
    check(os.path.exists(os.path.join(h.inbox, "done", o["marker"] + ".epp")), "the file was imported")
    equal([s["state"] for s in o["history"]][::-1] if o["history"][0]["state"] == "done" else [s["state"] for s in o["history"]],
          ["waiting", "sending", "handed-over", "done"], "the order's life")
    counts = h.status()["plugins"][0]["orders"]
    equal((counts["done_today"], counts["waiting"], counts["handed_over"]), (1, 0, 0), "the counts of status")


def unknown_product(h):
    """an order with an unknown product is rejected with its symbol named, here and in the panel"""
    begin(h)
    place(h, order("1002", (h.goods[0], "1", "10.00"), ("NIE-MA-TAKIEGO", "1", "1.00")))
    outcome = until_told(h, "1002", "rejected")
    check("NIE-MA-TAKIEGO" in outcome["reason"], f"the panel names it: {outcome}")
    listed = h.ctl("orders", "--state", "rejected").stdout
    check("Z-1002" in listed and "NIE-MA-TAKIEGO" in listed, "endpointctl orders names it: " + listed)
    equal(sorted(os.listdir(h.inbox)), sorted(["done", "rejected"]) if os.path.isdir(os.path.join(h.inbox, "done")) else os.listdir(h.inbox),
          "nothing was written")
    place(h, order("1002", (h.goods[0], "1", "10.00"), revision=2))
    until_told(h, "1002", "done")


if __name__ == "__main__":
    run_tests([number_comes_back, unknown_product])
