"""Rows that cannot be taken or sent: they are held with key, column and reason, the others go on, nothing of them is
deleted in the shop, and what was mended goes by itself.
"""
import json
import os
import sqlite3
import sys

from harness import SOURCE, check, equal, house, run_tests

LONG, HALF = "a" * 70000, b"Kubek \xed\xa0\xbd"  # an emoji that was cut in two at the column's width
PRODUCTS = ("t.Kolor AS colour", "CAST(t.Kolor AS NVARCHAR(MAX)) AS opis")
NUMBER = ("CAST(s.Stan AS DECIMAL(19,4)) AS on_hand",
          "CASE WHEN s.Stan = 777 THEN N'siedem' ELSE CAST(CAST(s.Stan AS DECIMAL(19,4)) AS NVARCHAR(30)) END AS on_hand")


def mapping(h, *changes):
    """A site's copy of the example mapping, with texts replaced."""
    with open(os.path.join(SOURCE, "etc", "erp", "mssql-example.conf"), encoding="utf-8") as file:
        text = file.read()
    for old, new in changes:
        check(old in text, f"the example has {old}")
        text = text.replace(old, new, 1)
    h.write_dir("etc/erp")
    h.write("etc/erp/mssql-example.conf", text)


def change(h, *statements):
    """In the ERP's own file: values that its clients would not send so."""
    with sqlite3.connect(h.path("firma.db"), timeout=60) as db:
        db.create_collation("PL", lambda a, b: (a > b) - (a < b))
        for statement, *values in statements:
            db.execute(statement, values)
    db.close()


def codes(h, count):
    with sqlite3.connect(f"file:{h.path('firma.db')}?mode=ro", uri=True, timeout=60) as db:
        db.create_collation("PL", lambda a, b: (a > b) - (a < b))
        return [r[0] for r in db.execute('SELECT Kod FROM "sklep.Towary" WHERE Skasowany=0 ORDER BY Kod LIMIT ?', (count,))]


def held(h, *plugin):
    """What is held: key → (column, code)."""
    answer = json.loads(h.ctl("held", *plugin, "--json").stdout)
    equal(answer["count"], len(answer["held"]), "the count")
    for row in answer["held"]:
        check(row["text"] and row["remedy"] and row["since"], f"a reason, what to do, and since when: {row}")
    return {row["key"]: (row["column"], row["code"]) for row in answer["held"]}


def plugin(h, name):
    return next((p for p in h.status().get("plugins", []) if p["id"] == name), {})


def set_text(column, value, code):
    return f'UPDATE "sklep.Towary" SET {column}=CAST(? AS TEXT) WHERE Kod=?', value, code


@house(erp="generic", plugins=("products", "stock"))
def bad_values(h):
    """a text that is too long, half a character, a NUL, no number: held; others go on, nothing is deleted; mended, they go"""
    h.start_sandbox()
    mapping(h, PRODUCTS, NUMBER)
    h.start_panel()
    h.configure()
    h.register()
    for kind in h.wanted_plugins:
        h.add_plugin(kind)
    h.start_daemon()
    h.until(lambda: h.panel_count("products") > 100 and h.panel_count("stock") > 200, "all is there")
    before, stock = h.panel_rows("products"), h.panel_rows("stock")
    long, wide, half, nul, gone, other, number = codes(h, 7)
    change(h, set_text("Kolor", LONG, long), set_text("Kolor", "ż" * 40000, wide), set_text("Nazwa", HALF, half),
           set_text("Nazwa", b"Kubek\x00bia\xc5\x82y", nul), ('UPDATE "sklep.Towary" SET Skasowany=1 WHERE Kod=?', gone),
           set_text("Nazwa", "Nowa nazwa", other),
           ('UPDATE "sklep.Stany" SET Stan=7770000 WHERE Kod=? AND Magazyn=?', number, "CENTR"))
    h.until(lambda: h.panel_rows("products").get(other, {}).get("name") == "Nowa nazwa", "what is behind it arrives")
    h.until(lambda: gone not in h.panel_rows("products"), "what is gone goes")
    wanted = {long: ("opis", "value_long"), wide: ("opis", "value_long"), half: ("name", "value_text"), nul: ("name", "value_nul")}
    h.until(lambda: held(h, "products") == wanted, f"these are held: {wanted}")
    h.until(lambda: held(h, "stock") == {f"{number}/CENTR": ("on_hand", "record_value")}, "the number")
    rows = h.panel_rows("products")
    equal({k: rows[k] for k in wanted}, {k: before[k] for k in wanted}, "the shop keeps what it has of them")
    h.until(lambda: h.panel_count("stock") == len(stock) - 2, "the stock of what is gone goes")
    equal(h.panel_rows("stock")[f"{number}/CENTR"], stock[f"{number}/CENTR"], "the stock is kept")
    h.until(lambda: plugin(h, "products").get("held") == 4, "the count in the status")
    text = h.ctl("status").stdout
    for words in ("held back 4", "4 rows are held back", ", column ", "[WARN]", "endpointctl held products"):
        check(words in text, f"{words} in\n{text}")
    text = h.ctl("held").stdout
    for words in (long, "opis", "longer than 65535 bytes", "half a character, after the first 6", "NUL", "> Shorten", number):
        check(words in text, f"{words} in\n{text}")
    check("held back" in h.ctl("journal", "-n", "50").stdout, "the journal says so")
    check('endpoint_plugin_held_rows{plugin="products",kind="products"} 4' in h.ctl("metrics").stdout, "a number for Prometheus")
    check("cannot be used and are held back" in h.ctl("sync", "products").stdout, "sync says so")
    check("would be held back" in h.ctl("sync", "products", "--simulate").stdout, "simulate says so")
    report = {r["statement"]: r for r in json.loads(h.ctl("erp", "check", "--json").stdout)}
    check("4 of" in " ".join(report["stream products"]["warnings"]), f"erp check says so: {report['stream products']}")
    change(h, set_text("Kolor", "krótki", long), set_text("Kolor", "krótki", wide), set_text("Nazwa", "Kubek", half),
           set_text("Nazwa", "Kubek", nul), ('UPDATE "sklep.Stany" SET Stan=10000 WHERE Kod=? AND Magazyn=?', number, "CENTR"))
    h.until(lambda: not held(h), "nothing is held any more")
    rows = h.until(lambda: (lambda r: r if r.get(nul, {}).get("name") == "Kubek" else None)(h.panel_rows("products")), "it is there")
    equal((rows[long]["extra"]["opis"], rows[half]["name"]), ("krótki", "Kubek"), "all of it is there")
    h.until(lambda: "held back" not in h.ctl("status").stdout, "the status is green again")


@house(erp="generic", plugins=("products",))
def refused(h):
    """a row that the panel refuses for good: found in its batch, held, those behind it arrive; a person has it tried again"""
    h.start_sandbox()
    bad = codes(h, 9)[8]
    for extra in ((), ("--fault", "refuse-unnamed")):
        fresh = not extra
        h.start_panel("--fault", f"refuse={bad}", *extra, port=None if fresh else h.panel_port)
        if fresh:
            h.configure()
            h.register()
            h.add_plugin("products")
            h.start_daemon()
        else:
            change(h, ('UPDATE "sklep.Towary" SET Nazwa=Nazwa||?', " B"))
        h.until(lambda: held(h) == {bad: ("", "bad_row")}, "it is held")
        want = " B" if not fresh else ""
        h.until(lambda: h.panel_count("products") > 100 and plugin(h, "products").get("queued") == 0 and
                all(r["name"].endswith(want) for r in h.panel_rows("products").values()), "all others are there", 60)
        check(bad not in h.panel_rows("products"), "it is not")
        h.until(lambda: plugin(h, "products").get("held") == 1 and h.ctl("status", expect=None).returncode == 0, "amber, not red")
        check(f"a test refuses it" in h.ctl("held", "products").stdout, "its reason")
        h.stop("panel")
    h.start_panel(port=h.panel_port)
    equal(h.ctl("held", "retry", "products", "NIE-MA", expect=4).returncode, 4, "no such row")
    check("1 tried again" in h.ctl("held", "retry", "products", bad).stdout, "again")
    h.until(lambda: bad in h.panel_rows("products") and not held(h), "taken now")
    check("No row is held back." in h.ctl("held").stdout, "nothing is held")
    h.stop("endpointd")
    check("No row is held back." in h.ctl("held", "products").stdout, "asked without endpointd")


@house(erp="generic", plugins=("products",))
def one_alias_twice(h):
    """two columns of one alias are a fault of the mapping, said before anything is sent; mended, all goes"""
    h.start_sandbox()
    mapping(h, ("t.Kolor AS colour", "t.Kolor AS colour, t.Jm AS colour"))
    h.start_panel()
    h.configure()
    h.register()
    h.add_plugin("products")
    text = h.ctl("erp", "check", expect=1).stdout
    check("two columns have the alias colour" in text and "mssql-example.conf:" in text, text)
    h.start_daemon()
    h.until(lambda: "two columns have the alias colour" in h.ctl("status", expect=None).stdout, "the plugin is red with it")
    equal(plugin(h, "products").get("queued"), 0, "nothing is queued")
    mapping(h)
    h.ctl("reload")
    h.until(lambda: h.panel_count("products") > 100 and h.ctl("status", expect=None).returncode == 0, "all is there", 60)


def tamper(h, plugin_id, *statements):
    """Bytes of a ledger that are another way than they were written."""
    with sqlite3.connect(h.path("state", "ledgers", plugin_id + ".db"), timeout=60) as db:
        for statement in statements:
            equal(db.execute(statement).rowcount, 1, statement)
    db.close()


@house(rows=60)
def flipped_bytes(h):
    """bytes that flipped in a ledger: a queued quantity, a key that was sent; it is mended, said, and the panel has the ERP's stock"""
    h.up()
    h.until_in_step()
    h.stop("panel")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = 77 WHERE st_TowId < 20")
    h.until(lambda: plugin(h, "stock").get("queued", 0) > 5, "changes wait")
    h.stop("endpointd")
    tamper(h, "stock", "UPDATE outbox SET data=replace(data,'\"77\"','\"79\"') WHERE seq=(SELECT min(seq)+3 FROM outbox)",
           "UPDATE snapshot SET key=substr(key,1,8)||x'7f'||substr(key,10) WHERE key=(SELECT max(key) FROM snapshot)")
    h.start_panel(port=h.panel_port)
    h.start_daemon()
    h.until_in_step()
    text = h.ctl("journal", "-n", "50").stdout
    check("the ledger was damaged on the disk and has been mended (1 keys, 1 queued changes)" in text, text)
    h.until(lambda: h.ctl("status", expect=None).returncode == 0, "the status is green")
    h.stop("endpointd")
    tamper(h, "stock", "UPDATE facts SET value=value-5 WHERE name='next_seq'")
    h.sql("UPDATE dbo.tw_Stan SET st_Stan = 11 WHERE st_TowId < 30")
    h.start_daemon()
    h.until_in_step()
    check(h.ctl("journal", "-n", "50").stdout.count("the ledger was damaged on the disk") == 2, "said again")


if __name__ == "__main__":
    run_tests([bad_values, refused, one_alias_twice, flipped_bytes])
