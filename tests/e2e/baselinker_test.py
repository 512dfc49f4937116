"""BaseLinker end to end: orders of its double become documents of the ERP, and their numbers stand there."""
import contextlib
import glob
import json
import math
import os
import signal
import sys

sys.path[:0] = [os.path.dirname(__file__), os.path.join(os.path.dirname(__file__), "..", "shops")]
from baselinker import Server, Shop  # noqa: E402
from harness import Failure, check, equal, house, run_tests  # noqa: E402
from orders_test import MORE, documents, mine, until_state  # noqa: E402

TOKEN = "1-23-Tajny+Token/zolw=="


def begin(h, kinds=("orders",), options=None, limit=100, before=None, **channel):
    """ERP with its operator, panel, endpoint, the shop, and plugins between them. A minute of the shop has 6 seconds."""
    h.inbox = h.write_dir("import")
    h.shop = Shop(TOKEN, limit, 6.0)
    h.server = Server(h.shop, h.path("shop-tls"))
    h.start_sandbox("--import-dir", h.inbox)
    h.start_panel()
    h.configure(more=MORE % json.dumps(h.inbox))
    h.register()
    for kind in kinds:
        h.add_plugin(kind, options=(options or {}).get(kind), channel={
            "type": "baselinker", "url": h.server.url, "ca": h.server.pem, **channel.get(kind, {})})
    h.goods = [row[0] for row in h.sql(
        "SELECT TOP (5) t.tw_Symbol FROM dbo.tw__Towar AS t INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = t.tw_IdVatSp "
        "WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND v.vat_Symbol = '23' ORDER BY t.tw_Id")]
    if before:
        before()
    h.start_daemon(environment=dict(h.environment, ENDPOINT_TEST_SHOP_MINUTE_MS="6000"))
    h.until(lambda: h.status().get("plugins"), "the plugin is there")
    for kind in kinds:
        h.ctl("channel", "set", kind, "token", stdin=TOKEN + "\n")


def with_shop(test):
    """Decorator: the shop ends with the test."""
    def wrapped(h):
        try:
            test(h)
        finally:
            if getattr(h, "server", None):
                h.server.close()
    wrapped.__name__, wrapped.__doc__ = test.__name__, test.__doc__
    wrapped.house = getattr(test, "house", {})
    return wrapped


def place(h, *skus, **fields):
    return h.shop.add_order(lines=[{"sku": sku, "price_brutto": 12.3, "quantity": 2} for sku in skus], delivery_price=0,
                            **fields)


def told(h, number):
    """Number and status that the shop has."""
    with h.shop.lock:
        return h.shop.orders[number]["extra_field_1"], h.shop.orders[number]["order_status_id"]


def until_told(h, number, status):
    until_state(h, str(number), "done")
    document = mine(h, str(number))["document"]
    h.until(lambda: told(h, number) == (document, status), f"the shop has {document}", 60)
    return document


@with_shop
@house(rows=100)
def orders_become_documents(h):
    """orders: each one document, its number and status there once, although processes die and answers are lost"""
    begin(h, orders={"status_done": "8070"})
    numbers = [place(h, h.goods[i % 5]) for i in range(12)]
    for method in ("getOrders", "setOrderFields", "setOrderStatus"):
        h.shop.misbehave("lost", method, at=2)
    for number in numbers[:4]:
        until_told(h, number, 8070)
        for pid in h.workers().values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    for number in numbers:
        document = until_told(h, number, 8070)
        equal(documents(h, mine(h, str(number))["marker"]), [document], f"order {number}: one document")
    equal(sorted(h.shop.automations), sorted((n, 8070) for n in numbers), "each change of status once")


@with_shop
@house(rows=100)
def orders_that_change(h):
    """orders: mended in the shop after a rejection; edited after the document; cancelled before it"""
    begin(h, orders={"status_done": "8070", "cancelled_statuses": ["8072"], "journal": True, "reason_field": "135"})
    h.shop.journal_on = True
    wrong = place(h, "nie ma takiego")
    cancelled = place(h, h.goods[0], order_status_id=8072)
    until_state(h, str(wrong), "rejected")
    until_state(h, str(cancelled), "rejected")
    h.until(lambda: h.shop.orders[wrong]["custom_extra_fields"].get("135"), "the shop has the reason")
    with h.shop.lock:
        h.shop.orders[wrong]["products"][0]["sku"] = h.goods[1]
        h.shop.edit_order(wrong)
    until_told(h, wrong, 8070)
    equal(told(h, cancelled), ("", 8072), "a cancelled order is left alone")
    with h.shop.lock:
        h.shop.orders[wrong]["products"][0]["quantity"] = 5
        h.shop.edit_order(wrong)
    h.until(lambda: "revision" in mine(h, str(wrong)).get("reason", ""), "the edit after the document is for a person")
    equal(len(documents(h, mine(h, str(wrong))["marker"])), 1, "one document")


STOCK = {"inventory": "307"}
SUM = {"warehouses": ["MAG", "SKL"], "sum_as": "bl_206"}


def erp_stock(h):
    """Symbol → what of it is available in all warehouses, in whole pieces."""
    rows = h.sql("SELECT t.tw_Symbol, s.st_Stan, s.st_StanRez FROM dbo.tw__Towar AS t INNER JOIN dbo.tw_Stan AS s ON "
                 "s.st_TowId = t.tw_Id INNER JOIN dbo.sl_Magazyn AS m ON m.mag_Id = s.st_MagId WHERE t.tw_Usuniety = 0 AND t.tw_Rodzaj <> 2 AND "
                 "m.mag_Symbol IN (N'MAG', N'SKL')")
    sums = {}
    for symbol, there, reserved in rows:
        sums[symbol.strip()] = sums.get(symbol.strip(), 0) + float(there) - float(reserved)
    return {symbol: math.floor(value) for symbol, value in sums.items()}


def shop_stock(h):
    with h.shop.lock:
        return {p["sku"]: p["stock"].get("bl_206", 0) for p in h.shop.products.values()}


def differences(h, *without):
    """Symbol → (ERP, shop) where they differ."""
    ours, theirs = erp_stock(h), shop_stock(h)
    return {k: (ours.get(k, 0), theirs.get(k)) for k in {**ours, **theirs}
            if ours.get(k, 0) != theirs.get(k) and k not in without}


def in_step(h, *without):
    try:
        return h.until(lambda: not differences(h, *without), "the shop has the ERP's stock", 60)
    except Failure as why:
        raise Failure(f"{why}: {differences(h, *without)}") from None


@with_shop
@house(rows=300)
def stock_follows_the_erp(h):
    """stock: the shop has what the ERP has, after changes, lost answers, a block and kills; what it has not is held"""
    def goods():
        for symbol in sorted(erp_stock(h))[1:]:
            h.shop.add_product(symbol, stock={"bl_206": 7777})

    begin(h, ("stock",), {"stock": SUM}, before=goods, stock=STOCK)
    odd = sorted(erp_stock(h))[0]
    in_step(h, odd)
    held = h.until(lambda: json.loads(h.ctl("held", "--json").stdout).get("held"), "one is held")
    equal(len(held), 1, f"{held}")
    check(odd in json.dumps(held), f"{held}")
    gone = sorted(k for k, v in erp_stock(h).items() if v > 0 and k != odd)[0]
    h.sql(f"UPDATE dbo.tw__Towar SET tw_Usuniety = 1 WHERE tw_Symbol = N'{gone}'")
    h.until(lambda: shop_stock(h)[gone] == 0, "what is gone from the ERP is not sold", 60)
    for how in ("lost", "html502", "block"):
        h.shop.misbehave(how, "updateInventoryProductsStock", **({"seconds": 3} if how == "block" else {}))
        h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 3 WHERE st_MagId = 1")
        in_step(h, odd)
        for pid in h.workers().values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@with_shop
@house(rows=300)
def plugins_share_the_calls(h):
    """stock, prices, products and orders with one token: never more calls than it may have, and none is blocked"""
    begin(h, ("stock", "prices", "products", "orders"), {"stock": SUM, "prices": {"levels": ["1"]}}, limit=60,
          stock={**STOCK, "calls_per_minute": 50}, prices={**STOCK, "price_group": "105", "calls_per_minute": 50},
          products={**STOCK, "create": "on", "calls_per_minute": 50}, orders={"calls_per_minute": 50})
    place(h, *h.goods[:1])
    try:
        h.until(lambda: len(h.shop.products) > 60, "products are being made", 100)
    except Failure as why:
        raise Failure(f"{why}: {len(h.shop.products)} {h.shop.calls}") from None
    numbers = [place(h, sku) for sku in h.goods]
    for number in numbers:
        until_state(h, str(number), "done")
        h.until(lambda: told(h, number)[0], "the number is there", 60)
    print(f"# {h.shop.calls}, at most {h.shop.worst} of 60 in a minute")
    check(h.shop.worst <= 50, f"{h.shop.worst} calls in a minute")
    equal(h.shop.over, 0, "blocked")
    skus = [p["sku"] for p in h.shop.products.values()]
    equal(len(skus), len(set(skus)), "each product once")


@with_shop
@house(rows=100)
def the_token_stays_home(h):
    """the token: in no argument, log, bundle, ledger, nor in the panel's database"""
    begin(h)
    number = place(h, h.goods[0])
    until_state(h, str(number), "done")
    h.shop.misbehave("error", "getOrders", code="ERROR_AUTH_TOKEN", text="Invalid token")
    h.until(lambda: "Invalid token" in json.dumps(h.status()), "a token that is not taken is red", 60)
    h.until(lambda: "Invalid token" not in json.dumps(h.status()), "and it is over", 90)
    h.ctl("bundle", "--output", h.path("bundle.tar.gz"), expect=None)
    for pid in h.workers().values():
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    check(TOKEN.encode() not in file.read(), f"{name} of a worker")
            except FileNotFoundError:
                pass
    looked = 0
    for path in glob.glob(h.path("**"), recursive=True):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                check(TOKEN.encode() not in file.read(), path)
            looked += 1
    check(looked > 20, f"{looked} files")
    equal(h.shop.token_in_form, 0, "nor in the form")


if __name__ == "__main__":
    run_tests([orders_become_documents, orders_that_change, stock_follows_the_erp, plugins_share_the_calls, the_token_stays_home])
