"""Two of one endpoint: a copied state directory, a restored one, and starts without the panel."""
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import check, equal, program, run_tests  # noqa: E402
from panel_client import database  # noqa: E402
from orders_test import now as now_at  # noqa: E402
from orders_test import (begin, files, mine, order, panel_journal, place, state_of, until_state,  # noqa: E402
                         until_told)

LEASE = ("--fault", "lease=10")


class Copy:
    """A second machine: a copy of the state directory, with an import directory of its own."""

    def __init__(self, h, name):
        self.h, self.name = h, name
        shutil.copytree(h.path("state"), h.path("state-" + name))
        shutil.copytree(h.path("etc"), h.path("etc-" + name))
        os.mkdir(h.path("run-" + name), 0o700)
        self.inbox = h.write_dir("import-" + name)
        path = h.path("etc-" + name, "endpoint.conf")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(json.dumps(h.inbox), json.dumps(self.inbox)))

    def arguments(self):
        return ["--config", self.h.path("etc-" + self.name, "endpoint.conf"), "--state-dir",
                self.h.path("state-" + self.name), "--runtime-dir", self.h.path("run-" + self.name)]

    def start(self):
        self.h.start("endpointd-" + self.name, [program("endpointd"), *self.arguments()])

    def stop(self, number=signal.SIGTERM):
        self.h.stop("endpointd-" + self.name, number)

    def ctl(self, *arguments, expect=0):
        done = self.h.run([program("endpointctl"), *self.arguments(), *arguments], stdin="")
        check(expect is None or done.returncode == expect,
              f"{self.name}: endpointctl {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def status(self):
        with contextlib.suppress(ValueError):
            return json.loads(self.ctl("status", "--json", expect=None).stdout)
        return {}

    def files(self):
        return sorted(n for n in os.listdir(self.inbox) if n != ".endpoint-owner")

    def order(self, identifier):
        done = self.ctl("order", "show", identifier, "--json", expect=None)
        return json.loads(done.stdout).get("order", {}) if done.returncode == 0 else {}


def panel_state(status):
    return status.get("panel", {}).get("state")


def number_of(h, directory="state"):
    return json.loads(h.read(directory + "/incarnation.json"))["last"]


def codes(h):
    return [e["code"] for e in panel_journal(h)]


def live(h):
    h.until(lambda: panel_state(h.status()) == "connected", "the endpoint is connected")


def copied(h):
    """of two with copies of one state directory the second is held; a person lets it take over; no order is written twice"""
    begin(h, operator=False, panel=LEASE)
    live(h)
    b = Copy(h, "b")
    b.start()
    h.until(lambda: panel_state(b.status()) == "held", "the copy is held")
    place(h, *(order(f"K{i}", (h.goods[0], "1", "5.00")) for i in range(17)))
    for i in range(17):
        until_state(h, f"K{i}", "handed-over")
    equal((len(files(h)), b.files()), (17, []), "17 orders are 17 files in sum")

    # Both are told, and the panel.
    said = b.ctl("status", expect=1).stdout
    check("[FAIL] Panel" in said and "endpointctl take-over" in said, said)
    status = b.status()
    equal([(p["state"], p["error"]["code"], p["pid"]) for p in status["plugins"]], [("held", "endpoint_twin", None)],
          "its plugin")
    h.until(lambda: "a copy of it was started" in h.ctl("status", expect=None).stdout, "the first is told")
    said = h.ctl("status", expect=1).stdout
    check("Copies of this endpoint" in said and "Stop endpointd there" in said, said)
    said = h.panel("endpoint", "list").stdout
    check("a copy of it is held" in said and "endpoint take-over" in said, said)
    check("twin" in json.loads(h.panel("status", expect=1).stdout), "the panel's status")
    check("endpoint_twin" in codes(h), "the panel's journal")
    check("endpoint_twin" in b.ctl("journal", "-n", "200", "--json").stdout, "the copy's journal")
    check("endpoint_copy" in h.ctl("journal", "-n", "200", "--json").stdout, "the first one's journal")

    # Starting it again does not help; a person's word does, and then the first one stops before the copy writes.
    b.stop()
    b.start()
    h.until(lambda: panel_state(b.status()) == "held", "the copy is held again")
    b.ctl("take-over")
    equal(panel_state(b.status()), "connected", "the copy after take-over")
    h.until(lambda: panel_state(h.status()) == "held", "the first one is held")
    place(h, *(order(f"L{i}", (h.goods[0], "1", "5.00")) for i in range(5)))
    h.until(lambda: len(b.files()) == 5, "the copy writes")
    equal((len(files(h)), len(set(files(h) + b.files()))), (17, 22), "22 orders are 22 files in sum")
    equal({b.order(f"K{i}")["state"] for i in range(17)}, {"in-doubt"}, "what the first one gave to the ERP")
    check("another start of this endpoint" in b.order("K0")["reason"], b.order("K0")["reason"])

    # They do not take turns, whatever is started again.
    h.stop("endpointd")
    b.stop(signal.SIGKILL)
    h.start_daemon()
    h.until(lambda: panel_state(h.status()) == "held", "the first one stays held")
    b.start()
    h.until(lambda: panel_state(b.status()) == "connected", "the copy goes on")
    equal(panel_state(h.status()), "held", "the first one, still")

    # An identity of its own.
    h.write("token", h.panel("token", "new").stdout.strip())
    h.ctl("register", "--again", "--token-file", h.path("token"))
    live(h)
    equal(len(h.panel("endpoint", "list", "--json").stdout.splitlines()), 2, "endpoints")
    equal((len(files(h)), len(b.files())), (17, 5), "files at the end")


def started_again(h):
    """the same installation started again goes on at once: after a stop, after kill -9, and when a number got lost"""
    begin(h, operator=False)
    live(h)
    first = number_of(h)
    for i, number in enumerate((signal.SIGTERM, signal.SIGKILL, signal.SIGKILL)):
        h.stop("endpointd", number)
        if i == 2:  # killed between the panel's answer and remembering it
            with contextlib.closing(sqlite3.connect(h.path("panel", "panel.db"), timeout=30)) as db, db:
                db.execute("UPDATE starts SET incarnation=incarnation+1,called_ms=0")
        h.start_daemon()
        place(h, order(f"R{i}", (h.goods[0], "1", "5.00")))
        until_state(h, f"R{i}", "handed-over", within=15)
    equal(number_of(h), first + 4, "numbers")
    check("endpoint_twin" not in codes(h), "nobody was held")


def restored(h):
    """an older state from a backup goes on when the other is silent, after its lease, and says what it is"""
    begin(h, panel=LEASE)
    live(h)
    b = Copy(h, "b")
    for i in range(2):  # the state grows older than the endpoint
        h.stop("endpointd")
        h.start_daemon()
        live(h)
    place(h, *(order(f"B{i}", (h.goods[0], "1", "5.00")) for i in range(3)))
    for i in range(3):
        until_told(h, f"B{i}", "done")
    died = time.monotonic()
    h.kill("endpointd")
    place(h, order("B3", (h.goods[0], "1", "5.00")))
    b.start()
    h.until(lambda: b.order("B3").get("state") == "handed-over", "the new order is written")
    check(time.monotonic() - died > 8, "not before the other's lease was over")
    for i in range(3):
        equal(b.order(f"B{i}")["state"], "done", "found in the ERP")
    equal(len(b.files()), 1, "files that it wrote")
    check("endpoint_restored" in codes(h), "the panel's journal")
    check("endpoint_restored" in b.ctl("journal", "-n", "200", "--json").stdout, "its own")
    # The one that died comes back: it is held.
    h.start_daemon()
    h.until(lambda: panel_state(h.status()) == "held", "the old one is held")
    equal(panel_state(b.status()), "connected", "the restored one")


def without_panel(h):
    """a start without the panel writes no new order until the panel was asked, or a setting says so"""
    begin(h, operator=False)
    live(h)
    os.rename(h.inbox, h.inbox + ".away")
    place(h, order("W1", (h.goods[0], "1", "5.00")))
    until_state(h, "W1", "waiting")
    h.stop("endpointd")
    h.stop("panel")
    os.rename(h.inbox + ".away", h.inbox)
    h.start_daemon()
    h.until(lambda: "could not be asked yet" in mine(h, "W1").get("reason", ""), "the order says what it waits for")
    o = mine(h, "W1")
    check(o["state"] == "waiting" and "orders.without_panel" in o["remedy"], str(o))
    h.ctl("order", "retry", "W1")
    h.ctl("sync", "orders", expect=None)
    equal(files(h), [], "nothing is written")
    h.start_panel(port=h.panel_port)
    until_state(h, "W1", "handed-over")

    # The setting.
    os.rename(h.inbox, h.inbox + ".away")
    place(h, order("W2", (h.goods[0], "1", "5.00")))
    until_state(h, "W2", "waiting")
    h.stop("endpointd")
    h.stop("panel")
    os.rename(h.inbox + ".away", h.inbox)
    h.ctl("config", "set", "orders.without_panel", "true")
    h.start_daemon()
    until_state(h, "W2", "handed-over")
    equal(len(files(h)), 2, "files")


def lease_ends(h):
    """new documents wait when the panel has been silent for longer than the lease"""
    begin(h, operator=False, panel=LEASE)
    live(h)
    os.rename(h.inbox, h.inbox + ".away")
    place(h, order("E1", (h.goods[0], "1", "5.00")))
    until_state(h, "E1", "waiting")
    h.stop("panel")
    h.until(lambda: "has not been heard" in mine(h, "E1").get("reason", "") or
            "has not been heard" in json.dumps(h.status()), "the lease ends", 30)
    os.rename(h.inbox + ".away", h.inbox)
    h.ctl("sync", "orders", expect=None)
    equal((state_of(h, "E1"), files(h)), ("waiting", []), "not written")
    h.start_panel(*LEASE, port=h.panel_port)
    until_state(h, "E1", "handed-over")


def old_panel(h):
    """a panel that does not know the question is worked with as before"""
    begin(h, operator=False, panel=("--fault", "no-starts"))
    live(h)
    place(h, order("O1", (h.goods[0], "1", "5.00")))
    until_state(h, "O1", "handed-over")
    k = [c for c in h.status()["checks"] if c["code"] == "endpoint.copies"]
    check(k and "cannot tell" in k[0]["text"], str(k))
    # The panel is replaced by one that does.
    h.stop("panel")
    h.start_panel(port=h.panel_port)
    place(h, order("O2", (h.goods[0], "1", "5.00")))
    until_state(h, "O2", "handed-over")


def new_panel(h):
    """The panel set up anew: another account, another endpoint, the same plugin."""
    h.stop("endpointd")
    h.stop("panel")
    shutil.rmtree(h.path("panel"))
    os.mkdir(h.path("panel"), 0o700)
    h.start_panel(port=h.panel_port)
    h.panel("account", "add", "Sklep Nowy")
    h.write("token", h.panel("token", "new").stdout.strip())
    said = h.ctl("register", "--again", "--token-file", h.path("token"))
    check("may already be in the ERP" in said.stderr and "in doubt" in said.stderr, "it says so beforehand: " + said.stderr)
    h.endpoint = json.loads(h.panel("endpoint", "list", "--json").stdout)["id"]
    h.ctl("order", "take-directory", "--yes")
    h.add_plugin("orders", options={"before_setup": True})


def count(h):
    return int(h.value("SELECT COUNT(d.dok_Id) FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND d.dok_NrPelnyOryg LIKE N'EP%'"))


def registered_anew(h):
    """orders that a panel which was set up anew delivers once more are in doubt, and no second documents"""
    begin(h)
    orders = [order(f"N{i}", (h.goods[0], "1", "5.00")) for i in range(5)]
    place(h, *orders)
    for o in orders:
        until_told(h, o["id"], "done")
    first = mine(h, "N0")["document"]
    equal(count(h), 5, "documents")

    # The ledger knows them.
    new_panel(h)
    place(h, *orders)
    h.start_daemon()
    for o in orders:
        until_told(h, o["id"], "in-doubt")
    shown = json.loads(h.ctl("orders", "--state", "in-doubt", "--json").stdout)
    equal(len(shown["orders"] if isinstance(shown, dict) else shown), 5, "in doubt")
    place(h, order("N9", (h.goods[0], "1", "5.00"), placed_at=now_at()))
    until_told(h, "N9", "done")
    equal(count(h), 6, "documents: only the new order")

    # Without the ledger the ERP is asked for the numbers.
    new_panel(h)
    shutil.rmtree(h.path("state", "ledgers"))
    place(h, *orders)
    h.start_daemon()
    for o in orders:
        until_told(h, o["id"], "in-doubt")
    reason = mine(h, "N0")["reason"]
    check(first in reason and "another marker" in reason, reason)
    equal(count(h), 6, "documents")
    h.ctl("order", "resolve", "N0", "--exists-as", first)
    equal(until_told(h, "N0", "done")["document"], first, "a person says that it is the one")
    h.ctl("order", "resolve", "N1", "--does-not-exist")
    until_told(h, "N1", "done")
    equal(count(h), 7, "a person says that it is another one")

    # What waits when this endpoint becomes another one is in doubt, too.
    os.rename(h.inbox, h.inbox + ".away")
    place(h, order("N7", (h.goods[0], "1", "5.00"), placed_at=now_at()))
    until_state(h, "N7", "waiting")
    h.write("token", h.panel("token", "new").stdout.strip())
    h.ctl("register", "--again", "--token-file", h.path("token"))
    mover = [json.loads(line)["id"] for line in h.panel("endpoint", "list", "--json").stdout.splitlines()][-1]
    database(h, "UPDATE plugins SET endpoint_id=?", mover)
    database(h, "UPDATE endpoints SET rev=rev+1")
    os.rename(h.inbox + ".away", h.inbox)
    h.ctl("order", "take-directory", "--yes")
    until_state(h, "N7", "in-doubt")
    check("registered as" in mine(h, "N7")["reason"], str(mine(h, "N7")))
    equal(count(h), 7, "documents at the end")


if __name__ == "__main__":
    run_tests([copied, started_again, restored, without_panel, lease_ends, old_panel, registered_anew])
