"""Kits counted from their parts: what the panel holds is what the tables say, computed here from the sandbox's file.

A kit is what its scarcest part allows: the floor of the part's amount over the quantity in one kit, never below zero;
a part that a warehouse has no row of is not there, services do not count. Everything else stays as it is.
"""
import json
import sqlite3
import sys
from decimal import ROUND_FLOOR, Decimal

from harness import Failure, check, equal, house, number, run_tests


class Company:
    """Tables of the sandbox's own file; decimals are kept there as whole numbers."""

    def __init__(self, h):
        self.h = h

    def rows(self, statement):
        with sqlite3.connect(f"file:{self.h.path('firma.db')}?mode=ro", uri=True) as db:
            db.create_collation("PL", lambda a, b: (a > b) - (a < b))
            return db.execute(statement).fetchall()


def dec(value, scale=4):
    return Decimal(value).scaleb(-scale)


class GT(Company):
    """parts: (kit, part): quantity. levels: (product, warehouse): on hand and free. kits: those that are counted."""

    def parts(self):
        sums = {}
        for kit, part, quantity in self.rows(
                'SELECT k.kpl_IdKomplet,k.kpl_IdSkladnik,k.kpl_Liczba FROM "dbo.tw_Komplet" k,"dbo.tw__Towar" a,'
                '"dbo.tw__Towar" p WHERE a.tw_Id=k.kpl_IdKomplet AND a.tw_Rodzaj=8 AND a.tw_Usuniety=0 AND '
                'p.tw_Id=k.kpl_IdSkladnik AND p.tw_Rodzaj<>2 AND k.kpl_Liczba>0'):
            sums[kit, part] = sums.get((kit, part), 0) + dec(quantity)
        return sums

    def levels(self):
        return {(p, w): (dec(n), dec(n - r)) for p, w, n, r in
                self.rows('SELECT st_TowId,st_MagId,st_Stan,st_StanRez FROM "dbo.tw_Stan"')}

    def warehouses(self):
        return {i: s for i, s in self.rows('SELECT mag_Id,mag_Symbol FROM "dbo.sl_Magazyn"')}

    def skus(self):
        return {i: s.rstrip() for i, s in self.rows('SELECT tw_Id,tw_Symbol FROM "dbo.tw__Towar" WHERE tw_Usuniety=0')}

    # a: a kit with parts; p, q: two parts of it; o: another kit
    edits = ("UPDATE dbo.tw_Stan SET st_Stan = 7.5, st_StanRez = 0.4 WHERE st_TowId = {p} AND st_MagId = 1",
             "DELETE FROM dbo.tw_Stan WHERE st_TowId = {q} AND st_MagId = 2",
             "UPDATE dbo.tw_Stan SET st_Stan = -3, st_StanRez = 0 WHERE st_TowId = {p} AND st_MagId = 3",
             "INSERT INTO dbo.tw_Komplet (kpl_Id, kpl_IdKomplet, kpl_IdSkladnik, kpl_Liczba) VALUES (9001, {a}, {p}, 0.35)",
             "UPDATE dbo.tw_Komplet SET kpl_Liczba = 0.3 WHERE kpl_IdKomplet = {o}",
             "INSERT INTO dbo.tw_Komplet (kpl_Id, kpl_IdKomplet, kpl_IdSkladnik, kpl_Liczba) VALUES (9002, {o}, {a}, 2)",
             "UPDATE dbo.tw__Towar SET tw_Rodzaj = 2 WHERE tw_Id = {s}")


def counted(company):
    """What the panel should hold of each counted kit and warehouse: key, row."""
    parts, levels, skus = company.parts(), company.levels(), company.skus()
    rows = {}
    for kit in {k for k, _ in parts}:
        for place, symbol in company.warehouses().items():
            on_hand = free = None
            for (owner, part), quantity in parts.items():
                if owner == kit:
                    amounts = [max(Decimal(0), (n / quantity).to_integral_value(ROUND_FLOOR))
                               for n in levels.get((part, place), (Decimal(0), Decimal(0)))]
                    on_hand = amounts[0] if on_hand is None else min(on_hand, amounts[0])
                    free = amounts[1] if free is None else min(free, amounts[1])
            rows[f"{kit}/{place}"] = {"sku": skus[kit], "warehouse": symbol.rstrip(), "on_hand": number(str(on_hand)),
                                      "reserved": number(str(on_hand - free)), "available": number(str(free))}
    return rows


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
    for kit, part in sorted(company.parts()):
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
    equal([r for r in shown if r.get("op")], [], "a full compare finds nothing else")
    return names


@house(erp="subiekt-gt", rows=250)
def subiekt_gt(h):
    """Subiekt GT: kits by tw_Komplet, with parts that are short, missing, doubled, kits themselves, or services"""
    run_kits(h, GT(h))


@house(erp="navireo", rows=250)
def navireo(h):
    """Navireo: the same tables"""
    run_kits(h, GT(h))


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
    sys.exit(run_tests([subiekt_gt, navireo, not_known]))
