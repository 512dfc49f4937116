"""Orders become documents: every check of an order, every field of the file, and the way back.

The ERP is the sandbox; the driver makes documents as the worker does; a reader of the format that
knows nothing of the writer judges them, and golden files keep them as they were. (To renew those after
a change on purpose: ORDERS_GOLDEN=write.)
"""
import copy
import datetime
import json
import os
import subprocess
import sys
import threading
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]
import epp_reader  # noqa: E402
from harness import SLOW, check, equal, house, program, run_tests  # noqa: E402

GOLDEN = os.path.join(HERE, "golden")
POLISH = "zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ"
NIP = "5250000009"
EMAIL_CODE = "EKG623Z8VE1V658P"  # of zaneta@example.com, before names were a part of codes


class Shop:
    """The driver with a company whose products, barcodes and contractors the tests know."""

    def __init__(self, h, orders="", writer="epp"):
        self.h = h
        h.start_sandbox("--import-dir", h.write_dir("import"))
        h.panel_port = 1
        h.configure(more='orders : { writer = "%s"; epp_dir = "%s"; issuer = ";Szef"; %s };\n'
                    % (writer, h.write_dir("out"), orders))
        product = ("UPDATE dbo.tw__Towar SET tw_Symbol = N'{1}', tw_PodstKodKresk = N'{2}', tw_Rodzaj = {3}, "
                   "tw_Zablokowany = {4}, tw_Usuniety = 0, tw_IdVatSp = {5}, tw_Nazwa = N'{1} name', "
                   "tw_JednMiary = N'szt.' WHERE tw_Id = {0}")
        ids = [r[0] for r in h.sql("SELECT t.tw_Id FROM dbo.tw__Towar AS t ORDER BY t.tw_Id")]
        for i, row in zip(ids, (("KUBEK", "5900000000011", 1, 0, 100001), ("KSIĄŻKA 5%", "5900000000028", 1, 0, 100003),
                                ("DOSTAWA", "", 2, 0, 100001), ("BLOKADA", "5900000000035", 1, 1, 100001),
                                ("BLIŹNIAK", "", 1, 0, 100001), ("bliźniak", "", 1, 0, 100001),
                                ("KOD-A", "5900000000042", 1, 0, 100001), ("KOD-B", "5900000000042", 1, 0, 100001),
                                ("OPŁATA", "", 16, 0, 100001), ("ZWOLNIONY", "", 1, 0, 100005),
                                ("SKRZYNKA", "", 4, 0, 100005), ("UPC", "614141000036", 1, 0, 100001),
                                ("UPC13", "0614141000043", 1, 0, 100001), ("WŁASNY", "614141000037", 1, 0, 100001))):
            h.sql(product.format(i, *row))
        h.sql(f"UPDATE dbo.tw_KodKreskowy SET kk_Kod = N'5900000000059' WHERE kk_Id = (SELECT MIN(k.kk_Id) FROM "
              f"dbo.tw_KodKreskowy AS k)")
        self.launch()

    def launch(self):
        h = self.h
        self.environment = dict(h.environment, TZ="UTC")
        self.process = subprocess.Popen(
            [program("order_driver"), h.path("etc/endpoint.conf"), h.path("state"), h.write_dir("work")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment)
        h.processes["driver"] = self.process

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def prepare(self, order, do="prepare", **options):
        options = {"delivery_sku": "DOSTAWA", **options}
        return self.ask(do=do, order=order, key="panel/acc/" + order["id"] + "/ZK", options=options)

    def document(self, order, **options):
        """The answer with the file that was read, which must be in order."""
        answer = self.prepare(order, **options)
        equal(answer["status"], "ok", f"the order becomes a document: {answer['error']}")
        answer["bytes"] = bytes.fromhex(answer["hex"])
        answer["file"] = epp_reader.File(answer["bytes"])
        equal(len(answer["file"].documents), 1, "one document")
        answer["document"] = answer["file"].documents[0]
        equal(answer["text"], answer["bytes"].decode("cp1250"), "what people are shown is what is written")
        return answer

    def faults(self, order, **options):
        answer = self.prepare(order, **options)
        equal(answer["status"], "refused", f"the order is refused: {answer['error']}")
        return answer["faults"]


class Company(Shop):
    """The driver with another ERP's company, as it is seeded; orders go to a program."""

    def __init__(self, h, document_type):
        self.h = h
        h.start_sandbox()
        h.panel_port = 1
        h.write("program", "#!/bin/sh\necho '{\"result\":\"done\",\"document\":\"X 1\"}'\n")
        os.chmod(h.path("program"), 0o700)
        h.configure(more=f'orders : {{ writer = "command"; command = "{h.path("program")}"; document_type = '
                    f'"{document_type}"; }};\n')
        self.launch()

    def ordered(self, order, **options):
        """The document that the program is given."""
        answer = self.prepare(order, **options)
        equal(answer["status"], "ok", f"the order becomes a document: {answer['error']}")
        return json.loads(answer["text"])["document"]

    def judge(self, skus, barcodes, services, customer, blocked, mark, keep):
        """Products by SKU and barcode {value: id}, a customer (NIP, id, code), blocked SKUs, how a document
        gets a marker: its number comes back, and a statement that keeps another spelling of the customer's NIP."""
        skus = list(skus.items())
        lines = [line(i, sku, "1", "10.00") for i, (sku, _) in enumerate(skus, 1)]
        lines += [line(len(skus) + i, "", "2", "5.00", ean=ean) for i, ean in enumerate(barcodes, 1)]
        nip = customer[0]
        invoice = {"wanted": True, "company": "Źdźbło 🌾 sp. z o.o.", "street": "Prosta 1", "city": "Warszawa",
                   "tax_id": f"{nip[:3]}-{nip[3:6]}-{nip[6:8]}-{nip[8:]}", "postcode": "00-001", "country": "PL"}
        first = order(*lines, invoice=invoice, delivery="7.50")
        d = self.ordered(first, delivery_sku=services)
        equal([x["product_id"] for x in d["lines"][:-1]], [i for _, i in skus] + list(barcodes.values()), "products")
        equal([x["code"] for x in d["lines"][:len(skus)]], [s for s, _ in skus], "codes")
        equal((d["lines"][-1]["code"], d["lines"][-1]["gross"]), (services, "7.50"), "delivery")
        check(all(x["unit"] and x["name"] for x in d["lines"]), "each has its unit and name")
        equal((d["buyer"]["id"], d["buyer"]["code"], d["buyer"]["create"]), (customer[1], customer[2], False), "buyer")
        spaced = f"{nip[:3]} {nip[3:6]}\u2013{nip[6:8]}.{nip[8:]}"  # as wide as the narrowest column takes
        self.h.sql(keep.format(spaced, customer[1]))
        equal(self.ordered(first, delivery_sku=services)["buyer"]["id"], customer[1], f"kept as {spaced}")
        self.h.sql(keep.format(nip, customer[1]))
        code = self.ordered(order(*lines))["buyer"]
        equal((code["id"], code["create"], code["code"][:2]), (None, True, "EK"), "an unknown buyer is made")
        faults = self.faults(order(line(1, "NIE MA"), *[line(2 + i, b) for i, b in enumerate(blocked)]))
        equal([f["code"] for f in faults], ["order_product"] + ["order_product_inactive"] * len(blocked), "faults")
        marks = [order(*lines, id=f"m{i}") for i in range(3)]
        markers = [self.prepare(o)["marker"] for o in marks]
        numbers = {m: mark(m, i) for i, m in enumerate(markers[:2])}
        found = self.ask(do="find", markers=markers)["found"]
        equal({f["marker"]: f["document"] for f in found}, numbers, "documents by their markers")
        a = self.prepare(marks[1], do="write")
        equal((a["written"], a["document"]), ("done", numbers[markers[1]]), "what is there is not written again")
        a = self.prepare(marks[2], do="write")
        equal(a["written"], "handed-over", f"what is not is given to the program: {a}")
        return d


def line(number=1, sku="KUBEK", quantity="2", price="10.00", **more):
    return {"id": f"l{number}", "sku": sku, "name": "Kubek", "quantity": quantity, "price_gross": price,
            "vat_rate": "23", **more}


def order(*lines, total=None, delivery="0", **more):
    lines = list(lines) or [line()]
    if total is None:
        total = sum((Decimal(x["quantity"]) * Decimal(x["price_gross"]) for x in lines), Decimal(delivery))
        total = f"{total:.2f}"
    return {"id": "1001", "number": "100234", "revision": 1, "placed_at": "2026-03-01T10:00:00Z",
            "confirmed_at": "2026-03-01T10:05:00Z", "source": "sklep",
            "buyer": {"name": "Żaneta Łąk", "email": "zaneta@example.com", "phone": "+48 600 000 000"},
            "invoice": {"wanted": False}, "delivery": {"method": "Kurier", "price_gross": delivery,
                                                        "name": "Żaneta Łąk", "street": "Długa 5/3",
                                                        "city": "Łódź", "postcode": "90-001", "country": "PL"},
            "lines": lines, "currency": "PLN", "total_gross": total, "paid": "0", "payment_method": "przelew",
            "note": "", **more}


def golden(name, data):
    path = os.path.join(GOLDEN, name + ".epp")
    if os.environ.get("ORDERS_GOLDEN") == "write":
        with open(path, "wb") as file:
            file.write(data)
    with open(path, "rb") as file:
        kept = file.read()
    if kept != data:
        for a, b in zip(kept.decode("cp1250").split("\r\n"), data.decode("cp1250").split("\r\n")):
            equal(b, a, f"golden/{name}.epp")
        equal(len(data), len(kept), f"length of golden/{name}.epp")


def simple(h):
    """a simple order: header, lines, buyer as a new contractor, the marker in its places"""
    shop = Shop(h)
    a = shop.document(order(line(1), line(2, "KSIĄŻKA 5%", "3", "19.99", vat_rate="5")))
    head, lines, marker = a["document"].header, a["document"].lines, a["marker"]
    equal([head[1], head[2], head[5], head[7], head[10]], ["ZK", 1, marker, marker, marker], "type and marker")
    check(head[49].startswith(f"[{marker} nr 100234] sklep; dostawa: Kurier; płatność: przelew"), head[49])
    equal(head[22], "20260301000000", "date of issue")
    equal(head[30], Decimal("79.97"), "gross")
    equal([(x[2], x[3], x[11], x[15], x[16], x[19]) for x in lines],
          [(1, "KUBEK", 2, 10, 23, 20), (1, "KSIĄŻKA 5%", 3, Decimal("19.99"), 5, Decimal("59.97"))], "lines")
    equal([head[12], head[14], head[15], head[16], head[17], head[18]],
          [a["file"].contractors[0][2], "Żaneta Łąk", "Łódź", "90-001", "Długa 5/3", None], "buyer")
    contractor = a["file"].contractors[0]
    equal([contractor[1], contractor[4], contractor[10], contractor[13]],
          [9, "Żaneta Łąk", "+48 600 000 000", "zaneta@example.com"], "contractor that is made")
    equal(a["notes"], [], "nothing was changed to fit")
    again = order(line(1), id="1002", number="100235")
    equal(shop.document(again)["document"].header[12], head[12], "the same buyer meets the same contractor")
    check(shop.document(again)["marker"] != marker, "another order has another marker")
    again["buyer"]["email"] = "inna@example.com"
    check(shop.document(again)["document"].header[12] != head[12], "another buyer is another contractor")
    golden("simple", a["bytes"])


def companies(h):
    """a company: known by its NIP however the ERP spells it; unknown; one-time; foreign; wrong NIP"""
    shop = Shop(h)
    o = order(invoice={"wanted": True, "company": "Źdźbło sp. z o.o.", "tax_id": "525-000-00-09", "street": "Prosta 1",
                       "city": "Warszawa", "postcode": "00-001", "country": "PL"})
    a = shop.document(o)
    equal(a["document"].header[18], NIP, "NIP in digits")
    equal([a["file"].contractors[0][1], a["file"].contractors[0][8]], [2, NIP], "a company is made")
    check("odbiorca: Żaneta Łąk, Długa 5/3, 90-001 Łódź;" in a["document"].header[49], "another delivery address is kept")
    golden("company-unknown", a["bytes"])
    free = h.sql("SELECT TOP (3) k.kh_Id, k.kh_Symbol FROM dbo.kh__Kontrahent AS k WHERE k.kh_Zablokowany = 0 "
                 "ORDER BY k.kh_Id")
    for spelling in (NIP, "525-000-00-09", "PL5250000009", "525-00-00-009"):
        h.sql(f"UPDATE dbo.adr__Ewid SET adr_NIP = N'{spelling}' WHERE adr_IdObiektu = {free[0][0]} AND adr_TypAdresu = 1")
        a = shop.document(o)
        equal((a["document"].header[12], a["file"].contractors), (free[0][1], []), f"found by NIP as {spelling}")
    golden("company", a["bytes"])
    h.sql(f"UPDATE dbo.adr__Ewid SET adr_NIP = N'{NIP}' WHERE adr_IdObiektu = {free[1][0]} AND adr_TypAdresu = 1")
    a = shop.document(o)
    equal(a["document"].header[12], free[0][1], "of two contractors the first")
    check(any("several contractors" in n for n in a["notes"]), "and it is said")
    h.sql(f"UPDATE dbo.kh__Kontrahent SET kh_Zablokowany = 1 WHERE kh_Id = {free[0][0]}")
    equal(shop.document(o)["document"].header[12], free[1][1], "a blocked one is passed over")
    h.sql(f"UPDATE dbo.kh__Kontrahent SET kh_Zablokowany = 1 WHERE kh_Id = {free[1][0]}")
    equal([f["code"] for f in shop.faults(o)], ["order_contractor"], "only blocked ones: refused")
    bad = copy.deepcopy(o)
    bad["invoice"]["tax_id"] = "525-000-00-08"
    check("525-000-00-08" in shop.faults(bad)[0]["text"], "a wrong NIP is named")
    one = shop.document(order(), buyer="one-time")
    equal((one["document"].header[12], one["file"].contractors), (None, []), "one-time: no code, no contractor")
    check("tel. +48 600 000 000; zaneta@example.com" in one["document"].header[49], "how to reach them is in the remarks")
    golden("one-time", one["bytes"])
    bad["invoice"].update(tax_id="DE 129.273.398", country="DE", company="Müller & Sohn GmbH")
    head = shop.document(bad)["document"].header
    equal(head[18], "DE129273398", "a foreign number is not taken for a NIP")
    equal(head[60:63], ["Niemcy", "DE", 1], "country")


SPELLINGS = (NIP, "525-000-00-09", "PL5250000009", "525-00-00-009", "525 000 00 09", "525 00 00 009", "NIP: 525-000-00-09",
             "nip 5250000009", "pl 525 000 00 09", "PL-525-000-00-09", "525.000.00.09", "525\u00a0000\u00a000\u00a009",
             "525\u2013000\u201400\u201309", "VAT ID: PL5250000009", "525/000/00/09")


def spelled(h):
    """a NIP in every spelling, on both sides, is one contractor; no other number is taken for it"""
    shop = Shop(h)
    o = order(invoice={"wanted": True, "company": "Źdźbło sp. z o.o.", "tax_id": NIP, "street": "Prosta 1",
                       "city": "Warszawa", "postcode": "00-001", "country": "PL"})
    symbol, number = h.sql("SELECT TOP (1) k.kh_Symbol, k.kh_Id FROM dbo.kh__Kontrahent AS k WHERE k.kh_Zablokowany = 0 "
                           "ORDER BY k.kh_Id")[0]
    for spelling in SPELLINGS:
        h.sql(f"UPDATE dbo.adr__Ewid SET adr_NIP = N'{spelling}' WHERE adr_IdObiektu = {number} AND adr_TypAdresu = 1")
        a = shop.document(o)
        equal((a["document"].header[12], a["file"].contractors), (symbol, []), f"in the ERP as {spelling!r}")
    for spelling in (*SPELLINGS, "\uff15\uff12\uff15\uff10\uff10\uff10\uff10\uff10\uff10\uff19",
                     "\ufeff525\u200b0000009", "525\u2011000\u201100\u201109", "Nr NIP 525 000 00 09", "NIPPL5250000009"):
        o["invoice"]["tax_id"] = spelling
        a = shop.document(o)
        equal((a["document"].header[12], a["document"].header[18]), (symbol, NIP), f"in the shop as {spelling!r}")
    h.sql(f"UPDATE dbo.adr__Ewid SET adr_NIP = N'5250000009 5' WHERE adr_IdObiektu = {number} AND adr_TypAdresu = 1")
    equal(len(shop.document(o)["file"].contractors), 1, "another number that holds its digits is not it")
    # What is sent to the ERP is made of the number alone, and the next order is served after any of these.
    for wrong in ("1234567", "525-000-00-0", "52500000090", "525000000A", "1234567\u0142"):
        o["invoice"]["tax_id"] = wrong
        faults = shop.faults(o)
        equal([f["code"] for f in faults], ["order_nip"], f"a slip is refused: {wrong!r}")
        check(wrong in faults[0]["text"], f"and shown: {faults[0]['text']}")
        shop.document(order())


NOTHING = ("-", "\u2014", "brak", "BRAK NIP", "nie dotyczy", "n/a", "osoba prywatna", "0", "000-000-00-00", "123", ".",
           "PL", "44051401359")


def no_company(h):
    """buyers that are no company do not become one contractor, whatever the shop has in the tax number's place"""
    shop = Shop(h)
    for i, nothing in enumerate(NOTHING):
        codes = set()
        for who in ("Żaneta Łąk", "Bogdan Zdrój"):
            o = order(id=f"n{i}{who[0]}", invoice={"wanted": True, "tax_id": nothing, "company": "-", "name": who,
                                                    "street": "Prosta 1", "city": "Warszawa", "postcode": "00-001"})
            o["buyer"] = {"name": who, "email": "brak@brak.pl"}
            a = shop.document(o)
            equal((a["document"].header[18], a["document"].header[14]), (None, who), f"no NIP for {nothing!r}, and the name")
            equal(a["file"].contractors[0][1], 9, "a person")
            said = [n for n in a["notes"] if n.startswith("tax number:")]
            check(len(said) == 1 and (nothing in said[0] or "PESEL" in said[0]), f"it is noted: {a['notes']}")
            check("44051401359" not in a["text"] + json.dumps(a["notes"]), "a person's number goes nowhere")
            codes.add(a["document"].header[12])
        equal(len(codes), 2, f"two buyers, two contractors, for {nothing!r}")
    shared = [order(id=f"s{i}", buyer={"name": who, "email": "telefon@sklep.example"}) for i, who in
              enumerate(("Żaneta Łąk", "Bogdan Zdrój", "żaneta  ŁĄK "))]
    codes = [shop.document(o)["document"].header[12] for o in shared]
    check(codes[0] != codes[1], "one address for all is not the buyer's own")
    equal(codes[0], codes[2], "the same name is the same buyer, however it is typed")
    bare = [{**order(id=f"b{i}", buyer={"name": "Jan Las", "email": "-"}), "delivery": {"name": "Jan Las"}} for i in (1, 2)]
    found = [shop.document(o) for o in bare]
    check(found[0]["document"].header[12] != found[1]["document"].header[12], "two of whom nothing is known are two")
    check(any("cannot be found again" in n for n in found[0]["notes"]), f"and it is noted: {found[0]['notes']}")
    # A contractor that an earlier version made, by the e-mail address alone: taken when the name is the same.
    h.sql(f"UPDATE dbo.kh__Kontrahent SET kh_Symbol = N'{EMAIL_CODE}', kh_Zablokowany = 0 WHERE kh_Id = 1")
    for name, taken in (("Żaneta Łąk", True), ("Bogdan Zdrój", False)):
        h.sql(f"UPDATE dbo.adr__Ewid SET adr_NazwaPelna = N'{name}' WHERE adr_IdObiektu = 1 AND adr_TypAdresu = 1")
        equal(shop.document(order())["document"].header[12] == EMAIL_CODE, taken, f"an old code with the name {name}")


def recipients(h):
    """who gets the goods, and where, stands in the document whenever the buyer's own fields do not say it"""
    shop = Shop(h)

    def remarks(o, **options):
        return shop.document(o, **options)["document"].header[49]

    def sent(**delivery):
        o = order()
        o["invoice"] = {"name": "Żaneta Łąk", "street": "ul. Długa 5 / 3", "city": "Łódź", "postcode": "90-001"}
        o["delivery"].update(delivery)
        return o

    check("odbiorca" not in remarks(sent()), "the same person at the same place, however it is written: nothing to tell")
    for delivery, told in (
            ({"name": "Bogdan Zdrój"}, "odbiorca: Bogdan Zdrój, Długa 5/3, 90-001 Łódź;"),
            ({"company": "Źródło S.A."}, "odbiorca: Źródło S.A., Żaneta Łąk, Długa 5/3, 90-001 Łódź;"),
            ({"phone": "700 100 200"}, "odbiorca: Żaneta Łąk, Długa 5/3, 90-001 Łódź, tel. 700 100 200;"),
            ({"street": "Krótka 1"}, "odbiorca: Żaneta Łąk, Krótka 1, 90-001 Łódź;"),
            ({"postcode": "90-002"}, "odbiorca: Żaneta Łąk, Długa 5/3, 90-002 Łódź;"),
            ({"city": "Zgierz"}, "odbiorca: Żaneta Łąk, Długa 5/3, 90-001 Zgierz;"),
            ({"country": "DE"}, "odbiorca: Żaneta Łąk, Długa 5/3, 90-001 Łódź, Niemcy;"),
            ({"name": "Bogdan Zdrój", "point_id": "LDZ01M"}, "Łódź; dostawa: Kurier; punkt LDZ01M;")):
        o = sent(**delivery)
        if "country" in delivery:
            o["invoice"]["country"] = "PL"
        check(told in remarks(o), f"{delivery}: {remarks(o)}")
        check(told in remarks(o, buyer="one-time"), f"{delivery}, one-time: {remarks(o, buyer='one-time')}")
    check("odbiorca" not in remarks(sent(phone="+48600000000")), "the buyer's own telephone")
    check("odbiorca" not in remarks(sent(company="-")), "a dash is no company")
    firm = sent(name="Bogdan Zdrój")
    firm["invoice"].update(company="Źdźbło sp. z o.o.", tax_id=NIP, name="")
    check("zamawia: Żaneta Łąk" in remarks(firm), f"who ordered for a company is told, too: {remarks(firm)}")

    # A contractor whom the ERP has: the document has the ERP's address, whatever the order says.
    h.sql("UPDATE dbo.kh__Kontrahent SET kh_Zablokowany = 0 WHERE kh_Id = 1")
    h.sql(f"UPDATE dbo.adr__Ewid SET adr_NIP = N'{NIP}', adr_NazwaPelna = N'Źdźbło sp. z o.o.', adr_Ulica = N'Prosta', "
          "adr_NrDomu = N'1', adr_NrLokalu = N'2', adr_Miejscowosc = N'Warszawa', adr_Kod = N'00-001' "
          "WHERE adr_IdObiektu = 1 AND adr_TypAdresu = 1")
    known = order(invoice={"wanted": True, "company": "Źdźbło sp. z o.o.", "tax_id": NIP, "street": "Nowa 7", "city": "Gdynia",
                           "postcode": "81-001"}, buyer={"name": "Źdźbło sp. z o.o.", "email": "z@example.com"})
    known["delivery"].update(name="", company="ŹDŹBŁO Sp. z o.o.", street="Nowa 7", city="Gdynia", postcode="81-001")
    a = shop.document(known)
    equal(a["file"].contractors, [], "he is known")
    check("odbiorca: ŹDŹBŁO Sp. z o.o., Nowa 7, 81-001 Gdynia;" in a["document"].header[49],
          f"his new address is not the ERP's: {a['document'].header[49]}")
    known["delivery"].update(street="ul. Prosta 1/2", city="Warszawa", postcode="00-001")
    check("odbiorca" not in remarks(known), f"the address that the ERP has: {remarks(known)}")

    # Little room: the recipient stands before what may be cut, and is never cut itself.
    long = sent(name="Bogdan Zdrój-Zakrzewski", company="Przedsiębiorstwo Handlowe Źródło Wody Mineralnej S.A.",
                street="Najświętszej Marii Panny Królowej 115/117 lok. 12", point_id="LDZ01M", phone="700 100 200")
    long.update(source="sklep internetowy z bardzo długą nazwą", note="słowo " * 50)
    told = remarks(long)
    check("odbiorca: Przedsiębiorstwo Handlowe Źródło Wody Mineralnej S.A., Bogdan Zdrój-Zakrzewski, Najświętszej Marii "
          "Panny Królowej 115/117 lok. 12, 90-001 Łódź, tel. 700 100 200; punkt LDZ01M" in told, told)
    check(told.startswith(f"[{shop.prepare(long)['marker']} nr 100234]; odbiorca"), told)
    long["delivery"]["street"] = "Aleja " + "bardzo " * 30 + "długa 1"
    faults = shop.faults(long)
    equal([f["code"] for f in faults], ["order_recipient"], "one that does not fit is refused, not sent elsewhere")


def products(h):
    """a product is found by SKU, then by barcode, in any case; unknown, blocked and ambiguous ones are named"""
    shop = Shop(h)
    second = h.value("SELECT t.tw_Symbol FROM dbo.tw_KodKreskowy AS k INNER JOIN dbo.tw__Towar AS t ON t.tw_Id = "
                     "k.kk_IdTowar WHERE k.kk_Kod = N'5900000000059'").rstrip()
    for wish, found in (({"sku": "kubek  "}, "KUBEK"), ({"sku": "książka 5%"}, "KSIĄŻKA 5%"),
                        ({"sku": "", "ean": "5900000000028"}, "KSIĄŻKA 5%"),
                        ({"sku": "NIEMA", "ean": "5900000000011"}, "KUBEK"),
                        ({"sku": "KUBEK", "ean": "5900000000028"}, "KUBEK"),
                        ({"sku": "", "ean": "5900000000059"}, second)):
        a = shop.document(order(line(**wish)))
        equal(a["document"].lines[0][3], found, f"found by {wish}")
    faults = shop.faults(order(line(1, "NIEMA"), line(2, "BLOKADA"), line(3, "BLIŹNIAK"), line(4, "", ean="5900000000042"),
                               line(5, "OPŁATA"), line(6, ""), line(7, "NIEMA", ean="000"), line(8)))
    equal([(f["line"], f["code"]) for f in faults],
          [("l1", "order_product"), ("l2", "order_product_inactive"), ("l3", "order_product_ambiguous"),
           ("l4", "order_product_ambiguous"), ("l5", "order_kind"), ("l6", "order_product"), ("l7", "order_product")],
          "each bad line is told")
    check("NIEMA" in faults[0]["text"] and "KOD-A" in faults[3]["text"] and "KOD-B" in faults[3]["text"], "by name")
    check("BLIŹNIAK" in faults[2]["text"] and "bliźniak" in faults[2]["text"], "both twins are named")
    h.sql("UPDATE dbo.tw__Towar SET tw_Zablokowany = 1 WHERE tw_Symbol = N'KOD-A'")
    equal(shop.document(order(line(sku="", ean="5900000000042")))["document"].lines[0][3], "KOD-B",
          "of two with one barcode the active one")


def numbers(h):
    """every wrong number is a fault, all of them at once"""
    shop = Shop(h)
    faults = shop.faults(order(line(1, quantity="0"), line(2, quantity="-1"), line(3, quantity="0.00001"),
                               line(4, price="-0.01"), line(5, discount_percent="101"), line(6, vat_rate="22"),
                               line(7, quantity="9999999999999"), currency="EUR", delivery="12.30"), delivery_sku="")
    equal([(f["line"], f["code"]) for f in faults if f["line"] != "delivery"],
          [(None, "order_currency"), ("l1", "order_quantity"), ("l2", "order_quantity"), ("l3", "order_quantity"),
           ("l4", "order_price"), ("l5", "order_discount"), ("l6", "order_vat"), ("l7", "order_quantity")], "faults")
    equal([f["code"] for f in faults if f["line"] == "delivery"], ["order_delivery"], "delivery without its SKU")
    fault = shop.faults(order(line(1, quantity="3", price="3.33"), total="10.00"))
    equal([f["code"] for f in fault], ["order_total"], "the total is checked")
    check("10.00" in fault[0]["text"] and "9.99" in fault[0]["text"], fault[0]["text"])
    shop.document(order(line(1, quantity="3", price="3.33"), total="9.9900"))


def rated(shop, currency, **more):
    """The rate in the file of an order in a currency, and where the notes say it comes from."""
    a = shop.document(order(currency=currency, **more), currencies=["PLN", "EUR", "USD", "CZK"])
    header = a["document"].header
    equal((header[47], header[30]), (currency, 20), "the amounts stay in the order's currency")
    return header[48], [n for n in a["notes"] if currency in n]


def unrated(shop, currency, *words, **more):
    faults = shop.faults(order(currency=currency, **more), currencies=["PLN", "EUR", "USD", "CZK"])
    equal([f["code"] for f in faults], ["order_rate"], "without a rate it is refused")
    for word in words:
        check(word in faults[0]["text"], f"{word} in {faults[0]['text']}")


def midnight(h):
    """a document has the shop's date, on a machine that runs in UTC, across both changes of the clock"""
    shop = Shop(h)
    for placed, local in (("2026-01-31T23:30:00Z", "20260201"), ("2026-01-31T22:59:59Z", "20260131"),
                          ("2026-03-28T23:30:00Z", "20260329"), ("2026-03-29T21:59:59Z", "20260329"),
                          ("2026-03-29T22:30:00Z", "20260330"), ("2026-10-24T22:30:00Z", "20261025"),
                          ("2026-10-25T22:30:00Z", "20261025"), ("2026-10-25T23:30:00Z", "20261026"),
                          ("2026-12-31T23:30:00Z", "20270101"), ("2041-07-01T22:30:00Z", "20410702")):
        header = shop.document(order(placed_at=placed))["bytes"].split(b"[NAGLOWEK]")[1].splitlines()[1]
        check(header.count(f",{local}000000,".encode()) >= 2, f"{placed} is of {local}: {header}")
    h.stop("driver")
    h.configure(more='orders : { writer = "command"; command = "/bin/false"; };\n')
    shop.launch()
    for placed, local in (("2026-03-28T23:30:00Z", "2026-03-29"), ("2026-10-25T22:30:00Z", "2026-10-25"),
                          ("2026-06-30T22:30:00Z", "2026-07-01")):
        document = json.loads(shop.prepare(order(placed_at=placed))["text"])["document"]
        equal(document["date"], local, f"for a program, {placed}")
    for zone, local in (("America/New_York", "2026-03-28"), ("UTC", "2026-03-28")):
        h.stop("driver")
        h.configure(more='orders : { writer = "command"; command = "/bin/false"; timezone = "%s"; };\n' % zone)
        shop.launch()
        document = json.loads(shop.prepare(order(placed_at="2026-03-28T23:30:00Z"))["text"])["document"]
        equal(document["date"], local, zone)
    h.stop("driver")
    h.configure(more='orders : { writer = "command"; command = "/bin/false"; timezone = "Europa/Warszawa"; };\n')
    shop.launch()
    a = shop.prepare(order())
    equal(a["status"], "invalid", "a zone that is none: it waits")
    check("Europa/Warszawa" in a["error"], a["error"])


@house(erp="subiekt-gt")
def exchange(h):
    """a document in another currency has a rate that somebody gave, or there is none"""
    shop = Shop(h)
    unrated(shop, "EUR", "EUR", "exchange_rate", "orders.exchange_rates has none")
    unrated(shop, "EUR", "above 0", exchange_rate="-4.2")
    unrated(shop, "EUR", "4 digits", exchange_rate="4.25123")
    unrated(shop, "EUR", exchange_rate="0")
    rate, notes = rated(shop, "EUR", exchange_rate="4.251200")
    equal(rate, Decimal("4.2512"), "the order's own")
    check(any("4.2512" in n and "as the order says" in n for n in notes), f"it is said: {notes}")
    equal(rated(shop, "PLN"), (1, []), "złoty need none")
    equal(rated(shop, "PLN", exchange_rate="4.25"), (1, []), "and take none")
    h.stop("driver")
    os.makedirs(h.path("etc", "erp"), exist_ok=True)
    h.write("etc/erp/subiekt-gt.conf", """orders : { rates : { sql =
        "SELECT CAST(d.dok_WalutaKurs AS DECIMAL(19,4)) AS rate, CONVERT(CHAR(10), d.dok_DataWyst, 120) AS date "
        "FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 99 AND d.dok_Waluta = ? AND d.dok_DataWyst < ?"; }; };
""", mode=0o644)
    h.configure(more='orders : { writer = "epp"; epp_dir = "%s"; exchange_rates = "EUR 4.2512, usd 3.9"; };\n'
                % h.write_dir("out"))
    few = h.sql("SELECT d.dok_Id FROM dbo.dok__Dokument AS d ORDER BY d.dok_Id")[:3]

    def table(*rows):
        for (identity,), (currency, rate, day) in zip(few, rows):
            h.sql(f"UPDATE dbo.dok__Dokument SET dok_Typ = 99, dok_Waluta = '{currency}', dok_WalutaKurs = {rate}, "
                  f"dok_DataWyst = '{day}' WHERE dok_Id = {identity}")

    table(("EUR", "4.2001", "20260227"), ("EUR", "4.1001", "20260226"), ("EUR", "4.3001", "20260301"))
    shop.launch()
    rate, notes = rated(shop, "EUR")
    equal(rate, Decimal("4.2001"), f"the ERP's newest of a day before the order's: {notes}")
    check(any("table of 2026-02-27" in n for n in notes), f"it is said: {notes}")
    equal(rated(shop, "EUR", exchange_rate="4.1")[0], Decimal("4.1"), "the order's own comes first")
    equal(rated(shop, "USD")[0], Decimal("3.9"), "as it is set, when the ERP has none")
    unrated(shop, "CZK", "CZK", "orders.exchange_rates has none", "the ERP has no table")
    table(("EUR", "4.2001", "20260227"), ("EUR", "4.2002", "20260227"))
    rate, notes = rated(shop, "EUR")
    equal(rate, Decimal("4.2512"), "two that differ are none")
    check(any("orders.exchange_rates; the ERP has no single rate" in n for n in notes), f"it is said: {notes}")
    table(("EUR", "4.2001", "20260221"), ("EUR", "4.2002", "20260220"))
    equal(rated(shop, "EUR")[0], Decimal("4.2512"), "an old one is none")


def money(h):
    """discounts, free lines, delivery, exempt goods, net prices: to the grosz"""
    shop = Shop(h)
    a = shop.document(order(line(1, quantity="3", price="9.99", discount_percent="12.5"), line(2, price="0"), delivery="14.99",
                            total="41.21"))
    equal([(x[3], x[2], x[9], x[19]) for x in a["document"].lines],
          [("KUBEK", 1, Decimal("12.5"), Decimal("26.22")), ("KUBEK", 1, 0, 0), ("DOSTAWA", 2, 0, Decimal("14.99"))],
          "discount on the price, a free line, delivery as a service")
    golden("discount-free-delivery", a["bytes"])
    a = shop.document(order(line(1, "ZWOLNIONY", vat_rate="zw"), line(2, vat_rate=""), line(3, vat_rate="8%"),
                            line(4, vat_rate="np"), line(5, vat_rate="oo")))
    equal([x[16] for x in a["document"].lines], [-1, 23, 8, -4, -5], "rates")
    check(any("the ERP has 23" in n for n in a["notes"]), "a rate that is not the ERP's is noted")
    golden("rates", a["bytes"])
    # 3 × 9.99 net of 23 %: 8.12 × 3 = 24.36, VAT 5.60, gross 29.96: not the shop's 29.97
    check("net prices" in shop.faults(order(line(1, quantity="3", price="9.99")), prices="net")[0]["text"], "net differs")
    a = shop.document(order(line(1, quantity="3", price="9.99"), total="29.96"), prices="net", reserve=False)
    equal((a["document"].header[26], a["document"].header[28], a["document"].header[2]), (1, Decimal("24.36"), 0), "net")
    # the tax of the sum, not the sum of the taxes: 3 × 0.03 has 0.02, not 3 × 0.01
    head = shop.document(order(*[line(i, quantity="1", price="0.03") for i in (1, 2, 3)]))["document"].header
    equal(head[29], Decimal("0.02"), "VAT of each rate's sum")


def packaging(h):
    """returnable packaging is outside of net, VAT and gross; what is to pay holds it; what is paid stands in its field"""
    shop = Shop(h)
    o = order(line(1), line(2, "SKRZYNKA", "3", "26.25"), delivery="12.30", paid="50.00")
    a = shop.document(o)
    head, lines = a["document"].header, a["document"].lines
    equal([head[n] for n in (25, 28, 29, 30, 36, 37, 45, 46)],
          [3, Decimal("26.26"), Decimal("6.04"), Decimal("32.30"), 50, Decimal("111.05"), Decimal("78.75"), 0], "header")
    equal([lines[1][n] for n in (2, 3, 14, 15, 16, 17, 18, 19)],
          [4, "SKRZYNKA", Decimal("26.25"), Decimal("26.25"), 0, Decimal("78.75"), 0, Decimal("78.75")], "its line")
    check(any("line l2: returnable packaging carries no VAT" in n for n in a["notes"]), f"the shop's 23 is noted: {a['notes']}")
    golden("packaging", a["bytes"])
    net = shop.document(order(line(1), line(2, "SKRZYNKA", "1", "26.25", vat_rate="0"), total="46.25"), prices="net")
    equal([net["document"].header[n] for n in (28, 30, 37, 45)], [Decimal("16.26"), 20, Decimal("46.25"), Decimal("26.25")], "net")
    equal(net["notes"], [], "a rate of 0 is what it has")
    equal(shop.document({**order(), "paid": "20.00"})["document"].header[36], 20, "paid whole")
    a = shop.document({**order(), "paid": "25.00"})
    equal((a["document"].header[36], any("paid: 25.00 is more" in n for n in a["notes"])), (20, True), "never more than there is to pay")
    equal([f["code"] for f in shop.faults({**o, "total_gross": "32.30"})], ["order_total"], "the total holds the packaging")
    # What the header names beside symbols.
    name, level = h.value("SELECT m.mag_Nazwa FROM dbo.sl_Magazyn AS m WHERE m.mag_Symbol = N'MAG'"), h.value(
        "SELECT p.twp_NazwaCeny2 FROM dbo.tw_Parametr AS p")
    a = shop.document(o, warehouse="MAG", price_level="2")
    equal((a["file"].info[12], a["file"].info[13], a["document"].header[27]), ("MAG", name, level), "warehouse and price level")
    a = shop.document(order(), warehouse="NIE\u00a0MA", price_level=level)
    equal((a["file"].info[13], a["document"].header[27]), (None, level), "by its name; an unknown warehouse has none")
    check(any("warehouse: the ERP has none called" in n and "<NBSP>" in n for n in a["notes"]), f"and it is noted: {a['notes']}")
    # The ERP takes it.
    written = shop.prepare({**o, "id": "op1"}, do="write", warehouse="MAG")
    os.rename(h.path("out", written["marker"] + ".epp"), h.path("import", written["marker"] + ".epp"))
    h.until(lambda: rejected(h) or shop.ask(do="find", markers=[written["marker"]])["found"], "it is imported")
    equal(rejected(h), "", "the file is taken")
    amounts = h.sql("SELECT d.dok_WartBrutto, d.dok_KwDoZaplaty FROM dbo.dok__Dokument AS d WHERE d.dok_NrPelnyOryg = "
                    f"N'{written['marker']}'")[0]
    equal([Decimal(str(x)) for x in amounts], [Decimal("32.30"), Decimal("111.05")], "gross and what is to pay")


def versions(h):
    """version and sections of files are settings; the ERP's side takes each"""
    shop = Shop(h, orders='epp_version = "1.11"; epp_sections = "all";')
    a = shop.document(order())
    equal(a["file"].info[1], "1.11", "version")
    equal(a["file"].catalogues, ["KONTRAHENCI", *epp_reader.CATALOGUES], "sections")
    golden("sections", a["bytes"])
    written = shop.prepare(order(id="v1"), do="write")
    os.rename(h.path("out", written["marker"] + ".epp"), h.path("import", written["marker"] + ".epp"))
    h.until(lambda: rejected(h) or shop.ask(do="find", markers=[written["marker"]])["found"], "it is imported")
    equal(rejected(h), "", "the file is taken")


def barcodes(h):
    """a GTIN-12 is the GTIN-13 with a zero before it, on both sides; what looks alike is shown"""
    shop = Shop(h)
    for ean, found in (("614141000036", "UPC"), ("0614141000036", "UPC"), ("00614141000036", "UPC"), ("0614141000043", "UPC13"),
                       ("614141000043", "UPC13"), ("0 614141 000043", "UPC13"), ("614141000037", "WŁASNY")):
        equal(shop.document(order(line(sku="", ean=ean)))["document"].lines[0][3], found, f"by {ean}")
    fault = shop.faults(order(line(sku="", ean="0614141000037")))[0]
    equal(fault["code"], "order_product", "a code without the right check digit is no GTIN, and stays as it is")
    h.sql("UPDATE dbo.tw__Towar SET tw_PodstKodKresk = N'0614141000036' WHERE tw_Symbol = N'KUBEK'")
    equal([f["code"] for f in shop.faults(order(line(sku="", ean="614141000036")))], ["order_product_ambiguous"], "two forms, two products")
    for sku, shown in (("KUBEK\u00a0", '"KUBEK<NBSP>"'), ("\u200bKUBEK", '"<ZWSP>KUBEK"'), (" KUBEK", '"<SP>KUBEK"'),
                       ("KUB\u00adEK", '"KUB<SHY>EK"'), ("BRAK TAKIEGO", "BRAK TAKIEGO"), ("A  B", '"A<SP><SP>B"')):
        text = shop.faults(order(line(sku=sku)))[0]["text"]
        check(text.endswith("SKU " + shown), f"{sku!r}: {text}")
    h.sql("UPDATE dbo.tw__Towar SET tw_Symbol = N'bliźniak ' WHERE tw_Symbol = N'bliźniak' AND tw_Id <> "
          "(SELECT MIN(t.tw_Id) FROM dbo.tw__Towar AS t WHERE t.tw_Symbol = N'bliźniak')")
    text = shop.faults(order(line(sku="BLIŹNIAK")))[0]["text"]
    check('"bliźniak<SP>"' in text, f"twins that differ by a blank are told apart: {text}")


def texts(h):
    """awkward texts: what does not fit is cut at a word, kept in the remarks, and said"""
    shop = Shop(h)
    o = order(buyer={"name": "", "email": "a@example.com"},
              invoice={"wanted": True, "company": POLISH + ' „x” "Ça & Søn"; 100%, 😀\r\nœuvre',
                       "street": "Aleja Najświętszej Marii Panny Królowej Polski numer 15 lokal 2",
                       "city": "Z\u0301dz\u0301bło", "postcode": "SW1A 1AA", "country": "PL"}, note='line 1\nline "2"; 日本')
    a = shop.document(o)
    head = a["document"].header
    equal(head[14], POLISH + ' „x” "Ça & Son"; 100%, ? oeuvre', "letters, quotes, emoji")
    equal(head[15], "Źdźbło", "letters in two parts")
    equal((head[17], head[16]), ("Aleja Najświętszej Marii Panny Królowej Polski", "SW1A"), "cut at a word")
    check("street: Aleja Najświętszej Marii Panny Królowej Polski numer 15 lokal 2" in head[49], "whole in the remarks")
    check('uwagi: line 1 line "2"; ??' in head[49], head[49])
    for label in ("name: characters", "name: line breaks", "street: cut to 50", "postcode: cut to 6", "remarks: characters"):
        check(any(n.startswith(label) for n in a["notes"]), f"noted: {label} in {a['notes']}")
    golden("awkward", a["bytes"])
    o["note"] = "słowo " * 300
    a = shop.document(o)
    equal(len(a["document"].header[49]) <= 255 and a["document"].header[49].startswith("[EP"), True, "remarks are bounded")
    check(any(n.startswith("remarks: cut to 255") for n in a["notes"]), "and it is noted")
    nobody = order(buyer={"name": ""})
    nobody["delivery"]["name"] = ""
    equal([f["code"] for f in shop.faults(nobody)], ["order_buyer"], "nobody buys")


@house(rows=600)
def many_lines(h):
    """five hundred lines become one document with few questions to the ERP"""
    shop = Shop(h)
    skus = [r[0].rstrip() for r in h.sql(
        "SELECT t.tw_Symbol FROM dbo.tw__Towar AS t WHERE t.tw_Usuniety = 0 AND t.tw_Zablokowany = 0 AND t.tw_Rodzaj = 1 "
        "AND t.tw_Symbol NOT IN (N'BLIŹNIAK') GROUP BY t.tw_Symbol HAVING COUNT(*) = 1")]
    skus = [s for s in skus if skus.count(s) == 1 and s.lower() != "bliźniak"]
    o = order(*[line(i + 1, skus[i % len(skus)], "1", f"{i + 1}.01") for i in range(500)])
    a = shop.document(o)
    equal(len(a["document"].lines), 500, "lines")
    golden("five-hundred", a["bytes"])


def round_trip(h):
    """the file appears whole in the directory, the operator imports it, and it is found by its marker"""
    shop = Shop(h)
    h.sql("UPDATE dbo.tw__Towar SET tw_Zablokowany = 0 WHERE tw_Symbol = N'BLOKADA'")
    orders = [order(id=f"r{i}", number=f"nr {i}", note=POLISH) for i in range(3)]
    orders[1]["lines"] = [line(1, "KSIĄŻKA 5%", "1.5", "20.01", vat_rate="5"), line(2, discount_percent="7.25", quantity="7")]
    orders[1]["total_gross"] = "94.98"
    written = [shop.prepare(o, do="write") for o in orders]
    equal([w["written"] for w in written], ["handed-over"] * 3, f"all are handed over: {written[1]['error']}")
    markers = [w["marker"] for w in written]
    equal(sorted(os.listdir(h.path("out"))), sorted(m + ".epp" for m in markers), "the directory holds them, and no more")
    equal(os.stat(h.path("out", markers[0] + ".epp")).st_mode & 0o777, 0o660, "readable for the group only")
    equal(shop.ask(do="find", markers=markers)["found"], [], "nothing is imported yet")
    twice = shop.prepare(orders[0], do="write")
    equal(twice["written"], "handed-over", "the same order again")
    equal(len(os.listdir(h.path("out"))), 3, "makes no second file")
    for m in markers:
        os.rename(h.path("out", m + ".epp"), h.path("import", m + ".epp"))
    done = h.path("import", "done")
    h.until(lambda: os.path.isdir(done) and len(os.listdir(done)) >= 3 or rejected(h), "the files are imported")
    equal(rejected(h), "", "no file is rejected")
    found = {f["marker"]: f for f in shop.ask(do="find", markers=["EP" + "0" * 18] + markers)["found"]}
    equal(sorted(found), sorted(markers), "each is found")
    check(all(f["document"].startswith("ZK ") and f["count"] == 1 for f in found.values()), f"once: {found}")
    gross = h.value(f"SELECT d.dok_WartBrutto FROM dbo.dok__Dokument AS d WHERE d.dok_Id = {found[markers[1]]['id']}")
    equal(Decimal(gross), Decimal("94.98"), "with the order's value")
    # found by the remarks alone, and two documents with one marker are told
    h.sql(f"UPDATE dbo.dok__Dokument SET dok_NrPelnyOryg = N'', dok_DoDokNrPelny = NULL WHERE dok_Id = {found[markers[0]]['id']}")
    again = shop.ask(do="find", markers=[markers[0]])["found"]
    equal([(f["document"], f["count"]) for f in again], [(found[markers[0]]["document"], 1)], "by the remarks")
    h.sql(f"UPDATE dbo.dok__Dokument SET dok_NrPelnyOryg = N'{markers[0]}' WHERE dok_Id = {found[markers[1]]['id']}")
    again = shop.ask(do="find", markers=[markers[0]])["found"]
    equal([f["count"] for f in again], [2], "two with one marker")
    contractor = h.value("SELECT COUNT(*) FROM dbo.kh__Kontrahent AS k WHERE k.kh_EMail = N'zaneta@example.com'")
    equal(contractor, "1", "one contractor was made for one buyer")
    a = shop.document(orders[2])
    equal(a["file"].contractors, [], "and the next order of the same buyer meets it")


def rejected(h):
    found = ""
    for directory, _, names in os.walk(h.path("import")):
        for name in names:
            if name.endswith(".reason.txt"):
                with open(os.path.join(directory, name), encoding="utf-8") as file:
                    found += file.read()
    return found


def refusals(h):
    """what is wrong with the set-up is told: writer off, a type the ERP does not make, no directory"""
    shop = Shop(h, orders='document_type = "FS";')
    answer = shop.prepare(order())
    equal(answer["status"], "invalid", "type")
    check("FS" in answer["error"] and "ZK" in answer["remedy"], answer["error"])
    os.rmdir(h.path("out"))
    # The directory goes while orders come: they wait, and it is said why.
    h.stop("driver")
    with open(h.path("etc/endpoint.conf"), encoding="utf-8") as file:
        text = file.read().replace('document_type = "FS";', "")
    h.write("etc/endpoint.conf", text)
    shop.process = subprocess.Popen(
        [program("order_driver"), h.path("etc/endpoint.conf"), h.path("state"), h.path("work")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=shop.environment)
    h.processes["driver"] = shop.process
    answer = shop.prepare(order(), do="write")
    equal((answer["written"], answer["status"]), ("not", "invalid"), "no directory")
    check(h.path("out") in answer["error"] and answer["remedy"], answer["error"])


def by_a_program(h):
    """a program gets the whole document; what the ERP shows before and after counts for more than its word"""
    h.write("program", f"""#!/bin/bash
cat >{h.dir}/got.tmp && mv {h.dir}/got.tmp {h.dir}/got
read answer <{h.dir}/answer
printf '%s\\n' "$answer"
""")
    os.chmod(h.path("program"), 0o700)
    os.mkfifo(h.path("answer"))
    shop = Shop(h, orders=f'command = "{h.path("program")}"; command_timeout = "40s";', writer="command")
    o = order(line(1), line(2, "KSIĄŻKA 5%", "3", "19.99", vat_rate="5", discount_percent="10"), delivery="12.30",
              total="86.27", note=POLISH)

    def write(answer, meanwhile=lambda: None, number=0):
        """Let the program answer; meanwhile it works."""
        thread, result = threading.Thread(target=lambda: result.append(
            shop.prepare({**o, "id": f"p{number}"}, do="write", warehouse="MAG"))), []
        thread.start()
        if answer is not None:
            h.until(lambda: os.path.exists(h.path("got")), "the program is started")
            meanwhile()
            with open(h.path("answer"), "w", encoding="utf-8") as fifo:
                fifo.write(answer + "\n")
        thread.join(60)
        check(result, "the driver answers")
        return result[0]

    done = '{"result":"done","document":"ZK 900/2026","document_id":"900"}'
    a = write(done)
    equal(a["status"], "ok", a["error"])
    equal(a["written"], "handed-over", "it is not done before the ERP shows it")
    check("ZK 900/2026" in a["reason"] and a["marker"] in a["reason"], a["reason"])
    with open(h.path("got"), encoding="utf-8") as file:
        text = file.read()
    equal(text, a["text"], "what people are shown is what the program is given")
    equal(text.count("\n"), 1, "one line")
    told = json.loads(text)
    equal(told["do"], "write", "what to do")
    equal(told["order"]["note"], POLISH, "the order as it came")
    d = told["document"]
    equal([d[k] for k in ("marker", "type", "number", "date", "warehouse", "prices", "reserve", "currency", "gross")],
          [a["marker"], "ZK", "100234", "2026-03-01", "MAG", "gross", True, "PLN", "86.27"], "header")
    equal([(x["code"], x["kind"], x["quantity"], x["vat_rate"], x["price_gross"], x["discount_percent"], x["gross"])
           for x in d["lines"]],
          [("KUBEK", "goods", "2", "23", "10", "0", "20.00"), ("KSIĄŻKA 5%", "goods", "3", "5", "19.99", "10", "53.97"),
           ("DOSTAWA", "service", "1", "23", "12.3", "0", "12.30")], "lines")
    ids = dict(h.sql("SELECT t.tw_Symbol, t.tw_Id FROM dbo.tw__Towar AS t WHERE t.tw_Symbol IN (N'KUBEK', N'DOSTAWA')"))
    equal([x["product_id"] for x in d["lines"] if x["code"] in ids], [str(ids["KUBEK"]), str(ids["DOSTAWA"])], "by id")
    equal([d["buyer"][k] for k in ("id", "create", "person", "name", "city", "country_code", "email")],
          [None, True, True, "Żaneta Łąk", "Łódź", "PL", "zaneta@example.com"], "buyer")
    check(d["remarks"].startswith(f"[{a['marker']} nr 100234]"), d["remarks"])
    equal([d["recipient"][k] for k in ("other", "name", "full_name", "street", "city", "country_code", "phone", "point")],
          [False, "Żaneta Łąk", "Żaneta Łąk", "Długa 5/3", "Łódź", "PL", "+48 600 000 000", None], "recipient")
    there = copy.deepcopy(o)
    there["delivery"].update(name="Bogdan Zdrój", company="Źródło S.A.", street="Aleja " + "bardzo " * 40 + "długa 1",
                             phone="700 100 200", point_id="LDZ01M")
    d = json.loads(shop.prepare(there)["text"])["document"]
    equal([d["recipient"][k] for k in ("other", "company", "name", "full_name", "phone", "point")],
          [True, "Źródło S.A.", "Bogdan Zdrój", "Źródło S.A., Bogdan Zdrój", "700 100 200", "LDZ01M"], "another one")

    def appear(marker):
        document = h.value("SELECT MIN(d.dok_Id) FROM dbo.dok__Dokument AS d WHERE d.dok_Typ = 16 AND d.dok_Podtyp = 0 "
                           "AND COALESCE(d.dok_NrPelnyOryg, N'') NOT LIKE N'EP%'")
        h.sql(f"UPDATE dbo.dok__Dokument SET dok_NrPelnyOryg = N'{marker}' WHERE dok_Id = {document}")
        return h.value(f"SELECT d.dok_NrPelny FROM dbo.dok__Dokument AS d WHERE d.dok_Id = {document}")

    numbers = []
    for number, answer in enumerate(('{"result":"rejected","reasons":["no"]}', "Exception: 0x80004005", done), 1):
        os.unlink(h.path("got"))
        marker = shop.prepare({**o, "id": f"p{number}"})["marker"]
        a = write(answer, lambda: numbers.append(appear(marker)), number)
        equal((a["written"], a["document"]), ("done", numbers[-1]), f"seen in the ERP, whatever it says: {answer}")
    os.unlink(h.path("got"))
    a = write(None, number=2)
    equal((a["written"], a["document"]), ("done", numbers[1]), "an order that is there already")
    check(not os.path.exists(h.path("got")), "starts no program")
    a = write('{"result":"rejected","reasons":["miesiąc jest zamknięty"]}', number=8)
    equal((a["written"], a["reason"]), ("rejected", "miesiąc jest zamknięty"), "refused")
    os.unlink(h.path("got"))
    a = write("", number=9)
    equal(a["written"], "unknown", "no answer is a doubt")
    h.stop("sandbox")
    a = shop.prepare({**o, "id": "p10"}, do="write")
    check(a.get("written") in (None, "not"), f"without the ERP nothing is started: {a}")


OPTIONS = {"warehouse": "MAG", "text": "Sklep internetowy", "category": "Sprzedaż", "payment_form": "przelew 7 dni",
           "payment_form_cod": "pobranie", "prices": "net", "reserve": False, "buyer": "one-time"}


def options_gt(h):
    """Subiekt GT: each option of a scenario is seen in the file"""
    shop = Shop(h)
    plain = shop.document(order())["document"].header
    head = shop.document(order(total="20.00"), **OPTIONS)["document"].header
    equal([plain[n] for n in (2, 19, 26, 34, 51)], [1, None, 0, None, None], "without options")
    equal([head[n] for n in (2, 12, 19, 26, 34, 51)], [0, None, "Sprzedaż", 1, "przelew 7 dni", "Sklep internetowy"],
          "with them")
    equal(shop.document(order(total="20.00", cash_on_delivery=True), **OPTIONS)["document"].header[34], "pobranie",
          "paid on delivery")
    check('"MAG"' in shop.document(order(), warehouse="MAG")["text"].split("\r\n")[1], "warehouse in [INFO]")


@house(erp="nexo")
def options_nexo(h):
    """nexo: each option of a scenario is seen in what a program is given"""
    shop = Company(h, "ZK")
    sku = h.value("SELECT TOP (1) a.Symbol FROM ModelDanychContainer.Asortymenty AS a INNER JOIN "
                  "ModelDanychContainer.StawkiVat AS v ON v.Id = a.StawkaVatSprzedaz_Id WHERE a.IsInRecycleBin = 0 "
                  "AND a.Rodzaj_Id = 2 AND v.Symbol = N'23'")
    names = ("warehouse", "text", "category", "payment_form", "prices", "reserve")
    plain = shop.ordered(order(line(sku=sku)))
    equal([plain[n] for n in names], [None, None, None, None, "gross", True], "without options")
    check(plain["buyer"]["create"] and plain["buyer"]["code"], "a buyer is made")
    d = shop.ordered(order(line(sku=sku), total="20.00"), **OPTIONS)
    equal([d[n] for n in names], [OPTIONS[n] for n in names], "with them")
    equal((d["buyer"]["create"], d["buyer"]["code"]), (False, None), "one-time")
    d = shop.ordered(order(line(sku=sku), total="20.00", cash_on_delivery=True), **OPTIONS)
    equal(d["payment_form"], "pobranie", "paid on delivery")
    equal([f["code"] for f in shop.faults(order(line(sku=sku), delivery="9.99"), delivery_sku="")], ["order_delivery"], "delivery's SKU")
    equal([f["code"] for f in shop.faults(order(line(sku=sku), currency="EUR"))], ["order_currency"], "currencies")
    equal([f["code"] for f in shop.faults(order(line(sku=sku), currency="EUR"), currencies=["EUR"])], ["order_rate"], "no rate")
    d = shop.ordered(order(line(sku=sku), currency="EUR", exchange_rate="4.2510"), currencies=["EUR"])
    equal((d["currency"], d["exchange_rate"]), ("EUR", "4.251"), "an allowed one")
    equal(shop.ordered(order(line(sku=sku)))["exchange_rate"], "1", "in złoty")


def one(h, statement):
    return h.sql(statement)[0]


@house(erp="optima")
def optima(h):
    """Optima: products by code and by both kinds of barcode, contractors by NIP, RO by the marker"""
    shop = Company(h, "RO")
    rate = "t.Twr_Flaga = 2 AND t.Twr_NieAktywny = 0"
    a = one(h, f"SELECT TOP (1) t.Twr_Kod, t.Twr_TwrId FROM CDN.Towary AS t WHERE t.Twr_Typ = 1 AND {rate}")
    b = one(h, f"SELECT TOP (1) t.Twr_EAN, t.Twr_TwrId FROM CDN.Towary AS t WHERE t.Twr_EAN <> N'' AND {rate} "
               f"ORDER BY t.Twr_TwrId DESC")
    c = one(h, f"SELECT TOP (1) e.TwE_EAN, t.Twr_TwrId FROM CDN.TwrEan AS e INNER JOIN CDN.Towary AS t ON "
               f"t.Twr_TwrId = e.TwE_TwrID WHERE {rate}")
    service = h.value(f"SELECT TOP (1) t.Twr_Kod FROM CDN.Towary AS t WHERE t.Twr_Typ = 0 AND {rate}")
    blocked = h.value("SELECT TOP (1) t.Twr_Kod FROM CDN.Towary AS t WHERE t.Twr_NieAktywny <> 0 AND t.Twr_Typ = 1 "
                      "AND t.Twr_Flaga = 2")
    customer = one(h, "SELECT TOP (1) k.Knt_Nip, k.Knt_KntId, k.Knt_Kod FROM CDN.Kontrahenci AS k WHERE k.Knt_Nip <> N'' "
                      "AND k.Knt_Nieaktywny = 0 ORDER BY k.Knt_KntId")

    def mark(marker, i):
        what = f"TrN_NumerObcy = N'{marker}'" if i else f"TrN_Opis = N'Pilne [{marker} nr 1] x'"
        h.sql(f"UPDATE CDN.TraNag SET {what} WHERE TrN_TrNID = {i + 1}")
        return h.value(f"SELECT n.TrN_NumerPelny FROM CDN.TraNag AS n WHERE n.TrN_TrNID = {i + 1}")

    d = shop.judge(dict([a]), dict([b, c]), service, customer, [blocked], mark,
                   "UPDATE CDN.Kontrahenci SET Knt_Nip = N'{0}' WHERE Knt_KntId = {1}")
    equal((d["type"], d["buyer"]["name"]), ("RO", "Źdźbło ? sp. z o.o."), "texts fit the ERP's code page")


@house(erp="nexo")
def nexo(h):
    """nexo: products by symbol and by a unit's barcode, contractors by NIP, ZK by the marker"""
    shop, m = Company(h, "ZK"), "ModelDanychContainer"
    good = "a.IsInRecycleBin = 0 AND v.Symbol = N'23'"
    tables = f"{m}.Asortymenty AS a INNER JOIN {m}.StawkiVat AS v ON v.Id = a.StawkaVatSprzedaz_Id"
    a = one(h, f"SELECT TOP (1) a.Symbol, a.Id FROM {tables} WHERE a.Rodzaj_Id = 2 AND {good} ORDER BY a.Id")
    b = one(h, f"SELECT TOP (1) k.Kod, a.Id FROM {m}.KodyKreskowe AS k INNER JOIN {m}.JednostkiMiarAsortymentow AS j "
               f"ON j.Id = k.JednostkaMiaryAsortymentu_Id INNER JOIN {m}.Asortymenty AS a ON a.Id = j.Asortyment_Id "
               f"INNER JOIN {m}.StawkiVat AS v ON v.Id = a.StawkaVatSprzedaz_Id WHERE {good} ORDER BY a.Id DESC")
    service = h.value(f"SELECT TOP (1) a.Symbol FROM {tables} WHERE a.Rodzaj_Id = 1 AND {good}")
    customer = one(h, f"SELECT TOP (1) p.NIP, p.Id, p.Sygnatura_PelnaSygnatura FROM {m}.Podmioty AS p WHERE p.NIP <> N'' "
                      f"AND p.Aktywny = 1 AND p.Sygnatura_PelnaSygnatura IS NOT NULL AND p.Podtyp <> 11 ORDER BY p.Id")
    columns = ("NumerZewnetrzny", "NumerReferencyjny")

    def mark(marker, i):
        h.sql(f"UPDATE {m}.Dokumenty SET {columns[i]} = N'{marker}' WHERE Id = {i + 1}")
        return h.value(f"SELECT d.NumerWewnetrzny_PelnaSygnatura FROM {m}.Dokumenty AS d WHERE d.Id = {i + 1}")

    d = shop.judge(dict([a]), dict([b]), service, customer, [], mark,
                   f"UPDATE {m}.Podmioty SET NIP = N'{{0}}', NIPSformatowany = NULL WHERE Id = {{1}}")
    equal(d["buyer"]["name"], "Źdźbło 🌾 sp. z o.o.", "any character may stand in a text")
    long = order(line(1, a[0]), buyer={"name": "x" + "🌾" * 40})
    equal(shop.ordered(long)["buyer"]["short_name"], "x" + "🌾" * 24, "what SQL Server counts is counted")


@house(erp="generic")
def generic(h):
    """any other program: the example's statements find products, buyers and documents"""
    shop = Company(h, "ZAM")
    good = "t.Skasowany = 0 AND t.Aktywny = 1 AND t.VAT = '23'"
    a = one(h, f"SELECT TOP (1) t.Kod, t.Kod FROM sklep.Towary AS t WHERE {good} ORDER BY t.Kod")
    b = one(h, f"SELECT TOP (1) t.EAN, t.Kod FROM sklep.Towary AS t WHERE t.EAN <> '' AND {good} ORDER BY t.Kod DESC")
    blocked = h.value("SELECT TOP (1) t.Kod FROM sklep.Towary AS t WHERE t.Skasowany = 0 AND t.Aktywny = 0")
    customer = one(h, "SELECT TOP (1) k.NIP, k.Id, k.Kod FROM sklep.Klienci AS k WHERE k.NIP <> '' AND k.Aktywny = 1")

    def mark(marker, i):
        h.sql(f"INSERT INTO sklep.Zamowienia (Numer, NumerObcy, Stan, Wystawiono) VALUES (N'ZAM {i}', N'{marker}', "
              f"N'nowe', CAST(N'2026-01-01T00:00:00' AS DATETIME))")
        return f"ZAM {i}"

    shop.judge(dict([a]), dict([b]), a[0], customer, [blocked], mark, "UPDATE sklep.Klienci SET NIP = N'{0}' WHERE Id = {1}")


@house(erp="navireo")
def navireo(h):
    """Navireo: the statements and the files of Subiekt GT, imported by its operator"""
    shop = Shop(h)
    a = shop.document(order(line(1), line(2, "KSIĄŻKA 5%", "3", "19.99", vat_rate="5")))
    golden("simple", a["bytes"])
    written = shop.prepare(order(id="n1"), do="write")
    equal(written["written"], "handed-over", written["error"])
    os.rename(h.path("out", written["marker"] + ".epp"), h.path("import", written["marker"] + ".epp"))
    h.until(lambda: rejected(h) or shop.ask(do="find", markers=[written["marker"]])["found"], "it is a document")
    equal(rejected(h), "", "no file is rejected")


def every_statement_is_checked(h):
    """erp check runs the statements of orders, too"""
    h.start_sandbox()
    h.panel_port = 1
    h.configure()
    rows = json.loads(h.ctl("erp", "check", "--json").stdout)
    rows = rows.get("statements", rows) if isinstance(rows, dict) else rows
    names = {r["statement"]: r["ok"] for r in rows}
    equal({n: names.get(n) for n in ("orders products", "orders barcodes", "orders customers", "orders spelled", "orders find")},
          {n: True for n in ("orders products", "orders barcodes", "orders customers", "orders spelled", "orders find")}, "erp check")


if __name__ == "__main__":
    sys.exit(run_tests([simple, companies, spelled, no_company, recipients, products, numbers, midnight, exchange, money, packaging, versions, barcodes, texts, many_lines, round_trip, refusals, by_a_program, options_gt, options_nexo, optima, nexo, generic, navireo,
                        every_statement_is_checked]))
