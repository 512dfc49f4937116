"""Text of the ERP, the shop and the server on a terminal: shown, never sent to it."""
import json
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import check, house, run_tests  # noqa: E402
from orders_test import MORE, order, until_state  # noqa: E402

# Sets the terminal's title, paints, rings, goes back to the line's begin; then the same by C1, in UTF-8.
EVIL = "\x1b]0;x\x07\x1b[31mA\r\x08\x7f\x9b31m\x9d0;y\x9c"
SHOWN = r"\x1B]0;x"
# What steers a terminal: C0 but the end of a line and a tab, DEL, and C1.
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


def evil_company(h):
    """Control characters in every text of the ERP that endpointctl shows."""
    with sqlite3.connect(h.path("firma.db")) as db:
        for table, column, length in (("tw__Towar", "tw_Nazwa", 50), ("sl_Magazyn", "mag_Nazwa", 50), ("kh__Kontrahent", "kh_Symbol", 20)):
            db.execute(f'UPDATE "dbo.{table}" SET {column} = substr(? || {column}, 1, {length})', (EVIL,))
        db.execute('UPDATE "dbo.vwFeniksFirmaSync" SET adr_NazwaPelna = ?', (EVIL,))


def shown(h, *words, codes=(0,)):
    """What a command prints, for people and for programs; nothing of it steers the terminal."""
    done = h.ctl(*words, expect=None)
    check(done.returncode in codes, f"{words}: {done}")
    for one in (done, h.ctl(*words, "--json", expect=None)):
        for text in (one.stdout, one.stderr):
            found = STEERS.search(text)
            check(not found, f"{words}: {found and text[max(0, found.start() - 60):found.end() + 20]!r}")
    return done.stdout + done.stderr


@house(rows=20)
def erp_texts(h):
    """names of products, warehouses and the company: erp preview, lookup, test, status, simulate, and what the panel prints"""
    h.start_sandbox()
    h.start_panel()
    evil_company(h)
    h.configure()
    h.register()
    for kind in ("products", "stock", "customers"):
        h.add_plugin(kind, every="1h")
    for words in (("erp", "preview", "products"), ("erp", "preview", "products", "--limit", "1"), ("erp", "preview", "customers"),
                  ("lookup", "warehouses")):
        text = shown(h, *words)
        check("]0;x" in text, f"{words} does not show the name: {text}")
    for words in (("erp", "preview", "stock"), ("erp", "check"), ("erp", "databases"), ("test",)):
        shown(h, *words)
    h.start_daemon()
    h.until(lambda: h.status().get("erp", {}).get("company"), "the company is known")
    rows = h.until(lambda: h.panel("changes", "products").stdout, "the panel has them")
    check("]0;x" in rows and not STEERS.search(rows), "the panel's changes")
    with sqlite3.connect(h.path("firma.db")) as db:
        db.execute('UPDATE "dbo.tw__Towar" SET tw_Nazwa = ?', (EVIL + "B",))
    text = shown(h, "sync", "products", "--simulate")
    check("]0;x" in text, f"simulate: {text}")
    for words in (("sync",), ("plugins",), ("journal",), ("orders",), ("metrics",), ("bundle", "--list")):
        shown(h, *words)
    check(SHOWN in shown(h, "status"), "status shows the company")


@house(rows=20)
def server_texts(h):
    """what a server says: an error's words, the names of a certificate, the panel's account; and what a file says"""
    h.start_sandbox()
    h.start_panel()
    h.configure(erp={"database": "Żuk 100 %s [x]", "user": "Żuk \\n"})
    for words in (("test", "connection"), ("lookup", "warehouses"), ("erp", "check"), ("erp", "databases"), ("config", "list"),
                  ("config", "get", "erp.user"), ("erp", "certificate")):
        shown(h, *words, codes=(0, 1))
    # A setting has no control characters; what was typed is shown so that it can be seen.
    good = h.read("etc/endpoint.conf")
    for character, seen in (("\\n", "\\n"), ("\\x1b", "\\x1B"), ("\x9b", "\\x9B"), ("\x07", "\\x07")):
        h.write("etc/endpoint.conf", good.replace("Żuk 100", f"Żuk{character} 100"))
        for words in (("config", "check"), ("test", "connection"), ("erp", "databases")):
            text = shown(h, *words, codes=(2,))
            check("erp.database" in text and seen.lower() in text.lower(), f"{words}: {text}")
    h.panel("account", "add", "Zły")
    with sqlite3.connect(h.path("panel", "panel.db")) as db: # a panel that is not ours may call it anything
        db.execute("UPDATE accounts SET name = ?", ("Zły" + EVIL,))
    h.configure()
    token = h.panel("token", "new", "--account", json.loads(h.panel("account", "list", "--json").stdout.splitlines()[-1])["id"])
    done = h.ctl("register", "--panel", h.panel_url, stdin=token.stdout)
    check("Zły" in done.stdout and not STEERS.search(done.stdout), done.stdout)
    check("Zły" in shown(h, "status", codes=(3,)), "status without endpointd")
    h.start_daemon()
    h.until(lambda: h.ctl("status", expect=None).returncode == 0, "the panel answers")
    check("Zły" in shown(h, "status"), "status")
    # Settings, and the words of people.
    for words in ((EVIL,), ("config", "get", EVIL), ("config", "set", EVIL, "x"), ("config", "set", "erp.port", EVIL),
                  ("lookup", EVIL), ("erp", "show", EVIL), ("erp", "preview", EVIL), ("erp", "check", EVIL), ("sync", EVIL),
                  ("order", "show", EVIL), ("plugin", "options", EVIL), ("plugin", "check", EVIL), ("test", EVIL)):
        shown(h, *words, codes=(1, 2, 4))
    h.write("etc/endpoint.conf", h.read("etc/endpoint.conf") + f'log : {{ level = "{EVIL}"; }};\n')
    for words in (("config", "check"), ("reload",), ("status",), ("journal",)):
        text = shown(h, *words, codes=(0, 1, 2))
        check("log.level" in text, f"{words}: {text}")


@house(rows=20)
def shop_texts(h):
    """an order with such texts: simulated, rejected, shown, in the journal"""
    h.inbox = h.write_dir("import")
    h.start_sandbox()
    h.start_panel()
    h.configure(more=MORE % json.dumps(h.inbox))
    h.register()
    h.add_plugin("orders")
    bad = order("17", ("KUBEK" + EVIL, "1", "5.00"), number="Z" + EVIL)
    bad["buyer"]["name"] = bad["delivery"]["city"] = EVIL
    h.panel("order", "add", "-", stdin=json.dumps([bad]))
    h.start_daemon()
    until_state(h, "17", "rejected")
    for words in (("orders",), ("order", "show", "17"), ("journal",), ("sync", "orders", "--simulate"), ("status",), ("plugins",)):
        shown(h, *words, codes=(0, 7))
    check(SHOWN in shown(h, "order", "show", "17") and "]0;x" in shown(h, "journal"), "they are shown")
    for words in (("order", "list"), ("order", "show", "17"), ("journal",)):
        for more in ((), ("--json",)):
            text = h.until(lambda w=words, m=more: h.panel(*w, *m).stdout, f"the panel has something of {words}")
            check("]0;x" in text and not STEERS.search(text), f"the panel's {words}: {text!r}")


if __name__ == "__main__":
    run_tests([erp_texts, server_texts, shop_texts])
