"""Each ERP's streams and lists against what its tables hold: read from the sandbox's own file and put together here,
by another way than the mapping's."""
import json
import os
import sqlite3
from decimal import ROUND_HALF_UP, Decimal

from harness import check, equal, house, run_tests

ROWS = 300


def started(h):
    h.start_sandbox()
    h.panel_port = 1
    h.configure()
    return Tables(h.path("firma.db"))


class Tables:
    """Rows of a table as dictionaries, by the table's name."""

    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.row_factory = sqlite3.Row
        self.db.create_collation("PL", lambda a, b: (a > b) - (a < b))

    def __call__(self, table):
        return [dict(row) for row in self.db.execute(f'SELECT * FROM "{table}"')]

    def by(self, table, key):
        return {row[key]: row for row in self(table)}


def amount(scaled, digits=4):
    """A number of the file, which keeps decimals as whole numbers: as a record has it."""
    return None if scaled is None else text(Decimal(scaled) / 10 ** digits)


def text(number):
    written = format(number, "f")
    return (written.rstrip("0").rstrip(".") if "." in written else written) or "0"


def or_none(value):
    return value if value else None


def digits(value):
    return or_none((value or "").replace("-", "").replace(" ", ""))


def records(h, stream):
    rows = json.loads(h.ctl("erp", "preview", stream, "--limit", "10000", "--json").stdout)
    return {r["key"]: r["data"] for r in rows}


def compare(h, stream, wanted):
    got = records(h, stream)
    check(len(wanted) > 10, f"{stream}: there is something to compare")
    equal(sorted(set(got) ^ set(wanted))[:5], [], f"keys of {stream}")
    for key, fields in wanted.items():
        for name, value in fields.items():
            mine = got[key].get(name)
            if name == "eans":
                mine, value = sorted(mine), sorted({v for v in value if v})
            equal(mine, value, f"{stream} {key}: {name}")


def lookups(h, wanted):
    for name, pairs in wanted.items():
        rows = json.loads(h.ctl("lookup", name, "--json").stdout)
        rows = rows["rows"] if isinstance(rows, dict) else rows
        equal([(r["id"], r["name"]) for r in rows], pairs, f"list {name}")


KINDS_GT = {1: "goods", 2: "service", 4: "packaging", 8: "kit", 16: "fee"}


def gt(h):
    t = started(h)
    vat, places = t.by("dbo.sl_StawkaVAT", "vat_Id"), t.by("dbo.sl_Magazyn", "mag_Id")
    goods = {i: p for i, p in t.by("dbo.tw__Towar", "tw_Id").items() if not p["tw_Usuniety"]}
    codes = {}
    for row in t("dbo.tw_KodKreskowy"):
        codes.setdefault(row["kk_IdTowar"], []).append(row["kk_Kod"])
    compare(h, "products", {
        str(i): {"sku": p["tw_Symbol"], "name": p["tw_Nazwa"], "ean": or_none(p["tw_PodstKodKresk"]),
                 "eans": [*codes.get(i, []), p["tw_PodstKodKresk"]], "unit": p["tw_JednMiary"],
                 "vat_rate": vat[p["tw_IdVatSp"]]["vat_Symbol"] if p["tw_IdVatSp"] else None,
                 "kind": KINDS_GT.get(p["tw_Rodzaj"], "other"), "active": not p["tw_Zablokowany"],
                 "online": bool(p["tw_SklepInternet"])} for i, p in goods.items()})
    compare(h, "stock", {
        f"{s['st_TowId']}/{s['st_MagId']}": {
            "sku": goods[s["st_TowId"]]["tw_Symbol"], "warehouse": places[s["st_MagId"]]["mag_Symbol"],
            "on_hand": amount(s["st_Stan"]), "reserved": amount(s["st_StanRez"]),
            "available": amount(s["st_Stan"] - s["st_StanRez"])}
        for s in t("dbo.tw_Stan") if s["st_TowId"] in goods and goods[s["st_TowId"]]["tw_Rodzaj"] != 2})
    compare(h, "prices", {
        f"{c['tc_IdTowar']}/{n}": {
            "sku": goods[c["tc_IdTowar"]]["tw_Symbol"], "level": str(n), "net": amount(c[f"tc_CenaNetto{n}"]),
            "gross": amount(c[f"tc_CenaBrutto{n}"]), "currency": c[f"tc_IdWaluta{n}"]}
        for c in t("dbo.tw_Cena") if c["tc_IdTowar"] in goods for n in range(1, 11)})
    homes = {a["adr_IdObiektu"]: a for a in t("dbo.adr__Ewid") if a["adr_TypAdresu"] == 1}
    lands = t.by("dbo.sl_Panstwo", "pa_Id")
    compare(h, "customers", {
        str(i): {"code": k["kh_Symbol"], "name": homes[i]["adr_NazwaPelna"], "tax_id": digits(homes[i]["adr_NIP"]),
                 "city": homes[i]["adr_Miejscowosc"], "postcode": homes[i]["adr_Kod"], "phone": homes[i]["adr_Telefon"],
                 "country": lands[homes[i]["adr_IdPanstwo"]]["pa_Nazwa"] if homes[i]["adr_IdPanstwo"] else None,
                 "email": k["kh_EMail"], "active": not k["kh_Zablokowany"]}
        for i, k in t.by("dbo.kh__Kontrahent", "kh_Id").items() if i in homes})
    levels = t("dbo.tw_Parametr")[0]
    lookups(h, {
        "payment-forms": [(f["fp_Nazwa"], f["fp_Nazwa"]) for f in t("dbo.sl_FormaPlatnosci") if f["fp_Aktywna"]],
        "warehouses": [(m["mag_Symbol"], m["mag_Nazwa"]) for m in places.values()],
        "price-levels": [(str(n), levels[f"twp_NazwaCeny{n}"]) for n in range(1, 11)],
        "vat-rates": [(v["vat_Symbol"], v["vat_Nazwa"]) for v in vat.values() if v["vat_CzyWidoczna"]],
        "operators": sorted((u["uz_Identyfikator"], u["uz_Nazwisko"]) for u in t("dbo.pd_Uzytkownik") if u["uz_Status"]),
        "document-types": [("ZK", "Zamówienie od klienta"), ("ZD", "Zamówienie do dostawcy")],
        "custom-fields": [(f"pole{n}", f"Pole {n}") for n in range(1, 9)]})


@house(erp="subiekt-gt", rows=ROWS)
def subiekt_gt(h):
    """Subiekt GT: every record and every list is what the tables hold"""
    gt(h)


@house(erp="navireo", rows=ROWS)
def navireo(h):
    """Navireo: every record and every list is what the tables hold"""
    gt(h)


@house(erp="optima", rows=ROWS)
def optima(h):
    """Optima: stock is the newest row that is not in the future, the other price is computed, codes in two places"""
    t = started(h)
    goods, places = t.by("CDN.Towary", "Twr_TwrId"), t.by("CDN.Magazyny", "Mag_MagId")
    codes = {}
    for row in t("CDN.TwrEan"):
        codes.setdefault(row["TwE_TwrID"], []).append(row["TwE_EAN"])
    compare(h, "products", {
        str(i): {"sku": p["Twr_Kod"], "name": p["Twr_Nazwa"], "ean": or_none(p["Twr_EAN"]), "eans": [*codes.get(i, []), p["Twr_EAN"]],
                 "unit": p["Twr_JM"], "vat_rate": str(p["Twr_Stawka"] // 100) if p["Twr_Flaga"] == 2 else None,
                 "kind": "service" if p["Twr_Typ"] == 0 else "kit" if p["Twr_Produkt"] else "goods",
                 "active": not p["Twr_NieAktywny"], "online": None} for i, p in goods.items()})
    now = h.value("SELECT CONVERT(NVARCHAR(23), GETDATE(), 121) AS n")
    newest, future = {}, 0
    for row in t("CDN.TwrIlosci"):
        place = (row["TwI_TwrId"], row["TwI_MagId"])
        if row["TwI_MagId"] is None or row["TwI_Data"][:23] > now:
            future += row["TwI_MagId"] is not None
        elif place not in newest or row["TwI_Data"] > newest[place]["TwI_Data"]:
            newest[place] = row
    check(future > 0 and len(newest) < len(t("CDN.TwrIlosci")) / 2, "there is a history, and a future")
    wanted = {}
    for (product, place), row in newest.items():
        if goods[product]["Twr_Typ"] == 0:
            continue
        taken = row["TwI_Rezerwacje"] + row["TwI_RezerwacjeZlecenia"]
        wanted[f"{product}/{place}"] = {
            "sku": goods[product]["Twr_Kod"], "warehouse": places[place]["Mag_Symbol"], "on_hand": amount(row["TwI_Ilosc"]),
            "reserved": amount(taken), "available": amount(max(row["TwI_Ilosc"] - taken, 0))}
    compare(h, "stock", wanted)
    wanted, grosz = {}, Decimal("0.01")
    for row in t("CDN.TwrCeny"):
        p, value = goods[row["TwC_TwrID"]], Decimal(row["TwC_Wartosc"]) / 10000
        rate = Decimal(p["Twr_Stawka"]) / 100
        net = (value * 100 / (100 + rate)).quantize(grosz, ROUND_HALF_UP) if row["TwC_Typ"] == 2 else value
        gross = (value * (100 + rate) / 100).quantize(grosz, ROUND_HALF_UP) if row["TwC_Typ"] == 1 else value
        wanted[f"{p['Twr_TwrId']}/{row['TwC_TwCNumer']}"] = {
            "sku": p["Twr_Kod"], "level": str(row["TwC_TwCNumer"]), "net": text(net), "gross": text(gross),
            "currency": or_none(row["TwC_Waluta"])}
    compare(h, "prices", wanted)
    compare(h, "customers", {
        str(i): {"code": k["Knt_Kod"], "name": " ".join((k["Knt_Nazwa1"], k["Knt_Nazwa2"], k["Knt_Nazwa3"])).rstrip(),
                 "tax_id": digits(k["Knt_Nip"]), "city": k["Knt_Miasto"], "postcode": k["Knt_KodPocztowy"],
                 "email": or_none(k["Knt_Email"]), "active": not k["Knt_Nieaktywny"]}
        for i, k in t.by("CDN.Kontrahenci", "Knt_KntId").items() if i != 1})
    lookups(h, {
        "payment-forms": [(f["FPl_Nazwa"], f["FPl_Nazwa"]) for f in t("CDN.FormyPlatnosci") if not f["FPl_NieAktywny"]],
        "custom-fields": sorted((d["DeA_Kod"], d["DeA_Nazwa"]) for d in t("CDN.DefAtrybuty")
                                if d["DeA_Typ"] == 1 and d["DeA_Format"] != 5),
        "warehouses": [(m["Mag_Symbol"], m["Mag_Nazwa"]) for m in places.values() if not m["Mag_NieAktywny"]],
        "price-levels": [(str(d["DfC_Lp"]), d["DfC_Nazwa"]) for d in t("CDN.DefCeny") if not d["DfC_Nieaktywna"]],
        "vat-rates": [(str(r), f"{r}%") for r in sorted({p["Twr_Stawka"] // 100 for p in goods.values()
                                                         if p["Twr_Flaga"] == 2})],
        "operators": [("ADMIN", "Administrator"), ("SKLEP", "Sklep internetowy")]})
    types = [r[0] for r in h.sql("SELECT d.DDf_Symbol FROM CDN.DokDefinicje AS d WHERE d.DDf_Klasa = 308")]
    listed = json.loads(h.ctl("lookup", "document-types", "--json").stdout)
    listed = listed["rows"] if isinstance(listed, dict) else listed
    check(types and set(types) <= {r["id"] for r in listed}, "list document-types")


@house(erp="nexo", rows=3 * ROWS)
def nexo(h):
    """nexo: what may be sold is net of reservations, codes hang on units, only main rows of approved lists are prices"""
    t = started(h)
    m = "ModelDanychContainer."
    kinds = {1: "service", 2: "goods", 3: "packaging", 4: "kit"}
    vat, units, places = t.by(m + "StawkiVat", "Id"), t.by(m + "JednostkiMiar", "Id"), t.by(m + "Magazyny", "Id")
    goods = {i: p for i, p in t.by(m + "Asortymenty", "Id").items() if not p["IsInRecycleBin"]}
    check(len(goods) < len(t(m + "Asortymenty")), "something is in the recycle bin")
    measures = t.by(m + "JednostkiMiarAsortymentow", "Id")
    base = {u["AsortymentPodstawowej_Id"]: u for u in measures.values() if u["AsortymentPodstawowej_Id"]}
    codes, primary = {}, {}
    for row in t(m + "KodyKreskowe"):
        product = measures[row["JednostkaMiaryAsortymentu_Id"]]["Asortyment_Id"]
        codes.setdefault(product, []).append(row["Kod"])
        if row["JednostkaMiaryAsortymentuZKodemPodstawowym_Id"]:
            primary[row["JednostkaMiaryAsortymentuZKodemPodstawowym_Id"]] = row["Kod"]
    compare(h, "products", {
        str(i): {"sku": p["Symbol"], "name": p["Nazwa"], "ean": primary.get(base[i]["Id"]) if i in base else None,
                 "eans": codes.get(i, []), "unit": units[base[i]["JednostkaMiary_Id"]]["Symbol"] if i in base else None,
                 "vat_rate": vat[p["StawkaVatSprzedaz_Id"]]["Symbol"] if p["StawkaVatSprzedaz_Id"] else None,
                 "kind": kinds[p["Rodzaj_Id"]], "active": True, "online": bool(p["SklepInternetowy"])}
        for i, p in goods.items()})
    wanted = {}
    for s in t(m + "StanyMagazynowe"):
        p = goods.get(s["Asortyment_Id"])
        if not p or p["Rodzaj_Id"] == 1:
            continue
        taken = s["IloscZarezerwowanaIlosciowo"] + s["IloscZarezerwowanaDostawowo"] + s["IloscZadysponowana"]
        wanted[f"{p['Id']}/{s['Magazyn_Id']}"] = {
            "sku": p["Symbol"], "warehouse": places[s["Magazyn_Id"]]["Symbol"], "available": amount(s["IloscDostepna"]),
            "reserved": amount(taken), "on_hand": amount(s["IloscDostepna"] + taken)}
    compare(h, "stock", wanted)
    lists = {i: c for i, c in t.by(m + "Cenniki", "Id").items() if c["Status"] == 1}
    check(len(lists) < len(t(m + "Cenniki")), "some price list is not approved")
    compare(h, "prices", {
        f"{c['Asortyment_Id']}/{c['Cennik_Id']}": {
            "sku": goods[c["Asortyment_Id"]]["Symbol"], "level": str(c["Cennik_Id"]), "net": amount(c["CenaNetto"]),
            "gross": amount(c["CenaBrutto"]), "currency": None}
        for c in t(m + "PozycjeCennika") if c["Asortyment_Id"] in goods and c["Cennik_Id"] in lists and c["Glowna"]
        and c["IdPozycjiEdytowanej"] is None})
    firms = t.by(m + "Firmy", "Firma_Podmiot_Id")
    compare(h, "customers", {
        str(i): {"code": p["Sygnatura_PelnaSygnatura"] or p["NazwaSkrocona"],
                 "name": firms[i]["Nazwa"] if i in firms else p["NazwaSkrocona"], "tax_id": or_none(p["NIP"]),
                 "phone": p["Telefon"], "active": bool(p["Aktywny"])}
        for i, p in t.by(m + "Podmioty", "Id").items() if (p["Typ"], p["Podtyp"]) != (2, 11)})
    lookups(h, {
        "payment-forms": [(f["Nazwa"], f["Nazwa"]) for f in t(m + "FormyPlatnosci") if f["Aktywna"]],
        "custom-fields": [(f"pole{n}", f"Pole własne {n}") for n in range(1, 9)],
        "warehouses": [(p["Symbol"], p["Nazwa"]) for p in places.values()],
        "price-levels": [(str(i), c["Tytul"]) for i, c in lists.items()],
        "operators": [("Sklep", "Sklep"), ("Szef", "Szef")]})
    rates = json.loads(h.ctl("lookup", "vat-rates", "--json").stdout)
    rates = rates["rows"] if isinstance(rates, dict) else rates
    equal({r["id"]: Decimal(r["rate"]) for r in rates}, {v["Symbol"]: Decimal(v["Stawka"]) / 100 for v in vat.values()},
          "rates are percent, not fractions")


@house(erp="generic", rows=ROWS)
def generic(h):
    """the example: keys that are texts, and a column of its own in extra"""
    t = started(h)
    goods = {p["Kod"]: p for p in t("sklep.Towary") if not p["Skasowany"]}
    compare(h, "products", {
        k: {"sku": k, "name": p["Nazwa"], "ean": p["EAN"], "unit": p["Jm"], "vat_rate": p["VAT"], "kind": "goods",
            "active": bool(p["Aktywny"]), "online": bool(p["WSklepie"]), "extra": {"colour": p["Kolor"]}}
        for k, p in goods.items()})
    compare(h, "stock", {
        f"{s['Kod']}/{s['Magazyn']}": {"sku": s["Kod"], "warehouse": s["Magazyn"], "on_hand": amount(s["Stan"]),
                                       "reserved": amount(s["Rezerwacja"]),
                                       "available": amount(s["Stan"] - s["Rezerwacja"])}
        for s in t("sklep.Stany") if s["Kod"] in goods})
    compare(h, "prices", {
        f"{c['Kod']}/{c['Cennik']}": {"net": amount(c["Netto"]), "gross": amount(c["Brutto"]), "currency": c["Waluta"],
                                      "level": str(c["Cennik"])} for c in t("sklep.Ceny") if c["Kod"] in goods})
    compare(h, "customers", {
        str(k["Id"]): {"code": k["Kod"], "name": k["Nazwa"], "tax_id": digits(k["NIP"]), "street": k["Ulica"],
                       "city": k["Miasto"], "email": k["Email"], "active": bool(k["Aktywny"])}
        for k in t("sklep.Klienci")})
    lookups(h, {
        "warehouses": [(p["Symbol"], p["Nazwa"]) for p in t("sklep.Magazyny")],
        "price-levels": [(str(c["Numer"]), c["Nazwa"]) for c in t("sklep.Cenniki")],
        "custom-fields": [("colour", "Kolor")]})


@house(erp="generic", rows=20)
def letters(h):
    """letters beyond ASCII in a statement, in a column's name and in what the server says are taken as they stand"""
    started(h)
    os.makedirs(h.path("etc", "erp"), exist_ok=True)
    h.write("etc/erp/mssql-example.conf", """
streams : { customers : { keys = ( "integer" );
  sql = "SELECT k.Id AS customer_id, k.Kod AS code, k.Nazwa AS name, k.NIP AS tax_id, k.Ulica AS street, "
        "k.Miasto AS city, k.KodPocztowy AS postcode, N'źdźbło 🌻' AS email, 1 AS active, N'Łódź' AS [żółty] "
        "FROM sklep.Klienci AS k WHERE k.Nazwa LIKE N'%Źdźbło%' ORDER BY k.Id"; }; };
lookups : { zle : { sql = "SELECT k.Id AS id, k.Zażółć AS name FROM sklep.Klienci AS k"; }; };
""")
    rows = records(h, "customers")
    wanted = [str(k["Id"]) for k in Tables(h.path("firma.db"))("sklep.Klienci") if "Źdźbło" in k["Nazwa"]]
    check(wanted, "there are such customers")
    equal(sorted(rows), sorted(wanted), "the rows that the text chooses")
    equal({(r["email"], r["extra"]["żółty"]) for r in rows.values()}, {("źdźbło 🌻", "Łódź")}, "values and names")
    check("Zażółć" in h.ctl("lookup", "zle", expect=None).stderr, "the server's words")


if __name__ == "__main__":
    run_tests([subiekt_gt, navireo, optima, nexo, generic, letters])
