"""The channel of WooCommerce against its double: orders in, and what became of them back. Each trap has its test."""
import os
import sys
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, run_tests  # noqa: E402
from woocommerce_test import channel, shop  # noqa: E402

DAY = 86400


def ids(orders):
    return [int(o["id"]) for o in orders]


def aged(double, number, seconds):
    """The order was made and changed so long ago."""
    double.orders[number].update(created=int(double.now()) - seconds, modified=int(double.now()) - seconds)
    return number


def simple(double, seconds=100, gross="10.00", **more):
    return aged(double, double.order([double.line(gross=gross)], **more), seconds)


def one(double, **settings):
    """The only order that comes."""
    with channel(double, "orders", **settings) as c:
        orders, _ = c.orders()
    equal(len(orders), 1, "orders")
    return orders[0]


def adds_up(order):
    """The lines and the delivery are the total, exactly."""
    total = sum(Decimal(line["quantity"]) * Decimal(line["price_gross"]) for line in order["lines"])
    equal(total + Decimal(order["delivery"]["price_gross"]), Decimal(order["total_gross"]), f"the total of {order}")


# ---- the form -----------------------------------------------------------------------------------

def an_order(_):
    """an order with its buyer, addresses, lines, delivery, payment and rates"""
    with shop() as s:
        product = s.add("A-1", "Młotek &amp; gwoździe", global_unique_id="5901234123457")
        number = s.order([s.line(product, 2, "19.98", name="Młotek &amp; gwoździe"), s.line(product, 1, "5.40", 8)],
                         shipping=[s.extra({"method_title": "Kurier", "method_id": "flat_rate"}, "15.00")],
                         customer_note="Proszę <b>szybko</b> &amp; cicho", number="WC/2026/7", payment_method="p24",
                         payment_method_title="Przelewy24")
        s.orders[number]["billing"].update(company="Kowalski &amp; Syn", country="PL")
        s.orders[number]["shipping"].update(first_name="Anna", last_name="Nowak", address_1="Długa 5", address_2="m. 3")
        aged(s, number, 100)
        o = one(s)
        equal((o["id"], o["number"], o["currency"], o["total_gross"], o["paid"]), (str(number), "WC/2026/7", "PLN", "40.38", "40.38"), "order")
        equal((o["buyer"]["name"], o["buyer"]["company"], o["buyer"]["email"]), ("Jan Kowalski", "Kowalski & Syn", "jan@example.com"), "buyer")
        equal((o["delivery"]["name"], o["delivery"]["street"], o["delivery"]["method"], o["delivery"]["price_gross"]),
              ("Anna Nowak", "Długa 5 m. 3", "Kurier", "15.00"), "delivery")
        equal([(x["sku"], x["ean"], x["name"], x["quantity"], x["price_gross"], x["vat_rate"]) for x in o["lines"][:1]],
              [("A-1", "5901234123457", "Młotek & gwoździe", "2", "9.99", "23")], "line")
        equal(o["lines"][1]["vat_rate"], "8", "rate")
        equal((o["note"], o["payment_method"], o["cash_on_delivery"], o["invoice"]["wanted"]), ("Proszę szybko & cicho", "Przelewy24", False, False), "rest")
        check(o["placed_at"].endswith("Z") and o["confirmed_at"].endswith("Z"), "times")
        adds_up(o)


def values_that_do_not_divide(_):
    """coupons: a line's value is what the shop says, to the grosz, whatever it is divided by"""
    with shop() as s:
        product = s.add("A")
        for pieces, gross in ((7, "62.94"), (3, "10.00"), (7, "0.03"), (1, "9.99"), (250, "1234.56"), (4, "0.00")):
            s.orders.clear()
            simple_one = s.order([s.line(product, pieces, gross, before="69.93")])
            aged(s, simple_one, 100)
            o = one(s)
            adds_up(o)
            equal(sum(int(x["quantity"]) for x in o["lines"]), pieces, "pieces")
            equal({x["sku"] for x in o["lines"]}, {"A"}, "product")
            check(len(o["lines"]) <= 2 and all(len(x["price_gross"].split(".")[1]) == 2 for x in o["lines"]), f"{o['lines']}")
        s.orders.clear()
        aged(s, s.order([s.line(product, 7, "62.94")]), 100)
        equal([(x["quantity"], x["price_gross"]) for x in one(s)["lines"]], [("6", "8.99"), ("1", "9.00")], "7 for 62.94")


def fractions(_):
    """a plugin's fractional quantity, exactly as the shop says it"""
    with shop() as s:
        number = s.order([s.line(s.add("A"), 2, "3.00")])
        s.orders[number]["line_items"][0]["quantity"] = 1.5
        aged(s, number, 100)
        line = one(s)["lines"][0]
        equal((line["quantity"], line["price_gross"]), ("1.5", "2.00"), "one and a half")


def fees(_):
    """fees are lines of the service that is set; a fee of nothing is none"""
    with shop() as s:
        number = s.order([s.line(gross="10.00")], fees=[s.extra({"name": "Opłata za pobranie"}, "4.00"), s.extra({"name": "nic"}, "0.00")],
                         payment_method="cod", payment_method_title="Za pobraniem")
        s.orders[number]["paid"] = None
        aged(s, number, 100)
        o = one(s, fee_sku="USL-1")
        equal([(x["sku"], x["name"], x["price_gross"], x["vat_rate"]) for x in o["lines"][1:]], [("USL-1", "Opłata za pobranie", "4.00", "23")], "fee")
        equal((o["cash_on_delivery"], o.get("paid")), (True, None), "cash on delivery")
        adds_up(o)


def refunds_before_import(_):
    """what was given back before the order was taken is not in it; money alone that was given back is said"""
    with shop() as s:
        product = s.add("A")
        number = s.order([s.line(product, 3, "30.00"), s.line(product, 1, "5.00")])
        first, second = (line["id"] for line in s.orders[number]["line_items"])
        s.refund(number, {first: 1, second: 1})
        s.refund(number, amount="2.50")
        aged(s, number, 100)
        o = one(s)
        equal([(x["quantity"], x["price_gross"]) for x in o["lines"]], [("2", "10.00")], "what is left")
        equal((o["total_gross"], o["paid"], o["note"]), ("20.00", "17.50", "given back in the shop: 2.50"), "amounts")
        adds_up(o)


def tax_numbers_and_points(_):
    """NIP and point of pick-up from the keys of common plugins, and from those that are set"""
    with shop() as s:
        cases = [([("_billing_nip", "525-000-10-90")], "525-000-10-90", None), ([("nip", "brak"), ("_vat_number", "DE811569869")], "DE811569869", None),
                 ([("_wc_billing/my-shop/nip", "5250001090")], "5250001090", None), ([("_parcel_machine_id", "LOD01A")], None, "LOD01A"),
                 ([("apaczka_delivery_point", {"apm_access_point_id": "WAW22", "apm_supplier": "x"})], None, "WAW22"),
                 ([("_billing_invoice_ask", "1")], None, None), ([], None, None)]
        for metas, nip, point in cases:
            s.orders.clear()
            number = simple(s, meta_data=[{"id": i, "key": k, "value": v} for i, (k, v) in enumerate(metas)])
            o = one(s)
            equal((o["invoice"].get("tax_id"), o["delivery"].get("point_id")), (nip, point), f"{metas}")
            equal(o["invoice"]["wanted"], bool(nip) or metas == [("_billing_invoice_ask", "1")], f"{metas}: invoice")
        s.touch(number, meta_data=[{"id": 1, "key": "my_nip", "value": "5250001090"}, {"id": 2, "key": "_billing_nip", "value": "1"}])
        aged(s, number, 100)
        equal(one(s, nip_keys=["my_nip"])["invoice"]["tax_id"], "5250001090", "the keys that are set, and no others")


def lost_variation(_):
    """trap: a deleted variation shows its product's SKU: that is not what was sold"""
    with shop() as s:
        parent = s.add("PARENT", "Koszulka", "variable")
        child = s.add("P-M", "M", "variation", parent)
        plain = s.add("A")
        aged(s, s.order([s.line(parent, 1, "10.00", variation=child), s.line(plain, 1, "5.00")]), 100)
        equal([x["sku"] for x in one(s)["lines"]], ["P-M", "A"], "as long as it is there")
        s.remove(child)
        equal([x["sku"] for x in one(s)["lines"]], ["", "A"], "nobody knows, instead of the wrong one")
        s.remove(plain)
        equal([x["sku"] for x in one(s)["lines"]], ["", ""], "a deleted product has none")


# ---- the feed -----------------------------------------------------------------------------------

def statuses(_):
    """only the chosen statuses are taken; drafts never; what was cancelled is told, an abandoned cart is not"""
    with shop() as s:
        s.custom_statuses["wyslane"] = "Wysłane"
        made = {status: simple(s, status=status) for status in ("pending", "processing", "on-hold", "completed", "checkout-draft", "wyslane")}
        paid = simple(s, status="cancelled")
        s.orders[paid]["paid"] = 1
        abandoned = simple(s, status="cancelled", payment_method="p24")
        failed_transfer = simple(s, status="failed", payment_method="bacs")
        with channel(s, "orders") as c:
            orders, _ = c.orders()
            equal({int(o["id"]): o["cancelled"] for o in orders}, {made["processing"]: False, paid: True, failed_transfer: True}, "by default")
        with channel(s, "orders", statuses=["on-hold", "wyslane", "completed"]) as c:
            equal({int(o["id"]) for o in c.orders()[0] if not o["cancelled"]}, {made["on-hold"], made["wyslane"], made["completed"]}, "chosen")
            check(abandoned not in ids(c.orders()[0]), "abandoned")


def each_once(_):
    """every order comes once, over pages, restarts and a quiet shop; a changed one comes again and says so"""
    with shop() as s:
        made = [simple(s, seconds=100 + 7 * i) for i in range(130)]
        with channel(s, "orders") as c:
            orders, cursor = c.orders()
            equal(sorted(ids(orders)), sorted(made), "all")
            equal(len(set(ids(orders))), len(orders), "each once")
        with channel(s, "orders") as c:
            s.forget()
            again, same = c.orders(cursor)
            equal((ids(again), same, s.count("GET orders")), ([], cursor, 1), "nothing new: one call, and the cursor as it was")
            aged(s, made[5], 30)
            s.orders[made[5]]["customer_note"] = "szybko"
            changed, cursor = c.orders(cursor)
            equal((ids(changed), changed[0]["note"]), ([made[5]], "szybko"), "the changed one")
            before = next(o for o in orders if int(o["id"]) == made[5])
            check(changed[0]["digest"] != before["digest"], "it is another")


def pages_that_shift(_):
    """trap: orders that are edited while pages are read make no other one missing"""
    with shop() as s:
        made = [simple(s, seconds=10000 - 20 * i) for i in range(160)]
        with channel(s, "orders") as c:
            seen, cursor, n = set(), "", 0
            while True:
                done = c.call("orders", cursor=cursor, limit=20)
                equal(done["status"], "ok", f"{done}")
                seen |= set(ids(done["orders"]))
                cursor = done["next"]
                if not done["orders"]:
                    break
                for number in made[n:n + 3]:  # two that were read and one more move to the end
                    aged(s, number, 5)
                n += 3
            equal(seen, set(made), "all were seen")


def many_in_one_second(_):
    """trap: more orders in one second than fit on a page, also when one of them is edited meanwhile"""
    with shop() as s:
        made = [simple(s, seconds=500) for _ in range(170)]
        late = simple(s, seconds=400)
        with channel(s, "orders") as c:
            done = c.call("orders", cursor="", limit=100)
            done = c.call("orders", cursor=done["next"], limit=100)
            aged(s, made[3], 5)
            rest, cursor = c.orders(done["next"])
            first, _ = c.orders("")
            equal({int(o["id"]) for o in first}, set(made) | {late}, "from the start")
            check(made[3] in ids(rest) and late in ids(rest), "what moved, and what is behind")
            equal(ids(c.orders(cursor)[0]), [], "the end")


def one_at_a_time(_):
    """a caller that takes one order at a time gets past a second that has several"""
    with shop() as s:
        made = [simple(s, seconds=500) for _ in range(4)]
        for modified in (True, False):
            s.knows_modified = modified  # older shops do not
            with channel(s, "orders") as c:
                done, seen = {"next": "", "orders": [0]}, []
                while done["orders"]:
                    done = c.call("orders", cursor=done["next"], limit=1)
                    check(len(done["orders"]) <= 1, "one at most")
                    seen += ids(done["orders"])
                equal(sorted(set(seen)), made, "each")


def late_commits(_):
    """an order that is saved late, with a time behind what was read, is found all the same"""
    with shop() as s:
        first = simple(s, seconds=10)
        with channel(s, "orders") as c:
            orders, cursor = c.orders()
            equal(ids(orders), [first], "the first")
            late = simple(s, seconds=25)
            orders, cursor = c.orders(cursor)
            equal(ids(orders), [late], "the late one, and not the first again")
            equal(ids(c.orders(cursor)[0]), [], "once")


def same_second_again(_):
    """an order whose second is not over waits: what is changed in it again is not missed"""
    with shop() as s:
        s.frozen = 1_796_000_000 if s.now() < 1_796_000_000 else int(s.now())
        number = simple(s, seconds=0)
        with channel(s, "orders") as c:
            orders, cursor = c.orders()
            equal(ids(orders), [], "not yet")
            s.touch(number, customer_note="dopisek")
            s.frozen += 2
            orders, cursor = c.orders(cursor)
            equal([o.get("note") for o in orders], ["dopisek"], "with all of that second")


def an_hour_off(_):
    """a shop whose clock is an hour wrong either way loses and repeats nothing"""
    for ahead in (3600, -3600):
        with shop() as s:
            s.ahead = ahead
            first = simple(s, seconds=60)
            with channel(s, "orders") as c:
                orders, cursor = c.orders()
                equal(ids(orders), [first], f"{ahead}: first")
                equal(abs(round((c.call("account")["clock_offset"] - ahead * 1000) / 60000)), 0, "the difference is known")
                second = simple(s, seconds=5)
                orders, cursor = c.orders(cursor)
                equal(ids(orders), [second], f"{ahead}: second")
                equal(ids(c.orders(cursor)[0]), [], f"{ahead}: end")


def old_shop(_):
    """trap: a shop older than 5.8 ignores or refuses the time of modification: it is noticed, and all is found"""
    for version, refuses in (("5.6.0", True), ("5.6.0", False)):
        with shop() as s:
            s.version, s.knows_modified = version, False
            if not refuses:  # knows the order, ignores the filter
                s.knows_modified, plain = True, s.time_of
                s.time_of = lambda request, name: None if name.startswith("modified") else plain(request, name)
            made = [simple(s, seconds=3000 - 10 * i) for i in range(120)]
            made += [simple(s, seconds=40 * DAY)]
            with channel(s, "orders") as c:
                orders, cursor = c.orders()
                equal(sorted(ids(orders)), sorted(made[:-1]), "all of the last days")
                aged(s, made[7], 20)
                orders, cursor = c.orders(cursor)
                equal(ids(orders), [made[7]], "only what changed")


def custom_status_off(_):
    """trap: an order in a status whose plugin is off is not in lists; its outcome is told all the same"""
    with shop() as s:
        s.custom_statuses["wyslane"] = "Wysłane"
        number = simple(s, status="wyslane")
        s.statuses_off.add("wyslane")
        with channel(s, "orders", statuses=["wyslane"]) as c:
            done = c.call("outcome", order=str(number), outcome={"state": "done", "document": "ZK 1/2026", "at": "2026-01-01T00:00:00Z"})
            equal(done["status"], "ok", f"{done}")
            equal(s.orders[number]["meta_data"][-1]["value"], "ZK 1/2026", "told")


def bad_days(_):
    """pages, cut answers and refusals in the feed: an error, the cursor stays, and nothing is lost"""
    with shop() as s:
        made = [simple(s, seconds=100 + i) for i in range(3)]
        s.touch(made[0])
        s.refund(made[0], amount="1.00")
        aged(s, made[0], 100)
        with channel(s, "orders") as c:
            for call, do in (("GET orders", "html"), ("GET orders", "cut"), ("GET orders/{id}/refunds", "502"), ("GET orders", "503")):
                s.fault(call, do)
                done = c.call("orders", cursor="", limit=100)
                check(done["status"] in ("unreachable", "busy") and "orders" not in done, f"{do}: {done}")
            for do in ("bom", "warning"):
                s.fault("GET orders", do)
                equal(sorted(ids(c.orders()[0])), sorted(made), do)


def long_orders(_):
    """orders with so much in them that a page is too long come in smaller pages"""
    with shop() as s:
        made = [simple(s, seconds=100 + i, meta_data=[{"id": 1, "key": "_log", "value": "x" * 900000}]) for i in range(22)]
        with channel(s, "orders") as c:
            equal(sorted(ids(c.orders()[0])), sorted(made), "all")


# ---- back to the shop ---------------------------------------------------------------------------

def done_with(document):
    return {"state": "done", "document": document, "at": "2026-01-01T00:00:00Z", "reason": "", "remedy": ""}


def outcome(_):
    """status, document number and one note; told again, nothing is written again"""
    with shop() as s:
        number = simple(s)
        with channel(s, "orders", status_done="completed") as c:
            for _ in range(3):
                equal(c.call("outcome", order=str(number), outcome=done_with("ZK 12/2026"))["status"], "ok", "told")
            o = s.orders[number]
            equal((o["status"], [(m["key"], m["value"]) for m in o["meta_data"]]), ("completed", [("_endpoint_document", "ZK 12/2026")]), "there")
            equal([(n["note"], n["customer_note"]) for n in s.notes[number]], [("Endpoint: ZK 12/2026", False)], "one note, for the staff only")
            equal((s.count("PUT orders/{id}"), s.count("POST orders/{id}/notes")), (1, 1), "one write of each")
            s.touch(number, status="cancelled")
            equal(c.call("outcome", order=str(number), outcome=done_with("ZK 13/2026"))["status"], "ok", "another document")
            equal((o["status"], o["meta_data"][0]["value"], len(s.notes[number])), ("cancelled", "ZK 13/2026", 2), "a person's status stays")


def outcome_and_the_reply_lost(_):
    """a lost reply to each write of an outcome: one status, one meta, one note"""
    with shop() as s:
        for call in ("PUT orders/{id}", "POST orders/{id}/notes"):
            for do in ("lose", "done-502", "cut"):
                number = simple(s)
                with channel(s, "orders", status_done="completed") as c:
                    s.forget()
                    s.fault(call, do)
                    done = c.call("outcome", order=str(number), outcome=done_with("ZK 1"))
                    equal(done["status"], "unreachable", f"{call} {do}: {done}")
                    equal(c.call("outcome", order=str(number), outcome=done_with("ZK 1"))["status"], "ok", f"{call} {do}: again")
                    equal((s.orders[number]["status"], len(s.orders[number]["meta_data"]), len(s.notes[number])), ("completed", 1, 1), f"{call} {do}")
                    equal((s.count("PUT orders/{id}"), s.count("POST orders/{id}/notes")), (1, 1), f"{call} {do}: calls")


def outcome_of_nothing(_):
    """orders that are gone or in the trash; outcomes that the shop's staff need not know; rejections where wanted"""
    with shop() as s:
        number = simple(s)
        with channel(s, "orders") as c:
            for state in ("waiting", "in-doubt", "rejected"):
                s.forget()
                equal(c.call("outcome", order=str(number), outcome={"state": state, "reason": "x"})["status"], "ok", state)
                equal(s.count("GET") + s.count("PUT") + s.count("POST"), 0, f"{state}: no call")
            s.orders[number]["status"] = "trash"
            for order in (str(number), "999999", "abc", "../x"):
                done = c.call("outcome", order=order, outcome=done_with("ZK 1"))
                equal((done["status"], done["error"]["code"]), ("not-found", "order_unknown"), f"{order}: {done}")
        number = simple(s)
        with channel(s, "orders", notes="all") as c:
            for _ in range(2):
                equal(c.call("outcome", order=str(number), outcome={"state": "rejected", "reason": "line 1: no product <A>"})["status"], "ok", "told")
            equal([n["note"] for n in s.notes[number]], ["Endpoint: line 1: no product"], "once")


def outcome_with_an_unknown_status(_):
    """trap: a status that the shop does not have is refused with its words; the order stays as it was"""
    with shop() as s:
        number = simple(s)
        with channel(s, "orders", status_done="wyslane") as c:
            done = c.call("outcome", order=str(number), outcome=done_with("ZK 1"))
            equal((done["status"], done["error"]["code"], s.orders[number]["status"]), ("refused", "shop_status", "processing"), f"{done}")


def own_writes_come_back(_):
    """an order that was changed only by what we wrote, or was paid, comes back as it was"""
    with shop() as s:
        number = simple(s)
        with channel(s, "orders", statuses=["processing", "completed"], status_done="completed") as c:
            before, cursor = c.orders()
            equal(c.call("outcome", order=str(number), outcome=done_with("ZK 1"))["status"], "ok", "told")
            s.orders[number]["modified"] -= 3
            after, _ = c.orders(cursor)
            equal(after[0]["digest"], before[0]["digest"], "the same order")
            s.touch(number, paid=int(s.now()), status="processing")
            s.orders[number]["modified"] -= 2
            equal([o["digest"] for o in c.orders(cursor)[0]], [before[0]["digest"]], "paid")


def states(_):
    """states of documents: the status only where it is another one, never of an order that ended; the invoice's number"""
    with shop() as s:
        s.custom_statuses["wyslane"] = "Wysłane"
        numbers = [simple(s) for _ in range(3)] + [simple(s, status="cancelled"), simple(s, status="completed")]

        def state(number, word, invoice=None):
            return None, {"external_id": str(number), "document": "ZK 1", "state": word, "invoice": invoice}

        with channel(s, "order-states") as c:
            done = c.send(state(numbers[0], "wyslane", "FS 7"), state(numbers[1], "processing"), state(numbers[2], "nowhere"),
                          state(numbers[3], "wyslane"), state(numbers[4], "processing"), state(999, "wyslane"), (None, {"state": "x"}))
            equal(done["results"], ["sent", "sent", "refused", "refused", "sent", "unknown", "same"], f"{done}")
            equal([s.orders[n]["status"] for n in numbers], ["wyslane", "processing", "processing", "cancelled", "completed"], "statuses")
            equal([(m["key"], m["value"]) for m in s.orders[numbers[0]]["meta_data"]], [("_endpoint_document", "ZK 1"), ("_endpoint_invoice", "FS 7")], "meta")
            equal([a["error"]["code"] for a in done["answers"] if a.get("error")], ["shop_status", "shop_order_closed", "order_unknown"], "why")
            s.forget()
            equal(c.send(state(numbers[0], "wyslane", "FS 7"))["results"], ["same"], "again")
            equal(s.count("PUT"), 0, "no write")


if __name__ == "__main__":
    run_tests([an_order, values_that_do_not_divide, fractions, fees, refunds_before_import, tax_numbers_and_points, lost_variation,
               statuses, each_once, pages_that_shift, many_in_one_second, one_at_a_time, late_commits, same_second_again, an_hour_off, old_shop,
               custom_status_off, bad_days, long_orders, outcome, outcome_and_the_reply_lost, outcome_of_nothing,
               outcome_with_an_unknown_status, own_writes_come_back, states])
