"""Orders by a program of the site's own (orders.writer = "command"), and what became of their documents: through
panel, endpointd, worker and ERP, with Optima and nexo, which take no files.

The program here makes the documents as an operator would: it is a shell script that calls FreeTDS' client.
"""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(__file__))
from harness import check, equal, house, run_tests  # noqa: E402
from orders_test import in_panel, mine, now, order, place, state_of, until_state, until_told  # noqa: E402

# Makes a document with the marker from the line of JSON that it is given, then does as the file `how` says.
PROGRAM = r"""#!/bin/bash
cd '{dir}'
read -r line
echo "$line" >>given
marker=$(printf '%s' "$line" | sed 's/.*"marker":"\([^"]*\)".*/\1/')
how=$(cat how)
case $how in
later) echo 'no licence is free' >&2; exit 75 ;;
refuse) echo '{{"result":"rejected","reasons":["miesiąc jest zamknięty"]}}'; exit 0 ;;
fail) echo 'saving failed in the middle' >&2; exit 1 ;;
esac
printf '%s\nGO\n' "{insert}" | FREETDSCONF={dir}/freetds.conf TDSVER=7.4 tsql -S sandbox -U sa -P "$(cat erp-password)" \
    -D {database} -o q >>made 2>&1
case $how in
hang) exec sleep 1000 ;;
garbage) echo 'Zapisano!'; exit 0 ;;
esac
echo '{{"result":"done","document":"{number}","document_id":""}}'
"""
INSERT = {
    "optima": "INSERT INTO CDN.TraNag ("
              "TrN_Pesel, TrN_OpeModKod, TrN_SplitPay, TrN_KSeFStatus, TrN_KSeFData, "
              "TrN_DDfId, TrN_TypDokumentu, TrN_Rodzaj, TrN_NumerNr, TrN_NumerString, "
              "TrN_NumerPelny, TrN_NumerObcy, TrN_Bufor, TrN_DataDok, TrN_DataWys, TrN_DataOpe, TrN_Termin, TrN_TS_Zal, "
              "TrN_TS_Mod) VALUES (N'', N'', 0, 0, GETDATE(), 1, 308, 308000, 99, N'RO/@numerS/2026', CONCAT(N'RO/', N'$marker'), N'$marker', 1, "
              "GETDATE(), GETDATE(), GETDATE(), GETDATE(), GETDATE(), GETDATE())",
    "nexo": "INSERT INTO ModelDanychContainer.Dokumenty (Symbol, NumerWewnetrzny_PelnaSygnatura, KonfiguracjaId, "
            "NumerZewnetrzny, StatusDokumentuId) VALUES (N'ZK', CONCAT(N'ZK/', N'$marker'), "
            "CAST(N'C0000000-0000-4000-8000-000000000001' AS UNIQUEIDENTIFIER), N'$marker', 1)"}
NUMBER = {"optima": "RO/$marker", "nexo": "ZK/$marker"}
TYPE = {"optima": "RO", "nexo": "ZK"}
GOODS = {
    "optima": "SELECT TOP (2) t.Twr_Kod FROM CDN.Towary AS t WHERE t.Twr_Typ = 1 AND t.Twr_Produkt = 0 AND t.Twr_Flaga = 2 "
              "AND t.Twr_Stawka = 23 AND t.Twr_NieAktywny = 0 ORDER BY t.Twr_TwrId",
    "nexo": "SELECT TOP (2) a.Symbol FROM ModelDanychContainer.Asortymenty AS a INNER JOIN ModelDanychContainer.StawkiVat "
            "AS v ON v.Id = a.StawkaVatSprzedaz_Id WHERE a.IsInRecycleBin = 0 AND a.Rodzaj_Id = 2 AND v.Symbol = N'23' "
            "ORDER BY a.Id"}


def begin(h, timeout="30s", options=None, orders=None):
    h.start_sandbox()
    h.start_panel()
    text = PROGRAM.replace("{number}", NUMBER[h.erp].replace("$marker", "'\"$marker\"'"))
    h.write("program", text.format(dir=h.dir, insert=INSERT[h.erp], database=h.database), mode=0o700)
    h.configure(more=f'orders : {{ writer = "command"; command = "{h.path("program")}"; command_timeout = "{timeout}"; '
                     "};\n")
    h.register()
    h.add_plugin("orders", options=orders)
    h.add_plugin("order-states", options=options)
    how(h, "make")
    h.start_daemon()
    h.goods = [row[0] for row in h.sql(GOODS[h.erp])]
    h.until(lambda: h.status().get("plugins"), "the plugins are there")


def how(h, word):
    h.write("how", word)


def given(h):
    """Markers that the program was given, in order."""
    if not os.path.exists(h.path("given")):
        return []
    return [json.loads(line)["document"]["marker"] for line in h.read("given").splitlines()]


def documents(h, marker):
    sql = {"optima": "SELECT n.TrN_NumerPelny FROM CDN.TraNag AS n WHERE n.TrN_NumerObcy = N'{}'",
           "nexo": "SELECT d.NumerWewnetrzny_PelnaSygnatura FROM ModelDanychContainer.Dokumenty AS d WHERE "
                   "d.NumerZewnetrzny = N'{}'"}
    return [row[0] for row in h.sql(sql[h.erp].format(marker))]


def life(h):
    begin(h, options={"state_map": {"draft": "w buforze"}})
    place(h, order("p1", (h.goods[0], "2", "10.00"), (h.goods[1], "1", "5.00")))
    outcome = until_told(h, "p1", "done")
    o = mine(h, "p1")
    equal((outcome["document"], documents(h, o["marker"])), (o["document"], [o["document"]]), "the one document")
    equal(given(h), [o["marker"]], "the program was started once")
    equal(json.loads(h.read("given").splitlines()[0])["document"]["type"], TYPE[h.erp], "the type that the ERP's mapping names")
    state = {"optima": "w buforze", "nexo": "open"}[h.erp]
    h.until(lambda: in_panel(h, "p1").get("documents"), "order-states tells of it", 60)
    row = in_panel(h, "p1")["documents"][0]
    equal((row["document"], row["state"]), (o["document"], state), "its state")
    h.sql({"optima": f"UPDATE CDN.TraNag SET TrN_Anulowany = 1 WHERE TrN_NumerObcy = N'{o['marker']}'",
           "nexo": f"UPDATE ModelDanychContainer.Dokumenty SET StatusDokumentuId = 4 WHERE NumerZewnetrzny = "
                   f"N'{o['marker']}'"}[h.erp])
    h.until(lambda: in_panel(h, "p1")["documents"][0]["state"] == "cancelled", "it is cancelled in the ERP", 60)
    how(h, "refuse")
    place(h, order("p2", (h.goods[0], "1", "10.00")))
    check("miesiąc jest zamknięty" in until_told(h, "p2", "rejected")["reason"], "the reason reaches the shop")
    how(h, "garbage")
    place(h, order("p3", (h.goods[0], "1", "10.00")))
    until_told(h, "p3", "done")
    equal(len(documents(h, mine(h, "p3")["marker"])), 1, "what is seen in the ERP counts, whatever was said")


@house(erp="optima")
def life_optima(h):
    """Optima: an RO by a program; its state, refusals, and a program that talks nonsense"""
    life(h)


@house(erp="nexo")
def life_nexo(h):
    """nexo: a ZK by a program; its state, refusals, and a program that talks nonsense"""
    life(h)


@house(erp="optima")
def later(h):
    """no licence is free: the order waits, with the program's words, and goes when there is one"""
    begin(h)
    how(h, "later")
    place(h, order("l1", (h.goods[0], "1", "10.00")))
    h.until(lambda: "no licence is free" in (mine(h, "l1").get("reason") or ""), "the reason is kept", 60)
    equal(state_of(h, "l1"), "waiting", "it waits")
    how(h, "make")
    until_told(h, "l1", "done", within=120)
    equal(len(documents(h, mine(h, "l1")["marker"])), 1, "one document")


@house(erp="nexo")
def in_doubt(h):
    """a program that fails leaves a doubt: it is never started again by itself, and a person settles it"""
    begin(h)
    how(h, "fail")
    place(h, order("d1", (h.goods[0], "1", "10.00")))
    o = until_state(h, "d1", "in-doubt")
    check("exit code 1" in o["reason"] and "saving failed" in o["reason"] and "order resolve" in o["remedy"], f"{o}")
    how(h, "make")
    place(h, order("d2", (h.goods[0], "1", "10.00")))
    until_told(h, "d2", "done")
    equal(given(h).count(o["marker"]), 1, "the doubtful one was not given again")
    h.ctl("order", "resolve", "d1", "--does-not-exist")
    until_told(h, "d1", "done", within=120)
    equal((given(h).count(o["marker"]), len(documents(h, o["marker"]))), (2, 1), "once more, and one document")


@house(erp="optima")
def hangs(h):
    """a program that hangs after saving is killed; the document is found"""
    begin(h, timeout="8s")
    how(h, "hang")
    place(h, order("h1", (h.goods[0], "1", "10.00")))
    until_told(h, "h1", "done", within=120)
    o = mine(h, "h1")
    equal((given(h), documents(h, o["marker"])), ([o["marker"]], [o["document"]]), "one start, one document")


@house(erp="nexo")
def killed(h):
    """the worker is killed while the program works: it is killed too, and nothing is written twice"""
    begin(h)
    how(h, "hang")
    place(h, order("k1", (h.goods[0], "1", "10.00")))
    h.until(lambda: given(h) and documents(h, given(h)[0]), "the program has saved", 60)
    how(h, "make")
    os.kill(h.workers()["orders"], 9)
    until_told(h, "k1", "done", within=120)
    equal((len(given(h)), len(documents(h, given(h)[0]))), (1, 1), "one start, one document")


def ages(h):
    begin(h, orders={"days_back": 3, "warehouse": "MAG", "text": "Sklep", "reserve": False})
    place(h, order("old", (h.goods[0], "1", "10.00"), placed_at=now(-4)),
          order("before", (h.goods[0], "1", "10.00"), placed_at=now(-1)), order("new", (h.goods[0], "1", "10.00")))
    check("3 days" in until_told(h, "old", "rejected")["reason"], "too old")
    check("before" in until_told(h, "before", "rejected")["reason"], "before the plugin was set up")
    until_told(h, "new", "done")
    document = json.loads(h.read("given").splitlines()[0])["document"]
    equal([document[n] for n in ("warehouse", "text", "reserve")], ["MAG", "Sklep", False], "options reach the document")
    scenario = {"id": "orders", "kind": "orders", "name": "orders", "enabled": True, "channel": {"type": "panel"},
                "schedule": {"every": "1s"}, "options": {"before_setup": True}}
    h.panel("plugin", "edit", "orders", "-", stdin=json.dumps(scenario))
    place(h, order("earlier", (h.goods[0], "1", "10.00"), placed_at=now(-5)))
    until_told(h, "earlier", "done", within=120)


@house(erp="optima")
def ages_optima(h):
    """Optima: orders from before the set-up and older than days_back are refused, or taken as the options say"""
    ages(h)


@house(erp="nexo")
def ages_nexo(h):
    """nexo: orders from before the set-up and older than days_back are refused, or taken as the options say"""
    ages(h)


if __name__ == "__main__":
    check(shutil.which("tsql"), "FreeTDS' tsql is there")
    sys.exit(run_tests([life_optima, life_nexo, later, in_doubt, hangs, killed, ages_optima, ages_nexo]))
