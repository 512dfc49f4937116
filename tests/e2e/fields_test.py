"""Custom fields of products, as each ERP keeps them: scenarios choose by them, and shops know products by them.

What a scenario should give is computed here from the sandbox's file and from what a plugin without options sent.
"""
import json
import sqlite3
import sys

from harness import check, equal, house, run_tests

M = "ModelDanychContainer."
# Per ERP: the field to choose by and the one that is the shop's symbol, where they stand, and an edit of each. In
# Optima one attribute has two rows for a product: the first by the alphabet counts.
COLOUR = {"subiekt-gt": "pole1", "optima": "KOLOR", "nexo": "pole1"}
SYMBOL = {"subiekt-gt": "pole2", "optima": "symbol w sklepie", "nexo": "pole2"}
FIELDS = {
    "subiekt-gt": ('SELECT tw_Id,tw_Pole1 FROM "dbo.tw__Towar"', 'SELECT tw_Id,tw_Pole2 FROM "dbo.tw__Towar"'),
    "optima": ('SELECT TwA_TwrId,MIN(TwA_WartoscTxt) FROM "CDN.TwrAtrybuty" WHERE TwA_DeAId=1 GROUP BY TwA_TwrId',
               'SELECT TwA_TwrId,TwA_WartoscTxt FROM "CDN.TwrAtrybuty" WHERE TwA_DeAId=2'),
    "nexo": (f'SELECT Id,PoleWlasne1 FROM "{M}Asortymenty_PolaWlasneAsortyment"',
             f'SELECT Id,PoleWlasne2 FROM "{M}Asortymenty_PolaWlasneAsortyment"')}
PREPARE = {
    "subiekt-gt": ("UPDATE dbo.tw__Towar SET tw_Pole1 = N'żółty' WHERE tw_Id < 40",
                   "UPDATE dbo.tw__Towar SET tw_Pole2 = CONCAT(N'WWW-', CAST(tw_Id AS NVARCHAR(10))) WHERE tw_Id > 20"),
    "optima": ("INSERT INTO CDN.TwrAtrybuty (TwA_DeAId, TwA_TwrId, TwA_WartoscTxt) SELECT 1, t.Twr_TwrId, N'biały' "
               "FROM CDN.Towary AS t WHERE t.Twr_TwrId < 9",
               "INSERT INTO CDN.TwrAtrybuty (TwA_DeAId, TwA_TwrId, TwA_WartoscTxt) SELECT 4, t.Twr_TwrId, N'żółty' "
               "FROM CDN.Towary AS t WHERE t.Twr_TwrId < 30"),
    "nexo": ()}
EDITS = {
    "subiekt-gt": ("UPDATE dbo.tw__Towar SET tw_Pole1 = N'żółty' WHERE tw_Id < 60",
                   "UPDATE dbo.tw__Towar SET tw_Pole2 = N'NOWY' WHERE tw_Id = 33"),
    "optima": ("UPDATE CDN.TwrAtrybuty SET TwA_WartoscTxt = N'żółty' WHERE TwA_DeAId = 1 AND TwA_TwrId < 60",
               "DELETE FROM CDN.TwrAtrybuty WHERE TwA_DeAId = 2 AND TwA_TwrId > 70"),
    "nexo": (f"UPDATE {M}Asortymenty_PolaWlasneAsortyment SET PoleWlasne1 = N'żółty' WHERE Id < 100040",
             f"UPDATE {M}Asortymenty_PolaWlasneAsortyment SET PoleWlasne2 = N'NOWY' WHERE Id = 100033")}


def fields(h):
    """Colour and shop's symbol of each product."""
    with sqlite3.connect(f"file:{h.path('firma.db')}?mode=ro", uri=True) as db:
        db.create_collation("PL", lambda a, b: (a > b) - (a < b))
        return [{str(i): text for i, text in db.execute(statement) if text} for statement in FIELDS[h.erp]]


def held(h, plugin):
    with sqlite3.connect(f"file:{h.path('panel', 'panel.db')}?mode=ro", uri=True) as db:
        return {key: json.loads(data) for key, data in
                db.execute("SELECT key,data FROM rows WHERE plugin_id=? AND deleted=0", (plugin,))}


def plugins(h):
    return {p["id"]: p for p in h.status().get("plugins", [])}


def wanted(h, stream):
    """Yellow ones by the shop's symbol."""
    colours, symbols = fields(h)
    return {key: {**row, "sku": symbols[key.split("/")[0]]} for key, row in held(h, stream).items()
            if colours.get(key.split("/")[0]) == "żółty" and key.split("/")[0] in symbols}


def run_fields(h):
    h.up(daemon=False)
    for statement in PREPARE[h.erp]:
        h.sql(statement)
    listed = [row["id"] for row in json.loads(h.ctl("lookup", "custom-fields", "--json").stdout)]
    check({COLOUR[h.erp], SYMBOL[h.erp]} <= {x.lower() if h.erp == "optima" and x != COLOUR[h.erp] else x for x in listed},
          f"the list: {listed}")
    options = {"field": {"name": COLOUR[h.erp], "value": "żółty"}, "match": "field", "match_field": SYMBOL[h.erp]}
    streams = ("stock", "prices", "products")
    for stream in streams:
        h.add_plugin(stream, f"{stream}-yellow", options=options)
    h.add_plugin("stock", "unknown", options={"field": {"name": "pole9", "value": "x"}})
    h.start_daemon()

    def arrived(stream):
        plain = held(h, stream)
        return plain and held(h, f"{stream}-yellow") == wanted(h, stream)
    for stream in streams:
        h.until(lambda s=stream: arrived(s), f"{stream}: the yellow ones, by the shop's symbol", 60)
        check(0 < len(held(h, f"{stream}-yellow")) < len(held(h, stream)), f"{stream}: some are, some are not")
    for statement in EDITS[h.erp]:
        before = {s: held(h, f"{s}-yellow") for s in streams}
        h.sql(statement)
        for stream in streams:
            h.until(lambda s=stream: arrived(s), f"{stream} after: {statement}", 60)
            check(held(h, f"{stream}-yellow") != before[stream], f"{stream} changed with: {statement}")
    for stream in streams:
        equal(plugins(h)[f"{stream}-yellow"].get("read"), "everything", f"{stream} goes by no stamp")

    def said():
        error = plugins(h)["unknown"].get("error") or {}
        return f"{error.get('text', '')} {error.get('remedy', '')}"
    word = "custom-fields" if h.erp == "optima" else "endpoint-erp(5)"
    h.until(lambda: "pole9" in said() and word in said(), "a field that there is not is refused", 60)


@house(erp="subiekt-gt", rows=90, plugins=("stock", "prices", "products"))
def subiekt_gt(h):
    """Subiekt GT: the eight fields of a card"""
    run_fields(h)


@house(erp="optima", rows=90, plugins=("stock", "prices", "products"))
def optima(h):
    """Optima: attributes, which are rows, asked for by their code"""
    run_fields(h)


@house(erp="nexo", rows=90, plugins=("stock", "prices", "products"))
def nexo(h):
    """nexo: the eight simple fields, in a table of their own without stamps"""
    run_fields(h)


if __name__ == "__main__":
    sys.exit(run_tests([subiekt_gt, optima, nexo]))
