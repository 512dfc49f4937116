"""The channel of PrestaShop against its double: stock, prices and products out. Each trap of the shop has its test."""
import contextlib
import os
import shutil
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, run_tests  # noqa: E402
from prestashop import KEY, PrestaShop  # noqa: E402
from trying import Trying  # noqa: E402

VERSIONS = ("1.6.1.24", "8.2.1")  # without PATCH, and with it


@contextlib.contextmanager
def shop(version="8.2.1"):
    folder = tempfile.mkdtemp(prefix="endpoint-test-")
    double = PrestaShop(folder, version=version)
    try:
        yield double
    finally:
        double.close()
        shutil.rmtree(folder)


@contextlib.contextmanager
def channel(double, kind, timeout_ms=None, secrets=None, options=None, **settings):
    environment = {"ENDPOINT_SHOP_TIMEOUT_MS": str(timeout_ms)} if timeout_ms else {}
    made = Trying(kind, "prestashop", {"url": double.url, **settings}, secrets or {"key": KEY}, double.ca, options, environment=environment)
    try:
        equal(made.opened["status"], "ok", f"opened: {made.opened}")
        yield made
    finally:
        made.close()


def stock(sku, available):
    return {"sku": sku, "warehouse": "MAG", "on_hand": available, "available": available}


def price(sku, net="10.00", gross="12.30", currency="PLN"):
    return {"sku": sku, "level": "1", "net": net, "gross": gross, "currency": currency}


def product(sku, name="Młotek", vat="23", ean=None):
    return {"sku": sku, "name": name, "vat_rate": vat, "ean": ean, "eans": [ean] if ean else [], "unit": "szt", "active": True}


def errors(done):
    return [(a.get("error") or {}).get("code") for a in done["answers"]]


def writes(double):
    return sum(double.count(method) for method in ("PUT", "PATCH", "POST"))


def family(double, sku, sizes="SM", price="10.000000"):
    """A product with combinations: its id and theirs."""
    made = double.add_product(sku, price=price, combinations=[(f"{sku}-{s}", "1", "0.000000") for s in sizes])
    return made[0], made[1:]


# ---- catalogue ----------------------------------------------------------------------------------

def catalogue(_):
    """the catalogue has every product and combination once, over pages, with what stands there"""
    with shop() as s:
        for i in range(130):
            s.add_product(f"A{i}", str(i), identifier=i + 1)
        parent, children = family(s, "P", "SML")
        with channel(s, "stock") as c:
            items = c.items()
            equal(len(items), 130 + 1 + 3, "items")
            equal((items["7"]["sku"], items["7"]["value"], items["7"]["obstacle"], items["7"]["name"]), ("A6", "6", None, "A6"), "a product")
            equal((items["1"]["value"]), "0", "trap: a stock of zero is said, too")
            child = items[f"{parent}/{children[1]}"]
            equal((child["sku"], child["value"], child["obstacle"]), ("P-M", "1", None), "a combination")
            equal(items[parent]["obstacle"], "shop_parent", "a product with combinations")
        with channel(s, "prices") as c:
            items = c.items()
            equal((items["7"]["value"], items[parent]["obstacle"]), ("10.00", "shop_variations"), "prices")


def catalogue_shifts(_):
    """products that are deleted while the pages are read make none missing"""
    with shop() as s:
        for i in range(1, 181):
            s.add_product(f"A{i}", identifier=i)
        with channel(s, "stock") as c:
            first = c.call("catalogue", page="")
            for number in range(1, 45):
                del s.tables["products"][str(number)]
            seen, page = {t["item"]["id"] for t in first["told"]}, first["next"]
            while page:
                done = c.call("catalogue", page=page)
                equal(done["status"], "ok", f"{done}")
                seen |= {t["item"]["id"] for t in done["told"]}
                page = done["next"]
            check({str(i) for i in range(45, 181)} <= seen, "all that is still there was seen")


# ---- stock --------------------------------------------------------------------------------------

def stock_goes(_):
    """stock goes in both dialects, to products and combinations, each record has its answer, and what is right is not written"""
    for version in VERSIONS:
        with shop(version) as s:
            ids = [s.add_product(f"A{i}") for i in range(60)]
            parent, children = family(s, "P")
            records = [(i, stock(f"A{n}", "7")) for n, i in enumerate(ids)] + [(f"{parent}/{c}", stock(f"P-{n}", "5")) for c, n in zip(children, "SM")]
            with channel(s, "stock") as c:
                done = c.send(*records)
                equal((done["status"], set(done["results"])), ("ok", {"sent"}), f"{version}: {done}")
                equal({s.stock(i) for i in ids}, {"7"}, "products")
                equal([s.stock(parent, k) for k in children], ["5", "5"], "combinations")
                equal(s.stock(parent), "10", "trap: the shop adds its combinations up itself")
                s.forget()
                equal(set(c.send(*records)["results"]), {"same"}, "again")
                equal(writes(s), 0, "no write")


def the_dialect_is_found_out_once(_):
    """trap: a shop without PATCH answers 405 code 23: asked once, then everything is put whole"""
    for version, asked, put in (("1.6.1.24", 1, 3), ("8.2.1", 3, 0)):
        with shop(version) as s:
            ids = [s.add_product(f"A{i}") for i in range(3)]
            with channel(s, "stock") as c:
                equal(set(c.send(*[(i, stock(f"A{n}", "7")) for n, i in enumerate(ids)])["results"]), {"sent"}, "sent")
            equal((s.count("PATCH stock_availables/{id}"), s.count("PUT stock_availables/{id}")), (asked, put), version)
    for dialect, version, result in (("put", "8.2.1", ["sent"]), ("patch", "1.6.1.24", ["untried"])):
        with shop(version) as s:
            one = s.add_product("A")
            with channel(s, "stock", dialect=dialect) as c:
                done = c.send((one, stock("A", "7")))
                equal(done["results"], result, f"{dialect}: {done}")
                equal((s.count("PATCH"), s.count("PUT")), (0, 1) if dialect == "put" else (1, 0), dialect)


def the_id_in_the_body_counts(_):
    """trap: the id in a body wins over the one in the address, so both are there and the same; a body is XML"""
    for version in VERSIONS:
        with shop(version) as s:
            one, (parent, children) = s.add_product("A"), family(s, "P")
            for kind, make in (("stock", stock), ("prices", price)):
                with channel(s, kind) as c:
                    done = c.send((one, make("A", "7")), (f"{parent}/{children[0]}", make("P-S", "8")))
                    equal(done["results"], ["sent", "sent"], f"{done}")
            changes = [r for k, r in s.calls if k.startswith(("PUT", "PATCH"))]
            check(len(changes) >= 4, f"{version}: {len(changes)}")
            for request in changes:
                root = ET.fromstring(request.body)
                equal((root.tag, root[0].findtext("id"), request.content_type), ("prestashop", request.path.split("/")[-1], "text/xml"), request.target)


def put_keeps_the_row(_):
    """trap: a row of stock put without its shop is lost; it is put back as it was read, with its shop, group and the rest"""
    with shop("1.7.8.11") as s:
        one, shared = s.add_product("A"), s.add_product("B")
        s.row_of(one).update(out_of_stock="1", depends_on_stock="0", location="R3")
        s.row_of(shared).update(id_shop="0", id_shop_group="4")
        before = dict(s.row_of(one)), dict(s.row_of(shared))
        with channel(s, "stock") as c:
            equal(c.send((one, stock("A", "7")), (shared, stock("B", "8")))["results"], ["sent", "sent"], "sent")
        equal((s.row_of(one), s.row_of(shared)), ({**before[0], "quantity": "7"}, {**before[1], "quantity": "8"}), "all else as it was")


def a_lost_row_is_said(_):
    """a product whose row of stock somebody lost is held with what to do, and goes when that is mended"""
    with shop() as s:
        one, two = s.add_product("A"), s.add_product("B")
        s.lose(one)
        with channel(s, "stock") as c:
            equal(c.items()[one]["obstacle"], "shop_stock_off", "the catalogue says it")
            done = c.send((one, stock("A", "7")), (two, stock("B", "8")))
            equal((done["results"], errors(done)), (["refused", "sent"], ["shop_stock_off", None]), f"{done}")
            s.row_of(one)["id_shop"] = "1"
            equal(c.send((one, stock("A", "7")))["results"], ["sent"], "mended")


def several_shops(_):
    """of an installation with several shops the stock of the one that is set is written; without saying, none"""
    for version in VERSIONS:
        with shop(version) as s:
            one = s.add_product("A", "1")
            s.add("stock_availables", {**s.row_of(one), "id_shop": "2", "quantity": "2"})
            of = lambda shop: next(r["quantity"] for r in s.tables["stock_availables"].values() if r["id_shop"] == shop)  # noqa: E731
            with channel(s, "stock") as c:
                done = c.send((one, stock("A", "7")))
                equal((done["results"], errors(done)), (["refused"], ["shop_settings"]), f"{done}")
            with channel(s, "stock", id_shop=2) as c:
                equal(c.items()[one]["value"], "2", "its own")
                equal(c.send((one, stock("A", "7")))["results"], ["sent"], "sent")
                check(c.call("account")["account"].endswith("#2"), "its orders are its own")
            equal((of("1"), of("2")), ("1", "7"), "the other shop's is as it was")


def stock_is_whole(_):
    """trap: 2.5 and 2,5 are refused by the shop: rounded down, below zero too; nonsense is refused, not sent"""
    with shop() as s:
        ids = [s.add_product(f"A{i}", "99") for i in range(7)]
        with channel(s, "stock") as c:
            values = ["2.999", "-0.5", "-3", "99999999999", "x", "0.0", "2,5"]
            done = c.send(*[(i, stock(f"A{n}", v)) for n, (i, v) in enumerate(zip(ids, values))])
            equal(done["results"], ["sent", "sent", "sent", "refused", "refused", "sent", "refused"], f"{done}")
            equal([s.stock(i) for i in ids], ["2", "-1", "-3", "99", "99", "0", "99"], "there")


def stock_of_the_parent(_):
    """trap: a direct write to a product with combinations is taken and contradicts their sum, so it is not done"""
    with shop() as s:
        parent, children = family(s, "P")
        with channel(s, "stock") as c:
            done = c.send((parent, stock("P", "50")), (f"{parent}/{children[0]}", stock("P-S", "4")))
            equal((done["results"], errors(done)), (["refused", "sent"], ["shop_parent", None]), f"{done}")
            equal(s.stock(parent), "5", "the sum")


def gone_from_the_erp(_):
    """what the ERP does not have any more has no stock; its price stays"""
    with shop() as s:
        one = s.add_product("A", "5")
        with channel(s, "stock") as c:
            equal(c.send((one, {}, {"op": "delete", "data": None}))["results"], ["sent"], "sent")
            equal(s.stock(one), "0", "nothing to sell")
        with channel(s, "prices") as c:
            equal(c.send((one, {}, {"op": "delete", "data": None}))["results"], ["same"], "nothing to do")


# ---- which product ------------------------------------------------------------------------------

def which_product(_):
    """deleted products and combinations, and references that moved, are unknown; the others go"""
    with shop() as s:
        ids = [s.add_product(f"A{i}", "1") for i in range(3)]
        parent, children = family(s, "P")
        del s.tables["products"][ids[0]]
        del s.tables["combinations"][children[0]]
        s.tables["products"][ids[1]]["reference"] = "ELSE"
        with channel(s, "stock") as c:
            done = c.send((ids[0], stock("A0", "4")), (ids[1], stock("A1", "4")), (ids[2], stock("a2 ", "4")),
                          (f"{parent}/{children[0]}", stock("P-S", "4")), (f"{parent}/{children[1]}", stock("P-M", "4")))
            equal(done["results"], ["unknown", "unknown", "sent", "unknown", "sent"], f"{done}")
            equal(s.stock(ids[1]), "1", "not written")
        s.tables["products"][ids[2]]["ean13"] = "5901234123457"
        with channel(s, "stock", match_in_shop="ean") as c:
            equal(c.send((ids[2], stock("5901234123457", "6")))["results"], ["sent"], "by EAN")
            equal(c.send((ids[2], stock("5901234123464", "7")))["results"], ["unknown"], "another one")


def two_rows_for_one(_):
    """two warehouses that want two stocks of one product: neither is written, both are named"""
    with shop() as s:
        one = s.add_product("A", "1")
        with channel(s, "stock") as c:
            done = c.send((one, stock("A", "3"), {"key": "1/MAG"}), (one, stock("A", "5"), {"key": "1/SKL"}))
            equal((done["results"], errors(done), s.stock(one)), (["refused", "refused"], ["shop_twice", "shop_twice"], "1"), f"{done}")


# ---- prices -------------------------------------------------------------------------------------

def prices_go(_):
    """net prices of up to six digits; a combination gets what it costs more or less than its product"""
    for version in VERSIONS:
        with shop(version) as s:
            one, two = s.add_product("A"), s.add_product("B")
            parent, children = family(s, "P", price="10.000000")
            with channel(s, "prices") as c:
                done = c.send((one, price("A", "81.300813")), (two, price("B", "5")), (f"{parent}/{children[0]}", price("P-S", "12.5")),
                              (f"{parent}/{children[1]}", price("P-M", "8.00")))
                equal(done["results"], ["sent"] * 4, f"{version}: {done}")
                equal([s.tables["products"][i]["price"] for i in (one, two, parent)], ["81.300813", "5.000000", "10.000000"], "products")
                equal([s.tables["combinations"][i]["price"] for i in children], ["2.500000", "-2.000000"], "impacts")
                equal([a["value"] for a in done["answers"]], ["81.300813", "5.00", "12.50", "8.00"], "values")
                s.forget()
                equal(c.send((f"{parent}/{children[0]}", price("P-S", "12.50")), (two, price("B", "5.000")))["results"], ["same", "same"], "again")
                equal(writes(s), 0, "no write")


def a_price_wipes_nothing(_):
    """trap: a PUT of id and price answers 200 and wipes name, reference, tax group, active and category: all of it stays"""
    for version in VERSIONS:
        with shop(version) as s:
            one = s.add_product("A", ean="5901234123457", name="Nóż <b> & widelec")
            parent, children = family(s, "P")
            s.tables["products"][one].update(description={"1": "<p>Opis &amp; reszta</p>", "2": "<p>Text</p>"}, width="1.5")
            s.tables["combinations"][children[0]].update(minimal_quantity="3")
            before = {k: v for k, v in s.tables["products"][one].items() if k not in ("price", "date_upd")}
            with channel(s, "prices") as c:
                done = c.send((one, price("A", "3.21")), (f"{parent}/{children[0]}", price("P-S", "11")))
                equal(done["results"], ["sent", "sent"], f"{version}: {done}")
            after = s.tables["products"][one]
            equal(after["price"], "3.210000", "price")
            equal({k: v for k, v in after.items() if k not in ("price", "date_upd")}, before, f"{version}: all else as it was")
            equal(s.tables["combinations"][children[0]]["minimal_quantity"], "3", "of a combination, too")


def prices_that_cannot(_):
    """trap: the shop refuses 12,34; a price of nothing, of seven digits, of another currency or gross only is held and not sent"""
    with shop() as s:
        one = s.add_product("A")
        with channel(s, "prices") as c:
            for bad in (price("A", "0.00"), price("A", "-1"), price("A", "1.0000005"), price("A", currency="EUR"), price("A", None), price("A", "12,34")):
                done = c.send((one, bad))
                equal((done["results"], errors(done)), (["refused"], ["shop_price"]), f"{bad}: {done}")
            equal(writes(s), 0, "nothing was sent")
            s.add("currencies", {"iso_code": "EUR", "active": "1"})
        with channel(s, "prices") as c:
            equal(c.send((one, price("A", "2", currency="EUR")))["results"], ["sent"], "two currencies, and nobody says which one is the shop's")
        s.add("configurations", {"name": "PS_CURRENCY_DEFAULT", "value": "1"})
        with channel(s, "prices") as c:
            equal(errors(c.send((one, price("A", "3", currency="EUR")))), ["shop_price"], "now it is said")


# ---- products -----------------------------------------------------------------------------------

def products_are_made(_):
    """a product that the shop does not have is made once, hidden from no list, inactive, with its tax group; off by default"""
    with shop() as s:
        s.tables["languages"]["2"] = {"iso_code": "en", "active": "1"}
        with channel(s, "products") as c:
            equal(c.send((None, product("NEW")))["results"], ["unknown"], "off by default")
        with channel(s, "products", create="inactive", tax_groups={"23": "1"}) as c:
            done = c.send((None, product("NEW", "Łyżka 5 kg", ean="5901234123457")), (None, product("EIGHT", vat="8")), (None, product("a|b")))
            equal((done["results"], errors(done)[1:]), (["sent", "refused", "refused"], ["shop_tax_class", "shop_sku"]), f"{done}")
            made = s.tables["products"][done["answers"][0]["item"]]
            equal((made["reference"], made["ean13"], made["id_tax_rules_group"], made["active"]), ("NEW", "5901234123457", "1", "0"), "made")
            equal(made["state"], "1", "trap: without a state of 1 it is hidden")
            equal((made["name"], made["link_rewrite"]), ({"1": "Łyżka 5 kg", "2": "Łyżka 5 kg"}, {"1": "lyzka-5-kg", "2": "lyzka-5-kg"}), "in each language")
            equal(c.send((None, product("new ")))["answers"][0]["item"], done["answers"][0]["item"], "found, whatever its case")
            equal(len(s.tables["products"]), 1, "made once")


def references_are_not_unique(_):
    """trap: the shop takes a reference twice: it is looked for before, among combinations too, and nobody guesses"""
    with shop() as s:
        s.add_product("TWICE"), s.add_product("TWICE")
        parent, children = family(s, "P")
        with channel(s, "products", create="inactive", tax_groups={"23": "1"}) as c:
            done = c.send((None, product("TWICE")), (None, product("P-S")))
            equal((done["results"], errors(done)[0]), (["ambiguous", "sent"], "shop_ambiguous"), f"{done}")
            equal(done["answers"][1]["item"], f"{parent}/{children[0]}", "a combination")
            equal(s.count("POST"), 0, "none was made")


def made_although_it_says_500(_):
    """trap: a POST answers 500 and the row is there: it is looked for before anything is repeated; so is a lost reply"""
    with shop() as s:
        with channel(s, "products", create="inactive", tax_groups={"23": "1"}) as c:
            s.posted_500.add("products")
            equal(c.send((None, product("A")))["results"], ["sent"], "500")
            for sku, fault in (("B", "lose"), ("C", "done-502"), ("D", "cut")):
                s.fault("POST products", fault)
                equal(c.send((None, product(sku)))["results"], ["sent"], fault)
            s.fault("POST products", "500")
            done = c.send((None, product("E")))
            equal((done["results"], errors(done)), (["later"], ["shop_error"]), f"a fault without a row: {done}")
            check(done["answers"][0]["again_ms"] > 0, "and when")
            equal(c.send((None, product("E")))["results"], ["sent"], "later")
            equal(sorted(p["reference"] for p in s.tables["products"].values()), ["A", "B", "C", "D", "E"], "each once")


def products_are_kept(_):
    """names and EANs are changed only where that is wanted, the other languages stay, and a combination has no name"""
    for version in VERSIONS:
        with shop(version) as s:
            one = s.add_product("A", name="Stara")
            s.tables["products"][one]["name"] = {"1": "Stara", "2": "Old"}
            parent, children = family(s, "P")
            child = f"{parent}/{children[0]}"
            with channel(s, "products") as c:
                equal(c.send((one, product("A", "Nowa")))["results"], ["same"], "nothing is kept by default")
            with channel(s, "products", update=["name", "ean"], language="1") as c:
                equal(c.call("express", record={"data": product("A", "Stara"), "item": one})["value"], c.items()[one]["value"], "one form")
                done = c.send((one, product("A", "Nowa & <lepsza>", ean="5901234123457")), (child, product("P-S", "X", ean="5901234123464")))
                equal(done["results"], ["sent", "sent"], f"{version}: {done}")
                row = s.tables["products"][one]
                equal((row["name"], row["ean13"], row["id_tax_rules_group"]), ({"1": "Nowa & <lepsza>", "2": "Old"}, "5901234123457", "1"), "there")
                equal(s.tables["combinations"][children[0]]["ean13"], "5901234123464", "combination")
                done = c.send((one, product("A", "Nowa", ean="59-bad")))
                equal((done["results"], errors(done)), (["refused"], ["shop_refused"]), f"the shop's words: {done}")
                check("ean13 is not valid" in done["answers"][0]["error"]["text"], f"{done}")


# ---- a bad day ----------------------------------------------------------------------------------

def lost_replies(_):
    """a lost reply to each kind of write: what was written counts as sent and is not written again; what was not goes later"""
    for version, method in zip(VERSIONS, ("PUT", "PATCH")):
        with shop(version) as s:
            one = s.add_product("A", "1", price="1.000000")
            parent, children = family(s, "P")
            child = f"{parent}/{children[0]}"
            cases = [("stock", one, "A", "stock_availables", stock), ("stock", child, "P-S", "stock_availables", stock),
                     ("prices", one, "A", "products", price), ("prices", child, "P-S", "combinations", price)]
            for n, (kind, item, sku, resource, make) in enumerate(cases, 20):
                with channel(s, kind, dialect=method.lower()) as c:
                    equal(c.send((item, make(sku, "3")))["results"], ["sent"], "what is not writable is known")
                    s.forget()
                    s.fault(f"{method} {resource}/{{id}}", "lose")
                    done = c.send((item, make(sku, str(n))))
                    equal((done["results"], s.count(f"{method} {resource}/{{id}}")), (["sent"], 1), f"{version} {kind} {item}: {done}")
                    s.fault(f"{method} {resource}/{{id}}", "refuse")
                    done = c.send((item, make(sku, str(n + 50))))
                    equal((done["status"], done["results"]), ("unreachable", ["untried"]), f"not done: {done}")
                    equal(c.send((item, make(sku, str(n + 50))))["results"], ["sent"], "then it goes")


def one_fault_stops_nobody(_):
    """a 500 over one product: the others go, that one waits and goes later"""
    with shop() as s:
        ids = [s.add_product(f"A{i}") for i in range(4)]
        with channel(s, "stock") as c:
            s.fault("PATCH stock_availables/{id}", "500", at=2)
            done = c.send(*[(i, stock(f"A{n}", "7")) for n, i in enumerate(ids)])
            equal((done["status"], done["results"]), ("ok", ["sent", "later", "sent", "sent"]), f"{done}")
            equal(c.send((ids[1], stock("A1", "7")))["results"], ["sent"], "later")


def answers_that_lie(_):
    """pages instead of XML, warnings before it, cut and empty answers: nothing counts as sent that was not seen"""
    with shop() as s:
        one = s.add_product("A")
        with channel(s, "stock") as c:
            for quantity, do in enumerate(("html", "empty", "cut", "502", "hang"), 10):
                if do == "hang":
                    continue
                s.fault("PATCH stock_availables/{id}", do)
                s.fault("GET products", "502", at=2)
                done = c.send((one, stock("A", str(quantity))))
                check(done["status"] != "ok" and done["results"] == ["untried"], f"{do}: {done}")
                check(c.send((one, stock("A", str(quantity))))["results"][0] in ("sent", "same"), f"{do}: later")
            for quantity, do in enumerate(("bom", "warning"), 20):
                s.fault("PATCH stock_availables/{id}", do)
                s.fault("GET products", do)
                equal(c.send((one, stock("A", str(quantity))))["results"], ["sent"], do)
            s.fault("GET products", "html")
            done = c.send((one, stock("A", "30")))
            equal((done["status"], done["error"]["code"]), ("unreachable", "shop_answer"), f"{done}")


def asked_to_wait(_):
    """503 with Retry-After and 429 are told with how long; a slow shop's write is looked for, and not repeated"""
    with shop() as s:
        one = s.add_product("A")
        with channel(s, "stock", timeout_ms=700) as c:
            s.fault("GET products", "503", retry_after=600)
            done = c.send((one, stock("A", "2")))
            equal((done["status"], done["retry_after_ms"], done["results"]), ("busy", 600000, ["untried"]), f"{done}")
            s.fault("PATCH stock_availables/{id}", "429", retry_after=7)
            done = c.send((one, stock("A", "2")))
            equal((done["status"], done["retry_after_ms"]), ("busy", 7000), f"{done}")
            s.forget()
            s.fault("PATCH stock_availables/{id}", "hang")
            done = c.send((one, stock("A", "3")))
            equal((done["results"], s.count("PATCH stock_availables/{id}")), (["sent"], 1), f"{done}")
            s.release()


def bombs(_):
    """a gzip bomb and an answer without end are bounded and named"""
    with shop() as s:
        one = s.add_product("A")
        with channel(s, "stock") as c:
            for do in ("bomb", "long"):
                s.fault("GET products", do)
                done = c.send((one, stock("A", "2")))
                check(done["status"] in ("unreachable", "full"), f"{do}: {done}")
                check(done["error"]["code"] in ("shop_answer", "http_long"), f"{do}: {done}")
            with open(f"/proc/{c.process.pid}/status", encoding="ascii") as file:
                peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
            check(peak < 160 * 1024, f"memory: {peak} KiB")
            equal(c.send((one, stock("A", "2")))["results"], ["sent"], "later")


# ---- checks and lists ---------------------------------------------------------------------------

def checks_of(c):
    return {t["check"]["code"]: t["check"] for t in c.call("check")["told"]}


def results_of(c):
    return {code: row["result"] for code, row in checks_of(c).items()}


def checks(_):
    """each hop and each right has its check, without a write; what hangs on a red one is skipped"""
    with shop() as s:
        for kind in ("stock", "prices", "products"):
            with channel(s, kind, **({"create": "inactive", "update": ["name"]} if kind == "products" else {})) as c:
                equal(set(results_of(c).values()), {"ok"}, f"{kind}: all is well")
        equal(writes(s), 0, "nothing was written")
        s.rights["stock_availables"] = {"GET"}
        s.rights["combinations"] = set()
        with channel(s, "stock") as c:
            told = checks_of(c)["shop.write"]
            equal(told["result"], "fail", "rights")
            check("PUT stock_availables" in told["text"] and "GET combinations" in told["text"], f"{told}")
            done = c.send((s.add_product("A"), stock("A", "1")))
            equal((done["status"], done["error"]["code"]), ("denied", "shop_denied"), f"405 is a matter of rights: {done}")
        s.rights["stock_availables"], s.rights["combinations"] = {"GET", "PATCH"}, {"GET"}
        with channel(s, "stock") as c:
            equal(results_of(c)["shop.write"], "ok", "PATCH does where the shop has it")
        with channel(s, "stock", dialect="put") as c:
            equal(results_of(c)["shop.write"], "fail", "but not for PUT")
        for secrets, word in (({"key": "x" * 32}, "does not take the key"), ({"key": "short"}, "does not take the key"), ({"none": "x"}, "not stored here")):
            with channel(s, "stock", secrets=secrets) as c:
                told = checks_of(c)
                equal((told["shop.rest"]["result"], told["shop.login"]["result"], told["shop.write"]["result"]), ("ok", "fail", "skipped"), f"{secrets}")
                check(word in told["shop.login"]["text"], f"{told['shop.login']}")
        s.on = False
        with channel(s, "stock") as c:
            told = checks_of(c)
            equal((told["shop.tls"]["result"], told["shop.rest"]["result"], told["shop.login"]["result"]), ("ok", "fail", "skipped"), "off")
            check("webservice is off" in told["shop.rest"]["text"], f"{told['shop.rest']}")
        s.on, s.ahead = True, 3600
        with channel(s, "stock") as c:
            equal(results_of(c)["shop.clock"], "warn", "an hour off")
    with shop() as s:
        with channel(s, "stock", url=s.url + "/elsewhere") as c:
            equal(results_of(c)["shop.rest"], "fail", "another path")


def lists(_):
    """statuses, tax groups, categories and languages to choose from, with the shop's names"""
    with shop() as s:
        s.tables["order_states"]["3"]["deleted"] = "1"
        s.tables["categories"]["2"] = {"name": {"1": "Główna"}}
        with channel(s, "products") as c:
            rows = {r["id"]: r["name"] for r in c.call("lookup", list="statuses")["rows"]}
            equal((rows["4"], "3" in rows), ("Wysłane", False), "statuses")
            equal([r["name"] for r in c.call("lookup", list="tax-classes")["rows"]], ["PL 23", "PL 8"], "tax groups")
            equal(c.call("lookup", list="categories")["rows"], [{"id": "2", "name": "Główna"}], "categories")
            equal([r["id"] for r in c.call("lookup", list="languages")["rows"]], ["1"], "languages")
            equal(c.call("lookup", list="warehouses")["status"], "not-found", "what it does not have")


if __name__ == "__main__":
    run_tests([catalogue, catalogue_shifts, stock_goes, the_dialect_is_found_out_once, the_id_in_the_body_counts, put_keeps_the_row, a_lost_row_is_said, several_shops,
               stock_is_whole, stock_of_the_parent, gone_from_the_erp, which_product, two_rows_for_one, prices_go, a_price_wipes_nothing,
               prices_that_cannot, products_are_made, references_are_not_unique, made_although_it_says_500, products_are_kept, lost_replies,
               one_fault_stops_nobody, answers_that_lie, asked_to_wait, bombs, checks, lists])
