"""Kits counted from their parts: what the panel holds is what the tables say, computed here from the sandbox's file.

A kit is what its scarcest part allows: the floor of the part's amount over the quantity in one kit, never below zero;
a part that a warehouse has no row of is not there, services do not count. Everything else stays as it is.
"""
import datetime
import json
import math
import sqlite3
import sys
from decimal import Decimal
from fractions import Fraction

from harness import Failure, check, equal, house, number, run_tests


M = "ModelDanychContainer."


class Company:
    """Tables of the sandbox's own file; decimals are kept there as whole numbers."""

    def __init__(self, h):
        self.h = h

    def rows(self, statement):
        with sqlite3.connect(f"file:{self.h.path('firma.db')}?mode=ro", uri=True) as db:
            db.create_collation("PL", lambda a, b: (a > b) - (a < b))
            return db.execute(statement).fetchall()


def dec(value):
    return Fraction(value, 10000)


# Each has parts: (kit, part): quantity in one kit, None where that cannot be said; levels: (product, warehouse):
# on hand and free; warehouses and skus by id; edits: of a and o, two kits, p and q, parts of a, s, a part of another.

class GT(Company):
    def parts(self):
        sums = {}
        for kit, part, quantity in self.rows(
                'SELECT k.kpl_IdKomplet,k.kpl_IdSkladnik,k.kpl_Liczba FROM "dbo.tw_Komplet" k,"dbo.tw__Towar" a,'
                '"dbo.tw__Towar" p WHERE a.tw_Id=k.kpl_IdKomplet AND a.tw_Rodzaj=8 AND a.tw_Usuniety=0 AND '
                'p.tw_Id=k.kpl_IdSkladnik AND p.tw_Rodzaj<>2 AND k.kpl_Liczba>0'):
            # The same part twice is both quantities together.
            sums[kit, part] = sums.get((kit, part), 0) + dec(quantity)
        return sums

    def levels(self):
        return {(p, w): (dec(n), dec(n - r)) for p, w, n, r in
                self.rows('SELECT st_TowId,st_MagId,st_Stan,st_StanRez FROM "dbo.tw_Stan"')}

    def warehouses(self):
        return {i: s for i, s in self.rows('SELECT mag_Id,mag_Symbol FROM "dbo.sl_Magazyn"')}

    def skus(self):
        return {i: s.rstrip() for i, s in self.rows('SELECT tw_Id,tw_Symbol FROM "dbo.tw__Towar" WHERE tw_Usuniety=0')}

    edits = ("UPDATE dbo.tw_Stan SET st_Stan = 7.5, st_StanRez = 0.4 WHERE st_TowId = {p} AND st_MagId = 1",
             "DELETE FROM dbo.tw_Stan WHERE st_TowId = {q} AND st_MagId = 2",
             "UPDATE dbo.tw_Stan SET st_Stan = -3, st_StanRez = 0 WHERE st_TowId = {p} AND st_MagId = 3",
             "INSERT INTO dbo.tw_Komplet (kpl_Id, kpl_IdKomplet, kpl_IdSkladnik, kpl_Liczba) VALUES (9001, {a}, {p}, 0.35)",
             "UPDATE dbo.tw_Komplet SET kpl_Liczba = 0.3 WHERE kpl_IdKomplet = {o}",
             "INSERT INTO dbo.tw_Komplet (kpl_Id, kpl_IdKomplet, kpl_IdSkladnik, kpl_Liczba) VALUES (9002, {o}, {a}, 2)",
             "UPDATE dbo.tw__Towar SET tw_Rodzaj = 2 WHERE tw_Id = {s}")


class Optima(Company):
    def parts(self):
        recipes = {}
        for kit, recipe, makes in self.rows('SELECT PdR_TwrId,PdR_PdRId,PdR_Ilosc FROM "CDN.ProdReceptury" WHERE '
                                            'PdR_Domyslna=1 ORDER BY PdR_PdRId DESC'):
            recipes[kit] = (recipe, dec(makes) or Fraction(1))
        kinds = {i: (typ, made) for i, typ, made in self.rows('SELECT Twr_TwrId,Twr_Typ,Twr_Produkt FROM "CDN.Towary"')}
        sums = {}
        for kit, (recipe, makes) in recipes.items():
            for part, quantity in self.rows(f'SELECT PdS_TwrId,PdS_Ilosc FROM "CDN.ProdSkladniki" WHERE PdS_PdRId={recipe}'):
                if kinds[kit][0] != 0 and kinds[kit][1] != 0 and kinds[part][0] != 0:
                    sums[kit, part] = sums.get((kit, part), 0) + dec(quantity) / makes
        return sums

    def levels(self):
        now = datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S.999")
        newest = {}
        for p, w, _, n, r, s in self.rows(
                'SELECT TwI_TwrId,TwI_MagId,TwI_Data,TwI_Ilosc,TwI_Rezerwacje,TwI_RezerwacjeZlecenia FROM "CDN.TwrIlosci" '
                f"WHERE TwI_MagId IS NOT NULL AND TwI_Data<='{now}' ORDER BY TwI_Data"):
            newest[p, w] = (dec(n), dec(n - r - s))
        return newest

    def warehouses(self):
        return {i: s for i, s in self.rows('SELECT Mag_MagId,Mag_Symbol FROM "CDN.Magazyny"')}

    def skus(self):
        return {i: s.rstrip() for i, s in self.rows('SELECT Twr_TwrId,Twr_Kod FROM "CDN.Towary"')}

    edits = ("UPDATE CDN.TwrIlosci SET TwI_Ilosc = 7.5, TwI_Rezerwacje = 0.4 WHERE TwI_TwrId = {p} AND TwI_MagId = 1",
             "DELETE FROM CDN.TwrIlosci WHERE TwI_TwrId = {q} AND TwI_MagId = 2",
             "INSERT INTO CDN.TwrIlosci (TwI_TwrId, TwI_MagId, TwI_Data, TwI_Ilosc) VALUES ({p}, 3, GETDATE(), -3)",
             "UPDATE CDN.ProdReceptury SET PdR_Ilosc = 7 WHERE PdR_TwrId = {o}",
             "UPDATE CDN.ProdReceptury SET PdR_Ilosc = 0 WHERE PdR_TwrId = {a}",
             "UPDATE CDN.ProdSkladniki SET PdS_TwrId = {p} WHERE PdS_ProdId = {a} AND PdS_TwrId = {q}",
             "UPDATE CDN.ProdSkladniki SET PdS_TwrId = {a} WHERE PdS_ProdId = {o}",
             "UPDATE CDN.ProdReceptury SET PdR_Domyslna = 0 WHERE PdR_TwrId = {o}",
             "UPDATE CDN.Towary SET Twr_Typ = 0 WHERE Twr_TwrId = {s}")


class Nexo(Company):
    converted = 0  # parts counted in another unit than that of their stock, in all calls

    def parts(self):
        base, store, converters = {}, {}, {}
        for unit, base_of, store_of in self.rows('SELECT Id,AsortymentPodstawowej_Id,AsortymentMagazynowy_Id FROM '
                                                 f'"{M}JednostkiMiarAsortymentow"'):
            base[base_of], store[store_of] = unit, unit
        for parent, child, parents, children in self.rows(
                'SELECT JednostkaNadrzedna_Id,JednostkaPodrzedna_Id,LiczbaJednostkiNadrzednej,LiczbaJednostkiPodrzednej '
                f'FROM "{M}PrzelicznikiJednostekMiarAsortymentu"'):
            converters[child, parent], converters[parent, child] = Fraction(parents, children), Fraction(children, parents)
        kinds = {i: kind for i, kind, gone in self.rows(f'SELECT Id,Rodzaj_Id,IsInRecycleBin FROM "{M}Asortymenty"')}
        sums = {}
        for kit, part, unit, quantity in self.rows('SELECT Komplet_Id,Skladnik_Id,JednostkaMiaryAsortymentu_Id,Ilosc FROM '
                                                   f'"{M}SkladnikiKompletu"'):
            if kinds[kit] == 4 and kinds[part] != 1:
                kept = store.get(part, base.get(part))
                factor = 1 if unit in (None, kept) else converters.get((unit, kept))
                self.converted += factor not in (None, 1)
                before = sums.get((kit, part), Fraction(0))
                sums[kit, part] = None if factor is None or before is None else before + dec(quantity) * factor
        return sums

    def levels(self):
        return {(p, w): (dec(n + a + b + c), dec(n)) for p, w, n, a, b, c in self.rows(
            'SELECT Asortyment_Id,Magazyn_Id,IloscDostepna,IloscZarezerwowanaIlosciowo,IloscZarezerwowanaDostawowo,'
            f'IloscZadysponowana FROM "{M}StanyMagazynowe"')}

    def warehouses(self):
        return {i: s for i, s in self.rows(f'SELECT Id,Symbol FROM "{M}Magazyny"')}

    def skus(self):
        return {i: s.rstrip() for i, s in
                self.rows(f'SELECT Id,Symbol FROM "{M}Asortymenty" WHERE IsInRecycleBin=0')}

    edits = tuple(statement.replace("M.", M) for statement in (
        "UPDATE M.StanyMagazynowe SET IloscDostepna = 7.1, IloscZarezerwowanaIlosciowo = 0.4 WHERE Asortyment_Id = {p} "
        "AND Magazyn_Id = 1",
        "DELETE FROM M.StanyMagazynowe WHERE Asortyment_Id = {q} AND Magazyn_Id = 2",
        "UPDATE M.StanyMagazynowe SET IloscDostepna = -3 WHERE Asortyment_Id = {p} AND Magazyn_Id = 3",
        "INSERT INTO M.SkladnikiKompletu (Komplet_Id, Skladnik_Id, Ilosc) VALUES ({a}, {p}, 0.35)",
        "UPDATE M.SkladnikiKompletu SET Ilosc = 0.3 WHERE Komplet_Id = {o}",
        "DELETE FROM M.SkladnikiKompletu WHERE Komplet_Id = {a} AND Skladnik_Id = {q}",
        "INSERT INTO M.SkladnikiKompletu (Komplet_Id, Skladnik_Id, Ilosc) VALUES ({o}, {a}, 2)",
        "UPDATE M.PrzelicznikiJednostekMiarAsortymentu SET LiczbaJednostkiNadrzednej = 7 WHERE Id > 0",
        "DELETE FROM M.SkladnikiKompletu WHERE Komplet_Id = {o}",
        "UPDATE M.Magazyny SET Symbol = N'INNY' WHERE Id = 2",
        "UPDATE M.Asortymenty SET Rodzaj_Id = 1 WHERE Id = {s}",
        "UPDATE M.SkladnikiKompletu SET JednostkaMiaryAsortymentu_Id = 1 WHERE Komplet_Id = {a}"))


def counted(company):
    """What the panel should hold of each counted kit and warehouse: key, row."""
    parts, levels, skus, places = company.parts(), company.levels(), company.skus(), company.warehouses()
    rows = {}
    for (kit, part), quantity in parts.items():
        for place, symbol in places.items():
            if kit in skus:
                amounts = [0 if quantity is None else max(0, math.floor(n / quantity))
                           for n in levels.get((part, place), (Fraction(0), Fraction(0)))]
                row = rows.setdefault(f"{kit}/{place}", (skus[kit], symbol.rstrip(), *amounts))
                rows[f"{kit}/{place}"] = (row[0], row[1], min(row[2], amounts[0]), min(row[3], amounts[1]))
    return {key: {"sku": sku, "warehouse": place, "on_hand": str(made), "reserved": str(made - free), "available": str(free)}
            for key, (sku, place, made, free) in rows.items()}


def held(h, plugin):
    with sqlite3.connect(f"file:{h.path('panel', 'panel.db')}?mode=ro", uri=True) as db:
        return {key: json.loads(data) for key, data in
                db.execute("SELECT key,data FROM rows WHERE plugin_id=? AND deleted=0", (plugin,))}


def plugins(h):
    return {p["id"]: p for p in h.status().get("plugins", [])}


def short(row):
    return {name: row.get(name) for name in ("sku", "warehouse", "on_hand", "reserved", "available")}


def difference(h, company):
    """What the panel holds of the counted stock against what it should: [] when all is right."""
    own, got, kits = held(h, "stock"), held(h, "parts"), counted(company)
    wanted = {**{k: short(r) for k, r in own.items()}, **kits}
    return [(k, wanted.get(k), short(got[k]) if k in got else None) for k in sorted({*wanted, *got})
            if wanted.get(k) != (short(got[k]) if k in got else None)]


def added_up(h):
    """The plugin that adds warehouses up against the one that does not."""
    sums = {}
    for key, row in held(h, "parts").items():
        total = sums.setdefault(key.split("/")[0], [Decimal(0)] * 3)
        sums[key.split("/")[0]] = [a + Decimal(row[n]) for a, n in zip(total, ("on_hand", "reserved", "available"))]
    wanted = {f"{product}/sklep": [number(str(n)) for n in row] for product, row in sums.items()}
    return wanted == {k: [r[n] for n in ("on_hand", "reserved", "available")] for k, r in held(h, "sum").items()}


def until_read(h):
    """Every plugin has begun and ended a pass since now, and the panel has what it brought."""
    before = {i: p.get("last_ok") for i, p in plugins(h).items()}

    def done():
        now = plugins(h)
        for p in now.values():
            if p.get("error"):
                raise AssertionError(f"{p['id']}: {p['error']}")
        return all(now[i].get("last_ok") not in (None, before[i]) and now[i].get("queued") == 0 for i in before)
    h.until(done, "every plugin was read again", 60)


def run_kits(h, company):
    h.up(daemon=False)
    h.add_plugin("stock", "parts", every="1s", options={"kits": "parts"})
    h.add_plugin("stock", "sum", every="1s", options={"kits": "parts", "sum_as": "sklep"})
    h.start_daemon()
    h.until(lambda: {"parts", "sum"} <= set(plugins(h)), "the plugins are known", 60)
    h.until(lambda: held(h, "stock") and held(h, "parts") and difference(h, company) == [], "kits are counted", 60)
    kits = counted(company)
    check(any(r["available"] == "0" for r in kits.values()), "some kit cannot be made")
    check(any(r["available"] not in ("0", None) for r in kits.values()), "some kit can be made")
    check(any(r["reserved"] != "0" for r in kits.values()), "some part is reserved")
    check(any(short(held(h, "stock").get(k, {})) != r for k, r in kits.items()), "and that is not what the ERP keeps")
    ids = {}
    for (kit, part), quantity in sorted((k, q) for k, q in company.parts().items() if q):
        ids.setdefault(kit, []).append(part)
    several = [k for k, p in ids.items() if len(p) > 1]
    a, o = several[0], several[1]
    names = {"a": a, "o": o, "p": ids[a][0], "q": ids[a][1], "s": ids[several[2]][0]}
    for statement in company.edits:
        h.sql(statement.format(**names))
        try:
            h.until(lambda: difference(h, company) == [], f"counted again after: {statement.format(**names)}", 60)
        except Failure as failure:
            raise Failure(f"{failure}\nkey, wanted, held: {difference(h, company)[:3]}") from None
    until_read(h)
    h.until(lambda: added_up(h), "warehouses are added up", 60)
    shown = [json.loads(x) for x in h.ctl("sync", "parts", "--simulate", "--json").stdout.splitlines()]
    # By stamps, what was deleted is found by the full compare only.
    equal([r for r in shown if r.get("op") not in (None, "delete")], [], "a full compare finds nothing else")
    return names


@house(erp="subiekt-gt", rows=250)
def subiekt_gt(h):
    """Subiekt GT: kits by tw_Komplet, with parts that are short, missing, doubled, kits themselves, or services"""
    run_kits(h, GT(h))


@house(erp="navireo", rows=250)
def navireo(h):
    """Navireo: the same tables"""
    run_kits(h, GT(h))


@house(erp="optima", rows=300)
def optima(h):
    """Optima: composed products by their default recipe, for one or for several of them"""
    run_kits(h, Optima(h))


@house(erp="nexo", rows=400)
def nexo(h):
    """nexo: kits by their parts in whatever unit, kept up to date by stamps"""
    company = Nexo(h)
    run_kits(h, company)
    check(plugins(h)["parts"]["read"] == plugins(h)["sum"]["read"] == "changed", "by what changed, not by comparing all")
    check(company.converted > 0, "some part is counted in another unit than its stock")
    check(None in company.parts().values(), "some unit has no converter")


@house(erp="generic", rows=30)
def not_known(h):
    """a mapping that does not say what kits are made of: the plugin stops and says so, another goes on"""
    h.up(daemon=False)
    h.add_plugin("stock", "parts", options={"kits": "parts"})
    h.start_daemon()

    def said():
        error = plugins(h).get("parts", {}).get("error") or {}
        return f"{error.get('text', '')} {error.get('remedy', '')}"
    h.until(lambda: "options.kits" in said() and '"own"' in said(), "the option is refused", 60)
    h.until(lambda: plugins(h)["stock"].get("last_ok"), "the plugin without it goes on", 60)


if __name__ == "__main__":
    sys.exit(run_tests([subiekt_gt, navireo, optima, nexo, not_known]))
