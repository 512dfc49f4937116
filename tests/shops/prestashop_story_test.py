"""The story of a PrestaShop shop, all of it: the ERP, the daemon with its workers, and the double behind TLS."""
import base64
import json
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, house, run_tests  # noqa: E402
from orders_test import documents, until_state  # noqa: E402
from prestashop import KEY  # noqa: E402
from prestashop_test import VERSIONS, shop  # noqa: E402
from woocommerce_story_test import begin, erp_sums, worker  # noqa: E402


def add(h, s, kind, options=None, **settings):
    """A plugin of the shop with its key."""
    plugin = {"id": kind, "kind": kind, "name": kind, "enabled": True, "schedule": {"every": "1s"},
              "channel": {"type": "prestashop", "url": s.url, "ca": s.ca, **settings}, "options": options or {}}
    h.panel("plugin", "add", "--endpoint", h.endpoint, "-", stdin=json.dumps(plugin))
    h.until(lambda: kind in [x["id"] for x in h.status().get("plugins", [])], f"{kind} is there")
    h.ctl("channel", "set", kind, "key", stdin=KEY + "\n")


@house(plugins=())
def orders(h):
    """each order of the shop becomes one document, and the shop's order gets its status once, whoever dies"""
    with shop() as s:
        begin(h)
        made = [s.order([s.line(h.goods[0], 7, "9.99")], 60 + i, discounts="6.99") for i in range(4)]
        add(h, s, "orders", status_done="3")
        equal({c["code"]: c["result"] for c in json.loads(h.ctl("channel", "test", "orders", "--json").stdout)["checks"]}["shop.write"],
              "ok", "the checks of the shop")
        s.fault("POST order_histories", "lose", at=2)
        s.fault("POST order_histories", "done-502", at=3)
        for number in made:
            until_state(h, number, "done")
        pid = worker(h, "orders")
        if pid:
            os.kill(pid, signal.SIGKILL)
        late = [s.order([s.line(h.goods[0], 1, "9.99")], 5) for _ in range(2)]
        for number in made + late:
            o = until_state(h, number, "done")
            h.until(lambda n=number: s.tables["orders"][n]["current_state"] == "3", f"{number} is told", 90)
            equal(documents(h, o["marker"]), [o["document"]], "one document")
        h.until(lambda: h.status()["plugins"][0]["orders"]["untold"] == 0, "nothing is left to tell")
        equal([s.histories(number) for number in made + late], [["3"]] * 6, "each told once")


@house(plugins=(), rows=100)
def stock(h):
    """a shop of the old dialect has the ERP's stock, after edits on both sides, lost replies and a killed worker; what is unknown is held"""
    with shop(VERSIONS[0]) as s:
        h.start_sandbox()
        h.start_panel()
        h.configure()
        h.register()
        h.start_daemon()
        erp = erp_sums(h)
        skus = sorted(erp)
        places = {sku: (s.add_product(sku), "0") for sku in skus[3:-5]}  # three are not in the shop
        made = s.add_product("RODZIC", combinations=[(sku, "0", "0.000000") for sku in skus[-5:]])
        places.update({sku: (made[0], child) for sku, child in zip(skus[-5:], made[1:])})
        wanted = {sku: str(erp[sku]) for sku in places}

        def shown():
            return {sku: s.stock(*place) for sku, place in places.items()}

        s.fault("PUT stock_availables/{id}", "lose", at=2)
        s.fault("GET products", "502", at=4)
        add(h, s, "stock", options={"sum_as": "1"})
        h.until(lambda: shown() == wanted, "the first sync", 90)
        held = h.ctl("held", "stock", "--json", expect=None).stdout
        check(all(sku in held for sku in skus[:3]), f"held: {held}")
        check(all(r["id_shop"] == "1" for r in s.tables["stock_availables"].values()), "no row is lost to the shop")
        pid = worker(h, "stock")
        if pid:
            os.kill(pid, signal.SIGKILL)
        for sku, n in ((skus[4], "77.5"), (skus[-2], "3")):
            h.sql(f"UPDATE dbo.tw_Stan SET st_Stan = {n}, st_StanRez = 0 WHERE st_TowId = "
                  f"(SELECT t.tw_Id FROM dbo.tw__Towar AS t WHERE t.tw_Symbol = N'{sku}')")
        wanted = {sku: str(n) for sku, n in erp_sums(h).items() if sku in places}
        h.until(lambda: shown() == wanted, "what changed in the ERP", 90)


@house(plugins=())
def no_key_in_clear(h):
    """the key stands in no log, no file in clear, no address of a request and no bundle"""
    with shop() as s:
        begin(h)
        add(h, s, "orders")
        s.fault("GET orders", "403")
        h.until(lambda: s.count("GET orders") > 0 and "turns us away" in h.read("endpointd.log"), "the shop was asked, and said no")
        h.ctl("bundle", h.path("bundle"))
        with open(h.path("bundle"), "rb") as file:
            if file.read(4) == b"\x28\xb5\x2f\xfd":
                subprocess.run(["zstd", "-q", "-d", h.path("bundle"), "-o", h.path("bundle.tar")], check=True)
        clear = [KEY.encode(), base64.b64encode((KEY + ":").encode())]
        for folder, _, names in os.walk(h.dir):
            for name in names:
                if os.path.isfile(os.path.join(folder, name)):
                    with open(os.path.join(folder, name), "rb") as file:
                        text = file.read()
                    check(not any(word in text for word in clear), f"{folder}/{name}")
        check(not any(KEY in r.target for _, r in s.calls), "addresses stand in the logs of web servers")


if __name__ == "__main__":
    run_tests([orders, stock, no_key_in_clear])
