"""The story of a WooCommerce shop, all of it: the ERP, the daemon with its workers, and the double behind TLS."""
import json
import os
import signal
import subprocess
import sys
from decimal import ROUND_FLOOR, Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, house, run_tests  # noqa: E402
from orders_test import MORE, documents, mine, until_state  # noqa: E402
from woocommerce_orders_test import aged  # noqa: E402
from woocommerce_test import shop  # noqa: E402


def add(h, s, kind, identifier=None, options=None, every="1s", **settings):
    """A plugin of the shop with its secrets."""
    plugin = {"id": identifier or kind, "kind": kind, "name": kind, "enabled": True, "schedule": {"every": every},
              "channel": {"type": "woocommerce", "url": s.url, "ca": s.ca, **settings}, "options": options or {}}
    h.panel("plugin", "add", "--endpoint", h.endpoint, "-", stdin=json.dumps(plugin))


def seal(h, *plugins):
    for plugin in plugins:
        h.until(lambda p=plugin: p in [x["id"] for x in h.status().get("plugins", [])], f"{plugin} is there")
        h.ctl("channel", "set", plugin, "key", stdin="ck_demo\n")
        h.ctl("channel", "set", plugin, "secret", stdin="cs_demo\n")


def begin(h):
    h.inbox = h.write_dir("import")
    h.start_sandbox("--import-dir", h.inbox)
    h.start_panel()
    h.configure(more=MORE % json.dumps(h.inbox))
    h.register()
    h.start_daemon()
    h.goods = [row[0] for row in h.sql(
        "SELECT TOP (5) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp "
        "WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23' ORDER BY t.tw_Id")]


def worker(h, plugin):
    """The process of a plugin."""
    return next((p.get("pid") for p in h.status()["plugins"] if p["id"] == plugin), None)


@house(plugins=())
def orders(h):
    """each order of the shop becomes one document, and the shop's order gets status, number and one note, whoever dies"""
    with shop() as s:
        begin(h)
        product = s.add(h.goods[0], "Młotek")
        made = [aged(s, s.order([s.line(product, 7, "62.94")], number=f"W/{i}"), 60 + i) for i in range(6)]
        add(h, s, "orders", status_done="completed")
        seal(h, "orders")
        equal({c["code"]: c["result"] for c in json.loads(h.ctl("channel", "test", "orders", "--json").stdout)["checks"]}["shop.write"],
              "ok", "the checks of the shop")
        s.fault("PUT orders/{id}", "lose", at=2)
        s.fault("POST orders/{id}/notes", "lose", at=3)
        s.fault("POST orders/{id}/notes", "done-502", at=5)
        for number in made:
            until_state(h, str(number), "done")
        pid = worker(h, "orders")
        if pid:
            os.kill(pid, signal.SIGKILL)
        late = [aged(s, s.order([s.line(product, 1, "9.99")], number=f"L/{i}"), 5) for i in range(3)]
        for number in made + late:
            o = until_state(h, str(number), "done")
            h.until(lambda n=number: s.orders[n]["status"] == "completed" and len(s.notes.get(n, [])) == 1, f"{number} is told", 90)
            equal(documents(h, o["marker"]), [o["document"]], "one document")
            equal([m["value"] for m in s.orders[number]["meta_data"]], [o["document"]], "its number in the shop")
        equal(h.value(f"SELECT d.dok_WartBrutto FROM dbo.dok__Dokument AS d WHERE d.dok_NrPelnyOryg = N'{mine(h, str(made[0]))['marker']}'"),
              "62.9400", "to the grosz")
        h.until(lambda: h.status()["plugins"][0]["orders"]["untold"] == 0, "nothing is left to tell")
        for number in made + late:
            equal((len(s.notes[number]), mine(h, str(number)).get("remedy") or ""), (1, ""), "one note, and nobody is warned")


@house(plugins=())
def an_order_that_is_edited(h):
    """an order that was edited before it was written is written as it is now; one that was edited or cancelled later is for a person"""
    with shop() as s:
        begin(h)
        unknown = s.add("NIE-MA", "x")
        product = s.add(h.goods[0], "Młotek")
        number = aged(s, s.order([s.line(unknown, 1, "10.00")]), 60)
        add(h, s, "orders")
        seal(h, "orders")
        until_state(h, str(number), "rejected")
        s.orders[number]["line_items"][0].update(product_id=product)
        s.touch(number)
        o = until_state(h, str(number), "done")
        s.touch(number, customer_note="a jednak szybko")
        h.until(lambda: "came after" in (mine(h, str(number)).get("reason") or ""), "a person hears of it")
        s.touch(number, status="cancelled")
        h.until(lambda: mine(h, str(number)).get("cancelled"), "cancelled in the shop")
        check(o["document"] in mine(h, str(number))["remedy"], "the remedy names the document")
        equal(documents(h, o["marker"]), [o["document"]], "still one document")


def erp_sums(h):
    """What the ERP has of each product by its symbol, over all warehouses: whole pieces."""
    rows = h.sql("SELECT t.tw_Symbol, CAST(s.st_Stan AS DECIMAL(19,4)), CAST(s.st_StanRez AS DECIMAL(19,4)) FROM dbo.tw_Stan AS s "
                 "INNER JOIN dbo.tw__Towar AS t ON t.tw_Id = s.st_TowId WHERE t.tw_Usuniety = 0 AND t.tw_Rodzaj <> 2")
    sums = {}
    for sku, there, reserved in rows:
        sums[sku] = sums.get(sku, Decimal(0)) + Decimal(there) - Decimal(reserved)
    return {sku: int(n.to_integral_value(ROUND_FLOOR)) for sku, n in sums.items()}


def shop_sums(s):
    return {p["sku"]: p["stock_quantity"] for p in s.products.values() if p["sku"] and p["type"] != "variable"}


@house(plugins=(), rows=200)
def stock(h):
    """the shop has the ERP's stock, after edits on both sides, lost replies and a worker that is killed; what is unknown is held"""
    with shop() as s:
        h.start_sandbox()
        h.start_panel()
        h.configure()
        h.register()
        h.start_daemon()
        erp = erp_sums(h)
        skus = sorted(erp)
        parent = s.add("RODZIC", "Produkt z wariantami", "variable")
        for i, sku in enumerate(skus[3:]):  # three are not in the shop
            s.add(sku, sku, "variation" if i % 10 == 0 else "simple", parent if i % 10 == 0 else 0)
        s.products[parent]["children"] = [p["id"] for p in s.products.values() if p["parent_id"] == parent]
        wanted = {k: v for k, v in erp.items() if k in skus[3:]}
        s.fault("POST products/batch", "lose", at=2)
        s.fault("GET products", "502", at=4)
        add(h, s, "stock", options={"sum_as": "1"}, batch=20)
        seal(h, "stock")
        h.until(lambda: shop_sums(s) == wanted, "the first sync", 90)
        held = h.ctl("held", "stock", "--json", expect=None).stdout
        check(all(sku in held for sku in skus[:3]), f"held: {held}")
        pid = worker(h, "stock")
        if pid:
            os.kill(pid, signal.SIGKILL)
        of_erp = "(SELECT t.tw_Id FROM dbo.tw__Towar AS t WHERE t.tw_Symbol = N'%s')"
        s.fault("POST products/batch", "lose")
        h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = 77.5, st_StanRez = 0 WHERE st_TowId = {of_erp % skus[5]}")
        h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = 3, st_StanRez = 0 WHERE st_TowId = {of_erp % skus[13]}")
        s.remove(next(p["id"] for p in s.products.values() if p["sku"] == skus[20]))
        h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = 5, st_StanRez = 0 WHERE st_TowId = {of_erp % skus[20]}")
        wanted = {k: v for k, v in erp_sums(h).items() if k in skus[3:] and k != skus[20]}
        h.until(lambda: shop_sums(s) == wanted, "what changed is there", 60)
        h.until(lambda: skus[20] in h.ctl("held", "stock", "--json", expect=None).stdout, "the deleted one is held")


@house(plugins=())
def no_secret_in_clear(h):
    """the key and the secret stand in no log, no file in clear and no bundle; the panel never had them"""
    with shop() as s:
        s.keys = {"ck_quite_long_0123456789": ("cs_very_secret_9876543210", "read_write")}
        begin(h)
        add(h, s, "orders")
        h.until(lambda: h.status().get("plugins"), "it is there")
        h.ctl("channel", "set", "orders", "key", stdin="ck_quite_long_0123456789\n")
        h.ctl("channel", "set", "orders", "secret", stdin="cs_very_secret_9876543210\n")
        s.fault("GET orders", "403")
        h.until(lambda: s.count("GET orders") > 0 and "refuses us" in h.read("endpointd.log"), "the shop was asked, and said no")
        h.ctl("bundle", h.path("bundle"))
        with open(h.path("bundle"), "rb") as file:
            if file.read(4) == b"\x28\xb5\x2f\xfd":
                subprocess.run(["zstd", "-q", "-d", h.path("bundle"), "-o", h.path("bundle.tar")], check=True)
        for folder, _, names in os.walk(h.dir):
            for name in names:
                if not os.path.isfile(os.path.join(folder, name)):
                    continue
                with open(os.path.join(folder, name), "rb") as file:
                    text = file.read()
                check(b"cs_very_secret" not in text and b"ck_quite_long" not in text and b"Y2tfcXVpdGV" not in text, f"{folder}/{name}")


if __name__ == "__main__":
    run_tests([orders, an_order_that_is_edited, stock, no_secret_in_clear])
