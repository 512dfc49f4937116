"""Orders as rows in Optima's tables (orders.writer = "sql"): only when the administrator says so, whole or not at
all, once, with the next number, and what a person at the ERP sees of them.
"""
import contextlib
import json
import os
import random
import re
import signal
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))
from harness import SOURCE, House, check, equal, house, run_tests  # noqa: E402
from orders_test import in_panel, mine, order, place, state_of, until_state, until_told  # noqa: E402

GOODS = ("SELECT TOP (3) t.Twr_Kod FROM CDN.Towary AS t WHERE t.Twr_Typ = 1 AND t.Twr_Produkt = 0 AND t.Twr_Flaga = 2 AND "
         "t.Twr_Stawka = 23 AND t.Twr_NieAktywny = 0 ORDER BY t.Twr_TwrId")
OPTIONS = {"warehouse": "MAGAZYN"}


def setting(allowed=True):
    return 'orders : { writer = "sql"; sql_unsupported_by_vendor = %s; };\n' % ("true" if allowed else "false")


def begin(h, allowed=True, options=None, panel=True, daemon=True, fault=None, sandbox=()):
    h.start_sandbox(*sandbox, *(("--fault", f"lose-commit={fault}") if fault else ()))
    if panel:
        h.start_panel()
    h.configure(more=setting(allowed))
    h.register()
    h.add_plugin("orders", options=dict(OPTIONS, **(options or {})))
    if daemon:
        h.start_daemon()
        h.until(lambda: h.status().get("plugins"), "the plugin is there")
    h.goods = [row[0] for row in h.sql(GOODS)]


def ask(h, statement, *values):
    """Rows of the company's file itself, as dictionaries."""
    with sqlite3.connect(f"file:{h.path('firma.db')}?mode=ro", uri=True, timeout=60) as db:
        db.create_collation("PL", lambda a, b: (a > b) - (a < b))
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(statement, values)]


def change(h, statement, *values):
    with sqlite3.connect(h.path("firma.db"), timeout=60) as db:
        db.create_collation("PL", lambda a, b: (a > b) - (a < b))
        db.execute(statement, values)


def headers(h, marker):
    return ask(h, 'SELECT * FROM "CDN.TraNag" WHERE TrN_NumerObcy=?', marker)


def lines(h, header):
    return ask(h, 'SELECT * FROM "CDN.TraElem" WHERE TrE_TrNId=? ORDER BY TrE_Lp', header["TrN_TrNID"])


def counts(h):
    return [ask(h, f'SELECT count(*) AS n FROM "CDN.{t}"')[0]["n"] for t in ("TraNag", "TraElem", "Kontrahenci")]


@house(erp="optima")
def whole(h):
    """an order becomes an RO in the buffer with its lines, texts and totals, and its number comes back"""
    begin(h, options={"payment_form": "przelew"})
    h.ctl("config", "set", "erp.operator", "SKLEP")
    h.ctl("reload")
    sold = order("r1", (h.goods[0], "2", "19.99"), (h.goods[1], "1.5", "5.00"), note="Zażółć gęślą jaźń; '; DROP TABLE x --")
    sold["lines"][0]["discount_percent"] = "10"
    sold["total_gross"] = "43.48"
    place(h, sold)
    outcome = until_told(h, "r1", "done")
    o = mine(h, "r1")
    found = headers(h, o["marker"])
    equal(len(found), 1, "documents with the marker")
    n = found[0]
    year = n["TrN_DataDok"][:4]
    equal((n["TrN_Bufor"], n["TrN_TypDokumentu"], n["TrN_Rodzaj"], n["TrN_NumerNr"], n["TrN_NumerString"], n["TrN_NumerPelny"]),
          (1, 308, 308000, 1, f"RO/@numerS/{year}", f"RO/1/{year}"), "what it is")
    equal((outcome["document"], o["document"]), (f"RO/1/{year}",) * 2, "its number, here and in the shop")
    equal((n["TrN_PodID"], n["TrN_PodNazwa1"], n["TrN_PodUlica"], n["TrN_PodMiasto"], n["TrN_PodKodPocztowy"], n["TrN_Finalny"]),
          (1, "Żaneta Źdźbło", "Długa 5/3", "Kraków", "30-001", 1), "an unknown buyer stands on the document alone")
    equal([n["TrN_Odb" + x] for x in ("Nazwa1", "Ulica", "Miasto")], ["Żaneta Źdźbło", "Długa 5/3", "Kraków"], "and is the recipient")
    check("odbiorca" not in n["TrN_Opis"], n["TrN_Opis"])
    equal((n["TrN_RazemBrutto"], n["TrN_RazemNetto"], n["TrN_RazemVAT"], n["TrN_TypNB"]), (4348, 3535, 813, 2), "totals")
    equal((n["TrN_MagZrdId"], n["TrN_OpeZalID"], n["TrN_FPlId"]), (1, 2, 2), "warehouse, operator, payment form")
    check(n["TrN_Opis"].startswith(f"[{o['marker']} nr Z-r1] sklep") and "'; DROP TABLE x --" in n["TrN_Opis"], n["TrN_Opis"])
    got = [(x["TrE_Lp"], x["TrE_TwrKod"], x["TrE_Ilosc"], x["TrE_Cena0"], x["TrE_CenaT"], x["TrE_Rabat"], x["TrE_WartoscBrutto"],
            x["TrE_Stawka"], x["TrE_Flaga"], x["TrE_MagId"]) for x in lines(h, n)]
    equal(got, [(1, h.goods[0], 20000, 199900, 179900, 100000, 3598, 2300, 2, 1),
                (2, h.goods[1], 15000, 50000, 50000, 0, 750, 2300, 2, 1)], "lines")
    card = ask(h, 'SELECT * FROM "CDN.Towary" WHERE Twr_Kod=?', h.goods[0])[0]
    equal([lines(h, n)[0][f"TrE_{x}"] for x in ("TwrNazwa", "Jm", "TwrEAN")], [card["Twr_Nazwa"], card["Twr_JM"], card["Twr_EAN"]],
          "as the card has them")
    known = ask(h, 'SELECT * FROM "CDN.Kontrahenci" WHERE Knt_Nip<>\'\' AND Knt_Nieaktywny=0 ORDER BY Knt_KntId LIMIT 1')[0]
    place(h, order("r2", (h.goods[0], "1", "10.00"), invoice={"company": "Firma inaczej pisana", "tax_id": known["Knt_Nip"],
                                                             "street": "Inna 1", "city": "Łódź", "postcode": "90-001"}))
    until_told(h, "r2", "done")
    n = headers(h, mine(h, "r2")["marker"])[0]
    equal((n["TrN_PodID"], n["TrN_PodNazwa1"], n["TrN_PodMiasto"], n["TrN_OdbID"], n["TrN_PlatnikID"], n["TrN_NumerPelny"]),
          (known["Knt_KntId"], known["Knt_Nazwa1"], known["Knt_Miasto"], known["Knt_KntId"], known["Knt_KntId"], f"RO/2/{year}"),
          "a known buyer is the contractor, as the ERP has him")
    odb = ("OdbNazwa1", "OdbUlica", "OdbMiasto", "OdbKodPocztowy", "OdbNipE")
    equal([n["TrN_" + x] for x in odb], ["Żaneta Źdźbło", "Długa 5/3", "Kraków", "30-001", ""],
          "who gets the goods stands in the fields for that")
    check("odbiorca: Żaneta Źdźbło, Długa 5/3, 30-001 Kraków" in n["TrN_Opis"], n["TrN_Opis"])
    equal(counts(h)[2], len(ask(h, 'SELECT 1 FROM "CDN.Kontrahenci"')), "no contractor was made")
    test = h.ctl("test", expect=None).stdout
    check("CDN.TraNag" in test and "sql_unsupported_by_vendor" in test, test)


@house(erp="optima")
def only_knowingly(h):
    """without the setting that names the vendor nothing is written; orders wait and say why"""
    begin(h, allowed=False)
    before = counts(h)
    place(h, order("k1", (h.goods[0], "1", "10.00")))
    h.until(lambda: any(c["code"] == "orders.sql" and c["result"] == "fail" and "Comarch" in c["text"]
                        for c in h.status()["plugins"][0]["checks"]), "a red check with the vendor's position", 60)
    equal((state_of(h, "k1"), counts(h)), ("waiting", before), "it waits, nothing was touched")
    test = h.ctl("test", expect=1).stdout
    check("sql_unsupported_by_vendor" in test and "Comarch" in test, test)
    h.ctl("config", "set", "orders.sql_unsupported_by_vendor", "true")
    h.ctl("reload")
    until_told(h, "k1", "done", within=120)


@house(erp="optima")
def all_or_nothing(h):
    """an error in the middle takes back the whole document; the order waits, says why, and goes when it is mended"""
    begin(h)
    before = counts(h)
    change(h, 'CREATE TRIGGER broken BEFORE INSERT ON "CDN.TraElem" WHEN NEW.TrE_Lp=2 BEGIN SELECT RAISE(ABORT, '
              "'brak miejsca w grupie plików'); END")
    place(h, order("a1", (h.goods[0], "1", "10.00"), (h.goods[1], "1", "10.00")), order("a2", (h.goods[0], "1", "10.00")))
    until_told(h, "a2", "done")
    h.until(lambda: "brak miejsca" in (mine(h, "a1").get("reason") or ""), "the server's words are kept", 60)
    equal(state_of(h, "a1"), "waiting", "it waits")
    equal(counts(h)[:2], [before[0] + 1, before[1] + 1], "only the other one is there")
    change(h, "DROP TRIGGER broken")
    until_told(h, "a1", "done", within=120)
    equal(len(lines(h, headers(h, mine(h, "a1")["marker"])[0])), 2, "its lines")
    change(h, 'CREATE TRIGGER changing AFTER INSERT ON "CDN.TraElem" BEGIN UPDATE "CDN.TraNag" SET TrN_RazemBrutto='
              "TrN_RazemBrutto+1 WHERE TrN_TrNID=NEW.TrE_TrNId; END")
    place(h, order("a3", (h.goods[0], "1", "10.00")))
    h.until(lambda: "other totals" in (mine(h, "a3").get("reason") or ""), "what was read back differs", 60)
    equal(counts(h)[0], before[0] + 2, "it was taken back")


@house(erp="optima")
def what_cannot_be(h):
    """rates and currencies that the mapping does not know are rejected; a set-up that lacks something is said"""
    begin(h, options={"warehouse": "NIE-MA"})
    wrong = order("w1", ("NO-SUCH", "1", "10.00"), (h.goods[0], "1", "10.00"))
    wrong["lines"][1]["vat_rate"] = "zw"
    place(h, wrong, order("w2", (h.goods[0], "1", "10.00")))
    reason = until_told(h, "w1", "rejected")["reason"]
    check('VAT rate "zw"' in reason and "NO-SUCH" in reason, f"rate and product are named: {reason}")
    faults = mine(h, "w1")["faults"]
    equal([f["line"] for f in faults if f["code"] == "order_vat"], ["2"], f"with the line: {faults}")
    h.until(lambda: 'no active warehouse "NIE-MA"' in (mine(h, "w2").get("reason") or ""), "the warehouse is named", 60)
    equal(state_of(h, "w2"), "waiting", "it waits")
    change(h, "UPDATE \"CDN.Magazyny\" SET Mag_Symbol='NIE-MA' WHERE Mag_MagId=3")
    until_told(h, "w2", "done", within=120)
    change(h, "UPDATE \"CDN.DokDefinicje\" SET DDf_Numeracja='@symbol/@numerS/@miesiac/@rok_kal' WHERE DDf_Symbol='RO'")
    place(h, order("w3", (h.goods[0], "1", "10.00")))
    h.until(lambda: "@miesiac" in (mine(h, "w3").get("reason") or ""), "the numbering is named", 60)
    change(h, "UPDATE \"CDN.DokDefinicje\" SET DDf_Numeracja='@brak/@symbol/@rok_kal/@numerS/@brak' WHERE DDf_Symbol='RO'")
    number = until_told(h, "w3", "done", within=120)["document"]
    check(re.fullmatch(r"RO/20\d\d/1", number), f"a scheme of its own begins at 1: {number}")


@house(erp="optima")
def only_what_is_set(h):
    """nothing is asked that nobody set: without an operator the view of operators may be denied; one that there is not is said"""
    begin(h, sandbox=("--deny", "CDN.OperatorzyView"))
    place(h, order("o1", (h.goods[0], "1", "10.00")))
    until_told(h, "o1", "done")
    n = headers(h, mine(h, "o1")["marker"])[0]
    equal((n["TrN_OpeZalID"], n["TrN_FPlId"]), (None, None), "neither operator nor payment form")
    port = h.erp_port
    h.stop("sandbox")
    h.start_sandbox(port=port)
    h.ctl("config", "set", "erp.operator", "NIKT")
    h.ctl("reload")
    place(h, order("o2", (h.goods[0], "1", "10.00")))
    h.until(lambda: "no active operator" in (mine(h, "o2").get("reason") or ""), "the operator is named", 60)
    h.ctl("config", "set", "erp.operator", "SKLEP")
    h.ctl("reload")
    until_told(h, "o2", "done", within=120)


@house(erp="optima")
def no_right(h):
    """a login that may only read: the check names the table and where the GRANT is; orders wait"""
    begin(h, sandbox=("--read-only",))
    before = counts(h)
    place(h, order("n1", (h.goods[0], "1", "10.00")))
    h.until(lambda: any(c["code"] == "orders.sql" and c["result"] == "fail" and "may not insert rows into [CDN].[TraNag]"
                        in c["text"] and "erp grants" in c["remedy"] for c in h.status()["plugins"][0]["checks"]), "a red check", 60)
    equal((state_of(h, "n1"), counts(h)), ("waiting", before), "it waits")


# Columns of newer versions that need a value, have no default, and that the mapping does not name.
NEEDED = "TrN_Pesel,TrN_OpeModKod,TrN_SplitPay,TrN_KSeFStatus,TrN_KSeFData"


def own_mapping(h, edit):
    with open(os.path.join(SOURCE, "etc", "erp", "optima.conf"), encoding="utf-8") as file:
        text = edit(file.read())
    os.makedirs(h.path("etc", "erp"), exist_ok=True)
    h.write("etc/erp/optima.conf", text, mode=0o644)


@house(erp="optima")
def other_versions(h):
    """columns that this version lacks are named before anything is written; those that it needs and the mapping does not
    name get the neutral value of their type, and are listed"""
    own_mapping(h, lambda t: t.replace("                TrN_TS_Mod = \"GETDATE()\";\n", "")
                .replace("                TrN_Bufor = 1;\n", "                TrN_Bufor = 1;\n                TrN_Nowa = 1;\n")
                .replace("fill :\n            {\n", "fill :\n            {\n                TrN_DawnaKolumna = 0;\n", 1))
    begin(h)
    before = counts(h)
    place(h, order("v1", (h.goods[0], "1", "10.00")))
    h.until(lambda: any("no column TrN_Nowa" in c["text"] for c in h.status()["plugins"][0]["checks"]), "the one it lacks", 60)
    report = json.loads(h.ctl("erp", "check", "--json", expect=None).stdout)
    bad = [r for r in report if not r["ok"]]
    equal([(r["statement"], r["error"]["code"]) for r in bad], [("orders.sql: document", "orders_columns")], "erp check says it too")
    equal((state_of(h, "v1"), counts(h)), ("waiting", before), "nothing was written")
    own_mapping(h, lambda t: t.replace("                TrN_TS_Mod = \"GETDATE()\";\n", ""))
    h.ctl("reload")
    until_told(h, "v1", "done", within=120)
    names = NEEDED.replace(",", ", ") + ", TrN_TS_Mod"
    report = {r["statement"]: r for r in json.loads(h.ctl("erp", "check", "--json", expect=None).stdout)}
    check(report["orders.sql: document"]["ok"] and names in report["orders.sql: document"]["warnings"][0], str(report["orders.sql: document"]))
    check("TrE_KrajPochodzenia" in report["orders.sql: lines"]["warnings"][0], str(report["orders.sql: lines"]))
    writer = {c["code"]: c for c in json.loads(h.ctl("test", "--json", expect=None).stdout)["checks"]}["orders.writer"]
    check(writer["result"] == "warn" and names in writer["text"] and "TrE_KrajPochodzenia" in writer["text"], str(writer))
    row = h.sql(f"SELECT {', '.join('n.' + c for c in NEEDED.split(','))}, CONVERT(NVARCHAR(23), n.TrN_TS_Mod, 126) AS t "
                "FROM CDN.TraNag AS n WHERE n.TrN_Rodzaj = 308000 AND n.TrN_TrNID = (SELECT MAX(x.TrN_TrNID) FROM CDN.TraNag AS x)")[0]
    equal((row[0], row[1], row[2], row[3], row[5][:10]), ("", "", "0", "0", "1900-01-01"), "the neutral values")


@house(erp="optima")
def simulated(h):
    """simulate shows the statements with their values and writes nothing; grants give INSERT where it is needed, only then"""
    begin(h, daemon=False)
    before = counts(h)
    place(h, order("s1", (h.goods[0], "1", "10.00"), note="O'Hara"))
    h.start_daemon()
    until_told(h, "s1", "done")
    h.stop("endpointd")
    h.ctl("config", "set", "orders.writer", "off")
    h.start_daemon()
    place(h, order("s2", (h.goods[0], "1", "10.00"), note="O'Hara"))
    until_state(h, "s2", "waiting")
    h.ctl("config", "set", "orders.writer", "sql")
    h.ctl("config", "set", "orders.sql_unsupported_by_vendor", "false")
    h.ctl("reload")
    after = counts(h)
    equal(after[0], before[0] + 1, "one document")
    shown = h.ctl("sync", "orders", "--simulate").stdout
    check("INSERT INTO [CDN].[TraNag]" in shown and "O''Hara" in shown and "{context.number}" in shown, shown)
    equal(counts(h), after, "nothing was written")
    script = h.ctl("erp", "grants", "shop").stdout
    for table, words in (("TraNag", "SELECT, INSERT"), ("TraElem", "SELECT, INSERT"), ("DokDefinicje", "SELECT"), ("Towary", "SELECT")):
        check(f"GRANT {words} ON OBJECT::[CDN].[{table}] TO [shop];" in script, f"{table}: {script}")
    h.ctl("config", "set", "orders.writer", "off")
    check("INSERT" not in h.ctl("erp", "grants", "shop").stdout, "off: nothing but SELECT")


@house(erp="optima")
def there_already(h):
    """a document that has the marker, whoever made it, is the order's: no second one is made"""
    begin(h, daemon=False)
    place(h, order("t1", (h.goods[0], "1", "10.00")))
    h.ctl("config", "set", "orders.writer", "off")
    h.start_daemon()
    marker = until_state(h, "t1", "waiting")["marker"]
    change(h, f'INSERT INTO "CDN.TraNag"({NEEDED},TrN_DDfId,TrN_TypDokumentu,TrN_Rodzaj,TrN_NumerNr,TrN_NumerString,TrN_NumerObcy,TrN_Bufor,'
              "TrN_DataDok,TrN_DataWys,TrN_DataOpe,TrN_Termin,TrN_TS_Zal,TrN_TS_Mod) SELECT '','',0,0,TrN_DataDok,TrN_DDfId,308,308000,77,"
              "'RO/@numerS/2026',?,1,TrN_DataDok,TrN_DataWys,TrN_DataOpe,TrN_Termin,TrN_TS_Zal,TrN_TS_Mod FROM \"CDN.TraNag\" "
              "WHERE TrN_TrNID=1", marker)
    h.ctl("config", "set", "orders.writer", "sql")
    h.ctl("reload")
    equal(until_told(h, "t1", "done", within=120)["document"], "RO/77/2026", "that document")
    equal(len(headers(h, marker)), 1, "documents with the marker")


@house(erp="optima")
def killed(h):
    """kill -9 while the ERP holds the document back: afterwards it is there once, and nobody has to decide"""
    begin(h)
    place(h, order("x0", (h.goods[0], "1", "10.00")))
    until_told(h, "x0", "done")
    for i in range(3):
        lock = sqlite3.connect(h.path("firma.db"), timeout=60, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        place(h, order(f"x{i + 1}", (h.goods[0], "1", "10.00")))
        until_state(h, f"x{i + 1}", "sending")
        for pid in h.workers().values():
            os.kill(pid, signal.SIGKILL)
        lock.execute("ROLLBACK")
        lock.close()
        until_told(h, f"x{i + 1}", "done", within=120)
        equal(len(headers(h, mine(h, f"x{i + 1}")["marker"])), 1, "documents with the marker")
    numbers = [r["TrN_NumerNr"] for r in ask(h, 'SELECT TrN_NumerNr FROM "CDN.TraNag" WHERE TrN_NumerObcy LIKE \'EP%\' ORDER BY 1')]
    equal(numbers, list(range(1, len(numbers) + 1)), "numbers without a gap")


def answer_lost(h, when):
    begin(h, fault=when)
    place(h, order("c1", (h.goods[0], "1", "10.00"), (h.goods[1], "2", "10.00")))
    outcome = until_told(h, "c1", "done", within=120)
    found = headers(h, mine(h, "c1")["marker"])
    equal([n["TrN_NumerPelny"] for n in found], [outcome["document"]], "the one document, and its number")
    equal(len(lines(h, found[0])), 2, "its lines")
    check("fault: the connection breaks" in h.read("sandbox.log"), "the connection did break")
    equal(len(ask(h, 'SELECT 1 FROM "CDN.TraElem"')), 2, "no other lines")


@house(erp="optima")
def answer_lost_after(h):
    """the connection breaks when the ERP has it and nobody here knows: it is found, not written again"""
    answer_lost(h, "after")


@house(erp="optima")
def answer_lost_before(h):
    """the connection breaks before the ERP has it: nothing is left, and it is written once more"""
    answer_lost(h, "before")


@house(erp="optima")
def commit_refused(h):
    """the server itself refuses a commit: its words are kept, those behind go on, and it is tried again"""
    begin(h, fault="refused")
    place(h, order("f1", (h.goods[0], "1", "10.00")), order("f2", (h.goods[0], "1", "10.00")))
    until_told(h, "f1", "done", within=120)
    until_told(h, "f2", "done", within=120)
    check("fault: a commit is refused" in h.read("sandbox.log"), "it was refused")
    history = [step.get("reason") or "" for step in mine(h, "f1")["history"]]
    check(any("log for the database is full" in reason for reason in history), f"the server's words: {history}")
    equal([len(headers(h, mine(h, o)["marker"])) for o in ("f1", "f2")], [1, 1], "documents")
    equal(mine(h, "f2")["document"].split("/")[1], "1", "the other one did not wait for it")


@house(erp="optima")
def large(h):
    """an order of as many lines as are taken is written whole"""
    begin(h)
    sold = order("l1", *((h.goods[i % 3], "1", "10.00") for i in range(1000)))
    place(h, sold, order("l2", (h.goods[0], "1", "10.00")))
    until_told(h, "l1", "done", within=120)
    equal(len(lines(h, headers(h, mine(h, "l1")["marker"])[0])), 1000, "its lines")
    until_told(h, "l2", "done")


@house(erp="optima")
def together(h):
    """another one takes numbers of the same series at the same time: no number is there twice"""
    begin(h)
    stop, mistakes = threading.Event(), []

    def optima():
        """As Optima would: the next number and the document in one transaction."""
        db = sqlite3.connect(h.path("firma.db"), timeout=60, isolation_level=None)
        db.create_collation("PL", lambda a, b: (a > b) - (a < b))
        made = 0
        while not stop.is_set() and made < 60:
            try:
                db.execute("BEGIN IMMEDIATE")
                db.execute(f'INSERT INTO "CDN.TraNag"({NEEDED},TrN_DDfId,TrN_TypDokumentu,TrN_Rodzaj,TrN_NumerNr,TrN_NumerString,TrN_Bufor,'
                           "TrN_DataDok,TrN_DataWys,TrN_DataOpe,TrN_Termin,TrN_TS_Zal,TrN_TS_Mod) SELECT '','',0,0,TrN_DataDok,1,308,308000,(SELECT "
                           'coalesce(max(TrN_NumerNr),0)+1 FROM "CDN.TraNag" WHERE TrN_DDfId=1 AND TrN_NumerString=?),?,0,'
                           "TrN_DataDok,TrN_DataWys,TrN_DataOpe,TrN_Termin,TrN_TS_Zal,TrN_TS_Mod FROM \"CDN.TraNag\" WHERE "
                           "TrN_TrNID=1", (series, series))
                db.execute("COMMIT")
                made += 1
            except sqlite3.Error as e:
                mistakes.append(str(e))
                return
    place(h, order("y0", (h.goods[0], "1", "10.00")))
    until_told(h, "y0", "done")
    series = headers(h, mine(h, "y0")["marker"])[0]["TrN_NumerString"]
    thread = threading.Thread(target=optima)
    place(h, *(order(f"y{i}", (h.goods[0], "1", "10.00")) for i in range(1, 21)))
    thread.start()
    for i in range(1, 21):
        until_told(h, f"y{i}", "done", within=180)
    stop.set()
    thread.join()
    equal(mistakes, [], "the other one's trouble")
    numbers = [r["TrN_NumerNr"] for r in ask(h, 'SELECT TrN_NumerNr FROM "CDN.TraNag" WHERE TrN_NumerString=? ORDER BY 1', series)]
    equal(numbers, list(range(1, len(numbers) + 1)), "every number once, without a gap")


@house(erp="optima", rows=60)
def random_kills(h):
    """kill -9 of worker, daemon, ERP and panel at random moments: every order once, whole, numbered without a gap"""
    dice, count = random.Random(20), 0
    begin(h)
    ports = h.erp_port, h.panel_port
    for _ in range(20):
        few = dice.randint(1, 4)
        place(h, *(order(f"z{count + i}", *((h.goods[k], str(dice.randint(1, 9)), f"{dice.randint(1, 9999) / 100:.2f}")
                                            for k in range(dice.randint(1, 3)))) for i in range(few)))
        count += few
        seen = dice.randint(0, count - 1)
        h.until(lambda: state_of(h, f"z{seen}") is not None, "an order is here", 60)
        victim = dice.choice(("worker", "worker", "sandbox", "endpointd", "panel"))
        if victim == "worker":
            for pid in h.workers().values():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            continue
        h.kill(victim)
        if victim == "sandbox":
            h.start_sandbox(port=ports[0])
        elif victim == "panel":
            h.start_panel(port=ports[1])
        else:
            h.start_daemon()
    for i in range(count):
        until_told(h, f"z{i}", "done", within=240)
    made = ask(h, "SELECT TrN_TrNID, TrN_NumerNr, TrN_RazemBrutto FROM \"CDN.TraNag\" WHERE TrN_NumerObcy LIKE 'EP%' ORDER BY 2")
    equal([n["TrN_NumerNr"] for n in made], list(range(1, count + 1)), "one document for each order")
    for n in made:
        equal(sum(x["TrE_WartoscBrutto"] for x in lines(h, n)), n["TrN_RazemBrutto"], "its lines come to its total")
    equal(counts(h)[1], sum(len(lines(h, n)) for n in made), "no line without a document")


if __name__ == "__main__":
    run_tests([whole, only_knowingly, all_or_nothing, what_cannot_be, only_what_is_set, no_right, other_versions, simulated, there_already, killed,
               answer_lost_after, answer_lost_before, commit_refused, large, together, random_kills])
