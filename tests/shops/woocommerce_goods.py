"""Products and variations of the WooCommerce double: as loose as the real one was measured to be."""
import html
import re
import urllib.parse

from shop import Answer


def refuse(status, code, message, **data):
    return Answer(status, {"code": code, "message": message, "data": {"status": status, **data}})


class Refused(Exception):
    """An item that is refused; its Answer is that of the single call."""

    def __init__(self, status, code, message, **data):
        super().__init__(message)
        self.answer = refuse(status, code, message, **data)
        self.error = {"code": code, "message": message, "data": {"status": status, **data}}


def invalid(name, why):
    return Refused(400, "rest_invalid_param", f"Invalid parameter(s): {name}", params={name: why})


def stock_number(value):
    """What PHP makes of anything as a whole number."""
    match = re.match(r"\s*([+-]?\d+)", str(value if value is not None and value is not True else ""))
    return int(match[1]) if match else 0


def clean_sku(text):
    """A SKU as it is kept: no tags, no percent escapes, no outer blanks."""
    text = re.sub(r"<[^>]*>?", "", str(text))
    return re.sub(r"%[0-9a-fA-F]{2}", "", text).strip()


class Goods:
    """A mixin of the double: self.products is id → row."""

    def goods_begin(self):
        self.products, self.by_sku, self.next_product = {}, {}, 1
        self.sorted_ids = None
        self.stock_managed = True      # the shop's own switch
        self.decimal_separator = ","
        self.decimals = 2
        self.gross = True              # prices are entered with tax
        self.tax_classes = [("standard", "Standard"), ("reduced-rate", "Reduced rate"), ("zero-rate", "Zero rate")]
        self.categories = [(15, "Uncategorized", 0), (16, "Narzędzia", 0), (17, "Młotki", 16)]

    # ---- rows -----------------------------------------------------------------------------------
    def add(self, sku="", name="Product", kind="simple", parent=0, **more):
        """For tests: a product that is there already; its id."""
        row = {"id": self.next_product, "type": kind, "parent_id": parent, "name": name, "sku": sku, "status": "publish",
               "global_unique_id": "", "regular_price": "", "sale_price": "", "manage_stock": False,
               "stock_quantity": None, "stock_status": "instock", "tax_class": "", "tax_status": "taxable",
               "description": "", "short_description": "", "categories": [], "attributes": [], "meta_data": [],
               "created": int(self.now()), "modified": int(self.now())}
        row.update(more)
        self.next_product += 1
        self.products[row["id"]] = row
        self.sorted_ids = None
        self.index(row)
        return row["id"]

    def index(self, row):
        if row["sku"]:
            ids = self.by_sku.setdefault(row["sku"].strip().lower(), [])
            if row["id"] not in ids:
                ids.append(row["id"])

    def drop_index(self, row):
        ids = self.by_sku.get(row["sku"].strip().lower(), [])
        if row["id"] in ids:
            ids.remove(row["id"])

    def remove(self, number):
        row = self.products.pop(number)
        self.sorted_ids = None
        self.drop_index(row)
        for child in [p["id"] for p in self.products.values() if p["parent_id"] == number]:
            self.remove(child)

    def ids(self):
        if self.sorted_ids is None:
            self.sorted_ids = sorted(self.products)
        return self.sorted_ids

    def manages(self, row):
        """false, true or "parent", as the API shows it."""
        if not self.stock_managed:
            return False
        parent = self.products.get(row["parent_id"])
        if parent is not None and parent["manage_stock"]:
            return "parent"
        return row["manage_stock"]

    def quantity(self, row):
        how = self.manages(row)
        if how == "parent":
            return self.products[row["parent_id"]]["stock_quantity"]
        return row["stock_quantity"] if how else None

    def product_shown(self, row):
        price = row["sale_price"] or row["regular_price"]
        shown = {k: v for k, v in row.items() if k not in ("created", "modified")}
        shown.update(name=html.escape(row["name"], quote=False), price=price, manage_stock=self.manages(row),
                     stock_quantity=self.quantity(row), on_sale=bool(row["sale_price"]),
                     date_created=self.local(row["created"]), date_created_gmt=self.stamp(row["created"]),
                     date_modified=self.local(row["modified"]), date_modified_gmt=self.stamp(row["modified"]),
                     permalink=f"{self.url}/produkt/{row['id']}/", slug=f"p-{row['id']}", weight="", virtual=False,
                     price_html="<span class=\"amount\">…</span>" * 20, related_ids=[], images=[],
                     variations=[p for p in self.children(row)] if row["type"] == "variable" else [])
        return shown

    def children(self, row):
        return row.get("children", [])

    # ---- lists ----------------------------------------------------------------------------------
    def sku_finds_all(self, sku):
        """An empty text, "0" and what becomes empty by decoding once more filter nothing."""
        return clean_sku(urllib.parse.unquote(sku)) in ("", "0")

    def products_list(self, request):
        q = request.query
        rows = None
        if "sku" in q and not self.sku_finds_all(q["sku"]):
            wanted = [q["sku"].strip().lower()] + [s.strip().lower() for s in q["sku"].split(",")]
            ids = sorted({i for s in wanted if s for i in self.by_sku.get(s, [])})
            rows = [self.products[i] for i in ids]
        elif "include" in q:
            wanted = {stock_number(i) for i in q["include"].split(",")}
            rows = [self.products[i] for i in self.ids() if i in wanted and self.products[i]["type"] != "variation"]
        else:
            rows = [self.products[i] for i in self.ids() if self.products[i]["type"] != "variation"]
        if "type" in q:
            rows = [r for r in rows if r["type"] == q["type"]]
        status = q.get("status", "any")
        rows = [r for r in rows if (r["status"] == status if status != "any" else r["status"] != "trash")]
        if "search" in q:
            rows = [r for r in rows if q["search"].lower() in (r["name"] + " " + r["sku"]).lower()]
        if "global_unique_id" in q:
            rows = [r for r in self.products.values() if r["global_unique_id"] == q["global_unique_id"]]
        return self.goods_paged(request, rows)

    def goods_paged(self, request, rows):
        q = request.query
        if q.get("order", "desc") == "desc":
            rows = rows[::-1]
        if q.get("orderby", "date") not in ("date", "id", "modified", "title", "include", "slug", "price"):
            return refuse(400, "rest_invalid_param", "Invalid parameter(s): orderby")
        return self.page(request, rows, self.product_shown)

    def variations_list(self, request, parent=None):
        if parent is not None and parent not in self.products:
            return refuse(404, "woocommerce_rest_product_invalid_id", "Invalid parent ID.")
        rows = [self.products[i] for i in self.ids()
                if self.products[i]["type"] == "variation" and parent in (None, self.products[i]["parent_id"])]
        if "include" in request.query:
            wanted = {stock_number(i) for i in request.query["include"].split(",")}
            rows = [r for r in rows if r["id"] in wanted]
        return self.goods_paged(request, rows)

    # ---- writes ---------------------------------------------------------------------------------
    def check_schema(self, body):
        """What the single calls check and the batch calls do not."""
        for name in ("regular_price", "sale_price", "sku", "name", "global_unique_id"):
            if name in body and not isinstance(body[name], str):
                raise invalid(name, f"{name} is not of type string.")
        if "stock_quantity" in body and body["stock_quantity"] is not None:
            value = body["stock_quantity"]
            if isinstance(value, bool) or not (isinstance(value, int) or re.fullmatch(r"[+-]?\d+", str(value))):
                raise invalid("stock_quantity", "stock_quantity is not of type integer,null.")
        if "status" in body and body["status"] not in ("draft", "pending", "private", "publish", "future", "auto-draft", "trash"):
            raise invalid("status", "status is not one of draft, pending, private, publish, future, auto-draft, and trash.")

    def price_kept(self, value):
        text = re.sub(r"[^0-9,.\-]", "", str(value))
        if self.decimal_separator == ",":
            whole, comma, rest = text.rpartition(",")
            if comma:
                text = whole.replace(".", "").replace(",", "") + "." + rest
        else:
            text = text.replace(",", "")
        return text if re.fullmatch(r"-?\d*\.?\d*", text) and re.search(r"\d", text) else ""

    def sku_taken(self, row, sku):
        key = sku.strip().lower()
        for number in self.by_sku.get(key, []):
            other = self.products[number]
            if other is row:
                continue
            if other["status"] == "trash":
                raise Refused(400, "woocommerce_rest_product_not_created",
                              f"Product with SKU ({sku}) cannot be saved: it is already there.")
            raise Refused(400, "product_invalid_sku", "Invalid or duplicated SKU.", resource_id=number, unique_sku=f"{sku}-1")

    def write_product(self, row, body):
        if "sku" in body:
            sku = clean_sku(body["sku"])
            if sku:
                self.sku_taken(row, sku)
            self.drop_index(row)
            row["sku"] = sku
            self.index(row)
        if body.get("global_unique_id"):
            code = str(body["global_unique_id"])
            if any(p is not row and p["global_unique_id"] == code for p in self.products.values()):
                raise Refused(400, "product_invalid_global_unique_id", "Invalid or duplicated GTIN, UPC, EAN or ISBN.")
            row["global_unique_id"] = code
        for name in ("name", "status", "description", "short_description", "type", "tax_status"):
            if name in body and not (name == "type" and row["type"] == "variation"):
                row[name] = body[name]
        if "tax_class" in body:
            known = [slug for slug, _ in self.tax_classes]
            row["tax_class"] = body["tax_class"] if body["tax_class"] in known and body["tax_class"] != "standard" else ""
        if "categories" in body:
            row["categories"] = [{"id": c["id"], "name": n} for c in body["categories"] or []
                                 for i, n, _ in self.categories if i == c.get("id")]
        self.write_prices(row, body)
        self.write_stock(row, body)
        for meta in body.get("meta_data") or []:
            self.write_meta(row, meta)
        row["modified"] = int(self.now())

    def write_prices(self, row, body):
        if row["type"] == "variable":
            return
        for name in ("regular_price", "sale_price"):
            if name in body:
                row[name] = self.price_kept(body[name])
        if row["sale_price"] and row["regular_price"] and float(row["sale_price"]) >= float(row["regular_price"]):
            row["sale_price"] = ""

    def write_stock(self, row, body):
        parent = self.products.get(row["parent_id"])
        if not self.stock_managed or (parent is not None and parent["manage_stock"]):
            return  # taken with 200, and nothing is done
        if "manage_stock" in body:
            row["manage_stock"] = bool(body["manage_stock"])
        if row["manage_stock"] and "stock_quantity" in body:
            row["stock_quantity"] = stock_number(body["stock_quantity"])
            row["stock_status"] = "instock" if row["stock_quantity"] > 0 else "outofstock"

    def product_of(self, number, parent=None):
        row = self.products.get(number)
        if parent is None and (row is None or row["status"] == "trash"):
            raise Refused(400, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        if parent is not None and (row is None or row["parent_id"] != parent or parent not in self.products):
            raise Refused(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
        return row

    def product_create(self, body, parent=0):
        sku = clean_sku(body.get("sku", ""))
        if sku:
            self.sku_taken(None, sku)
        number = self.add("", body.get("name", "Product" if parent else ""), "variation" if parent else "simple", parent)
        row = self.products[number]
        try:
            self.write_product(row, body)
        except Refused:
            self.remove(number)
            raise
        if parent:
            self.products[parent].setdefault("children", []).append(number)
        return row

    def product_delete(self, row, force):
        shown = self.product_shown(row)
        if force or row["type"] == "variation":
            self.remove(row["id"])
        else:
            row["status"] = "trash"
        return shown

    def product_single(self, request, number):
        """/products/{id}"""
        row = self.products.get(number)
        if row is None:
            return refuse(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        if request.method == "GET":
            return Answer(200, self.fields(request, self.product_shown(row)))
        if row["type"] == "variation":
            return refuse(404, "woocommerce_rest_invalid_product_id",
                          "To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/"
                          "&lt;id&gt; endpoint.")
        if request.method == "DELETE":
            return Answer(200, self.product_delete(row, request.query.get("force") == "true"))
        body = self.json(request)
        self.check_schema(body)
        self.write_product(row, body)
        return Answer(200, self.product_shown(row))

    def variation_single(self, request, parent, number):
        if parent not in self.products:
            return refuse(404, "woocommerce_rest_product_invalid_id", "Invalid parent ID.")
        row = self.product_of(number, parent)
        if request.method == "GET":
            return Answer(200, self.fields(request, self.product_shown(row)))
        body = self.json(request)
        self.check_schema(body)
        self.write_product(row, body)
        return Answer(200, self.product_shown(row))

    def products_post(self, request, parent=0):
        body = self.json(request)
        self.check_schema(body)
        return Answer(201, self.product_shown(self.product_create(body, parent)))

    def batch_item(self, what, body, parent):
        number = body if what == "delete" else body.get("id", 0)
        try:
            if what == "create":
                return self.product_shown(self.product_create(body, parent or 0))
            row = self.product_of(number, parent)
            if parent is None and row["type"] == "variation":
                raise Refused(404, "woocommerce_rest_invalid_product_id",
                              "To manipulate product variations you should use the /products/&lt;product_id&gt;/"
                              "variations/&lt;id&gt; endpoint.")
            if what == "delete":
                return self.product_delete(row, False)
            self.write_product(row, body)
            return self.product_shown(row)
        except Refused as e:
            return {"id": number if what != "create" else 0, "error": e.error}

    def products_batch(self, request, parent=None):
        """Always 200, errors per item in the order of the input; not atomic. `_fields` empties the whole answer."""
        body = self.json(request)
        if parent is not None and parent not in self.products:
            return refuse(404, "woocommerce_rest_product_invalid_id", "Invalid parent ID.")
        if sum(len(body.get(w) or []) for w in ("create", "update", "delete")) > self.batch_limit:
            return refuse(413, "woocommerce_rest_request_entity_too_large",
                          f"Unable to accept more than {self.batch_limit} items for this request.")
        answer = {what: [self.batch_item(what, item, parent) for item in body[what]]
                  for what in ("create", "update", "delete") if body.get(what)}
        return Answer(200, [] if "_fields" in request.query or not answer else answer)
