"""Orders of the WooCommerce double: lists, notes, refunds, and what changing a status does."""
import datetime
import re

from shop import Answer
from woocommerce_goods import Refused, invalid, refuse

CORE = {"pending": "Oczekujące na płatność", "processing": "W trakcie realizacji", "on-hold": "Wstrzymane",
        "completed": "Zrealizowane", "cancelled": "Anulowane", "refunded": "Zwrócone", "failed": "Nieudane",
        "checkout-draft": "Szkic"}
HOLDS_STOCK = ("processing", "completed", "on-hold")
GIVES_BACK = ("cancelled", "pending")


def money(grosze):
    return f"{'-' if grosze < 0 else ''}{abs(grosze) // 100}.{abs(grosze) % 100:02d}"


def grosze(text):
    sign, whole, rest = re.fullmatch(r"(-?)(\d+)(?:\.(\d{1,2}))?", text).groups()
    value = int(whole) * 100 + int((rest or "0").ljust(2, "0"))
    return -value if sign else value


class Orders:
    """A mixin of the double: self.orders is id → order as the API shows it, with "stock_taken" beside."""

    def orders_begin(self):
        self.orders, self.notes, self.refunds, self.next_order, self.next_row = {}, {}, {}, 1001, 1
        self.custom_statuses = {}      # slug → name
        self.statuses_off = set()      # custom ones whose plugin is switched off
        self.hpos = True
        self.knows_modified = True     # since 5.8
        self.rates = {23: 1, 8: 2, 5: 3, 19: 4}

    def statuses(self):
        return {**CORE, **{k: v for k, v in self.custom_statuses.items() if k not in self.statuses_off}}

    # ---- for tests ------------------------------------------------------------------------------
    def row(self):
        self.next_row += 1
        return self.next_row

    def line(self, product=0, quantity=1, gross="1.00", rate=23, name="Product", variation=0, before=None, **more):
        """An order's line whose gross value (after discounts) is given; `before`: before them."""
        value, first = grosze(gross), grosze(before or gross)
        net = (value * 100 * 2 + 100 + rate) // ((100 + rate) * 2)
        net_first = (first * 100 * 2 + 100 + rate) // ((100 + rate) * 2)
        tax_id = self.rates.get(rate)
        return {"id": self.row(), "name": name, "product_id": product, "variation_id": variation, "quantity": quantity,
                "tax_class": "", "subtotal": money(net_first), "subtotal_tax": money(first - net_first), "total": money(net),
                "total_tax": money(value - net),
                "taxes": [{"id": tax_id, "total": money(value - net), "subtotal": money(first - net_first)}] if tax_id else [],
                "price": net / 100 / quantity, "meta_data": [], "parent_name": None, **more}

    def extra(self, title, gross, rate=23, **more):
        """A shipping or fee line."""
        row = self.line(gross=gross, rate=rate)
        return {k: row[k] for k in ("id", "total", "total_tax", "taxes")} | {"meta_data": []} | more | title

    def order(self, lines, status="processing", shipping=(), fees=(), coupons=(), **more):
        """An order as if the checkout had made it; its id."""
        number = self.next_order
        self.next_order += 1
        parts = [*lines, *shipping, *fees]
        total = sum(grosze(p["total"]) + grosze(p["total_tax"]) for p in parts)
        tax = sum(grosze(p["total_tax"]) for p in parts)
        used = {t["id"] for p in parts for t in p["taxes"]}
        address = {"first_name": "Jan", "last_name": "Kowalski", "company": "", "address_1": "Polna 1", "address_2": "",
                   "city": "Łódź", "state": "", "postcode": "90-001", "country": "PL", "phone": "600100200"}
        now = int(self.now())
        self.orders[number] = {
            "id": number, "parent_id": 0, "number": str(number), "order_key": f"wc_order_{number}", "created_via": "checkout",
            "version": self.version, "status": status, "currency": "PLN", "created": now, "modified": now,
            "discount_total": money(sum(grosze(p["subtotal"]) - grosze(p["total"]) for p in lines)),
            "discount_tax": money(sum(grosze(p["subtotal_tax"]) - grosze(p["total_tax"]) for p in lines)),
            "shipping_total": money(sum(grosze(p["total"]) for p in shipping)),
            "shipping_tax": money(sum(grosze(p["total_tax"]) for p in shipping)), "total": money(total),
            "total_tax": money(tax), "prices_include_tax": self.gross, "customer_id": 0, "customer_note": "",
            "billing": {**address, "email": "jan@example.com"}, "shipping": dict(address),
            "payment_method": "bacs", "payment_method_title": "Przelew", "transaction_id": "",
            "paid": now if status in ("processing", "completed") else None, "meta_data": [],
            "line_items": list(lines), "shipping_lines": list(shipping), "fee_lines": list(fees),
            "coupon_lines": list(coupons),
            "tax_lines": [{"id": self.row(), "rate_code": f"PL-VAT {r}%-1", "rate_id": i, "label": f"VAT {r}%",
                           "compound": False, "rate_percent": r} for r, i in self.rates.items() if i in used],
            "stock_taken": False, **more}
        self.move_stock(self.orders[number])
        return number

    def touch(self, number, **changes):
        """A person edits an order in the back office."""
        self.orders[number].update(changes)
        self.orders[number]["modified"] = int(self.now())

    def refund(self, number, lines=(), amount=None, reason=""):
        """lines: {line id: quantity}; a whole line's share is given back. amount: alone, without lines."""
        order, rows, total = self.orders[number], [], 0
        for line in order["line_items"]:
            if line["id"] in dict(lines):
                count = dict(lines)[line["id"]]
                net = -grosze(line["total"]) * count // line["quantity"]
                tax = -grosze(line["total_tax"]) * count // line["quantity"]
                total += net + tax
                rows.append({"id": self.row(), "name": line["name"], "product_id": line["product_id"], "quantity": -count,
                             "total": money(net), "total_tax": money(tax),
                             "meta_data": [{"id": self.row(), "key": "_refunded_item_id", "value": str(line["id"])}]})
        if amount is not None:
            total = -grosze(amount)
        number_of = self.next_order
        self.next_order += 1
        self.refunds.setdefault(number, []).append(
            {"id": number_of, "date_created_gmt": self.stamp(), "amount": money(-total), "reason": reason,
             "meta_data": [], "line_items": rows, "shipping_lines": [], "fee_lines": []})
        order["modified"] = int(self.now())
        return number_of

    # ---- as the API shows it --------------------------------------------------------------------
    def sku_of(self, line):
        """Looked up live: a deleted variation shows its parent's, a deleted product none."""
        row = self.products.get(line["variation_id"]) or self.products.get(line["product_id"])
        return row["sku"] if row else None

    def order_shown(self, order):
        shown = {k: v for k, v in order.items() if k not in ("created", "modified", "paid", "stock_taken")}
        for name in ("created", "modified", "paid"):
            value = order[name]
            shown[f"date_{name}"] = self.local(value) if value else None
            shown[f"date_{name}_gmt"] = self.stamp(value) if value else None
        shown["line_items"] = [
            {**line, "sku": self.sku_of(line), "product_id": line["product_id"] if line["product_id"] in self.products else 0,
             "variation_id": line["variation_id"] if line["variation_id"] in self.products else 0,
             "global_unique_id": (self.products.get(line["variation_id"]) or self.products.get(line["product_id"]) or {})
             .get("global_unique_id", "")} for line in order["line_items"]]
        shown["refunds"] = [{"id": r["id"], "reason": r["reason"], "total": "-" + r["amount"]}
                            for r in self.refunds.get(order["id"], [])]
        return shown

    # ---- lists ----------------------------------------------------------------------------------
    def time_of(self, request, name):
        """Seconds of a time of the query; None: it filters nothing. The odd ways are measured ones."""
        text = request.query[name]
        match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", text)
        if not match:
            raise invalid(name, "Invalid date.")
        if match[2] and self.hpos:
            return None  # a fraction drops the filter
        plain = datetime.datetime.fromisoformat(match[1] + "+00:00").timestamp()
        gmt = request.query.get("dates_are_gmt") == "true"
        if match[3]:
            value = datetime.datetime.fromisoformat(match[1] + match[3].replace("Z", "+00:00")).timestamp()
            return value + self.zone if gmt else value  # shifted by the zone when both are said
        return plain if gmt else plain - self.zone

    def orders_list(self, request):
        q = request.query
        wanted = [s for s in q.get("status", "any").split(",") if s]
        known = self.statuses()
        for status in wanted:
            if status not in known and status not in ("any", "trash", "auto-draft"):
                return refuse(400, "rest_invalid_param", "Invalid parameter(s): status",
                              params={"status": f"status[0] is not one of any, trash, {', '.join(known)}."})
        rows = list(self.orders.values())
        if "any" in wanted:
            rows = [o for o in rows if o["status"] != "trash" and (o["status"] in known or not self.hpos)]
        else:
            rows = [o for o in rows if o["status"] in wanted]
        for name, key, after in (("after", "created", True), ("before", "created", False),
                                 ("modified_after", "modified", True), ("modified_before", "modified", False)):
            if name not in q or (name.startswith("modified") and not self.knows_modified):
                continue
            limit = self.time_of(request, name)
            if limit is not None:
                rows = [o for o in rows if (o[key] > limit if after else o[key] < limit)]
        if "include" in q:
            ids = {int(i) for i in q["include"].split(",") if i.isdigit()}
            rows = [o for o in rows if o["id"] in ids]
        if "exclude" in q:
            ids = {int(i) for i in q["exclude"].split(",") if i.isdigit()}
            rows = [o for o in rows if o["id"] not in ids]
        by = q.get("orderby", "date")
        if by not in ("date", "id", "modified", "include", "title", "slug") or (by == "modified" and not self.knows_modified):
            return refuse(400, "rest_invalid_param", "Invalid parameter(s): orderby")
        key = {"id": "id", "modified": "modified"}.get(by, "created")
        rows.sort(key=lambda o: (o[key], o["id"]), reverse=q.get("order", "desc") == "desc")
        return self.page(request, rows, self.order_shown)

    # ---- writes ---------------------------------------------------------------------------------
    def move_stock(self, order):
        takes = order["status"] in HOLDS_STOCK
        if takes == order["stock_taken"] or not (takes or order["status"] in GIVES_BACK):
            return
        order["stock_taken"] = takes
        for line in order["line_items"]:
            row = self.products.get(line["variation_id"]) or self.products.get(line["product_id"])
            if row and row["manage_stock"] and row["stock_quantity"] is not None:
                row["stock_quantity"] += -line["quantity"] if takes else line["quantity"]

    @staticmethod
    def write_meta(row, meta):
        """The value of a key takes the place of the one before."""
        for old in row["meta_data"]:
            if old["key"] == meta["key"]:
                old["value"] = meta.get("value")
                return
        row["meta_data"].append({"id": 5000 + len(row["meta_data"]), "key": meta["key"], "value": meta.get("value")})

    def write_order(self, order, body):
        if "status" in body:
            order["status"] = body["status"]
            self.move_stock(order)
            if body["status"] in ("processing", "completed") and order["paid"] is None and order["payment_method"] != "cod":
                order["paid"] = int(self.now())
            if body["status"] == "refunded" and not self.refunds.get(order["id"]):
                self.refund(order["id"], amount=order["total"])
        for meta in body.get("meta_data") or []:
            self.write_meta(order, meta)
        order["modified"] = int(self.now())

    def order_of(self, number):
        if number not in self.orders:
            raise Refused(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return self.orders[number]

    def order_single(self, request, number):
        order = self.order_of(number)
        if request.method == "GET":
            return Answer(200, self.fields(request, self.order_shown(order)))
        if request.method == "DELETE":
            shown = self.order_shown(order)
            if request.query.get("force") == "true":
                del self.orders[number]
            else:
                order["status"] = "trash"
            return Answer(200, shown)
        body = self.json(request)
        if "status" in body and body["status"] not in self.statuses():
            raise invalid("status", f"status is not one of {', '.join(self.statuses())}.")
        self.write_order(order, body)
        return Answer(200, self.order_shown(order))

    def orders_post(self, request):
        """Nothing of it is idempotent, whatever header is sent."""
        body = self.json(request)
        lines = [self.line(l.get("product_id", 0), l.get("quantity", 1),
                           (self.products.get(l.get("product_id")) or {}).get("regular_price") or "0")
                 for l in body.get("line_items") or []]
        number = self.order(lines, body.get("status", "pending"))
        self.write_order(self.orders[number], {"meta_data": body.get("meta_data") or []})
        return Answer(201, self.order_shown(self.orders[number]))

    def orders_batch(self, request):
        """No schema check here: an unknown status makes the order pending and gives its stock back."""
        done = []
        for item in self.json(request).get("update") or []:
            try:
                order = self.order_of(item.get("id"))
                if "status" in item and item["status"] not in self.statuses():
                    item = {**item, "status": "pending"}
                self.write_order(order, item)
                done.append(self.order_shown(order))
            except Refused as e:
                done.append({"id": item.get("id"), "error": e.error})
        return Answer(200, {"update": done})

    def order_notes(self, request, number):
        self.order_of(number)
        notes = self.notes.setdefault(number, [])
        if request.method == "GET":
            kind = request.query.get("type", "any")
            shown = [n for n in notes if kind == "any" or n["customer_note"] == (kind == "customer")]
            return Answer(200, shown[::-1])
        body = self.json(request)
        if not isinstance(body.get("note"), str) or not body["note"]:
            raise invalid("note", "note is not of type string.")
        notes.append({"id": self.row(), "author": "WooCommerce", "date_created_gmt": self.stamp(), "note": body["note"],
                      "customer_note": bool(body.get("customer_note"))})
        return Answer(201, notes[-1])

    def order_refunds(self, request, number):
        self.order_of(number)
        return self.page(request, self.refunds.get(number, [])[::-1], lambda r: r)
