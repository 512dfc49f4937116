#!/usr/bin/env python3
"""What the seller and the buyers of the demo's shop do and see, over the shop's own API or in its files.

    demo-shop.py SHOP ADDRESS CA WORD …      SHOP: woocommerce, baselinker, prestashop or file (ADDRESS: a directory)

    fill              make the products whose lines "symbol<tab>name" are on standard input
    count             how many products there are, how many of them with a stock and with a price
    look              the same, asked in a way that a shop with a limit of calls does not count
    stock SYMBOL      the stock that it shows
    price SYMBOL      the price that it shows
    lose SYMBOL       remove the product
    make SYMBOL       make it again
    order ID SYMBOL   order one piece; prints the order's number
    order-state ID    its status and, behind a tab, the document's number, as the shop shows them
"""
import base64
import csv
import datetime
import json
import os
import ssl
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree

TOKEN = "1-23-ABCDEFGH"  # the double's own
STATUSES = {8069: "Nowe zamówienia", 8070: "Do wysłania"}


def ask(address, ca, method="GET", body=None, headers=()):
    context = ssl.create_default_context(cafile=ca)
    request = urllib.request.Request(address, body, dict(headers), method=method)
    with urllib.request.urlopen(request, context=context, timeout=60) as answer:
        return json.load(answer), answer.headers


class WooCommerce:
    def __init__(self, address, ca):
        self.address, self.ca = address, ca

    def call(self, path, method="GET", body=None, **query):
        headers = {"Authorization": "Basic " + base64.b64encode(b"ck_demo:cs_demo").decode(), "Content-Type": "application/json"}
        text = f"{self.address}/wp-json/wc/v3/{path}" + ("?" + urllib.parse.urlencode(query) if query else "")
        return ask(text, self.ca, method, None if body is None else json.dumps(body).encode(), headers)

    def products(self):
        page, pages, found = 1, 1, []
        while page <= pages:
            rows, headers = self.call("products", per_page=100, page=page, orderby="id", order="asc",
                                      _fields="id,sku,regular_price,manage_stock,stock_quantity")
            pages, page = int(headers["X-WP-TotalPages"]), page + 1
            found += rows
        return found

    def count(self):
        rows = self.products()
        return len(rows), sum(r["manage_stock"] is True for r in rows), sum(bool(r["regular_price"]) for r in rows)

    look = count

    def product(self, symbol):
        return self.call("products", sku=symbol)[0][0]

    def stock(self, symbol):
        return self.product(symbol)["stock_quantity"]

    def price(self, symbol):
        return self.product(symbol)["regular_price"]

    def lose(self, symbol):
        self.call(f"products/{self.product(symbol)['id']}", "DELETE", force="true")

    def make(self, symbol):
        self.call("products", "POST", {"sku": symbol, "name": symbol, "type": "simple", "status": "publish"})

    def order(self, _, symbol):
        lines = [{"product_id": self.product(symbol)["id"], "quantity": 1}]
        return self.call("orders", "POST", {"status": "processing", "line_items": lines})[0]["id"]

    def order_state(self, number):
        order, _ = self.call(f"orders/{number}")
        return order["status"], next((m["value"] for m in order["meta_data"] if m["key"] == "_endpoint_document"), "")


class BaseLinker:
    """Buyers' and sellers' deeds are not in its API, and looking often would use up its calls: for those the double has a
    way of its own."""

    def __init__(self, address, ca):
        self.address, self.ca = address, ca

    def do(self, what, **more):
        return ask(self.address + "/control", self.ca, "POST", json.dumps({"do": what, **more}).encode())[0]

    def call(self, method, **parameters):
        body = urllib.parse.urlencode({"method": method, "parameters": json.dumps(parameters)}).encode()
        answer, _ = ask(self.address + "/connector.php", self.ca, "POST", body, {"X-BLToken": TOKEN})
        if answer["status"] != "SUCCESS":
            raise SystemExit(f"{method}: {answer}")
        return answer

    def fill(self, rows):
        for symbol, name in rows:
            self.do("add_product", sku=symbol, name=name)

    def count(self):
        page, found = 1, []
        while True:
            rows = self.call("getInventoryProductsList", inventory_id=307, page=page)["products"] or {}
            found += rows.values()
            if len(rows) < 1000:
                return self.counted(found)
            page += 1

    @staticmethod
    def counted(rows):
        return len(rows), sum("bl_206" in (p["stock"] or {}) for p in rows), sum("105" in (p["prices"] or {}) for p in rows)

    def look(self):
        return self.counted(self.do("products")["products"].values())

    def product(self, symbol):
        return next((i, p) for i, p in self.do("products")["products"].items() if p["sku"] == symbol)

    def stock(self, symbol):
        return self.product(symbol)[1]["stock"].get("bl_206")

    def price(self, symbol):
        return self.product(symbol)[1]["prices"].get("105")

    def lose(self, symbol):
        self.do("remove_product", id=self.product(symbol)[0])

    def make(self, symbol):
        self.do("add_product", sku=symbol)

    def order(self, _, symbol):
        return self.do("add_order", delivery_price=0, lines=[{"sku": symbol, "name": symbol, "price_brutto": 19.99,
                                                              "quantity": 1}])["result"]

    def order_state(self, number):
        order = self.do("orders")["orders"][number]
        return STATUSES[order["order_status_id"]], order["extra_field_1"]


class PrestaShop:
    """Its products begin with a stock that the ERP has nowhere and without a price, so that one sees which were written."""
    UNSET, STATES = ("-77777", "0.000000"), {"2": "Płatność przyjęta", "3": "W przygotowaniu"}

    def __init__(self, address, ca):
        self.address, self.ca = address, ca

    def do(self, what, **more):
        return ask(self.address + "/-/do", self.ca, "POST", json.dumps({"do": what, **more}).encode())[0]["id"]

    def call(self, path, method="GET", **query):
        headers = {"Authorization": "Basic " + base64.b64encode(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456:").decode()}
        request = urllib.request.Request(f"{self.address}/api/{path}?{urllib.parse.urlencode(query)}", None, headers, method=method)
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.ca), timeout=60) as answer:
            text = answer.read()
        return [{e.tag: e.text or "" for e in row} for row in xml.etree.ElementTree.fromstring(text)[0]] if text else []

    def fill(self, rows):
        for symbol, name in rows:
            self.do("add_product", reference=symbol, name=name, quantity=self.UNSET[0], price=self.UNSET[1])

    def count(self):
        stocks = self.call("stock_availables", display="[quantity]")
        prices = self.call("products", display="[id,price]")
        return (len(prices), sum(r["quantity"] != self.UNSET[0] for r in stocks), sum(r["price"] != self.UNSET[1] for r in prices))

    look = count

    def product(self, symbol):
        return self.call("products", display="[id,price]", **{"filter[reference]": symbol})[0]

    def stock(self, symbol):
        found = self.call("stock_availables", display="[quantity]", **{"filter[id_product]": self.product(symbol)["id"]})
        return None if found[-1]["quantity"] == self.UNSET[0] else found[-1]["quantity"]

    def price(self, symbol):
        return self.product(symbol)["price"]

    def lose(self, symbol):
        self.call("products/" + self.product(symbol)["id"], "DELETE")

    def make(self, symbol):
        self.fill([(symbol, symbol)])

    def order(self, _, symbol):
        return self.do("order", reference=symbol, gross="19.99")

    def order_state(self, number):
        state = self.call("orders", display="[id,current_state]", **{"filter[id]": number})[0]["current_state"]
        return self.STATES[state], "-" if state == "3" else ""


class Files:
    """A shop that reads what lies in a directory."""

    def __init__(self, folder, _):
        self.folder = folder

    def rows(self, stream):
        path = os.path.join(self.folder, stream + ".csv")
        if not os.path.exists(path):
            return []
        with open(path, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file, delimiter=";"))

    def count(self):
        return tuple(len(self.rows(s)) for s in ("products", "stock", "prices"))

    look = count

    def stock(self, symbol):
        return sum(int(float(r["on_hand"])) for r in self.rows("stock") if r["sku"] == symbol)

    def price(self, symbol):
        return next(r["gross"] for r in self.rows("prices") if r["sku"] == symbol)

    def order(self, number, symbol):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        order = {"id": number, "number": f"SKLEP/{number}", "revision": 1, "placed_at": now, "source": "demo", "currency": "PLN",
                 "total_gross": "19.99", "buyer": {"name": "Żaneta Źdźbło", "email": "zaneta@example.com"},
                 "delivery": {"name": "Żaneta Źdźbło", "street": "Długa 5/3", "city": "Kraków", "postcode": "30-001",
                              "country": "PL"},
                 "lines": [{"id": "1", "sku": symbol, "name": symbol, "quantity": "1", "price_gross": "19.99", "vat_rate": "23"}]}
        path = os.path.join(self.folder, "orders", number + ".json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(order, file, ensure_ascii=False, indent=1)
        os.rename(path + ".new", path)
        return number

    def order_state(self, number):
        path = os.path.join(self.folder, "orders", "results", number + ".json")
        if not os.path.exists(path):
            return "", ""
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
        return result["state"], result.get("document") or ""


def main():
    kind, address, ca, word, *rest = sys.argv[1:]
    shop = {"woocommerce": WooCommerce, "baselinker": BaseLinker, "prestashop": PrestaShop, "file": Files}[kind](address, ca)
    if word == "fill":
        rest = [[line.rstrip("\n").split("\t") for line in sys.stdin]]
    answer = getattr(shop, word.replace("-", "_"))(*rest)
    if answer is not None:
        print(*answer if isinstance(answer, tuple) else [answer], sep="\t")


if __name__ == "__main__":
    main()
