"""The sandbox plays the ERP's operator: EDI++ files become customer orders (ZK), or are refused."""
import os
import time

import epp
from harness import check, equal, program, run_tests


def begin(house, *extra):
    house.inbox = house.path("import")
    house.start_sandbox("--import-dir", house.inbox, *extra)
    house.goods = [row[0] for row in house.sql(
        "SELECT TOP (5) t.tw_Symbol FROM dbo.tw__Towar AS t WHERE t.tw_Rodzaj = 1 AND t.tw_Usuniety = 0 AND "
        "t.tw_Zablokowany = 0 ORDER BY t.tw_Id")]


def drop(house, name, data):
    """As a careful writer does: under another name first."""
    with open(os.path.join(house.inbox, "." + name + ".tmp"), "wb") as out:
        out.write(data)
    os.rename(os.path.join(house.inbox, "." + name + ".tmp"), os.path.join(house.inbox, name))


def wait_for(house, *parts):
    path = os.path.join(house.inbox, *parts)
    house.until(lambda: os.path.exists(path), "/".join(parts) + " is there")
    return path


def imported(house, name, data):
    drop(house, name, data)
    wait_for(house, "done", name)


def refused(house, name, data):
    drop(house, name, data)
    with open(wait_for(house, "rejected", name + ".reason.txt"), encoding="utf-8") as reason:
        return reason.read()


def orders(house):
    return int(house.value("SELECT COUNT(*) FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16"))


TABLES = {"dok__Dokument": "dok_Id", "dok_Pozycja": "ob_Id", "dok_Vat": "vt_Id", "kh__Kontrahent": "kh_Id",
          "adr__Ewid": "adr_Id", "adr_Historia": "adrh_Id"}


def fingerprint(house):
    """What an import may change."""
    counts = [house.value(f"SELECT COUNT(*) FROM dbo.{table} AS t") for table in TABLES]
    reserved = house.value("SELECT SUM(s.st_StanRez) FROM dbo.tw_Stan AS s")
    return counts, reserved, house.sql("SELECT i.ido_nazwa, i.ido_wartosc FROM dbo.ins_ident AS i ORDER BY i.ido_nazwa")


def a_file_becomes_an_order(house):
    """A dropped file becomes a ZK: header, lines, VAT table, new contractor, reservation, counters"""
    begin(house)
    one, two = house.goods[:2]
    before = house.sql(f"SELECT s.st_Stan, s.st_StanRez FROM dbo.tw_Stan AS s INNER JOIN dbo.tw__Towar AS t ON "
                       f"t.tw_Id = s.st_TowId WHERE t.tw_Symbol = N'{one}' AND s.st_MagId = 2")[0]
    last = int(house.value("SELECT MAX(d.dok_Id) FROM dbo.dok__Dokument AS d"))
    remarks = "Zażółć gęślą jaźń; \"cudzysłów\", 'apostrof', € [EP nr 77/A]"
    lines = [epp.Line(one, "3", "19.99"), epp.Line(two, "2.5", "8.10", vat="8", unit="kg", discount="10"),
             epp.Line("", "1", "12.30", kind=2, name="Dostawa „kurier”")]
    imported(house, "a.epp", epp.file(epp.document(lines, code="NOWY-1", remarks=remarks),
                                      contractors=[epp.contractor("NOWY-1")], warehouse="SKL"))
    row = house.sql(
        "SELECT d.dok_Id, d.dok_NrPelny, d.dok_NrPelnyOryg, d.dok_DoDokNrPelny, d.dok_Status, d.dok_Podtyp, d.dok_MagId, "
        "d.dok_Nr, CONVERT(VARCHAR(20), d.dok_DataWyst, 120), d.dok_WartNetto, d.dok_WartVat, d.dok_WartBrutto, "
        "d.dok_KwDoZaplaty, d.dok_Waluta, d.dok_CenyTyp, d.dok_Wystawil, d.dok_Uwagi "
        "FROM dbo.dok__Dokument AS d WHERE d.dok_NrPelnyOryg = 'EP0123456789ABCDEF01'")[0]
    equal(row, [str(last + 1), "ZK 1/2026", "EP0123456789ABCDEF01", "EP0123456789ABCDEF01", "7", "0", "2", "1",
                "2026-11-25 00:00:00", "75.6400", "14.8600", "90.5000", "90.5000", "PLN", "0", ";Szef", remarks],
          "the order's header")
    got = house.sql(
        "SELECT p.ob_DokHanLp, t.tw_Symbol, p.ob_TowRodzaj, p.ob_Ilosc, p.ob_IloscMag, p.ob_Jm, p.ob_CenaBrutto, p.ob_Rabat, "
        "p.ob_WartNetto, p.ob_WartVat, p.ob_WartBrutto, v.vat_Symbol, p.ob_VatProc, p.ob_MagId, p.ob_Opis "
        "FROM dbo.dok_Pozycja AS p INNER JOIN dbo.sl_StawkaVAT AS v ON v.vat_Id = p.ob_VatId LEFT JOIN dbo.tw__Towar AS t "
        f"ON t.tw_Id = p.ob_TowId WHERE p.ob_DokHanId = {row[0]} ORDER BY p.ob_DokHanLp")
    equal(got, [["1", one, "1", "3.0000", "3.0000", "szt.", "19.9900", "0.0000", "48.7600", "11.2100", "59.9700", "23", "23.0000", "2", "NULL"],
                ["2", two, "1", "2.5000", "2.5000", "kg", "8.1000", "10.0000", "16.8800", "1.3500", "18.2300", "8", "8.0000", "2", "NULL"],
                ["3", "NULL", "2", "1.0000", "1.0000", "szt.", "12.3000", "0.0000", "10.0000", "2.3000", "12.3000", "23", "23.0000", "2",
                 "Dostawa „kurier”"]], "the order's lines")
    equal(house.sql("SELECT v.vt_VatProc, v.vt_WartNetto, v.vt_WartVat, v.vt_WartBrutto FROM dbo.dok_Vat AS v "
                    f"WHERE v.vt_DokId = {row[0]} ORDER BY v.vt_VatProc"),
          [["8.0000", "16.8800", "1.3500", "18.2300"], ["23.0000", "58.7600", "13.5100", "72.2700"]], "the VAT table")
    who = house.sql(
        "SELECT h.kh_Symbol, h.kh_Rodzaj, h.kh_Jednorazowy, h.kh_EMail, a.adr_NazwaPelna, a.adr_NIP, a.adr_Ulica, a.adr_Kod, "
        "a.adr_Miejscowosc, v.adrh_NazwaPelna FROM dbo.dok__Dokument AS d INNER JOIN dbo.kh__Kontrahent AS h ON "
        "h.kh_Id = d.dok_PlatnikId INNER JOIN dbo.adr__Ewid AS a ON a.adr_IdObiektu = h.kh_Id AND a.adr_TypAdresu = 1 INNER "
        "JOIN dbo.adr_Historia AS v ON v.adrh_Id = d.dok_PlatnikAdreshId AND v.adrh_IdAdresu = a.adr_Id "
        f"WHERE d.dok_Id = {row[0]} AND d.dok_OdbiorcaId = h.kh_Id")
    equal(who, [["NOWY-1", "2", "0", "biuro@example.com", "Nowak i Synowie – „Źdźbło”", "526-025-02-74", "Długa 5/3",
                 "30-001", "Kraków", "Nowak i Synowie – „Źdźbło”"]], "the new contractor")
    after = house.sql(f"SELECT s.st_Stan, s.st_StanRez FROM dbo.tw_Stan AS s INNER JOIN dbo.tw__Towar AS t ON "
                      f"t.tw_Id = s.st_TowId WHERE t.tw_Symbol = N'{one}' AND s.st_MagId = 2")[0]
    equal((after[0], float(after[1]) - float(before[1])), (before[0], 3.0), "stock stays, three are reserved")
    for table, key in TABLES.items():
        free = int(house.value(f"SELECT i.ido_wartosc FROM dbo.ins_ident AS i WHERE i.ido_nazwa = '{table}'"))
        equal(free, int(house.value(f"SELECT MAX(t.{key}) FROM dbo.{table} AS t")) + 1, f"{table}'s counter")


def contractors_are_found(house):
    """A contractor is found by code, then by NIP however written; without a code it is a one-time one"""
    begin(house)
    known, nip = house.sql("SELECT TOP (1) h.kh_Symbol, a.adr_NIP FROM dbo.kh__Kontrahent AS h INNER JOIN dbo.adr__Ewid AS a "
                           "ON a.adr_IdObiektu = h.kh_Id AND a.adr_TypAdresu = 1 WHERE a.adr_NIP <> '' ORDER BY h.kh_Id")[0]
    lines = [epp.Line(house.goods[0], "1", "1.00")]
    count = house.value("SELECT COUNT(*) FROM dbo.kh__Kontrahent AS h")
    plain = nip.replace("-", "")
    spaced = f"PL{plain[:3]}-{plain[3:6]}-{plain[6:8]} {plain[8:]}"
    imported(house, "code.epp", epp.file(epp.document(lines, code=known.lower(), marker="A")))
    imported(house, "nip.epp", epp.file(epp.document(lines, code="INNY", nip=spaced, marker="B")))
    equal(house.sql("SELECT h.kh_Symbol FROM dbo.dok__Dokument AS d INNER JOIN dbo.kh__Kontrahent AS h ON h.kh_Id = "
                    "d.dok_PlatnikId WHERE d.dok_NrPelnyOryg IN ('A', 'B')"), [[known], [known]], "whose orders they are")
    equal(house.value("SELECT COUNT(*) FROM dbo.kh__Kontrahent AS h"), count, "contractors")
    imported(house, "once.epp", epp.file(epp.document(lines, code="", name="Jan Żądło", marker="C", status=0)))
    equal(house.sql("SELECT h.kh_Jednorazowy, v.adrh_Nazwa, d.dok_Status, d.dok_NrPelny FROM dbo.dok__Dokument AS d INNER JOIN "
                    "dbo.kh__Kontrahent AS h ON h.kh_Id = d.dok_PlatnikId INNER JOIN dbo.adr_Historia AS v ON v.adrh_Id = "
                    "d.dok_PlatnikAdreshId WHERE d.dok_NrPelnyOryg = 'C'"),
          [["1", "Jan Żądło", "6", "ZK 3/2026"]], "a one-time buyer, and no reservation")


def twice_is_two(house):
    """The same file imported twice makes two orders; by hand it works beside a running server"""
    begin(house)
    data = epp.file(epp.document([epp.Line(house.goods[0], "1", "5.00")], code="",
                                 name="Dwa razy", date="20250401101112"))
    start = orders(house)
    imported(house, "x.epp", data)
    imported(house, "x.epp", data)
    wait_for(house, "done", "x-2.epp")
    os.rename(os.path.join(house.inbox, "done", "x.epp"), os.path.join(house.inbox, "x.epp"))
    wait_for(house, "done", "x.epp")
    equal(orders(house), start + 3, "orders after three imports")
    with open(house.path("by-hand.epp"), "wb") as out:
        out.write(data)
    hand = [program("endpoint-sandbox"), "import", house.path("by-hand.epp"), "--data", house.path("firma.db")]
    for number in (start + 4, start + 5):  # numbers go on within the year of issue
        done = house.run(hand)
        equal((done.returncode, done.stdout), (0, f"ZK {number}/2025\n"), "import by hand")
    check(os.path.exists(house.path("by-hand.epp")), "a file imported by hand stays without --import-dir")
    done = house.run(hand + ["--import-dir", house.path("hand")])
    equal(done.returncode, 0, "import by hand with a directory: " + done.stderr)
    check(os.path.exists(house.path("hand", "done", "by-hand.epp")), "the file was moved to done/")
    equal(orders(house), start + 6, "orders")
    done = house.run(hand)
    check(done.returncode == 1 and "cannot open" in done.stderr, f"a missing file: {done}")


def bad_files_change_nothing(house):
    """A bad file goes to rejected/ with every fault named, and nothing in the ERP changes"""
    begin(house)
    good = house.goods[0]
    blocked = house.value("SELECT TOP (1) t.tw_Symbol FROM dbo.tw__Towar AS t WHERE t.tw_Zablokowany = 1 AND t.tw_Usuniety = 0 "
                          "AND t.tw_Rodzaj = 1")
    house.sql(f"UPDATE dbo.tw__Towar SET tw_Symbol = '{house.goods[4]}' WHERE tw_Symbol = '{house.goods[3]}'")
    one = [epp.Line(good, "1", "10.00")]
    whole = epp.file(epp.document(one, code="", name="Ktoś"))
    cases = {
        "unknown": (epp.file(epp.document([epp.Line("NIE MA", "1", "1"), epp.Line(good, "1", "1"),
                                           epp.Line("TEŻ NIE", "1", "1")])), ['no product "NIE MA"', 'no product "TEŻ NIE"']),
        "blocked": (epp.file(epp.document([epp.Line(blocked, "1", "1")])), [f'"{blocked}" is blocked']),
        "two": (epp.file(epp.document([epp.Line(house.goods[4], "1", "1")])), ["2 products have the code"]),
        "kind": (epp.file(epp.document([epp.Line(good, "1", "1", kind=2)])), ["is of kind 1, not 2"]),
        "zero": (epp.file(epp.document([epp.Line(good, "0", "1")])), ["more than zero"]),
        "vat": (epp.file(epp.document([epp.Line(good, "1", "1", vat="22")])), ['no VAT rate "22.0000"']),
        "who": (epp.file(epp.document(one, code="NIKT")), ['"NIKT" is neither']),
        "where": (epp.file(epp.document(one, code=""), warehouse="XYZ"), ['no warehouse "XYZ"']),
        "type": (epp.file(epp.document(one, code="", kind="FS")), ['"FS" is not imported']),
        "status": (epp.file(epp.document(one, code="", status=2)), ["status 2"]),
        "total": (epp.file(epp.document(one, code="", f28="8.1200", f30="9.9900")), ["are not those of its lines"]),
        "vat-sum": (epp.file(epp.document(one, code="", f29="1.8800", f28="8.1200")), ["are not those of its lines"]),
        "count": (epp.file(epp.document(one, code="", f25="2")), ["2 lines are announced"]),
        "date": (epp.file(epp.document(one, code="", f22="20260230000000")), ["field 22", "yyyymmddhhnnss"]),
        "no-date": (epp.file(epp.document(one, code="", f22="")), ["date of issue is missing"]),
        "long": (epp.file(epp.document(one, code="", f5='"' + "X" * 21 + '"')), ["field 5", "more than 20 characters"]),
        "quotes": (epp.file(epp.document(one, code="", f5="bare")), ["field 5", "stands in quotes"]),
        "decimals": (epp.file(epp.document(one, code="", f30="10.00")), ["field 30", "four decimals"]),
        "quoted-number": (epp.file(epp.document(one, code="", f25='"1"')), ["field 25", "without quotes"]),
        "rate": (epp.file(epp.document(one, code="", rate="4.2")), ["no rate for PLN"]),
        "purpose": (epp.file(epp.document(one, code=""), f2="0"), ["purpose 0"]),
        "page": (epp.file(epp.document(one, code=""), f3="852"), ["code page 852"]),
        "utf8": (whole.replace("Ktoś".encode("cp1250"), b"Kto\x81"), ["code page 1250"]),
        "newline": (whole.replace(b"Detaliczna", b"Detal\niczna"), ["CR and LF"]),
        "unix": (whole.replace(b"\r\n", b"\n"), ["CR and LF"]),
        "cut": (whole[:-1], ["CR and LF"]),
        "no-empty-line": (whole[:-2], ["must end with an empty line"]),
        "half": (whole[:len(whole) // 2], ["line 5"]),
        "fields": (whole.replace(b"[NAGLOWEK]\r\n", b"[NAGLOWEK]\r\n,"), ["has 62 fields, not 63"]),
        "open": (whole.replace(b'"Detaliczna"', b'"Detaliczna'), ["quote"]),
        "nothing": (epp.file(), ["holds no document"]),
        "empty": (b"", ["begin with [INFO]"]),
        "zeros": (bytes(1000), ["line 1"]),
        "second": (epp.file(epp.document(one, code="", name="Dobry"), epp.document([epp.Line("NIE MA", "1", "1")], code="")),
                   ['no product "NIE MA"']),
        "new-contractor": (epp.file(epp.document(one, code="N" * 20, f12='"ZA-DLUGI"'),
                                    contractors=[epp.contractor("ZA-DLUGI", name="")]), ["has no name"]),
    }
    before = fingerprint(house)
    for name, (data, wanted) in cases.items():
        reason = refused(house, name + ".epp", data)
        for word in wanted:
            check(word in reason, f"{name}: {word!r} is not in the reason {reason!r}")
        check(os.path.exists(os.path.join(house.inbox, "rejected", name + ".epp")), f"{name}.epp stands in rejected/")
    equal(fingerprint(house), before, "what the ERP holds after the bad files")
    imported(house, "good.epp", whole)


def kept_files_are_imported_once(house):
    """--keep-imported leaves a file in place and imports it once, over a restart too; a changed one again"""
    begin(house, "--keep-imported")
    start = orders(house)
    data = epp.file(epp.document([epp.Line(house.goods[0], "1", "5.00")], code="", name="Zostaje"))
    drop(house, "keep.epp", data)
    house.until(lambda: orders(house) == start + 1, "the order is there")
    house.stop("sandbox")
    house.start_sandbox("--import-dir", house.inbox, "--keep-imported")
    drop(house, "next.epp", data)
    house.until(lambda: orders(house) == start + 2, "the second file's order is there")
    drop(house, "bad.epp", data[:-2])
    wait_for(house, "rejected", "bad.epp.reason.txt")
    equal(orders(house), start + 2, "orders: the first file was not imported again")
    check(os.path.exists(os.path.join(house.inbox, "keep.epp")), "the imported file stays")
    drop(house, "keep.epp", data.replace(b"Zostaje", b"Zmiana!"))
    house.until(lambda: orders(house) == start + 3, "the changed file is imported")


def a_file_being_written_is_left_alone(house):
    """A file is read when its writer is done with it, not before"""
    begin(house)
    start = orders(house)
    data = epp.file(epp.document([epp.Line(house.goods[0], "1", "5.00")], code="", name="Powoli"))
    with open(os.path.join(house.inbox, "slow.EPP"), "wb", buffering=0) as out:
        out.write(data[:100])
        imported(house, "other.epp", data)  # the directory was looked at meanwhile
        check(not os.path.exists(os.path.join(house.inbox, "rejected", "slow.EPP")), "the half file was left alone")
        out.write(data[100:])
    wait_for(house, "done", "slow.EPP")
    equal(orders(house), start + 2, "orders")
    whole = house.path("linked.tmp")  # one that comes whole without being closed here
    with open(whole, "wb") as out:
        out.write(data)
    os.link(whole, os.path.join(house.inbox, "linked.epp"))
    wait_for(house, "done", "linked.epp")


def an_order_is_realised(house):
    """An order realised by SQL has status 8 and an FS that points back to it"""
    begin(house)
    imported(house, "r.epp", epp.file(epp.document([epp.Line(house.goods[0], "1", "5.00")], code="", name="Zrealizowany")))
    invoice = house.realise_order("ZK 1/2026")
    equal(house.sql("SELECT z.dok_Status, z.dok_StatusEx, f.dok_NrPelny, f.dok_DoDokNrPelny, f.dok_WartBrutto FROM "
                    "dbo.dok__Dokument AS z INNER JOIN dbo.dok__Dokument AS f ON f.dok_DoDokId = z.dok_Id AND f.dok_Typ = 2 "
                    "WHERE z.dok_NrPelny = 'ZK 1/2026'"), [["8", "4", invoice, "ZK 1/2026", "5.0000"]], "the realised order")


def many_files_at_once(house):
    """A hundred files at once become a hundred orders with numbers that have no holes"""
    begin(house)
    began = time.monotonic()
    data = epp.file(epp.document([epp.Line(code, "1", "5.00") for code in house.goods], code="", name="Wielu"))
    for number in range(100):
        drop(house, f"m{number:03}.epp", data)
    house.until(lambda: len(os.listdir(os.path.join(house.inbox, "done"))) == 100
                if os.path.isdir(os.path.join(house.inbox, "done")) else False, "all are done", 60)
    numbers = [row[0] for row in house.sql("SELECT d.dok_Nr FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND "
                                           "d.dok_NrPelny LIKE '%/2026' ORDER BY d.dok_Nr")]
    equal(numbers, [str(n) for n in range(1, 101)], "the numbers")
    print(f"# {100 / (time.monotonic() - began):.0f} files/s")


if __name__ == "__main__":
    run_tests([a_file_becomes_an_order, contractors_are_found, twice_is_two, bad_files_change_nothing,
               kept_files_are_imported_once, a_file_being_written_is_left_alone, an_order_is_realised,
               many_files_at_once])
