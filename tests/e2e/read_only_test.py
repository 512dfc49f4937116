"""With a login that may change nothing, everything but a writer that was switched on works, and not one byte of the
ERP's rows is another afterwards: every kind of plugin, the checks, the lists, a test of the mapping.
"""
import hashlib
import json
import sqlite3

from harness import check, equal, house, run_tests
from orders_test import place, order, state_of

KINDS = ("products", "stock", "prices", "customers", "order-states", "orders")


def rows(h):
    """A hash of each table of the company's file."""
    with sqlite3.connect(f"file:{h.path('firma.db')}?mode=ro", uri=True, timeout=60) as db:
        db.create_collation("PL", lambda a, b: (a > b) - (a < b))
        tables = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name")]
        return {t: hashlib.sha256(repr(db.execute(f'SELECT * FROM "{t}"').fetchall()).encode()).hexdigest() for t in tables}


def everything(h):
    h.start_sandbox("--read-only")
    before = rows(h)
    h.start_panel()
    h.configure()
    h.register()
    for kind in KINDS:
        h.add_plugin(kind)
    h.start_daemon()

    def done():
        plugins = h.status().get("plugins", [])
        return len(plugins) == len(KINDS) and all(p.get("last_ok") for p in plugins)
    h.until(done, "every plugin has had a good pass", 120)
    place(h, order("ro1", ("NIE-MA", "1", "1.00")))
    h.until(lambda: state_of(h, "ro1") == "waiting", "an order is here, and waits", 60)
    report = json.loads(h.ctl("erp", "check", "--json", within=120).stdout)
    check(len(report) > 10 and all(r["ok"] for r in report), "every statement of the mapping runs")
    check(len(json.loads(h.ctl("lookup", "warehouses", "--json").stdout)) > 0, "a list")
    h.ctl("test", expect=None, within=120)
    h.ctl("sync", "stock")
    check("permission was denied" not in h.read("endpointd.log"), "nothing was even tried")
    equal(rows(h), before, "the ERP's rows")


@house(rows=60)
def subiekt(h):
    """Subiekt GT is only read"""
    everything(h)


@house(rows=60, erp="navireo")
def navireo(h):
    """Navireo is only read"""
    everything(h)


@house(rows=60, erp="optima")
def optima(h):
    """Optima is only read"""
    everything(h)


@house(rows=60, erp="nexo")
def nexo(h):
    """nexo is only read"""
    everything(h)


@house(rows=60, erp="generic")
def generic(h):
    """the example of another program is only read"""
    everything(h)


if __name__ == "__main__":
    run_tests([subiekt, navireo, optima, nexo, generic])
