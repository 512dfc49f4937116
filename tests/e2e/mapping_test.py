"""The tools for mappings: `erp check` runs every statement and judges it, `erp preview` shows records."""
import json
import os
import sys

from harness import COMPANIES, SOURCE, check, equal, house, run_tests


def started(h):
    h.start_sandbox()
    h.panel_port = 1
    h.configure()


def report(h, *arguments, expect=0):
    rows = json.loads(h.ctl("erp", "check", *arguments, "--json", expect=expect).stdout)
    return {r["statement"]: r for r in rows}


def clean(h):
    """every statement runs; a stream says its columns and types, its rows, and that it is sorted by its key"""
    started(h)
    rows = report(h)
    for name, r in rows.items():
        told = [w for w in r["warnings"] if not (name.startswith("orders.sql: ") and "does not name these columns" in w)]
        equal((r["ok"], told, r["error"]), (True, [], None), name)
        check(r["columns"] or name.startswith("stamp:"), f"{name} says its columns")
        check(r["file"].endswith(".conf") and r["line"] > 0 and r["took_ms"] >= 0, f"{name}: {r}")
        stream = name.startswith(("stream ", "filters of ", "kits of ", "what changed of "))
        equal(r["sorted"], True if stream else None, f"{name} is sorted by its key")
    for stream in ("products", "stock", "prices", "customers"):
        r = rows["stream " + stream]
        check(r["rows"] > 0, f"{stream} has rows")
        equal(len(json.loads(h.ctl("erp", "preview", stream, "--limit", "10000", "--json").stdout)), r["rows"],
              f"records of {stream}")
        equal([c["as"] for c in r["columns"] if c["as"] == "key"][:1], ["key"], f"{stream} has its key")
    return rows


@house(erp="subiekt-gt")
def clean_gt(h):
    """Subiekt GT: every statement runs, says columns and types, and is sorted"""
    rows = clean(h)
    columns = {c["name"]: (c["type"], c["as"]) for c in rows["stream stock"]["columns"]}
    equal(columns["product_id"], ("int", "key"), "a key")
    equal(columns["on_hand"], ("decimal(19,4)", "field"), "a field")
    equal(rows["kits of stock"]["columns"], rows["stream stock"]["columns"], "kits change no type")


@house(erp="optima")
def clean_optima(h):
    """Optima: every statement runs, says columns and types, and is sorted"""
    clean(h)


@house(erp="nexo")
def clean_nexo(h):
    """nexo: every statement runs, says columns and types, and is sorted"""
    clean(h)


@house(erp="navireo")
def clean_navireo(h):
    """Navireo: every statement runs, says columns and types, and is sorted"""
    clean(h)


@house(erp="generic")
def clean_generic(h):
    """the example: every statement runs, says columns and types, and is sorted"""
    rows = clean(h)
    columns = {c["name"]: (c["type"], c["as"]) for c in rows["stream products"]["columns"]}
    equal((columns["product_id"], columns["colour"]), (("nvarchar(30)", "key"), ("nvarchar(40)", "extra")), "extra")
    check({"name": "_active", "type": "int", "as": "filter"} in rows["filters of stock"]["columns"], "filters")
    text = h.ctl("erp", "check").stdout
    for words in ("[ OK ] stream products", "sorted by its key", "product_id nvarchar(30), key", "mssql-example.conf:"):
        check(words in text, f"{words} in\n{text}")


def site(h, name, *changes, text=None):
    """A mapping made of the example with texts replaced; its path."""
    if text is None:
        with open(os.path.join(SOURCE, "etc", "erp", "mssql-example.conf"), encoding="utf-8") as file:
            text = file.read()
    for old, new in changes:
        check(old in text, f"the example has {old}")
        text = text.replace(old, new, 1)
    return h.write(name + ".conf", text.replace('name = "mssql-example"', f'name = "{name}"'))


@house(erp="generic")
def a_file(h):
    """erp check FILE: a mapping that is being written is judged before it is installed"""
    started(h)
    rows = report(h, site(h, "mine"))
    equal({r["ok"] for r in rows.values()}, {True}, "a good one")
    check(all(r["file"] == h.path("mine.conf") for r in rows.values()), "it is this file that is looked at")
    broken = site(h, "broken",
                  ('"ORDER BY t.Kod COLLATE Latin1_General_BIN2"', '"ORDER BY t.Nazwa"'),
                  ('"ORDER BY s.Kod COLLATE Latin1_General_BIN2, "\n              '
                   '"CAST(s.Magazyn AS NVARCHAR(10)) COLLATE Latin1_General_BIN2"',
                   '"ORDER BY s.Kod, CAST(s.Magazyn AS NVARCHAR(10))"'),
                  ("c.Brutto AS DECIMAL(19,4)) AS gross", "c.Bruto AS DECIMAL(19,4)) AS gross"),
                  ("k.Id AS customer_id", "k.Id AS custommer_id"))
    rows = report(h, broken, expect=1)
    r = rows["stream products"]
    equal((r["ok"], r["sorted"], r["error"]["code"]), (False, False, "erp_order"), "wrong order")
    check("came after" in r["error"]["text"] and "ORDER BY" not in r["error"]["text"], r["error"]["text"])
    check(any("COLLATE" in w for w in rows["stream stock"]["warnings"]), "an order by chance is a warning")
    r = rows["stream prices"]
    check(not r["ok"] and "Bruto" in r["error"]["text"] and f"{broken}:{r['line']}" in r["error"]["text"], str(r))
    r = rows["stream customers"]
    check(not r["ok"] and "customer_id" in r["error"]["text"], str(r))
    text = h.ctl("erp", "check", broken, expect=1).stdout
    check("[FAIL] stream products" in text and "[ OK ] query version" in text and "> The statement must sort" in text, text)
    unsorted = site(h, "unsorted", (' ORDER BY k.Id"', '"'))
    check("no ORDER BY" in report(h, unsorted, expect=None)["stream customers"]["warnings"][0], "no ORDER BY is a warning")


@house(erp="generic")
def mistakes(h):
    """each kind of mistake in a mapping is named, with file and line and what is expected"""
    started(h)
    order = '"SELECT c.Numer AS id, c.Nazwa AS name FROM sklep.Cenniki AS c ORDER BY c.Numer"'
    for name, changes, says in (
            ("alias", (("k.Id AS customer_id", "k.Id AS custommer_id"),), ("customer_id",)),
            ("key", (("lookups :", "lookpus :"),), ("lookpus",)),
            ("inner", (("    customers :\n    {\n", '    customers :\n    {\n        sqll = "SELECT 1 AS x";\n'),), ("sqll",)),
            ("type", ((order, "7"),), ("text",)),
            ("syntax", ((order, order[:-1]),), ("syntax",)),
            ("table", (("FROM sklep.Cenniki AS c", "FROM sklep.Cenik AS c"),), ("sklep.Cenik",)),
            ("refused", (("FROM sklep.Cenniki AS c", "FROM sklep.Cenniki AS c CROSS APPLY sklep.x AS y"),), ("APPLY",))):
        path = site(h, name, *changes)
        done = h.ctl("erp", "check", path, expect=None)
        text = done.stdout + done.stderr
        check(done.returncode in (1, 2), f"{name}: exit {done.returncode}\n{text}")
        for words in (*says, f"{path}:"):
            check(words in text, f"{name}: {words} is not in\n{text}")


@house(erp="generic")
def refused(h):
    """what is no mapping is refused with file and line, and a mapping that would change something is never run"""
    started(h)
    before = h.value("SELECT COUNT(*) AS n FROM sklep.Klienci AS k")
    for name, statement, says in (
            ("del", "DELETE FROM sklep.Klienci", "DELETE"),
            ("two", "SELECT 1 AS customer_id, N'x' AS code; DELETE FROM sklep.Klienci", '";"'),
            ("into", "SELECT k.Id AS customer_id, k.Kod AS code INTO sklep.Kopia FROM sklep.Klienci AS k", "INTO"),
            ("exec", "/* harmless */ EXEC sp_who", "EXEC"),
            ("open", "SELECT 'abc AS customer_id", "has no end"),
            ("word", "VALUES (1)", "SELECT")):
        path = site(h, name, ('"SELECT c.Numer AS id, c.Nazwa AS name FROM sklep.Cenniki AS c ORDER BY c.Numer"',
                              f'"{statement}"'))
        done = h.ctl("erp", "check", path, expect=None)
        check(done.returncode == 2, f"{name}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        check(f"{path}:" in done.stderr and says in done.stderr, f"{name}: {done.stderr}")
    equal(h.value("SELECT COUNT(*) AS n FROM sklep.Klienci AS k"), before, "customers")
    harmless = site(h, "harmless", ("FROM sklep.Klienci AS k ORDER BY k.Id",
                                    "FROM sklep.Klienci AS k WHERE k.Kod <> N'a; DELETE' ORDER BY k.Id"))
    equal(report(h, harmless)["stream customers"]["ok"], True, "words within a text are none")
    done = h.ctl("erp", "check", h.path("none.conf"), expect=None)
    check(done.returncode != 0 and "none.conf" in done.stderr, done.stderr)
    done = h.ctl("erp", "check", h.write("text", "x"), expect=None)
    check(done.returncode != 0 and "NAME.conf" in done.stderr, done.stderr)
    done = h.ctl("erp", "check", h.write("half.conf", "name = \"half\";\nstreams : {"), expect=None)
    check(done.returncode == 2 and "half.conf:" in done.stderr, done.stderr)


@house(erp="generic")
def preview(h):
    """erp preview shows the first records as they are sent"""
    started(h)
    rows = json.loads(h.ctl("erp", "preview", "products", "--limit", "3", "--json").stdout)
    wanted = h.sql("SELECT TOP (3) t.Kod, t.Nazwa, t.VAT FROM sklep.Towary AS t WHERE t.Skasowany = 0 "
                   "ORDER BY t.Kod COLLATE Latin1_General_BIN2")
    equal([[r["key"], r["data"]["name"], r["data"]["vat_rate"]] for r in rows], wanted, "records")
    check(all("colour" in r["data"]["extra"] for r in rows), "with what is extra")
    equal(len(json.loads(h.ctl("erp", "preview", "stock", "--json").stdout)), 10, "ten, when not told otherwise")
    table = h.ctl("erp", "preview", "stock", "--limit", "2").stdout.split("\n")
    equal(table[0].split(), ["key", "sku", "warehouse", "on_hand", "reserved", "available"], "a table's head")
    equal(len([x for x in table if x.strip()]), 3, "and its rows")
    h.sql(f"UPDATE sklep.Towary SET Nazwa = N'Zażółć{chr(27)}[31m' WHERE Kod = N'{wanted[0][0]}'")
    wide = h.ctl("erp", "preview", "products", "--limit", "2").stdout
    check("name      Zażółć [31m" in wide and chr(27) not in wide, f"wide records one below the other:\n{wide}")
    done = h.ctl("erp", "preview", "nothing", expect=4)
    check("products, stock, prices, customers" in done.stderr, done.stderr)
    h.sql("DELETE FROM sklep.Klienci")
    check("no records" in h.ctl("erp", "preview", "customers").stdout, "nothing is said")


def literal(page, beginning):
    """A literal of the manual page, as a reader copies it."""
    with open(os.path.join(SOURCE, "man", page), encoding="utf-8") as file:
        text = file.read()
    at = text.index(beginning)
    return text[at:text.index(".Ed", at)].replace("\\e", "\\")


@house(erp="generic")
def the_manuals_steps(h):
    """the mapping that endpoint-erp(5) builds step by step is clean, is installed, and is read"""
    started(h)
    whole = literal("endpoint-erp.5", 'name = "sklep";')
    path = h.write("sklep.conf", whole)
    rows = report(h, path)
    equal({r["ok"] for r in rows.values()}, {True}, "the smallest mapping")
    equal([r["warnings"] for r in rows.values() if r["warnings"]], [], "and nothing is odd")
    stock = literal("endpoint-erp.5", "    stock : {\n        keys = ( \"text\", \"text\" );")
    end = whole.rindex("};")
    h.write_dir("etc/erp")
    h.write("etc/erp/sklep.conf", whole[:end] + stock + whole[end:])
    h.configure(erp={"type": "sklep"})
    rows = report(h)
    equal({r["ok"] for r in rows.values()}, {True}, "with stock")
    equal([r["warnings"] for r in rows.values() if r["warnings"]], [], "and nothing is odd")
    equal(len(json.loads(h.ctl("erp", "preview", "stock", "--limit", "10000", "--json").stdout)),
          int(h.value("SELECT COUNT(*) AS n FROM sklep.Stany AS s INNER JOIN sklep.Towary AS t ON t.Kod = s.Kod "
                      "WHERE t.Skasowany = 0")), "records of stock")
    script = h.ctl("erp", "grants").stdout
    check(script.count("GRANT SELECT") == 2, script)
    checks = {c["code"]: c for c in json.loads(h.ctl("test", "--json", expect=None).stdout)["checks"]}
    equal({c["result"] for code, c in checks.items() if code.startswith("erp.") and code != "erp.writes"}, {"ok", "skipped"}, str(checks))


def states(h):
    """document → (state, invoice) of the documents that carry a marker."""
    rows = json.loads(h.ctl("erp", "preview", "order-states", "--limit", "100", "--json").stdout)
    check(all(not any(n.startswith("_") for n in r["data"].get("extra", {})) for r in rows), "hidden columns are hidden")
    return {r["data"]["document"]: (r["data"]["state"], r["data"]["invoice"]) for r in rows}


def marker(i):
    return f"EP{i:018d}"


@house(erp="subiekt-gt")
def states_gt(h):
    """Subiekt GT: what became of a ZK, wherever its marker stands, and its invoice"""
    started(h)
    equal(states(h), {}, "documents without a marker are nobody's")
    ids = [r[0] for r in h.sql("SELECT TOP (5) d.dok_Id FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 ORDER BY d.dok_Id")]
    for i, what in enumerate((f"dok_NrPelnyOryg = N'{marker(0)}', dok_Status = 7, dok_StatusEx = 0",
                              f"dok_DoDokNrPelny = N'{marker(1)}', dok_Status = 6, dok_StatusEx = 1",
                              f"dok_Uwagi = N'Pilne! [{marker(2)} nr 5] dostawa', dok_Status = 5, dok_StatusEx = NULL",
                              f"dok_NrPelnyOryg = N'{marker(3)}', dok_Status = 8, dok_StatusEx = 4")):
        h.sql(f"UPDATE dbo.dok__Dokument SET {what} WHERE dok_Id = {ids[i]}")
    numbers = [h.value(f"SELECT d.dok_NrPelny FROM dbo.dok__Dokument AS d WHERE d.dok_Id = {i}") for i in ids]
    wanted = {numbers[0]: ("open", None), numbers[1]: ("partly", None), numbers[2]: ("open", None),
              numbers[3]: ("realised", None)}
    equal(states(h), wanted, "states")
    invoice = h.realise_order(numbers[0], 901)
    equal(states(h), {**wanted, numbers[0]: ("realised", invoice)}, "an invoice is made")


@house(erp="optima")
def states_optima(h):
    """Optima: what became of an RO: draft, open, cancelled, invoiced"""
    started(h)
    for i, what in ((1, "TrN_NumerObcy = N'{}'"), (2, "TrN_Opis = N'x [{} nr 1]'"), (4, "TrN_NumerObcy = N'{}'"),
                    (5, "TrN_NumerObcy = N'{}'")):
        h.sql(f"UPDATE CDN.TraNag SET {what.format(marker(i))} WHERE TrN_TrNID = {i}")
    equal(states(h), {"RO/1/2025": ("realised", "FA/1/2025"), "RO/2/2025": ("open", None), "RO/4/2025": ("draft", None),
                      "RO/5/2025": ("cancelled", None)}, "states")


@house(erp="nexo")
def states_nexo(h):
    """nexo: what became of a ZK: open, partly, realised, cancelled"""
    started(h)
    m = "ModelDanychContainer"
    h.sql(f"UPDATE {m}.Dokumenty SET NumerZewnetrzny = N'{marker(1)}' WHERE Id = 1")
    h.sql(f"UPDATE {m}.Dokumenty SET Uwagi = N'[{marker(2)} nr 2]' WHERE Id = 2")
    equal(states(h), {"ZK 1/2025": ("open", None), "ZK 2/2025": ("realised", None)}, "states")
    h.sql(f"INSERT INTO {m}.StanyRealizacjiZamowien (DokumentZK_Id, ZrealizowanaIlosc, NumeryDokumentowRealizujacych) "
          f"VALUES (1, 2, N'WZ 7/2025')")
    h.sql(f"UPDATE {m}.Dokumenty SET StatusDokumentuId = 4 WHERE Id = 2")
    equal(states(h), {"ZK 1/2025": ("partly", None), "ZK 2/2025": ("cancelled", None)}, "states")
    rows = json.loads(h.ctl("erp", "preview", "order-states", "--json").stdout)
    equal(rows[0]["data"]["extra"], {"realised_by": "WZ 7/2025"}, "by which documents")


if __name__ == "__main__":
    check(len(COMPANIES) == 5, "a test for each company")
    sys.exit(run_tests([clean_gt, clean_optima, clean_nexo, clean_navireo, clean_generic, a_file, mistakes, refused, preview,
                        the_manuals_steps,
                        states_gt, states_optima, states_nexo]))
