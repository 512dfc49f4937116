#!/usr/bin/env python3
"""A double of a WooCommerce shop (REST v3): as loose, limited and untruthful as the real one was measured to be.

    woocommerce.py --dir DIR [--port N] [--port-file FILE] [--products N] [--orders N] [--stay]

Its TLS certificate is DIR/shop.pem, its key pair ck_demo and cs_demo. What it does not do is not in it: themes, the
checkout, e-mail. shop.py says how it is made to misbehave.
"""
import argparse
import base64
import json
import re
import sys

import shop as base
from shop import Answer, html
from woocommerce_goods import Goods, Refused, refuse
from woocommerce_orders import Orders

ROOT = "/wp-json/wc/v3"
ROUTES = [  # pattern of the path behind ROOT, name, what serves it
    (r"", "", "index"),
    (r"/products", "products", "products_call"),
    (r"/products/batch", "products/batch", "products_batch_call"),
    (r"/products/categories", "products/categories", "categories_list"),
    (r"/products/(\d+)", "products/{id}", "product_single"),
    (r"/products/(\d+)/variations", "products/{id}/variations", "variations"),
    (r"/products/(\d+)/variations/batch", "products/{id}/variations/batch", "variations_batch"),
    (r"/products/(\d+)/variations/(\d+)", "products/{id}/variations/{id}", "variation_single"),
    (r"/variations", "variations", "all_variations"),
    (r"/orders", "orders", "orders_call"),
    (r"/orders/batch", "orders/batch", "orders_batch"),
    (r"/orders/(\d+)", "orders/{id}", "order_single"),
    (r"/orders/(\d+)/notes", "orders/{id}/notes", "order_notes"),
    (r"/orders/(\d+)/refunds", "orders/{id}/refunds", "order_refunds"),
    (r"/reports/orders/totals", "reports/orders/totals", "totals"),
    (r"/settings/(\w+)", "settings/{group}", "settings_group"),
    (r"/system_status", "system_status", "system_status"),
    (r"/taxes/classes", "taxes/classes", "classes"),
]
ROUTES = [(re.compile(pattern), name, serve) for pattern, name, serve in ROUTES]


class WooCommerce(Goods, Orders, base.Shop):
    def __init__(self, folder, port=0):
        self.keys = {"ck_demo": ("cs_demo", "read_write")}
        self.version = "10.5.0"
        self.zone = 7200             # seconds that the site's time of day is ahead of UTC
        self.currency = "PLN"
        self.permalinks = True
        self.plugin_on = True        # WooCommerce itself
        self.strips = False          # the web server swallows the Authorization header
        self.lists_variations = True # GET /variations, of newer versions
        self.batch_limit = 100
        self.settings_open = True    # may the key's user see settings
        self.ahead, self.frozen = 0, None  # Shop's, needed by what is added before it begins
        self.goods_begin()
        self.orders_begin()
        super().__init__(folder, port)

    # ---- calls ----------------------------------------------------------------------------------
    def route(self, request):
        path = request.path.rstrip("/")
        if path.startswith(ROOT):
            for pattern, name, serve in ROUTES:
                match = pattern.fullmatch(path[len(ROOT):])
                if match:
                    return name, serve, [int(g) if g.isdigit() else g for g in match.groups()]
        return None, None, ()

    def kind(self, request):
        name, _, _ = self.route(request)
        return f"{request.method} {request.path if name is None else name or 'index'}"

    def serve(self, request):
        if not self.permalinks and request.path.startswith("/wp-json"):
            return html(404, "<!DOCTYPE html><html><body>Nie znaleziono strony</body></html>")
        if request.path.rstrip("/") == "/wp-json":
            spaces = ["wp/v2"] + (["wc/v2", "wc/v3", "wc-analytics"] if self.plugin_on else [])
            return Answer(200, {"name": "Sklep", "url": self.url, "gmt_offset": self.zone / 3600, "namespaces": spaces})
        if "rest_route" in request.query:
            return refuse(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        name, serve, arguments = self.route(request)
        if not request.path.startswith("/wp-json"):
            return html(404 if request.path != "/" else 200)
        if name is None or not self.plugin_on:
            return refuse(404, "rest_no_route", "No route was found matching the URL and request method.")
        if name == "":
            return Answer(200, {"namespace": "wc/v3", "routes": {}})
        refused = self.authenticate(request)
        if refused:
            return refused
        try:
            if request.method in ("POST", "PUT", "PATCH") and request.content_type not in ("application/json", ""):
                return self.ignored_body(request, serve, arguments)
            return getattr(self, serve)(request, *arguments)
        except Refused as e:
            return e.answer
        except ValueError:
            return refuse(400, "rest_invalid_json", "Invalid JSON body passed.")

    def ignored_body(self, request, serve, arguments):
        """A body of another type is not seen: 200, and nothing was done."""
        request.body = b"{}"
        return getattr(self, serve)(request, *arguments)

    def credentials(self, request):
        header = request.headers.get("Authorization") or ""
        if header.startswith("Basic ") and not self.strips:
            try:
                name, _, secret = base64.b64decode(header[6:]).decode().partition(":")
                return name, secret
            except ValueError:
                return "", ""
        return request.query.get("consumer_key", ""), request.query.get("consumer_secret", "")

    def authenticate(self, request):
        """None, or why not. A key that is unknown cannot be told from rights that are missing."""
        name, secret = self.credentials(request)
        if name not in self.keys:
            word = "view" if request.method == "GET" else "create" if request.method == "POST" else "edit"
            return refuse(401, f"woocommerce_rest_cannot_{word}", "Sorry, you cannot list resources.")
        right, may = self.keys[name]
        if secret != right:
            return refuse(401, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
        writes = request.method not in ("GET", "HEAD", "OPTIONS")
        if (writes and "write" not in may) or (not writes and "read" not in may):
            return refuse(401, "woocommerce_rest_authentication_error",
                          f"The API key provided does not have {'write' if writes else 'read'} permissions.")
        return None

    @staticmethod
    def json(request):
        if not request.body:
            return {}
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise ValueError("no object")
        return body

    def local(self, seconds):
        return self.stamp(seconds + self.zone)

    @staticmethod
    def fields(request, shown):
        names = [n for n in request.query.get("_fields", "").split(",") if n]
        return {k: v for k, v in shown.items() if k in names} if names else shown

    def page(self, request, rows, show):
        """One page of a list, by page or by offset."""
        q = request.query
        try:
            size, number = int(q.get("per_page", 10)), int(q.get("page", 1))
            start = int(q["offset"]) if "offset" in q else (number - 1) * size
        except ValueError:
            return refuse(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        if not 1 <= size <= 100 or number < 1:
            return refuse(400, "rest_invalid_param", "Invalid parameter(s): per_page",
                          params={"per_page": "per_page must be between 1 (inclusive) and 100 (inclusive)"})
        pages = (len(rows) + size - 1) // size
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        if start + size < len(rows):
            headers["Link"] = f"<{self.url}{request.path}?page={number + 1}>; rel=\"next\""
        return Answer(200, [self.fields(request, show(r)) for r in rows[start:start + size]], headers=headers)

    # ---- small ones -----------------------------------------------------------------------------
    def products_call(self, request):
        return self.products_list(request) if request.method == "GET" else self.products_post(request)

    def products_batch_call(self, request):
        return self.products_batch(request)

    def variations(self, request, parent):
        return self.variations_list(request, parent) if request.method == "GET" else self.products_post(request, parent)

    def all_variations(self, request):
        if not self.lists_variations:
            return refuse(404, "rest_no_route", "No route was found matching the URL and request method.")
        return self.variations_list(request)

    def variations_batch(self, request, parent):
        return self.products_batch(request, parent)

    def orders_call(self, request):
        return self.orders_list(request) if request.method == "GET" else self.orders_post(request)

    def totals(self, _):
        return Answer(200, [{"slug": slug, "name": name, "total": sum(o["status"] == slug for o in self.orders.values())}
                            for slug, name in self.statuses().items() if slug != "checkout-draft"])

    def classes(self, _):
        return Answer(200, [{"slug": slug, "name": name} for slug, name in self.tax_classes])

    def categories_list(self, request):
        rows = [{"id": i, "name": n, "parent": p, "slug": f"c-{i}"} for i, n, p in self.categories]
        return self.page(request, rows, lambda r: r)

    def settings_group(self, _, group):
        if not self.settings_open:
            return refuse(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        groups = {"general": {"woocommerce_currency": self.currency,
                              "woocommerce_price_num_decimals": str(self.decimals),
                              "woocommerce_price_decimal_sep": self.decimal_separator,
                              "woocommerce_calc_taxes": "yes"},
                  "tax": {"woocommerce_prices_include_tax": "yes" if self.gross else "no"},
                  "products": {"woocommerce_manage_stock": "yes" if self.stock_managed else "no"}}
        if group not in groups:
            return refuse(404, "rest_setting_setting_group_invalid", "Invalid setting group.")
        return Answer(200, [{"id": k, "label": k, "type": "text", "value": v} for k, v in groups[group].items()])

    def system_status(self, request):
        if not self.settings_open:
            return refuse(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        return Answer(200, self.fields(request, {
            "environment": {"version": self.version, "wp_version": "7.1", "php_version": "8.2.28"},
            "settings": {"currency": self.currency, "number_of_decimals": self.decimals,
                         "decimal_separator": self.decimal_separator, "HPOS_enabled": self.hpos}}))

    # ---- a shop full of things ------------------------------------------------------------------
    def fill(self, products, orders=0):
        for i in range(products):
            self.add(f"SKU-{i + 1}", f"Produkt {i + 1}", regular_price="10.00", manage_stock=True, stock_quantity=1)
        for i in range(orders):
            number = i % products + 1 if products else 0
            self.order([self.line(number, 1 + i % 3, money_of(10 * (1 + i % 3)), name=f"Produkt {number}")],
                       shipping=[self.extra({"method_title": "Kurier", "method_id": "flat_rate"}, "15.00")])


def money_of(whole):
    return f"{whole}.00"


def make(arguments):
    made = WooCommerce(arguments.dir, arguments.port)
    made.fill(arguments.products, arguments.orders)
    return made


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--dir", required=True, help="where its certificate goes")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--port-file")
    options.add_argument("--products", type=int, default=0)
    options.add_argument("--orders", type=int, default=0)
    options.add_argument("--stay", action="store_true", help="until SIGTERM, whatever becomes of standard input")
    base.run(make, options.parse_args())
    sys.exit(0)
