"""Whatever is killed, whenever: one document and one outcome for every order.

First the worker dies at every named point of an order's way (doc/contracts.md), then worker, daemon, panel and
ERP are killed with -9 at random. ORDERS_ROUNDS: how many of the latter (40; under the sanitizers 8).
"""
import json
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from harness import SLOW, check, equal, house, run_tests  # noqa: E402
from orders_test import begin, in_panel, order, place  # noqa: E402

ROUNDS = int(os.environ.get("ORDERS_ROUNDS", "40" if SLOW == 1 else "8"))
POINTS = ("order-stored", "found", "sending", "staged-file", "staged", "renamed", "settled", "handed-over", "seen", "done",
          "moved", "put-away", "outcome-sent")
AFTER_CRASH = ("recover-found", "recovered")


class Orders:
    """What was placed, and what must have become of it."""

    def __init__(self, h, dice):
        self.h, self.dice = h, dice
        self.good, self.bad = [], []

    def place(self):
        """One to three orders, now and then one that must be rejected."""
        batch = []
        for _ in range(self.dice.randrange(1, 4)):
            identifier = f"K{len(self.good) + len(self.bad)}"
            lines = [(self.dice.choice(self.h.goods), str(self.dice.randrange(1, 5)), f"{self.dice.randrange(100, 9999) / 100:.2f}")
                     for _ in range(self.dice.randrange(1, 4))]
            if self.dice.random() < 0.15:
                lines.append(("NIE-MA", "1", "1.00"))
                self.bad.append(identifier)
            else:
                self.good.append(identifier)
            batch.append(order(identifier, *lines))
        place(self.h, *batch)

    def listed(self):
        """The panel's orders: identifier → the newest outcome."""
        done = self.h.panel("order", "list", "--json")
        rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if len(rows) == 1 and "orders" in rows[0]:
            rows = rows[0]["orders"]
        return {row["id"]: row for row in rows}

    def settled(self):
        rows = self.listed()
        return all(rows.get(i, {}).get("state") == "done" for i in self.good) and \
            all(rows.get(i, {}).get("state") == "rejected" for i in self.bad)

    def check(self, what):
        try:
            self.h.until(self.settled, f"{what}: every order has its outcome", 120)
        except Exception as why:
            rows = self.listed()
            late = [rows.get(i, i) for i in self.good + self.bad if rows.get(i, {}).get("state") not in ("done", "rejected")]
            raise type(why)(f"{why}; without: {late[:3]}; endpoint: {self.h.ctl('orders', '--json', expect=None).stdout[:1500]}") from None
        made = self.h.sql("SELECT d.dok_NrPelnyOryg, d.dok_NrPelny FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND "
                          "d.dok_NrPelnyOryg LIKE 'EP%' ORDER BY d.dok_Id")
        markers = [row[0] for row in made]
        equal(len(markers), len(set(markers)), f"{what}: documents and markers; twice: "
              f"{[m for m in markers if markers.count(m) > 1]}")
        equal(len(markers), len(self.good), f"{what}: documents of good orders")
        numbers, rows = {row[1] for row in made}, self.listed()
        equal({rows[i]["document"] for i in self.good}, numbers, f"{what}: the numbers that the panel has")


def start(h, fault=None):
    environment = dict(h.environment)
    if fault:
        environment["ENDPOINT_FAULT"] = f"{fault}@{h.path('die')}"
    h.start_daemon(environment=environment)
    h.until(lambda: h.status().get("plugins"), "endpointd answers")


@house(rows=50)
def at_every_point(h):
    """the worker dies at every named point of an order's way: one document, one outcome"""
    orders = Orders(h, random.Random(3))
    begin(h, operator="keeps", daemon=False)
    for number, point in enumerate(POINTS + AFTER_CRASH):
        start(h, point)
        h.write("die", "")
        if point in AFTER_CRASH:  # these come when a worker finds what another one left behind
            h.stop("endpointd")
            start(h, "staged")
            orders.place()
            h.until(lambda: not os.path.exists(h.path("die")), "the worker died at staged", 60)
            h.kill("endpointd")
            h.write("die", "")
            start(h, point)
        else:
            orders.place()
        h.until(lambda: not os.path.exists(h.path("die")), f"the worker died at {point}", 60)
        orders.check(point)
        if point == "outcome-sent":  # told again after the crash: the same, which is kept once
            for identifier in orders.good[-3:]:
                outcomes = [(o["state"], o["at"]) for o in in_panel(h, identifier)["outcomes"]]
                equal(len(outcomes), len(set(outcomes)), f"outcomes of {identifier}, each once: {outcomes}")
                equal([s for s, _ in outcomes].count("done"), 1, f"done, of {identifier}: {outcomes}")
        if number % 2:
            h.kill("endpointd")
        else:
            h.stop("endpointd")
    start(h)  # the file of the last one may go in the next pass only
    h.until(lambda: sorted(os.listdir(h.inbox)) == [".endpoint-owner", "done"],
            "nothing lies there that could be imported again", 60)
    equal(len(os.listdir(os.path.join(h.inbox, "done"))), len(orders.good), "files in done")


def kill_one(h, dice, victim):
    if victim == "worker":
        pids = [p for p in h.workers().values() if p]
        if pids:
            try:
                os.kill(dice.choice(pids), signal.SIGKILL)
            except ProcessLookupError:
                pass
    elif victim == "endpointd":
        h.kill("endpointd")
        start(h)
    elif victim == "panel":
        port = h.panel_port
        h.kill("panel")
        h.start_panel(port=port)
    else:
        port = h.erp_port
        h.kill("sandbox")
        h.start_sandbox("--import-dir", h.inbox, port=port)


@house(rows=50)
def at_random(h):
    """worker, daemon, panel and ERP killed at random: one document, one outcome for every order"""
    dice = random.Random(20261126)
    orders = Orders(h, dice)
    begin(h)
    for number in range(ROUNDS):
        orders.place()
        for _ in range(dice.randrange(1, 3)):
            time.sleep(dice.random() * 0.4)  # the moment of death is what is drawn here
            kill_one(h, dice, dice.choice(("worker", "worker", "endpointd", "panel", "sandbox")))
        if number % 10 == 9:
            orders.check(f"after {number + 1} rounds")
    orders.check("at the end")
    told = [in_panel(h, i) for i in orders.good[:20]]
    for row in told:
        done = [o for o in row.get("outcomes", []) if o.get("state") == "done"]
        check(len(done) <= 1 or len({json.dumps(o.get("document")) for o in done}) == 1, f"one outcome: {row}")


if __name__ == "__main__":
    run_tests([at_every_point, at_random])
