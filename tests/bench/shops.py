"""make bench, of shops: what the channels of shops cost, against numbers that are promised.

Real programs, as in bench.py; the shop is its double (tests/shops), in this process, over TLS. Every figure with a
bound says PASS or FAIL; one FAIL is exit 1. doc/performance.md explains.

    shops.py [changes] [delay] [catalogue] [orders]      those parts; without any: all

changes     a stock change of every product to BaseLinker: calls made, and how much of the allowed calls a backlog uses
delay       a change in the ERP until the value stands in WooCommerce, at a schedule of one second
catalogue   a worker with a large catalogue of a shop: its peak, and a pass with nothing changed beside the panel's
orders      orders that wait in WooCommerce until they are files, beside the panel's

Environment: BENCH_ROWS (the most products, and orders, that a part takes), BENCH_PAIRS (5), BENCH_CHANGES (changes
that are timed, 100), BENCH_SMOKE=1 (few rows; bounds that mean nothing then are only shown).
"""
import collections
import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "shops"), os.path.join(HERE, "..", "e2e")]
import baselinker  # noqa: E402
from bench import PAIRS, ROWS, SMOKE, Bench, at_least, bound, cpu, failures, peak, show, spread  # noqa: E402
from orders_test import MORE, order  # noqa: E402
from woocommerce import WooCommerce  # noqa: E402
from woocommerce_story_test import erp_sums  # noqa: E402

CHANGES = int(os.environ.get("BENCH_CHANGES", "5" if SMOKE else "100"))
TOKEN = "1-23-ABCDEFGH"

BATCH = 1000         # products in a call to BaseLinker
BUDGET_MIN = 95.0    # per cent of the calls that may be made, while there is a backlog
BUDGET_MAX = 100.0   # per cent, in any window
DELAY_MAX = 2.0      # s, 99 of 100 changes, from the ERP to the shop
PEAK_MAX = 24.0      # MiB, of a worker
PASS_MAX = 1.05      # a pass with nothing changed, over that of the panel's channel
ORDERS_MIN = 0.8     # of the panel's rate


# ---- doubles that do not keep what they were told ----------------------------------------------------
class Tally(list):
    """Where a double keeps its calls: only counts them."""

    def __init__(self):
        super().__init__()
        self.counts = collections.Counter()

    def append(self, call):
        self.counts[call[0]] += 1


class Times(list):
    """Where the BaseLinker double keeps its calls: time and method of each, without what was sent."""

    def append(self, call):
        super().append(call[:2])


class Watched(WooCommerce):
    """Many products without slow lists; and it tells when a product's stock is written."""

    def __init__(self, folder):
        super().__init__(folder)
        self.calls = Tally()
        self.all_ids, self.all_rows = None, []
        self.watched, self.written_at, self.written = None, None, threading.Event()

    def products_list(self, request):
        if not {"sku", "include", "type", "status", "search", "global_unique_id"}.isdisjoint(request.query):
            return super().products_list(request)
        ids = self.ids()
        if self.all_ids is not ids:
            rows = [self.products[i] for i in ids]
            self.all_ids, self.all_rows = ids, [r for r in rows if r["type"] != "variation" and r["status"] != "trash"]
        return self.goods_paged(request, self.all_rows)

    def write_stock(self, row, body):
        before = row["stock_quantity"]
        super().write_stock(row, body)
        if row["id"] == self.watched and row["stock_quantity"] != before:
            self.written_at, self.watched = time.monotonic(), None
            self.written.set()

    def watch(self, number):
        with self.lock:
            self.written.clear()
            self.watched = number


# ---- a house with shops ------------------------------------------------------------------------------
class Shops(Bench):
    def __init__(self, rows):
        super().__init__(rows, kind="stock")
        self.folder = tempfile.mkdtemp(prefix="endpoint-test-")
        self.doubles = []

    def begin(self, orders=False, environment=None):
        """ERP, panel, endpoint; plugins come later."""
        self.hooks = dict(self.environment, **(environment or {}))
        self.start_sandbox()
        self.start_panel()
        self.configure(more=MORE % json.dumps(self.write_dir("import")) if orders else "")
        self.register()
        self.wake()

    def wake(self):
        self.start_daemon(environment=self.hooks)
        self.until(lambda: os.path.exists(self.path("run", "control.sock")), "endpointd is up")

    def baselinker(self, window, limit):
        shop = baselinker.Shop(TOKEN, limit, window)
        shop.log = Times()
        self.doubles.append(baselinker.Server(shop, os.path.join(self.folder, "baselinker")))
        return shop, {"type": "baselinker", "url": self.doubles[-1].url, "ca": self.doubles[-1].pem}

    def woocommerce(self):
        shop = Watched(self.folder)
        self.doubles.append(shop)
        return shop, {"type": "woocommerce", "url": shop.url, "ca": shop.ca}

    def add(self, identifier, kind, channel, options=None, every="24h"):
        """A plugin, with its secrets."""
        self.add_plugin(kind, identifier, every, options=options, channel=channel)
        self.until(lambda: self.of(identifier), f"{identifier} is there")
        secrets = {"baselinker": {"token": TOKEN}, "woocommerce": {"key": "ck_demo", "secret": "cs_demo"}}
        for name, value in secrets.get((channel or {}).get("type"), {}).items():
            self.ctl("channel", "set", identifier, name, stdin=value + "\n")

    def of(self, identifier):
        answer, _ = self.control(do="plugins")
        return next((p for p in answer["plugins"] if p["id"] == identifier), None)

    def rests(self, identifier):
        """All is known, and nothing is queued."""
        plugin = self.of(identifier)
        return plugin["state"] == "waiting" and plugin["queued"] == 0 and plugin["snapshot"] > 0 and not plugin.get("error")

    def until_rests(self, identifier, within=1200):
        self.until(lambda: self.rests(identifier), f"{identifier} rests", within)

    def sync(self, identifier):
        """A pass now; what it did."""
        answer, _ = self.control(do="sync", plugin=identifier, wait=True)
        if not answer["ok"] or not answer["plugins"][0].get("ok"):
            raise RuntimeError(f"sync of {identifier}: {answer}")
        return answer["plugins"][0]

    def unchanged(self, identifier):
        """One pass that finds nothing changed: wall and CPU seconds of the worker."""
        pid = self.of(identifier)["pid"]
        before, began = cpu(pid), time.monotonic()
        done = self.sync(identifier)
        wall, took = time.monotonic() - began, cpu(pid) - before
        if done["upserts"] or done["deletes"]:
            raise RuntimeError(f"the pass was not one without changes: {done}")
        self.until_rests(identifier)
        return wall, took

    def close(self):
        super().close()
        for double in self.doubles:
            double.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def for_count(most):
    """How many products a part takes."""
    return min(most, ROWS)


def rows_for(count):
    """Rows of the sandbox of which at least so many are products with stock."""
    return count + count // 12


# ---- the measurements --------------------------------------------------------------------------------
def used(times, window, most):
    """Per cent of the calls that may be made, over whole windows from the first call on; how many windows."""
    first = sum(1 for t in times if t < times[0] + window)
    windows = (len(times) - 1) // first
    if not windows:
        return None, 0
    took = times[windows * first] - times[0]
    return 100 * windows * first / most * window / took, windows


def busiest(times, window):
    """The most calls in any window."""
    worst = start = 0
    for end, at in enumerate(times):
        while times[start] <= at - window:
            start += 1
        worst = max(worst, end - start + 1)
    return worst


def changes():
    """Every product's stock changes; the shop is BaseLinker."""
    count = for_count(100000)
    full = count >= 100000
    window = 60.0 if full else 3.0 if SMOKE else 20.0
    expected = 2 * -(-count // BATCH) + 1
    most = min(80, max(2, expected * 2 // 5))
    house = Shops(rows_for(count))
    try:
        house.begin(environment={} if full else {"ENDPOINT_TEST_SHOP_MINUTE_MS": str(int(window * 1000))})
        shop, channel = house.baselinker(window, most * 5 // 4)
        skus = sorted(erp_sums(house))
        for sku in skus:
            shop.add_product(sku, stock={"bl_206": 77777})
        house.add("stock", "stock", {**channel, "inventory": str(baselinker.INVENTORY), "warehouse": "bl_206",
                                     "calls_per_minute": most}, {"sum_as": "all"})
        began = time.monotonic()
        house.until_rests("stock")
        show("BaseLinker, first sync", f"{len(skus)} products in {time.monotonic() - began:.1f} s, {dict(shop.calls)}, at most "
             f"{most} calls in {window:.0f} s")
        times = [at for at, _ in shop.log]
        before = dict(shop.calls)
        house.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 1")
        house.sync("stock")
        wanted = erp_sums(house)

        def there():
            with shop.lock:
                return all(p["stock"]["bl_206"] == wanted[p["sku"]] for p in shop.products.values())
        house.until(there, "the shop has what changed", within=1200)
        house.until_rests("stock")
        made = {method: calls - before.get(method, 0) for method, calls in shop.calls.items() if calls != before.get(method)}
        catalogue = made.pop("getInventoryProductsList", 0)
        bound(f"calls for {len(skus)} stock changes, beside {catalogue} for the catalogue", sum(made.values()),
              -(-len(skus) // BATCH) + 1, "calls")
        share, windows = used(times, window, most)
        if share is None:
            show("calls that a backlog uses", f"{len(times)} calls were no backlog")
        else:
            at_least(f"calls that a backlog uses, over {windows} windows of {window:.0f} s", share, BUDGET_MIN,
                     "% of those that may be made", digits=1)
        bound("calls in any window", 100 * busiest([at for at, _ in shop.log], window) / most, BUDGET_MAX,
              "% of those that may be made")
        bound("calls that the shop refused as too many", shop.over, 0, "calls")
    finally:
        house.close()


def goods_of(house):
    """Symbol → id in the ERP, of products that have stock rows."""
    rows = house.sql("SELECT t.tw_Symbol, t.tw_Id FROM dbo.tw__Towar AS t WHERE t.tw_Usuniety = 0 AND t.tw_Rodzaj <> 2")
    return {sku: int(number) for sku, number in rows}


def delay():
    """From the ERP to WooCommerce, one change at a time."""
    house = Shops(rows_for(for_count(100000)))
    chance = random.Random(7)
    try:
        house.begin()
        shop, channel = house.woocommerce()
        numbers = {sku: shop.add(sku, sku, manage_stock=True, stock_quantity=there) for sku, there in erp_sums(house).items()}
        ids = goods_of(house)
        house.add("stock", "stock", {**channel, "batch": 100}, {"sum_as": "1"}, every="1s")
        began = time.monotonic()
        house.until_rests("stock")
        show("WooCommerce, first sync", f"{len(numbers)} products in {time.monotonic() - began:.1f} s, {dict(shop.calls.counts)}")
        took, asked = [], []
        for i, sku in enumerate(chance.choices(sorted(numbers), k=CHANGES)):
            shop.watch(numbers[sku])
            time.sleep(chance.random())  # the change comes at any time between two passes
            began = time.monotonic()
            house.sql(f"UPDATE dbo.tw_Stan SET st_Stan = {50000 + i}, st_StanRez = 0 WHERE st_TowId = {ids[sku]}")
            asked.append(time.monotonic() - began)
            if not shop.written.wait(60):
                raise RuntimeError(f"the change of {sku} is not in the shop")
            took.append(shop.written_at - began)
        took.sort()
        p99 = took[max(0, -(-99 * len(took) // 100) - 1)]
        show("change in the ERP until it is in WooCommerce", f"{len(took)} changes among {len(numbers)} products: p50 "
             f"{statistics.median(took):.2f} s, p99 {p99:.2f} s, max {took[-1]:.2f} s; the ERP's own UPDATE "
             f"{statistics.median(asked):.2f} s of it")
        bound("change in the ERP until it is in WooCommerce, p99", p99, DELAY_MAX, "s", always=False)
        bound(f"worker's peak with a catalogue of {len(numbers)}, WooCommerce", peak(house.of("stock")["pid"]), PEAK_MAX, "MiB",
              always=not os.environ.get("SANITIZER_RUN"))
    finally:
        house.close()


def catalogue():
    """A large catalogue: memory, and a pass that finds nothing changed beside the panel's."""
    count = for_count(200000)
    house = Shops(rows_for(count))
    try:
        house.begin(environment={"ENDPOINT_TEST_SHOP_MINUTE_MS": "1000"})  # how long it takes is no matter here
        shop, channel = house.baselinker(1.0, 1000)
        for sku, there in erp_sums(house).items():
            shop.add_product(sku, stock={"bl_206": there})
        options = {"sum_as": "all"}
        house.add("panel", "stock", None, options)
        house.until_rests("panel")
        house.add("shop", "stock", {**channel, "inventory": str(baselinker.INVENTORY), "warehouse": "bl_206",
                                    "calls_per_minute": 100}, options)
        began = time.monotonic()
        house.until_rests("shop")
        pid = house.of("shop")["pid"]
        show("BaseLinker, first sync", f"{len(shop.products)} products in {time.monotonic() - began:.1f} s, {dict(shop.calls)}")
        house.unchanged("panel")
        house.unchanged("shop")
        walls = {"panel": [], "shop": []}
        cpus = {"panel": [], "shop": []}
        for _ in range(max(3, PAIRS)):
            for name in walls:
                wall, took = house.unchanged(name)
                walls[name].append(wall)
                cpus[name].append(took)
        if house.of("shop")["pid"] != pid:
            raise RuntimeError("the worker began anew: its peak is another one's")
        bound(f"worker's peak with a catalogue of {len(shop.products)}, BaseLinker", peak(pid), PEAK_MAX, "MiB",
              always=not os.environ.get("SANITIZER_RUN"))
        for name, what in (("panel", "to the panel"), ("shop", "to a shop")):
            show(f"pass {what}, nothing changed, wall", spread(walls[name]))
            show(f"pass {what}, nothing changed, CPU", spread(cpus[name]))
        bound("pass to a shop, nothing changed", statistics.median(walls["shop"]) / statistics.median(walls["panel"]), PASS_MAX,
              "times that to the panel", always=False)
    finally:
        house.close()


def handed(house, identifier, count):
    """How many orders are files; first receipt and last file of the newest `count` of them, in ms."""
    path = house.path("state", "ledgers", identifier + ".db")
    if not os.path.exists(path):
        return 0, 0, 0
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as ledger:
        known = ledger.execute("SELECT count(*) FROM orders WHERE handed_ms > 0").fetchone()[0]
        first, last = ledger.execute("SELECT min(received_ms), max(handed_ms) FROM (SELECT received_ms, handed_ms FROM orders "
                                     "WHERE handed_ms > 0 ORDER BY received_ms DESC LIMIT ?)", (count,)).fetchone()
    return known, first, last


def rate(house, identifier, count, before):
    """Let the plugin take `count` orders that wait; orders a second."""
    house.sync(identifier)
    house.until(lambda: handed(house, identifier, count)[0] >= before + count, f"the orders of {identifier} are files", within=600)
    _, first, last = handed(house, identifier, count)
    return 1000 * count / max(1, last - first)


def orders():
    """Orders that wait, from WooCommerce and from the panel, in turns."""
    count, rounds = min(1000, max(20, ROWS // 20 if SMOKE else ROWS)), 2 if SMOKE else 3
    house = Shops(min(ROWS, 1000))
    try:
        house.begin(orders=True)
        shop, channel = house.woocommerce()
        goods = [row[0] for row in house.sql(
            "SELECT TOP (50) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp "
            "WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23' ORDER BY t.tw_Id")]
        numbers = [shop.add(sku, sku) for sku in goods]
        house.add("panel", "orders", None, every="manual")
        house.add("shop", "orders", channel, every="manual")
        rates = {"panel": [], "shop": []}
        for turn in range(rounds):
            house.stop("endpointd")
            house.panel("order", "add", "--plugin", "panel", "-", stdin=json.dumps(
                [order(f"P{turn}-{i}", *((goods[(i + j) % len(goods)], "2", "9.99") for j in range(3))) for i in range(count)]))
            house.wake()
            house.until(lambda: all(house.of(name) and house.of(name)["state"] == "waiting" for name in rates), "the workers wait")
            rates["panel"].append(rate(house, "panel", count, turn * count))
            with shop.lock:
                for i in range(count):
                    made = shop.order([shop.line(numbers[(i + j) % len(goods)], 2, "19.98") for j in range(3)])
                    at = int(shop.now()) - 30
                    shop.orders[made].update(created=at, modified=at)
            rates["shop"].append(rate(house, "shop", count, turn * count))
        show("orders to files, from the panel", spread(rates["panel"], "orders/s"))
        show("orders to files, from WooCommerce", spread(rates["shop"], "orders/s"))
        at_least(f"{count} orders that wait in WooCommerce, to their files",
                 statistics.median(rates["shop"]) / statistics.median(rates["panel"]), ORDERS_MIN, "times the panel's rate",
                 digits=2)
    finally:
        house.close()


PARTS = {"changes": changes, "delay": delay, "catalogue": catalogue, "orders": orders}


def main():
    wanted = sys.argv[1:] or list(PARTS)
    for name in wanted:
        if name not in PARTS:
            print(f"{name}: the parts are {', '.join(PARTS)}", file=sys.stderr)
            return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    began = time.monotonic()
    for name in wanted:
        part = time.monotonic()
        print(f"# {name}, at most {ROWS} products", flush=True)
        PARTS[name]()
        print(f"# {name}: {time.monotonic() - part:.0f} s", flush=True)
    print(f"# {time.monotonic() - began:.0f} s; {len(failures)} of the bounds missed", flush=True)
    for name in failures:
        print(f"# missed: {name}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
