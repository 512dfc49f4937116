"""The channel `baselinker` against its double: each trap of the real shop, over TLS, by channel_try."""
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from baselinker import INVENTORY, Server, Shop  # noqa: E402
from harness import SLOW, check, equal, program, run_tests  # noqa: E402

SETTINGS = {"stock": {"inventory": str(INVENTORY), "warehouse": "bl_206"},
            "prices": {"inventory": str(INVENTORY), "price_group": "105"},
            "products": {"inventory": str(INVENTORY)}, "orders": {}}
OPTIONS = {"stock": {"sum_as": "all"}, "prices": {"levels": ["1"]}, "products": {}, "orders": {"before_setup": True}}


class Channel:
    """A channel that is open in a process of its own."""

    def __init__(self, h, server, kind, settings=None, options=None, state="state", token=None, environment=None):
        given = {"url": server.url, **SETTINGS[kind], **(settings or {})}
        secrets = h.write("secrets", json.dumps({"token": token or server.shop.token}))
        os.makedirs(h.path(state), exist_ok=True)
        self.log = open(h.path("channel_try.log"), "a", encoding="utf-8")
        self.process = subprocess.Popen(
            [program("channel_try"), "--type", "baselinker", "--kind", kind, "--state", h.path(state), "--settings",
             json.dumps(given), "--options", json.dumps({**OPTIONS[kind], **(options or {})}), "--ca", server.pem,
             "--secrets", secrets], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=dict(os.environ, **(environment or {})))
        self.opened = self.read()[1]

    def read(self):
        lines = []
        for line in self.process.stdout:
            answer = json.loads(line)
            if "done" in answer:
                return lines, answer
            lines.append(answer)
        raise RuntimeError(f"channel_try ended with {self.process.wait()}")

    def __call__(self, what, **more):
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()
        self.log.close()

    def send(self, records):
        """The answers by index, and the end."""
        lines, done = self("send", records=records)
        return {line["answer"]["index"]: line["answer"] for line in lines}, done

    def orders(self, cursor=""):
        """All that a pass of the flow fetches: ids in the order in which they came, and the cursor."""
        found = []
        for _ in range(1000):
            _, done = self("orders", cursor=cursor, limit=100)
            equal(done["status"], "ok", f"orders: {done}")
            page = done["orders"]
            found += page
            if done["next"] == cursor:
                break
            cursor = done["next"]
            if not page:
                break
        return found, cursor

    def items(self):
        lines, done = self("catalogue", page="", all=True)
        equal(done["status"], "ok", f"the catalogue: {done}")
        return {line["item"]["id"]: line["item"] for line in lines}


def with_shop(test):
    """Decorator: a shop, its server, and a function that opens channels; all are closed."""
    def wrapped(h):
        shop = Shop()
        server, channels = Server(shop, h.path("shop-tls")), []

        def open_channel(kind, *arguments, **more):
            channels.append(Channel(h, server, kind, *arguments, **more))
            return channels[-1]

        try:
            test(h, shop, open_channel)
            equal(shop.token_in_form, 0, "the token stands in the header alone")
            check(shop.worst <= 80 or shop.limit > 100, f"{shop.worst} calls within a minute")
        finally:
            for channel in channels:
                channel.close()
            server.close()
    wrapped.__name__, wrapped.__doc__ = test.__name__, test.__doc__
    return wrapped


def stock(key, item, available, **more):
    return {"key": f"{key}/1", "op": "upsert", "item": item,
            "data": {"sku": key, "warehouse": "all", "on_hand": available, "available": available, **more}}


def price(key, item, gross, **more):
    return {"key": f"{key}/1", "op": "upsert", "item": item,
            "data": {"sku": key, "level": "1", "net": None, "gross": gross, "currency": "PLN", **more}}


def product(key, item=None, **more):
    return {"key": key, "op": "upsert", **({"item": item} if item else {}),
            "data": {"sku": key, "name": f"Towar {key}", "ean": None, "vat_rate": "23", **more}}


# ---- the way, the token, lists ---------------------------------------------------------------------

@with_shop
def checks(_h, shop, open_channel):
    """checks: green when all is right, and each thing that is wrong is red for itself"""
    def results(kind, settings=None, options=None, token=None):
        channel = open_channel(kind, settings, options, token=token, state=f"state{len(shop.log)}")
        lines, _ = channel("check")
        return {line["check"]["code"]: line["check"] for line in lines}

    for kind in SETTINGS:
        found = results(kind)
        equal({c["result"] for c in found.values()}, {"ok"}, f"{kind}: {found}")
    wrong = [("stock", {"inventory": "9"}, {}, "shop.inventory", "catalogue 9"),
             ("stock", {"warehouse": "bl_999"}, {}, "shop.warehouse", "bl_999"),
             ("stock", {"warehouse": "shop_15"}, {}, "shop.warehouse", "by itself"),
             ("stock", {}, {"sum_as": "bl_206", "warehouse_map": None}, None, None),
             ("stock", {}, {"sum_as": None, "warehouse_map": {"MAG": "warehouse_9"}}, "shop.warehouse", "by itself"),
             ("stock", {}, {"sum_as": None}, "shop.warehouse", "no setting says"),
             ("prices", {"price_group": "999"}, {}, "shop.prices", "999"),
             ("prices", {}, {"levels": ["1", "2"]}, "shop.prices", "no setting says"),
             ("orders", {"statuses": ["8069", "77"]}, {}, "shop.statuses", "77"),
             ("orders", {"sources": ["allegro/7341", "ebay"]}, {}, "shop.sources", "ebay"),
             ("orders", {"sources": ["allegro"]}, {}, None, None),
             ("orders", {"document_field": "172"}, {}, "shop.field", "172"),
             ("orders", {"document_field": "135"}, {}, None, None)]
    for kind, settings, options, code, words in wrong:
        shop.when.clear()
        options = {k: v for k, v in {**OPTIONS[kind], **options}.items() if v is not None}
        OPTIONS[kind], kept = options, OPTIONS[kind]
        try:
            found = results(kind, settings)
        finally:
            OPTIONS[kind] = kept
        red = [c for c in found.values() if c["result"] == "fail"]
        equal([c["code"] for c in red], [code] if code else [], f"{settings} {options}: {red}")
        check(not code or (words in red[0]["text"] and red[0]["remedy"]), f"{red}")
    found = results("stock", token="wrong")
    equal(found["shop.login"]["result"], "fail", "a wrong token")
    check("Invalid token" in found["shop.login"]["text"], found["shop.login"]["text"])
    equal(found["shop.inventory"]["result"], "skipped", "what hangs on it")
    shop.ahead = 3600
    equal(results("stock")["shop.clock"]["result"], "warn", "an hour off")


@with_shop
def lists(_h, shop, open_channel):
    """lookups: catalogues, warehouses, price groups, statuses, sources, extra fields"""
    channel = open_channel("orders")

    def ids(name):
        _, done = channel("lookup", list=name)
        equal(done["status"], "ok", f"{name}: {done}")
        return [row["id"] for row in done["rows"]]

    equal(ids("inventories"), ["307"], "catalogues")
    equal(ids("warehouses"), ["bl_206", "bl_207", "shop_15", "warehouse_9"], "warehouses")
    equal(ids("price-groups"), ["105", "106", "107", "108"], "price groups")
    equal(ids("statuses"), ["8069", "8070", "8071", "8072"], "statuses")
    equal(ids("sources"), ["personal/0", "shop/15", "allegro/7341"], "sources; an empty map is a list")
    equal(ids("extra-fields"), ["extra_field_1", "extra_field_2", "135", "172"], "extra fields")
    equal(channel("lookup", list="series")[1]["status"], "not-found", "no such list")
    del shop


# ---- the catalogue, stock and prices ----------------------------------------------------------------

@with_shop
def catalogue(_h, shop, open_channel):
    """the catalogue: pages of 1000, variants with their parent, values in the form in which we send them"""
    shop.add_products(2500)
    parent = shop.add_product("KOSZULKA", stock={"bl_206": 9})
    child = shop.add_product("KOSZULKA-M", stock={"bl_206": 4}, prices={105: 19.9}, parent=parent)
    bare = shop.add_product("BEZ-STANU")
    items = open_channel("stock").items()
    equal(len(items), 2503, "products and variants")
    equal(items[f"{parent}/{child}"]["value"], "4", "a variant's stock")
    equal((items[str(bare)]["value"], items[str(bare)]["sku"]), ("0", "BEZ-STANU"), "an empty map of stock")
    equal(shop.calls["getInventoryProductsList"], 3, "calls")
    items = open_channel("prices").items()
    equal((items[f"{parent}/{child}"]["value"], items["7"]["value"], items[str(bare)].get("value")),
          ("19.90", "10.00", None), "prices")
    channel = open_channel("stock")
    for given, shown in (("2.5", "2"), ("-0.5", "-1"), ("7", "7"), ("0", "0")):
        equal(channel("express", record=stock("A", "1", given))[1].get("value"), shown, f"{given} pieces")
    channel = open_channel("prices")
    equal(channel("express", record=price("A", "1", "19.9"))[1].get("value"), "19.90", "a price")
    for record, code in ((price("A", "1", "19.999"), "shop_price"), (price("A", "1", None), "shop_price")):
        equal(channel("express", record=record)[1]["error"]["code"], code, f"{record}")


@with_shop
def stock_goes_out(_h, shop, open_channel):
    """stock: a batch stands although some of it failed, and each record has its own answer"""
    shop.add_products(5)
    parent = shop.add_product("P")
    child = shop.add_product("P-M", parent=parent, stock={"bl_206": 1})
    channel = open_channel("stock")
    answers, done = channel.send([stock("SKU-000001", "1", "7.9"), stock("gone", "4711", "1"),
                                  stock("SKU-000002", "2", "0"), stock("P-M", f"{parent}/{child}", "12"),
                                  {**stock("SKU-000003", "3", "1"), "item": None}, stock("SKU-000004", "4", "abc"),
                                  {"key": "5/1", "op": "delete", "item": "5"}])
    equal(done["status"], "ok", f"{done}")
    equal([answers[i]["result"] for i in range(7)],
          ["sent", "unknown", "sent", "sent", "unknown", "refused", "sent"], f"{answers}")
    check("Product not found" in answers[1]["error"]["text"], "the shop's words")
    equal([shop.products[i]["stock"]["bl_206"] for i in (1, 2, child, 5)], [7, 0, 12, 0], "what stands there")
    equal(shop.calls["updateInventoryProductsStock"], 1, "calls")


@with_shop
def stock_of_several_warehouses(_h, shop, open_channel):
    """stock: warehouses by the scenario's map, two of one product in one call; computed ones are refused here"""
    shop.add_products(2)
    shop.warehouses["shop_15"]["name"] = "x"
    options = {"warehouse_map": {"MAG": "bl_206", "SKL": "bl_207"}}
    OPTIONS["stock"], kept = {}, OPTIONS["stock"]
    try:
        channel = open_channel("stock", {"warehouse": "bl_206"}, options)
    finally:
        OPTIONS["stock"] = kept
    answers, _ = channel.send([{**stock("SKU-000001", "1", "3"), "data": {"warehouse": w, "available": q}}
                               for w, q in (("bl_206", "3"), ("bl_207", "4"), ("shop_15", "5"), ("MAG", "6"))])
    equal([answers[i]["result"] for i in range(4)], ["sent", "sent", "refused", "refused"], f"{answers}")
    equal(shop.products[1]["stock"], {"bl_206": 3, "bl_207": 4}, "what stands there")
    equal(channel("express", record=stock("A", "1", "3", warehouse="bl_206"))[1]["status"], "end", "nothing to compare")


@with_shop
def prices_go_out(_h, shop, open_channel):
    """prices: gross, exact, in the group's currency; what BaseLinker cannot show is refused with a reason"""
    shop.add_products(4)
    channel = open_channel("prices")
    answers, _ = channel.send([price("1", "1", "19.99"), price("2", "2", "0.1"), price("3", "3", "5.00", currency="EUR"),
                               price("4", "4", "1.005")])
    equal([answers[i]["result"] for i in range(4)], ["sent", "sent", "refused", "refused"], f"{answers}")
    equal([answers[i]["error"]["code"] for i in (2, 3)], ["shop_price", "shop_price"], "why")
    equal((shop.products[1]["prices"][105], shop.products[2]["prices"][105]), (19.99, 0.1), "what stands there")
    check('"105":19.99' in shop.log[-1][2] and '"105":0.10' in shop.log[-1][2], shop.log[-1][2])
    answers, _ = open_channel("prices", {"price_group": "108"}).send([price("1", "1", "1")])
    equal(answers[0]["result"], "refused", "a computed price group")
    check("is computed" in answers[0]["error"]["text"], f"{answers}")


@with_shop
def a_batch_refused_whole(_h, shop, open_channel):
    """a call refused whole: halved down to the record at fault, and a wrong catalogue is nobody's record"""
    shop.add_products(100)
    channel = open_channel("stock")
    update = shop.api_updateInventoryProductsStock

    def touchy(asked):
        if "37" in asked["products"]:
            from baselinker import Refused
            raise Refused("ERROR_WHATEVER", "product 37 is odd")
        return update(asked)
    shop.api_updateInventoryProductsStock = touchy
    answers, done = channel.send([stock(f"{i}", str(i), "5") for i in range(1, 101)])
    equal(done["status"], "ok", f"{done}")
    equal([i + 1 for i, a in answers.items() if a["result"] != "sent"], [37], "the one at fault")
    check("product 37 is odd" in answers[36]["error"]["text"] and len(answers) == 100, f"{answers[36]}")
    check(shop.calls["updateInventoryProductsStock"] < 20, f"{shop.calls}")
    before = shop.calls["updateInventoryProductsStock"]
    answers, done = open_channel("stock", {"inventory": "308"}).send([stock(f"{i}", str(i), "5") for i in range(1, 101)])
    equal((done["status"], answers, shop.calls["updateInventoryProductsStock"] - before), ("refused", {}, 1),
          "a catalogue that is not there")
    equal(done["error"]["code"], "shop_settings", f"{done}")


@with_shop
def lost_answers(_h, shop, open_channel):
    """lost answers: stock is sent again and stands once; HTML, half an answer and notices are told apart from a no"""
    shop.add_products(3)
    channel = open_channel("stock")
    for how, status in (("lost", "unreachable"), ("gone", "unreachable"), ("html502", "unreachable"),
                        ("html200", "unreachable"), ("cut", "unreachable"), ("empty", "unreachable"), ("notice", "ok"),
                        ("error", "ok")):
        shop.misbehave(how, "updateInventoryProductsStock")
        answers, done = channel.send([stock("1", "1", "5")])
        equal(done["status"], status, f"{how}: {done}")
        equal([a["result"] for a in answers.values()],
              {"ok": ["refused" if how == "error" else "sent"]}.get(status, []), f"{how}: {answers}")
        answers, done = channel.send([stock("1", "1", "6")])
        equal((done["status"], shop.products[1]["stock"]["bl_206"]), ("ok", 6), f"after {how}")


# ---- products ---------------------------------------------------------------------------------------

@with_shop
def products_are_made_once(_h, shop, open_channel):
    """products: off by default; made once although answers are lost; two of one SKU are named"""
    answers, _ = open_channel("products").send([product("NOWY-1")])
    equal((answers[0]["result"], len(shop.products)), ("unknown", 0), "create = off")
    channel = open_channel("products", {"create": "on"})
    shop.misbehave("lost", "addInventoryProduct")
    answers, done = channel.send([product("NOWY-1", ean="5901234123457", vat_rate="zw", name="Żółw")])
    equal((done["status"], answers, len(shop.products)), ("unreachable", {}, 1), "the answer is lost, the work done")
    answers, done = channel.send([product("NOWY-1", ean="5901234123457", vat_rate="zw", name="Żółw"), product("NOWY-2")])
    equal([answers[i]["result"] for i in range(2)], ["same", "sent"], f"{answers}")
    equal([answers[i]["item"] for i in range(2)], ["1", "2"], "ids")
    made = shop.products[1]
    equal((made["sku"], made["ean"], made["tax_rate"], made["name"]), ("NOWY-1", "5901234123457", -1.0, "Żółw"), "product")
    equal(len(shop.products), 2, "one of each")
    first, second = shop.add_product("DWA"), shop.add_product("dwa")
    answers, _ = channel.send([product("DWA"), product("X" * 51), product("Y", vat_rate="7"), product("Z", name="Z" * 201)])
    equal([answers[i]["result"] for i in range(4)], ["ambiguous", "refused", "refused", "refused"], f"{answers}")
    check(str(first) in answers[0]["error"]["text"] and str(second) in answers[0]["error"]["text"], f"{answers[0]}")


@with_shop
def products_are_kept_up_to_date(_h, shop, open_channel):
    """products that are there: nothing by default; what is chosen is written when it differs, and nothing else"""
    number = shop.add_product("A", "111", "Stara nazwa")
    equal(open_channel("products").send([product("A", str(number))])[0][0]["result"], "same", "by default")
    equal(shop.calls, {}, "not even asked")
    channel = open_channel("products", {"update": ["ean", "vat_rate"]})
    record = product("A", str(number), ean="5901234123457", vat_rate="8")
    equal(channel.send([record])[0][0]["result"], "sent", "a difference")
    made = shop.products[number]
    equal((made["ean"], made["tax_rate"], made["name"], made["text_fields"]["description"]),
          ("5901234123457", 8.0, "Stara nazwa", "<p>Opis</p>"), "what stands there")
    equal(channel.send([record])[0][0]["result"], "same", "no difference")
    equal(shop.calls["addInventoryProduct"], 1, "one write")
    equal(channel.send([product("B", "99")])[0][0]["result"], "unknown", "deleted there")


# ---- orders -----------------------------------------------------------------------------------------

def ids_of(orders):
    return [int(o["id"]) for o in orders]


@with_shop
def an_order_in_our_form(_h, shop, open_channel):
    """an order: amounts exact, VAT's special rates, NIP, point, what is paid; an unconfirmed one is not given"""
    shop.add_order(confirmed=False)
    number = shop.add_order(
        lines=[{"sku": "A", "ean": "5901234123457", "price_brutto": 19.99, "quantity": 3, "tax_rate": 23, "name": "Młotek",
                "attributes": "Rozmiar: L"},
               {"sku": "B", "price_brutto": 0.1, "quantity": 1, "tax_rate": -1},
               {"sku": "C", "price_brutto": 1, "quantity": 2, "tax_rate": -0.02},
               {"sku": "D", "price_brutto": 2.5, "quantity": 1, "tax_rate": -0.03}],
        invoice_nip="PL 525-000-12-34", invoice_company="Firma sp. z o.o.", want_invoice=True, payment_done=20.5,
        payment_method_cod=True, delivery_point_id="LOD01A", user_comments="Proszę\no kontakt")
    found, _ = open_channel("orders").orders()
    equal(ids_of(found), [number], "the confirmed one")
    order = found[0]
    equal([(o["sku"], o["quantity"], o["price_gross"], o["vat_rate"]) for o in order["lines"]],
          [("A", "3", "19.99", "23"), ("B", "1", "0.1", "zw"), ("C", "2", "1", "np"), ("D", "1", "2.5", "oo")], "lines")
    equal((order["total_gross"], order["delivery"]["price_gross"], order["paid"]), ("79.56", "14.99", "20.5"), "amounts")
    equal((order["invoice"]["tax_id"], order["invoice"]["wanted"], order["delivery"]["point_id"]),
          ("PL 525-000-12-34", True, "LOD01A"), "invoice and point")
    equal((order["cash_on_delivery"], order["currency"], order["source"], order["note"]),
          (True, "PLN", "shop", "Proszę\no kontakt"), "the rest")
    equal((order["buyer"]["company"], order["delivery"]["country"], order["lines"][0]["name"]),
          ("Firma sp. z o.o.", "PL", "Młotek (Rozmiar: L)"), "texts")
    check("revision" not in order and order["digest"], "no revision, but a digest")


@with_shop
def many_orders_of_one_second(_h, shop, open_channel):
    """orders: the 100th and the 101st share a second; 350 of one second; each is given once, none is lost"""
    now = shop.now()
    wanted = [shop.add_order(at=now - 5000 + i // 3) for i in range(250)]
    wanted += [shop.add_order(at=now - 2000) for _ in range(350)]
    wanted += [shop.add_order(at=now - 1000 + i) for i in range(20)]
    channel = open_channel("orders")
    found, cursor = channel.orders()
    equal(sorted(ids_of(found)), sorted(wanted), "all of them, each once")
    found, cursor = channel.orders(cursor)
    equal(ids_of(found), [], "nothing new")
    late = shop.add_order(at=now - 500)  # earlier than the newest, as clocks of several machines have it
    new = shop.add_order()
    found, cursor = channel.orders(cursor)
    equal(sorted(ids_of(found)), sorted([late, new]), "the overlap finds it")
    before = shop.calls["getOrders"]
    channel.orders(cursor)
    check(shop.calls["getOrders"] - before <= 2, "a pass without news is a call or two")


@with_shop
def orders_edited_merged_split(_h, shop, open_channel):
    """orders that are edited, merged, split and cancelled: at once by the journal, else by the next sweep"""
    now = shop.now()
    first, second, third = (shop.add_order(at=now - 4000 + i, lines=[{"sku": "A", "price_brutto": 1}, {"sku": "B"}])
                            for i in range(3))
    channel = open_channel("orders", {"journal": True, "cancelled_statuses": ["8072"]})
    found, cursor = channel.orders()
    equal(ids_of(found), [first, second, third], "as they were; the journal is off and says nothing")
    shop.journal_on = True
    shop.journal.clear()
    shop.edit_order(first, invoice_nip="5250001234")
    found, cursor = channel.orders(cursor)
    equal([(int(o["id"]), o["invoice"]["tax_id"]) for o in found], [(first, "5250001234")], "edited")
    shop.merge(first, second)
    new = shop.split(third, 1)
    shop.note(77, first)  # a kind of entry that nobody knows
    found, cursor = channel.orders(cursor)
    equal(sorted((int(o["id"]), len(o["lines"])) for o in found), sorted([(first, 4), (third, 1), (new, 1)]), "merged, split")
    shop.set_status(third, 8072)
    shop.edit_order(new, payment_done=99, extra_field_1="ZK 1")  # paid, and our own doing: no other order
    found, cursor = channel.orders(cursor)
    equal([(int(o["id"]), o["cancelled"]) for o in found], [(third, True)], "cancelled")
    equal(ids_of(channel.orders(cursor)[0]), [], "each once")
    # without the journal: an hour later
    channel = open_channel("orders", state="other")
    shop.add_order()
    _, cursor = channel.orders()
    shop.edit_order(first, user_comments="pilne")
    another = shop.split(first, 0)
    found, cursor = channel.orders(cursor)
    equal(ids_of(found), [], "older than the overlap")
    shop.ahead = 3700
    channel("lookup", list="statuses")  # our idea of the shop's clock
    found, cursor = channel.orders(cursor)
    equal(sorted(ids_of(found)), sorted([first, another]), "by the sweep")


@with_shop
def orders_by_status_and_source(_h, shop, open_channel):
    """orders by statuses and sources that were chosen, also when they come into the status long after"""
    now = shop.now()
    old = shop.add_order(at=now - 200000)
    waiting = shop.add_order(at=now - 100000, order_status_id=8070)
    allegro = shop.add_order(at=now - 100, order_status_id=8070, order_source="allegro", order_source_id=7341)
    channel = open_channel("orders", {"statuses": ["8070"], "sources": ["shop/15"]})
    found, cursor = channel.orders()
    equal(ids_of(found), [waiting], "the chosen ones")
    shop.set_status(old, 8070)
    found, cursor = channel.orders(cursor)
    equal(ids_of(found), [old], "confirmed two days before it came into the status")
    equal(ids_of(channel.orders(cursor)[0]), [], "each once")
    channel = open_channel("orders", {"sources": ["allegro"]}, state="other")
    equal(ids_of(channel.orders()[0]), [allegro], "a source by its kind")


@with_shop
def a_feed_is_read_on(_h, shop, open_channel):
    """orders: the cursor of another process goes on where it was; what was not stored is given again"""
    now = shop.now()
    wanted = [shop.add_order(at=now - 3000 + i) for i in range(230)]
    channel = open_channel("orders")
    _, done = channel("orders", cursor="", limit=100)
    first = ids_of(done["orders"])
    _, again = channel("orders", cursor="", limit=100)
    equal(ids_of(again["orders"]), first, "given again: nobody stored it")
    shop.misbehave("html502", "getOrders")
    _, answer = channel("orders", cursor=done["next"], limit=100)
    equal(answer["status"], "unreachable", f"{answer}")
    found, _ = open_channel("orders").orders(done["next"])
    equal(sorted(set(first) | set(ids_of(found))), wanted, "another process goes on")
    channel = open_channel("orders", None, {"before_setup": False})
    found, cursor = channel.orders()
    check(len(found) <= 230 and found, "without before_setup only the last hour")
    old = shop.add_order(at=now - 90000)
    equal(ids_of(channel.orders(cursor)[0]), [], f"what was confirmed before the plugin came stays out: {old}")


@with_shop
def clocks_that_differ(_h, shop, open_channel):
    """orders of a shop whose clock is an hour or two days off: taken by its own clock, from the first call on"""
    for index, ahead in enumerate((3600, -3600, 2 * 86400, -2 * 86400)):
        shop.ahead = ahead
        shop.orders.clear()
        shop.when.clear()
        old, new = shop.add_order(at=shop.now() - 7200), shop.add_order(at=shop.now() - 60)
        channel = open_channel("orders", {"status_done": "8070"}, {"before_setup": False}, state=f"clock{index}")
        found, cursor = channel.orders()
        equal(ids_of(found), [new], f"{ahead} s: the last hour, without {old}")
        newer = shop.add_order()
        equal(ids_of(channel.orders(cursor)[0]), [newer], f"{ahead} s: what came since")
        offset = channel("account")[1]["clock_offset"]
        check(abs(offset - ahead * 1000) < 3000, f"the shop is {offset} ms ahead, not {ahead} s")
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(shop.now() - ahead))  # by our clock
        told = {"state": "done", "document": "ZK 1", "at": at}
        equal(channel("outcome", order=str(new), outcome=told)[1]["status"], "ok", "told")
        equal(shop.orders[new]["order_status_id"], 8070, "the status is not taken for moved on")


@with_shop
def the_later_value_stands(_h, shop, open_channel):
    """stock: of two changes of one product in a batch the later one stands"""
    shop.add_products(2)
    channel = open_channel("stock")
    answers, _ = channel.send([stock("A", "1", "3"), stock("B", "2", "4"), stock("A", "1", "9")])
    equal([answers[i]["result"] for i in range(3)], ["same", "sent", "sent"], f"{answers}")
    equal([shop.products[i]["stock"]["bl_206"] for i in (1, 2)], [9, 4], "what stands there")


# ---- outcomes ---------------------------------------------------------------------------------------

def outcome(shop, state="done", document="ZK 12/MAG/2026", **more):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(shop.now()))
    return {"state": state, "at": at, **({"document": document} if document else {}), **more}


@with_shop
def outcomes(_h, shop, open_channel):
    """an outcome: the number into the field, the status; written once although answers are lost"""
    number = shop.add_order(admin_comments="nie dzwonić")
    settings = {"status_done": "8070", "status_rejected": "8072", "reason_field": "135"}
    channel = open_channel("orders", settings)
    for method in ("setOrderFields", "setOrderStatus"):
        shop.misbehave("lost", method)
    told = outcome(shop)
    equal([channel("outcome", order=str(number), outcome=told)[1]["status"] for _ in range(4)],
          ["unreachable", "unreachable", "ok", "ok"], "two answers are lost")
    order = shop.orders[number]
    equal((order["extra_field_1"], order["order_status_id"], order["admin_comments"]),
          ("ZK 12/MAG/2026", 8070, "nie dzwonić"), "what stands there")
    equal((shop.automations, shop.calls["setOrderFields"]), ([(number, 8070)], 1), "each once")
    shop.set_status(number, 8071)
    shop.orders[number]["date_in_status"] += 60
    equal(channel("outcome", order=str(number), outcome=told)[1]["status"], "ok", "told again")
    equal(shop.orders[number]["order_status_id"], 8071, "a person moved it on, and it stays")
    equal(channel("outcome", order="77", outcome=told)[1]["status"], "not-found", "an order that is not there")
    taken = shop.add_order(extra_field_1="reklamacja")
    done = channel("outcome", order=str(taken), outcome=told)[1]
    equal((done["status"], shop.orders[taken]["extra_field_1"]), ("refused", "reklamacja"), f"{done}")
    check("reklamacja" in done["error"]["text"] and done["error"]["remedy"], f"{done}")
    rejected = shop.add_order()
    why = "wiersz 1: nie ma takiego towaru – " + "ż" * 100
    equal(channel("outcome", order=str(rejected), outcome=outcome(shop, "rejected", None, reason=why))[1]["status"], "ok", "")
    equal((shop.orders[rejected]["custom_extra_fields"], shop.orders[rejected]["order_status_id"]),
          ({"135": why[:50]}, 8072), "the reason, cut by characters")
    cancelled = shop.add_order(order_status_id=8072)
    channel = open_channel("orders", {"status_done": "8070", "cancelled_statuses": ["8072"], "document_field": "135"})
    equal(channel("outcome", order=str(cancelled), outcome=told)[1]["status"], "ok", "cancelled meanwhile")
    equal((shop.orders[cancelled]["order_status_id"], shop.orders[cancelled]["custom_extra_fields"]),
          (8072, {"135": "ZK 12/MAG/2026"}), "its status is a person's")


@with_shop
def outcomes_cost_little(_h, shop, open_channel):
    """an outcome that was told already costs no call when the order was read a moment ago"""
    numbers = [shop.add_order(extra_field_1="ZK 1", order_status_id=8070) for _ in range(5)]
    channel = open_channel("orders", {"status_done": "8070"})
    channel.orders()
    before = sum(shop.calls.values())
    for number in numbers:
        equal(channel("outcome", order=str(number), outcome=outcome(shop, document="ZK 1"))[1]["status"], "ok", "told")
    number = shop.add_order()
    told = outcome(shop, "rejected", None, reason="nie ma towaru")
    equal(channel("outcome", order=str(number), outcome=told)[1]["status"], "ok", "a rejection that nobody wants to be told")
    equal(sum(shop.calls.values()) - before, 0, "calls")
    shop.add_order(at=shop.now() + 400 * 86400)  # of a clock that was wrong
    found, cursor = channel.orders(channel.orders()[1])
    late = shop.add_order()
    found, cursor = channel.orders(cursor)
    check(late in ids_of(found), "a date of the future hides nothing")


# ---- limits -----------------------------------------------------------------------------------------

MINUTE = {"ENDPOINT_TEST_SHOP_MINUTE_MS": "2500"}


@with_shop
def a_block_in_the_middle(_h, shop, open_channel):
    """a blocked token and a blocked account: told apart, with their end, seen by all plugins, and over by themselves"""
    shop.add_products(10)
    stocks, orders = open_channel("stock", environment=MINUTE), open_channel("orders", environment=MINUTE)
    for how, code, words in (("block", "baselinker_token_blocked", "the token"),
                             ("block-account", "baselinker_account_blocked", "whole account")):
        shop.misbehave(how, "updateInventoryProductsStock", seconds=2)
        answers, done = stocks.send([stock("1", "1", "3")])
        equal((done["status"], done["error"]["code"], answers), ("busy", code, {}), f"{done}")
        check(words in done["error"]["text"] and "Z" in done["error"]["text"] and done["retry_after_ms"] > 0, f"{done}")
        calls = len(shop.log)
        done = orders("orders", cursor="", limit=100)[1]
        equal((done["status"], done["error"]["code"]), ("busy", code), "another plugin knows it")
        equal(len(shop.log), calls, "and does not call")
        lines, _ = orders("check")
        found = {line["check"]["code"]: line["check"] for line in lines}
        equal({c["result"] for c in found.values()}, {"ok", "wait", "skipped"}, f"said once: {found}")
        found = found["shop.login"]
        equal(found["result"], "wait", f"{found}")
        check(words in found["text"], f"{found}")
        deadline = time.monotonic() + 40
        while done["status"] == "busy" and time.monotonic() < deadline:
            time.sleep(min(done["retry_after_ms"], 1000) / 1000)
            answers, done = stocks.send([stock("1", "1", "4")])
        equal((done["status"], shop.products[1]["stock"]["bl_206"]), ("ok", 4), f"goes on by itself: {done}")
    equal(orders("orders", cursor="", limit=100)[1]["status"], "ok", "and the other one")


@with_shop
def a_suspended_account(_h, shop, open_channel):
    """an account that stays blocked needs a person, and its end is found by itself"""
    shop.add_products(1)
    shop.suspended = True
    channel = open_channel("stock", environment={"ENDPOINT_TEST_SHOP_MINUTE_MS": "40"})
    seen = set()
    deadline = time.monotonic() + 30
    while "denied" not in seen and time.monotonic() < deadline:
        done = channel.send([stock("1", "1", "3")])[1]
        seen.add(done["status"])
    equal(seen, {"busy", "denied"}, f"{done}")
    equal(done["error"]["code"], "baselinker_suspended", f"{done}")
    check(len(shop.log) < 20, f"{len(shop.log)} calls")
    shop.suspended = False
    while done["status"] != "ok" and time.monotonic() < deadline:
        done = channel.send([stock("1", "1", "3")])[1]
    equal(shop.products[1]["stock"]["bl_206"], 3, f"{done}")


@with_shop
def a_hundred_thousand_changes(_h, shop, open_channel):
    """100,000 changes of stock: 100 calls and the catalogue's pages, within the budget of each minute"""
    shop.limit, shop.window = 100, 3.0
    count = 100000 if SLOW == 1 else 20000
    shop.add_products(count)
    channel = open_channel("stock", environment={"ENDPOINT_TEST_SHOP_MINUTE_MS": "3000"})
    ids, page = {}, ""
    while page is not None:
        lines, done = channel("catalogue", page=page)
        if done["status"] == "busy":
            time.sleep(done["retry_after_ms"] / 1000)
            continue
        equal(done["status"], "ok", f"{done}")
        ids.update({line["item"]["sku"]: line["item"]["id"] for line in lines})
        page = done["next"] or None
    equal(len(ids), count, "the catalogue")
    batches = list(ids.items())
    for start in range(0, len(batches), 1000):
        records = [stock(sku, item, "77") for sku, item in batches[start:start + 1000]]
        answers, done = channel.send(records)
        while done["status"] == "busy":
            time.sleep(done["retry_after_ms"] / 1000)
            answers, done = channel.send(records)
        equal((done["status"], len(answers)), ("ok", 1000), f"{done}")
    equal({p["stock"]["bl_206"] for p in shop.products.values()}, {77}, "what stands there")
    print(f"# {shop.calls}, at most {shop.worst} within a minute")
    check(shop.calls["updateInventoryProductsStock"] <= count // 1000 + 1, f"{shop.calls}")
    # the last page is full, so one more is asked for
    check(shop.calls["getInventoryProductsList"] <= count // 1000 + 1, f"{shop.calls}")
    check(shop.worst <= 81, f"{shop.worst} calls within a minute")
    equal(shop.over, 0, "never blocked")


if __name__ == "__main__":
    run_tests([checks, lists, catalogue, stock_goes_out, stock_of_several_warehouses, prices_go_out, a_batch_refused_whole,
               lost_answers, products_are_made_once, products_are_kept_up_to_date, an_order_in_our_form,
               many_orders_of_one_second, orders_edited_merged_split, orders_by_status_and_source, a_feed_is_read_on,
               clocks_that_differ, the_later_value_stands, outcomes, outcomes_cost_little, a_block_in_the_middle,
               a_suspended_account, a_hundred_thousand_changes])
