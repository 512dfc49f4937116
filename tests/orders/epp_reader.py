"""Reads EDI++ (.epp) files and checks every field: for tests of the writer, of which it knows nothing.

Made from the producer's description (tables 2, 3, 7, 10): counts of fields, their types and widths,
quoting, cp1250, CRLF, the empty line at the end; and the sums.
"""
import re
from decimal import ROUND_HALF_UP, Decimal

# T: text of that width, B: byte, N: whole number, L: logical, K: amount, D: date. ?: may be empty.
INFO = ("T50 B N T255? T20? T40? T80? T30? T6? T50? T13? T20? T40? T255? T5? L D? D? T35? D T50? T2? T20? L").split()
HEADER = ("T3 B B N T20? T10? T30? T30? D? T30? T3? T20? T40? T255? T30? T6? T50? T20? T30? T50? T30? D D D? N L T20? "
          "K K K K T30? K T30? D K K B B L B T35? T35? T35? K K T3 K T255? T50? T50? T50? B L B T50? K T50? K "
          "T50? T2? L").split()
LINE = "N B T20 L L L L K K T10 K K K K K K K K K K T250? T50?".split()
CONTRACTOR = ("B T20 T40 T80 T30? T6? T50? T20? T20? T50? T50? T50? T50? T50? T50? T5? T5? T50? T50? T50? T50? "
              "T50? T50? T50? T50? T50? T50? T50? T2? L").split()
# Those of an export of version 1.11, in their order.
CATALOGUES = ("GRUPYKONTRAHENTOW CECHYKONTRAHENTOW DODATKOWEKONTRAHENTOW TOWARY CENNIK GRUPYTOWAROW CECHYTOWAROW "
              "DODATKOWETOWAROW TOWARYKODYCN TOWARYGRUPYJPKVAT DATYZAKONCZENIA NUMERYIDENTYFIKACYJNENABYWCOW "
              "PRZYCZYNYKOREKT DOKUMENTYFISKALNEVAT OPLATYDODATKOWE WYMAGALNOSCMPP OPLATACUKROWA "
              "DOKUMENTYZNACZNIKIJPKVAT INFORMACJEWSTO DATYUJECIAKOREKT").split()
LETTERS = {-1: "zw", -4: "np", -5: "oo"}


class Fault(Exception):
    """What is wrong with the file, and where."""


def fields(row, number):
    """Split a record: texts in quotes ('""' is one), all else bare."""
    found, at = [], 0
    while True:
        if row[at:at + 1] == '"':
            match = re.compile(r'"((?:[^"]|"")*)"').match(row, at)
            if not match:
                raise Fault(f"line {number}: a text is not ended")
            found.append(("text", match.group(1).replace('""', '"')))
            at = match.end()
        else:
            end = row.find(",", at)
            end = len(row) if end < 0 else end
            found.append(("bare", row[at:end]))
            at = end
        if at == len(row):
            return found
        if row[at] != ",":
            raise Fault(f"line {number}: a comma belongs at column {at + 1}")
        at += 1


def value(kind, form, text, where):
    """One field as Python has it; None when empty."""
    optional, kind = kind.endswith("?"), kind.rstrip("?")
    if form == "bare" and text == "":
        if not optional:
            raise Fault(f"{where} is empty")
        return None
    if (form == "text") != (kind[0] == "T"):
        raise Fault(f"{where}: quotes are for texts only: {text!r}")
    if kind[0] == "T":
        if not text:
            raise Fault(f"{where}: an empty text is nothing between commas")
        if len(text) > int(kind[1:]):
            raise Fault(f"{where}: {text!r} is longer than {kind[1:]}")
        if re.search(r"[\x00-\x1f\x7f]", text):
            raise Fault(f"{where}: a control character in {text!r}")
        return text
    patterns = {"K": r"-?\d{1,15}\.\d{4}", "D": r"\d{14}", "L": "[01]", "B": r"\d{1,3}", "N": r"\d{1,9}"}
    if not re.fullmatch(patterns[kind], text):
        raise Fault(f"{where}: {text!r} is no {kind}")
    return Decimal(text) if kind == "K" else text if kind == "D" else int(text)


def record(row, kinds, number, what):
    parts = fields(row, number)
    if len(parts) != len(kinds):
        raise Fault(f"line {number}: {what} has {len(parts)} fields, not {len(kinds)}")
    return [None] + [value(kind, *part, f"line {number}, field {i} of {what}")
                     for i, (kind, part) in enumerate(zip(kinds, parts), 1)]


def rows_of(data):
    try:
        text = data.decode("cp1250")
    except UnicodeDecodeError as e:
        raise Fault(f"not cp1250: {e}") from None
    if not text.endswith("\r\n\r\n"):
        raise Fault("the file does not end with an empty line")
    rows = text[:-2].split("\r\n")[:-1]
    for number, row in enumerate(rows, 1):
        if "\n" in row or "\r" in row:
            raise Fault(f"line {number}: a line break that is not CRLF")
    return rows


class Document:
    def __init__(self):
        self.header, self.lines = None, []


class File:
    """info, documents with header and lines, contractors; lists indexed by field number from 1."""

    def __init__(self, data):
        self.info, self.documents, self.contractors, self.catalogues = None, [], [], []
        section = what = None
        headed = False
        for number, row in enumerate(rows_of(data), 1):
            if row in ("[INFO]", "[NAGLOWEK]", "[ZAWARTOSC]"):
                if (row == "[INFO]") != (number == 1):
                    raise Fault("[INFO] comes first, and once")
                if row == "[ZAWARTOSC]" and not headed:
                    raise Fault(f"line {number}: [ZAWARTOSC] without [NAGLOWEK]")
                section, headed = row, headed and row == "[ZAWARTOSC]"
            elif row == "":
                continue
            elif section == "[INFO]":
                if self.info:
                    raise Fault("two records in [INFO]")
                self.info = record(row, INFO, number, "INFO")
            elif section == "[NAGLOWEK]":
                what = fields(row, number)[0][1] if len(fields(row, number)) == 1 else "document"
                headed = True
                if what == "document":
                    self.documents.append(Document())
                    self.documents[-1].header = record(row, HEADER, number, "the header")
                else:
                    self.catalogues.append(what)
                    if what not in ("KONTRAHENCI", *CATALOGUES):
                        raise Fault(f"line {number}: unexpected catalogue {what}")
            elif what == "document":
                self.documents[-1].lines.append(record(row, LINE, number, "a line"))
            elif what != "KONTRAHENCI":
                raise Fault(f"line {number}: a record of {what}")
            else:
                self.contractors.append(record(row, CONTRACTOR, number, "KONTRAHENCI"))
        self.check()

    def check(self):
        if not self.info or self.info[3] != 1250 or self.info[2] != 3:
            raise Fault("INFO must say purpose 3 and code page 1250")
        for document in self.documents:
            check_document(document)


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def percent(line):
    if line[16] < 0 and int(line[16]) not in LETTERS:
        raise Fault(f"line {line[1]}: VAT {line[16]}")
    return max(line[16], Decimal(0))


def check_document(document):
    h, net_priced = document.header, document.header[26] == 1
    if h[25] != len(document.lines) or not document.lines:
        raise Fault(f"{h[25]} lines announced, {len(document.lines)} there")
    if h[1] not in ("ZK", "ZD"):
        raise Fault(f"type {h[1]}")
    sums, packaging = {}, Decimal(0)
    for number, line in enumerate(document.lines, 1):
        if line[1] != number:
            raise Fault(f"line {number} is numbered {line[1]}")
        if line[17] + line[18] != line[19]:
            raise Fault(f"line {number}: net and VAT do not make gross")
        if line[11] != line[12] or line[11] <= 0:
            raise Fault(f"line {number}: quantity {line[11]}, in stock {line[12]}")
        price = line[14] if net_priced else line[15]
        each = cents(price * (100 - line[9]) / 100) if line[9] else price
        if cents(line[11] * each) != (line[17] if net_priced else line[19]):
            raise Fault(f"line {number}: quantity times price is not its value")
        if line[2] == 4:
            packaging += line[19]
            if line[16] or line[18] or line[17] != line[19]:
                raise Fault(f"line {number}: returnable packaging with VAT: {line[16:20]}")
            continue
        rate = percent(line)
        tax = cents(line[17] * rate / 100) if net_priced else cents(line[19] * rate / (100 + rate))
        if tax != line[18]:
            raise Fault(f"line {number}: VAT {line[18]}, not {tax}")
        sums[line[16]] = sums.get(line[16], Decimal(0)) + (line[17] if net_priced else line[19])
    net = vat = Decimal(0)
    for rate, total in sums.items():
        rate = max(rate, Decimal(0))
        tax = cents(total * rate / 100) if net_priced else cents(total * rate / (100 + rate))
        vat += tax
        net += total if net_priced else total - tax
    if (h[28], h[29], h[30]) != (net, vat, net + vat):
        raise Fault(f"totals {h[28:31]}, not {net}, {vat}, {net + vat}")
    if h[45] != packaging or h[46]:
        raise Fault(f"packaging {h[45]} and {h[46]}, not {packaging}")
    if h[37] != h[30] + packaging:
        raise Fault(f"to pay {h[37]}, gross {h[30]} and packaging {packaging}")
    if not 0 <= h[36] <= h[37]:
        raise Fault(f"paid {h[36]} of {h[37]}")
