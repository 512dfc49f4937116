"""Makes EDI++ (.epp) files field by field, for tests of those who read them.

Written from InsERT's description of the format and nothing else, so that a mistake in Endpoint's own
writer is not repeated here.
"""
from decimal import ROUND_HALF_UP, Decimal


def text(value):
    return '"' + value.replace('"', '""') + '"' if value else ""


def amount(value):
    return f"{Decimal(value):.4f}"


def cents(value):
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


class Line:
    """One position, priced gross; vat is the percentage (−1: zw)."""

    def __init__(self, code, quantity, gross, vat="23", kind=1, unit="szt.", discount="0", name=""):
        self.code, self.kind, self.unit, self.name = code, kind, unit, name
        self.quantity, self.price, self.vat = Decimal(quantity), Decimal(gross), Decimal(vat)
        self.discount = Decimal(discount)
        rate = max(self.vat, Decimal(0))
        self.gross = cents(self.quantity * self.price * (100 - self.discount) / 100)
        self.tax = cents(self.gross * rate / (100 + rate))
        self.net = self.gross - self.tax
        self.net_price = self.price - cents(self.price * rate / (100 + rate))

    def fields(self, number):
        return [str(number), str(self.kind), text(self.code), "1", "1", "0", "0", amount(0),
                amount(self.discount), text(self.unit), amount(self.quantity), amount(self.quantity),
                amount(0), amount(self.net_price), amount(self.price), amount(self.vat), amount(self.net),
                amount(self.tax), amount(self.gross), amount(0), "", text(self.name)]


def header(lines, code="SKLEP1", name="Sklep „U Źródła”", nip="", marker="EP0123456789ABCDEF01", status=1,
           kind="ZK", remarks="", date="20261125000000", currency="PLN", rate="1", **more):
    """The 62 fields; more: f12="…" sets field 12 as it stands in the file."""
    rates = {}
    for line in lines:
        rates.setdefault(line.vat, []).append(line.gross)
    gross = sum((line.gross for line in lines), Decimal(0))
    tax = Decimal(0)
    for vat, values in rates.items():
        rate_percent = max(vat, Decimal(0))
        tax += cents(sum(values) * rate_percent / (100 + rate_percent))
    fields = [text(kind), str(status), "0", "0", text(marker), "", text(f"{kind} 1"), "", "", text(marker), "",
              text(code), text(name[:40]), text(name), text("Łódź"), text("90-001"), text("Piotrkowska 1/2"),
              text(nip), text("Sprzedaż"), text("Sklep internetowy"), text("Łódź"), date, date, date,
              str(len(lines)), "0", text("Detaliczna"), amount(gross - tax), amount(tax), amount(gross), amount(0),
              "", amount(0), "", date, amount(0), amount(gross), "0", "0", "1", "0", text(";Szef"), "", "",
              amount(0), amount(0), text(currency), amount(rate), text(remarks), "", "", "", "0", "0", "0", "",
              amount(0), "", amount(0), text("Polska"), text("PL"), "0"]
    assert len(fields) == 62
    for field, value in more.items():
        fields[int(field[1:]) - 1] = value
    return fields


def info(warehouse="MAG", **more):
    fields = [text("1.11"), "3", "1250", text("Subiekt GT"), text("GT"), text("Nadawca"), text("Nadawca sp. z o.o."),
              text("Wrocław"), text("54-445"), text("Bławatkowa 25/3"), text("111-111-11-11"), text(warehouse),
              "", "", "", "0", "", "", text("Kowalski Jan"), "20261125120000", text("Polska"), text("PL"), "", "0"]
    for field, value in more.items():
        fields[int(field[1:]) - 1] = value
    return fields


def contractor(code, name="Nowak i Synowie – „Źdźbło”", nip="526-025-02-74", kind=2, mail="biuro@example.com"):
    return [str(kind), text(code), text(name[:40]), text(name[:80]), text("Kraków"), text("30-001"),
            text("Długa 5/3"), text(nip), text("123456785"), text("12 345 67 89"), "", "", text(mail), "", "",
            "", ""] + [""] * 8 + ["", "", text("Polska"), text("PL"), "0"]


def document(lines, **options):
    return [["[NAGLOWEK]"], header(lines, **options), [""], ["[ZAWARTOSC]"]] + [
        line.fields(number) for number, line in enumerate(lines, 1)] + [[""]]


def file(*documents, contractors=(), **options):
    """All of a file as bytes."""
    rows = [["[INFO]"], info(**options), [""]]
    for one in documents:
        rows += one
    if contractors:
        rows += [["[NAGLOWEK]"], [text("KONTRAHENCI")], [""], ["[ZAWARTOSC]"], *contractors, [""]]
    return "".join(",".join(row) + "\r\n" for row in rows).encode("cp1250")
