#!/usr/bin/env python3
"""What this endpoint refuses of the panel's plugins is seen, and what it had taken before goes on."""
import contextlib
import json
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import check, equal, house, run_tests  # noqa: E402


MANY = 60000  # refused plugins in one answer


def panel_plugins(h, change):
    """What a newer panel would have: written past the panel's own checks. change(plugins) alters id → scenario."""
    with contextlib.closing(sqlite3.connect(h.path("panel", "panel.db"), timeout=30)) as db:
        columns = [c[1] for c in db.execute("PRAGMA table_info(plugins)")]
        rows = {r[0]: dict(zip(columns, r)) for r in db.execute("SELECT * FROM plugins")}
        change(db, rows)
        db.execute("UPDATE endpoints SET rev = rev + 1")
        db.commit()


def plugin(h, name):
    return next((p for p in h.status().get("plugins", []) if p["id"] == name), None)


def edit(h, name, **members):
    def change(db, rows):
        value = json.loads(rows[name]["scenario"])
        value.update(members)
        db.execute("UPDATE plugins SET scenario = ? WHERE id = ?", (json.dumps(value), name))
    panel_plugins(h, change)


def add(h, name, kind):
    def change(db, rows):
        row = dict(rows["stock"], id=name)
        row["scenario"] = json.dumps(dict(json.loads(row["scenario"]), id=name, name=name, kind=kind))
        db.execute(f"INSERT INTO plugins({','.join(row)}) VALUES({','.join('?' for _ in row)})", list(row.values()))
    panel_plugins(h, change)


@house(rows=20, every="300ms", plugins=("stock",))
def refused_is_seen(h):
    """an unknown kind is red with its reason everywhere; an edit that is refused leaves the last good scenario running, also after a restart without the panel"""
    h.up()
    h.until_in_step()
    add(h, "novel", "subscriptions")
    edit(h, "stock", options={"no_such_option": 7})
    h.until(lambda: (plugin(h, "stock") or {}).get("refused"), "the edit is refused")
    stock = plugin(h, "stock")
    check("no_such_option" in stock["error"]["text"] and stock["error"]["remedy"], f"the reason: {stock['error']}")
    check(stock["state"] in ("running", "waiting"), f"the last good scenario: {stock['state']}")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = 77 WHERE st_TowId = (SELECT MIN(t.tw_Id) FROM dbo.tw__Towar AS t)")
    h.until_in_step()
    novel = plugin(h, "novel")
    check("subscriptions" in novel["error"]["text"] and novel["state"] == "refused", f"the reason: {novel}")
    done = h.ctl("status", expect=1).stdout
    for word in ("novel", "subscriptions", "no_such_option", "newer"):
        check(word in done, f"status does not say {word}: {done}")
    check("No plugins" not in done, done)
    done = h.ctl("sync", "novel", expect=None)
    check(done.returncode != 0 and "subscriptions" in done.stdout + done.stderr, f"sync said {done.stdout} {done.stderr}")
    journal = [json.loads(line) for line in h.ctl("journal", "--json").stdout.splitlines()]
    equal(sum("subscriptions" in entry["text"] for entry in journal), 1, "entries about the plugin")
    check(any(l.startswith("endpoint_plugin_ok{") and '"novel"' in l and l.endswith(" 0")
              for l in h.ctl("metrics").stdout.splitlines()), "the metrics are green")

    h.stop("endpointd")
    h.stop("panel")
    h.start_daemon()
    h.until(lambda: (plugin(h, "stock") or {}).get("last_ok"), "the last good scenario runs from the cache")
    check("no_such_option" in plugin(h, "stock")["error"]["text"], "the refusal is forgotten")
    check("subscriptions" in plugin(h, "novel")["error"]["text"], "the refused plugin is forgotten")
    journal = [json.loads(line) for line in h.ctl("journal", "--json").stdout.splitlines()]
    equal(sum("subscriptions" in entry["text"] for entry in journal), 1, "entries after a restart")

    edit(h, "stock", options={})
    edit(h, "novel", kind="prices")
    h.start_panel(port=h.panel_port)
    h.until(lambda: all(not plugin(h, p)["error"] and plugin(h, p)["state"] in ("running", "waiting")
                        for p in ("stock", "novel")), "both are mended", 60)


@house(rows=20, every="300ms")
def shadowed(h):
    """a plugin of the panel with the id of one in endpoint.conf, and one given twice, do not vanish without a word"""
    h.start_sandbox()
    h.start_panel()
    h.configure(more='plugins = ( { id = "stock"; kind = "stock"; channel = { type = "panel"; }; schedule = { every = "1s"; }; } );\n')
    h.register()
    h.add_plugin("stock")
    h.start_daemon()
    h.until(lambda: any(p["id"] == "stock" and p["state"] == "refused" for p in h.status().get("plugins", [])),
            "the panel's plugin is shown")
    text = h.ctl("status", expect=1).stdout
    check("endpoint.conf has a plugin with this id" in text, text)


@house(rows=20, every="300ms")
def very_many(h):
    """many thousand refused plugins keep nobody waiting: the status answers, the journal gets a number, the cache stays small, the good one runs"""
    h.up()
    h.until_in_step()

    def change(db, rows):
        row = rows["stock"]
        names = [c for c in row if row[c] is not None]
        marks = ",".join("?" for _ in names)

        def one(i):
            copy = dict(row)
            copy["id"] = f"x{i}"
            copy["scenario"] = '{"id":"x%d","kind":"x"}' % i
            return [copy[c] for c in names]
        db.executemany(f"INSERT INTO plugins({','.join(names)}) VALUES({marks})", (one(i) for i in range(MANY)))
    panel_plugins(h, change)

    def asked():
        began = time.monotonic()
        status = h.status()
        slowest[0] = max(slowest[0], time.monotonic() - began)
        return any(c["code"] == "endpoint.plugins" and c["result"] == "fail" for c in status.get("checks", []))
    slowest = [0]
    h.until(asked, "the number of refused plugins is told", 180)
    check(slowest[0] < 15, f"a status took {slowest[0]:.1f} s")
    equal(len([p for p in h.status()["plugins"] if p["state"] == "refused"]), 50, "how many are shown")
    check(os.path.getsize(h.path("state", "config-cache.json")) < 100000, "the cache holds what was refused")
    check(len(h.ctl("journal", "-n", "1000", "--json").stdout.splitlines()) < 30, "the journal is full of it")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = 78 WHERE st_TowId = (SELECT MIN(t.tw_Id) FROM dbo.tw__Towar AS t)")
    h.until_in_step()
    h.stop("endpointd")
    h.start_daemon()
    began = time.monotonic()
    h.until(lambda: plugin(h, "stock"), "it starts with them")
    check(time.monotonic() - began < 20, "the start waits for them")


if __name__ == "__main__":
    run_tests([refused_is_seen, shadowed, very_many])
