"""The channel of WooCommerce against its double: stock, prices and products out. Each trap of the shop has its test."""
import contextlib
import os
import sys
import tempfile
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, run_tests  # noqa: E402
from trying import Trying  # noqa: E402
from woocommerce import WooCommerce  # noqa: E402

SECRETS = {"key": "ck_demo", "secret": "cs_demo"}


@contextlib.contextmanager
def shop():
    folder = tempfile.mkdtemp(prefix="endpoint-test-")
    double = WooCommerce(folder)
    try:
        yield double
    finally:
        double.close()
        shutil.rmtree(folder)


@contextlib.contextmanager
def channel(double, kind, timeout_ms=None, secrets=None, options=None, mark="", **settings):
    environment = {"ENDPOINT_SHOP_TIMEOUT_MS": str(timeout_ms)} if timeout_ms else {}
    made = Trying(kind, "woocommerce", {"url": double.url, **settings}, secrets or SECRETS, double.ca, options, mark, environment)
    try:
        equal(made.opened["status"], "ok", f"opened: {made.opened}")
        yield made
    finally:
        made.close()


def stock(sku, available):
    return {"sku": sku, "warehouse": "MAG", "on_hand": available, "available": available}


def price(sku, gross="12.30", net="10.00", currency="PLN"):
    return {"sku": sku, "level": "1", "net": net, "gross": gross, "currency": currency}


def plain(double, sku, quantity=1, **more):
    return double.add(sku, f"Produkt {sku}", manage_stock=True, stock_quantity=quantity, regular_price="1.00", **more)


def family(double, sku, sizes):
    """A product with variations: its id and theirs."""
    parent = double.add(sku, "Koszulka", "variable")
    children = [double.add(f"{sku}-{s}", f"Koszulka {s}", "variation", parent, manage_stock=True, stock_quantity=1) for s in sizes]
    double.products[parent]["children"] = children
    return parent, children


def errors(done):
    return [(a.get("error") or {}).get("code") for a in done["answers"]]


# ---- catalogue ----------------------------------------------------------------------------------

def catalogue(_):
    """the catalogue has every product and variation once, over pages, with what stands there"""
    with shop() as s:
        for i in range(230):
            plain(s, f"A{i}", i)
        parent, children = family(s, "P", "SML")
        s.add("G", "Zestaw", "grouped")
        off = s.add("OFF", "Bez stanu &amp; <b>")
        with channel(s, "stock") as c:
            items = c.items()
            equal(len(items), 230 + 1 + 3 + 2, "items")
            equal((items["7"]["sku"], items["7"]["value"], items["7"]["obstacle"]), ("A6", "6", None), "a product")
            equal(items[f"{parent}/{children[1]}"]["sku"], "P-M", "a variation")
            equal(items[str(parent)]["obstacle"], "shop_variations", "a product with variations")
            equal(items[str(off)].get("value"), None, "nobody says what there is of it")
        s.lists_variations = False
        with channel(s, "stock") as c:
            equal(set(c.items()), set(items), "an older shop, whose variations are asked for product by product")


def catalogue_shifts(_):
    """products that are deleted while the pages are read make none missing"""
    with shop() as s:
        for i in range(350):
            plain(s, f"A{i}")
        with channel(s, "stock") as c:
            first = c.call("catalogue", page="")
            for number in range(1, 120):
                s.remove(number)
            seen, page = {t["item"]["id"] for t in first["told"]}, first["next"]
            while page:
                done = c.call("catalogue", page=page)
                equal(done["status"], "ok", f"{done}")
                seen |= {t["item"]["id"] for t in done["told"]}
                page = done["next"]
            check({str(i) for i in range(120, 351)} <= seen, "all that is still there was seen")


# ---- stock --------------------------------------------------------------------------------------

def stock_goes(_):
    """stock goes in batches, variations by their product, and each record has its answer"""
    with shop() as s:
        ids = [plain(s, f"A{i}") for i in range(120)]
        parent, children = family(s, "P", "SML")
        with channel(s, "stock", batch=50) as c:
            records = [(str(i), stock(f"A{n}", "7")) for n, i in enumerate(ids)]
            records += [(f"{parent}/{v}", stock(f"P-{size}", "5")) for v, size in zip(children, "SML")]
            done = c.send(*records)
            equal((done["status"], set(done["results"])), ("ok", {"sent"}), f"{done}")
            equal({s.products[i]["stock_quantity"] for i in ids} | {s.products[v]["stock_quantity"] for v in children}, {7, 5}, "there")
            equal((s.count("POST products/batch"), s.count("POST products/{id}/variations/batch")), (3, 1), "batches")
            s.forget()
            done = c.send(*records)
            equal(set(done["results"]), {"same"}, "what stands there already is not written")
            equal(s.count("POST"), 0, "no write")


def stock_is_whole(_):
    """a quantity is rounded down, below zero too; nonsense and sizes that the shop cannot keep are refused, not sent"""
    with shop() as s:
        ids = [plain(s, f"A{i}", 99) for i in range(6)]
        with channel(s, "stock") as c:
            values = ["2.999", "-0.5", "-3", "99999999999", "x", "0.0"]
            done = c.send(*[(str(i), stock(f"A{n}", v)) for n, (i, v) in enumerate(zip(ids, values))])
            equal(done["results"], ["sent", "sent", "sent", "refused", "refused", "sent"], f"{done}")
            equal([s.products[i]["stock_quantity"] for i in ids], [2, -1, -3, 99, 99, 0], "there")
            equal(errors(done)[3:5], ["shop_quantity", "shop_quantity"], "why")
            for value in ("2.999", "-0.5"):
                done = c.call("express", record={"data": stock("A", value)})
                equal((done["status"], done["value"]), ("ok", {"2.999": "2", "-0.5": "-1"}[value]), "express")


def stock_is_switched_on(_):
    """a product whose stock is not managed gets it managed with the quantity, or is left alone where that is wanted"""
    with shop() as s:
        off = s.add("OFF", "x")
        with channel(s, "stock", manage_stock="leave") as c:
            done = c.send((str(off), stock("OFF", "3")))
            equal((done["results"], errors(done)), (["refused"], ["shop_stock_off"]), f"{done}")
        with channel(s, "stock") as c:
            equal(c.send((str(off), stock("OFF", "3")))["results"], ["sent"], "switched on")
            equal((s.products[off]["manage_stock"], s.products[off]["stock_quantity"]), (True, 3), "there")


def stock_of_a_shop_without(_):
    """trap: a shop without stock management answers 200 and keeps nothing, so nothing counts as sent"""
    with shop() as s:
        one = plain(s, "A", 1)
        s.stock_managed = False
        with channel(s, "stock") as c:
            done = c.send((str(one), stock("A", "3")))
            equal((done["results"], errors(done)), (["refused"], ["shop_stock_off"]), f"{done}")
            checks = {t["check"]["code"]: t["check"] for t in c.call("check")["told"]}
            equal(checks["shop.terms"]["result"], "fail", "the check says it")
        s.settings_open = False  # and one that does not even say so
        with channel(s, "stock") as c:
            done = c.send((str(one), stock("A", "3")))
            equal((done["results"], errors(done)), (["refused"], ["shop_stock_off"]), f"{done}")


def stock_of_the_parent(_):
    """trap: a variation under its product's stock takes every quantity and keeps none"""
    with shop() as s:
        parent, children = family(s, "P", "SM")
        s.products[parent].update(manage_stock=True, stock_quantity=4)
        with channel(s, "stock") as c:
            equal(c.items()[f"{parent}/{children[0]}"]["obstacle"], "shop_parent", "the catalogue says it")
            done = c.send((f"{parent}/{children[0]}", stock("P-S", "9")), (str(parent), stock("P", "6")))
            equal((done["results"], errors(done)), (["refused", "sent"], ["shop_parent", None]), f"{done}")
            equal(s.products[parent]["stock_quantity"], 6, "the product's own stock goes")


def stock_edited_by_a_person(_):
    """what the shop's staff changed meanwhile is seen by the catalogue and written over by the next send"""
    with shop() as s:
        one = plain(s, "A", 5)
        with channel(s, "stock") as c:
            c.send((str(one), stock("A", "8")))
            s.products[one]["stock_quantity"] = 33
            equal(c.items()[str(one)]["value"], "33", "seen")
            equal(c.send((str(one), stock("A", "8")))["results"], ["sent"], "written")
            equal(s.products[one]["stock_quantity"], 8, "there")


def gone_from_the_erp(_):
    """what the ERP does not have any more has no stock; its price stays"""
    with shop() as s:
        one = plain(s, "A", 5)
        with channel(s, "stock") as c:
            equal(c.send((str(one), {}, {"op": "delete", "data": None}))["results"], ["sent"], "sent")
            equal(s.products[one]["stock_quantity"], 0, "nothing to sell")
        with channel(s, "prices") as c:
            equal(c.send((str(one), {}, {"op": "delete", "data": None}))["results"], ["same"], "nothing to do")
            equal(s.products[one]["regular_price"], "1.00", "price")


# ---- which product ------------------------------------------------------------------------------

def product_deleted(_):
    """a product that was deleted, or lies in the trash, is unknown; the others of the batch go"""
    with shop() as s:
        ids = [plain(s, f"A{i}") for i in range(3)]
        s.remove(ids[0])
        s.products[ids[1]]["status"] = "trash"
        with channel(s, "stock") as c:
            done = c.send(*[(str(i), stock(f"A{n}", "4")) for n, i in enumerate(ids)])
            equal((done["results"], errors(done)), (["unknown", "unknown", "sent"], ["shop_gone", "shop_gone", None]), f"{done}")


def parent_deleted(_):
    """variations whose product was deleted are unknown"""
    with shop() as s:
        parent, children = family(s, "P", "SM")
        one = plain(s, "A")
        s.remove(parent)
        with channel(s, "stock") as c:
            done = c.send((f"{parent}/{children[0]}", stock("P-S", "4")), (str(one), stock("A", "4")), (f"{parent}/{children[1]}", stock("P-M", "4")))
            equal((done["status"], done["results"]), ("ok", ["unknown", "sent", "unknown"]), f"{done}")


def sku_moved(_):
    """a SKU that was given to another product does not carry its stock to the wrong one"""
    with shop() as s:
        one, two = plain(s, "A", 1), plain(s, "B", 2)
        s.products[one]["sku"], s.products[two]["sku"] = "B", "A"
        with channel(s, "stock") as c:
            done = c.send((str(one), stock("A", "50")), (str(two), stock("b ", "60")))
            equal(done["results"], ["unknown", "unknown"], f"{done}")
            equal((s.products[one]["stock_quantity"], s.products[two]["stock_quantity"]), (1, 2), "nothing was written")
            done = c.send((str(two), stock("a", "50")))
            equal(done["results"], ["sent"], "case and blanks do not count")


def matched_by_ean(_):
    """matched by EAN it is the EAN that must still fit, in twelve digits or thirteen"""
    with shop() as s:
        one = plain(s, "A", 1, global_unique_id="012345678905")
        with channel(s, "stock", match_in_shop="ean") as c:
            equal(c.send((str(one), stock("0012345678905", "3")))["results"], ["sent"], "the same number")
            s.products[one]["global_unique_id"] = "5901234123457"
            equal(c.send((str(one), stock("0012345678905", "4")))["results"], ["unknown"], "another one")


def two_rows_for_one(_):
    """two warehouses that want two stocks of one product: neither is written, both are named"""
    with shop() as s:
        one = plain(s, "A", 1)
        with channel(s, "stock") as c:
            done = c.send((str(one), stock("A", "3"), {"key": "1/MAG"}), (str(one), stock("A", "5"), {"key": "1/SKL"}))
            equal((done["results"], errors(done)), (["refused", "refused"], ["shop_twice", "shop_twice"]), f"{done}")
            check("1/SKL" in done["answers"][0]["error"]["text"], "named")
            equal(s.products[one]["stock_quantity"], 1, "not written")


# ---- prices -------------------------------------------------------------------------------------

def prices_go(_):
    """prices go as text with a point, gross or net as the shop has them, with its decimals"""
    with shop() as s:
        one = plain(s, "A", 3)
        with channel(s, "prices") as c:
            equal(c.send((str(one), price("A", gross="1234.5")))["results"], ["sent"], "gross")
            equal((s.products[one]["regular_price"], s.products[one]["stock_quantity"]), ("1234.50", 3), "there, and the stock as it was")
            equal(c.items()[str(one)]["value"], "1234.50", "the catalogue shows the same form")
        s.gross, s.decimal_separator = False, "."
        with channel(s, "prices") as c:
            equal(c.send((str(one), price("A", net="10.25")))["results"], ["sent"], "net")
            equal(s.products[one]["regular_price"], "10.25", "there")


def terms_are_remembered(_):
    """which side the shop's prices are on is known before the shop is asked, and asked anew before prices are sent"""
    with shop() as s:
        one = plain(s, "A")
        with channel(s, "prices") as c:
            equal(c.call("express", record={"data": price("A")})["status"], "end", "nobody knows yet")
            done = c.send((str(one), price("A")))
            equal((done["results"], done["mark"]), (["sent"], "1 PLN 2 1 1"), f"{done}")
        s.gross = False
        with channel(s, "prices", mark=done["mark"]) as c:
            equal(c.call("express", record={"data": price("A")})["value"], "12.30", "as it was")
            equal(s.count("GET settings/{group}"), 3, "without a call")
            done = c.send((str(one), price("A")))
            equal((done["results"], s.products[one]["regular_price"], done["mark"]), (["sent"], "10.00", "1 PLN 2 0 1"), "as it is")


def names_that_the_shop_changes(_):
    """a name that the shop keeps otherwise does not count as sent"""
    with shop() as s:
        one = s.add("A", "Stara")
        plain_write = s.write_product

        def write(row, body):
            plain_write(row, body)
            row["name"] = row["name"].upper()

        s.write_product = write
        with channel(s, "products", update=["name"]) as c:
            done = c.send((str(one), product("A", "Nowa nazwa")))
            equal((done["results"], errors(done)), (["refused"], ["shop_other_value"]), f"{done}")


def prices_that_cannot(_):
    """a price of nothing, of three decimals, of another currency or of the wrong side is refused and never sent"""
    with shop() as s:
        one = plain(s, "A")
        with channel(s, "prices") as c:
            for bad in (price("A", gross="0.00"), price("A", gross="-1"), price("A", gross="1.005"), price("A", currency="EUR"),
                        price("A", gross=None), price("A", gross="1,50")):
                done = c.send((str(one), bad))
                equal((done["results"], errors(done)), (["refused"], ["shop_price"]), f"{bad}: {done}")
            equal(s.products[one]["regular_price"], "1.00", "as it was")
            equal(c.send((str(one), price("A", gross="1.5000")))["results"], ["sent"], "zeros at the end are none")


def prices_of_a_product_with_variations(_):
    """trap: a price of a product with variations is taken and ignored"""
    with shop() as s:
        parent, children = family(s, "P", "SM")
        with channel(s, "prices") as c:
            done = c.send((str(parent), price("P")), (f"{parent}/{children[0]}", price("P-S", gross="9.99")))
            equal((done["results"], errors(done)), (["refused", "sent"], ["shop_variations", None]), f"{done}")
            equal(s.products[children[0]]["regular_price"], "9.99", "there")


def terms_that_are_not_said(_):
    """a key that may not see the shop's settings: the setting `prices` says it, or nothing is written"""
    with shop() as s:
        one = plain(s, "A")
        s.settings_open = False
        with channel(s, "prices") as c:
            done = c.send((str(one), price("A")))
            equal((done["status"], done["error"]["code"], done["results"]), ("denied", "shop_settings", ["untried"]), f"{done}")
        with channel(s, "prices", prices="net") as c:
            equal(c.send((str(one), price("A")))["results"], ["sent"], "net")
            equal(s.products[one]["regular_price"], "10.00", "there")


# ---- products -----------------------------------------------------------------------------------

def product(sku, name="Młotek", vat="23", ean=None):
    return {"sku": sku, "name": name, "vat_rate": vat, "ean": ean, "eans": [ean] if ean else [], "unit": "szt", "active": True}


def products_are_made(_):
    """a product that the shop does not have is made, once; off by default; as a draft where that is wanted"""
    with shop() as s:
        with channel(s, "products") as c:
            equal(c.send((None, product("NEW")))["results"], ["unknown"], "off by default")
        with channel(s, "products", create="draft") as c:
            done = c.send((None, product("NEW", ean="5901234123457")), (None, product("NEW2")))
            equal(done["results"], ["sent", "sent"], f"{done}")
            made = s.products[int(done["answers"][0]["item"])]
            equal((made["sku"], made["status"], made["name"], made["global_unique_id"]), ("NEW", "draft", "Młotek", "5901234123457"), "made")
            equal(c.send((None, product("new ")))["answers"][0]["item"], done["answers"][0]["item"], "found, whatever its case")
            equal(len(s.products), 2, "made once")


def product_made_and_the_reply_lost(_):
    """a lost reply to a new product makes no second one"""
    with shop() as s:
        with channel(s, "products", create="publish") as c:
            s.fault("POST products", "lose")
            done = c.send((None, product("NEW")))
            equal((done["status"], done["results"]), ("ok", ["sent"]), f"{done}")
            equal((len(s.products), s.count("POST products")), (1, 1), "one product, one call")
            s.fault("POST products", "done-502")
            s.fault("GET products", "502", at=2)
            done = c.send((None, product("TWO")))
            equal((done["status"], done["results"]), ("unreachable", ["untried"]), "nobody knows")
            equal(c.send((None, product("TWO")))["results"], ["sent"], "the next time it is found")
            equal(len(s.products), 2, "and not made again")


def products_that_cannot_be_made(_):
    """traps: SKUs that find everything or are changed, one in the trash, one there twice, an unknown tax class"""
    with shop() as s:
        plain(s, "X"), plain(s, "TWICE")
        s.products[s.add("", "x")].update(sku="twice")
        s.by_sku["twice"] = [2, 3]
        s.add("OLD", status="trash")
        with channel(s, "products", create="publish") as c:
            for sku in ("0", "%41", "x<y>", "a,b", " "):
                done = c.send((None, product(sku)))
                equal((done["results"], errors(done)), (["refused"], ["shop_sku"]), f"{sku}: {done}")
            equal(s.count("GET products"), 0, "and none of them was looked for")
            done = c.send((None, product("TWICE")), (None, product("OLD")), (None, product("EIGHT", vat="8")))
            equal((done["results"], errors(done)), (["ambiguous", "refused", "refused"], ["shop_ambiguous", "shop_trash", "shop_tax_class"]), f"{done}")
            check("products 2 and 3" in done["answers"][0]["error"]["text"], f"both are named: {done}")
        with channel(s, "products", create="publish", tax_classes={"23": "standard", "8": "reduced-rate"}) as c:
            done = c.send((None, product("EIGHT", vat="8")))
            equal((done["results"], s.products[int(done["answers"][0]["item"])]["tax_class"]), (["sent"], "reduced-rate"), "with its class")


def products_are_kept(_):
    """names and EANs of products that are there are changed only where that is wanted"""
    with shop() as s:
        one = s.add("A", "Stara & nazwa")
        with channel(s, "products") as c:
            equal(c.send((str(one), product("A")))["results"], ["same"], "nothing is kept by default")
            equal(s.products[one]["name"], "Stara & nazwa", "as it was")
        with channel(s, "products", update=["name", "ean"]) as c:
            shown = c.items()[str(one)]["value"]
            equal(c.call("express", record={"data": product("A", "Stara & nazwa")})["value"], shown, "entities are characters")
            equal(c.send((str(one), product("A", "Nowa & lepsza", ean="5901234123457")))["results"], ["sent"], "sent")
            equal((s.products[one]["name"], s.products[one]["global_unique_id"]), ("Nowa & lepsza", "5901234123457"), "there")
            two = s.add("B", "B")
            done = c.send((str(two), product("B", "B", ean="5901234123457")))
            equal((done["results"], errors(done)), (["refused"], ["shop_refused"]), "an EAN that another has")


# ---- a bad day ----------------------------------------------------------------------------------

def lost_replies(_):
    """a lost reply to each kind of write: what was written counts as sent, and is not written again"""
    with shop() as s:
        one = plain(s, "A", 1)
        parent, children = family(s, "P", "S")
        for kind, make in (("stock", lambda sku: stock(sku, "7")), ("prices", lambda sku: price(sku, gross="7.77"))):
            with channel(s, kind) as c:
                for item, sku, call in ((str(one), "A", "POST products/batch"), (f"{parent}/{children[0]}", "P-S", "POST products/{id}/variations/batch")):
                    s.forget()
                    s.fault(call, "lose")
                    done = c.send((item, make(sku)))
                    equal(done["results"], ["sent"], f"{kind}, {call}: {done}")
                    s.fault(call, "refuse")
                    s.products[int(item.split("/")[-1])].update(stock_quantity=1, regular_price="1.00")
                    done = c.send((item, make(sku)))
                    equal((done["status"], done["results"]), ("unreachable", ["untried"]), f"{kind}: not done, {done}")
                    equal(c.send((item, make(sku)))["results"], ["sent"], "then it goes")


def answers_that_lie(_):
    """pages instead of JSON, warnings before it, cut and empty answers: nothing counts as sent that was not seen"""
    with shop() as s:
        one = plain(s, "A", 1)
        with channel(s, "stock") as c:
            for quantity, (do, code) in enumerate((("html", "shop_answer"), ("empty", "shop_answer"), ("502", "shop_error"),
                                                   ("500", "shop_error"), ("cut", "http_unreachable")), 10):
                s.fault("POST products/batch", do)
                s.fault("GET products", "502", at=2)
                done = c.send((str(one), stock("A", str(quantity))))
                equal((done["status"], done["results"], done["error"]["code"]), ("unreachable", ["untried"], code), f"{do}: {done}")
                equal(c.send((str(one), stock("A", str(quantity))))["results"][0], "same" if do == "cut" else "sent", f"{do}: later")
            for quantity, do in enumerate(("bom", "warning"), 20):
                s.fault("POST products/batch", do)
                equal(c.send((str(one), stock("A", str(quantity))))["results"], ["sent"], do)


def asked_to_wait(_):
    """503 with Retry-After and 429 are told with how long; the maintenance page too"""
    with shop() as s:
        one = plain(s, "A", 1)
        with channel(s, "stock") as c:
            s.fault("POST products/batch", "503", retry_after=600)
            done = c.send((str(one), stock("A", "2")))
            equal((done["status"], done["retry_after_ms"], done["results"]), ("busy", 600000, ["untried"]), f"{done}")
            s.fault("GET products", "429", retry_after=7)
            done = c.send((str(one), stock("A", "2")))
            equal((done["status"], done["retry_after_ms"]), ("busy", 7000), f"{done}")


def slow_answers(_):
    """a shop that answers later than it is waited for: the write is looked for, and not repeated"""
    with shop() as s:
        one = plain(s, "A", 1)
        with channel(s, "stock", timeout_ms=700) as c:
            s.fault("POST products/batch", "hang")
            done = c.send((str(one), stock("A", "2")))
            equal((done["results"], s.count("POST products/batch")), (["sent"], 1), f"{done}")
            s.fault("POST products/batch", "late")
            done = c.send((str(one), stock("A", "3")))
            equal((done["status"], done["results"], done["error"]["code"]), ("timeout", ["untried"], "http_timeout"), f"{done}")
            s.release()


def bombs(_):
    """a gzip bomb and an answer without end are bounded and named"""
    with shop() as s:
        one = plain(s, "A", 1)
        with channel(s, "stock") as c:
            for do in ("bomb", "long"):
                s.fault("GET products", do)
                done = c.send((str(one), stock("A", "2")))
                check(done["status"] in ("unreachable", "full"), f"{do}: {done}")
                check(done["error"]["code"] in ("shop_answer", "http_long"), f"{do}: {done}")
            with open(f"/proc/{c.process.pid}/status", encoding="ascii") as file:
                peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
            check(peak < 160 * 1024, f"memory: {peak} KiB")
            equal(c.send((str(one), stock("A", "2")))["results"], ["sent"], "later")


def smaller_batches(_):
    """a shop that takes fewer at once than it should"""
    with shop() as s:
        ids = [plain(s, f"A{i}") for i in range(60)]
        s.batch_limit = 20
        with channel(s, "stock", batch=100) as c:
            done = c.send(*[(str(i), stock(f"A{n}", "7")) for n, i in enumerate(ids)])
            equal((done["status"], set(done["results"])), ("ok", {"sent"}), f"{done}")


def refused_alone(_):
    """of a batch only what is wrong is refused: the answer of each item is its own"""
    with shop() as s:
        ids = [plain(s, f"A{i}") for i in range(5)]
        parent, children = family(s, "P", "S")
        with channel(s, "stock") as c:
            records = [(str(i), stock(f"A{n}", "7")) for n, i in enumerate(ids)]
            records[2] = (str(children[0]), stock("P-S", "7"))  # a variation that is taken for a product
            done = c.send(*records)
            equal(done["results"], ["sent", "sent", "unknown", "sent", "sent"], f"{done}")


# ---- checks and lists ---------------------------------------------------------------------------

def checks_of(c):
    return {t["check"]["code"]: t["check"]["result"] for t in c.call("check")["told"]}


def checks(_):
    """each hop and each right has its check; what hangs on a red one is skipped"""
    with shop() as s:
        with channel(s, "stock") as c:
            equal(set(checks_of(c).values()), {"ok"}, "all is well")
            equal(s.count("POST products/batch"), 1, "the right to write was asked without a change")
        s.keys["ck_read"] = ("cs_read", "read")
        with channel(s, "orders", secrets={"key": "ck_read", "secret": "cs_read"}) as c:
            seen = checks_of(c)
            equal((seen["shop.login"], seen["shop.write"]), ("ok", "fail"), "a key that may only read")
        for secrets, word in (({"key": "ck_x", "secret": "cs_demo"}, "does not know the key"), ({"key": "ck_demo", "secret": "x"}, "secret is wrong"),
                              ({}, "not stored here")):
            with channel(s, "stock", secrets=secrets or {"none": "x"}) as c:
                told = {t["check"]["code"]: t["check"] for t in c.call("check")["told"]}
                equal((told["shop.login"]["result"], told["shop.write"]["result"]), ("fail", "skipped"), f"{secrets}")
                check(word in told["shop.login"]["text"], f"{told['shop.login']}")
        s.permalinks = False
        with channel(s, "stock") as c:
            seen = checks_of(c)
            equal((seen["shop.tls"], seen["shop.rest"], seen["shop.login"]), ("ok", "fail", "skipped"), "plain permalinks")
        s.permalinks, s.plugin_on = True, False
        with channel(s, "stock") as c:
            equal(checks_of(c)["shop.rest"], "fail", "without WooCommerce")
        s.plugin_on, s.version, s.ahead, s.strips = True, "5.6.0", 3600, False
        with channel(s, "orders") as c:
            seen = checks_of(c)
            equal((seen["shop.version"], seen["shop.clock"]), ("warn", "warn"), "old, and an hour off")
        s.strips = True
        with channel(s, "stock") as c:
            equal(checks_of(c)["shop.login"], "fail", "a host that keeps the header from PHP")


def lists(_):
    """statuses, tax classes and categories to choose from, with the shop's names"""
    with shop() as s:
        s.custom_statuses["wyslane"] = "Wysłane"
        with channel(s, "orders") as c:
            rows = {r["id"]: r["name"] for r in c.call("lookup", list="statuses")["rows"]}
            equal((rows["wyslane"], rows["processing"]), ("Wysłane", "W trakcie realizacji"), "statuses")
            equal([r["id"] for r in c.call("lookup", list="tax-classes")["rows"]], ["standard", "reduced-rate", "zero-rate"], "tax classes")
            equal([r["id"] for r in c.call("lookup", list="categories")["rows"]], ["15", "16", "17"], "categories")
            equal(c.call("lookup", list="warehouses")["status"], "not-found", "what it does not have")


def only_encrypted(_):
    """an address without TLS is no address"""
    made = Trying("stock", "woocommerce", {"url": "http://localhost:1"}, SECRETS, "/dev/null")
    try:
        equal((made.opened["status"], made.opened["error"]["status"]), ("invalid", "invalid"), f"{made.opened}")
    finally:
        made.close()


if __name__ == "__main__":
    run_tests([catalogue, catalogue_shifts, stock_goes, stock_is_whole, stock_is_switched_on, stock_of_a_shop_without,
               stock_of_the_parent, stock_edited_by_a_person, gone_from_the_erp, product_deleted, parent_deleted, sku_moved,
               matched_by_ean, two_rows_for_one, prices_go, terms_are_remembered, prices_that_cannot, prices_of_a_product_with_variations,
               terms_that_are_not_said, products_are_made, product_made_and_the_reply_lost, products_that_cannot_be_made,
               products_are_kept, names_that_the_shop_changes, lost_replies, answers_that_lie, asked_to_wait, slow_answers, bombs, smaller_batches,
               refused_alone, checks, lists, only_encrypted])
