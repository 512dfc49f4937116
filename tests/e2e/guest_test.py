"""A good guest on the ERP's server: who we are is seen there, we give way in a deadlock, wait for locks no longer than we
are told, say what we waited for, and read without locks where the database allows it.
"""
import json
import re
import socket
import sqlite3
import threading

from harness import check, equal, house, run_tests
from history_test import Connection
from orders_test import order, place, state_of

HOLD = "UPDATE dbo.tw_Stan SET st_StanRez = st_StanRez WHERE st_TowId = (SELECT TOP (1) s.st_TowId FROM dbo.tw_Stan AS s)"


class Tap:
    """Passes bytes on to the server, and keeps what the clients said, a text a connection."""

    def __init__(self, port):
        self.target, self.said, self.ended = ("127.0.0.1", port), [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.target)
            except OSError:
                return
            kept = bytearray()
            self.said.append(kept)
            threading.Thread(target=self.pump, args=(client, server, kept), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, None), daemon=True).start()

    def pump(self, source, target, kept):
        try:
            while data := source.recv(65536):
                if kept is not None:
                    kept += data
                target.sendall(data)
            if kept is not None:
                self.ended.append(kept)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.close()

    def heard(self, *texts):
        """One connection said all of them."""
        wanted = [t.encode("utf-16-le") for t in texts]
        return any(all(w in bytes(kept) for w in wanted) for kept in self.said)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def set_up(h, *sandbox, kinds=("stock",), every="1s", **erp):
    h.start_sandbox(*sandbox)
    h.start_panel()
    h.tap = Tap(h.erp_port)
    h.configure(erp={"port": h.tap.port, "tls_verify": None, "tls_ca": None, **erp})
    h.register()
    for kind in kinds:
        h.add_plugin(kind, every=every)
    h.start_daemon()
    h.until_in_step()


def checks(h, plugin="stock"):
    found = next((p for p in h.status().get("plugins", []) if p["id"] == plugin), {})
    return {c["code"]: c for c in found.get("checks", [])}


def result(h, code, plugin="stock"):
    return checks(h, plugin).get(code, {}).get("result")


def amber(h):
    """All of stock's checks, while that of the waits is amber."""
    found = checks(h)
    return found if found.get("plugin.waits", {}).get("result") == "warn" else None


def tested(h):
    found = json.loads(h.ctl("test", "--json", expect=None).stdout)["checks"]
    return {c["code"]: c for c in found}["erp.snapshot"]


@house(rows=60, encrypt="off")
def waits(h):
    """who we are and that we give way; somebody holds a table: a lock time-out, then a wait, said and over; erp.snapshot
    where the database does not allow it"""
    set_up(h, kinds=("stock", "products"), every="4s", lock_timeout="3s")
    h.until(lambda: result(h, "plugin.waits") == "ok", "nothing was waited for")
    for plugin in ("stock", "products"):
        h.until(lambda name=plugin: h.tap.heard(f"endpoint {name}", "SET DEADLOCK_PRIORITY LOW", "SET LOCK_TIMEOUT 3000"),
                f"{plugin}: its name, its deadlock priority and its lock time-out")
    equal(tested(h)["result"], "ok", "erp.snapshot is not set")
    other = Connection(h)
    # Longer than the time-out: 1222.
    other.say("BEGIN TRANSACTION", HOLD)
    other.done()
    c = h.until(lambda: amber(h), "amber")
    equal(c["plugin.read"]["result"], "fail", "this pass was not read")
    check("somebody in the ERP holds" in c["plugin.read"]["text"] and "BlkBy" in c["plugin.read"]["remedy"],
          str(c["plugin.read"]))
    text, remedy = c["plugin.waits"]["text"], c["plugin.waits"]["remedy"]
    check("long waits: 1" in text and "lock time-outs: 1" in text and re.search(r"the longest [3-9](\.[0-9])? s", text) and "stock" in text and "BlkBy" in remedy,
          f"count, longest, and what for: {c['plugin.waits']}")
    h.until(lambda: "waited for the ERP" in h.ctl("status", expect=None).stdout, "seen in status")
    other.say("ROLLBACK TRANSACTION")
    other.done()
    h.until(lambda: result(h, "plugin.waits") == "ok" and result(h, "plugin.read") == "ok", "a pass without waits clears it")
    # Shorter than that: read, but said.
    other.say("BEGIN TRANSACTION", HOLD)
    other.done()
    h.until(lambda: next((p for p in h.status()["plugins"] if p["id"] == "stock"), {}).get("waiting"), "it waits", 10)
    threading.Timer(1.3, lambda: other.say("ROLLBACK TRANSACTION") or other.process.stdin.flush()).start()
    c = h.until(lambda: amber(h), "amber once more")
    check("long waits: 1," in c["plugin.waits"]["text"] and "lock time-outs: 0" in c["plugin.waits"]["text"],
          str(c["plugin.waits"]))
    h.until(lambda: result(h, "plugin.waits") == "ok", "and over")
    other.close()
    # Snapshot isolation that the database does not allow (3952 where it is read in it all the same).
    h.ctl("config", "set", "erp.snapshot", "true")
    h.ctl("reload")
    h.until(lambda: result(h, "plugin.snapshot") == "warn" and result(h, "plugin.snapshot", "products") == "warn", "amber")
    for c in (checks(h)["plugin.snapshot"], tested(h)):
        equal(c["result"], "warn", "not allowed")
        check(f"ALTER DATABASE [{h.database}] SET ALLOW_SNAPSHOT_ISOLATION ON" in c["remedy"], str(c))
    check(result(h, "plugin.read") != "fail", "it is read as usual")
    check(not h.tap.heard("ISOLATION LEVEL SNAPSHOT"), "what would fail with 3952 is not tried")
    h.ctl("config", "set", "erp.snapshot", "false")
    h.ctl("reload")
    h.until(lambda: result(h, "plugin.snapshot") == "ok", "not wanted: not amber")
    h.tap.close()


@house(rows=60, encrypt="off")
def snapshot(h):
    """where the database allows snapshot isolation, nobody is waited for"""
    set_up(h, "--snapshot", snapshot=True, lock_timeout="3s")
    h.until(lambda: result(h, "plugin.snapshot") == "ok", "green")
    check("without waiting" in checks(h)["plugin.snapshot"]["text"] and tested(h)["result"] == "ok", "it is in force")
    check(h.tap.heard("endpoint stock", "SET TRANSACTION ISOLATION LEVEL SNAPSHOT"), "it was set")
    other = Connection(h)
    other.say("BEGIN TRANSACTION", HOLD)
    other.done()
    before = len(h.tap.said)
    h.until(lambda: len(h.tap.said) >= before + 4, "passes while it is held")
    equal(result(h, "plugin.waits"), "ok", "nothing was waited for")
    check(result(h, "plugin.read") != "fail", "and it is read")
    other.say("ROLLBACK TRANSACTION")
    other.done()
    other.close()
    h.tap.close()


@house(encrypt="off", rows=3000)
def let_go(h):
    """a disk that keeps us while the ERP's answer is half read costs the connection, not the people in the ERP; said"""
    set_up(h, every="1h")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = st_Stan + 2")
    ledger = sqlite3.connect(h.path("state", "ledgers", "stock.db"), isolation_level=None, timeout=20)
    ledger.execute("BEGIN IMMEDIATE")
    h.tap.ended.clear()
    running = threading.Thread(target=lambda: h.ctl("sync", "stock", expect=None, within=120))
    running.start()
    h.until(lambda: "while the SQL Server's answer was half read" in h.read("endpointd.log"), "it lets go", 60)
    h.until(lambda: any("tw_Stan".encode("utf-16-le") in bytes(kept) for kept in h.tap.ended), "the server is rid of it")
    check("nobody in the ERP waits for us" in h.read("endpointd.log"), "and says why")
    ledger.execute("ROLLBACK")
    ledger.close()
    h.until_in_step()
    running.join()
    check(result(h, "plugin.read") == "ok", "it was read anew by itself")
    h.tap.close()


@house(rows=60, plugins=("orders",))
def left_behind(h):
    """a plugin of orders that is disabled or removed while orders of it wait is amber in status; enabled, it is not"""
    h.up()
    place(h, order("a1", ("NIE-MA", "1", "1.00")), order("a2", ("NIE-MA", "1", "1.00")))
    h.until(lambda: (state_of(h, "a1"), state_of(h, "a2")) == ("waiting", "waiting"), "they wait", 60)

    def check_of():
        return next((c for c in h.status()["checks"] if c["code"] == "orders.idle"), {})
    equal(check_of(), {}, "while it runs")
    h.panel("plugin", "disable", "orders")
    c = h.until(lambda: check_of() if check_of().get("result") == "warn" else None, "amber", 60)
    check("orders (2)" in c["text"] and "same id" in c["remedy"], str(c))
    check("orders (2)" in h.ctl("status", expect=None).stdout, "seen in status")
    h.panel("plugin", "enable", "orders")
    h.until(lambda: check_of().get("result") == "ok", "green", 60)
    panel = sqlite3.connect(h.path("panel", "panel.db"), timeout=20)
    with panel:
        panel.execute("DELETE FROM plugins WHERE id='orders'")
        panel.execute("UPDATE endpoints SET rev=rev+1")
    panel.close()
    c = h.until(lambda: check_of() if check_of().get("result") == "warn" else None, "amber when it is removed", 60)
    check("orders (2)" in c["text"] and "same id" in c["remedy"], str(c))


if __name__ == "__main__":
    run_tests([waits, snapshot, let_go, left_behind])
