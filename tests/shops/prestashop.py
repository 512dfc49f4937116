"""A double of PrestaShop's webservice, as loose and untruthful as the real one (doc/shops.md): the old dialect (1.6, 1.7,
thirty bees) and that of version 8, which knows PATCH. XML both ways, as the channel speaks it.

What it does that one would not think: PUT replaces the whole of a thing and wipes what is not said; a stock row that is put
without id_shop is lost to the shop; references are not unique; products.quantity is always 0; an unknown state of an order is
a 500 without a body; repeating an order history adds one; a POST may answer 500 although the row was made; a date filter needs
date=1; lists have no total."""
import argparse
import base64
import datetime
import json
import os
import re
import sys
import xml.etree.ElementTree as ET
import zoneinfo
from decimal import Decimal, ROUND_HALF_UP

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from shop import Answer, Shop, run  # noqa: E402

KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456"
# Resource: (name of one, its fields with what an absent one becomes)
RESOURCES = {
    "products": ("product", {"id_tax_rules_group": "0", "reference": "", "ean13": "", "price": "0.000000", "active": "0", "state": "0",
                             "id_category_default": "0", "name": {}, "link_rewrite": {}, "associations": {}}),
    "combinations": ("combination", {"id_product": "0", "reference": "", "ean13": "", "price": "0.000000", "minimal_quantity": "1"}),
    "stock_availables": ("stock_available", {"id_product": None, "id_product_attribute": "0", "id_shop": "0", "id_shop_group": "0",
                                             "quantity": "0", "depends_on_stock": "0", "out_of_stock": "2"}),
    "orders": ("order", {}), "order_histories": ("order_history", {"id_order": None, "id_order_state": None}),
    "order_states": ("order_state", {"name": {}}), "addresses": ("address", {}), "customers": ("customer", {}),
    "countries": ("country", {"iso_code": ""}), "currencies": ("currency", {"iso_code": ""}), "languages": ("language", {"iso_code": ""}),
    "tax_rules": ("tax_rule", {}), "taxes": ("tax", {}), "tax_rule_groups": ("tax_rule_group", {}), "carriers": ("carrier", {}),
    "shops": ("shop", {}), "messages": ("message", {}), "categories": ("category", {"name": {}}),
    "configurations": ("configuration", {"name": "", "value": ""}),
}
LINKED = ("id_category_default", "id_tax_rules_group", "id_product", "id_address_invoice", "id_customer")
READ_ONLY = ("manufacturer_name", "quantity", "position_in_category")
ZONE = zoneinfo.ZoneInfo("Europe/Warsaw")


def element(name, value):
    """A dict, a list or a text as the element that the webservice writes."""
    e = ET.Element(name)
    if isinstance(value, dict) and set(value) <= {"1", "2"} and value:
        for language, text in value.items():
            ET.SubElement(e, "language", {"id": language}).text = text
    elif isinstance(value, dict):
        for key, inner in value.items():
            for one in inner if isinstance(inner, list) else [inner]:
                e.append(element(key, one))
    else:
        e.text = "" if value is None else str(value)
        if name in LINKED and e.text:
            e.set("xlink:href", f"https://localhost/api/{name}/{e.text}")
    if name == "categories":
        e.set("nodeType", "category")
        e.set("api", "categories")
    return e


def document(inner):
    root = ET.Element("prestashop", {"xmlns:xlink": "http://www.w3.org/1999/xlink"})
    root.append(inner)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8")


def xml(inner, code=200):
    return Answer(code, document(inner), "text/xml;charset=utf-8")


def fault(code, number, message):
    errors = ET.Element("errors")
    one = ET.SubElement(errors, "error")
    ET.SubElement(one, "code").text = str(number)
    ET.SubElement(one, "message").text = message
    return xml(errors, code)


def texts_of(e):
    """An element as a dict of texts; languages as {id: text}; associations as lists."""
    found = {}
    for child in e:
        if len(child) and child[0].tag == "language":
            found[child.tag] = {l.get("id"): l.text or "" for l in child}
        elif child.tag == "associations":
            found[child.tag] = {kind.tag: {kind[0].tag: [texts_of(one) for one in kind]} for kind in child if len(kind)}
        else:
            found[child.tag] = child.text or ""
    return found


def money(text):
    return str(Decimal(text).quantize(Decimal("0.000001")))


class PrestaShop(Shop):
    def __init__(self, folder, port=0, version="8.2.1", key=KEY):
        self.version, self.key = version, key
        self.tables = {name: {} for name in RESOURCES}
        self.rights = {name: {"GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"} for name in RESOURCES}
        self.on, self.multishop, self.next_id = True, False, 1000
        self.posted_500 = set()      # resources whose next POST answers 500 after the work
        self.tables["currencies"]["1"] = {"iso_code": "PLN", "conversion_rate": "1.000000", "active": "1"}
        self.tables["languages"]["1"] = {"iso_code": "pl", "active": "1"}
        self.tables["carriers"]["1"] = {"name": "Kurier", "deleted": "0"}
        self.tables["countries"]["14"] = {"iso_code": "PL"}
        self.tables["countries"]["1"] = {"iso_code": "DE"}
        self.tables["taxes"].update({"1": {"rate": "23.000"}, "2": {"rate": "8.000"}})
        self.tables["tax_rule_groups"].update({"1": {"name": "PL 23", "active": "1"}, "2": {"name": "PL 8", "active": "1"}})
        self.tables["tax_rules"].update({"1": {"id_tax_rules_group": "1", "id_country": "14", "id_tax": "1"},
                                         "2": {"id_tax_rules_group": "2", "id_country": "14", "id_tax": "2"},
                                         "3": {"id_tax_rules_group": "1", "id_country": "1", "id_tax": "2"}})
        for i, (name, paid) in enumerate((("Oczekiwanie na przelew", "0"), ("Płatność przyjęta", "1"), ("W przygotowaniu", "1"),
                                          ("Wysłane", "1"), ("Dostarczone", "1"), ("Anulowane", "0")), 1):
            self.tables["order_states"][str(i)] = {"name": {"1": name}, "paid": paid, "deleted": "0"}
        super().__init__(folder, port)

    # ---- for the test ---------------------------------------------------------------------------
    def add(self, table, row, identifier=None):
        identifier = str(identifier or self.new_id())
        self.tables[table][identifier] = row
        return identifier

    def new_id(self):
        self.next_id += 1
        return self.next_id

    def add_product(self, reference, quantity="0", price="10.000000", group="1", combinations=(), ean="", identifier=None, name=None):
        p = self.add("products", {"id_tax_rules_group": group, "reference": reference, "ean13": ean, "price": price, "active": "1",
                                  "state": "1", "id_category_default": "2", "name": {"1": name or reference},
                                  "link_rewrite": {"1": "x"}, "manufacturer_name": "false", "quantity": "0", "date_upd": self.local(),
                                  "position_in_category": "3", "associations": {"categories": {"category": [{"id": "2"}, {"id": "9"}]}}},
                     identifier)
        self.add("stock_availables", {"id_product": p, "id_product_attribute": "0", "id_shop": "1", "id_shop_group": "0",
                                      "quantity": quantity, "depends_on_stock": "0", "out_of_stock": "2"})
        made = [p]
        for sku, count, impact in combinations:
            c = self.add("combinations", {"id_product": p, "reference": sku, "ean13": "", "price": impact, "minimal_quantity": "1"})
            self.add("stock_availables", {"id_product": p, "id_product_attribute": c, "id_shop": "1", "id_shop_group": "0",
                                          "quantity": count, "depends_on_stock": "0", "out_of_stock": "2"})
            made.append(c)
        return made if combinations else p

    def local(self, seconds=None):
        """Its own time of day, as it is in Poland; it says no zone."""
        when = datetime.datetime.fromtimestamp(int(self.now() if seconds is None else seconds), ZONE)
        return when.strftime("%Y-%m-%d %H:%M:%S")

    # ---- orders ---------------------------------------------------------------------------------
    def line(self, reference, pieces=1, gross="12.30", rate=23, product="1", combination="0", ean="", name=None):
        net = (Decimal(gross) * 100 / (100 + rate)).quantize(Decimal("0.000001"))
        return {"id": str(self.new_id()), "product_id": product, "product_attribute_id": combination, "product_quantity": str(pieces),
                "product_name": name or reference, "product_reference": reference, "product_ean13": ean,
                "unit_price_tax_incl": money(gross), "unit_price_tax_excl": str(net)}

    def order(self, lines, seconds=100, shipping="0", wrapping="0", discounts="0", total=None, state="2", address=None, delivery=None, **more):
        """An order that was made and changed so many seconds ago; its id."""
        goods = sum((Decimal(r["unit_price_tax_incl"]) * int(r["product_quantity"])).quantize(Decimal("0.01"), ROUND_HALF_UP) for r in lines)
        pays = goods + Decimal(shipping) + Decimal(wrapping) - Decimal(discounts) if total is None else Decimal(total)
        customer = self.add("customers", {"firstname": "Jan", "lastname": "Kowalski", "email": "jan@example.com", "company": ""})
        base = {"firstname": "Jan", "lastname": "Kowalski", "company": "", "vat_number": "", "dni": "", "address1": "Krótka 1", "address2": "",
                "postcode": "00-001", "city": "Warszawa", "phone": "600100200", "phone_mobile": "", "id_country": "14"}
        bill = self.add("addresses", {**base, **(address or {})})
        ship = self.add("addresses", {**base, **delivery}) if delivery else bill
        when = self.local(self.now() - seconds)
        return self.add("orders", {
            "id_address_delivery": ship, "id_address_invoice": bill, "id_currency": "1", "id_customer": customer, "id_carrier": "1",
            "current_state": state, "module": "ps_wirepayment", "payment": "Przelew", "date_add": when, "date_upd": when, "gift_message": "",
            "total_discounts_tax_incl": money(discounts), "total_paid_tax_incl": money(pays), "total_paid_real": money(pays),
            "total_products_wt": money(goods), "total_shipping_tax_incl": money(shipping), "total_wrapping_tax_incl": money(wrapping),
            "reference": "ABCDEF" + str(self.next_id), "associations": {"order_rows": {"order_row": lines}}, **more})

    def touch(self, order, seconds=0, **more):
        """A person or the shop changes the order, so many seconds ago."""
        self.tables["orders"][order].update(more, date_upd=self.local(self.now() - seconds))

    def histories(self, order):
        return [r["id_order_state"] for r in self.tables["order_histories"].values() if r["id_order"] == order]

    def lose(self, product, combination="0"):
        """As a careless PUT does: the row belongs to no shop any more."""
        self.row_of(product, combination).update(id_shop="0", id_shop_group="0")

    def row_of(self, product, combination="0"):
        return next(r for r in self.tables["stock_availables"].values()
                    if (r["id_product"], r["id_product_attribute"]) == (str(product), str(combination)))

    def stock(self, product, combination="0"):
        return self.row_of(product, combination)["quantity"]

    # ---- calls ----------------------------------------------------------------------------------
    def kind(self, request):
        parts = request.path.removeprefix("/api").strip("/").split("/")
        return f"{request.method} {parts[0]}" + ("/{id}" if len(parts) > 1 else "")

    def serve(self, request):
        if not request.path.startswith("/api"):
            return Answer(404, b"<html><body>404</body></html>", "text/html")
        if not self.on:
            return fault(503, 22, "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office")
        given = request.headers.get("Authorization") or ""
        key = base64.b64decode(given[6:] or b"").decode(errors="replace").partition(":")[0] if given.startswith("Basic ") else ""
        if len(key) != 32:
            return fault(401, 18, "Invalid authentication key format")
        if key != self.key:
            return fault(401, 17, "Authentication key does not exist")
        parts = request.path.removeprefix("/api").strip("/").split("/")
        if parts == [""]:
            return self.index()
        if parts[0] not in RESOURCES:
            return fault(400, 21, f"Resource of type \"{parts[0]}\" does not exists.")
        if request.method == "PATCH" and not self.patches():
            return fault(405, 23, "Method PATCH is not valid")
        if request.method not in self.rights[parts[0]]:
            return fault(405, 23, f"Method {request.method} is not allowed for the resource {parts[0]} with this authentication key")
        return getattr(self, "do_" + request.method)(request, parts[0], parts[1] if len(parts) > 1 else None)

    def patches(self):
        return int(self.version.split(".")[0]) >= 8

    def index(self):
        api = ET.Element("api", {"shopName": "Sklep"})
        for name, methods in self.rights.items():
            if methods:
                ET.SubElement(api, name, {m.lower(): "true" if m in methods else "false" for m in ("GET", "PUT", "POST", "DELETE", "HEAD", *(("PATCH",) if self.patches() else ()))})
        return xml(api)

    def do_GET(self, request, resource, identifier):
        one = RESOURCES[resource][0]
        if identifier:
            row = self.tables[resource].get(identifier)
            if row is None or not self.seen(request, resource, row):
                return Answer(404, b"", "text/html") if resource == "orders" else fault(
                    404, 131, f"Id(s) not exists: {identifier}")
            return xml(element(one, {"id": identifier, **row}))
        return self.rows(request, resource, one)

    def rows(self, request, resource, one):
        found = [(i, r) for i, r in self.tables[resource].items() if self.seen(request, resource, r)]
        for name, value in request.pairs:
            match = re.fullmatch(r"filter\[(\w+)\]", name)
            if not match:
                continue
            field = match.group(1)
            if field.startswith("date_") and request.query.get("date") != "1":
                return fault(500, 32, "The filter \"date_upd\" does not exist")
            if field != "id" and not any(field in r for _, r in found) and found and field not in RESOURCES[resource][1]:
                return fault(500, 32, f"The filter \"{field}\" does not exist")
            found = [(i, r) for i, r in found if self.fits(value, i if field == "id" else str(r.get(field, "")))]
        sort = re.fullmatch(r"\[(\w+)_(ASC|DESC)(?:,(\w+)_(ASC|DESC))?\]", request.query.get("sort", "[id_ASC]"))
        fields = [(sort.group(1), sort.group(2))] + ([(sort.group(3), sort.group(4))] if sort.group(3) else [])
        for field, way in fields[::-1]:
            found.sort(key=lambda row: int(row[0]) if field == "id" else str(row[1].get(field, "")), reverse=way == "DESC")
        limit = [int(n) for n in request.query["limit"].split(",")] if "limit" in request.query else [0, 10 ** 9]
        start, count = limit if len(limit) == 2 else (0, limit[0])
        display = request.query.get("display")
        wanted = None if display == "full" else [w for w in (display or "[id]").strip("[]").split(",")]
        out = ET.Element(resource)
        for i, row in found[start:start + count]:
            whole = {"id": i, **row}
            out.append(element(one, whole if wanted is None else {w: whole[w] for w in wanted if w in whole}) if display
                       else ET.Element(one, {"id": i}))
        return xml(out)

    def seen(self, request, resource, row):
        """Rows of stock are a shop's, or of all shops of a group; the others are lost."""
        if resource != "stock_availables":
            return True
        shop = request.query.get("id_shop")
        if row["id_shop"] != "0":
            return shop in (None, row["id_shop"])
        return row["id_shop_group"] != "0"

    @staticmethod
    def fits(rule, value):
        if m := re.fullmatch(r"\[([^\],]*),([^\]]*)\]", rule):
            return m.group(1) <= value <= m.group(2) if not value.isdigit() else int(m.group(1)) <= int(value) <= int(m.group(2))
        if m := re.fullmatch(r"([><])\[([^\]]*)\]", rule):
            a, b = (int(value), int(m.group(2))) if value.isdigit() and m.group(2).isdigit() else (value, m.group(2))
            return a > b if m.group(1) == ">" else a < b
        if m := re.fullmatch(r"\[([^\]]*)\]", rule):
            return PrestaShop.alike(value) in [PrestaShop.alike(one) for one in m.group(1).split("|")]
        return PrestaShop.alike(value) == PrestaShop.alike(rule)

    @staticmethod
    def alike(text):
        """As the shop's database compares texts."""
        return text.rstrip(" ").lower()

    def body(self, request, resource):
        try:
            root = ET.fromstring(request.body)
        except ET.ParseError:
            return None
        return root.find(RESOURCES[resource][0])

    def do_PUT(self, request, resource, identifier):
        return self.change(request, resource, identifier, whole=True)

    def do_PATCH(self, request, resource, identifier):
        return self.change(request, resource, identifier, whole=False)

    def change(self, request, resource, identifier, whole):
        one, defaults = RESOURCES[resource]
        e = self.body(request, resource)
        if e is None:
            return fault(500, 127, "XML error : String could not be parsed as XML")
        given = texts_of(e)
        identifier = given.pop("id", "") or identifier   # the body's id wins
        row = self.tables[resource].get(str(identifier))
        if row is None:
            return fault(404, 131, f"Id(s) not exists: {identifier}")
        for name in READ_ONLY:
            if resource == "products" and name in given:
                return fault(400, 93, f'parameter "{name}" not writable. Please remove this attribute of this XML')
        if refused := self.refuse(resource, given, whole):
            return refused
        if whole:
            kept = {k: row[k] for k in ("date_upd", "manufacturer_name", "position_in_category") if k in row}
            new = {k: (dict(v) if isinstance(v, dict) else v) for k, v in defaults.items() if v is not None}
            new.update(kept)
            if resource == "products":
                new["quantity"] = "0"
            new.update(given)
            row.clear()
            row.update(new)
            if resource == "stock_availables" and "id_shop" not in given:
                row["id_shop"] = "0"       # the row is lost to the shop until it is put right
        else:
            row.update(given)
        if "price" in given:
            row["price"] = money(given["price"])
        if resource == "orders" and "current_state" in given:
            self.add("order_histories", {"id_order": str(identifier), "id_order_state": given["current_state"]})
            row["date_upd"] = self.local()
        if resource in ("products", "combinations"):
            row["date_upd"] = self.local()
        if resource == "stock_availables" and row["id_product_attribute"] != "0":
            self.recount(row["id_product"])
        return xml(element(one, {"id": identifier, **row}))

    @staticmethod
    def refuse(resource, given, whole):
        if resource == "stock_availables":
            if whole and not given.get("id_product"):
                return fault(400, 90, "Validation error: Property StockAvailable->id_product is empty")
            if "quantity" in given and not re.fullmatch(r"-?\d+", given["quantity"]):
                return fault(400, 85, "Validation error: Property StockAvailable->quantity is not valid")
        if "price" in given and not re.fullmatch(r"-?\d+(\.\d+)?", given["price"]):
            return fault(400, 85, f"Validation error: Property price is not valid: {given['price']}")
        if given.get("ean13") and not re.fullmatch(r"\d{1,13}", given["ean13"]):
            return fault(400, 85, f"Validation error: Property ean13 is not valid: {given['ean13']}")
        return None

    def recount(self, product):
        total = sum(int(r["quantity"]) for r in self.tables["stock_availables"].values()
                    if r["id_product"] == product and r["id_product_attribute"] != "0")
        self.row_of(product)["quantity"] = str(total)

    def do_POST(self, request, resource, _):
        one, defaults = RESOURCES[resource]
        e = self.body(request, resource)
        if e is None:
            return fault(500, 127, "XML error : String could not be parsed as XML")
        given = texts_of(e)
        given.pop("id", None)
        if resource == "order_histories":
            order = self.tables["orders"].get(given.get("id_order", ""))
            if order is None or given.get("id_order_state") not in self.tables["order_states"]:
                return Answer(500, b"", "text/html")
            order["current_state"], order["date_upd"] = given["id_order_state"], self.local()
        row = {k: (dict(v) if isinstance(v, dict) else v) for k, v in defaults.items() if v is not None}
        row.update(given)
        if refused := self.refuse(resource, given, False):
            return refused
        if resource == "products":
            row["price"] = money(row["price"])
        identifier = self.add(resource, row)
        if resource == "products":
            row["quantity"], row["manufacturer_name"], row["date_upd"] = "0", "false", self.local()
            self.add("stock_availables", {"id_product": identifier, "id_product_attribute": "0", "id_shop": "1", "id_shop_group": "0",
                                          "quantity": "0", "depends_on_stock": "0", "out_of_stock": "2"})
        if resource in self.posted_500:
            self.posted_500.discard(resource)
            return fault(500, 999, "Uncaught warning")
        return xml(element(one, {"id": identifier, **row}), 201)

    def do_DELETE(self, request, resource, identifier):
        return Answer(200, b"") if self.tables[resource].pop(identifier, None) is not None else Answer(404, b"")

    def do_HEAD(self, request, resource, identifier):
        return Answer(200, b"")

    def control(self, request):
        """POST /-/do: what a seller or a buyer does, {"do": "add_product", "reference": …} or {"do": "order", "reference": …}."""
        if request.path != "/-/do":
            return super().control(request)
        asked = json.loads(request.body)
        what, reference = asked.pop("do"), asked.pop("reference")
        with self.lock:
            if what == "add_product":
                return Answer(200, {"id": self.add_product(reference, **asked)})
            product = next(i for i, r in self.tables["products"].items() if r["reference"] == reference)
            return Answer(200, {"id": self.order([self.line(reference, product=product, **asked)], seconds=0)})


def main():
    parser = argparse.ArgumentParser(description="A double of PrestaShop's webservice on a loopback port.")
    parser.add_argument("folder", help="where the certificate goes")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file")
    parser.add_argument("--stay", action="store_true", help="serve until told to stop, not until the input ends")
    parser.add_argument("--version", default="8.2.1")
    run(lambda a: PrestaShop(a.folder, a.port, a.version), parser.parse_args())


if __name__ == "__main__":
    main()
