#!/usr/bin/env python3
"""A double of BaseLinker's API (connector.php): as loose, limited, slow and untruthful as the real one.

It knows the methods that an endpoint needs, keeps everything in memory and speaks TLS on a free loopback port. What it
does that a naive client trips over:

* POST of a form, `method` and `parameters`; a raw "+" is a blank. Errors come with HTTP 200.
* Scalars are numbers, texts of numbers, texts or booleans as it likes; an empty map is `[]`.
* Lists have pages of 1000; variants are there only when they are asked for; a SKU may stand twice.
* Updates of stock and prices take 1000 products; the status is SUCCESS even when ids failed: `warnings` names those.
* Warehouses of shops and wholesalers, and computed price groups, take nothing.
* addInventoryProduct makes another product each time. getOrders gives 100, by confirmation date; unconfirmed ones only
  when they are asked for. The journal is empty until it is switched on, and forgets after three days.
* 100 calls a minute and token; then the token is blocked until a time without a zone, and who goes on calling gets the
  account blocked. setOrderFields replaces admin_comments and cuts it.

Tests steer it directly (Shop in this process), or over POST /control with {"do": name, …}: see Shop.control.

    baselinker.py --tls DIR --port-file FILE [--token TOKEN] [--products N] [--limit N] [--window SECONDS]
"""
import argparse
import contextlib
import datetime
import email.utils
import itertools
import json
import os
import random
import socket
import ssl
import subprocess
import sys
import threading
import time
import zoneinfo
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

PAGE, ORDERS, UPDATE = 1000, 100, 1000
JOURNAL_SECONDS = 3 * 86400
TOKEN_BLOCK, ACCOUNT_BLOCK = 60, 300
INVENTORY = 307


class Refused(Exception):
    """What the API answers as {"status": "ERROR"}."""

    def __init__(self, code, message):
        super().__init__(code)
        self.code, self.message = code, message


def certificate(folder):
    """A certificate for loopback that is its own authority; paths of it and its key."""
    os.makedirs(folder, exist_ok=True)
    pem, key = os.path.join(folder, "ca.pem"), os.path.join(folder, "server.key")
    if not os.path.exists(pem):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "800", "-subj", "/CN=shop double", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", key, "-out", pem], check=True, capture_output=True)
        os.chmod(key, 0o600)
    return pem, key


def php(value):
    """As PHP's json_encode writes it: an empty map is an empty list."""
    if isinstance(value, dict):
        return {str(k): php(v) for k, v in value.items()} if value else []
    if isinstance(value, (list, tuple)):
        return [php(v) for v in value]
    return value


class Shop:
    """The merchant's account. `lock` guards everything; the methods of the API are the functions api_NAME."""

    def __init__(self, token="1-23-ABCDEFGH", limit=100, window=60.0, seed=7):
        self.lock = threading.RLock()
        self.token, self.limit, self.window = token, limit, window
        self.random = random.Random(seed)
        self.ahead = 0              # seconds by which the shop's clock is ahead of ours
        self.calls, self.log = {}, []   # calls per method; (monotonic, method, parameters) of each
        self.when = []              # monotonic times of the calls that were counted
        self.worst = 0              # most calls in any window
        self.blocked_until = self.account_until = 0.0
        self.suspended = False
        self.over = 0               # calls made while the token was blocked
        self.faults = []            # what goes wrong at which call
        self.token_in_form = 0
        self.products, self.next_product = {}, 1
        self.warehouses = {"bl_206": {"name": "Magazyn główny"}, "bl_207": {"name": "Magazyn zapasowy"},
                           "shop_15": {"name": "Sklep internetowy"}, "warehouse_9": {"name": "Hurtownia"}}
        self.price_groups = {105: {"name": "Detal", "currency": "PLN"}, 106: {"name": "Hurt", "currency": "PLN"},
                             107: {"name": "EUR", "currency": "EUR"},
                             108: {"name": "Detal +10%", "currency": "PLN", "computed": True}}
        self.statuses = {8069: "Nowe zamówienia", 8070: "Do wysłania", 8071: "Wysłane", 8072: "Anulowane"}
        self.extra_fields = {135: {"name": "Numer w ERP", "editor_type": "text"},
                             172: {"name": "Zdjęcie", "editor_type": "file"}}
        self.sources = {"personal": {0: "Osobiście/tel."}, "shop": {15: "Sklep"}, "allegro": {7341: "sprzedawca"},
                        "order_return": {}}
        self.reservations = False
        self.orders, self.next_order = {}, 9000001
        self.journal_on, self.journal, self.next_log = False, [], 456269
        self.automations = []       # (order, status) of each change of status that was told
        self.old_lists = False      # an installation that does not know include_variants

    # ---- what tests do to it --------------------------------------------------------------------

    def now(self):
        return int(time.time() + self.ahead)

    def add_product(self, sku, ean="", name="", stock=None, prices=None, parent=0, tax_rate=23):
        with self.lock:
            number = self.next_product
            self.next_product += 1
            self.products[number] = {"parent_id": parent, "sku": sku, "ean": ean, "name": name or sku,
                                     "stock": dict(stock or {}), "prices": dict(prices or {}), "tax_rate": tax_rate,
                                     "text_fields": {"name": name or sku, "description": "<p>Opis</p>"},
                                     "is_bundle": False}
            return number

    def add_products(self, count, start=1):
        return [self.add_product(f"SKU-{i:06d}", f"590{i:09d}0", f"Towar {i}", {"bl_206": 1}, {105: 10.0})
                for i in range(start, start + count)]

    def add_order(self, lines=None, confirmed=True, at=None, **fields):
        """at: when it was confirmed, seconds since 1970."""
        with self.lock:
            number = fields.pop("order_id", self.next_order)
            self.next_order = max(self.next_order, number) + 1
            at = self.now() if at is None else at
            order = {"order_id": number, "shop_order_id": 0, "external_order_id": "", "order_source": "shop",
                     "order_source_id": 15, "order_source_info": "", "order_status_id": 8069, "confirmed": confirmed,
                     "date_confirmed": at if confirmed else 0, "date_add": at - 60, "date_in_status": at,
                     "user_login": "kowalska", "phone": "600100200", "email": "anna@example.com", "user_comments": "",
                     "admin_comments": "", "currency": "PLN", "payment_method": "Przelew", "payment_method_cod": False,
                     "payment_done": 0, "delivery_method": "Kurier", "delivery_price": 14.99,
                     "delivery_package_module": "", "delivery_package_nr": "", "delivery_fullname": "Anna Kowalska",
                     "delivery_company": "", "delivery_address": "Długa 1/2", "delivery_city": "Łódź",
                     "delivery_state": "", "delivery_postcode": "90-001", "delivery_country": "Polska",
                     "delivery_country_code": "PL", "delivery_point_id": "", "delivery_point_name": "",
                     "delivery_point_address": "", "delivery_point_postcode": "", "delivery_point_city": "",
                     "invoice_fullname": "Anna Kowalska", "invoice_company": "", "invoice_nip": "",
                     "invoice_address": "Długa 1/2", "invoice_city": "Łódź", "invoice_state": "",
                     "invoice_postcode": "90-001", "invoice_country": "Polska", "invoice_country_code": "PL",
                     "want_invoice": False, "extra_field_1": "", "extra_field_2": "", "custom_extra_fields": {},
                     "order_page": "https://orders.example.com/1", "pick_state": 0, "pack_state": 0, "products": []}
            order.update(fields)
            for index, line in enumerate(lines or [{"sku": "SKU-000001", "price_brutto": 19.99, "quantity": 1}]):
                order["products"].append({
                    "storage": "db", "storage_id": 0, "order_product_id": number * 100 + index, "product_id": 1,
                    "variant_id": 0, "name": "Towar", "attributes": "", "sku": "", "ean": "", "location": "",
                    "warehouse_id": 206, "auction_id": "0", "price_brutto": 1, "tax_rate": 23, "quantity": 1, "weight": 0,
                    "bundle_id": 0, **line})
            self.orders[number] = order
            self.note(1, number)
            if confirmed:
                self.note(2, number)
            return number

    def edit_order(self, number, **fields):
        with self.lock:
            self.orders[number].update(fields)
            self.note(16, number)

    def merge(self, into, gone):
        """Two orders become one: the lines of `gone` move, and it is not there any more."""
        with self.lock:
            lost = self.orders.pop(gone)
            self.orders[into]["products"] += lost["products"]
            self.note(5, into, gone)
            self.note(4, gone)

    def split(self, number, line):
        """A line becomes an order of its own, confirmed when the first one was."""
        with self.lock:
            order = self.orders[number]
            moved = order["products"].pop(line)
            new = self.add_order(at=order["date_confirmed"], **{
                k: v for k, v in order.items() if k not in ("order_id", "products", "date_confirmed", "confirmed")})
            self.orders[new]["products"] = [moved]
            self.note(6, number, new)
            return new

    def set_status(self, number, status):
        with self.lock:
            self.orders[number].update(order_status_id=status, date_in_status=self.now())
            self.note(18, number, status)

    def note(self, kind, order, what=0):
        self.journal.append({"id": self.next_log, "order_id": order, "log_type": kind, "object_id": what,
                             "date": self.now()})
        self.next_log += 1

    def misbehave(self, how, method="*", at=1, times=1, **more):
        """At the at-th call of a method from now on, and `times` in a row. how: lost (the work is done, no answer
        comes), gone (no answer, nothing done), html502, html200, cut, slow (seconds), error (code, text), block,
        block-account, empty, notice (a PHP warning before the JSON)."""
        with self.lock:
            self.faults.append({"how": how, "method": method, "at": at, "times": times, **more})

    def block(self, seconds=TOKEN_BLOCK, account=False):
        with self.lock:
            self.blocked_until = time.monotonic() + seconds
            if account:
                self.account_until = time.monotonic() + seconds

    def control(self, asked):
        """{"do": "misbehave" | "calls" | "products" | "orders" | "add_product" | "add_order" | "edit_order" | "merge" |
        "split" | "set_status" | "set_stock" | "remove_product" | "block" | "set", …}"""
        asked = dict(asked)
        what = asked.pop("do")
        with self.lock:
            if what == "calls":
                return {"calls": self.calls, "worst": self.worst, "token_in_form": self.token_in_form}
            if what == "products":
                return {"products": self.products}
            if what == "orders":
                return {"orders": self.orders, "automations": self.automations}
            if what == "set_stock":
                self.products[int(asked["id"])]["stock"][asked["warehouse"]] = asked["value"]
                return {}
            if what == "remove_product":
                self.products.pop(int(asked["id"]))
                return {}
            if what == "set":
                for name, value in asked.items():
                    if name not in ("limit", "window", "ahead", "journal_on", "token", "suspended", "reservations",
                                    "old_lists"):
                        raise KeyError(name)
                    setattr(self, name, value)
                return {}
            if what not in ("misbehave", "add_product", "add_order", "edit_order", "merge", "split", "set_status", "block",
                            "add_products"):
                raise KeyError(what)
            return {"result": getattr(self, what)(**asked)}

    # ---- scalars as PHP programs give them ----------------------------------------------------------

    def loose(self, value):
        """A number as a number or a text; zero also as nothing at all."""
        choice = self.random.randrange(4)
        if isinstance(value, bool):
            return (value, int(value), str(int(value)), value)[choice]
        if isinstance(value, float) and value == int(value) and choice == 0:
            return int(value)
        if isinstance(value, (int, float)):
            return str(value) if choice == 1 else value
        return value

    def order_as_told(self, order, custom):
        told = dict(order)
        for name in ("order_id", "shop_order_id", "order_source_id", "order_status_id", "date_confirmed", "date_add",
                     "date_in_status", "payment_done", "delivery_price", "confirmed"):
            told[name] = self.loose(order[name])
        told["payment_method_cod"] = str(int(bool(order["payment_method_cod"])))
        told["want_invoice"] = str(int(bool(order["want_invoice"])))
        for name in ("delivery_point_id", "invoice_nip", "user_comments"):
            if told[name] == "" and self.random.randrange(3) == 0:
                told[name] = None
        told["products"] = [{**line, "product_id": str(line["product_id"]), "variant_id": str(line["variant_id"]),
                             "price_brutto": self.loose(line["price_brutto"]), "tax_rate": self.loose(line["tax_rate"]),
                             "quantity": self.loose(line["quantity"])} for line in order["products"]]
        if not custom:
            del told["custom_extra_fields"]
        return told

    # ---- limits ---------------------------------------------------------------------------------

    def local(self, monotonic):
        """A time as the block's text has it: local to Warsaw, without saying so."""
        at = time.time() + self.ahead + monotonic - time.monotonic()
        return datetime.datetime.fromtimestamp(at + 1, zoneinfo.ZoneInfo("Europe/Warsaw")).strftime("%Y-%m-%d %H:%M:%S")

    def count(self):
        now = time.monotonic()
        if self.suspended or now < self.account_until:
            raise Refused("ERROR_USER_ACCOUNT_BLOCKED", "User account blocked")
        self.when = [t for t in self.when if t > now - self.window] + [now]
        self.worst = max(self.worst, len(self.when))
        if now >= self.blocked_until and len(self.when) > self.limit:
            self.blocked_until, self.over = now + min(TOKEN_BLOCK, self.window), 0
        if now < self.blocked_until:
            self.over += 1
            if self.over > self.limit // 2:
                self.account_until = now + min(ACCOUNT_BLOCK, 5 * self.window)
            raise Refused("ERROR_BLOCKED_TOKEN",
                          "Query limit exceeded, token blocked until " + self.local(self.blocked_until))

    def fault(self, method):
        """The first fault that is due at this call."""
        due = None
        for fault in list(self.faults):
            if fault["method"] not in ("*", method):
                continue
            fault["at"] -= 1
            if fault["at"] <= 0 and due is None:
                due = fault
                fault["times"] -= 1
                fault["at"] = 1
                if fault["times"] <= 0:
                    self.faults.remove(fault)
        return due

    def call(self, token, method, parameters):
        """The answer's JSON, and the fault that is due."""
        with self.lock:
            self.calls[method] = self.calls.get(method, 0) + 1
            self.log.append((time.monotonic(), method, parameters))
            fault = self.fault(method)
            how = fault["how"] if fault else ""
            try:
                if how == "gone":
                    return {}, fault
                if token != self.token:
                    raise Refused("ERROR_AUTH_TOKEN", "Invalid token")
                if how in ("block", "block-account"):
                    self.block(fault.get("seconds", TOKEN_BLOCK), how == "block-account")
                self.count()
                if how == "error":
                    raise Refused(fault.get("code", "ERROR_UNKNOWN"), fault.get("text", "Something went wrong"))
                function = getattr(self, "api_" + method, None)
                if not function:
                    raise Refused("ERROR_UNKNOWN_METHOD", f"Unknown method {method}")
                try:
                    asked = json.loads(parameters or "{}")
                except ValueError:
                    raise Refused("ERROR_PARAMETERS", "parameters are no JSON") from None
                return php({"status": "SUCCESS", **function(asked if isinstance(asked, dict) else {})}), fault
            except Refused as no:
                return {"status": "ERROR", "error_code": no.code, "error_message": no.message}, fault

    # ---- the catalogue ----------------------------------------------------------------------------

    def api_getInventories(self, _):
        return {"inventories": [{
            "inventory_id": INVENTORY, "name": "Domyślny", "description": "", "languages": ["pl"], "default_language": "pl",
            "price_groups": list(self.price_groups), "default_price_group": 105, "warehouses": list(self.warehouses),
            "default_warehouse": "bl_206", "reservations": self.reservations, "is_default": True}]}

    def api_getInventoryPriceGroups(self, _):
        return {"price_groups": [{"price_group_id": number, "name": g["name"], "description": "", "currency": g["currency"],
                                  "is_default": number == 105} for number, g in self.price_groups.items()]}

    def api_getInventoryWarehouses(self, _):
        rows = []
        for key, warehouse in self.warehouses.items():
            kind, number = key.split("_")
            rows.append({"warehouse_type": kind, "warehouse_id": self.loose(int(number)), "name": warehouse["name"],
                         "description": "", "stock_edition": True, "is_default": key == "bl_206"})
        return {"warehouses": rows}

    @staticmethod
    def inventory(asked):
        if str(asked.get("inventory_id")) != str(INVENTORY):
            raise Refused("ERROR_STORAGE_ID", "Unknown inventory")

    @staticmethod
    def page(rows, asked):
        page = max(1, int(asked.get("page") or 1))
        return list(itertools.islice(rows, (page - 1) * PAGE, page * PAGE))

    def listed(self, asked):
        """The products that filters and include_variants leave."""
        variants = asked.get("include_variants") and not self.old_lists
        wanted = {name: str(asked[f"filter_{name}"]) for name in ("sku", "ean", "id") if asked.get(f"filter_{name}")}
        for number, p in self.products.items(): # they are made in the order of their numbers
            if p["parent_id"] and not variants:
                continue
            if wanted.get("id", str(number)) != str(number):
                continue
            if any(p[name].lower() != wanted.get(name, p[name]).lower() for name in ("sku", "ean")):
                continue
            yield number, p

    def api_getInventoryProductsList(self, asked):
        self.inventory(asked)
        return {"products": {
            number: {"id": self.loose(number), "parent_id": p["parent_id"], "ean": p["ean"], "sku": p["sku"], "asin": "",
                     "name": p["name"], "prices": {k: self.loose(v) for k, v in p["prices"].items()},
                     "stock": {k: self.loose(v) for k, v in p["stock"].items()}}
            for number, p in self.page(self.listed(asked), asked)}}

    def api_getInventoryProductsData(self, asked):
        self.inventory(asked)
        found = {}
        for number in asked.get("products") or []:
            p = self.products.get(int(number))
            if p:
                found[int(number)] = {
                    "is_bundle": p["is_bundle"], "ean": p["ean"], "sku": p["sku"], "tags": [],
                    "tax_rate": self.loose(p["tax_rate"]), "weight": self.loose(0.25), "prices": p["prices"],
                    "stock": p["stock"], "locations": {}, "text_fields": p["text_fields"], "images": {}, "links": {},
                    "variants": {v: {"name": x["name"], "sku": x["sku"], "ean": x["ean"], "prices": x["prices"],
                                     "stock": x["stock"]}
                                 for v, x in self.products.items() if x["parent_id"] == int(number)}}
        return {"products": found}

    def api_getInventoryProductsStock(self, asked):
        self.inventory(asked)
        rows = {}
        for number, p in self.page(self.listed({**asked, "include_variants": False}), asked):
            rows[number] = {"product_id": number, "stock": p["stock"],
                            "variants": {v: x["stock"] for v, x in self.products.items() if x["parent_id"] == number}}
            if self.reservations:
                rows[number]["reservations"] = {"bl_206": 1}
        return {"products": rows}

    def update(self, asked, change):
        self.inventory(asked)
        products = asked.get("products") or {}
        if not isinstance(products, dict):
            raise Refused("ERROR_PARAMETERS", "products is no map")
        if len(products) > UPDATE:
            raise Refused("ERROR_PARAMETERS", f"Too many products, the maximum is {UPDATE}")
        warnings, counter = {}, 0
        for number, values in products.items():
            product = self.products.get(int(number) if str(number).isdigit() else 0)
            why = "Product not found" if not product else change(product, values)
            if why:
                warnings[number] = why
            else:
                counter += 1
        return {"counter": self.loose(counter), "warnings": warnings}

    def api_updateInventoryProductsStock(self, asked):
        def change(product, values):
            for key, value in values.items():
                if key not in self.warehouses:
                    return f"Unknown warehouse {key}"
                if not key.startswith("bl_"):
                    return f"Warehouse {key} is updated automatically"
                product["stock"][key] = int(float(value))
            return None
        return self.update(asked, change)

    def api_updateInventoryProductsPrices(self, asked):
        def change(product, values):
            for key, value in values.items():
                group = self.price_groups.get(int(key))
                if not group:
                    return f"Unknown price group {key}"
                if group.get("computed"):
                    return f"Price group {key} is computed"
                product["prices"][int(key)] = float(value)
            return None
        return self.update(asked, change)

    def api_addInventoryProduct(self, asked):
        self.inventory(asked)
        number = int(asked.get("product_id") or 0)
        fields = {"sku": str(asked.get("sku", ""))[:50], "ean": str(asked.get("ean", ""))[:32]}
        if number and number not in self.products:
            raise Refused("ERROR_PRODUCT_ID", "Product not found")
        if not number:
            name = asked.get("text_fields", {}).get("name", "")
            if not name:
                raise Refused("ERROR_PARAMETERS", "No name")
            number = self.add_product(fields["sku"], fields["ean"], name[:200], {}, {}, int(asked.get("parent_id") or 0))
        product = self.products[number]
        for name in ("sku", "ean"):
            if name in asked:
                product[name] = fields[name]
        if "tax_rate" in asked:
            product["tax_rate"] = float(asked["tax_rate"])
        for name, value in (asked.get("text_fields") or {}).items():
            product["text_fields"][name] = value[:200] if name == "name" else value
        product["name"] = product["text_fields"]["name"]
        return {"product_id": self.loose(number), "warnings": {}}

    # ---- orders -----------------------------------------------------------------------------------

    def api_getOrderStatusList(self, _):
        return {"statuses": [{"id": number, "name": name, "name_for_customer": name, "color": "#123456"}
                             for number, name in self.statuses.items()]}

    def api_getOrderSources(self, _):
        return {"sources": self.sources}

    def api_getOrderExtraFields(self, _):
        return {"extra_fields": [{"extra_field_id": number, **field} for number, field in self.extra_fields.items()]}

    def api_getOrders(self, asked):
        def number(name):
            return int(asked.get(name) or 0)
        found = []
        for key, order in self.orders.items():
            if not order["confirmed"] and not asked.get("get_unconfirmed_orders"):
                continue
            if number("order_id") not in (0, key) or number("status_id") not in (0, order["order_status_id"]):
                continue
            if order["date_confirmed"] < number("date_confirmed_from") or order["date_add"] < number("date_from"):
                continue
            if key < number("id_from"):
                continue
            found.append(order)
        if number("id_from"):
            found.sort(key=lambda o: o["order_id"])
        else: # those of one second as they happen to lie
            found.sort(key=lambda o: (o["date_confirmed"], hash((o["order_id"], "here"))))
        return {"orders": [self.order_as_told(o, asked.get("include_custom_extra_fields")) for o in found[:ORDERS]]}

    def api_getJournalList(self, asked):
        if not self.journal_on:
            return {"logs": []}
        kinds = [int(k) for k in asked.get("logs_types") or []]
        logs = [e for e in self.journal if e["id"] > int(asked.get("last_log_id") or 0) and
                e["date"] > self.now() - JOURNAL_SECONDS and (not kinds or e["log_type"] in kinds) and
                int(asked.get("order_id") or e["order_id"]) == e["order_id"]]
        name = self.random.choice(("id", "log_id"))
        return {"logs": [{**{k: self.loose(v) for k, v in e.items() if k != "id"}, name: e["id"]} for e in logs[:100]]}

    def order(self, asked):
        order = self.orders.get(int(asked.get("order_id") or 0))
        if not order:
            raise Refused("ERROR_ORDER_ID", "Order not found")
        return order

    def api_setOrderStatus(self, asked):
        order, status = self.order(asked), int(asked.get("status_id") or 0)
        if status not in self.statuses:
            raise Refused("ERROR_STATUS_ID", "Unknown status")
        self.set_status(order["order_id"], status)
        self.automations.append((order["order_id"], status))
        return {}

    def api_setOrderFields(self, asked):
        order = self.order(asked)
        lengths = {"admin_comments": 200, "user_comments": 510, "payment_method": 30, "invoice_nip": 100,
                   "extra_field_1": 50, "extra_field_2": 50}
        for name, value in asked.items():
            if name == "custom_extra_fields":
                for key, text in value.items():
                    if int(key) in self.extra_fields:
                        order["custom_extra_fields"][key] = text
            elif name != "order_id" and name in order:
                order[name] = str(value)[:lengths.get(name, 1000)]
        self.note(16, order["order_id"])
        return {}


class Server:
    """A Shop behind TLS on a loopback port of its own."""

    def __init__(self, shop, folder, port=0):
        self.shop = shop
        self.pem, key = certificate(folder)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 120
            disable_nagle_algorithm = True

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(timestamp or time.time() + shop.ahead, usegmt=True)

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.say(200, b"<html><h1>API</h1></html>", "text/html")

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path == "/control":
                    try:
                        self.say(200, json.dumps(shop.control(json.loads(body))).encode())
                    except (KeyError, ValueError, TypeError) as why:
                        self.say(400, json.dumps({"error": repr(why)}).encode())
                    return
                if self.path != "/connector.php":
                    self.say(404, b"<html><h1>404</h1></html>", "text/html")
                    return
                form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
                token = self.headers.get("X-BLToken") or ""
                if form.get("token"):
                    shop.token_in_form += 1
                    token = token or form["token"][0]
                answer, fault = shop.call(token, form.get("method", [""])[0], form.get("parameters", [""])[0])
                self.answer(json.dumps(answer, ensure_ascii=shop.random.randrange(2) == 0).encode(), fault or {"how": ""})

            def answer(self, text, fault):
                how = fault["how"]
                if how == "slow":
                    time.sleep(fault.get("seconds", 1))
                if how in ("lost", "gone"):
                    self.close_connection = True
                    with contextlib.suppress(OSError):
                        self.connection.shutdown(socket.SHUT_RDWR)
                elif how == "html502":
                    self.say(502, b"<html><head><title>502 Bad Gateway</title></head></html>", "text/html")
                elif how == "html200":
                    self.say(200, b"<html><h1>Maintenance</h1></html>", "text/html")
                elif how == "empty":
                    self.say(200, b"")
                elif how == "notice":
                    self.say(200, b"\n<b>Warning</b>: Undefined index in connector.php on line 7\n" + text)
                elif how == "cut":
                    self.say(200, text[:len(text) // 2])
                else:
                    self.say(200, text)

            def say(self, code, body, kind="application/json"):
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem, key)
        self.http = Quiet(("127.0.0.1", port), Handler)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    @property
    def port(self):
        return self.http.server_address[1]

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}/connector.php"

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


def main():
    options = argparse.ArgumentParser(description="A double of BaseLinker's API.")
    options.add_argument("--tls", required=True, help="directory of the certificate; made when it is not there")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--port-file")
    options.add_argument("--token", default="1-23-ABCDEFGH")
    options.add_argument("--products", type=int, default=0)
    options.add_argument("--limit", type=int, default=100)
    options.add_argument("--window", type=float, default=60.0)
    given = options.parse_args()
    shop = Shop(given.token, given.limit, given.window)
    shop.add_products(given.products)
    server = Server(shop, given.tls, given.port)
    if given.port_file:
        with open(given.port_file + ".new", "w", encoding="ascii") as file:
            file.write(str(server.port))
        os.rename(given.port_file + ".new", given.port_file)
    print(server.url, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
