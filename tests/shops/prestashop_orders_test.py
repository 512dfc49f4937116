"""The channel of PrestaShop against its double: orders in, and what became of them back. Each trap has its test."""
import calendar
import os
import sys
import time
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
from harness import check, equal, run_tests  # noqa: E402
from prestashop_test import channel, errors, shop, writes  # noqa: E402


def ids(orders):
    return [o["id"] for o in orders]


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
    """an order with its buyer, addresses, lines, delivery, payment and rates; its times are the shop's own, without a zone"""
    with shop() as s:
        number = s.order([s.line("A-1", 2, "9.99", name="Młotek & gwoździe", ean="5901234123457"), s.line("B", 1, "5.40", 8)], shipping="15.00",
                         address={"company": "Kowalski & Syn", "vat_number": "525-000-10-90"}, gift_message="Proszę <szybko>",
                         delivery={"firstname": "Anna", "lastname": "Nowak", "address1": "Długa 5", "address2": "m. 3", "phone_mobile": "700"})
        o = one(s)
        equal((o["id"], o["number"], o["currency"], o["total_gross"], o["paid"], o["cancelled"]),
              (number, s.tables["orders"][number]["reference"], "PLN", "40.38", "40.38", False), "order")
        equal((o["buyer"]["name"], o["buyer"]["company"], o["buyer"]["email"], o["buyer"]["phone"]),
              ("Jan Kowalski", "Kowalski & Syn", "jan@example.com", "600100200"), "buyer")
        equal((o["delivery"]["name"], o["delivery"]["street"], o["delivery"]["method"], o["delivery"]["price_gross"], o["delivery"]["phone"]),
              ("Anna Nowak", "Długa 5 m. 3", "Kurier", "15.00", "700"), "delivery")
        equal([(x["sku"], x.get("ean"), x["name"], x["quantity"], x["price_gross"], x["vat_rate"]) for x in o["lines"]],
              [("A-1", "5901234123457", "Młotek & gwoździe", "2", "9.99", "23"), ("B", None, "B", "1", "5.40", "8")], "lines")
        equal((o["invoice"]["tax_id"], o["invoice"]["wanted"], o["invoice"]["country"], o["note"], o["payment_method"]),
              ("525-000-10-90", True, "PL", "Proszę <szybko>", "Przelew"), "rest")
        placed = calendar.timegm(time.strptime(o["placed_at"][:19], "%Y-%m-%dT%H:%M:%S"))
        check(abs(placed - (s.now() - 100)) < 60, f"the time in UTC: {o['placed_at']}")
        adds_up(o)


def tax_numbers(_):
    """a NIP stands in one of two fields; what is none is none"""
    with shop() as s:
        for address, nip in (({"dni": "5250001090"}, "5250001090"), ({"vat_number": "PL 525 000 10 90"}, "PL 525 000 10 90"),
                             ({"vat_number": "-", "dni": "5250001090"}, "5250001090"), ({"dni": "brak"}, None), ({}, None)):
            s.tables["orders"].clear()
            s.order([s.line("A")], address=address)
            o = one(s)
            equal((o["invoice"].get("tax_id"), o["invoice"]["wanted"]), (nip, nip is not None), f"{address}")


def values_that_do_not_divide(_):
    """discounts and the shop's own rounding: the lines are what was to be paid, to the grosz, or nothing is touched"""
    with shop() as s:
        for lines, more in (([("A", 7, "9.99")], {"discounts": "6.99"}), ([("A", 3, "10.00"), ("B", 2, "0.99"), ("C", 1, "100.00")], {"discounts": "13.37"}),
                            ([("A", 3, "33.335000")], {"total": "100.01"}), ([("A", 3, "33.335000")], {"total": "100.00"}),
                            ([("A", 1, "10.00")], {"discounts": "10.00"}), ([("A", 250, "4.999999"), ("B", 1, "0.01")], {"shipping": "12.34"}),
                            ([("A", 2, "10.00")], {"shipping": "15.00", "discounts": "15.00"})):
            s.tables["orders"].clear()
            s.order([s.line(sku, pieces, gross) for sku, pieces, gross in lines], **more)
            o = one(s)
            adds_up(o)
            equal(sum(int(x["quantity"]) for x in o["lines"]), sum(p for _, p, _ in lines), "pieces")
            check(all(len(x["price_gross"].split(".")[1]) == 2 for x in o["lines"]), f"{o['lines']}")
        s.tables["orders"].clear()
        s.order([s.line("A", 7, "9.99")], discounts="6.99")
        equal([(x["quantity"], x["price_gross"]) for x in one(s)["lines"]], [("6", "8.99"), ("1", "9.00")], "7 for 62.94")
        s.tables["orders"].clear()
        s.order([s.line("A", 2, "10.00")], total="5.00")  # no discount says why
        o = one(s)
        equal(([x["price_gross"] for x in o["lines"]], o["total_gross"]), (["10.00"], "5.00"), "left as it is, and so rejected")


def rounding(_):
    """trap: the shop keeps 81.300813 as 81.300000: the rate is still 23, and what is no whole rate is not said"""
    with shop() as s:
        line = {**s.line("A", 1, "100.00"), "unit_price_tax_excl": "81.300000"}
        odd = {**s.line("B", 1, "100.00"), "unit_price_tax_excl": "90.500000"}
        untaxed = s.line("C", 1, "10.00", 0)
        s.order([line, odd, untaxed, s.line("D", 1, "0.05")])
        equal([x.get("vat_rate") for x in one(s)["lines"]], ["23", None, None, None], "rates")
        equal([x.get("vat_rate") for x in one(s, untaxed="zw")["lines"]], ["23", None, "zw", None], "and the one without tax")


def wrapping_and_cash(_):
    """paid wrapping is a line of the service that is set; cash on delivery by the module's name"""
    with shop() as s:
        s.order([s.line("A")], wrapping="4.00", module="ps_cashondelivery", total_paid_real="0.000000")
        o = one(s, wrapping_sku="USL-1")
        equal([(x["sku"], x["price_gross"]) for x in o["lines"][1:]], [("USL-1", "4.00")], "wrapping")
        equal((o["cash_on_delivery"], o.get("paid")), (True, None), "cash on delivery")
        adds_up(o)
        equal(one(s, cod_modules=["other"])["cash_on_delivery"], False, "other modules")


def currencies(_):
    """an order in another currency says so"""
    with shop() as s:
        euro = s.add("currencies", {"iso_code": "EUR", "active": "1"})
        s.order([s.line("A")], id_currency=euro, address={"id_country": "1"})
        o = one(s)
        equal((o["currency"], o["invoice"]["country"]), ("EUR", "DE"), "order")


# ---- the feed -----------------------------------------------------------------------------------

def feed(_):
    """orders come once, over pages, from where the cursor stands; only those in the chosen states"""
    with shop() as s:
        made = [s.order([s.line("A")], 5000 - 10 * i) for i in range(70)]
        s.order([s.line("A")], 50, state="1")
        with channel(s, "orders") as c:
            first, cursor = c.orders(limit=30)
            equal(ids(first), made, "each once, oldest first")
            again, cursor = c.orders(cursor, limit=30)
            equal(again, [], "nothing new")
            late = s.order([s.line("A")], 20)
            equal(ids(c.orders(cursor)[0]), [late], "the new one")
        with channel(s, "orders", statuses=["1"]) as c:
            equal(len(c.orders()[0]), 1, "another state")


def within_one_second(_):
    """more orders in one second than a page, and more than a cursor holds: each comes, and it ends"""
    with shop() as s:
        when = s.local(s.now() - 500)
        made = [s.order([s.line("A")], 500, date_upd=when) for _ in range(130)]
        with channel(s, "orders") as c:
            for limit in (100, 30, 1):
                if limit == 1:
                    for number in made[9:]:
                        del s.tables["orders"][number]
                    made = made[:9]
                orders, _ = c.orders(limit=limit)
                equal(sorted(set(ids(orders)), key=int), made, f"limit {limit}: each")
                check(len(orders) <= 2 * len(made), f"and not for ever: {len(orders)}")


def changed_while_read(_):
    """an order that changes while pages are read makes no other missing, and comes again with another digest"""
    with shop() as s:
        made = [s.order([s.line("A")], 5000 - 10 * i) for i in range(60)]
        with channel(s, "orders") as c:
            done = c.call("orders", cursor="", limit=20)
            seen = {o["id"]: o["digest"] for o in done["orders"]}
            s.touch(made[3], 30, payment="BLIK")
            s.touch(made[45], 30)
            orders, cursor = c.orders(done["next"], limit=20)
            equal(set(seen) | set(ids(orders)), set(made), "all of them")
            after = {o["id"]: o["digest"] for o in orders}
            check(after[made[3]] != seen[made[3]], "changed")
            s.touch(made[5], 5)
            orders, _ = c.orders(cursor)
            equal([(o["id"], o["digest"]) for o in orders], [(made[5], seen[made[5]])], "touched only: the same digest")


def cancelled(_):
    """a cancelled order is told as such"""
    with shop() as s:
        number = s.order([s.line("A")], 500)
        with channel(s, "orders") as c:
            orders, cursor = c.orders()
            s.touch(number, 10, current_state="6")
            equal([(o["id"], o["cancelled"]) for o in c.orders(cursor)[0]], [(number, True)], "cancelled")


def clocks_put_back(_):
    """the hour that comes twice in autumn: an order that is changed in its second pass is seen, though its time was there before"""
    with shop() as s:
        switch = calendar.timegm((2026, 10, 25, 1, 0, 0))  # 03:00 summer time becomes 02:00 winter time
        s.frozen = switch - 60
        first = s.order([s.line("A")], 100)
        with channel(s, "orders", options={"days_back": 90}) as c:
            orders, cursor = c.orders()
            equal(ids(orders), [first], "before")
            s.frozen = switch + 600
            c.call("lookup", list="statuses")  # the clock of the test jumps; any answer tells what it shows
            second = s.order([s.line("B")], 100)
            check(s.tables["orders"][second]["date_upd"] < s.tables["orders"][first]["date_upd"], "its time is an earlier one")
            orders, cursor = c.orders(cursor)
            check(second in ids(orders), f"seen: {ids(orders)}")
            s.frozen = switch + 3 * 3600
            c.call("lookup", list="statuses")
            third = s.order([s.line("C")], 100)
            equal(ids(c.orders(cursor)[0])[-1], third, "and it goes on")


def a_zone_that_is_set_wrong(_):
    """a wrong zone loses no order: the feed only goes on behind what it saw"""
    for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
        with shop() as s:
            made = [s.order([s.line("A")], 900)]
            with channel(s, "orders", zone=zone) as c:
                orders, cursor = c.orders()
                for age in (600, 300, 60, 10):
                    made.append(s.order([s.line("A")], age))
                    more, cursor = c.orders(cursor)
                    orders += more
                check(set(made) == set(ids(orders)), f"{zone}: {ids(orders)} of {made}")


def date_filters(_):
    """trap: a filter of dates needs date=1; without, the shop answers 500: every list of orders has it"""
    with shop() as s:
        s.order([s.line("A")])
        with channel(s, "orders") as c:
            c.orders()
        for kind, request in s.calls:
            check(kind != "GET orders" or request.query.get("date") == "1", request.target)


# ---- back ---------------------------------------------------------------------------------------

DONE = {"state": "done", "document": "FS 1/2026"}


def outcome(_):
    """trap: repeating a history adds another: a state is written once, only from where the order was taken, and only where it is another"""
    with shop() as s:
        number = s.order([s.line("A")], 500)
        with channel(s, "orders") as c:
            equal((c.call("outcome", order=number, outcome=DONE)["status"], writes(s)), ("ok", 0), "nothing is set")
        with channel(s, "orders", status_done="3") as c:
            for _ in range(3):
                equal(c.call("outcome", order=number, outcome=DONE)["status"], "ok", "done")
            equal((s.tables["orders"][number]["current_state"], s.histories(number)), ("3", ["3"]), "once")
            s.touch(number, current_state="4")
            c.call("outcome", order=number, outcome=DONE)
            equal(s.histories(number), ["3"], "a person went on: it stays")
            equal(c.call("outcome", order="99999", outcome=DONE)["error"]["code"], "order_unknown", "trap: an empty 404 is an unknown order")
            s.touch(number, current_state="2")
            equal(c.call("outcome", order=number, outcome={"state": "rejected", "reason": "x"})["status"], "ok", "rejected: no place for it")
            equal(s.histories(number), ["3"], "nothing written")
        with channel(s, "orders", status_done="77") as c:
            done = c.call("outcome", order=number, outcome=DONE)
            equal((done["status"], done["error"]["code"]), ("refused", "shop_status"), f"trap: an unknown state would be an empty 500: {done}")
            equal(s.count("POST"), 1, "it is not tried")


def outcome_and_the_reply_lost(_):
    """a lost reply to a history, or a fault after it: one history"""
    with shop() as s:
        with channel(s, "orders", status_done="3") as c:
            for do, count in (("lose", 1), ("done-502", 1), ("cut", 1)):
                number = s.order([s.line("A")], 500)
                s.fault("POST order_histories", do)
                equal(c.call("outcome", order=number, outcome=DONE)["status"], "ok", do)
                equal(c.call("outcome", order=number, outcome=DONE)["status"], "ok", "again")
                equal(s.histories(number), ["3"] * count, do)
            number = s.order([s.line("A")], 500)
            s.fault("POST order_histories", "refuse")
            equal(c.call("outcome", order=number, outcome=DONE)["status"], "unreachable", "not done")
            equal((c.call("outcome", order=number, outcome=DONE)["status"], s.histories(number)), ("ok", ["3"]), "then it goes")
            number = s.order([s.line("A")], 500)
            s.fault("POST order_histories", "500")
            done = c.call("outcome", order=number, outcome=DONE)
            equal((done["status"], done["error"]["code"]), ("refused", "shop_status"), f"a fault over this order alone: {done}")


def order_states(_):
    """states of documents: another one is written, the same is not, a cancelled order stays, an unknown one is said"""
    with shop() as s:
        first, second, third = (s.order([s.line("A")], 500) for _ in range(3))
        s.touch(third, current_state="6")
        def row(number, state):
            return (None, {"external_id": number, "state": state, "document": "FS 1"})
        with channel(s, "order-states") as c:
            done = c.send(row(first, "4"), row(second, "2"), row(third, "4"), row("9999", "4"), row(first, "wysłane"), (None, {"state": "4"}))
            equal(done["results"], ["sent", "same", "refused", "unknown", "refused", "same"], f"{done}")
            equal(errors(done)[2:5], ["shop_order_closed", "order_unknown", "shop_status"], f"{done}")
            equal((s.histories(first), s.histories(second), s.histories(third)), (["4"], [], []), "written")
            equal(c.send(row(first, "4"))["results"], ["same"], "again")
            s.fault("POST order_histories", "lose")
            equal(c.send(row(second, "5"))["results"], ["sent"], "a lost reply")
            equal(s.histories(second), ["5"], "once")


def rights(_):
    """what a plugin of orders needs is told by its checks"""
    with shop() as s:
        s.rights["order_histories"] = {"GET"}
        s.rights["addresses"] = set()
        with channel(s, "orders", status_done="3") as c:
            told = {t["check"]["code"]: t["check"] for t in c.call("check")["told"]}
            check("POST order_histories" in told["shop.write"]["text"] and "GET addresses" in told["shop.write"]["text"], f"{told['shop.write']}")
            s.order([s.line("A")])
            done = c.call("orders", cursor="")
            equal((done["status"], done["error"]["code"]), ("denied", "shop_denied"), f"{done}")


if __name__ == "__main__":
    run_tests([an_order, tax_numbers, values_that_do_not_divide, rounding, wrapping_and_cash, currencies, feed, within_one_second, changed_while_read,
               cancelled, clocks_put_back, a_zone_that_is_set_wrong, date_filters, outcome, outcome_and_the_reply_lost, order_states, rights])
