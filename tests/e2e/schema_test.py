"""endpoint-sandbox --print-schema: the script holds the company, every value of it, and is T-SQL."""
import re
import uuid

from harness import Skip, check, equal, program, run_tests

TOKEN = re.compile(r"""\s*(?:
    (?P<text>N?'(?:[^']|'')*'(?:\+(?:N?CHAR\(\d+\)|N?'(?:[^']|'')*'))*)
  | (?P<hex>0x[0-9A-F]*) | (?P<null>NULL) | (?P<number>-?[0-9.]+(?:e[+-][0-9]+)?) | (?P<sign>[(),;]))""", re.X)
PIECE = re.compile(r"(N?)'((?:[^']|'')*)'|N?CHAR\((\d+)\)")


def moment(text):
    """Dates and times to the millisecond, which is all that pymssql gives."""
    m = re.fullmatch(r"((?:\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d)\.(\d{1,7})", text)
    return (m[1] + "." + m[2][:3]).rstrip("0").rstrip(".") if m else text


def literal(kind, text):
    """A value as this test compares it: texts plain, numbers without trailing zeros."""
    if kind == "text":
        return moment("".join(chr(int(code)) if code else piece.replace("''", "'")
                              for _, piece, code in PIECE.findall(text)))
    if kind == "number" and "e" not in text:
        return text.rstrip("0").rstrip(".") if "." in text else text
    return {"null": None}.get(kind, text) if kind == "null" else float(text) if kind == "number" else text


def parse(script):
    """table → (columns, rows, texts with N before them by column)."""
    tables = {}
    for batch in re.split(r"\r?\nGO\r?\n", script):
        batch = re.sub(r"^(--.*\n|SET IDENTITY_INSERT .*\n)+", "", batch)
        head = re.match(r"INSERT INTO \[(\w+)\]\.\[(\w+)\] \(([^)]*)\) VALUES", batch)
        if not head:
            continue
        name = f"{head[1]}.{head[2]}"
        columns = [c.strip("[]") for c in head[3].split(",")]
        _, rows, wide = tables.setdefault(name, (columns, [], set()))
        at, row, count = head.end(), None, 0
        while at < len(batch):
            m = TOKEN.match(batch, at)
            check(m, f"{name}: no T-SQL literal at {batch[at:at + 60]!r}")
            at = m.end()
            if m["sign"] == "(":
                row = []
            elif m["sign"] == ")":
                equal(len(row), len(columns), f"{name}: values of a row")
                rows.append(row)
                count += 1
            elif m.lastgroup != "sign":
                if m.lastgroup == "text" and m["text"].startswith("N"):
                    wide.add(columns[len(row)])
                row.append(literal(m.lastgroup, m[m.lastgroup]))
        check(1 <= count <= 1000, f"{name}: {count} rows in one INSERT; SQL Server takes 1000")
    return tables


def shown(value):
    """A value that came over TDS, in the same form."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (bytes, bytearray)):
        return "0x" + bytes(value).hex().upper()
    if hasattr(value, "isoformat"):
        return moment(value.isoformat())
    if isinstance(value, float):
        return value
    text = str(value).upper() if isinstance(value, uuid.UUID) else str(value)
    if not isinstance(value, str) and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def the_script_holds_the_company(house):
    """Every row of every table stands in the script as SELECT gives it over TDS; and a server would take it"""
    try:
        import pymssql
    except ImportError:
        raise Skip("python3-pymssql is not installed") from None
    house.encrypt = "off"
    house.rows = 1203  # more than one INSERT's worth
    house.start_sandbox()
    awkward = "it''s \"q\"; -- /* $(x) \\ ą„” \nGO\n\ttab"
    house.sql("CREATE TABLE dbo.zz_Typy (id int NOT NULL IDENTITY(1,1) PRIMARY KEY, tekst nvarchar(max) NULL, "
              "zmienny varchar(200) NULL, staly char(6) NULL, liczba decimal(18,6) NULL, ulamek float NULL, "
              "dwojkowo varbinary(max) NULL, kiedy datetime2(7) NULL, dzien date NULL, czas time(7) NULL, "
              "identyfikator uniqueidentifier NULL, prawda bit NULL, duza bigint NULL, kwota money NULL); "
              "INSERT INTO dbo.zz_Typy (tekst) VALUES (N'w jednej paczce z CREATE TABLE')")
    connection = pymssql.connect("127.0.0.1", "sa", house.password, "FIRMA", port=house.erp_port, tds_version="7.3",
                                 charset="UTF-8", autocommit=True)
    cursor = connection.cursor()
    cursor.execute(f"INSERT INTO dbo.zz_Typy (tekst, zmienny, staly, liczba, ulamek, dwojkowo, kiedy, dzien, czas, "
                   f"identyfikator, prawda, duza, kwota) VALUES (N'{awkward} \U0001f600', '{awkward}', 'ab', -0.000001, "
                   "1.5, 0x00FF10, '2026-02-28T23:59:59.1234567', '0001-01-01', '23:59:59.1234567', "
                   "'6F9619FF-8B86-D011-B42D-00C04FC964FF', 1, -922337203685477580, -0.0001)")
    script = house.run([program("endpoint-sandbox"), "--data", house.path("firma.db"), "--print-schema"])
    equal((script.returncode, script.stderr), (0, ""), "printing while the server runs")
    tables = parse(script.stdout)
    cursor.execute("SELECT t.TABLE_SCHEMA, t.TABLE_NAME FROM INFORMATION_SCHEMA.TABLES AS t WHERE t.TABLE_SCHEMA "
                   "NOT IN ('sys', 'INFORMATION_SCHEMA')")
    names = [".".join(row) for row in cursor.fetchall()]
    check("dbo.tw__Towar" in names and "dbo.zz_Typy" in names, f"tables: {names}")
    for name in names:
        check(f"CREATE TABLE {name} (" in script.stdout, f"the script creates {name}")
        cursor.execute(f"SELECT * FROM {name}")
        columns = [c[0] for c in cursor.description]
        served = sorted(repr([shown(v) for v in row]) for row in cursor.fetchall())
        got, rows, wide = tables.get(name, (columns, [], set()))
        equal(got, columns, f"{name}'s columns")
        printed = sorted(repr(row) for row in rows)
        for one, two in zip(printed, served):
            equal(one, two, f"a row of {name} (script, server)")
        equal(len(printed), len(served), f"rows of {name}")
        if name == "dbo.zz_Typy":
            equal(wide, {"tekst"}, "columns whose texts are written with N")
    equal(len(tables["dbo.tw__Towar"][1]), 1203, "products")
    check("sp_addextendedproperty @name = N'inspdm', @value = N'true'" in script.stdout, "the mark of a GT database")
    check("CREATE UNIQUE INDEX ix_adr ON [dbo].[adr__Ewid](adr_IdObiektu, adr_TypAdresu);" in script.stdout, "indexes")
    check(script.stdout.count("CREATE TABLE dbo.zz_Typy") == 1 and "paczce" in str(tables["dbo.zz_Typy"]) and
          script.stdout.count("w jednej paczce") == 1, "only the CREATE TABLE of a batch is the table's text")
    # Each batch is one that the subset's own parser takes too, but for what is the real server's alone.
    again = house.path("again.db")
    house.start("again", [program("endpoint-sandbox"), "--rows", "0", "--data", again, "--port-file",
                          house.path("again.port")], ready=house.path("again.port"))
    second = pymssql.connect("127.0.0.1", "sa", "sandbox", "FIRMA", port=int(house.read("again.port")), tds_version="7.3",
                             charset="UTF-8", autocommit=True).cursor()
    for name in names:
        second.execute(f"DROP TABLE IF EXISTS {name}")
    for batch in re.split(r"\nGO\n", script.stdout):
        if re.match(r"(--.*\n)*(CREATE TABLE|INSERT INTO)", batch) and "zz_Typy" not in batch:
            second.execute(batch)
    for name in ("dbo.tw__Towar", "dbo.tw_Stan", "dbo.kh__Kontrahent"):
        second.execute(f"SELECT * FROM {name}")
        cursor.execute(f"SELECT * FROM {name}")
        equal(second.fetchall(), cursor.fetchall(), f"{name} loaded from the script")


if __name__ == "__main__":
    run_tests([the_script_holds_the_company])
